/**
 * LARGE_COMMUNITIES, path attribute 32 (RFC 8092 §3).
 *
 *     | global administrator, 4 octets | local data 1, 4 octets | local data 2, 4 octets | …
 *
 * A length that is not a multiple of 12, or 0: treat-as-withdraw (RFC 8092 §6).
 */
import { type ByteWriter, readU32 } from '../bytes.ts';
import { AttributeCode, AttributeFlag } from '../codes.ts';
import { formatLargeCommunity, type LargeCommunity, parseLargeCommunity } from '../communities/large.ts';
import type { AttributeCodec } from './codec.ts';
import { wholeEntries } from './communities.ts';
import { decodeEntries } from './fields.ts';

export const largeCommunities: AttributeCodec<LargeCommunity[]> = {
  code: AttributeCode.LargeCommunities,
  type: 'large-communities',
  name: 'LARGE_COMMUNITIES',
  flags: AttributeFlag.Optional | AttributeFlag.Transitive,
  check: (_bytes, start, end) => wholeEntries('LARGE_COMMUNITIES', end - start, 12),
  decode: (bytes, start, end, context) =>
    decodeEntries(
      start,
      end,
      12,
      'community',
      (at) => ({ globalAdministrator: readU32(bytes, at), localData1: readU32(bytes, at + 4), localData2: readU32(bytes, at + 8) }),
      context,
    ),
  encode(out: ByteWriter, values) {
    for (const value of values) {
      out.u32(value.globalAdministrator);
      out.u32(value.localData1);
      out.u32(value.localData2);
    }
  },
  format: (values) => values.map(formatLargeCommunity).join(' '),
  parse: (text) => text.split(/\s+/).filter(Boolean).map(parseLargeCommunity),
};
