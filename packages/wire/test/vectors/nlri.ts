/** What tests know of each family of NLRI: one file of vectors/nlri/ per row of the table of families. They are found by reading that folder. */
import { readdirSync } from 'node:fs';
import type fc from 'fast-check';
import type { Family } from '../../src/family.ts';
import type { TypedNlri } from '../../src/nlri/families.ts';

export type Fields = Record<string, unknown>;

/** Members of an NLRI but `type`, `family` and `pathIdentifier`. */
export type Members = fc.Arbitrary<object>;

/** `T` is what an NLRI decodes to. */
export interface NlriVectors<T extends TypedNlri = TypedNlri> {
  readonly type: T['type'];
  /** Octets and the text of the NLRI that they are, both ways. At least one for each SAFI. */
  readonly examples: readonly (readonly [family: string, title: string, octets: string, text: string])[];
  /** The octets that identify the route of an NLRI. NLRI with the same key are the same route. */
  readonly keys: readonly (readonly [family: string, title: string, octets: string, key: string])[];
  /** Octets that `next` finds and that `decode` refuses. */
  readonly malformed: readonly (readonly [family: string, title: string, octets: string])[];
  /** Text that is refused. */
  readonly refused: readonly (readonly [family: string, text: string])[];
  /** Any NLRI of the family, in the form to which it decodes. */
  members(family: Family): Members;
  /** How many kinds or routes `members` gives, if the NLRI has any. */
  readonly kinds?: number;
  /** The members that are no part of the key: of all NLRI, or by route. */
  readonly beside?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** Areas of the shared conformance vectors that hold NLRI of these families only. */
  readonly areas: readonly string[];
  /** What `expect` of a shared vector says of an NLRI, made from ours; `rd` and `pathIdentifier` are added to it. */
  neutral(nlri: T): Fields;
  /** Says `expect` in the form of `neutral`. */
  neutralExpected?(expected: Fields): Fields;
}

const FOLDER = new URL('nlri/', import.meta.url);

export const NLRI_VECTORS: readonly NlriVectors[] = await Promise.all(
  readdirSync(FOLDER)
    .toSorted()
    .map(async (file) => ((await import(new URL(file, FOLDER).href)) as { vectors: NlriVectors }).vectors),
);

/** Areas of the shared conformance vectors that hold UPDATEs, attributes or NLRI. */
export const UPDATE_AREAS: readonly string[] = [
  'update',
  'add-path',
  'attributes',
  'communities',
  'prefix-sid',
  'tunnel-encap',
  ...NLRI_VECTORS.flatMap(({ areas }) => areas),
];
