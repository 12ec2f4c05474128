/**
 * LARGE_COMMUNITIES, path attribute 32 (RFC 8092 §3).
 *
 *     | global administrator, 4 octets | local data 1, 4 octets | local data 2, 4 octets | …
 *
 * A length that is not a multiple of 12, or 0: treat-as-withdraw (RFC 8092 §6).
 */
import { readU32 } from '../bytes.ts';
import { AttributeCode } from '../codes.ts';
import { formatLargeCommunity, type LargeCommunity, parseLargeCommunity } from '../communities/large.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE } from './fields.ts';
import { listAttribute } from './shapes.ts';

export const largeCommunities: AttributeCodec<LargeCommunity[], 'large-communities'> = listAttribute({
  code: AttributeCode.LargeCommunities,
  type: 'large-communities',
  name: 'LARGE_COMMUNITIES',
  flags: OPTIONAL_TRANSITIVE,
  entryLength: 12,
  entryName: 'community',
  read: (bytes, at) => ({
    globalAdministrator: readU32(bytes, at),
    localData1: readU32(bytes, at + 4),
    localData2: readU32(bytes, at + 8),
  }),
  write(out, community) {
    out.u32(community.globalAdministrator);
    out.u32(community.localData1);
    out.u32(community.localData2);
  },
  format: formatLargeCommunity,
  parse: parseLargeCommunity,
});
