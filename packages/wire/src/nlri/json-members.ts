/** What the JSON forms of several families are made of. */
import type { Family } from '../family.ts';
import type { Field, Shape } from '../parts/fields.ts';
import { type Form, field, list, OCTETS, type Optional, object, optional, TEXT, tagged, U8, unsigned } from '../parts/json-form.ts';
import { ROUTE_KEY } from './route-key.ts';

/** The members of an object, each with its form. */
export type JsonMembers = Readonly<Record<string, Form<unknown> | Optional<unknown>>>;

export const LABELS: Form<number[]> = list(unsigned(0xf_ffff));
export const LABEL_BITS: Optional<number[]> = optional(list(unsigned(0xf)));

/** The fields of a record, in its order. */
export function jsonOfShape(shape: Shape<object>, family: Family): JsonMembers {
  return Object.fromEntries(
    Object.entries(shape as Record<string, Field<unknown>>).map(([key, entry]) => {
      const form = (entry as unknown) === ROUTE_KEY ? OCTETS : field(entry, family);
      return [key, 'optional' in entry ? optional(form) : form];
    }),
  );
}

/** Objects told apart by their `name`. With `withCode` each object also has the code of its name. */
export function jsonByName(members: Readonly<Record<string, JsonMembers>>, withCode: boolean): Form<unknown> {
  const forms = Object.entries(members).map(([name, others]) => [
    name,
    object<object>({ ...(withCode && { code: U8 }), name: TEXT, ...others }),
  ]);
  return tagged('name', Object.fromEntries(forms) as Record<string, Form<unknown>>);
}
