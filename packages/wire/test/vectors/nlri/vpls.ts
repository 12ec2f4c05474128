/** VPLS. */
import fc from 'fast-check';
import type { VplsNlri } from '../../../src/nlri/vpls.ts';
import { ipv4, maybe, present, rd, record, u16, unsigned } from '../../arbitraries/primitives.ts';
import type { Members, NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<VplsNlri> = {
  type: 'vpls',
  examples: [
    [
      'l2vpn-vpls',
      'RFC 4761 §3.2.2',
      '0011 0000fde800000001 0005 0001 0008 029ce0',
      'rd 65000:1 ve-id 5 ve-block-offset 1 ve-block-size 8 label-base 10702',
    ],
    [
      'l2vpn-vpls',
      'RFC 4761 §3.2.2: bits after the label are kept',
      '0011 0000fde800000001 0005 0001 0008 029ce1',
      'rd 65000:1 ve-id 5 ve-block-offset 1 ve-block-size 8 label-base 10702/1',
    ],
    ['l2vpn-vpls', 'RFC 6074 §3.2.1: auto-discovery', '000c 0000fde800000001 c0000201', 'rd 65000:1 pe-address 192.0.2.1'],
    [
      'l2vpn-vpls',
      'RFC 4761 §3.2.2: a block from 0',
      '00110000fde900000001000100000008003e80',
      'rd 65001:1 ve-id 1 ve-block-offset 0 ve-block-size 8 label-base 1000',
    ],
  ],
  keys: [
    [
      'l2vpn-vpls',
      'RFC 4761 §3.2.2: RD, VE ID and block offset, without block size and label base',
      '0011 0000fde800000001 0005 0001 0008 029ce0',
      '0011 0000fde800000001 0005 0001',
    ],
    ['l2vpn-vpls', 'RFC 6074 §3.2.2: the NLRI', '000c 0000fde800000001 c0000201', '000c 0000fde800000001 c0000201'],
  ],
  malformed: [['l2vpn-vpls', 'a length of 16', '0010 0000fde800000001 0005 0001 0008 029c']],
  refused: [['l2vpn-vpls', 'rd 65000:1']],
  members: () => members,
  beside: ['veBlockSize', 'labelBase', 'labelBits'],
  areas: ['vpls'],
  neutral: (nlri) =>
    nlri.peAddress !== undefined
      ? { pe_address: nlri.peAddress }
      : {
          ve_id: nlri.veId,
          ve_block_offset: nlri.veBlockOffset,
          ve_block_size: nlri.veBlockSize,
          label_base: nlri.labelBase,
          label_base_raw: (nlri.labelBase << 4) | (nlri.labelBits ?? 0),
        },
};

const members: Members = fc.oneof(
  record({ rd, peAddress: ipv4 }),
  record({ rd, veId: u16, veBlockOffset: u16, veBlockSize: u16, labelBase: unsigned(0xf_ffff), labelBits: maybe(unsigned(0xf, 1)) }).map(
    (value) => present(value),
  ),
);
