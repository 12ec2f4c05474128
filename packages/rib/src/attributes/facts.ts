/**
 * What the decision process and export ask of an attribute set (RFC 4271 §9.1). It is computed once, when the set is interned.
 */
import { ATTRIBUTE_CODECS, type AttributeFact, AttributeFlag } from '@tsbgp/wire';
import type { DecisionOptions } from '../decision-options.ts';
import { metricOffset } from './aigp-metric.ts';
import { addressLength, distinguisherLength, isBadIpv4NextHop, isBadMpNextHop, isNextHopRead, MP_NEXT_HOP_OFFSET } from './next-hops.ts';
import type { OwnIdentity } from './own-identity.ts';

/** Bits of the `flags` column. */
export const AttrFlag = {
  /** NO_EXPORT (RFC 1997): not to external peers. */
  NoExport: 1,
  /** NO_ADVERTISE (RFC 1997): to no peer. */
  NoAdvertise: 2,
  /** Holds an AS, identifier or address of ours (own-identity.ts). Whether the route may be used then depends on the peer (import/unusable.ts). */
  Own: 4,
  /** There is no next hop, or no host of the family can have it (RFC 4271 §6.3). */
  BadNextHop: 8,
  /** Holds what not every peer may send: an attribute whose row says `internalOnly`, confederation segments, or AIGP. */
  InternalOnly: 16,
  /** The next hop is in MP_REACH_NLRI, which is then the first attribute of the block. */
  MpNextHop: 32,
  /** The next hop is link-local, without a global address beside it (RFC 2545 §3). */
  LinkLocalNextHop: 64,
  /** Longer than LARGE_SET_LENGTH: a message of 4096 octets may be too short for it after export rewrites it. */
  Large: 128,
  /** GRACEFUL_SHUTDOWN (RFC 8326): the route is to go soon. */
  GracefulShutdown: 256,
  /** BLACKHOLE (RFC 7999): traffic to the prefix is to be discarded. */
  Blackhole: 512,
  /** NOPEER (RFC 3765): not to peers that are neither provider nor customer. */
  NoPeer: 1024,
  /** LLGR_STALE (RFC 9494): the routes are stale for long, and not for every peer. */
  LlgrStale: 2048,
  /** NO_EXPORT_SUBCONFED (RFC 1997): not to external peers, nor to other ASes of the confederation. */
  NoExportSubconfed: 8192,
  /** ONLY_TO_CUSTOMER (RFC 9234). */
  OnlyToCustomer: 16_384,
  /** AS_PATH has an AS_SET or AS_CONFED_SET, or more than LONG_PATH_ASNS AS numbers. */
  OddPath: 32_768,
} as const;

/** AS numbers of an AS_PATH, confederation segments and all, that are not too many. Longer paths are mistakes or attacks. */
export const LONG_PATH_ASNS = 750;

/** An attribute set of at most so many octets fits into any message with any NLRI, however export rewrites it (export/rewrite.ts). */
export const LARGE_SET_LENGTH = 2200;

/** RFC 1997: the reserved communities begin here. */
const WELL_KNOWN = 0xffff_0000;
const NO_EXPORT = 0xffff_ff01;
const NO_ADVERTISE = 0xffff_ff02;
const NO_EXPORT_SUBCONFED = 0xffff_ff03;
/** RFC 9494 §3.2. */
export const LLGR_STALE = 0xffff_0006;
const NOPEER = 0xffff_ff04;
const GRACEFUL_SHUTDOWN = 0xffff_0000;
const BLACKHOLE = 0xffff_029a;

/** The facts of the rows (`AttributeCodec.fact`) as numbers, which the loop below compares faster than text. */
const Fact = {
  origin: 1,
  'as-path': 2,
  'multi-exit-disc': 3,
  'local-pref': 4,
  'next-hop': 5,
  'mp-next-hop': 6,
  reflectors: 7,
  communities: 8,
  aigp: 9,
  'only-to-customer': 10,
} as const satisfies Readonly<Record<AttributeFact, number>>;

/** By type code; 0 where nothing is read from the attribute. */
const FACTS: Uint8Array = Uint8Array.from(ATTRIBUTE_CODECS, (row) => (row?.fact === undefined ? 0 : Fact[row.fact]));
/** By type code: the bits of `flags` that the presence of the attribute sets. */
const PRESENCE_FLAGS: Uint8Array = Uint8Array.from(ATTRIBUTE_CODECS, (row) =>
  row?.internalOnly !== undefined || row?.fact === 'aigp' ? AttrFlag.InternalOnly : 0,
);

