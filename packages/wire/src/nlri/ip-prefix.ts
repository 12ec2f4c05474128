/**
 * Prefixes of IPv4 and IPv6, unicast and multicast (RFC 4271 §4.3, RFC 4760 §5): a length in bits, then as many octets as the bits need.
 *
 *     | length in bits, 1 | address, 0 to 16 octets |
 *
 * Text: `192.0.2.0/24`.
 */
import { readU32 } from '../bytes.ts';
import { Afi, afiOf, type Family, makeFamily, Safi } from '../family.ts';
import { PREFIX } from '../parts/fields.ts';
import { field } from '../parts/json-form.ts';
import { addressOctets, appendMaskedPrefix, normalizePrefix, prefixesAreWhole, readPrefix, writePrefix } from '../parts/prefix-bits.ts';
import type { SpanRecorder } from '../spans.ts';
import type { FamilyCodec, FamilyNlri } from './family-codec.ts';
import { nextOfBits } from './labeled-unicast.ts';
import { IPV4_OR_IPV6, type NextHopForms } from './next-hop.ts';

/** A plain prefix, unicast or multicast (RFC 4271 §4.3, RFC 4760 §5). */
export interface IpPrefix extends FamilyNlri<'ip-prefix'> {
  /** "192.0.2.0/24": canonical text, host bits clear. */
  prefix: string;
}

/** RFC 2545 §3: IPv6 prefixes have a next hop of IPv6. */
const IPV6_ONLY: NextHopForms = { ipv4: [], ipv6: [16, 32], hasRouteDistinguisher: false };

export const ipPrefix: FamilyCodec<IpPrefix> = {
  type: 'ip-prefix',
  families: [
    makeFamily(Afi.Ipv4, Safi.Unicast),
    makeFamily(Afi.Ipv4, Safi.Multicast),
    makeFamily(Afi.Ipv6, Safi.Unicast),
    makeFamily(Afi.Ipv6, Safi.Multicast),
  ],
  malformed: 'reset',
  neverOctets: true,
  nextHop: (family) => (afiOf(family) === Afi.Ipv4 ? IPV4_OR_IPV6 : IPV6_ONLY),
  next: nextOfBits,
  areWhole: (bytes, start, end, family, addPath) => prefixesAreWhole(bytes, start, end, 8 * addressOctets(family), addPath),
  decodeAll: decodePrefixes,
  decode(bytes, start, end, family, spans) {
    const prefix = readPrefix(bytes, start + 1, end, bytes[start]!, addressOctets(family));
    if (prefix === undefined) return undefined;
    spans?.numbers(start, ['length', 1]);
    spans?.leaf('address', start + 1, end);
    return { type: 'ip-prefix', family, prefix };
  },
  encode: (out, nlri) => writePrefix(out, nlri.prefix, addressOctets(nlri.family)),
  key: appendMaskedPrefix,
  format: (nlri) => nlri.prefix,
  jsonMembers: (family) => ({ prefix: field(PREFIX, family) }),
  parse: (text, family) => ({ type: 'ip-prefix', family, prefix: normalizePrefix(text, addressOctets(family)) }),
};

/** All prefixes in `bytes[start, end)`; undefined when they are not whole or one is too long. Borrows nothing. */
export function decodePrefixes(
  bytes: Uint8Array,
  start: number,
  end: number,
  family: Family,
  addPath: boolean,
  spans?: SpanRecorder,
): IpPrefix[] | undefined {
  const prefixes: IpPrefix[] = [];
  for (let at = start; at < end; ) {
    const from = addPath ? at + 4 : at;
    const next = nextOfBits(bytes, from, end);
    const mark = spans?.mark();
    spans?.open('prefix', at);
    if (addPath) spans?.numbers(at, ['path-identifier', 4]);
    const nlri = next < 0 ? undefined : ipPrefix.decode(bytes, from, next, family, spans);
    if (nlri === undefined) {
      if (mark !== undefined) spans?.forget(mark);
      return undefined;
    }
    if (addPath) nlri.pathIdentifier = readU32(bytes, at);
    spans?.close(next, nlri);
    prefixes.push(nlri);
    at = next;
  }
  return prefixes;
}

/** Canonical text of a prefix: host bits cleared, RFC 5952. Throws ValueError that says what is allowed. */
export function canonicalPrefix(text: string): string {
  return normalizePrefix(text, text.includes(':') ? 16 : 4);
}
