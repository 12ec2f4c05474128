/** The JSON form of a component of a flow specification. */
import type { Family } from '../family.ts';
import { PREFIX } from '../parts/fields.ts';
import { BOOLEAN, type Form, field, list, OCTETS, object, oneOf, optional, U8, U64, unsigned } from '../parts/json-form.ts';
import { BITS, NUMBERS, PREFIXES } from './flowspec-component.ts';
import { type JsonMembers, jsonByName } from './json-members.ts';

/** A number as far as JSON's numbers are exact, decimal text beyond. */
const WIDE: Form<number | bigint> = (json, path) =>
  typeof json === 'string' ? U64(json, path) : unsigned(Number.MAX_SAFE_INTEGER)(json, path);

function operators(key: 'numbers' | 'bits', flags: readonly string[]): JsonMembers {
  const operator = {
    ...Object.fromEntries(['and', ...flags].map((flag) => [flag, BOOLEAN])),
    value: WIDE,
    octets: optional(oneOf(1, 2, 4, 8)),
  };
  return { [key]: list(object<object>(operator)) };
}

export function componentForm(family: Family): Form<unknown> {
  const numbers = operators('numbers', ['lt', 'gt', 'eq']);
  const bits = operators('bits', ['not', 'match']);
  const prefix = { prefix: field(PREFIX, family), offset: optional(U8) };
  const same = (names: object, members: JsonMembers) => Object.fromEntries(Object.keys(names).map((name) => [name, members]));
  return jsonByName({ ...same(PREFIXES, prefix), ...same(NUMBERS, numbers), ...same(BITS, bits), unknown: { bytes: OCTETS } }, true);
}
