/**
 * What the decision process and export ask of an attribute set, worked out once when the set is interned (RFC 4271 §9.1).
 */
import { AttributeCode, AttributeFlag } from '@tsbgp/wire';

/** Bits of the `flags` column. */
export const AttrFlag = {
  /** NO_EXPORT or NO_EXPORT_SUBCONFED (RFC 1997): not to external peers. */
  NoExport: 1,
  /** NO_ADVERTISE (RFC 1997): to no peer. */
  NoAdvertise: 2,
  /** The AS_PATH holds our own AS (RFC 4271 §9.1.2): kept, but not eligible. */
  AsLoop: 4,
  /** The next hop cannot be one: unspecified, multicast, or broadcast (RFC 4271 §6.3). */
  BadNextHop: 8,
  /** Holds what an external peer may not send: LOCAL_PREF, ORIGINATOR_ID, CLUSTER_LIST, AIGP, confederation segments. */
  InternalOnly: 16,
  /** The next hop is in MP_REACH_NLRI, which is then the first attribute of the block. */
  MpNextHop: 32,
} as const;

/** RFC 1997: reserved ones begin here. */
const WELL_KNOWN = 0xffff_0000;
const NO_EXPORT = 0xffff_ff01;
const NO_ADVERTISE = 0xffff_ff02;
const NO_EXPORT_SUBCONFED = 0xffff_ff03;

const SEGMENT_AS_SET = 1;
const SEGMENT_AS_SEQUENCE = 2;

/** RFC 4271 §5.1.5: degree of preference where no LOCAL_PREF says otherwise; 100 is the custom of the field. */
export const DEFAULT_LOCAL_PREF = 100;

/** Overwritten by each `derive`. */
export class AttributeFacts {
  /**
   * Steps a and b of the tie break and what comes before them in one number, lower is better: local preference, AS_PATH length, ORIGIN.
   * 32 + 16 + 2 bits, exact in a float64.
   */
  rank = 0;
  med = 0;
  /** First AS of the AS_PATH, 0 when it is empty or does not begin with a sequence: which routes' MEDs may be compared. */
  neighborAs = 0;
  /** Last AS of the AS_PATH, 0 when it is empty or ends in a set. */
  originAs = 0;
  flags = 0;
  /** The AS_PATH just read has confederation segments. */
  #confederation = false;

  /** Reads the canonical block in `data[start, end)`. */
  derive(data: DataView, start: number, end: number, localAs: number): void {
    let localPref = DEFAULT_LOCAL_PREF;
    let origin = 2;
    let flags = 0;
    this.med = 0;
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
      switch (code) {
        case AttributeCode.Origin:
          origin = data.getUint8(value);
          break;
        case AttributeCode.AsPath:
          pathLength = this.#asPath(data, value, offset, localAs);
          if (this.#confederation) flags |= AttrFlag.InternalOnly;
          if (pathLength < 0) {
            pathLength = ~pathLength;
            flags |= AttrFlag.AsLoop;
          }
          break;
        case AttributeCode.NextHop:
          if (isBadIpv4NextHop(data, value)) flags |= AttrFlag.BadNextHop;
          break;
        case AttributeCode.MultiExitDisc:
          this.med = data.getUint32(value);
          break;
        case AttributeCode.LocalPref:
          localPref = data.getUint32(value);
          flags |= AttrFlag.InternalOnly;
          break;
        case AttributeCode.OriginatorId:
        case AttributeCode.ClusterList:
        case AttributeCode.Aigp:
          flags |= AttrFlag.InternalOnly;
          break;
        case AttributeCode.Communities:
          flags |= communityFlags(data, value, offset);
          break;
        case AttributeCode.MpReachNlri:
          flags |= AttrFlag.MpNextHop;
          if (isBadMpNextHop(data, value)) flags |= AttrFlag.BadNextHop;
          break;
      }
    }
    this.flags = flags;
    this.rank = (0xffff_ffff - localPref) * 2 ** 18 + Math.min(pathLength, 0xffff) * 4 + origin;
  }

  /** AS_PATH length (RFC 4271 §9.1.2.2 a: a set counts one; RFC 5065 §5.3: confederation segments count nothing); its complement if our AS is in it. */
  #asPath(data: DataView, start: number, end: number, localAs: number): number {
    let length = 0;
    let loop = false;
    let offset = start;
    let first = true;
    this.#confederation = false;
    while (offset < end) {
      const type = data.getUint8(offset);
      const count = data.getUint8(offset + 1);
      const asns = offset + 2;
      offset = asns + 4 * count;
      for (let at = asns; at < offset; at += 4) if (data.getUint32(at) === localAs) loop = true;
      if (type === SEGMENT_AS_SEQUENCE) {
        length += count;
        if (first) this.neighborAs = data.getUint32(asns);
        this.originAs = data.getUint32(offset - 4);
        first = false;
      } else if (type === SEGMENT_AS_SET) {
        length += 1;
        this.originAs = 0;
        first = false;
      } else {
        this.#confederation = true;
      }
    }
    return loop ? ~length : length;
  }
}

function communityFlags(data: DataView, start: number, end: number): number {
  let flags = 0;
  for (let offset = start; offset < end; offset += 4) {
    const community = data.getUint32(offset);
    // The well-known ones are the highest.
    if (community < WELL_KNOWN) continue;
    if (community === NO_EXPORT || community === NO_EXPORT_SUBCONFED) flags |= AttrFlag.NoExport;
    else if (community === NO_ADVERTISE) flags |= AttrFlag.NoAdvertise;
  }
  return flags;
}

function isBadIpv4NextHop(data: DataView, offset: number): boolean {
  return data.getUint8(offset) >= 224 || data.getUint32(offset) === 0;
}

/** `data` at `offset` begins the abbreviated MP_REACH_NLRI: AFI, SAFI, next hop length, next hop. */
function isBadMpNextHop(data: DataView, offset: number): boolean {
  const length = data.getUint8(offset + 3);
  const nextHop = offset + 4;
  if (length === 4) return isBadIpv4NextHop(data, nextHop);
  if (length !== 16 && length !== 32) return false;
  if (data.getUint8(nextHop) === 0xff) return true;
  for (let i = 0; i < 16; i += 4) if (data.getUint32(nextHop + i) !== 0) return false;
  return true;
}
