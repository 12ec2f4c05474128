/** Fields that several kinds of records have: text, addresses, AS numbers. */
import { addressBytes, type ByteWriter, readU16, readU32, ValueError } from '@tsbgp/wire';

const utf8 = new TextDecoder('utf-8');
const toUtf8 = new TextEncoder();

export function readText(bytes: Uint8Array, start: number, end: number): string {
  return utf8.decode(bytes.subarray(start, end));
}

/** Text with its length in two octets before it. */
export function writeText16(out: ByteWriter, text: string, what: string): void {
  out.counted16(() => out.raw(toUtf8.encode(text)), what);
}

/** Text up to the end of the record; the old types end it with an octet of zero. */
export function writeText(out: ByteWriter, text: string): void {
  out.raw(toUtf8.encode(text));
}

export function readAs(bytes: Uint8Array, at: number, fourOctets: boolean): number {
  return fourOctets ? readU32(bytes, at) : readU16(bytes, at);
}

/** Throws ValueError for a number that does not fit into the field. */
export function writeAs(out: ByteWriter, as: number, fourOctets: boolean): void {
  if (fourOctets) out.u32(as);
  else if (as <= 0xffff) out.u16(as);
  else throw new ValueError(`AS ${as}: allowed here is 0 to 65535, because fourOctetAs is false`);
}

/** Appends an address of `size` octets. Throws ValueError for one of another size. */
export function writeAddress(out: ByteWriter, address: string, size: 4 | 16): void {
  const octets = addressBytes(address);
  if (octets.length !== size) throw new ValueError(`${address}: allowed here is an IPv${size === 4 ? 4 : 6} address`);
  out.raw(octets);
}

export function isIpv6(address: string): boolean {
  return address.includes(':');
}
