/**
 * The one-line form of `bgpdump -m`, octet for octet. Its columns:
 *
 *     kind of record | time | A, W, B or STATE | peer address | peer AS | prefix | [path identifier |] AS_PATH | ORIGIN | next hop | LOCAL_PREF | MED |
 *     communities | AG or NAG | aggregator |
 *
 * bgpdump prints IPv4 and IPv6, unicast and multicast; of tables unicast only. Other routes are left out here, too.
 *
 * What is kept to make a line is kept by what it depends on: the peer's columns with the peer, the text of an attribute set under its octets, the
 * beginning of the line until the time changes.
 */
import { Afi, AS_TRANS, afiOf, readU16, readU32, Safi, safiOf } from '@tsbgp/wire';
import { Bgp4mpSubtype, MrtType } from '../codes.ts';
import { isAddPath, isLocal } from '../kinds/bgp4mp.ts';
import type { MrtRecord } from '../record.ts';
import { AS_PATH_TEXT_MAX, AsPathWriter } from './as-path.ts';
import { OctetCache } from './octet-cache.ts';
import { isPlainPrefix } from './route-scanner.ts';
import { NextHopPlace, RouteKind, type RoutePeer, type RouteSink, type RouteView } from './route-view.ts';
import { ascii, TextBuffer } from './text-buffer.ts';

const PIPE = 0x7c;
const SLASH = 0x2f;
const COLON = 0x3a;
const SPACE = 0x20;
const NEWLINE = 0x0a;
const MINUS = 0x2d;
const DOT = 0x2e;

/** By kind of route. */
const LETTERS = ascii('AWB');
const STATE = ascii('|STATE|');
const ORIGINS = [ascii('|IGP|'), ascii('|EGP|')] as const;
const INCOMPLETE = ascii('|INCOMPLETE|');
const AGGREGATE = ascii('|AG|');
const NO_AGGREGATE = ascii('|NAG|');
const NO_NEXT_HOP = ascii('255.255.255.255');
const WELL_KNOWN: Readonly<Record<number, Uint8Array>> = {
  [0xffff_ff01]: ascii('no-export'),
  [0xffff_ff02]: ascii('no-advertise'),
  [0xffff_ff03]: ascii('local-AS'),
};

/** bgpdump keeps the text of communities in a buffer of this size, and cuts it. */
const COMMUNITIES_TEXT_MAX = 8190;
const TAIL_MAX = AS_PATH_TEXT_MAX + COMMUNITIES_TEXT_MAX + 256;
/** Everything of a line before the attributes. */
const HEAD_MAX = 256;

/** Attribute sets that are remembered at a time. */
const SETS_MAX = 1 << 17;

/** Attribute sets mean different text in these cases. */
const SALT_FOUR_OCTET_AS = 1;

/** Writes bgpdump's lines into `out`, which the caller empties: take `out.bytes[0, out.length)` and set `out.length` to 0. */
export class BgpdumpFormatter implements RouteSink {
  readonly out: TextBuffer = new TextBuffer(1 << 17);
  /** Lines written so far. */
  lines = 0;
  readonly #tail = new TextBuffer(TAIL_MAX);
  readonly #asPath = new AsPathWriter(this.#tail);
  readonly #sets = new OctetCache(SETS_MAX);
  /** The text of each set, one after the other; it begins anew when the sets do. */
  readonly #tails = new TextBuffer(1 << 16);
  readonly #tailStart: Int32Array = new Int32Array(SETS_MAX);
  readonly #tailEnd: Int32Array = new Int32Array(SETS_MAX);
  /** The beginning of lines of the current record: kind and time. */
  readonly #head = new TextBuffer(64);
  #headRecord: MrtRecord | undefined;
  #headType = -1;
  #headSubtype = -1;
  #headTime = -1;
  /** The set of the last route of a message, so that all of its routes share one text. */
  #messageRecord: MrtRecord | undefined;
  #messagePlace = -1;
  readonly #prefix = new TextBuffer(64);
  readonly #address = new Uint8Array(16);
  #prefixRecord: MrtRecord | undefined;

