/** ONLY_TO_CUSTOMER. */
import { u32 } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'only-to-customer'> = {
  type: 'only-to-customer',
  examples: [
    ['0000fde8', '65000'],
    ['0000fde9', '65001'],
  ],
  verdicts: [['RFC 9234 §5', 'of three octets', '00fde9', EBGP, 'withdraw', 5]],
  values: () => u32,
  line: { message: 65_001, name: 'OTC', text: 'AS 65001' },
};
