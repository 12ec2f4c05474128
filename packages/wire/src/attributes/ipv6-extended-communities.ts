/**
 * IPV6_EXTENDED_COMMUNITIES, path attribute 25 (RFC 5701): twenty octets each, of which the first two are a type.
 *
 * A length that is not a multiple of 20, or 0: treat-as-withdraw (RFC 7606 §7.15). The value keeps the octets, so that what nobody knows
 * goes on as it came; communities/ipv6-extended.ts knows what they mean.
 */
import { AttributeCode } from '../codes.ts';
import { formatIpv6ExtendedCommunity, IPV6_EXTENDED_COMMUNITY_LENGTH, parseIpv6ExtendedCommunity } from '../communities/ipv6-extended.ts';
import { ValueError } from '../fault.ts';
import type { AttributeCodec } from './codec.ts';
import { wholeEntries } from './communities.ts';
import { decodeEntries, OPTIONAL_TRANSITIVE } from './fields.ts';

export const ipv6ExtendedCommunities: AttributeCodec<Uint8Array[]> = {
  code: AttributeCode.Ipv6ExtendedCommunities,
  type: 'ipv6-extended-communities',
  name: 'IPV6_EXTENDED_COMMUNITIES',
  flags: OPTIONAL_TRANSITIVE,
  check: (_bytes, start, end) => wholeEntries('IPV6_EXTENDED_COMMUNITIES', end - start, IPV6_EXTENDED_COMMUNITY_LENGTH),
  decode: (bytes, start, end, context) =>
    decodeEntries(
      start,
      end,
      IPV6_EXTENDED_COMMUNITY_LENGTH,
      'community',
      (at) => bytes.slice(at, at + IPV6_EXTENDED_COMMUNITY_LENGTH),
      context,
    ),
  encode(out, values) {
    for (const value of values) {
      if (value.length !== IPV6_EXTENDED_COMMUNITY_LENGTH) {
        throw new ValueError(`IPv6 extended community: found ${value.length} octets, allowed are ${IPV6_EXTENDED_COMMUNITY_LENGTH}`);
      }
      out.raw(value);
    }
  },
  format: (values) => values.map(formatIpv6ExtendedCommunity).join(' '),
  parse: (text) => text.split(/\s+/).filter(Boolean).map(parseIpv6ExtendedCommunity),
};
