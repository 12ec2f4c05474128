/** AS4_AGGREGATOR. */
import { asn, ipv4, record } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP, TWO_OCTETS } from '../sessions.ts';

export const vectors: AttributeVectors<'as4-aggregator'> = {
  type: 'as4-aggregator',
  examples: [
    ['00011170c0000201', '70000 192.0.2.1', 'from a two-octet speaker', TWO_OCTETS],
    ['fa56ea00c0000201', '4200000000 192.0.2.1', 'from a two-octet speaker', TWO_OCTETS],
  ],
  verdicts: [
    ['RFC 6793 §4.1', 'from a four-octet speaker', '00011170c0000201', EBGP, 'discard'],
    ['RFC 6793 §6', 'of seven octets', '00011170c00002', TWO_OCTETS, 'discard'],
  ],
  values: () => record({ as: asn, address: ipv4 }),
  line: { message: { as: 200_000, address: '192.0.2.1' }, name: 'AS4 aggregator', text: 'AS 200000 at 192.0.2.1' },
};
