/** One path attribute of a route: its octets, or for the two that depend on the session their value. */
import { type AggregatorValue, type AsPathSegment, AttributeCode, type PathAttribute, toHex } from '@tsbgp/wire';

export type AttributeValue =
  | { readonly code: number; readonly flags: number; readonly bytes: Uint8Array }
  | { readonly code: typeof AttributeCode.AsPath; readonly asPath: AsPathSegment[] }
  | { readonly code: typeof AttributeCode.Aggregator; readonly aggregator: AggregatorValue };

const WELL_KNOWN = 0x40;
const OPTIONAL_TRANSITIVE = 0xc0;

/** For @tsbgp/wire. */
export function toPathAttribute(value: AttributeValue): PathAttribute {
  if ('asPath' in value) return { type: 'as-path', flags: WELL_KNOWN, value: value.asPath };
  if ('aggregator' in value) return { type: 'aggregator', flags: OPTIONAL_TRANSITIVE, value: value.aggregator };
  return { type: 'unknown', code: value.code, flags: value.flags, bytes: value.bytes };
}

export function attributeKey(value: AttributeValue): string {
  if ('asPath' in value) return `[2 ${value.asPath.map(({ type, asns }) => `${type} ${asns.join(' ')}`).join('|')}]`;
  if ('aggregator' in value) return `[7 ${value.aggregator.as} ${value.aggregator.address}]`;
  return `[${value.code} ${value.flags} ${toHex(value.bytes)}]`;
}
