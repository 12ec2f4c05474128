/** MCAST-VPN. */

import { MCAST_VPN_ROUTES, type McastVpnNlri } from '../../../src/nlri/mcast-vpn.ts';
import { routes, unknownRoute } from '../../arbitraries/nlri-parts.ts';
import { unsigned } from '../../arbitraries/primitives.ts';
import { neutralRoute } from '../neutral-route.ts';
import type { NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<McastVpnNlri> = {
  type: 'mcast-vpn',
  examples: [
    ['ipv4-mcast-vpn', 'RFC 6514 §4.1', '01 0c 0000fde800000001 c0000201', 'intra-as-i-pmsi-ad rd 65000:1 originating-router 192.0.2.1'],
    ['ipv4-mcast-vpn', 'RFC 6514 §4.2', '02 0c 0000fde800000001 0000fde8', 'inter-as-i-pmsi-ad rd 65000:1 source-as 65000'],
    [
      'ipv4-mcast-vpn',
      'RFC 6514 §4.3',
      '03 16 0000fde800000001 20 c6336401 20 e0000105 c0000201',
      's-pmsi-ad rd 65000:1 source 198.51.100.1 group 224.0.1.5 originating-router 192.0.2.1',
    ],
    [
      'ipv4-mcast-vpn',
      'RFC 6625 §3: wildcards',
      '03 0e 0000fde800000001 00 00 c0000201',
      's-pmsi-ad rd 65000:1 originating-router 192.0.2.1',
    ],
    [
      'ipv4-mcast-vpn',
      'RFC 6514 §4.4',
      '04 12 020c0000fde8000000010000fde8 c0000201',
      'leaf-ad route-key 020c0000fde8000000010000fde8 originating-router 192.0.2.1',
    ],
    [
      'ipv4-mcast-vpn',
      'RFC 6514 §4.5',
      '05 12 0000fde800000001 20 c6336401 20 e0000105',
      'source-active-ad rd 65000:1 source 198.51.100.1 group 224.0.1.5',
    ],
    [
      'ipv4-mcast-vpn',
      'RFC 6514 §4.6',
      '06 16 0000fde800000001 0000fde8 20 c6336401 20 e0000105',
      'shared-tree-join rd 65000:1 source-as 65000 source 198.51.100.1 group 224.0.1.5',
    ],
    [
      'ipv4-mcast-vpn',
      'RFC 6514 §4.6',
      '07 16 0000fde800000001 0000fde8 20 c6336401 20 e0000105',
      'source-tree-join rd 65000:1 source-as 65000 source 198.51.100.1 group 224.0.1.5',
    ],
    ['ipv4-mcast-vpn', 'RFC 7606 §5.4: an unknown type', '4d 02 0a0b', 'unknown 77 0a0b'],
    [
      'ipv4-mcast-vpn',
      'RFC 6514 §4.2: an RD of type 1',
      '020c0001c000020101020000fde9',
      'inter-as-i-pmsi-ad rd 192.0.2.1:258 source-as 65001',
    ],
    [
      'ipv6-mcast-vpn',
      'RFC 6514 §4.5: IPv6',
      '052a0000fde9000000098020010db800000000000000000000000480ff0e0000000000000000000000000001',
      'source-active-ad rd 65001:9 source 2001:db8::4 group ff0e::1',
    ],
  ],
  keys: [
    ['ipv4-mcast-vpn', 'RFC 6514 §4: the NLRI', '02 0c 0000fde800000001 0000fde8', '02 0c 0000fde800000001 0000fde8'],
    ['ipv4-mcast-vpn', 'a type that is not known: the NLRI', '4d 02 0a0b', '4d 02 0a0b'],
  ],
  malformed: [
    ['ipv4-mcast-vpn', 'RFC 6514 §4.2: an octet too few', '02 0b 0000fde800000001 0000fd'],
    ['ipv4-mcast-vpn', 'RFC 6514 §4.3: a source of 31 bits', '03 16 0000fde800000001 1f c6336401 20 e0000105 c0000201'],
  ],
  refused: [
    ['ipv4-mcast-vpn', 'inter-as-i-pmsi-ad rd 65000:1'],
    ['ipv4-mcast-vpn', 'unknown 256 0a0b'],
  ],
  members: (family) => routes(MCAST_VPN_ROUTES.shapes, family, unknownRoute(unsigned(0xff, 8))),
  kinds: 8,
  areas: ['mvpn'],
  neutral: neutralRoute,
};
