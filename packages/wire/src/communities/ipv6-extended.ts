/**
 * IPv6 address specific extended communities (RFC 5701 §2): twenty octets, as structure and as text.
 *
 *     | 0x00/0x40 | subtype | IPv6 address, 16 octets | number, 2 octets |      rt:[2001:db8::1]:100
 *
 * A community without a name here is "0x" and forty digits. Source: IANA, BGP Extended Communities, 2026-11.
 */
import { fromHex, toHex } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import { type ExtendedCommunity, formatParts, parseParts, readParts, writeParts } from './extended.ts';
import { IPV6, octets, type Part, U16 } from './extended-parts.ts';

export const IPV6_EXTENDED_COMMUNITY_LENGTH = 20;

const TRANSITIVE = 0x00;
const ADDRESS_FORM: Readonly<Record<string, Part>> = { address: IPV6, value: U16 };

interface Row {
  readonly subtype: number;
  readonly name: string;
  readonly parts: Readonly<Record<string, Part>>;
}

const ROWS: readonly Row[] = [
  { subtype: 0x02, name: 'rt', parts: ADDRESS_FORM }, // RFC 5701 §3
  { subtype: 0x03, name: 'ro', parts: ADDRESS_FORM }, // RFC 5701 §3
  { subtype: 0x0b, name: 'vrf-route-import', parts: ADDRESS_FORM }, // RFC 6515 §3
  { subtype: 0x0c, name: 'redirect-to-ip', parts: ADDRESS_FORM },
  { subtype: 0x0d, name: 'redirect', parts: ADDRESS_FORM }, // RFC 8956 §6.1
  { subtype: 0x10, name: 'vpn-distinguisher', parts: ADDRESS_FORM },
  { subtype: 0x11, name: 'rt-uuid', parts: { uuid: octets(16), value: U16 } },
  { subtype: 0x12, name: 'segmented-next-hop', parts: ADDRESS_FORM }, // RFC 7524 §4
  { subtype: 0x13, name: 'rt-record', parts: ADDRESS_FORM },
  { subtype: 0x14, name: 'vrf-recursive-next-hop', parts: ADDRESS_FORM },
  { subtype: 0x20, name: 'mvpn-sa-rp', parts: ADDRESS_FORM }, // RFC 9081 §3
];

/** What the twenty octets mean. Borrows nothing. */
export function decodeIpv6ExtendedCommunity(bytes: Uint8Array): ExtendedCommunity {
  const [type, subtype] = [bytes[0]!, bytes[1]!];
  const row = type === TRANSITIVE ? ROWS.find((candidate) => candidate.subtype === subtype) : undefined;
  const fields = row === undefined ? undefined : readParts(row.parts, bytes, 2);
  return row === undefined || fields === undefined
    ? { name: 'unknown', type, subtype, bytes: bytes.slice() }
    : { name: row.name, type, subtype, fields };
}

/** Text of the 20 octets (RFC 5701 §2), e.g. `rt:[2001:db8::1]:100`. */
export function formatIpv6ExtendedCommunity(bytes: Uint8Array): string {
  const community = decodeIpv6ExtendedCommunity(bytes);
  if ('bytes' in community) return `0x${toHex(bytes)}`;
  return formatParts(community.name, ROWS.find((row) => row.subtype === community.subtype)!.parts, community.fields);
}

/** Throws ValueError. */
export function parseIpv6ExtendedCommunity(text: string): Uint8Array {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return fromHex(text.slice(2));
  // The address is in brackets, because it has colons too.
  const [name = '', ...words] = text.match(/\[[^\]]*\]|[^:]+/g) ?? [];
  const row = ROWS.find((candidate) => candidate.name === name);
  const fields = row === undefined ? undefined : parseParts(row.parts, words);
  if (row === undefined || fields === undefined) {
    throw new ValueError(
      `"${text}" is not an IPv6 extended community: allowed are ${ROWS.map((candidate) => candidate.name).join(', ')} with an address and a number, or 0x and forty digits, e.g. "rt:[2001:db8::1]:100"`,
    );
  }
  const bytes = new Uint8Array(IPV6_EXTENDED_COMMUNITY_LENGTH);
  bytes[1] = row.subtype;
  writeParts(row.parts, bytes, 2, fields);
  return bytes;
}
