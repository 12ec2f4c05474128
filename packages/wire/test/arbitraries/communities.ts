/** Octets of communities of every registered kind, and of others. */
import fc from 'fast-check';
import { EXTENDED_COMMUNITIES, type ExtendedCommunityRow } from '../../src/communities/extended-registry.ts';
import type { LargeCommunity } from '../../src/communities/large.ts';
import { octets, record, u8, u32 } from './primitives.ts';

const WELL_KNOWN = [
  ...Array.from({ length: 10 }, (_, i) => 0xffff_0000 + i),
  0xffff_029a,
  0xffff_ff01,
  0xffff_ff02,
  0xffff_ff03,
  0xffff_ff04,
];

export const community: fc.Arbitrary<number> = fc.oneof(u32, fc.constantFrom(...WELL_KNOWN));

export const largeCommunity: fc.Arbitrary<LargeCommunity> = record({ globalAdministrator: u32, localData1: u32, localData2: u32 });

/** Octets of one row of the registry. */
export function extendedCommunityOf({ type, subtype }: ExtendedCommunityRow): fc.Arbitrary<Uint8Array> {
  const head = subtype === undefined ? [type] : [type, subtype];
  return octets(8 - head.length).map((rest) => Uint8Array.from([...head, ...rest]));
}

export const extendedCommunity: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.constantFrom(...EXTENDED_COMMUNITIES).chain(extendedCommunityOf),
  octets(8),
);

export const ipv6ExtendedCommunity: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.constantFrom(0x00, 0x40), u8, octets(18))
  .map(([type, subtype, rest]) => Uint8Array.from([type, subtype, ...rest]));
