/** Addresses as keys: each address has one canonical text. */
import { formatAddress, parseAddress } from '@tsbgp/wire';

/**
 * Canonical text of an address, with its zone if it has one; undefined when `text` is not an address. An IPv4-mapped address becomes the IPv4
 * address (RFC 4291 §2.5.5.2).
 */
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
