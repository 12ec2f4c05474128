/**
 * What BGP itself changes in an attribute set on its way out, after policy (RFC 4271 §5, §9.2; RFC 7947 for route server clients).
 *
 *                        external                     route server client      internal
 *   AS_PATH              our AS in front              as it is                 as it is
 *   NEXT_HOP             ours                         as it is                 as it is, or ours (next-hop.ts)
 *   MULTI_EXIT_DISC      only of our own routes       as it is                 as it is
 *   LOCAL_PREF           removed                      removed                  as it is, default added
 *   ORIGINATOR_ID, CLUSTER_LIST   removed             removed                  as they are
 *   non-transitive extended communities   removed     removed                  as they are              RFC 4360 §6, RFC 5701 §2
 *   confederation segments of AS_PATH     removed     removed                  removed                  RFC 5065 §4.1
 *   AIGP                 on sessions that use it; where the next hop becomes ours, with the cost to the old one       RFC 7311 §3.3, §3.4
 *   unknown, transitive  Partial bit set              Partial bit set          Partial bit set          RFC 4271 §5
 *   unknown, otherwise   removed                      removed                  removed
 *
 * Our own routes go to a route server client as to any external peer. Confederation segments and non-transitive extended communities stay
 * where the peer belongs to our confederation. Optional and Transitive are what the attribute's RFC says, Partial is on optional transitive
 * attributes only, and the four low bits of the flags are zero (RFC 4271 §4.3). A peer without four-octet AS numbers gets AS_TRANS, AS4_PATH and AS4_AGGREGATOR (RFC 6793 §4.2.2).
 *
 * Done once per attribute set and message, not per route.
 */
import {
  AS_TRANS,
  ATTRIBUTE_CODECS,
  AttributeCode,
  type AttributeCodec,
  AttributeFlag,
  type ExportRule,
  readU32,
  usesAigp,
  writeU16,
  writeU32,
} from '@tsbgp/wire';
import { addCost, metricOffset } from '../attributes/aigp-metric.ts';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { headerLength, valueLength } from '../attributes/block.ts';
import { DEFAULT_LOCAL_PREF } from '../attributes/facts.ts';
import { viewOf } from '../attributes/views.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import { NextHopUse, nextHopUse, sameLink } from './next-hop.ts';
import type { ExportView } from './view.ts';

const SEGMENT_AS_SEQUENCE = 2;
const SEGMENT_CONFED_SEQUENCE = 3;
const SEGMENT_LENGTH_MAX = 255;
const TWO_OCTETS_MAX = 0xffff;
/** RFC 4360 §2: bit of the first octet of a community that is not transitive across ASes. */
const NON_TRANSITIVE = 0x40;
const OPTIONAL_TRANSITIVE = AttributeFlag.Optional | AttributeFlag.Transitive;
/** The export rules of the rows (`AttributeCodec.exportRule`) as numbers, and those that follow from the flags. */
const Rule = {
  unknown: 0,
  everyone: 1,
  'internal-only': 2,
  mandatory: 3,
  'as-path': 4,
  'next-hop': 5,
  'mp-next-hop': 6,
  'multi-exit-disc': 7,
  'local-pref': 8,
  aggregator: 9,
  'transitive-communities': 10,
  rebuilt: 11,
  aigp: 12,
} as const satisfies Readonly<Record<ExportRule | 'unknown' | 'everyone' | 'internal-only', number>>;

