/** Plain prefixes, unicast and multicast. */

import type { IpPrefix } from '../../../src/nlri/ip-prefix.ts';
import { addressOctets } from '../../../src/parts/prefix-bits.ts';
import { prefixOf } from '../../arbitraries/primitives.ts';
import type { NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<IpPrefix> = {
  type: 'ip-prefix',
  examples: [
    ['ipv4-unicast', 'RFC 4271 §4.3', '18 c00002', '192.0.2.0/24'],
    ['ipv4-unicast', 'RFC 4271 §4.3: no bits', '00', '0.0.0.0/0'],
    ['ipv4-multicast', 'RFC 4760 §5', '04 e0', '224.0.0.0/4'],
    ['ipv6-unicast', 'RFC 4760 §5: bits within an octet', '21 20010db880', '2001:db8:8000::/33'],
    ['ipv6-multicast', 'RFC 4760 §5: all bits', '80 ff0e0000000000000000000000000001', 'ff0e::1/128'],
  ],
  keys: [
    ['ipv4-unicast', 'the NLRI', '18 c00002', '18 c00002'],
    ['ipv4-unicast', 'RFC 4271 §4.3: without the bits after the prefix', '14 0a00ff', '14 0a00f0'],
    ['ipv6-multicast', 'no bits', '00', '00'],
  ],
  malformed: [
    ['ipv4-unicast', 'RFC 7606 §5.3: a length of 33', '21 c000020000'],
    ['ipv6-unicast', 'RFC 7606 §5.3: a length of 129', '81 0000000000000000000000000000000000'],
  ],
  refused: [
    ['ipv4-unicast', '192.0.2.0'],
    ['ipv4-unicast', '2001:db8::/32'],
    ['ipv4-unicast', '0x18c00002'],
    ['ipv6-unicast', '2001:db8::/129'],
  ],
  members: (family) => prefixOf(addressOctets(family)).map((prefix) => ({ prefix })),
  areas: [],
  neutral: ({ prefix }) => ({ prefix }),
};
