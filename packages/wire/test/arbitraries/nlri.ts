/** NLRI of every type, in the form in which they decode. */
import fc from 'fast-check';
import { type Family, makeFamily } from '../../src/family.ts';
import { FAMILY_CODECS, familyCodec } from '../../src/nlri/families.ts';
import type { Nlri } from '../../src/nlri/nlri.ts';
import { type Members, NLRI_VECTORS } from '../vectors/nlri.ts';
import { octets, u32 } from './primitives.ts';

/** For each type of NLRI, those of a family. */
export const NLRI_MEMBERS: ReadonlyMap<Nlri['type'], (family: Family) => Members> = new Map([
  ...NLRI_VECTORS.map(({ type, members }) => [type, members] as const),
  ['unknown', () => octets(1, 20).map((bytes) => ({ bytes }))] as const,
]);

const UNKNOWN_FAMILY = makeFamily(9, 200);

/** Every family that has a codec, and one that has none. */
export const NLRI_FAMILIES: readonly Family[] = [...FAMILY_CODECS.flatMap((codec) => codec.families), UNKNOWN_FAMILY];

/** NLRI of a family, with path identifiers or without. */
export function nlriOf(family: Family, addPath: boolean): fc.Arbitrary<Nlri> {
  const type = familyCodec(family)?.type ?? 'unknown';
  const route = NLRI_MEMBERS.get(type)!(family).map((members) => ({ type, family, ...members }) as Nlri);
  return addPath && type !== 'unknown' ? fc.tuple(route, u32).map(([nlri, pathIdentifier]) => ({ ...nlri, pathIdentifier })) : route;
}

/** As an attribute holds them: of a family without a codec there is only one. */
export function nlriList(family: Family, addPath: boolean): fc.Arbitrary<Nlri[]> {
  return fc.array(nlriOf(family, addPath), { maxLength: family === UNKNOWN_FAMILY ? 1 : 3 });
}