  /** Writes the line of a route; none for a route that bgpdump does not print. */
  route(view: RouteView): void {
    const { record, family } = view;
    if (!isPlainPrefix(family)) return;
    const isTable = view.kind === RouteKind.InTable;
    if (isTable && safiOf(family) !== Safi.Unicast) return;
    if (record !== this.#headRecord) this.#writeHead(record);
    const { out } = this;
    out.reserve(HEAD_MAX + TAIL_MAX);
    const { columns } = view.peer;
    out.copyWords(this.#head.view, 0, this.#head.length);
    out.octet(PIPE);
    out.octet(LETTERS[view.kind]!);
    out.octet(PIPE);
    out.copyWords(columns.view, 0, columns.length);
    if (isTable) {
      // All entries of a RIB record have one prefix.
      if (record !== this.#prefixRecord) {
        this.#prefixRecord = record;
        this.#prefix.length = 0;
        this.#writePrefix(this.#prefix, view);
      }
      out.copyWords(this.#prefix.view, 0, this.#prefix.length);
    } else this.#writePrefix(out, view);
    if (view.pathIdentifier !== -1) {
      out.octet(PIPE);
      out.decimal(view.pathIdentifier);
    }
    if (view.kind === RouteKind.Withdrawn) out.octet(NEWLINE);
    else if (isTable) {
      const set = this.#tableTail(view);
      out.copyWords(this.#tails.view, this.#tailStart[set]!, this.#tailEnd[set]!);
    } else {
      this.#messageTail(view);
      out.copyWords(this.#tail.view, 0, this.#tail.length);
    }
    this.lines++;
  }

  /** Writes the line of a change of state. */
  stateChange(record: MrtRecord, peer: RoutePeer, oldState: number, newState: number): void {
    const { out } = this;
    out.reserve(HEAD_MAX);
    out.put(ascii(KIND_NAMES[record.type]!));
    out.octet(PIPE);
    this.#writeTime(out, record);
    out.put(STATE);
    out.copyWords(peer.columns.view, 0, peer.columns.length);
    out.decimal(oldState);
    out.octet(PIPE);
    out.decimal(newState);
    out.octet(NEWLINE);
    this.lines++;
  }

  #writeHead(record: MrtRecord): void {
    this.#headRecord = record;
    const { type, subtype, timestamp } = record;
    const isSame = type === this.#headType && subtype === this.#headSubtype && timestamp === this.#headTime;
    if (isSame && record.microseconds === undefined) return;
    this.#headType = type;
    this.#headSubtype = subtype;
    this.#headTime = timestamp;
    const head = this.#head;
    head.length = 0;
    head.put(ascii(kindOf(record)));
    head.octet(PIPE);
    this.#writeTime(head, record);
  }

  #writeTime(out: TextBuffer, { timestamp, microseconds }: MrtRecord): void {
    out.decimal(timestamp);
    if (microseconds === undefined) return;
    out.octet(DOT);
    out.sixDigits(microseconds);
  }

  /** The address and its length. Bits after the prefix mean nothing: they are left out, as bgpdump's tests expect (1.6.2 shows them). */
  #writePrefix(out: TextBuffer, { nlriBytes, nlriStart, nlriEnd, family }: RouteView): void {
    const address = this.#address;
    const bits = nlriBytes[nlriStart]!;
    const octets = Math.min((bits + 7) >>> 3, nlriEnd - nlriStart - 1, address.length);
    address.fill(0);
    for (let i = 0; i < octets; i++) address[i] = nlriBytes[nlriStart + 1 + i]!;
    if (bits % 8 !== 0 && octets > 0) address[octets - 1]! &= 0xff << (8 - (bits % 8));
    if (afiOf(family) === Afi.Ipv4) out.ipv4(address, 0);
    else out.ipv6(address, 0);
    out.octet(SLASH);
    out.decimal(bits);
  }

  /** The number of the text of a route's attributes in a table, remembered under their octets: a table has few sets and many routes. */
  #tableTail(view: RouteView): number {
    const { bytes } = view.record;
    const found = this.#sets.intern(bytes, view.attributesStart, view.attributesEnd, view.fourOctetAs ? SALT_FOUR_OCTET_AS : 0);
    if (found >= 0) return found;
    const set = -1 - found;
    view.facts.scan(bytes, view.attributesStart, view.attributesEnd);
    this.#writeTail(view);
    const tails = this.#tails;
    if (set === 0) tails.length = 0;
    tails.reserve(this.#tail.length);
    this.#tailStart[set] = tails.length;
    tails.copyWords(this.#tail.view, 0, this.#tail.length);
    this.#tailEnd[set] = tails.length;
    return set;
  }

  /** Text of the attributes of an UPDATE, written once for all of its routes with the same next hop. It is in `#tail`. */
  #messageTail(view: RouteView): void {
    if (view.record === this.#messageRecord && view.nextHopPlace === this.#messagePlace) return;
    this.#messageRecord = view.record;
    this.#messagePlace = view.nextHopPlace;
    this.#writeTail(view);
  }

  #writeTail(view: RouteView): void {
    const out = this.#tail;
    const { facts, fourOctetAs } = view;
    const { bytes, type } = view.record;
    out.length = 0;
    out.octet(PIPE);
    const isMerged = !fourOctetAs && facts.as4PathStart !== -1 && mayMerge(bytes, view);
    if (facts.asPathStart !== -1) {
      if (isMerged) this.#asPath.writeMerged(bytes, facts.asPathStart, facts.asPathEnd, facts.as4PathStart, facts.as4PathEnd);
      else this.#asPath.write(bytes, facts.asPathStart, facts.asPathEnd, fourOctetAs ? 4 : 2);
    }
    out.put(ORIGINS[facts.origin] ?? INCOMPLETE);
    this.#writeNextHop(view);
    // bgpdump prints these two as signed numbers for IPv4 in MP_REACH_NLRI.
    const isSigned = view.nextHopPlace === NextHopPlace.MpReach && afiOf(view.family) === Afi.Ipv4;
    out.octet(PIPE);
    writeNumber(out, Math.max(facts.localPref, 0), isSigned);
    out.octet(PIPE);
    writeNumber(out, Math.max(facts.multiExitDisc, 0), isSigned);
    // In the lines of the old types, the communities follow the MED directly.
    if (type !== MrtType.Bgp) out.octet(PIPE);
    if (facts.communitiesStart !== -1) writeCommunities(out, bytes, facts.communitiesStart, facts.communitiesEnd);
    out.put(facts.isAtomicAggregate ? AGGREGATE : NO_AGGREGATE);
    writeAggregator(out, bytes, view);
    out.octet(PIPE);
    out.octet(NEWLINE);
  }

  #writeNextHop({ record, facts, nextHopPlace, family }: RouteView): void {
    const out = this.#tail;
    const { bytes } = record;
    const start = facts.mpReachStart;
    const isWhole = start !== -1 && start < facts.mpReachEnd && bytes[start] === 0;
    if (nextHopPlace !== NextHopPlace.Attribute && start !== -1) {
      const at = isWhole ? start + 4 : start + 1;
      const afi = isWhole ? readU16(bytes, start) : Afi.Ipv6;
      if (afi === Afi.Ipv6 && (nextHopPlace === NextHopPlace.MpReach || !isWhole || bytes[start + 2] === Safi.Unicast)) {
        this.#address.fill(0);
        const length = Math.min(16, bytes[at - 1]!, facts.mpReachEnd - at);
        for (let i = 0; i < length; i++) this.#address[i] = bytes[at + i]!;
        out.ipv6(this.#address, 0);
        return;
      }
      if (nextHopPlace === NextHopPlace.MpReach && afiOf(family) === Afi.Ipv4) {
        out.ipv4(bytes, at);
        return;
      }
    }
    if (facts.nextHop === -1) out.put(NO_NEXT_HOP);
    else out.ipv4(bytes, facts.nextHop);
  }
}

const KIND_NAMES: Readonly<Record<number, string>> = { 5: 'BGP', 9: 'BGP', 10: 'BGP', 12: 'TABLE_DUMP', 16: 'BGP4MP', 17: 'BGP4MP_ET' };

/** The first column. */
function kindOf({ type, subtype }: MrtRecord): string {
  if (type === MrtType.TableDumpV2) return subtype >= 8 ? 'TABLE_DUMP2_AP' : 'TABLE_DUMP2';
  const name = KIND_NAMES[type]!;
  if (type !== MrtType.Bgp4mp && type !== MrtType.Bgp4mpEt) return name;
  const isWithPaths = isAddPath(subtype) && subtype <= Bgp4mpSubtype.MessageAs4LocalAddPath;
  return `${name}${isLocal(subtype) ? '_LOCAL' : ''}${isWithPaths ? '_AP' : ''}`;
}

/** RFC 6793 §4.2.3: with an AGGREGATOR whose AS is not AS_TRANS, AS4_AGGREGATOR and AS4_PATH are ignored. */
function mayMerge(bytes: Uint8Array, { facts }: RouteView): boolean {
  const { aggregatorStart, as4AggregatorStart } = facts;
  return aggregatorStart === -1 || as4AggregatorStart === -1 || readU16(bytes, aggregatorStart) === AS_TRANS;
}

function writeAggregator(out: TextBuffer, bytes: Uint8Array, { facts, fourOctetAs }: RouteView): void {
  let start = facts.aggregatorStart;
  if (start === -1) return;
  let asSize = fourOctetAs ? 4 : 2;
  if (!fourOctetAs && facts.as4AggregatorStart !== -1 && readU16(bytes, start) === AS_TRANS) {
    start = facts.as4AggregatorStart;
    asSize = 4;
  } else if (facts.aggregatorEnd - start < asSize + 4) return;
  // 255.255.255.255 means "none" to bgpdump.
  if (readU32(bytes, start + asSize) === 0xffff_ffff) return;
  out.decimal(asSize === 4 ? readU32(bytes, start) : readU16(bytes, start));
  out.octet(SPACE);
  out.ipv4(bytes, start + asSize);
}

function writeCommunities(out: TextBuffer, bytes: Uint8Array, start: number, end: number): void {
  const first = out.length;
  for (let at = start; at + 4 <= end; at += 4) {
    if (at > start) out.octet(SPACE);
    const value = readU32(bytes, at);
    const name = value >= 0xffff_ff00 ? WELL_KNOWN[value] : undefined;
    if (name !== undefined) out.put(name);
    else {
      out.decimal(value >>> 16);
      out.octet(COLON);
      out.decimal(value & 0xffff);
    }
    if (out.length - first > COMMUNITIES_TEXT_MAX) {
      out.length = first + COMMUNITIES_TEXT_MAX;
      return;
    }
  }
}

function writeNumber(out: TextBuffer, value: number, isSigned: boolean): void {
  if (isSigned && value > 0x7fff_ffff) {
    out.octet(MINUS);
    out.decimal(0x1_0000_0000 - value);
  } else out.decimal(value);
}
