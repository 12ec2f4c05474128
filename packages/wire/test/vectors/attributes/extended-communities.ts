/** EXTENDED_COMMUNITIES. */
import { extendedCommunity } from '../../arbitraries/communities.ts';
import { some } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'extended-communities'> = {
  type: 'extended-communities',
  examples: [
    ['0002fde800000064030b000000000064', 'rt:65000:100 color:0:100'],
    ['0002fde800000064', 'rt:65000:100'],
    ['80060000000000000600010000000003', 'rate-bytes:0:0 mac-mobility:sticky:3'],
    ['0002fde80000006401020a0000010007020200030d400005', 'rt:65000:100 rt:10.0.0.1:7 rt:200000:5'],
    ['030b000000000064', 'color:0:100'],
    ['0002fde9000000640102c00002010005030b000000000064', 'rt:65001:100 rt:192.0.2.1:5 color:0:100'],
  ],
  verdicts: [
    ['RFC 7606 §7.14', 'of nine octets', '000000000000000000', EBGP, 'withdraw'],
    ['RFC 7606 §7.14', 'empty', '', EBGP, 'withdraw', 9],
  ],
  values: () => some(extendedCommunity),
};
