/** COMMUNITIES. */
import { community } from '../../arbitraries/communities.ts';
import { some } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'communities'> = {
  type: 'communities',
  examples: [
    ['fde80001ffffff01', '65000:1 no-export'],
    ['fde80064', '65000:100'],
    ['ffffff01ffff029a00000000', 'no-export blackhole 0:0'],
    ['fde80064ffffff01', '65000:100 no-export'],
    ['fde90001ffffff01', '65001:1 no-export'],
  ],
  verdicts: [
    ['RFC 7606 §7.8', 'of five octets', '0000000000', EBGP, 'withdraw'],
    ['RFC 7606 §7.8', 'empty', '', EBGP, 'withdraw', 9],
    ['RFC 7606 §7.8', 'of two', 'fde80064ffffff01', EBGP],
  ],
  values: () => some(community),
};
