/** IPV6_EXTENDED_COMMUNITIES. */

import { fromHex } from '../../../src/bytes.ts';
import { ipv6ExtendedCommunity } from '../../arbitraries/communities.ts';
import { some } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'ipv6-extended-communities'> = {
  type: 'ipv6-extended-communities',
  examples: [
    ['000220010db80000000000000000000000010064', 'rt:[2001:db8::1]:100'],
    ['4077abababababababababababababababababab', '0x4077abababababababababababababababababab'],
    [
      '000220010db8000000000000000000000001006440ff20010db80000000000000000000000010064',
      'rt:[2001:db8::1]:100 0x40ff20010db80000000000000000000000010064',
    ],
  ],
  verdicts: [
    ['RFC 7606 §7.15', 'of nineteen octets', '00000000000000000000000000000000000000', EBGP, 'withdraw', 9],
    ['RFC 7606 §7.15', 'empty', '', EBGP, 'withdraw', 9],
  ],
  values: () => some(ipv6ExtendedCommunity),
  line: {
    message: { values: [{ octets: fromHex('000220010db80000000000000000000000010064'), text: '' }] },
    name: 'IPv6 extended',
    text: 'rt:[2001:db8::1]:100',
  },
};
