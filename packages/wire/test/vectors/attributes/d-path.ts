/** D_PATH. */
import { record, some, u8, u16, u32 } from '../../arbitraries/primitives.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'d-path'> = {
  type: 'd-path',
  examples: [
    ['010000fde8000146', '65000:1:70'],
    ['02 0000fde8 0001 46 000003e9 0002 80 01 00000001 0000 01', '65000:1:70 1001:2:128 | 1:0:1', 'two segments'],
    ['020000fde8000146000003e9000280', '65000:1:70 1001:2:128'],
    ['01 0000fde9 0001 46', '65001:1:70'],
  ],
  verdicts: [['draft-ietf-bess-evpn-ipvpn-interworking', 'without a domain', '00', EBGP, 'withdraw']],
  values: () => some(some(record({ globalAdministrator: u32, localAdministrator: u16, safi: u8 }))),
  line: {
    message: { segments: [{ domains: [{ globalAdministrator: 65_000, localAdministrator: 1, safi: 70 }] }] },
    name: 'D-PATH',
    text: '65000:1:70',
  },
};
