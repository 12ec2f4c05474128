/** TUNNEL_ENCAPSULATION. */
import { TUNNEL_TLVS } from '../../../src/attributes/tunnel-encapsulation.ts';
import { tlvs } from '../../arbitraries/tlvs.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'tunnel-encapsulation'> = {
  type: 'tunnel-encapsulation',
  examples: [
    ['000f00080c06000000000064', 'tunnel-15 (preference flags=0 preference=100)'],
    [
      '000f 0024 0c06 00 00 000000c8 0d06 00 00 03e81000 80 0011 00 0906 00 00 00000001 0106 00 00 03e81000',
      'tunnel-15 (preference flags=0 preference=200, binding-sid flags=0 sid=16001, segment-list (weight flags=0 weight=1, segment-a flags=0 label=16001))',
      'an SR policy',
    ],
    [
      '000f 0020 80 001d 00 0d1a 40 00 20010db8000000000000000000000001 0001 0000 20 20 10 10',
      'tunnel-15 (segment-list (segment-b flags=64 sid=2001:db8::1 structure=1/32/32/16/16))',
      'SRv6 segments with their structure',
    ],
    [
      '000f 0020 80 001d 00 0d1a 40 00 20010db8000000000000000000000001 0001 00ff 20 20 10 10',
      'tunnel-15 (segment-list (segment-b flags=64 sid=2001:db8::1 structure=1/32/32/16/16 structure-reserved=000000000000000000000000000000000000000000ff00000000))',
      'RFC 9831 §2.4.10: the reserved octets of an SRv6 SID structure are ignored',
    ],
    [
      '000f 000e 82 000b 00 61 20 28 62 29 2c 3d 25 c3a9',
      'tunnel-15 (policy-name text=a%20%28b%29%2C%3D%25%C3%A9)',
      'names with what a text would trip over',
    ],
    ['000f 0005 81 0002 00 ff', 'tunnel-15 (tlv-129 0x00ff)', 'a name that is no UTF-8 stays octets'],
    [
      '0008 0016 060a 00000000 0001 c0000201 0408 030b000000000064',
      'vxlan (tunnel-egress-endpoint afi=1 address=192.0.2.1, color community=030b000000000064)',
      'VXLAN with endpoint and colour',
    ],
    [
      '0008 000e 010c 80 003039 020000000001 0000 0001 0008 0106 00000007 abcd 0002 0006 0104 0000002a 000c 0003 0101 ff',
      'vxlan (encapsulation flags=128 vni=12345 mac=020000000001), l2tpv3 (encapsulation session=7 cookie=0xabcd), gre (encapsulation key=42), tunnel-12 (encapsulation octets=0xff)',
      'RFC 9012 §3.2: the encapsulation by tunnel type',
    ],
    ['000f 0006 0e04 01000100', 'tunnel-15 (tlv-14 0x01000100)', 'a sub-TLV of another length stays octets'],
    [
      '000f00280c0600000000006480001d000d1a400020010db80000000000000000000000010001000020101000',
      'tunnel-15 (preference flags=0 preference=100, segment-list (segment-b flags=64 sid=2001:db8::1 structure=1/32/16/16/0))',
    ],
    ['00080010060a0000000000010000000008021389', 'vxlan (tunnel-egress-endpoint afi=1 address=0.0.0.0, udp-destination-port port=5001)'],
    ['000f000f81000c007072696d61727920282920', 'tunnel-15 (candidate-path-name text=primary%20%28%29%20)'],
    ['00020000', 'gre'],
    ['0001 0009 01 07 00000001020304', 'l2tpv3 (encapsulation session=1 cookie=0x020304)'],
    [
      '000f 001c 0c06 0000 00000064 80 0011 00 0906 0000 00000001 0106 0000 03e81000',
      'tunnel-15 (preference flags=0 preference=100, segment-list (weight flags=0 weight=1, segment-a flags=0 label=16001))',
    ],
  ],
  verdicts: [
    ['RFC 9012 §13', 'with a TLV overrun', '00070004', EBGP, 'withdraw'],
    ['RFC 9012 §13', 'with a sub-TLV overrun', '0007000204050000', EBGP, 'withdraw'],
  ],
  values: () => tlvs(TUNNEL_TLVS),
  line: {
    message: { text: 'tunnel-15 (preference flags=0 preference=200)' },
    name: 'tunnel encap.',
    text: 'tunnel-15 (preference flags=0 preference=200)',
  },
};
