/** What the NLRI of several families are made of. */
import fc from 'fast-check';
import type { Family } from '../../src/family.ts';
import type { Shape } from '../../src/parts/fields.ts';
import { decodeLabels, type Labels } from '../../src/parts/labels.ts';
import { addressOctets } from '../../src/parts/prefix-bits.ts';
import type { Members } from '../vectors/nlri.ts';
import { shapeValue } from './fields.ts';
import { octets, prefixOf, record, u24, unsigned } from './primitives.ts';

/** Octets of a stack: only the last label ends it. */
function labels(maxLength: number): fc.Arbitrary<Labels> {
  const field = (value: number) => [value >>> 16, (value >>> 8) & 0xff, value & 0xff];
  const middle = u24.map((value) => value & ~1).filter((value) => value !== 0 && value !== 0x80_0000);
  const last = fc.oneof(
    u24.map((value) => value | 1),
    unsigned(0xf_ffff).map((label) => label * 16 + 1),
    fc.constantFrom(0, 0x80_0000),
  );
  const canonicalMiddle = unsigned(0xf_ffff, 1)
    .filter((label) => label !== 0x8_0000)
    .map((label) => label * 16);
  return fc.tuple(fc.array(fc.oneof(middle, canonicalMiddle), { maxLength: maxLength - 1 }), last).map(([before, end]) => {
    const bytes = Uint8Array.from([...before, end].flatMap(field));
    return decodeLabels(bytes, 0, bytes.length)!.value;
  });
}

/** A prefix of the family with up to `count` labels. */
export function withLabels(count: number, family: Family): Members {
  return fc.tuple(labels(count), prefixOf(addressOctets(family))).map(([stack, prefix]) => ({ ...stack, prefix }));
}

/** The bits from `start` to `end`, the others zero. */
export function masked(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return bytes.map((octet, i) => {
    const head = Math.min(Math.max(start - 8 * i, 0), 8);
    const tail = Math.min(Math.max(end - 8 * i, 0), 8);
    return octet & (0xff >>> head) & (0xff << (8 - tail));
  });
}

/** A route of each name, and one that has none; `special` are routes whose fields depend on each other. */
export function routes(
  shapes: ReadonlyMap<string, Shape<object>>,
  family: Family,
  unknown: Members,
  special: Readonly<Record<string, Members>> = {},
): Members {
  const known = [...shapes].map(([route, shape]) =>
    (special[route] ?? shapeValue(route, shape, family)).map((fields) => ({ route, ...fields })),
  );
  return fc.oneof(
    ...known,
    unknown.map((fields) => ({ route: 'unknown', ...fields })),
  );
}

export function unknownRoute(routeType: fc.Arbitrary<number>): Members {
  return record({ routeType, bytes: octets(0, 20) });
}
