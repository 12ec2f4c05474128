/**
 * EXTENDED COMMUNITIES, path attribute 16 (RFC 4360): eight octets each, of which the first one or two are a type.
 *
 * A length that is not a multiple of 8, or 0: treat-as-withdraw (RFC 7606 §7.14). The value keeps the octets, so that what nobody knows goes
 * on as it came; communities/extended.ts knows what they mean.
 */
import type { ByteWriter } from '../bytes.ts';
import { AttributeCode, AttributeFlag } from '../codes.ts';
import { EXTENDED_COMMUNITY_LENGTH, formatExtendedCommunity, parseExtendedCommunity } from '../communities/extended.ts';
import { ValueError } from '../fault.ts';
import type { AttributeCodec } from './codec.ts';
import { wholeEntries } from './communities.ts';
import { decodeEntries } from './fields.ts';

export const extendedCommunities: AttributeCodec<Uint8Array[]> = {
  code: AttributeCode.ExtendedCommunities,
  type: 'extended-communities',
  name: 'EXTENDED_COMMUNITIES',
  flags: AttributeFlag.Optional | AttributeFlag.Transitive,
  check: (_bytes, start, end) => wholeEntries('EXTENDED_COMMUNITIES', end - start, EXTENDED_COMMUNITY_LENGTH),
  decode: (bytes, start, end, context) =>
    decodeEntries(start, end, EXTENDED_COMMUNITY_LENGTH, 'community', (at) => bytes.slice(at, at + EXTENDED_COMMUNITY_LENGTH), context),
  encode(out: ByteWriter, values) {
    for (const value of values) {
      if (value.length !== EXTENDED_COMMUNITY_LENGTH) {
        throw new ValueError(`extended community: found ${value.length} octets, allowed are ${EXTENDED_COMMUNITY_LENGTH}`);
      }
      out.raw(value);
    }
  },
  format: (values) => values.map(formatExtendedCommunity).join(' '),
  parse: (text) => text.split(/\s+/).filter(Boolean).map(parseExtendedCommunity),
};
