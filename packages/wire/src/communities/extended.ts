/**
 * Extended communities (RFC 4360) as text: eight octets, of which the first says the form and the second, usually, the meaning.
 *
 *     two-octet AS    | 0x00/0x40 | subtype | AS, 2 octets   | number, 4 octets |      rt:65000:100
 *     IPv4 address    | 0x01/0x41 | subtype | address        | number, 2 octets |      rt:192.0.2.1:100
 *     four-octet AS   | 0x02/0x42 | subtype | AS, 4 octets   | number, 2 octets |      rt:200000:100
 *
 * Everything else, and every subtype without a name here, is "0x" and sixteen digits. `parse(format(x))` gives the same octets: a four-octet
 * AS number that would fit in two carries an "L", as "rt:100L:5".
 */
import { formatIpv4, parseIpv4 } from '../address.ts';
import { fromHex, readU16, readU32, toHex, writeU16, writeU32 } from '../bytes.ts';
import { ValueError } from '../fault.ts';

const SUBTYPES: Record<string, number> = { rt: 0x02, ro: 0x03 };
const SUBTYPE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(SUBTYPES).map(([name, value]) => [value, name]));

const TWO_OCTET_AS = 0x00;
const IPV4_ADDRESS = 0x01;
const FOUR_OCTET_AS = 0x02;

export function formatExtendedCommunity(bytes: Uint8Array): string {
  const name = SUBTYPE_NAMES.get(bytes[1]!);
  if (name !== undefined) {
    if (bytes[0] === TWO_OCTET_AS) return `${name}:${readU16(bytes, 2)}:${readU32(bytes, 4)}`;
    if (bytes[0] === IPV4_ADDRESS) return `${name}:${formatIpv4(bytes, 2)}:${readU16(bytes, 6)}`;
    if (bytes[0] === FOUR_OCTET_AS) {
      const as = readU32(bytes, 2);
      return `${name}:${as}${as <= 0xffff ? 'L' : ''}:${readU16(bytes, 6)}`;
    }
  }
  return `0x${toHex(bytes)}`;
}

/** Throws ValueError. */
export function parseExtendedCommunity(text: string): Uint8Array {
  if (/^0x[0-9a-fA-F]{16}$/.test(text)) return fromHex(text.slice(2));
  const parts = /^([a-z]+):([0-9.]+)(L?):(\d{1,10})$/.exec(text);
  const subtype = parts === null ? undefined : SUBTYPES[parts[1]!];
  const bytes = parts === null || subtype === undefined ? undefined : administered(subtype, parts[2]!, parts[3] === 'L', Number(parts[4]));
  if (bytes === undefined) {
    throw new ValueError(
      `"${text}" is not an extended community: allowed are rt: and ro: with an AS number or IPv4 address and a number, or 0x and sixteen digits, e.g. "rt:65000:100"`,
    );
  }
  return bytes;
}

function administered(subtype: number, administrator: string, long: boolean, number: number): Uint8Array | undefined {
  const bytes = new Uint8Array(8);
  bytes[1] = subtype;
  const address = administrator.includes('.') ? parseIpv4(administrator) : undefined;
  if (address !== undefined && !long && number <= 0xffff) {
    bytes[0] = IPV4_ADDRESS;
    bytes.set(address, 2);
    writeU16(bytes, 6, number);
    return bytes;
  }
  const as = Number(administrator);
  if (!Number.isInteger(as) || as > 0xffff_ffff || administrator.includes('.')) return undefined;
  if (as <= 0xffff && !long) {
    if (number > 0xffff_ffff) return undefined;
    writeU16(bytes, 2, as);
    writeU32(bytes, 4, number);
    return bytes;
  }
  if (number > 0xffff) return undefined;
  bytes[0] = FOUR_OCTET_AS;
  writeU32(bytes, 2, as);
  writeU16(bytes, 6, number);
  return bytes;
}