const SEGMENT_AS_SET = 1;
const SEGMENT_AS_SEQUENCE = 2;
const SEGMENT_CONFED_SEQUENCE = 3;
const SEGMENT_CONFED_SET = 4;

/** RFC 4271 §5.1.5: degree of preference of a route without LOCAL_PREF; all implementations use 100. */
export const DEFAULT_LOCAL_PREF = 100;

/** Place values in `AttributeFacts.rank`. */
const NO_AIGP = 2 ** 18;
const LOCAL_PREF_UNIT = 2 ** 19;
const STALE = 2 ** 51;

/** Whether paths of this rank are compared by their AIGP metric before anything that follows in the decision process. */
export function hasAigp(rank: number): boolean {
  return ((rank / NO_AIGP) & 1) === 0;
}

/** Whether a rank is that of stale routes. */
export function isStaleRank(rank: number): boolean {
  return rank >= STALE;
}

/** The LOCAL_PREF in a rank. */
export function localPrefOf(rank: number): number {
  return 0xffff_ffff - Math.floor((rank % STALE) / LOCAL_PREF_UNIT);
}

/** Overwritten by each `derive`. */
export class AttributeFacts {
  /**
   * The first steps of the decision process in one number, lower is better: 52 bits, exact in a float64.
   *
   *     stale | local preference, inverted | no AIGP metric | AS_PATH length | ORIGIN
   *       1                32                     1                16            2      bits
   *
   * A set with AIGP has zeros in the last two: its metric is compared before them (RFC 7311 §4.1), and then `tail`.
   */
  rank = 0;
  /** AS_PATH length and ORIGIN, as in `rank`. */
  tail = 0;
  med = 0;
  /** First AS of the AS_PATH. 0 when the path is empty or begins with a set: the neighboring AS is then that of the peer (decide.ts). */
  neighborAs = 0;
  /** Last AS of the AS_PATH, 0 when it is empty or ends in a set. */
  originAs = 0;
  flags = 0;
  /** Bits of `AttrFlag` that follow from the AS_PATH just read. */
  #pathFlags = 0;
  readonly #options: DecisionOptions;

  constructor(options: DecisionOptions) {
    this.#options = options;
  }

  /** Reads the canonical block in `data[start, end)`. */
  derive(data: DataView, start: number, end: number, own: OwnIdentity): void {
    let localPref = DEFAULT_LOCAL_PREF;
    let origin = 2;
    let flags = end - start > LARGE_SET_LENGTH ? AttrFlag.Large : 0;
    let nextHopSeen = false;
    let aigp = false;
    const options = this.#options;
    this.med = options.missingMedAsWorst ? 0xffff_ffff : 0;
    this.neighborAs = 0;
    this.originAs = 0;
    let pathLength = 0;
    let offset = start;
    while (offset < end) {
      const extended = (data.getUint8(offset) & AttributeFlag.ExtendedLength) !== 0;
      const code = data.getUint8(offset + 1);
      const value = offset + (extended ? 4 : 3);
      const length = extended ? data.getUint16(offset + 2) : data.getUint8(offset + 2);
      offset = value + length;
      flags |= PRESENCE_FLAGS[code]!;
      switch (FACTS[code]) {
        case Fact.origin:
          origin = data.getUint8(value);
          break;
        case Fact['as-path']:
          pathLength = this.#asPath(data, value, offset, own);
          flags |= this.#pathFlags;
          break;
        case Fact['next-hop']:
          nextHopSeen = true;
          if (isBadIpv4NextHop(data, value)) flags |= AttrFlag.BadNextHop;
          if (own.mayBeAddress(data, value, length)) flags |= AttrFlag.Own;
          break;
        case Fact['multi-exit-disc']:
          this.med = data.getUint32(value);
          break;
        case Fact['local-pref']:
          localPref = data.getUint32(value);
          break;
        case Fact.reflectors:
          for (let at = value; at < offset; at += 4) if (own.isReflector(data.getUint32(at))) flags |= AttrFlag.Own;
          break;
        case Fact['only-to-customer']:
          flags |= AttrFlag.OnlyToCustomer;
          break;
        case Fact.communities:
          flags |= communityFlags(data, value, offset);
          break;
        case Fact.aigp:
          aigp = options.aigp && metricOffset(data, value, offset) !== -1;
          break;
        case Fact['mp-next-hop']:
          nextHopSeen = true;
          flags |= AttrFlag.MpNextHop;
          if (!isNextHopRead(data, value)) break;
          if (isBadMpNextHop(data, value)) flags |= AttrFlag.BadNextHop;
          if (hasOwnMpNextHop(data, value, own)) flags |= AttrFlag.Own;
          if (isLinkLocal(data, value)) flags |= AttrFlag.LinkLocalNextHop;
          break;
      }
    }
    this.flags = nextHopSeen ? flags : flags | AttrFlag.BadNextHop;
    this.tail = (options.ignoreAsPathLength ? 0 : Math.min(pathLength, 0xffff) * 4) + origin;
    this.rank =
      ((flags & AttrFlag.LlgrStale) !== 0 ? STALE : 0) + (0xffff_ffff - localPref) * LOCAL_PREF_UNIT + (aigp ? 0 : NO_AIGP + this.tail);
  }

