/**
 * TABLE_DUMP (RFC 6396 §4.2): one route of one peer.
 *
 *     | view, 2 octets | sequence, 2 | prefix, 4 or 16 | bits, 1 | status, 1 | originated time, 4 | peer address, 4 or 16 | peer AS, 2 |
 *     | length, 2 | path attributes … |
 *
 * AS numbers have two octets; in the unregistered subtypes 3 and 4, which bgpdump reads too, four.
 */
import { formatAddress, maskAddress, parsePrefix, readU16, readU32, ValueError } from '@tsbgp/wire';
import { MrtType, TableDumpSubtype as Subtype } from '../codes.ts';
import { isIpv6, readAs, writeAddress, writeAs } from './fields.ts';
import { type MrtKind, TOO_SHORT } from './kind.ts';
import type { TableDumpRecord } from './values.ts';

/** Octets of an address in a record of the subtype. */
export function tableDumpAddressSize(subtype: number): 4 | 16 {
  return subtype === Subtype.Ipv4 || subtype === Subtype.Ipv4FourOctetAs ? 4 : 16;
}

export const tableDump: MrtKind<TableDumpRecord> = {
  type: 'table-dump',
  records: Object.values(Subtype).map((subtype) => [MrtType.TableDump, subtype] as const),
  decode(bytes, start, end, subtype) {
    const size = tableDumpAddressSize(subtype);
    const fourOctetAs = subtype >= Subtype.Ipv4FourOctetAs;
    const bitsAt = start + 4 + size;
    const asAt = bitsAt + 6 + size;
    const attributesAt = asAt + (fourOctetAs ? 4 : 2) + 2;
    if (attributesAt > end) return TOO_SHORT;
    const attributesEnd = attributesAt + readU16(bytes, attributesAt - 2);
    if (attributesEnd > end) return 'the path attributes run past the end';
    const bits = bytes[bitsAt]!;
    if (bits > 8 * size) return `found a prefix of ${bits} bits`;
    return {
      type: 'table-dump',
      view: readU16(bytes, start),
      sequence: readU16(bytes, start + 2),
      prefix: `${formatAddress(maskAddress(bytes.subarray(start + 4, bitsAt), bits))}/${bits}`,
      status: bytes[bitsAt + 1]!,
      originatedTime: readU32(bytes, bitsAt + 2),
      peerAddress: formatAddress(bytes, bitsAt + 6, asAt),
      peerAs: readAs(bytes, asAt, fourOctetAs),
      fourOctetAs,
      attributes: bytes.subarray(attributesAt, attributesEnd),
    };
  },
  header({ prefix, fourOctetAs }) {
    const subtype = isIpv6(prefix) ? Subtype.Ipv6 : Subtype.Ipv4;
    return [MrtType.TableDump, fourOctetAs ? subtype + 2 : subtype];
  },
  encode(out, value) {
    const size = isIpv6(value.prefix) ? 16 : 4;
    const prefix = parsePrefix(value.prefix);
    if (prefix === undefined) throw new ValueError(`"${value.prefix}" is not a prefix, e.g. "192.0.2.0/24"`);
    out.u16(value.view);
    out.u16(value.sequence);
    out.raw(maskAddress(prefix.address, prefix.bits));
    out.u8(prefix.bits);
    out.u8(value.status);
    out.u32(value.originatedTime);
    writeAddress(out, value.peerAddress, size);
    writeAs(out, value.peerAs, value.fourOctetAs);
    out.counted16(() => out.raw(value.attributes), 'path attributes');
  },
};
