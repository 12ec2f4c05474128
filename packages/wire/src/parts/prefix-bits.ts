/** Prefixes of IPv4 and IPv6: as text, and as a number of bits with only the octets that those need (RFC 4271 §4.3). */
import { formatAddress, parseAddress } from '../address.ts';
import type { ByteWriter } from '../bytes.ts';
import { Afi, afiOf, type Family } from '../family.ts';
import { ValueError } from '../fault.ts';

/** Octets of an address of the family, 4 or 16. */
export function addressOctets(family: Family): number {
  return afiOf(family) === Afi.Ipv6 ? 16 : 4;
}

/** An address and how many of its leading bits count. */
export interface Prefix {
  /** The whole address, 4 or 16 octets, as written: bits after the prefix may be set. */
  readonly address: Uint8Array;
  readonly bits: number;
}

/**
 * The prefix that `text` says, e.g. "192.0.2.0/24" or "2001:db8::/32"; undefined when it is none. Bits set after the prefix are no error:
 * see `maskAddress`. Callers say in their own words what is wrong with the text.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const parts = /^([^/]*)\/(\d{1,3})$/.exec(text);
  const address = parts === null ? undefined : parseAddress(parts[1]!);
  const bits = Number(parts?.[2]);
  return address !== undefined && bits <= 8 * address.length ? { address, bits } : undefined;
}

/** As `parsePrefix`; an address without a length is the prefix of all its bits. */
export function parsePrefixOrAddress(text: string): Prefix | undefined {
  const address = parseAddress(text);
  return address === undefined ? parsePrefix(text) : { address, bits: 8 * address.length };
}

/** A copy of the address with all bits after the first `bits` cleared. */
export function maskAddress(address: Uint8Array, bits: number): Uint8Array {
  const masked = new Uint8Array(address.length);
  masked.set(address.subarray(0, (bits + 7) >>> 3));
  maskTail(masked, bits);
  return masked;
}

/** Whether `bits` bits from octet `aStart` of `a` and from octet `bStart` of `b` are the same. */
export function sharesBits(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, bits: number): boolean {
  const whole = bits >>> 3;
  for (let i = 0; i < whole; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return bits % 8 === 0 || ((a[aStart + whole]! ^ b[bStart + whole]!) & ~trailingMask(bits) & 0xff) === 0;
}

/** Whether `bits` bits, which an address of so many octets must have, take the octets from `start` to `end`. */
export function isPrefixOfBits(start: number, end: number, bits: number, addressSize: number): boolean {
  return bits >= 0 && bits <= 8 * addressSize && start + ((bits + 7) >>> 3) === end;
}

/**
 * Text of the prefix of `bits` bits at `start`. Undefined when its octets do not end exactly at `end`, or when `bits` is more than the address
 * has. Bits after the prefix mean nothing (RFC 4271 §4.3) and are read as zero.
 */
export function readPrefix(bytes: Uint8Array, start: number, end: number, bits: number, addressSize: number): string | undefined {
  if (!isPrefixOfBits(start, end, bits, addressSize)) return undefined;
  const address = new Uint8Array(addressSize);
  address.set(bytes.subarray(start, end));
  maskTail(address, bits);
  return `${formatAddress(address)}/${bits}`;
}

function maskTail(address: Uint8Array, bits: number): void {
  if (bits % 8 !== 0) address[bits >>> 3]! &= ~trailingMask(bits);
}

/** The bits of the last octet that are not part of a prefix of `bits` bits. */
export function trailingMask(bits: number): number {
  return bits % 8 === 0 ? 0 : 0xff >>> (bits % 8);
}

export function prefixExample(addressSize: number): string {
  return addressSize === 4 ? 'e.g. "192.0.2.0/24"' : 'e.g. "2001:db8::/32"';
}

/** As `parsePrefix`, of an address of `addressSize` octets and with the bits after the prefix cleared. Throws ValueError. */
export function prefixOfSize(text: string, addressSize: number): Prefix {
  const prefix = parsePrefix(text);
  if (prefix?.address.length !== addressSize) {
    throw new ValueError(`"${text}" is not an ${addressSize === 4 ? 'IPv4' : 'IPv6'} prefix, ${prefixExample(addressSize)}`);
  }
  return { address: maskAddress(prefix.address, prefix.bits), bits: prefix.bits };
}

/** Canonical text of a prefix: bits after it cleared, addresses as in RFC 5952. Throws ValueError. */
export function normalizePrefix(text: string, addressSize: number): string {
  const { address, bits } = prefixOfSize(text, addressSize);
  return `${formatAddress(address)}/${bits}`;
}

/** Appends the octets that hold the bits of the prefix, without a length. */
export function appendBits(out: ByteWriter, { address, bits }: Prefix): void {
  out.raw(address, 0, (bits + 7) >>> 3);
}

/** Appends the prefix at `start`, a length in bits and then octets, with the bits after it cleared. Allocates nothing. */
export function appendMaskedPrefix(out: ByteWriter, bytes: Uint8Array, start: number): void {
  out.u8(bytes[start]!);
  appendLeadingBits(out, bytes, start + 1, bytes[start]!);
}

/** Appends the first `bits` bits from `start`, with the rest of the last octet cleared. Allocates nothing. */
export function appendLeadingBits(out: ByteWriter, bytes: Uint8Array, start: number, bits: number): void {
  out.raw(bytes, start, start + ((bits + 7) >>> 3));
  if (bits % 8 !== 0) out.patchU8(out.length - 1, out.bytes[out.length - 1]! & ~trailingMask(bits));
}

/** Appends the length in bits, then the octets. Throws ValueError. */
export function writePrefix(out: ByteWriter, text: string, addressSize: number): void {
  const prefix = prefixOfSize(text, addressSize);
  out.u8(prefix.bits);
  appendBits(out, prefix);
}

/**
 * Whether `bytes[start, end)` is a whole number of prefixes of at most `bitsMax` bits (RFC 4271 §4.3, RFC 7606 §5.3). With
 * `pathIdentifiers`, each prefix follows a path identifier (RFC 7911 §3).
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