  /**
   * AS_PATH length (RFC 4271 §9.1.2.2 a: a set counts one; RFC 5065 §5.3: confederation segments count nothing, unless they are to).
   */
  #asPath(data: DataView, start: number, end: number, own: OwnIdentity): number {
    const { localAs, hasOtherAses } = own;
    const { countConfederations } = this.#options;
    let length = 0;
    let asns = 0;
    let flags = 0;
    let offset = start;
    let first = true;
    while (offset < end) {
      const type = data.getUint8(offset);
      const count = data.getUint8(offset + 1);
      const from = offset + 2;
      asns += count;
      offset = from + 4 * count;
      for (let at = from; at < offset; at += 4) {
        const as = data.getUint32(at);
        if (as === localAs || (hasOtherAses && own.isAs(as))) flags |= AttrFlag.Own;
      }
      if (type === SEGMENT_AS_SEQUENCE) {
        length += count;
        if (first) this.neighborAs = data.getUint32(from);
        this.originAs = data.getUint32(offset - 4);
        first = false;
      } else if (type === SEGMENT_AS_SET) {
        length += 1;
        flags |= AttrFlag.OddPath;
        this.originAs = 0;
        first = false;
      } else {
        flags |= type === SEGMENT_CONFED_SET ? AttrFlag.InternalOnly | AttrFlag.OddPath : AttrFlag.InternalOnly;
        if (countConfederations) length += type === SEGMENT_CONFED_SEQUENCE ? count : 1;
      }
    }
    this.#pathFlags = asns > LONG_PATH_ASNS ? flags | AttrFlag.OddPath : flags;
    return length;
  }
}

function communityFlags(data: DataView, start: number, end: number): number {
  let flags = 0;
  for (let offset = start; offset < end; offset += 4) {
    const community = data.getUint32(offset);
    // Well-known communities are the highest numbers.
    if (community < WELL_KNOWN) continue;
    if (community === NO_EXPORT) flags |= AttrFlag.NoExport;
    else if (community === NO_EXPORT_SUBCONFED) flags |= AttrFlag.NoExportSubconfed;
    else if (community === NO_ADVERTISE) flags |= AttrFlag.NoAdvertise;
    else if (community === LLGR_STALE) flags |= AttrFlag.LlgrStale;
    else if (community === GRACEFUL_SHUTDOWN) flags |= AttrFlag.GracefulShutdown;
    else if (community === BLACKHOLE) flags |= AttrFlag.Blackhole;
    else if (community === NOPEER) flags |= AttrFlag.NoPeer;
  }
  return flags;
}

/** `data` at `offset` begins the abbreviated MP_REACH_NLRI. */
function hasOwnMpNextHop(data: DataView, offset: number, own: OwnIdentity): boolean {
  const fieldLength = data.getUint8(offset + 3);
  const length = addressLength(fieldLength);
  const skipped = distinguisherLength(fieldLength);
  const field = offset + MP_NEXT_HOP_OFFSET;
  for (let at = field; at < field + fieldLength; at += skipped + length) if (own.mayBeAddress(data, at + skipped, length)) return true;
  return false;
}

/** Whether the first address of the abbreviated MP_REACH_NLRI at `offset` is in fe80::/10. */
function isLinkLocal(data: DataView, offset: number): boolean {
  const length = data.getUint8(offset + 3);
  return (length === 16 || length === 32) && (data.getUint16(offset + 4) & 0xffc0) === 0xfe80;
}
