/** What values of all kinds are made of: numbers with their edges, octets, addresses, prefixes, families, text. */
import fc from 'fast-check';
import { formatAddress } from '../../src/address.ts';
import { Afi, type Family, makeFamily, Safi } from '../../src/family.ts';
import { addressOctets, normalizePrefix } from '../../src/parts/prefix-bits.ts';
import { formatRd } from '../../src/parts/route-distinguisher.ts';

export function unsigned(max: number, min = 0): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max), fc.integer({ min, max: Math.min(max, min + 20) }));
}

export const u8: fc.Arbitrary<number> = unsigned(0xff);
export const u16: fc.Arbitrary<number> = unsigned(0xffff);
export const u24: fc.Arbitrary<number> = unsigned(0xff_ffff);
export const u32: fc.Arbitrary<number> = unsigned(0xffff_ffff);
export const u64: fc.Arbitrary<bigint> = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
/** RFC 7607: AS 0 is nobody's. */
export const asn: fc.Arbitrary<number> = unsigned(0xffff_ffff, 1);

/** So many octets: any, or mostly zero, as addresses and reserved fields are. */
export function octets(minLength: number, maxLength: number = minLength): fc.Arbitrary<Uint8Array> {
  const any = fc.uint8Array({ minLength, maxLength });
  const sparse = fc.tuple(any, fc.nat(30)).map(([bytes, keep]) => bytes.map((octet, i) => (i % 8 === keep % 8 ? octet : 0)));
  return fc.oneof(any, sparse);
}

/** A list with at least one entry. */
export function some<T>(entry: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(entry, { minLength: 1, maxLength: 4 });
}

export const ipv4: fc.Arbitrary<string> = octets(4).map((bytes) => formatAddress(bytes));
export const ipv6: fc.Arbitrary<string> = octets(16).map((bytes) => formatAddress(bytes));
export const address: fc.Arbitrary<string> = fc.oneof(ipv4, ipv6);

export function addressOf(family: Family): fc.Arbitrary<string> {
  return addressOctets(family) === 4 ? ipv4 : ipv6;
}

/** A prefix of an address of so many octets. */
export function prefixOf(size: number): fc.Arbitrary<string> {
  return fc.tuple(octets(size), unsigned(8 * size)).map(([bytes, bits]) => normalizePrefix(`${formatAddress(bytes)}/${bits}`, size));
}

/** Of each type, and of one that has no name. */
export const rd: fc.Arbitrary<string> = fc
  .tuple(fc.nat(3), octets(6))
  .map(([type, bytes]) => formatRd(Uint8Array.from([0, type, ...bytes])));

/** Well-formed text, with all that text forms must not trip over. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '{', '}', ';', ' ', '\n', '\u{1b}', '\u{202e}', '\u{fffd}', '%', '(', ',', 'é', '🙂'),
    maxLength: 8,
  }),
);

const FAMILIES: readonly Family[] = [Afi.Ipv4, Afi.Ipv6].flatMap((afi) =>
  [Safi.Unicast, Safi.Multicast, Safi.LabeledUnicast, Safi.MplsVpn].map((safi) => makeFamily(afi, safi)),
);

export const anyFamily: fc.Arbitrary<Family> = fc.oneof(
  fc.constantFrom(...FAMILIES, makeFamily(Afi.L2vpn, Safi.Evpn), makeFamily(Afi.BgpLs, Safi.BgpLsVpn)),
  fc.tuple(u16, u8).map(([afi, safi]) => makeFamily(afi, safi)),
);

/** An object of a value for each member, as literals are. */
export function record<T>(members: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(members, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

/** Leaves out the members that are undefined: a value has none such. */
export function present<T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

export function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}
