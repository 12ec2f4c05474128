/**
 * IPV6_EXTENDED_COMMUNITIES, path attribute 25 (RFC 5701): twenty octets each, of which the first two are a type.
 *
 * A length that is not a multiple of 20, or 0: treat-as-withdraw (RFC 7606 §7.15). The value keeps the octets, so that a community of an unknown
 * type is passed on as it came; communities/ipv6-extended.ts knows what they mean.
 */
import { AttributeCode } from '../codes.ts';
import { formatIpv6ExtendedCommunity, IPV6_EXTENDED_COMMUNITY_LENGTH, parseIpv6ExtendedCommunity } from '../communities/ipv6-extended.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE } from './fields.ts';
import { listAttribute, octetsEntry } from './shapes.ts';

export const ipv6ExtendedCommunities: AttributeCodec<Uint8Array[], 'ipv6-extended-communities'> = listAttribute({
  code: AttributeCode.Ipv6ExtendedCommunities,
  type: 'ipv6-extended-communities',
  name: 'IPV6_EXTENDED_COMMUNITIES',
  label: 'IPv6 extended',
  flags: OPTIONAL_TRANSITIVE,
  exportRule: 'transitive-communities',
  entryName: 'community',
  ...octetsEntry('IPv6 extended community', IPV6_EXTENDED_COMMUNITY_LENGTH),
  format: formatIpv6ExtendedCommunity,
  parse: parseIpv6ExtendedCommunity,
});
