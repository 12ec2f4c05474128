/**
 * TABLE_DUMP_V2 RIB records (RFC 6396 §4.3.2 and §4.3.3; with ADD-PATH RFC 8050 §4.3): the routes of one NLRI.
 *
 *     | sequence, 4 octets | [AFI, 2 | SAFI, 1] | NLRI … | count of entries, 2 | entries … |
 *     entry: | peer index, 2 | originated time, 4 | [path identifier, 4] | length, 2 | path attributes … |
 *
 * AFI and SAFI are in RIB_GENERIC only. AS numbers in the attributes have four octets.
 */
import {
  Afi,
  appendTypedNlri,
  type Family,
  familyCodec,
  formatFamily,
  IPV4_UNICAST,
  IPV6_UNICAST,
  makeFamily,
  readU16,
  readU32,
  Safi,
  ValueError,
} from '@tsbgp/wire';
import { MrtType, TableDumpV2Subtype as Subtype } from '../codes.ts';
import { type MrtKind, TOO_SHORT } from './kind.ts';
import type { RibEntry, RibRecord } from './values.ts';

const IPV4_MULTICAST = makeFamily(Afi.Ipv4, Safi.Multicast);
const IPV6_MULTICAST = makeFamily(Afi.Ipv6, Safi.Multicast);
const ENTRIES_MAX = 0xffff;

/** Family of a subtype; of RIB_GENERIC, which names it in the record, undefined. */
const FAMILIES: ReadonlyMap<number, Family | undefined> = new Map([
  [Subtype.RibIpv4Unicast, IPV4_UNICAST],
  [Subtype.RibIpv4Multicast, IPV4_MULTICAST],
  [Subtype.RibIpv6Unicast, IPV6_UNICAST],
  [Subtype.RibIpv6Multicast, IPV6_MULTICAST],
  [Subtype.RibGeneric, undefined],
  [Subtype.RibIpv4UnicastAddPath, IPV4_UNICAST],
  [Subtype.RibIpv4MulticastAddPath, IPV4_MULTICAST],
  [Subtype.RibIpv6UnicastAddPath, IPV6_UNICAST],
  [Subtype.RibIpv6MulticastAddPath, IPV6_MULTICAST],
  [Subtype.RibGenericAddPath, undefined],
]);

/** Where the parts of a RIB record are. `ribParts` writes it; callers on a hot path keep one and use it again. */
export class RibParts {
  family: Family = IPV4_UNICAST;
  addPath = false;
  generic = false;
  nlriStart = 0;
  /** Also where the count of entries is. */
  nlriEnd = 0;
  count = 0;
  entriesStart = 0;
}

/** Finds the parts of the body in `bytes[start, end)`, or says what is wrong. Allocates nothing for a sound record. */
export function ribParts(parts: RibParts, bytes: Uint8Array, start: number, end: number, subtype: number): string | undefined {
  parts.addPath = subtype >= Subtype.RibIpv4UnicastAddPath;
  const family = FAMILIES.get(subtype);
  parts.generic = family === undefined;
  parts.nlriStart = start + (parts.generic ? 7 : 4);
  if (parts.nlriStart >= end) return TOO_SHORT;
  parts.family = family ?? makeFamily(readU16(bytes, start + 4), bytes[start + 6]!);
  if (family === undefined) {
    const codec = familyCodec(parts.family);
    if (codec === undefined) return `the NLRI of ${formatFamily(parts.family)} has a length that is not known`;
    parts.nlriEnd = codec.next(bytes, parts.nlriStart, end);
  } else {
    parts.nlriEnd = parts.nlriStart + 1 + ((bytes[parts.nlriStart]! + 7) >>> 3);
    if (bytes[parts.nlriStart]! > (family === IPV4_UNICAST || family === IPV4_MULTICAST ? 32 : 128)) parts.nlriEnd = -1;
  }
  if (parts.nlriEnd < 0 || parts.nlriEnd + 2 > end) return `the NLRI of ${formatFamily(parts.family)} cannot be read`;
  parts.count = readU16(bytes, parts.nlriEnd);
  parts.entriesStart = parts.nlriEnd + 2;
  return undefined;
}

export const rib: MrtKind<RibRecord> = {
  type: 'rib',
  records: [...FAMILIES.keys()].map((subtype) => [MrtType.TableDumpV2, subtype] as const),
  decode(bytes, start, end, subtype) {
    const parts = new RibParts();
    const problem = ribParts(parts, bytes, start, end, subtype);
    if (problem !== undefined) return problem;
    const { family, addPath, generic } = parts;
    const nlri = familyCodec(family)!.decode(bytes, parts.nlriStart, parts.nlriEnd, family);
    if (nlri === undefined) return `the NLRI of ${formatFamily(family)} makes no sense`;
    const entries: RibEntry[] = [];
    const fixed = addPath ? 12 : 8;
    let at = parts.entriesStart;
    for (let i = 0; i < parts.count; i++) {
      const attributesAt = at + fixed;
      const next = attributesAt <= end ? attributesAt + readU16(bytes, attributesAt - 2) : attributesAt;
      if (next > end) return `the record ends at entry ${i} of ${parts.count}`;
      const entry: RibEntry = {
        peerIndex: readU16(bytes, at),
        originatedTime: readU32(bytes, at + 2),
        attributes: bytes.subarray(attributesAt, next),
      };
      if (addPath) entry.pathIdentifier = readU32(bytes, at + 6);
      entries.push(entry);
      at = next;
    }
    return { type: 'rib', family, addPath, generic, sequence: readU32(bytes, start), nlri, entries };
  },
  header(value) {
    for (const [subtype, family] of FAMILIES) {
      const isAddPath = subtype >= Subtype.RibIpv4UnicastAddPath;
      if (isAddPath === value.addPath && family === (value.generic ? undefined : value.family)) return [MrtType.TableDumpV2, subtype];
    }
    throw new ValueError(`${formatFamily(value.family)} needs RIB_GENERIC: set generic to true`);
  },
  encode(out, value) {
    if (value.entries.length > ENTRIES_MAX) throw new ValueError(`found ${value.entries.length} entries, allowed are ${ENTRIES_MAX}`);
    out.u32(value.sequence);
    if (value.generic) {
      out.u16(value.family >>> 8);
      out.u8(value.family & 0xff);
    }
    if (value.nlri.family !== value.family)
      throw new ValueError(`found an NLRI of ${formatFamily(value.nlri.family)}, allowed is one of ${formatFamily(value.family)}`);
    appendTypedNlri(out, value.nlri, false);
    out.u16(value.entries.length);
    for (const entry of value.entries) {
      out.u16(entry.peerIndex);
      out.u32(entry.originatedTime);
      if (value.addPath) out.u32(entry.pathIdentifier ?? 0);
      out.counted16(() => out.raw(entry.attributes), 'path attributes');
    }
  },
};
