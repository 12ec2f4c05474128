/** LOCAL_PREF. */
import { u32 } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP, IBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'local-pref'> = {
  type: 'local-pref',
  examples: [
    ['00000064', '100'],
    ['000000c8', '200'],
  ],
  verdicts: [
    ['RFC 7606 §7.5', 'from an internal peer', '00000064', IBGP],
    ['RFC 7606 §7.5', 'of five octets', '0000000064', IBGP, 'withdraw', 5],
    ['RFC 7606 §7.5', 'from an external peer', '00000064', EBGP, 'discard'],
  ],
  values: () => u32,
};
