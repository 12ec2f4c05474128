/**
 * The JSON form of values that hold no path attributes: of NLRI, of fields, of capabilities. ../json.ts gives that of any value.
 *
 *   octets                     hexadecimal text                              "0a0b"
 *   numbers of 64 bits         decimal text                                  "18446744073709551615"
 *   families                   their name                                    "ipv4-unicast", "afi-9/safi-200"
 *   sets, maps                 lists; objects by name of the family
 *   Infinity, -Infinity, -0    text, as JSON has no such numbers
 *   all else                   as it is
 */
import { toHex } from '../bytes.ts';
import { formatExtendedCommunity } from '../communities/extended.ts';
import { type Family, formatFamily } from '../family.ts';

/** Keys under which a number is a family, and those under which a set holds families. */
const FAMILY_KEYS: ReadonlySet<string> = new Set(['family', 'endOfRib']);
const FAMILY_SET_KEYS: ReadonlySet<string> = new Set(['families', 'addPath']);

/** The JSON form of an object that has a special one; undefined for other objects. */
type SpecialForm = (value: object) => unknown;

/** The JSON form of `value`. `special` is asked about each object within it. */
export function plainJson(value: unknown, special?: SpecialForm): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return numberToJson(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) || value instanceof Set) return [...value].map((entry) => plainJson(entry, special));
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([family, entry]) => [formatFamily(family as Family), plainJson(entry, special)]));
  }
  return special?.(value) ?? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, memberToJson(key, entry, special)]));
}

function numberToJson(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

function memberToJson(key: string, value: unknown, special: SpecialForm | undefined): unknown {
  if (typeof value === 'number' && FAMILY_KEYS.has(key)) return formatFamily(value as Family);
  if (value instanceof Set && FAMILY_SET_KEYS.has(key)) return [...(value as Set<Family>)].map(formatFamily);
  if (key === 'routeTarget' && value instanceof Uint8Array) return formatExtendedCommunity(value);
  return plainJson(value, special);
}
