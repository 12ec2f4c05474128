/**
 * NLRI from JSON. The row of the family says which members an NLRI has. Then its text is parsed, which checks whether the members fit
 * together.
 */
import type { Family } from '../family.ts';
import { checkAgrees, FAMILY, member, OCTETS, object, oneOf, optional, placed, record, TEXT, U32 } from '../parts/json-form.ts';
import { plainJson } from '../parts/plain-json.ts';
import { familyCodec } from './families.ts';
import { formatNlri, type Nlri, parseNlri } from './nlri.ts';

/** The NLRI whose JSON form (`toJson`) is `json`. Throws ValueError that names the place, as a JSON path that begins with `path`. */
export function nlriFromJson(json: unknown, path = ''): Nlri {
  const given = record(json, path);
  const family = FAMILY(given['family'], member(path, 'family'));
  const type = typeOf(given['type'], family, member(path, 'type'));
  const others = type === 'unknown' ? { bytes: OCTETS } : familyCodec(family)!.jsonMembers(family, given, path);
  const value = object<object>({ type: TEXT, family: FAMILY, pathIdentifier: optional(U32), ...others })(json, path) as Nlri;
  const nlri = placed(path, () => parseNlri(formatNlri(value), family));
  checkAgrees(json, plainJson(nlri), path);
  return nlri;
}

/** The `type` in the JSON, if the family has it: that of its row, or `unknown` for octets. */
function typeOf(json: unknown, family: Family, path: string): Nlri['type'] {
  const codec = familyCodec(family);
  if (codec?.neverOctets === true) return oneOf(codec.type)(json, path);
  return codec === undefined ? oneOf('unknown')(json, path) : oneOf(codec.type, 'unknown')(json, path);
}
