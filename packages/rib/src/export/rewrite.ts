/**
 * What BGP itself changes in an attribute set on its way out, after policy (RFC 4271 §5, §9.2; RFC 7947 for route server clients).
 *
 *                        external                     route server client      internal
 *   AS_PATH              as-path.ts                   as it is                 as-path.ts
 *   NEXT_HOP             ours                         as it is                 as it is, or ours (next-hop.ts)
 *   COMMUNITIES          as they are; GRACEFUL_SHUTDOWN is added while the session is about to end (RFC 8326 §4.2), NO_EXPORT to what is stale
 *                        for long where the peer does not know LLGR_STALE (RFC 9494 §4.6)
 *   MULTI_EXIT_DISC      of our own routes, or of     as it is                 as it is
 *                        export policy
 *   LOCAL_PREF           removed                      removed                  as it is, default added
 *   ORIGINATOR_ID, CLUSTER_LIST   removed             removed                  as they are; added to a route that is reflected (RFC 4456 §8)
 *   ONLY_TO_CUSTOMER     as it is, added where our role asks for it (RFC 9234 §5)          as it is
 *   non-transitive extended communities   removed     removed                  as they are              RFC 4360 §6, RFC 5701 §2
 *   AIGP                 on sessions that use it; where the next hop becomes ours, with the cost to the old one       RFC 7311 §3.3, §3.4
 *   unknown, transitive  Partial bit set              Partial bit set          Partial bit set          RFC 4271 §5
 *   unknown, otherwise   removed                      removed                  removed
 *
 * A peer of another AS of our confederation is internal (RFC 5065 §5.3), except that it gets no ORIGINATOR_ID and CLUSTER_LIST: reflection is
 * a matter of one AS.
 *
 * Our own routes go to a route server client as to any external peer. Confederation segments and non-transitive extended communities stay
 * where the peer belongs to our confederation. Optional and Transitive are what the attribute's RFC says, Partial is on optional
 * transitive attributes only, and the four low bits of the flags are zero (RFC 4271 §4.3). A peer without four-octet AS numbers gets AS_TRANS,
 * AS4_PATH and AS4_AGGREGATOR (RFC 6793 §4.2.2).
 *
 * Done once per attribute set and message, not per route.
 */
import {
  ATTRIBUTE_CODECS,
  AttributeCode,
  type AttributeCodec,
  AttributeFlag,
  type ExportRule,
  IPV4_UNICAST,
  readU32,
  usesAigp,
  writeU16,
  writeU32,
} from '@tsbgp/wire';
import { addCost, metricOffset } from '../attributes/aigp-metric.ts';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { headerLength, valueLength } from '../attributes/block.ts';
import { AttrFlag, DEFAULT_LOCAL_PREF } from '../attributes/facts.ts';
import { viewOf } from '../attributes/views.ts';
import { Horizon, PeerKind, type RibPeer } from '../peer.ts';
import { marksWhatGoes } from '../roles.ts';
import { AsPathWriter, writeAs } from './as-path.ts';
import { NextHopUse, nextHopUse, sameLink } from './next-hop.ts';
import { markedNextHop, marksOf, setsMed } from './policy-marks.ts';
import { clustersPassed, type ExportView } from './view.ts';

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
  aigp: 16,
  'originator-id': 12,
  'cluster-list': 13,
  'only-to-customer': 14,
  communities: 15,
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
const IPV4_NEXT_HOP_LENGTH = 4;
const IPV6_NEXT_HOP_LENGTH = 16;
const GRACEFUL_SHUTDOWN = 0xffff_0000;
const NO_EXPORT = 0xffff_ff01;
const NEXT_HOP_LENGTH_MAX = 255;
/**
 * What an attribute set may grow by, beside the AS_PATH that goes out twice: our ASes, LOCAL_PREF, ORIGINATOR_ID, CLUSTER_LIST, AS4_AGGREGATOR,
 * ONLY_TO_CUSTOMER, NEXT_HOP, GRACEFUL_SHUTDOWN, NO_EXPORT, longer headers.
 */