/** By type code. */
const RULES: Uint8Array = Uint8Array.from(ATTRIBUTE_CODECS, ruleOf);
/** By type code: the flags that the attribute's RFC demands, which are never 0; 0 for an unknown attribute. */
const KNOWN_FLAGS: Uint8Array = Uint8Array.from(ATTRIBUTE_CODECS, (row) => row?.flags ?? 0);
/** By type code: octets of an entry. */
const ENTRY_LENGTHS: Uint8Array = Uint8Array.from(ATTRIBUTE_CODECS, (row) => row?.entryLength ?? 0);
/** Above every type code: nothing is to be inserted. */
const NOTHING_DUE = 256;
/** An address, and a link-local one beside it (RFC 2545 §3). */
const IPV6_NEXT_HOP_LENGTH = 16;
const NEXT_HOP_LENGTH_MAX = 255;
/** What an attribute set may grow by, beside the AS_PATH that goes out twice: our AS, LOCAL_PREF, AS4_AGGREGATOR, longer headers. */
const GROWTH_MAX = 64;

/**
 * Octets that an attribute block of `length` octets needs at most once it is rewritten. A segment of one AS has six octets; towards a peer
 * with two-octet AS numbers it becomes ten, four in AS_PATH and six in AS4_PATH.
 */
export function rewrittenLengthMax(length: number): number {
  return Math.ceil((length * 5) / 3) + GROWTH_MAX;
}

/** Rewrites into its own buffers, which the next call overwrites. */
export class AttributeRewriter {
  /** The path attributes without MP_REACH_NLRI are `bytes[0, length)`. */
  bytes: Uint8Array = new Uint8Array(8192);
  length = 0;
  /** The next hop: the value of NEXT_HOP, or the next hop field of MP_REACH_NLRI. */
  readonly nextHop: Uint8Array = new Uint8Array(NEXT_HOP_LENGTH_MAX);
  nextHopLength = 0;
  /** The next hop is ours, not the one that came in. */
  ownNextHop = false;

  readonly #view: ExportView;
  readonly #external: boolean;
  readonly #confederation: boolean;
  readonly #twoOctetAs: boolean;
  readonly #aigp: boolean;

  /** Lowest type code of what is still to be inserted, and what that is. */
  #due = NOTHING_DUE;
  #localPrefDue = false;
  #as4PathDue = false;
  #as4AggregatorDue = false;
  /** Of the set's AS_PATH and AGGREGATOR in the arena, for AS4_PATH and AS4_AGGREGATOR. */
  #pathStart = 0;
  #pathEnd = 0;
  #pathPrepended = false;
  #aggregator = 0;

  constructor(view: ExportView) {
    this.#view = view;
    this.#external = view.kind === PeerKind.External;
    this.#confederation = view.context.confederation === true;
    this.#twoOctetAs = !view.context.fourOctetAs;
    this.#aigp = usesAigp(view.context);
  }

