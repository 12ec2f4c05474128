/** Mobile user plane. */
import fc from 'fast-check';
import { MUP_ROUTES, type MupNlri } from '../../../src/nlri/mup.ts';
import { routes, unknownRoute } from '../../arbitraries/nlri-parts.ts';
import { octets, record, u16, unsigned } from '../../arbitraries/primitives.ts';
import { neutralRoute } from '../neutral-route.ts';
import type { NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<MupNlri> = {
  type: 'mup',
  examples: [
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.1',
      '01 0001 0c 0000fde800000001 18 c00002',
      'interwork-segment-discovery rd 65000:1 prefix 192.0.2.0/24',
    ],
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.2',
      '01 0002 0c 0000fde800000001 c0000201',
      'direct-segment-discovery rd 65000:1 address 192.0.2.1',
    ],
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.3',
      '01 0003 1c 0000fde800000001 20 c0000201 00003039 09 20 c6336401 20 c6336402',
      'type-1-session-transformed rd 65000:1 prefix 192.0.2.1/32 teid 12345 qfi 9 endpoint 198.51.100.1 source 198.51.100.2',
    ],
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.3.1: a source of length 0 is none',
      '01 0003 17 00000064000000c8 18 c0a800 12345678 09 20 0a000001 00',
      'type-1-session-transformed rd 100:200 prefix 192.168.0.0/24 teid 305419896 qfi 9 endpoint 10.0.0.1',
    ],
    [
      'ipv6-mup',
      'draft-ietf-bess-mup-safi §3.1.3.1: a source of length 0 is none, of IPv6',
      '01 0003 20 0000fde800000001 00 00003039 09 80 20010db8000000000000000000000001 00',
      'type-1-session-transformed rd 65000:1 prefix ::/0 teid 12345 qfi 9 endpoint 2001:db8::1',
    ],
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.4: no bit of the identifier',
      '01 0004 0d 0000fde800000001 20 c6336401',
      'type-2-session-transformed rd 65000:1 endpoint 198.51.100.1,0/0',
    ],
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.4',
      '01 0004 0f 0000fde800000001 30 c6336401 3039',
      'type-2-session-transformed rd 65000:1 endpoint 198.51.100.1,809041920/16',
    ],
    ['ipv4-mup', 'another architecture', '02 0001 02 0a0b', 'architecture 2 unknown 1 0a0b'],
    ['ipv4-mup', 'RFC 7606 §5.4: an unknown type', '01 0101 02 0a0b', 'unknown 257 0a0b'],
    [
      'ipv6-mup',
      'draft-ietf-bess-mup-safi §3.1.2: IPv6',
      '010002180000fde90000000120010db8000000000000000000000001',
      'direct-segment-discovery rd 65001:1 address 2001:db8::1',
    ],
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.1: another AS in the RD',
      '01 0001 0c 0000fde900000001 18 c00002',
      'interwork-segment-discovery rd 65001:1 prefix 192.0.2.0/24',
    ],
  ],
  keys: [
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.1: RD and prefix',
      '01 0001 0c 0000fde800000001 14 c000ff',
      '01 0001 0000fde800000001 14 c000f0',
    ],
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.2: the NLRI',
      '01 0002 0c 0000fde800000001 c0000201',
      '01 0002 0c 0000fde800000001 c0000201',
    ],
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.3: RD and prefix, without identifier, QFI, endpoint and source',
      '01 0003 1c 0000fde800000001 20 c0000201 00003039 09 20 c6336401 20 c6336402',
      '01 0003 0000fde800000001 20 c0000201',
    ],
    [
      'ipv4-mup',
      'draft-ietf-bess-mup-safi §3.1.4: RD, endpoint and the bits of the identifier that count',
      '01 0004 0f 0000fde800000001 2c c6336401 303f',
      '01 0004 0000fde800000001 2c c6336401 3030',
    ],
    ['ipv4-mup', 'another architecture: the NLRI', '02 0001 02 0a0b', '02 0001 02 0a0b'],
  ],
  malformed: [
    ['ipv4-mup', 'draft-ietf-bess-mup-safi §3.1.1: a prefix of 33 bits', '01 0001 0e 0000fde800000001 21 c000020000'],
    ['ipv4-mup', 'draft-ietf-bess-mup-safi §3.1.4: 33 bits of the identifier', '01 0004 12 0000fde800000001 41 c6336401 0000303900'],
  ],
  refused: [['ipv4-mup', 'type-2-session-transformed rd 65000:1 endpoint 192.0.2.1']],
  members: (family) =>
    fc.oneof(
      { weight: 5, arbitrary: routes(MUP_ROUTES.shapes, family, unknownRoute(unsigned(0xffff, 5))) },
      {
        weight: 1,
        arbitrary: record({ route: fc.constant('unknown'), architecture: unsigned(0xff, 2), routeType: u16, bytes: octets(0, 9) }),
      },
    ),
  kinds: 5,
  beside: { 'type-1-session-transformed': ['teid', 'qfi', 'endpoint', 'source'] },
  areas: ['mup'],
  neutral: neutralRoute,
  // The vectors print the parts of the endpoint of type 2 beside each other. Bits that do not count are as sent in the vectors, 0 in ours.
  neutralExpected(expected) {
    if (expected['teid_bits'] === undefined) return expected;
    const bits = Number(expected['teid_bits']);
    const raw = String(expected['teid_raw'] ?? '').padEnd(8, '0');
    const teid = Number((BigInt(`0x${raw}`) >> BigInt(32 - bits)) << BigInt(32 - bits));
    return { ...expected, endpoint: { address: expected['endpoint'], teid, teidBits: bits } };
  },
};
