/** SR Policy. */

import type { SrPolicyNlri } from '../../../src/nlri/sr-policy.ts';
import { addressOf, record, u32 } from '../../arbitraries/primitives.ts';
import type { NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<SrPolicyNlri> = {
  type: 'sr-policy',
  examples: [
    ['ipv4-sr-policy', 'RFC 9830 §2.1', '60 00000001 00000064 c0000201', 'distinguisher 1 color 100 endpoint 192.0.2.1'],
    [
      'ipv6-sr-policy',
      'RFC 9830 §2.1',
      'c0 00000001 00000064 20010db8000000000000000000000001',
      'distinguisher 1 color 100 endpoint 2001:db8::1',
    ],
  ],
  keys: [['ipv4-sr-policy', 'RFC 9830 §2.1: the NLRI', '60 00000001 00000064 c0000201', '60 00000001 00000064 c0000201']],
  malformed: [['ipv4-sr-policy', 'RFC 9830 §2.1: another length', 'c0 00000001 00000064 20010db8000000000000000000000001']],
  refused: [['ipv4-sr-policy', 'distinguisher 1 color 100 endpoint 2001:db8::1']],
  members: (family) => record({ distinguisher: u32, color: u32, endpoint: addressOf(family) }),
  areas: ['sr-policy'],
  neutral: ({ distinguisher, color, endpoint }) => ({ distinguisher, color, endpoint }),
};