  /** Writes the attributes of a set as they go out to peers of this view, learned from `source`. */
  write(attributes: AttributeTable, attr: number, source: RibPeer): void {
    const data = attributes.arena.data;
    const start = attributes.offset[attr]!;
    const end = start + attributes.length[attr]!;
    const external = this.#external;
    const ownRoute = source.kind === PeerKind.Local;
    const transparent = this.#view.routeServerClient && !ownRoute;
    const use = nextHopUse(this.#view, attributes.flags[attr]!, source);
    if (use === NextHopUse.None) throw new Error('a route that has no next hop for its peers is to be rewritten');
    this.ownNextHop = use === NextHopUse.Own;
    const room = rewrittenLengthMax(end - start);
    if (this.bytes.length < room) this.bytes = new Uint8Array(room);
    this.length = 0;
    this.nextHopLength = 0;
    this.#localPrefDue = !external;
    this.#as4PathDue = false;
    this.#as4AggregatorDue = false;
    this.#due = external ? NOTHING_DUE : AttributeCode.LocalPref;
    let originSeen = false;
    let pathSeen = false;
    for (let offset = start; offset < end; ) {
      const code = data[offset + 1]!;
      const value = offset + headerLength(data, offset);
      const next = value + valueLength(data, offset);
      // MP_REACH_NLRI comes first in a canonical block, and is written by the encoder.
      if (code > this.#due && code !== AttributeCode.MpReachNlri) this.#insert(data, code);
      switch (RULES[code]) {
        case Rule.everyone:
          this.#copy(data, offset, next);
          break;
        case Rule['internal-only']:
          if (!external) this.#copy(data, offset, next);
          break;
        case Rule.mandatory:
          this.#copy(data, offset, next);
          originSeen = true;
          break;
        case Rule['as-path']:
          this.#asPath(data, value, next, external && (!transparent || this.#view.ownAsInFront));
          pathSeen = true;
          break;
        case Rule['next-hop']:
          this.#copy(data, offset, next);
          this.#takeNextHop(data, value, next, source);
          if (this.ownNextHop) this.bytes.set(this.nextHop.subarray(0, 4), this.length - 4);
          break;
        case Rule['mp-next-hop']:
          this.#takeNextHop(data, value + 4, next, source);
          break;
        case Rule['multi-exit-disc']:
          if (!external || transparent || ownRoute) this.#copy(data, offset, next);
          break;
        case Rule['local-pref']:
          if (external) break;
          this.#copy(data, offset, next);
          this.#localPrefDue = false;
          this.#setDue();
          break;
        case Rule.aggregator:
          this.#aggregatorOf(data, offset, value, next);
          break;
        case Rule['transitive-communities']:
          this.#communities(data, offset, value, next, ENTRY_LENGTHS[code]!);
          break;
        case Rule.aigp:
          if (!this.#aigp) break;
          this.#copy(data, offset, next);
          if (this.ownNextHop && !ownRoute) this.#addCost(next - value, attributes.costOf?.(attr) ?? 0);
          break;
        case Rule.rebuilt:
          break; // RFC 6793 §4.1: only a peer with two-octet AS numbers gets AS4_*; `#insert` writes them
        default: // RFC 4271 §5: an unknown attribute
          if ((data[offset]! & AttributeFlag.Transitive) !== 0) this.#copy(data, offset, next);
      }
      offset = next;
    }
    if (this.#due !== NOTHING_DUE) this.#insert(data, NOTHING_DUE);
    // RFC 4271 §5: better no route than an UPDATE without them, which may cost the peer's session.
    if (!originSeen || !pathSeen || this.nextHopLength === 0) throw new Error('an attribute set lacks a mandatory attribute');
  }

  /** Of `data[start, end)`, unless our own takes its place. */
  #takeNextHop(data: Uint8Array, start: number, end: number, source: RibPeer): void {
    const to = this.nextHop;
    if (this.ownNextHop) {
      const own = this.#view.nextHopSelf!;
      this.nextHopLength = own.length;
      for (let i = 0; i < own.length; i++) to[i] = own[i]!;
      return;
    }
    let length = end - start;
    // RFC 2545 §3: the second address is link-local, and for those on its link. Any other second address is left out, as FRR does.
    if (length === 2 * IPV6_NEXT_HOP_LENGTH && !(sameLink(this.#view, source) && isLinkLocal(data, start + IPV6_NEXT_HOP_LENGTH))) {
      length = IPV6_NEXT_HOP_LENGTH;
    }
    this.nextHopLength = length;
    for (let i = 0; i < length; i++) to[i] = data[start + i]!;
  }

  /** AS_PATH, with our AS in front where `prepend` says so. Notes whether AS4_PATH must go along. */
  #asPath(data: Uint8Array, start: number, end: number, prepend: boolean): void {
    const width = this.#twoOctetAs ? 2 : 4;
    if (this.#twoOctetAs && this.#isWide(data, start, end, prepend)) {
      this.#as4PathDue = true;
      this.#pathStart = start;
      this.#pathEnd = end;
      this.#pathPrepended = prepend;
      this.#setDue();
    }
    this.#writePath(AttributeFlag.Transitive, AttributeCode.AsPath, data, start, end, prepend, width, this.#confederation);
  }

  /** Whether an AS number outside confederation segments does not fit into two octets. */
  #isWide(data: Uint8Array, start: number, end: number, prepend: boolean): boolean {
    if (prepend && this.#view.localAs > TWO_OCTETS_MAX) return true;
    for (let at = start; at < end; ) {
      const type = data[at]!;
      const next = at + 2 + 4 * data[at + 1]!;
      if (type < SEGMENT_CONFED_SEQUENCE) for (at += 2; at < next; at += 4) if (data[at] !== 0 || data[at + 1] !== 0) return true;
      at = next;
    }
    return false;
  }

  /**
   * An attribute of the segments `data[start, end)`. Our AS goes into the first sequence while that has room, else into a new one in front
   * (RFC 4271 §5.1.2 b).
   */
  #writePath(
    flags: number,
    code: number,
    data: Uint8Array,
    start: number,
    end: number,
    prepend: boolean,
    width: number,
    confederation: boolean,
  ): void {
    let segments = 0;
    let asns = prepend ? 1 : 0;
    let joins = false;
    for (let at = start; at < end; ) {
      const type = data[at]!;
      const count = data[at + 1]!;
      at += 2 + 4 * count;
      if (type >= SEGMENT_CONFED_SEQUENCE && !confederation) continue;
      if (segments === 0) joins = prepend && type === SEGMENT_AS_SEQUENCE && count < SEGMENT_LENGTH_MAX;
      segments++;
      asns += count;
    }
    if (prepend && !joins) segments++;
    this.#header(flags, code, 2 * segments + width * asns);
    const out = this.bytes;
    let at = this.length;
    if (prepend && !joins) {
      out[at] = SEGMENT_AS_SEQUENCE;
      out[at + 1] = 1;
      at = writeAs(out, at + 2, this.#view.localAs, width);
    }
    for (let from = start; from < end; ) {
      const type = data[from]!;
      const count = data[from + 1]!;
      const next = from + 2 + 4 * count;
      if (type < SEGMENT_CONFED_SEQUENCE || confederation) {
        out[at] = type;
        out[at + 1] = joins ? count + 1 : count;
        at += 2;
        if (joins) at = writeAs(out, at, this.#view.localAs, width);
        joins = false;
        from += 2;
        if (width === 4) for (; from < next; from++) out[at++] = data[from]!;
        else for (; from < next; from += 4) at = writeAs(out, at, readU32(data, from), 2);
      }
      from = next;
    }
    this.length = at;
  }

  /** AGGREGATOR; notes whether AS4_AGGREGATOR must go along. */
  #aggregatorOf(data: Uint8Array, start: number, value: number, end: number): void {
    if (!this.#twoOctetAs) {
      this.#copy(data, start, end);
      return;
    }
    this.#header(this.#flagsOf(data[start]!, data[start + 1]!), AttributeCode.Aggregator, 6);
    const out = this.bytes;
    const as = readU32(data, value);
    let at = writeAs(out, this.length, as, 2);
    for (let from = value + 4; from < end; from++) out[at++] = data[from]!;
    this.length = at;
    if (as <= TWO_OCTETS_MAX) return;
    this.#as4AggregatorDue = true;
    this.#aggregator = value;
    this.#setDue();
  }

  /** Extended communities of `size` octets each; across the border of the AS only the transitive ones. */
  #communities(data: Uint8Array, start: number, value: number, end: number, size: number): void {
    let kept = end - value;
    if (this.#external && !this.#confederation) {
      for (let from = value; from < end; from += size) if ((data[from]! & NON_TRANSITIVE) !== 0) kept -= size;
    }
    if (kept === end - value) {
      this.#copy(data, start, end);
      return;
    }
    if (kept === 0) return;
    this.#header(this.#flagsOf(data[start]!, data[start + 1]!), data[start + 1]!, kept);
    const out = this.bytes;
    let at = this.length;
    for (let from = value; from < end; from += size) {
      if ((data[from]! & NON_TRANSITIVE) === 0) for (let i = 0; i < size; i++) out[at++] = data[from + i]!;
    }
    this.length = at;
  }

  /** Adds a cost to the metric in the AIGP of `length` octets that was written last (RFC 7311 §3.4). */
  #addCost(length: number, cost: number): void {
    if (cost === 0) return;
    const view = viewOf(this.bytes);
    const offset = metricOffset(view, this.length - length, this.length);
    if (offset !== -1) view.setBigUint64(offset, addCost(view.getBigUint64(offset), cost));
  }

  /** Inserts what is due before the attribute with this type code. */
  #insert(data: Uint8Array, before: number): void {
    if (this.#localPrefDue && before > AttributeCode.LocalPref) {
      this.#localPrefDue = false;
      this.#header(AttributeFlag.Transitive, AttributeCode.LocalPref, 4);
      writeU32(this.bytes, this.length, DEFAULT_LOCAL_PREF);
      this.length += 4;
    }
    if (this.#as4PathDue && before > AttributeCode.As4Path) {
      this.#as4PathDue = false;
      this.#writePath(OPTIONAL_TRANSITIVE, AttributeCode.As4Path, data, this.#pathStart, this.#pathEnd, this.#pathPrepended, 4, false);
    }
    if (this.#as4AggregatorDue && before > AttributeCode.As4Aggregator) {
      this.#as4AggregatorDue = false;
      this.#header(OPTIONAL_TRANSITIVE, AttributeCode.As4Aggregator, 8);
      for (let i = 0; i < 8; i++) this.bytes[this.length++] = data[this.#aggregator + i]!;
    }
    this.#setDue();
  }

  #setDue(): void {
    if (this.#localPrefDue) this.#due = AttributeCode.LocalPref;
    else if (this.#as4PathDue) this.#due = AttributeCode.As4Path;
    else this.#due = this.#as4AggregatorDue ? AttributeCode.As4Aggregator : NOTHING_DUE;
  }

  #header(flags: number, code: number, length: number): void {
    const out = this.bytes;
    let at = this.length;
    out[at + 1] = code;
    if (length > 255) {
      out[at] = flags | AttributeFlag.ExtendedLength;
      writeU16(out, at + 2, length);
      at += 4;
    } else {
      out[at] = flags & ~AttributeFlag.ExtendedLength;
      out[at + 2] = length;
      at += 3;
    }
    this.length = at;
  }

  #copy(data: Uint8Array, start: number, end: number): void {
    const out = this.bytes;
    let at = this.length;
    out[at++] = this.#flagsOf(data[start]!, data[start + 1]!);
    for (let from = start + 1; from < end; from++) out[at++] = data[from]!;
    this.length = at;
  }

  /** The flags that the attribute goes out with; Extended Length as it is. */
  #flagsOf(flags: number, code: number): number {
    const known = KNOWN_FLAGS[code]!;
    const lasting = flags & (AttributeFlag.ExtendedLength | AttributeFlag.Partial);
    if (known === 0) return OPTIONAL_TRANSITIVE | AttributeFlag.Partial | lasting;
    return known | (known === OPTIONAL_TRANSITIVE ? lasting : lasting & AttributeFlag.ExtendedLength);
  }
}

function ruleOf(row: AttributeCodec<unknown> | undefined): number {
  if (row === undefined) return Rule.unknown;
  if (row.exportRule !== undefined) return Rule[row.exportRule];
  return (row.flags & AttributeFlag.Transitive) !== 0 ? Rule.everyone : Rule['internal-only'];
}

/** Whether the IPv6 address at `at` is in fe80::/10. */
function isLinkLocal(data: Uint8Array, at: number): boolean {
  return data[at] === 0xfe && (data[at + 1]! & 0xc0) === 0x80;
}

/** Writes an AS number, AS_TRANS where two octets cannot hold it; returns the offset after it. */
function writeAs(out: Uint8Array, at: number, as: number, width: number): number {
  if (width === 4) writeU32(out, at, as);
  else writeU16(out, at, as > TWO_OCTETS_MAX ? AS_TRANS : as);
  return at + width;
}
