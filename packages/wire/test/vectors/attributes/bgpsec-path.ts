/** BGPSEC_PATH. */
import fc from 'fast-check';
import { fromHex } from '../../../src/bytes.ts';
import { octets, record, u8, u32 } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'bgpsec-path'> = {
  type: 'bgpsec-path',
  examples: [
    [
      '000801000000fde9001b01000102030405060708090a0b0c0d0e0f1011121300023044',
      '1/0/65001 | 1 000102030405060708090a0b0c0d0e0f10111213=3044',
    ],
    [
      '0008 01 00 0000fde9 001d 01 abababababababababababababababababababab 0004 deadbeef',
      '1/0/65001 | 1 abababababababababababababababababababab=deadbeef',
      'one AS, one algorithm',
    ],
    [
      '0008010000000001001d01abababababababababababababababababababab0004deadbeef',
      '1/0/1 | 1 abababababababababababababababababababab=deadbeef',
    ],
    [
      '0008 00 01 0000fde9 001d 01 0102030405060708090a0b0c0d0e0f1011121314 0004 01020304',
      '0/1/65001 | 1 0102030405060708090a0b0c0d0e0f1011121314=01020304',
    ],
  ],
  verdicts: [
    ['RFC 8205 §5.2', 'with fewer signatures than ASes', '0008010000000001000300', EBGP, 'withdraw'],
    ['RFC 8205 §5.2', 'without a signature block', '0008010000000001', EBGP, 'withdraw'],
  ],
  values: () =>
    fc.integer({ min: 1, max: 3 }).chain((count) => {
      const signature = record({ subjectKeyIdentifier: octets(20), signature: octets(0, 9) });
      const signatures = fc.array(signature, { minLength: count, maxLength: count });
      return record({
        securePath: fc.array(record({ prependCount: u8, flags: u8, as: u32 }), { minLength: count, maxLength: count }),
        signatureBlocks: fc.array(record({ algorithm: u8, signatures }), { minLength: 1, maxLength: 2 }),
      });
    }),
  line: {
    message: {
      securePath: [{ prependCount: 1, flags: 0, as: 65_001 }],
      signatureBlocks: [{ algorithm: 1, signatures: [{ subjectKeyIdentifier: fromHex('20'.repeat(20)), signature: fromHex('beef') }] }],
    },
    name: 'BGPsec path',
    text: `1/0/65001 | 1 ${'20'.repeat(20)}=beef`,
  },
};
