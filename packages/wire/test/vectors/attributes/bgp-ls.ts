/** BGP_LS. */
import { BGP_LS_TLVS } from '../../../src/attributes/bgp-ls-tlvs.ts';
import { tlvs } from '../../arbitraries/tlvs.ts';
import type { AttributeVectors } from '../attributes.ts';
import { EBGP } from '../sessions.ts';

export const vectors: AttributeVectors<'bgp-ls'> = {
  type: 'bgp-ls',
  examples: [
    ['04470001ff', 'igp-metric metric=63/1 reserved=c0'],
    ['0402000272310447000300000a', 'node-name text=r1, igp-metric metric=10/3'],
    [
      '044c 000b 00 05 0000 c0000201 003e80 044c 000e 00 05 0000 000000000042 00000007',
      'lan-adjacency-sid flags=0 weight=5 adjacency=192.0.2.1+16000, lan-adjacency-sid flags=0 weight=5 adjacency=0000.0000.0042+index-7',
      'RFC 9085 §2.2.2: adjacencies on a LAN, of OSPF and of IS-IS',
    ],
    ['04b1 000c 4000 0000 03e80000 00000000', 'binding-sid flags=16384 sids=16000+0', 'RFC 9857 §5.1: binding SIDs of MPLS'],
    [
      '04b1 0024 c000 0000 20010db8000000000000000000000001 00000000000000000000000000000000',
      'binding-sid flags=49152 sids=2001:db8::1+::',
      'RFC 9857 §5.1: binding SIDs of SRv6',
    ],
    [
      '04bc 002c 8000 0000 20010db8000000000000000000000001 00000000000000000000000000000000 04e2 0004 0013 00 00',
      'srv6-binding-sid flags=32768 sid=2001:db8::1 specified-sid=:: (srv6-endpoint-behavior behavior=19 flags=0 algorithm=0)',
      'RFC 9857 §5.2: an SRv6 binding SID and how it behaves',
    ],
    [
      '04b2 0008 64 00 4800 00000064 04b3 0002 6370 04bd 0001 70',
      'candidate-path-state priority=100 flags=18432 preference=100, candidate-path-name text=cp, policy-name text=p',
      'RFC 9857 §5.3 to §5.5: state and names',
    ],
    [
      '04b4 0050 8000 0000 0002 80 00 04b8 000c 01 01 00 00 00000001 00000002 04b9 0004 00000007 04ba 0004 4cee6b28 04bb 0008 80 84 0000 00000005 04be 0008 8000 0000 00000006 04bf 000c 01 90 0000 00000005 00000064',
      'candidate-path-constraints flags=32768 multi-topology=2 algorithm=128 (affinity-constraint affinities=0x00000001/0x00000002/0x, srlg-constraint values=7, bandwidth-constraint octets-per-second=125000000, disjoint-group-constraint request-flags=128 status-flags=132 group=0x00000005, bidirectional-group-constraint flags=32768 group=0x00000006, metric-constraint metric-type=1 flags=144 margin=5 bound=100)',
      'RFC 9857 §5.6: constraints',
    ],
    [
      '04b5 0072 1800 0000 0000 00 00 00000001 04b6 0009 01 00 8000 03e80000 00 04b6 001d 02 00 8000 20010db8000000000000000000000001 00 04e4 0004 20 10 10 00 04b6 0010 06 00 0000 00000000 c0000201 c0000202 04b7 0010 01 10 0000 00000000 00000000 0000000a 04c0 0004 4cee6b28 04c1 0004 00000007',
      'segment-list flags=6144 multi-topology=0 algorithm=0 weight=1 (segment-a flags=32768 sid=16000 algorithm=0, segment-b flags=32768 sid=2001:db8::1 algorithm=0 (srv6-sid-structure locator-block=32 locator-node=16 function=16 argument=0), segment-f flags=0 sid=0 local=192.0.2.1 remote=192.0.2.2, segment-list-metric metric-type=1 flags=16 margin=0 bound=0 value=10, segment-list-bandwidth octets-per-second=125000000, segment-list-identifier identifier=7)',
      'RFC 9857 §5.7: a segment list',
    ],
    [
      '0447 0001 ff 0447 0001 3f 0447 0002 ffff 0447 0003 ffffff 0444 0001 ff',
      'igp-metric metric=63/1 reserved=c0, igp-metric metric=63/1, igp-metric metric=65535/2, igp-metric metric=16777215/3, te-default-metric metric=255/1',
      'RFC 9552 §5.3.2.4: the upper two bits of a metric of one octet are ignored',
    ],
    [
      '0107 0004 f002 0fff',
      'multi-topology ids=2+4095 reserved=f0000000',
      'RFC 9552 §5.2.2.1: the upper four bits of a multi-topology identifier are ignored',
    ],
    [
      '040a 0016 00 00 0003e8 0489 0003 f03e80 0003e8 0489 0003 003e80 044b 0007 30 00 0000 f05dc0 044b 0008 30 00 0000 f0000001 044c 000b 00 05 0000 c0000201 f03e80 0489 0003 f03e80',
      'sr-capabilities flags=0 ranges=1000-16000/15+1000-16000, adjacency-sid flags=48 weight=0 sid=24000 above-label=00000000f00000, adjacency-sid flags=48 weight=0 sid=index-4026531841, lan-adjacency-sid flags=0 weight=5 adjacency=192.0.2.1+16000 above-label=0000000000000000f00000, sid-label sid=16000 above-label=f00000',
      'RFC 9085 §2.1.1: the four bits above a label of three octets are ignored, those of an index count',
    ],
    [
      '0462 0010 04 00 0102 10000000 0440 0004 000000ff 04b4 0018 8000 0000 0002 80 00 04b8 000c 01 01 00 ff 00000001 00000002',
      'application-specific-link-attributes applications=0x10000000/0x reserved=0000010200000000 (administrative-group groups=255), candidate-path-constraints flags=32768 multi-topology=2 algorithm=128 (affinity-constraint affinities=0x00000001/0x00000002/0x reserved=000000ff0000000000000000)',
      'RFC 9294 §2, RFC 9857 §5.6.1: reserved octets are ignored',
    ],
    [
      '04b5 0015 0000 0000 0000 00 00 00000001 04b6 0005 0c 00 0000 aa',
      'segment-list flags=0 multi-topology=0 algorithm=0 weight=1 (tlv-1206 0x0c000000aa)',
      'RFC 9857 §5.7.1: a segment of a type nobody knows stays octets',
    ],
    [
      '0462 0010 04 00 0000 10000000 0440 0004 000000ff',
      'application-specific-link-attributes applications=0x10000000/0x (administrative-group groups=255)',
      'RFC 9294: link attributes of an application',
    ],
    [
      '0402 0002 7231 0400 0001 80 040a 000c 00 00 0003e8 0489 0003 003e80',
      'node-name text=r1, node-flags flags=128, sr-capabilities flags=0 ranges=1000-16000',
      'a node',
    ],
    [
      '0441 0004 4b3ebc20 0447 0003 00000a 044b 0007 30 00 0000 005dc0',
      'maximum-link-bandwidth octets-per-second=12500000, igp-metric metric=10/3, adjacency-sid flags=48 weight=0 sid=24000',
      'a link',
    ],
    ['040200016104440004000000ff', 'node-name text=a, te-default-metric metric=255/4'],
    [
      '044100044998968004430010464350007f800000800000007149f2ca04400004000000010447000300000a040200057231286129010200080000000100000002',
      'maximum-link-bandwidth octets-per-second=1250000, unreserved-bandwidth octets-per-second=12500+Infinity+-0+1.0000000150474662e30, administrative-group groups=1, igp-metric metric=10/3, node-name text=r1%28a%29, link-identifiers local=1 remote=2',
    ],
    [
      '040a00170000001f4004890003003e800000640489000400000005010a0004010a0208044b000701020000003e80048600080080000000000007',
      'sr-capabilities flags=0 ranges=8000-16000+100-index-5, node-msd depths=1-10+2-8, adjacency-sid flags=1 weight=2 sid=16000, prefix-sid flags=0 algorithm=128 sid=index-7',
    ],
    [
      '0452001e003900000000fc0000000005e001000000000000000004e4000420101000040f000c800100800411000400000002',
      'srv6-end-x-sid behavior=57 flags=0 algorithm=0 weight=0 sid=fc00:0:5:e001:: (srv6-sid-structure locator-block=32 locator-node=16 function=16 argument=0), flexible-algorithm-definition algorithm=128 metric-type=1 calculation-type=0 priority=128 (include-any-affinity values=2)',
    ],
    ['270f00020102', 'tlv-9999 0x0102'],
    [
      '0400 0001 80 0402 0003 723031 0407 0001 00 0488 000a 0000 0102 03e8 0000 0000',
      'node-flags flags=128, node-name text=r01, tlv-1031 0x00, tlv-1160 0x0000010203e800000000',
    ],
  ],
  verdicts: [['RFC 9552 §8.2.2', 'with a TLV overrun', '040200ff61', EBGP, 'discard']],
  values: () => tlvs(BGP_LS_TLVS, 6),
  line: { message: { text: 'node-name text=a' }, name: 'BGP-LS', text: 'node-name text=a' },
};
