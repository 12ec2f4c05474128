/** VPN prefixes. */
import fc from 'fast-check';
import { Safi, safiOf } from '../../../src/family.ts';
import type { VpnNlri } from '../../../src/nlri/vpn.ts';
import { addressOctets } from '../../../src/parts/prefix-bits.ts';
import { withLabels } from '../../arbitraries/nlri-parts.ts';
import { prefixOf, rd } from '../../arbitraries/primitives.ts';
import type { NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<VpnNlri> = {
  type: 'vpn',
  examples: [
    ['ipv4-mpls-vpn', 'RFC 4364 §4.3.4: RD of type 0', '70 000101 0000fde800000001 c00002', '65000:1 192.0.2.0/24 labels 16'],
    ['ipv4-mpls-vpn', 'RFC 4364 §4.2: RD of type 1', '70 000101 0001c000020100 64 c00002', '192.0.2.1:100 192.0.2.0/24 labels 16'],
    ['ipv4-mpls-vpn', 'RFC 4364 §4.2: RD of type 2', '70 000101 0002fa56ea000064 c00002', '4200000000:100 192.0.2.0/24 labels 16'],
    [
      'ipv4-mpls-vpn',
      'RFC 4364 §4.2: RD of type 2 with a small AS',
      '70 000101 00020000fde80064 c00002',
      '65000L:100 192.0.2.0/24 labels 16',
    ],
    ['ipv4-mpls-vpn', 'an RD of another type', '70 000101 0007000000000001 c00002', '0x0007000000000001 192.0.2.0/24 labels 16'],
    ['ipv6-mpls-vpn', 'RFC 4659 §2: IPv6', '78 000101 0000fde800000001 20010db8', '65000:1 2001:db8::/32 labels 16'],
    ['ipv4-multicast-vpn', 'RFC 6514: no labels in SAFI 129', '58 0000fde800000001 c00002', '65000:1 192.0.2.0/24'],
    ['ipv4-mpls-vpn', 'another AS in the RD', '700001010000fde900000001c00002', '65001:1 192.0.2.0/24 labels 16'],
    ['ipv6-mpls-vpn', 'RFC 4659 §2: an RD of type 1', '780001010001c0000201000120010db8', '192.0.2.1:1 2001:db8::/32 labels 16'],
  ],
  keys: [
    [
      'ipv4-mpls-vpn',
      'RFC 8277 §2.4, RFC 4364 §4.3.4: RD and prefix, without the label',
      '70 000101 0000fde800000001 c00002',
      '58 0000fde800000001 c00002',
    ],
    ['ipv4-mpls-vpn', 'RFC 8277 §2.4: without the withdraw label', '70 800000 0000fde800000001 c00002', '58 0000fde800000001 c00002'],
    ['ipv6-mpls-vpn', 'RFC 4659 §2: without the bits after the prefix', '6c 000101 0000fde800000001 2001ff', '54 0000fde800000001 2001f0'],
    ['ipv4-multicast-vpn', 'RFC 6514: the NLRI', '58 0000fde800000001 c00002', '58 0000fde800000001 c00002'],
  ],
  malformed: [['ipv4-mpls-vpn', 'no RD', '20 000101 c0']],
  refused: [
    ['ipv4-mpls-vpn', '65000 192.0.2.0/24 labels 16'],
    ['ipv4-mpls-vpn', '65000:1 192.0.2.0/24'],
    ['ipv4-multicast-vpn', '65000:1 192.0.2.0/24 labels 16'],
  ],
  members: (family) =>
    fc
      .tuple(rd, safiOf(family) === Safi.MplsVpn ? withLabels(2, family) : prefixOf(addressOctets(family)).map((prefix) => ({ prefix })))
      .map(([distinguisher, rest]) => ({ rd: distinguisher, ...rest })),
  beside: ['labels', 'labelBits'],
  areas: ['l3vpn'],
  neutral: ({ labels, prefix }) => ({ ...(labels && { labels }), prefix }),
};
