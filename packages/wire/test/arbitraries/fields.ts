/**
 * Values of the fields of a table, found by reading octets. We try which lengths a field accepts, with random octets and with octets that begin
 * as counted fields do. So a new field needs nothing here, unless none of the beginnings below fits it.
 */
import fc from 'fast-check';
import type { Family } from '../../src/family.ts';
import type { Field, OptionalField, Reader, Shape } from '../../src/parts/fields.ts';
import { octets } from './primitives.ts';

type AnyField = Field<unknown> | OptionalField<unknown>;
/** Makes any octets such that a field may take them. */
type Beginning = (bytes: Uint8Array) => Uint8Array;

const LENGTH_MAX = 40;
const PROBES = 12;

const BEGINNINGS: readonly Beginning[] = [
  (bytes) => bytes,
  // A length in bits of all that follows: addresses, prefixes, MAC addresses.
  (bytes) => bytes.with(0, 8 * (bytes.length - 1)),
  // A type and the length of what follows: route keys.
  (bytes) => bytes.with(1, bytes.length - 2),
  // BGP-LS segment ranges: a size, then a SID/Label TLV of three octets; one after the other.
  (bytes) => bytes.map((octet, i) => [octet, octet, octet, 0x04, 0x89, 0, 3, octet, octet, octet][i % 10]!),
  // BGP-LS application masks: one of four octets, no other.
  (bytes) => bytes.map((octet, i) => [4, 0, 0, 0][i] ?? octet),
  // Affinities of a candidate path: a word of each.
  (bytes) => bytes.map((octet, i) => [1, 1, 1, 0][i] ?? octet),
];

interface Way {
  readonly length: number;
  readonly beginning: Beginning;
}

function read(field: AnyField, bytes: Uint8Array, family: Family): { readonly value: unknown } | undefined {
  const reader: Reader = { bytes, start: 0, at: 0, end: bytes.length, family, failed: false };
  const value = field.read(reader);
  return reader.failed || reader.at !== reader.end ? undefined : { value };
}

/** Pseudo-random octets, the same in every run. */
export function probe(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(seed + 7 * i + 1, 0x9e37_79b1) >>> 24);
}

const WAYS: WeakMap<AnyField, Map<Family, readonly Way[]>> = new WeakMap();

/** Found once for each field. */
function waysOf(field: AnyField, family: Family): readonly Way[] {
  const known = WAYS.get(field) ?? new Map<Family, readonly Way[]>();
  WAYS.set(field, known);
  const ways = known.get(family) ?? findWays(field, family);
  known.set(family, ways);
  return ways;
}

function findWays(field: AnyField, family: Family): readonly Way[] {
  const ways: Way[] = [];
  for (let length = 0; length <= LENGTH_MAX; length++) {
    for (const beginning of length < 2 ? BEGINNINGS.slice(0, length + 1) : BEGINNINGS) {
      const fits = Array.from({ length: PROBES }, (_, seed) => read(field, beginning(probe(length, seed)), family) !== undefined);
      if (fits.filter(Boolean).length >= PROBES / 2) ways.push({ length, beginning });
    }
  }
  return ways;
}

/** Values of a field, also undefined when it is optional. Throws when no octets are found that the field accepts. */
export function fieldValue(name: string, field: AnyField, family: Family): fc.Arbitrary<unknown> {
  const ways = waysOf(field, family);
  if (!ways.some(({ length }) => length > 0)) throw new Error(`no octets found for the field ${name}: it needs a beginning of its own`);
  return fc
    .constantFrom(...ways)
    .chain(({ length, beginning }) => octets(length).map((bytes) => read(field, beginning(bytes), family)))
    .filter((got) => got !== undefined)
    .map(({ value }) => value);
}

/** Whether the octets may end before the field. */
function isTrailing(field: AnyField, family: Family): boolean {
  const nothing = 'optional' in field ? read(field, new Uint8Array(0), family) : undefined;
  return nothing !== undefined && nothing.value === undefined;
}

/** Values of all fields of a shape. Where octets may end, nothing follows. */
export function shapeValue(
  name: string,
  shape: Shape<object> | Readonly<Record<string, AnyField>>,
  family: Family,
): fc.Arbitrary<Record<string, unknown>> {
  // Bits among the octets of other fields: left at zero here.
  const fields = Object.entries(shape as Readonly<Record<string, AnyField>>).filter(([, field]) => !('overlay' in field));
  const values = fields.map(([key, field]) => fieldValue(`${name}.${key}`, field, family));
  const trailing = fields.map(([, field]) => isTrailing(field, family));
  return fc.tuple(...values).map((all) => {
    const end = all.findIndex((value, i) => value === undefined && trailing[i]);
    return Object.fromEntries(
      fields.flatMap(([key], i) => (all[i] === undefined || (end >= 0 && i > end && trailing[i]) ? [] : [[key, all[i]]])),
    );
  });
}
