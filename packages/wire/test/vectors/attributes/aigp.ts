/** AIGP. */
import { AIGP_TLVS } from '../../../src/attributes/aigp.ts';
import { fromHex } from '../../../src/bytes.ts';
import { tlvs } from '../../arbitraries/tlvs.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP, IBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'aigp'> = {
  type: 'aigp',
  examples: [
    ['01000b000000000000002a', 'metric value=42'],
    ['7f0005 aabb 01000b 000000000000002a', 'tlv-127 0xaabb, metric value=42', 'a metric behind a TLV nobody knows'],
    ['01000b ffffffffffffffff', 'metric value=18446744073709551615', 'the largest metric'],
    ['7f0005aabb01000b00000000ffffffff', 'tlv-127 0xaabb, metric value=4294967295'],
    ['01000b0000000000000064', 'metric value=100'],
  ],
  verdicts: [
    ['RFC 7311 §3.4', 'whose metric has seven octets', '01000a00000000000000', IBGP, 'discard'],
    ['RFC 7311 §3.4', 'whose TLV says it is shorter than its header', '010002', IBGP, 'discard'],
    ['RFC 7311 §3.3', 'from an external peer', '01000b0000000000000001', EBGP, 'discard'],
  ],
  values: () => tlvs(AIGP_TLVS).filter((list) => list.length > 0),
  line: { message: { octets: fromHex('01000b000000000000002a'), text: '' }, name: 'AIGP', text: '0x01000b000000000000002a' },
};
