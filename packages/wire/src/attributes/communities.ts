/**
 * COMMUNITIES, path attribute 8 (RFC 1997): labels of 32 bits, usually an AS number and a value that this AS defines.
 *
 *     | community, 4 octets | community | …
 *
 * A length that is not a multiple of 4, or 0: treat-as-withdraw (RFC 7606 §7.8).
 */
import { readU32 } from '../bytes.ts';
import { AttributeCode } from '../codes.ts';
import { formatCommunity, parseCommunity } from '../communities/standard.ts';
import type { AttributeCodec } from './codec.ts';
import { OPTIONAL_TRANSITIVE } from './fields.ts';
import { listAttribute } from './shapes.ts';

export const communities: AttributeCodec<number[], 'communities'> = listAttribute({
  code: AttributeCode.Communities,
  type: 'communities',
  name: 'COMMUNITIES',
  flags: OPTIONAL_TRANSITIVE,
  exportRule: 'communities',
  fact: 'communities',
  entryLength: 4,
  entryName: 'community',
  read: readU32,
  write: (out, community) => out.u32(community),
  format: formatCommunity,
  parse: parseCommunity,
});
