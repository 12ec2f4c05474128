/**
 * EXTENDED COMMUNITIES, path attribute 16 (RFC 4360): eight octets each, of which the first one or two are a type.
 *
 * A length that is not a multiple of 8, or 0: treat-as-withdraw (RFC 7606 §7.14). The value keeps the octets, so that a community of an unknown
 * type is passed on as it came; communities/extended.ts knows what they mean.
 */
import { AttributeCode } from '../codes.ts';
import { EXTENDED_COMMUNITY_LENGTH, formatExtendedCommunity, parseExtendedCommunity } from '../communities/extended.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE } from './fields.ts';
import { listAttribute, octetsEntry } from './shapes.ts';

export const extendedCommunities: AttributeCodec<Uint8Array[], 'extended-communities'> = listAttribute({
  code: AttributeCode.ExtendedCommunities,
  type: 'extended-communities',
  name: 'EXTENDED_COMMUNITIES',
  flags: OPTIONAL_TRANSITIVE,
  exportRule: 'transitive-communities',
  entryName: 'community',
  ...octetsEntry('extended community', EXTENDED_COMMUNITY_LENGTH),
  format: formatExtendedCommunity,
  parse: parseExtendedCommunity,
});
