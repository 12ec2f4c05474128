/** AGGREGATOR. */
import { ipv4, record } from '../../arbitraries/primitives.ts';
import { asnOf } from '../../arbitraries/segments.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP, TWO_OCTETS } from '../sessions.ts';

export const vectors: AttributeVectors<'aggregator'> = {
  type: 'aggregator',
  examples: [
    ['0000fde8c0000201', '65000 192.0.2.1'],
    ['0000fde9c0000201', '65001 192.0.2.1'],
    ['fde9c0000201', '65001 192.0.2.1', 'two-octet AS numbers', TWO_OCTETS],
  ],
  verdicts: [
    ['RFC 7606 §7.7', 'of eight octets', '0000fde9c0000201', EBGP],
    ['RFC 7606 §7.7', 'of six octets', 'fde9c0000201', EBGP, 'discard'],
    ['RFC 7606 §7.7', 'of eight octets, two-octet peer', '0000fde9c0000201', TWO_OCTETS, 'discard'],
    ['RFC 7607 §2', 'with AS 0', '00000000c0000201', EBGP, 'discard'],
  ],
  values: (context) => record({ as: asnOf(context), address: ipv4 }),
  line: { message: { as: 65_000, address: '192.0.2.1' }, name: 'aggregator', text: 'AS 65000 at 192.0.2.1' },
};
