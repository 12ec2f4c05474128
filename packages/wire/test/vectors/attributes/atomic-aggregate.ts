/** ATOMIC_AGGREGATE. */
import fc from 'fast-check';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'atomic-aggregate'> = {
  type: 'atomic-aggregate',
  examples: [['', 'true']],
  verdicts: [
    ['RFC 7606 §7.6', 'empty', '', EBGP],
    ['RFC 7606 §7.6', 'of one octet', '01', EBGP, 'discard'],
  ],
  values: () => fc.constant(true),
  line: { message: {}, name: 'atomic aggr.', text: 'yes' },
};
