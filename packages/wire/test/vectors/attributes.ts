/** What tests know of each path attribute: one file of vectors/attributes/ per row of the table. They are found by reading that folder. */
import { readdirSync } from 'node:fs';
import type fc from 'fast-check';
import type { KnownAttribute } from '../../src/attributes/attribute.ts';
import type { WireContext } from '../../src/context.ts';
import type { FaultAction } from '../../src/fault.ts';

type Type = KnownAttribute['type'];

export interface AttributeVectors<T extends Type = Type> {
  readonly type: T;
  /** Octets and text of a value, both ways. The first is that of docs/wire.md. @default the session is that of an internal peer */
  readonly examples: readonly (readonly [octets: string, text: string, title?: string, session?: WireContext])[];
  /** What an RFC says of octets: how they are wrong, and the verdict with its subcode. Without a verdict they are well-formed. */
  readonly verdicts: readonly (readonly [
    section: string,
    title: string,
    octets: string,
    session: WireContext,
    action?: FaultAction,
    subcode?: number,
  ])[];
  /** Any value, in the form to which it decodes. NLRI and AS numbers are such as the session allows. */
  values(session: WireContext): fc.Arbitrary<Extract<KnownAttribute, { type: T }>['value']>;
  /** The attribute's kind in tsbgp.v1.PathAttribute, and the name and text with which `tsbgp rib` shows it. @default it has a column */
  readonly line?: { readonly message: unknown; readonly name: string; readonly text: string };
}

const FOLDER = new URL('attributes/', import.meta.url);

export const ATTRIBUTE_VECTORS: readonly AttributeVectors[] = await Promise.all(
  readdirSync(FOLDER)
    .toSorted()
    .map(async (file) => ((await import(new URL(file, FOLDER).href)) as { vectors: AttributeVectors }).vectors),
);

/** The vectors of an attribute. Throws an Error that names the file when there are none. */
export function vectorsOf(type: string): AttributeVectors {
  const found = ATTRIBUTE_VECTORS.find((vectors) => vectors.type === type);
  if (found === undefined) throw new Error(`no vectors for ${type}: add packages/wire/test/vectors/attributes/${type}.ts`);
  return found;
}
