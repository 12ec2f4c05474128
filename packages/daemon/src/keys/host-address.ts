/** Addresses of hosts, as text with or without a zone ("fe80::1%eth0") and as octets. */
import { parseAddress } from '@tsbgp/wire';

/** The octets of an address, whatever its zone; undefined when the text is none. */
export function octetsOf(address: string): Uint8Array | undefined {
  return parseAddress(hostOf(address));
}

/** The text without its zone. */
export function hostOf(address: string): string {
  return address.split('%')[0]!;
}

export function zoneOf(address: string): string | undefined {
  return address.split('%')[1];
}

/** fe80::/10: such an address means something on one link only. */
export function isLinkLocal(octets: Uint8Array): boolean {
  return octets.length === 16 && octets[0] === 0xfe && (octets[1]! & 0xc0) === 0x80;
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(octets: Uint8Array): boolean {
  if (octets.length === 4) return octets[0] === 127;
  return octets.every((octet, at) => octet === (at === 15 ? 1 : 0));
}

export function isUnspecified(octets: Uint8Array): boolean {
  return octets.every((octet) => octet === 0);
}
