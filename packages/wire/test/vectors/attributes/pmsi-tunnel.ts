/** PMSI_TUNNEL. */

import { fromHex } from '../../../src/bytes.ts';
import { octets, record, u8, u24, unsigned } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'pmsi-tunnel'> = {
  type: 'pmsi-tunnel',
  examples: [
    ['00060000a0c0000201', 'flags 0 type 6 label-field 160 identifier 0xc0000201'],
    ['00 00 000000', 'flags 0 type 0 label-field 0 identifier 0x', 'no tunnel'],
    ['0001000000', 'flags 0 type 1 label-field 0 identifier 0x'],
    ['0106001000c0000201', 'flags 1 type 6 label-field 4096 identifier 0xc0000201'],
  ],
  verdicts: [['RFC 6514 §5', 'of four octets', '00060000', EBGP, 'withdraw']],
  values: () =>
    record({ flags: u8, tunnelType: unsigned(0xfe), labelField: u24, identifier: octets(0, 20) }).map((value) =>
      value.tunnelType === 6 ? { ...value, identifier: new Uint8Array(4) } : value,
    ),
  line: {
    message: { flags: 0, tunnelType: 6, labelField: 160, identifier: fromHex('c0000201') },
    name: 'PMSI tunnel',
    text: 'flags 0 type 6 label-field 160 identifier 0xc0000201',
  },
};
