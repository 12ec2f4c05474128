/** Path attributes from JSON. The form of each value is in its row of the table. */
import type { PathAttribute } from '../attributes/attribute.ts';
import type { AttributeCodec } from '../attributes/codec.ts';
import { ATTRIBUTE_CODECS } from '../attributes/registry.ts';
import { type Form, OCTETS, object, oneOf, optional, tagged, U8 } from '../parts/json-form.ts';

/** Without `flags` the attribute has those of its RFC. */
function known({ type, flags, fromJson }: AttributeCodec<unknown>): Form<PathAttribute> {
  return object({ type: oneOf(type), flags: optional(U8, () => flags), value: fromJson }) as Form<PathAttribute>;
}

const ATTRIBUTE: Form<PathAttribute> = tagged<PathAttribute>('type', {
  ...Object.fromEntries(ATTRIBUTE_CODECS.flatMap((row) => (row === undefined ? [] : [[row.type, known(row)]]))),
  unknown: object({ type: oneOf('unknown'), code: U8, flags: U8, bytes: OCTETS }),
});

/** The attribute whose JSON form (`toJson`) is `json`. Throws ValueError that names the place, as a JSON path that begins with `path`. */
export function attributeFromJson(json: unknown, path = ''): PathAttribute {
  return ATTRIBUTE(json, path);
}
