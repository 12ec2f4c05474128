/**
 * The JSON form of any value of this package. The way back is in json/.
 *
 *   octets                     hexadecimal text                              "0a0b"
 *   numbers of 64 bits         decimal text                                  "18446744073709551615"
 *   families                   their name                                    "ipv4-unicast", "afi-9/safi-200"
 *   communities                their text                                    "65000:1", "no-export", "rt:65000:100", "65000:1:2"
 *   sets, maps                 lists; objects by name of the family
 *   Infinity, -Infinity, -0    text, as JSON has no such numbers
 *   all else                   as it is
 */
import { toHex } from './bytes.ts';
import { formatExtendedCommunity } from './communities/extended.ts';
import { formatIpv6ExtendedCommunity } from './communities/ipv6-extended.ts';
import { formatLargeCommunity, type LargeCommunity } from './communities/large.ts';
import { formatCommunity } from './communities/standard.ts';
import { type Family, formatFamily } from './family.ts';

/** Keys under which a number is a family, and those under which a set holds families. */
const FAMILY_KEYS: ReadonlySet<string> = new Set(['family', 'endOfRib']);
const FAMILY_SET_KEYS: ReadonlySet<string> = new Set(['families', 'addPath']);

/** The text of one community, by the type of the attribute that holds it. */
const COMMUNITY_TEXT: Readonly<Record<string, (community: never) => string>> = {
  communities: (value: number) => formatCommunity(value),
  'extended-communities': (value: Uint8Array) => formatExtendedCommunity(value),
  'ipv6-extended-communities': (value: Uint8Array) => formatIpv6ExtendedCommunity(value),
  'large-communities': (value: LargeCommunity) => formatLargeCommunity(value),
};

/** The JSON form of any value of this package (docs/wire.md). */
export function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return numberToJson(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Set) return [...value].map(toJson);
  if (value instanceof Map) return Object.fromEntries([...value].map(([family, entry]) => [formatFamily(family as Family), toJson(entry)]));
  if (typeof value !== 'object' || value === null) return value;
  const communityText = 'type' in value && 'value' in value ? COMMUNITY_TEXT[String(value.type)] : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      if (key === 'value' && communityText !== undefined && Array.isArray(entry))
        return [key, entry.map((each) => communityText(each as never))];
      return [key, memberToJson(key, entry)];
    }),
  );
}

function numberToJson(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

function memberToJson(key: string, value: unknown): unknown {
  if (typeof value === 'number' && FAMILY_KEYS.has(key)) return formatFamily(value as Family);
  if (value instanceof Set && FAMILY_SET_KEYS.has(key)) return [...(value as Set<Family>)].map(formatFamily);
  if (key === 'routeTarget' && value instanceof Uint8Array) return formatExtendedCommunity(value);
  return toJson(value);
}
