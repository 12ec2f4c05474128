/** The sections `sets` and `policies` as fields: @tsbgp/policy reads what is inside (policy-rules.ts). */
import { type Field, field, isMapping, Refusal } from '../keys/fields.ts';

type Written = Readonly<Record<string, unknown>>;

/** A section whose insides are not in the schema. */
const opaque = (allowed: string, example: string, about: string): Field<Written> =>
  field({ allowed, example, about, standard: 'none' }, { type: 'text' }, (value) => {
    if (value === null) return {};
    return isMapping(value) ? value : new Refusal('wrong-type');
  });

export const SETS: Field<Written> = opaque(
  'a mapping from kinds of sets to sets by name',
  'sets: { prefixes: { customers: [192.0.2.0/24] } }',
  'Sets that policies name: `prefixes`, `as-numbers`, `as-paths`, `communities`, `neighbors`. Prefixes and AS numbers may be in files: `{ file: NAME }`. See docs/policy.md.',
);

export const POLICIES: Field<Written> = opaque(
  'a mapping from names to policies',
  'policies: { customers-in: [ { match: { rov: invalid }, action: reject } ] }',
  'Policies that `import` and `export` of neighbors name: statements, `{ ready: transit-edge }`, or `{ file: policy.ts }`. See docs/policy.md.',
);
