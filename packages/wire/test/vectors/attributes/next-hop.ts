/** NEXT_HOP. */
import { octets } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'next-hop'> = {
  type: 'next-hop',
  examples: [['c0000201', '192.0.2.1']],
  verdicts: [
    ['RFC 7606 §7.3', 'of four octets', 'c0000201', EBGP],
    ['RFC 7606 §7.3', 'of three octets', 'c00002', EBGP, 'withdraw', 5],
    ['RFC 4271 §6.3', '0.0.0.0', '00000000', EBGP, 'withdraw', 8],
    ['RFC 4271 §6.3', '224.0.0.1', 'e0000001', EBGP, 'withdraw', 8],
  ],
  values: () => octets(4).map((bytes) => `${1 + (bytes[0]! % 223)}.${bytes[1]}.${bytes[2]}.${bytes[3]}`),
};
