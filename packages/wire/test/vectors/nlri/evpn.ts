/** EVPN. */
import fc from 'fast-check';
import { formatAddress } from '../../../src/address.ts';
import { EVPN_ROUTES, type EvpnNlri } from '../../../src/nlri/evpn.ts';
import { routes, unknownRoute } from '../../arbitraries/nlri-parts.ts';
import { octets, rd, record, u24, u32, unsigned } from '../../arbitraries/primitives.ts';
import { neutralRoute } from '../neutral-route.ts';
import type { Members, NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<EvpnNlri> = {
  type: 'evpn',
  examples: [
    [
      'l2vpn-evpn',
      'RFC 7432 §7.1',
      '01 19 0000fde800000001 00112233445566778899 0000000a 000100',
      'ethernet-auto-discovery rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 10 label-field 256',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.2: without address',
      '02 21 0000fde800000001 00000000000000000000 00000000 30 0200c0000201 00 000100',
      'mac-ip-advertisement rd 65000:1 esi 00:00:00:00:00:00:00:00:00:00 ethernet-tag 0 mac 02:00:c0:00:02:01 label-fields 256',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.2: with address and two labels',
      '02 28 0000fde800000001 00000000000000000000 00000000 30 0200c0000201 20 c0000201 000100 000200',
      'mac-ip-advertisement rd 65000:1 esi 00:00:00:00:00:00:00:00:00:00 ethernet-tag 0 mac 02:00:c0:00:02:01 ip 192.0.2.1 label-fields 256,512',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.3',
      '03 11 0000fde800000001 00000000 20 c0000201',
      'inclusive-multicast rd 65000:1 ethernet-tag 0 originating-router 192.0.2.1',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.4',
      '04 17 0000fde800000001 00112233445566778899 20 c0000201',
      'ethernet-segment rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 originating-router 192.0.2.1',
    ],
    [
      'l2vpn-evpn',
      'RFC 9136 §3.1: IPv4',
      '05 22 0000fde800000001 00000000000000000000 00000000 18 c0000200 00000000 000100',
      'ip-prefix rd 65000:1 esi 00:00:00:00:00:00:00:00:00:00 ethernet-tag 0 prefix 192.0.2.0/24 gateway 0.0.0.0 label-field 256',
    ],
    [
      'l2vpn-evpn',
      'RFC 9136 §3.1: IPv6',
      '05 3a 0000fde800000001 00000000000000000000 00000000 20 20010db8000000000000000000000000 00000000000000000000000000000000 000100',
      'ip-prefix rd 65000:1 esi 00:00:00:00:00:00:00:00:00:00 ethernet-tag 0 prefix 2001:db8::/32 gateway :: label-field 256',
    ],
    [
      'l2vpn-evpn',
      'RFC 9251 §9.1',
      '06 1c 0000fde800000001 00000000 20 c6336401 20 e0000105 20 c0000201 02',
      'selective-multicast rd 65000:1 ethernet-tag 0 source 198.51.100.1 group 224.0.1.5 originating-router 192.0.2.1 flags 2',
    ],
    [
      'l2vpn-evpn',
      'RFC 9251 §9.2',
      '07 22 0000fde800000001 00112233445566778899 00000000 00 20 e0000105 20 c0000201 02',
      'multicast-join-sync rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 0 group 224.0.1.5 originating-router 192.0.2.1 flags 2',
    ],
    [
      'l2vpn-evpn',
      'RFC 9251 §9.3',
      '08 27 0000fde800000001 00112233445566778899 00000000 00 20 e0000105 20 c0000201 00000000 0a 02',
      'multicast-leave-sync rd 65000:1 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 0 group 224.0.1.5 originating-router 192.0.2.1 reserved 0 max-response-time 10 flags 2',
    ],
    [
      'l2vpn-evpn',
      'RFC 9572 §3.1',
      '09 14 0000fde800000001 00000000 0009fde800000001',
      'per-region-i-pmsi rd 65000:1 ethernet-tag 0 region-id 0009fde800000001',
    ],
    [
      'l2vpn-evpn',
      'RFC 9572 §3.2',
      '0a 1b 0000fde800000001 00000000 20 c6336401 20 e0000105 20 c0000201',
      's-pmsi rd 65000:1 ethernet-tag 0 source 198.51.100.1 group 224.0.1.5 originating-router 192.0.2.1',
    ],
    ['l2vpn-evpn', 'RFC 9572 §3.3', '0b 09 03020a0b 20 c0000201', 'leaf-auto-discovery route-key 03020a0b originating-router 192.0.2.1'],
    ['l2vpn-evpn', 'RFC 7606 §5.4: an unknown type', 'c8 00', 'unknown 200'],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.1: an RD of type 1',
      '01 19 0001c0000201000a 00112233445566778899 00000001 000010',
      'ethernet-auto-discovery rd 192.0.2.1:10 esi 00:11:22:33:44:55:66:77:88:99 ethernet-tag 1 label-field 16',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.2: an RD of type 1',
      '02 21 0001c0000201000a 00000000000000000000 00000000 30 001122334455 00 000010',
      'mac-ip-advertisement rd 192.0.2.1:10 esi 00:00:00:00:00:00:00:00:00:00 ethernet-tag 0 mac 00:11:22:33:44:55 label-fields 16',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.3: an RD of type 1',
      '03 11 0001c0000201000a 00000000 20 c0000201',
      'inclusive-multicast rd 192.0.2.1:10 ethernet-tag 0 originating-router 192.0.2.1',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.4: an RD of type 1',
      '04 17 0001c0000201000a 00112233445566778899 20 c0000201',
      'ethernet-segment rd 192.0.2.1:10 esi 00:11:22:33:44:55:66:77:88:99 originating-router 192.0.2.1',
    ],
    [
      'l2vpn-evpn',
      'RFC 9136 §3.1: an RD of type 1',
      '05 22 0001c0000201000a 00000000000000000000 00000000 18 c0000200 00000000 000010',
      'ip-prefix rd 192.0.2.1:10 esi 00:00:00:00:00:00:00:00:00:00 ethernet-tag 0 prefix 192.0.2.0/24 gateway 0.0.0.0 label-field 16',
    ],
  ],
  keys: [
    [
      'l2vpn-evpn',
      'RFC 7432 §7.1: RD, ESI and tag, without the label',
      '01 19 0000fde800000001 00112233445566778899 0000000a 000100',
      '01 0000fde800000001 00112233445566778899 0000000a',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.2: RD, tag and MAC, without the ESI and the label',
      '02 21 0000fde800000001 00112233445566778899 0000000a 30 0200c0000201 00 000100',
      '02 0000fde800000001 0000000a 30 0200c0000201 00',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.2: the IP address is part of the key, two labels are not',
      '02 28 0000fde800000001 00112233445566778899 0000000a 30 0200c0000201 20 c0000201 000100 000200',
      '02 0000fde800000001 0000000a 30 0200c0000201 20 c0000201',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.3: RD, tag and originating router',
      '03 11 0000fde800000001 00000000 20 c0000201',
      '03 0000fde800000001 00000000 20 c0000201',
    ],
    [
      'l2vpn-evpn',
      'RFC 7432 §7.4: RD, ESI and originating router',
      '04 17 0000fde800000001 00112233445566778899 20 c0000201',
      '04 0000fde800000001 00112233445566778899 20 c0000201',
    ],
    [
      'l2vpn-evpn',
      'RFC 9136 §3.1: RD, tag and prefix, without the ESI, the gateway and the label',
      '05 22 0000fde800000001 00112233445566778899 0000000a 18 c0000200 c0000201 000100',
      '05 0000fde800000001 0000000a 18 c0000200',
    ],
    [
      'l2vpn-evpn',
      'RFC 9136 §3.1: the same of IPv6',
      '05 3a 0000fde800000001 00000000000000000000 00000000 20 20010db8000000000000000000000000 00000000000000000000000000000000 000100',
      '05 0000fde800000001 00000000 20 20010db8000000000000000000000000',
    ],
    [
      'l2vpn-evpn',
      'RFC 9251 §9.1: without the flags',
      '06 1c 0000fde800000001 00000000 20 c6336401 20 e0000105 20 c0000201 02',
      '06 0000fde800000001 00000000 20 c6336401 20 e0000105 20 c0000201',
    ],
    [
      'l2vpn-evpn',
      'RFC 9251 §9.2: without the flags',
      '07 22 0000fde800000001 00112233445566778899 00000000 00 20 e0000105 20 c0000201 02',
      '07 0000fde800000001 00112233445566778899 00000000 00 20 e0000105 20 c0000201',
    ],
    [
      'l2vpn-evpn',
      'RFC 9251 §9.3: without the reserved octets, the maximum response time and the flags',
      '08 27 0000fde800000001 00112233445566778899 00000000 00 20 e0000105 20 c0000201 00000000 0a 02',
      '08 0000fde800000001 00112233445566778899 00000000 00 20 e0000105 20 c0000201',
    ],
    [
      'l2vpn-evpn',
      'RFC 9572 §3.1: all fields',
      '09 14 0000fde800000001 00000000 0009fde800000001',
      '09 0000fde800000001 00000000 0009fde800000001',
    ],
    ['l2vpn-evpn', 'RFC 9572 §3.3: all fields', '0b 09 03020a0b 20 c0000201', '0b 03020a0b 20 c0000201'],
    ['l2vpn-evpn', 'a type that is not known: all octets', 'c8 00', 'c8'],
  ],
  malformed: [
    ['l2vpn-evpn', 'RFC 7432 §7.2: a MAC of 47 bits', '02 21 0000fde800000001 00000000000000000000 00000000 2f 0200c0000201 00 000100'],
    ['l2vpn-evpn', 'an octet too many', '03 12 0000fde800000001 00000000 20 c0000201 00'],
  ],
  refused: [
    ['l2vpn-evpn', 'nonsense rd 65000:1'],
    ['l2vpn-evpn', 'inclusive-multicast rd 65000:1 ethernet-tag 0'],
    ['l2vpn-evpn', 'inclusive-multicast rd 65000:1 ethernet-tag x originating-router 192.0.2.1'],
    ['l2vpn-evpn', 'inclusive-multicast rd'],
  ],
  members: (family) => routes(EVPN_ROUTES.shapes, family, unknownRoute(unsigned(0xff, 12)), { 'ip-prefix': evpnPrefix }),
  kinds: 12,
  beside: {
    'ethernet-auto-discovery': ['labelField'],
    'mac-ip-advertisement': ['esi', 'labelFields'],
    'ip-prefix': ['esi', 'gateway', 'labelField'],
    'selective-multicast': ['flags'],
    'multicast-join-sync': ['flags'],
    'multicast-leave-sync': ['reserved', 'maxResponseTime', 'flags'],
  },
  areas: ['evpn'],
  neutral: (nlri) => neutralRoute(nlri, ROUTE_NAMES),
};

const esi = octets(10).map((bytes) => [...bytes].map((octet) => octet.toString(16).padStart(2, '0')).join(':'));

/** Prefix and gateway are of one address family; bits after the prefix stay. */
const evpnPrefix: Members = fc.constantFrom(4, 16).chain((size) => {
  const host = octets(size).map((bytes) => formatAddress(bytes));
  const prefix = fc.tuple(host, unsigned(8 * size)).map(([text, bits]) => `${text}/${bits}`);
  return record({ rd, esi, ethernetTag: u32, prefix, gateway: host, labelField: u24 });
});

/** Route types by the vectors' names where ours differ. */
const ROUTE_NAMES: Readonly<Record<string, string>> = {
  'inclusive-multicast': 'inclusive-multicast-ethernet-tag',
  'multicast-join-sync': 'multicast-membership-report-sync',
};
