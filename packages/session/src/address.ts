/** Addresses as keys: one text for each. */
import { formatAddress, parseAddress } from '@tsbgp/wire';

/** Canonical text of an address with or without zone; an IPv4-mapped one is the IPv4 address (RFC 4291 §2.5.5.2). Undefined: not an address. */
export function canonicalAddress(text: string): string | undefined {
  const [address = '', zone, ...rest] = text.split('%');
  if (rest.length > 0 || zone === '') return undefined;
  const bytes = parseAddress(address);
  if (bytes === undefined) return undefined;
  const canonical = formatAddress(bytes).replace(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/, '$1');
  return zone === undefined ? canonical : `${canonical}%${zone}`;
}

export function isIpv6(address: string): boolean {
  return address.includes(':');
}
