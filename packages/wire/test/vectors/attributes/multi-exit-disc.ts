/** MULTI_EXIT_DISC. */
import { u32 } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'multi-exit-disc'> = {
  type: 'multi-exit-disc',
  examples: [
    ['00000032', '50'],
    ['00000064', '100'],
  ],
  verdicts: [['RFC 7606 §7.4', 'of three octets', '000001', EBGP, 'withdraw', 5]],
  values: () => u32,
};
