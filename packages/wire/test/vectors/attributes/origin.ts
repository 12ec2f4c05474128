/** ORIGIN. */
import fc from 'fast-check';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'origin'> = {
  type: 'origin',
  examples: [
    ['00', 'igp'],
    ['02', 'incomplete'],
    ['01', 'egp'],
  ],
  verdicts: [
    ['RFC 7606 §7.1', 'IGP', '00', EBGP],
    ['RFC 7606 §7.1', 'empty', '', EBGP, 'withdraw', 5],
    ['RFC 7606 §7.1', 'of two octets', '0000', EBGP, 'withdraw', 5],
    ['RFC 7606 §7.1', 'of value 3', '03', EBGP, 'withdraw', 6],
  ],
  values: () => fc.constantFrom('igp', 'egp', 'incomplete'),
};
