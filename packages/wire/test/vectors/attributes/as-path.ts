/** AS_PATH. */
import { asnOf, segments } from '../../arbitraries/segments.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP, TWO_OCTETS, TWO_OCTETS_INTERNAL } from '../sessions.ts';

export const vectors: AttributeVectors<'as-path'> = {
  type: 'as-path',
  examples: [
    ['02020000fde90000fdea01020000fdeb0000fdec', '65001 65002 {65003 65004}'],
    ['02010000fde9', '65001'],
    ['', ''],
    ['02020000fde90000fdea01010000fdeb', '65001 65002 {65003}'],
    ['0302fde9fdea0201fdeb', '(65001 65002) 65003', 'a confederation, two-octet AS numbers', TWO_OCTETS_INTERNAL],
    ['02020000fde90000fdea', '65001 65002'],
  ],
  verdicts: [
    ['RFC 7606 §7.2', 'empty', '', EBGP],
    ['RFC 7606 §7.2', 'of one AS', '02010000fde9', EBGP],
    ['RFC 7606 §7.2', 'of one AS in two octets', '0201fde9', TWO_OCTETS],
    ['RFC 7606 §7.2', 'with a segment of type 0', '00010000fde9', EBGP, 'withdraw', 11],
    ['RFC 7606 §7.2', 'with a segment of type 5', '05010000fde9', EBGP, 'withdraw', 11],
    ['RFC 7606 §7.2', 'with a segment without ASes', '0200', EBGP, 'withdraw', 11],
    ['RFC 7606 §7.2', 'with a segment overrun', '02020000fde9', EBGP, 'withdraw', 11],
    ['RFC 7606 §7.2', 'with a remaining octet', '02010000fde902', EBGP, 'withdraw', 11],
    ['RFC 7607 §2', 'with AS 0', '02020000fde900000000', EBGP, 'withdraw', 11],
    ['RFC 7607 §2', 'with AS 0 in two octets', '0202fde90000', TWO_OCTETS, 'withdraw', 11],
  ],
  values: (context) => segments(asnOf(context)),
};
