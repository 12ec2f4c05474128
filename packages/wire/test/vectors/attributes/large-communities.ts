/** LARGE_COMMUNITIES. */
import { largeCommunity } from '../../arbitraries/communities.ts';
import { some } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'large-communities'> = {
  type: 'large-communities',
  examples: [
    ['0000fde80000000100000002', '65000:1:2'],
    ['ffffffff00000000fffffffe000000000000000000000000', '4294967295:0:4294967294 0:0:0'],
    ['0000fde90000000100000002', '65001:1:2'],
  ],
  verdicts: [
    ['RFC 8092 §6', 'empty', '', EBGP, 'withdraw', 9],
    ['RFC 8092 §6', 'of thirteen octets', '00000000000000000000000000', EBGP, 'withdraw'],
  ],
  values: () => some(largeCommunity),
};
