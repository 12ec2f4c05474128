/** AS4_PATH. */
import { asn } from '../../arbitraries/primitives.ts';
import { segments } from '../../arbitraries/segments.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP, TWO_OCTETS } from '../sessions.ts';

export const vectors: AttributeVectors<'as4-path'> = {
  type: 'as4-path',
  examples: [
    ['02020001117000011171', '70000 70001', 'from a two-octet speaker', TWO_OCTETS],
    ['0202000111700000fdea', '70000 65002', 'from a two-octet speaker', TWO_OCTETS],
    ['02020000fde9fa56ea00', '65001 4200000000', 'from a two-octet speaker', TWO_OCTETS],
  ],
  verdicts: [
    ['RFC 6793 §4.1', 'from a four-octet speaker', '020100011170', EBGP, 'discard'],
    ['RFC 6793 §6', 'from a two-octet speaker', '020100011170', TWO_OCTETS],
    ['RFC 6793 §6', 'with a segment overrun', '020200011170', TWO_OCTETS, 'discard'],
    ['RFC 6793 §6', 'empty', '', TWO_OCTETS, 'discard'],
  ],
  values: () => segments(asn),
  line: {
    message: {
      segments: [
        { type: 1, asns: [1, 2] },
        { type: 2, asns: [3] },
      ],
    },
    name: 'AS4 path',
    text: '1 2 {3}',
  },
};
