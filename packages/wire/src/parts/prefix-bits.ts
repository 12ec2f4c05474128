/** Prefixes whose octets end where their bits do (RFC 4271 §4.3), of either address family, as text. */
import { formatAddress, parseAddress } from '../address.ts';
import type { ByteWriter } from '../bytes.ts';
import { Afi, afiOf, type Family } from '../family.ts';
import { ValueError } from '../fault.ts';

/** Octets of an address of the family, 4 or 16. */
export function addressOctets(family: Family): number {
  return afiOf(family) === Afi.Ipv6 ? 16 : 4;
}

/**
 * The prefix of `bits` bits at `start`, whose octets must end exactly at `end`; undefined when they do not, or are too many.
 * Bits behind the prefix mean nothing (RFC 4271 §4.3) and are read as zero.
 */
export function readPrefix(bytes: Uint8Array, start: number, end: number, bits: number, addressSize: number): string | undefined {
  const octets = (bits + 7) >>> 3;
  if (bits < 0 || bits > 8 * addressSize || start + octets !== end) return undefined;
  const address = new Uint8Array(addressSize);
  address.set(bytes.subarray(start, end));
  maskTail(address, bits);
  return `${formatAddress(address)}/${bits}`;
}

function maskTail(address: Uint8Array, bits: number): void {
  if (bits % 8 !== 0) address[bits >>> 3]! &= 0xff << (8 - (bits % 8));
}

export interface PrefixBits {
  readonly bits: number;
  /** Only the octets the bits need. */
  readonly octets: Uint8Array;
}

/** Throws ValueError for text that is no prefix of an address of `addressSize` octets. Bits behind the prefix are cleared. */
export function parsePrefix(text: string, addressSize: number): PrefixBits {
  const [host = '', length = ''] = text.split('/');
  const address = parseAddress(host);
  const bits = Number(length);
  if (
    address === undefined ||
    address.length !== addressSize ||
    !/^\d{1,3}$/.test(length) ||
    bits > 8 * addressSize ||
    text.split('/').length !== 2
  ) {
    const example = addressSize === 4 ? '192.0.2.0/24' : '2001:db8::/32';
    throw new ValueError(`"${text}" is not an ${addressSize === 4 ? 'IPv4' : 'IPv6'} prefix, e.g. "${example}"`);
  }
  maskTail(address, bits);
  return { bits, octets: address.subarray(0, (bits + 7) >>> 3) };
}

/** As `parsePrefix`, where the text is asked for its canonical form. */
export function normalizePrefix(text: string, addressSize: number): string {
  const { bits, octets } = parsePrefix(text, addressSize);
  const address = new Uint8Array(addressSize);
  address.set(octets);
  return `${formatAddress(address)}/${bits}`;
}

/** Length in bits, then the octets. */
export function writePrefix(out: ByteWriter, text: string, addressSize: number): void {
  const { bits, octets } = parsePrefix(text, addressSize);
  out.u8(bits);
  out.raw(octets);
}

/**
 * RFC 4271 §4.3, RFC 7606 §5.3: whether `bytes[start, end)` is a whole number of prefixes of at most `bitsMax` bits, each after a path
 * identifier where the session has them (RFC 7911 §3).
 */
export function prefixesAreWhole(bytes: Uint8Array, start: number, end: number, bitsMax: number, pathIdentifiers: boolean): boolean {
  const before = pathIdentifiers ? 4 : 0;
  let offset = start;
  while (offset < end) {
    offset += before;
    if (offset >= end) return false;
    const length = bytes[offset]!;
    if (length > bitsMax) return false;
    offset += 1 + ((length + 7) >>> 3);
  }
  return offset === end;
}
