/**
 * Prefixes of IPv4 and IPv6, unicast and multicast (RFC 4271 §4.3, RFC 4760 §5): a length in bits, then as many octets as the bits need.
 *
 *     [ path identifier, 4 octets, RFC 7911 ]  | length in bits | address, 0 to 16 octets |
 */
import { type ByteWriter, readU32 } from '../bytes.ts';
import { Afi, afiOf, type Family, Safi, safiOf } from '../family.ts';
import { addressOctets, normalizePrefix, readPrefix, writePrefix } from '../parts/prefix-bits.ts';
import type { SpanRecorder } from '../spans.ts';
import type { FamilyNlri } from './family-codec.ts';

/** A plain prefix, unicast or multicast (RFC 4271 §4.3, RFC 4760 §5). */
export interface IpPrefix extends FamilyNlri<'ip-prefix'> {
  /** "192.0.2.0/24": canonical text, host bits clear. */
  prefix: string;
}

/** Whether the NLRI of a family are plain prefixes. */
export function isPrefixFamily(of: Family): boolean {
  const afi = afiOf(of);
  const safi = safiOf(of);
  return (afi === Afi.Ipv4 || afi === Afi.Ipv6) && (safi === Safi.Unicast || safi === Safi.Multicast);
}

/** Longest prefix of a family of plain prefixes. */
export function prefixBitsMax(of: Family): number {
  return 8 * addressOctets(of);
}

/** All prefixes in `bytes[start, end)`; undefined when they are not whole or one is too long. Borrows nothing. */
export function decodePrefixes(
  bytes: Uint8Array,
  start: number,
  end: number,
  of: Family,
  addPath: boolean,
  spans?: SpanRecorder,
): IpPrefix[] | undefined {
  const size = addressOctets(of);
  const prefixes: IpPrefix[] = [];
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    if (from >= end) return undefined;
    const bits = bytes[from]!;
    const next = from + 1 + ((bits + 7) >>> 3);
    const prefix = next <= end ? readPrefix(bytes, from + 1, next, bits, size) : undefined;
    if (prefix === undefined) return undefined;
    const nlri: IpPrefix = { type: 'ip-prefix', family: of, prefix };
    if (addPath) nlri.pathIdentifier = readU32(bytes, at);
    prefixes.push(nlri);
    if (spans !== undefined) {
      spans.open('prefix', at);
      if (addPath) spans.numbers(at, ['path-identifier', 4]);
      spans.numbers(from, ['length', 1]);
      spans.leaf('address', from + 1, next);
      spans.close(next, nlri);
    }
    at = next;
  }
  return prefixes;
}

/** Appends one prefix, behind its path identifier where ADD-PATH is in use (0 when it has none). Throws ValueError. */
export function appendPrefix(out: ByteWriter, nlri: IpPrefix, addPath: boolean): void {
  if (addPath) out.u32(nlri.pathIdentifier ?? 0);
  writePrefix(out, nlri.prefix, addressOctets(nlri.family));
}

/** Canonical text of a prefix: host bits cleared, RFC 5952. Throws ValueError that says what is allowed. */
export function canonicalPrefix(text: string): string {
  return normalizePrefix(text, text.includes(':') ? 16 : 4);
}
