/** Octets and text of attributes with a structure, side by side. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { attributeCodecByName } from './registry.ts';

const context: WireContext = { ...DEFAULT_CONTEXT, peerType: 'ibgp' };

/** Name, what it shows, octets, text. */
const VALUES: readonly [string, string, string, string][] = [
  [
    'BGP_LS',
    'RFC 9085 §2.2.2: adjacencies on a LAN, of OSPF and of IS-IS',
    '044c 000b 00 05 0000 c0000201 003e80 044c 000e 00 05 0000 000000000042 00000007',
    'lan-adjacency-sid flags=0 weight=5 adjacency=192.0.2.1+16000, lan-adjacency-sid flags=0 weight=5 adjacency=0000.0000.0042+index-7',
  ],
  ['BGP_LS', 'RFC 9857 §5.1: binding SIDs of MPLS', '04b1 000c 4000 0000 03e80000 00000000', 'binding-sid flags=16384 sids=16000+0'],
  [
    'BGP_LS',
    'RFC 9857 §5.1: binding SIDs of SRv6',
    '04b1 0024 c000 0000 20010db8000000000000000000000001 00000000000000000000000000000000',
    'binding-sid flags=49152 sids=2001:db8::1+::',
  ],
  [
    'BGP_LS',
    'RFC 9857 §5.2: an SRv6 binding SID and how it behaves',
    '04bc 002c 8000 0000 20010db8000000000000000000000001 00000000000000000000000000000000 04e2 0004 0013 00 00',
    'srv6-binding-sid flags=32768 sid=2001:db8::1 specified-sid=:: (srv6-endpoint-behavior behavior=19 flags=0 algorithm=0)',
  ],
  [
    'BGP_LS',
    'RFC 9857 §5.3 to §5.5: state and names',
    '04b2 0008 64 00 4800 00000064 04b3 0002 6370 04bd 0001 70',
    'candidate-path-state priority=100 flags=18432 preference=100, candidate-path-name text=cp, policy-name text=p',
  ],
  [
    'BGP_LS',
    'RFC 9857 §5.6: constraints',
    '04b4 0050 8000 0000 0002 80 00 04b8 000c 01 01 00 00 00000001 00000002 04b9 0004 00000007 04ba 0004 4cee6b28 ' +
      '04bb 0008 80 84 0000 00000005 04be 0008 8000 0000 00000006 04bf 000c 01 90 0000 00000005 00000064',
    'candidate-path-constraints flags=32768 multi-topology=2 algorithm=128 (affinity-constraint affinities=0x00000001/0x00000002/0x, ' +
      'srlg-constraint values=7, bandwidth-constraint octets-per-second=125000000, ' +
      'disjoint-group-constraint request-flags=128 status-flags=132 group=0x00000005, ' +
      'bidirectional-group-constraint flags=32768 group=0x00000006, metric-constraint metric-type=1 flags=144 margin=5 bound=100)',
  ],
  [
    'BGP_LS',
    'RFC 9857 §5.7: a segment list',
    '04b5 0072 1800 0000 0000 00 00 00000001 04b6 0009 01 00 8000 03e80000 00 ' +
      '04b6 001d 02 00 8000 20010db8000000000000000000000001 00 04e4 0004 20 10 10 00 04b6 0010 06 00 0000 00000000 c0000201 c0000202 ' +
      '04b7 0010 01 10 0000 00000000 00000000 0000000a 04c0 0004 4cee6b28 04c1 0004 00000007',
    'segment-list flags=6144 multi-topology=0 algorithm=0 weight=1 (segment-a flags=32768 sid=16000 algorithm=0, ' +
      'segment-b flags=32768 sid=2001:db8::1 algorithm=0 (srv6-sid-structure locator-block=32 locator-node=16 function=16 argument=0), ' +
      'segment-f flags=0 sid=0 local=192.0.2.1 remote=192.0.2.2, segment-list-metric metric-type=1 flags=16 margin=0 bound=0 value=10, ' +
      'segment-list-bandwidth octets-per-second=125000000, segment-list-identifier identifier=7)',
  ],
  [
    'BGP_LS',
    'RFC 9552 §5.3.2.4: the upper two bits of a metric of one octet are ignored',
    '0447 0001 ff 0447 0001 3f 0447 0002 ffff 0447 0003 ffffff 0444 0001 ff',
    'igp-metric metric=63/1 reserved=c0, igp-metric metric=63/1, igp-metric metric=65535/2, igp-metric metric=16777215/3, te-default-metric metric=255/1',
  ],
  [
    'BGP_LS',
    'RFC 9552 §5.2.2.1: the upper four bits of a multi-topology identifier are ignored',
    '0107 0004 f002 0fff',
    'multi-topology ids=2+4095 reserved=f0000000',
  ],
  [
    'BGP_LS',
    'RFC 9085 §2.1.1: the four bits above a label of three octets are ignored, those of an index count',
    '040a 0016 00 00 0003e8 0489 0003 f03e80 0003e8 0489 0003 003e80 044b 0007 30 00 0000 f05dc0 044b 0008 30 00 0000 f0000001 ' +
      '044c 000b 00 05 0000 c0000201 f03e80 0489 0003 f03e80',
    'sr-capabilities flags=0 ranges=1000-16000/15+1000-16000, adjacency-sid flags=48 weight=0 sid=24000 above-label=00000000f00000, ' +
      'adjacency-sid flags=48 weight=0 sid=index-4026531841, ' +
      'lan-adjacency-sid flags=0 weight=5 adjacency=192.0.2.1+16000 above-label=0000000000000000f00000, sid-label sid=16000 above-label=f00000',
  ],
  [
    'BGP_LS',
    'RFC 9294 §2, RFC 9857 §5.6.1: reserved octets are ignored',
    '0462 0010 04 00 0102 10000000 0440 0004 000000ff 04b4 0018 8000 0000 0002 80 00 04b8 000c 01 01 00 ff 00000001 00000002',
    'application-specific-link-attributes applications=0x10000000/0x reserved=0000010200000000 (administrative-group groups=255), ' +
      'candidate-path-constraints flags=32768 multi-topology=2 algorithm=128 (affinity-constraint affinities=0x00000001/0x00000002/0x ' +
      'reserved=000000ff0000000000000000)',
  ],
  [
    'BGP_LS',
    'RFC 9857 §5.7.1: a segment of a type nobody knows stays octets',
    '04b5 0015 0000 0000 0000 00 00 00000001 04b6 0005 0c 00 0000 aa',
    'segment-list flags=0 multi-topology=0 algorithm=0 weight=1 (tlv-1206 0x0c000000aa)',
  ],
  ['AIGP', 'a metric behind a TLV nobody knows', '7f0005 aabb 01000b 000000000000002a', 'tlv-127 0xaabb, metric value=42'],
  ['AIGP', 'the largest metric', '01000b ffffffffffffffff', 'metric value=18446744073709551615'],
  ['PMSI_TUNNEL', 'ingress replication', '00 06 0000a0 c0000201', 'flags 0 type 6 label-field 160 identifier 0xc0000201'],
  ['PMSI_TUNNEL', 'no tunnel', '00 00 000000', 'flags 0 type 0 label-field 0 identifier 0x'],
  ['PE_DISTINGUISHER_LABELS', 'two routers', '0a0a0a01 04e380 0a0a1402 04e3c1', '10.10.10.1=20024 10.10.20.2=20028/1'],
  ['PE_DISTINGUISHER_LABELS', 'IPv6', '20010db8000000000000000000000001 04e380', '2001:db8::1=20024'],
  ['D_PATH', 'two segments', '02 0000fde8 0001 46 000003e9 0002 80 01 00000001 0000 01', '65000:1:70 1001:2:128 | 1:0:1'],
  [
    'BGPSEC_PATH',
    'one AS, one algorithm',
    `0008 01 00 0000fde9 001d 01 ${'ab'.repeat(20)} 0004 deadbeef`,
    `1/0/65001 | 1 ${'ab'.repeat(20)}=deadbeef`,
  ],
  [
    'PREFIX_SID',
    'label index and SRGB',
    '010007 00 0000 00000064 030008 0000 003e80 001f40',
    'label-index flags=0 index=100, originator-srgb flags=0 srgbs=16000-8000',
  ],
  [
    'PREFIX_SID',
    'an SRv6 L3 service with its structure',
    '050022 00 01001e 00 20010000000500030000000000000000 00 0013 00 010006 28 18 10 00 10 40',
    'srv6-l3-service (sid-information sid=2001:0:5:3:: flags=0 behavior=19 (sid-structure locator-block=40 locator-node=24 ' +
      'function=16 argument=0 transposition-length=16 transposition-offset=64))',
  ],
  ['PREFIX_SID', 'reserved octets that are not 0', '010007 ff 0000 00000064', 'label-index reserved=ff flags=0 index=100'],
  ['PREFIX_SID', 'a type nobody knows', '630002 0102', 'tlv-99 0x0102'],
  [
    'TUNNEL_ENCAPSULATION',
    'an SR policy',
    '000f 0024 0c06 00 00 000000c8 0d06 00 00 03e81000 80 0011 00 0906 00 00 00000001 0106 00 00 03e81000',
    'tunnel-15 (preference flags=0 preference=200, binding-sid flags=0 sid=16001, segment-list (weight flags=0 weight=1, ' +
      'segment-a flags=0 label=16001))',
  ],
  [
    'TUNNEL_ENCAPSULATION',
    'SRv6 segments with their structure',
    '000f 0020 80 001d 00 0d1a 40 00 20010db8000000000000000000000001 0001 0000 20 20 10 10',
    'tunnel-15 (segment-list (segment-b flags=64 sid=2001:db8::1 structure=1/32/32/16/16))',
  ],
  [
    'TUNNEL_ENCAPSULATION',
    'RFC 9831 §2.4.10: the reserved octets of an SRv6 SID structure are ignored',
    '000f 0020 80 001d 00 0d1a 40 00 20010db8000000000000000000000001 0001 00ff 20 20 10 10',
    `tunnel-15 (segment-list (segment-b flags=64 sid=2001:db8::1 structure=1/32/32/16/16 structure-reserved=${'00'.repeat(21)}ff00000000))`,
  ],
  [
    'TUNNEL_ENCAPSULATION',
    'names with what a text would trip over',
    '000f 000e 82 000b 00 61 20 28 62 29 2c 3d 25 c3a9',
    'tunnel-15 (policy-name text=a%20%28b%29%2C%3D%25%C3%A9)',
  ],
  ['TUNNEL_ENCAPSULATION', 'a name that is no UTF-8 stays octets', '000f 0005 81 0002 00 ff', 'tunnel-15 (tlv-129 0x00ff)'],
  [
    'TUNNEL_ENCAPSULATION',
    'VXLAN with endpoint and colour',
    '0008 0016 060a 00000000 0001 c0000201 0408 030b000000000064',
    'vxlan (tunnel-egress-endpoint afi=1 address=192.0.2.1, color community=030b000000000064)',
  ],
  [
    'TUNNEL_ENCAPSULATION',
    'RFC 9012 §3.2: the encapsulation by tunnel type',
    '0008 000e 010c 80 003039 020000000001 0000 0001 0008 0106 00000007 abcd 0002 0006 0104 0000002a 000c 0003 0101 ff',
    'vxlan (encapsulation flags=128 vni=12345 mac=020000000001), l2tpv3 (encapsulation session=7 cookie=0xabcd), gre (encapsulation key=42), tunnel-12 (encapsulation octets=0xff)',
  ],
  [
    'BGP_LS',
    'RFC 9294: link attributes of an application',
    '0462 0010 04 00 0000 10000000 0440 0004 000000ff',
    'application-specific-link-attributes applications=0x10000000/0x (administrative-group groups=255)',
  ],
  ['TUNNEL_ENCAPSULATION', 'a sub-TLV of another length stays octets', '000f 0006 0e04 01000100', 'tunnel-15 (tlv-14 0x01000100)'],
  [
    'BGP_LS',
    'a node',
    '0402 0002 7231 0400 0001 80 040a 000c 00 00 0003e8 0489 0003 003e80',
    'node-name text=r1, node-flags flags=128, sr-capabilities flags=0 ranges=1000-16000',
  ],
  [
    'BGP_LS',
    'a link',
    '0441 0004 4b3ebc20 0447 0003 00000a 044b 0007 30 00 0000 005dc0',
    'maximum-link-bandwidth octets-per-second=12500000, igp-metric metric=10/3, adjacency-sid flags=48 weight=0 sid=24000',
  ],
];

for (const [name, what, octets, text] of VALUES) {
  test(`${name}: ${what}`, () => {
    const codec = attributeCodecByName(name)!;
    const bytes = fromHex(octets);
    assert.equal(codec.check(bytes, 0, bytes.length, context), undefined);
    assert.equal(codec.format(codec.decode(bytes, 0, bytes.length, context)), text);
    const out = new ByteWriter();
    codec.encode(out, codec.parse(text), context);
    assert.equal(toHex(out.take()), toHex(bytes));
  });
}