const GROWTH_MAX = 116;

/** What may have to be inserted, in ascending order of code: a bit of `#due` each. */
const INSERTED = [
  AttributeCode.NextHop,
  AttributeCode.LocalPref,
  AttributeCode.Communities,
  AttributeCode.OriginatorId,
  AttributeCode.ClusterList,
  AttributeCode.As4Path,
  AttributeCode.As4Aggregator,
  AttributeCode.OnlyToCustomer,
] as const;
const DUE_NEXT_HOP = 1;
const DUE_LOCAL_PREF = 2;
const DUE_COMMUNITIES = 4;
const DUE_ORIGINATOR_ID = 8;
const DUE_CLUSTER_LIST = 16;
const DUE_AS4_PATH = 32;
const DUE_AS4_AGGREGATOR = 64;
const DUE_ONLY_TO_CUSTOMER = 128;

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

  readonly #path: AsPathWriter;
  readonly #ofOurAs: boolean;
  readonly #marksWhatGoes: boolean;
  /** What is still to be inserted (bits DUE_*), and the lowest type code among it. */
  #due = 0;
  #dueCode = NOTHING_DUE;
  /** Of the set's AGGREGATOR in the arena, for AS4_AGGREGATOR. */
  #aggregator = 0;
  /** Cluster identifiers that go in front of CLUSTER_LIST; ORIGINATOR_ID of a route that has none. */
  #clusters = 0;
  #originator = 0;
  #sourceCluster = 0;
  /** What comes to COMMUNITIES; 0 where nothing does. */
  #shutdown = 0;
  #noExport = 0;
  /** LOCAL_PREF is 0. */
  #isLast = false;

  constructor(view: ExportView) {
    this.#view = view;
    this.#external = view.kind === PeerKind.External;
    this.#confederation = view.context.confederation === true;
    this.#twoOctetAs = !view.context.fourOctetAs;
    this.#aigp = usesAigp(view.context);
    this.#path = new AsPathWriter(view.asPath);
    this.#ofOurAs = view.horizon === Horizon.Client || view.horizon === Horizon.NonClient;
    this.#marksWhatGoes = marksWhatGoes(view.role);
  }

  /** Writes the attributes of a set as they go out to peers of this view, learned from `source`. */
  write(attributes: AttributeTable, attr: number, source: RibPeer): void {
    const data = attributes.arena.data;
    const start = attributes.offset[attr]!;
    const end = start + attributes.length[attr]!;
    const external = this.#external;
    const ownRoute = source.kind === PeerKind.Local;
    const transparent = this.#view.routeServerClient && !ownRoute;
    const ofPolicy = marksOf(data, start, end);
    const use = nextHopUse(this.#view, attributes.flags[attr]!, source, markedNextHop(ofPolicy));
    if (use === NextHopUse.None) throw new Error('a route that has no next hop for its peers is to be rewritten');
    this.ownNextHop = use === NextHopUse.Own;
    const room = rewrittenLengthMax(end - start);
    if (this.bytes.length < room) this.bytes = new Uint8Array(room);
    this.length = 0;
    this.nextHopLength = 0;
    this.#clusters = clustersPassed(this.#view, source);
    this.#originator = source.options.bgpIdentifier;
    this.#sourceCluster = source.clusterId;
    this.#due = external ? 0 : DUE_LOCAL_PREF;
    if (this.#clusters > 0) this.#due |= DUE_ORIGINATOR_ID | DUE_CLUSTER_LIST;
    if (this.#marksWhatGoes) this.#due |= DUE_ONLY_TO_CUSTOMER;
    const flags = attributes.flags[attr]!;
    this.#isLast = this.#view.staleRoutes === 'marked' && (flags & AttrFlag.LlgrStale) !== 0;
    this.#shutdown = this.#view.gracefulShutdown && (flags & AttrFlag.GracefulShutdown) === 0 ? GRACEFUL_SHUTDOWN : 0;
    this.#noExport = this.#isLast && (flags & AttrFlag.NoExport) === 0 ? NO_EXPORT : 0;
    const marks = this.#shutdown !== 0 || this.#noExport !== 0;
    if (marks) this.#due |= DUE_COMMUNITIES;
    this.#setDueCode();
    let originSeen = false;
    let pathSeen = false;
    let nextHopSeen = false;
    for (let offset = start; offset < end; ) {
      const code = data[offset + 1]!;
      const value = offset + headerLength(data, offset);
      const next = value + valueLength(data, offset);
      // MP_REACH_NLRI comes first in a canonical block, and is written by the encoder.
      if (code > this.#dueCode && code !== AttributeCode.MpReachNlri) this.#insert(data, code);
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
          this.#asPath(data, value, next, !transparent || this.#view.ownAsInFront);
          pathSeen = true;
          break;
        case Rule['next-hop']:
          this.#takeNextHop(data, value, next, source);
          nextHopSeen = true;
          if (this.nextHopLength === IPV4_NEXT_HOP_LENGTH) this.#ipv4NextHop();
          break;
        case Rule['mp-next-hop']:
          this.#takeNextHop(data, value + 4, next, source);
          nextHopSeen = true; // its field may be empty: that of a flow specification is (RFC 8955 §4)
          // Ours is in IPv4, where the route came with an IPv6 one (RFC 8950).
          if (this.#view.family === IPV4_UNICAST && this.nextHopLength === IPV4_NEXT_HOP_LENGTH) this.#isDue(DUE_NEXT_HOP);
          break;
        case Rule.communities:
          if (!marks) this.#copy(data, offset, next);
          else this.#withMarks(data, value, next, data[offset]!);
          this.#done(DUE_COMMUNITIES);
          break;
        case Rule['multi-exit-disc']:
          if (!external || transparent || ownRoute || setsMed(ofPolicy)) this.#copy(data, offset, next);
          break;
        case Rule['local-pref']:
          if (external) break;
          if (this.#isLast) this.#number(data[offset]!, AttributeCode.LocalPref, 0);
          else this.#copy(data, offset, next);
          this.#done(DUE_LOCAL_PREF);
          break;
        case Rule['originator-id']:
          if (!this.#ofOurAs) break;
          this.#copy(data, offset, next);
          this.#done(DUE_ORIGINATOR_ID);
          break;
        case Rule['cluster-list']:
          if (!this.#ofOurAs) break;
          this.#clusterList(data, value, next);
          this.#done(DUE_CLUSTER_LIST);
          break;
        case Rule['only-to-customer']:
          this.#copy(data, offset, next);
          this.#done(DUE_ONLY_TO_CUSTOMER);
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
    if (this.#due !== 0) this.#insert(data, NOTHING_DUE);
    // RFC 4271 §5: better no route than an UPDATE without them, which may cost the peer's session.
    if (!originSeen || !pathSeen || !nextHopSeen) throw new Error('an attribute set lacks a mandatory attribute');
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

  /** AS_PATH; with `isOurs` as the view says, with our ASes in front. Notes whether AS4_PATH must go along. */
  #asPath(data: Uint8Array, start: number, end: number, isOurs: boolean): void {
    this.#path.take(data, start, end, isOurs);
    this.#writePath(AttributeFlag.Transitive, AttributeCode.AsPath, this.#twoOctetAs ? 2 : 4, this.#confederation);
    if (!this.#twoOctetAs || !this.#path.isWide) return;
    this.#due |= DUE_AS4_PATH;
    this.#setDueCode();
  }

  #writePath(flags: number, code: number, width: number, confederation: boolean): void {
    this.#header(flags, code, this.#path.measure(width, confederation));
    this.length = this.#path.write(this.bytes, this.length, width, confederation);
  }

  /** CLUSTER_LIST with the value `data[start, end)`: the clusters that the route passes here go in front, that of the peers first. */
  #clusterList(data: Uint8Array, start: number, end: number): void {
    const clusters = this.#clusters;
    this.#header(AttributeFlag.Optional, AttributeCode.ClusterList, end - start + 4 * clusters);
    const out = this.bytes;
    if (clusters > 0) this.#cluster(this.#view.clusterId ?? this.#sourceCluster);
    if (clusters > 1) this.#cluster(this.#sourceCluster);
    let at = this.length;
    for (let from = start; from < end; from++) out[at++] = data[from]!;
    this.length = at;
  }

  #cluster(clusterId: number): void {
    writeU32(this.bytes, this.length, clusterId);
    this.length += 4;
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
    this.#aggregator = value;
    this.#due |= DUE_AS4_AGGREGATOR;
    this.#setDueCode();
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
    while (this.#dueCode < before) {
      switch (this.#dueCode) {
        case AttributeCode.NextHop:
          this.#ipv4NextHop();
          break;
        case AttributeCode.Communities:
          this.#withMarks(data, 0, 0, OPTIONAL_TRANSITIVE);
          break;
        case AttributeCode.LocalPref:
          this.#number(AttributeFlag.Transitive, AttributeCode.LocalPref, this.#isLast ? 0 : DEFAULT_LOCAL_PREF);
          break;
        case AttributeCode.OriginatorId:
          this.#number(AttributeFlag.Optional, AttributeCode.OriginatorId, this.#originator);
          break;
        case AttributeCode.ClusterList:
          this.#clusterList(data, 0, 0);
          break;
        case AttributeCode.As4Path:
          this.#writePath(OPTIONAL_TRANSITIVE, AttributeCode.As4Path, 4, false);
          break;
        case AttributeCode.As4Aggregator:
          this.#header(OPTIONAL_TRANSITIVE, AttributeCode.As4Aggregator, 8);
          for (let i = 0; i < 8; i++) this.bytes[this.length++] = data[this.#aggregator + i]!;
          break;
        case AttributeCode.OnlyToCustomer:
          this.#number(OPTIONAL_TRANSITIVE, AttributeCode.OnlyToCustomer, this.#view.localAs);
          break;
      }
      this.#done(this.#due & -this.#due);
    }
  }

  #ipv4NextHop(): void {
    this.#header(AttributeFlag.Transitive, AttributeCode.NextHop, IPV4_NEXT_HOP_LENGTH);
    for (let i = 0; i < IPV4_NEXT_HOP_LENGTH; i++) this.bytes[this.length++] = this.nextHop[i]!;
  }

  /** COMMUNITIES with the value `data[start, end)` and what comes to them. */
  #withMarks(data: Uint8Array, start: number, end: number, flags: number): void {
    const growth = (this.#shutdown === 0 ? 0 : 4) + (this.#noExport === 0 ? 0 : 4);
    this.#header(this.#flagsOf(flags, AttributeCode.Communities), AttributeCode.Communities, end - start + growth);
    const out = this.bytes;
    let at = this.length;
    for (let from = start; from < end; from++) out[at++] = data[from]!;
    if (this.#shutdown !== 0) writeU32(out, at, this.#shutdown);
    if (this.#noExport !== 0) writeU32(out, at + growth - 4, this.#noExport);
    this.length = at + growth;
  }

  #isDue(due: number): void {
    this.#due |= due;
    this.#setDueCode();
  }

  /** It is written. */
  #done(due: number): void {
    this.#due &= ~due;
    this.#setDueCode();
  }

  #setDueCode(): void {
    this.#dueCode = this.#due === 0 ? NOTHING_DUE : INSERTED[31 - Math.clz32(this.#due & -this.#due)]!;
  }

  /** An attribute whose value is a number of four octets. */
  #number(flags: number, code: number, value: number): void {
    this.#header(flags, code, 4);
    writeU32(this.bytes, this.length, value);
    this.length += 4;
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
