/** ORIGINATOR_ID. */
import { ipv4 } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP, IBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'originator-id'> = {
  type: 'originator-id',
  examples: [['c0000201', '192.0.2.1']],
  verdicts: [
    ['RFC 7606 §7.9', 'from an external peer', 'c0000201', EBGP, 'discard'],
    ['RFC 7606 §7.9', 'of three octets', 'c00002', IBGP, 'withdraw', 5],
  ],
  values: () => ipv4,
  line: { message: '192.0.2.1', name: 'originator', text: '192.0.2.1' },
};
