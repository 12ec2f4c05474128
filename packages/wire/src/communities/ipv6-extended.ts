/**
 * IPv6 address specific extended communities (RFC 5701 §2): twenty octets, as structure and as text.
 *
 *     | 0x00/0x40 | subtype | IPv6 address, 16 octets | number, 2 octets |      rt:[2001:db8::1]:100
 *
 * A community without a name here is "0x" and forty digits. Source: IANA, BGP Extended Communities, 2026-11.
 */
import { fromHex } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import { decodeBy, type ExtendedCommunity, formatBy, parseParts, written } from './extended.ts';
import { IPV6, octets, U16 } from './extended-parts.ts';
import type { ExtendedCommunityRow } from './extended-registry.ts';

export const IPV6_EXTENDED_COMMUNITY_LENGTH = 20;

const TRANSITIVE = 0x00;
const ADDRESS_FORM = { address: IPV6, value: U16 };

function row(subtype: number, name: string, parts: ExtendedCommunityRow['parts'] = ADDRESS_FORM): ExtendedCommunityRow {
  return { type: TRANSITIVE, subtype, name, parts };
}

const ROWS: readonly ExtendedCommunityRow[] = [
  row(0x02, 'rt'), // RFC 5701 §3
  row(0x03, 'ro'), // RFC 5701 §3
  row(0x0b, 'vrf-route-import'), // RFC 6515 §3
  row(0x0c, 'redirect-to-ip'),
  row(0x0d, 'redirect'), // RFC 8956 §6.1
  row(0x10, 'vpn-distinguisher'),
  row(0x11, 'rt-uuid', { uuid: octets(16), value: U16 }),
  row(0x12, 'segmented-next-hop'), // RFC 7524 §4
  row(0x13, 'rt-record'),
  row(0x14, 'vrf-recursive-next-hop'),
  row(0x20, 'mvpn-sa-rp'), // RFC 9081 §3
];

/** What the twenty octets mean. Borrows nothing. */
export function decodeIpv6ExtendedCommunity(bytes: Uint8Array): ExtendedCommunity {
  return decodeBy(rowOf(bytes), bytes);
}

function rowOf(bytes: Uint8Array): ExtendedCommunityRow | undefined {
  return ROWS.find(({ type, subtype }) => type === bytes[0] && subtype === bytes[1]);
}

/** Text of the 20 octets (RFC 5701 §2), e.g. `rt:[2001:db8::1]:100`. */
export function formatIpv6ExtendedCommunity(bytes: Uint8Array): string {
  return formatBy(rowOf(bytes), bytes);
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
  return written(row, fields, IPV6_EXTENDED_COMMUNITY_LENGTH);
}
