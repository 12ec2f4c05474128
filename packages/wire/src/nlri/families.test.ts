import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { type Family, formatFamily, parseFamily } from '../family.ts';
import { ValueError } from '../fault.ts';
import { appendTypedNlri, decodeTypedNlriList, encodeTypedNlri, FAMILY_CODECS, familyCodec, type TypedNlri } from './families.ts';

function familyNamed(name: string): Family {
  const of = parseFamily(name);
  assert.ok(of !== undefined, name);
  return of;
}

/** Family, title, octets, text. */
const EXAMPLES: readonly (readonly [family: string, title: string, hex: string, text: string])[] = [
  ['ipv4-labeled-unicast', 'RFC 8277 §2.2: one label', '30 000101 c00002', '192.0.2.0/24 labels 16'],
  ['ipv4-labeled-unicast', 'RFC 8277 §2.3: two labels', '48 000100 000111 c00002', '192.0.2.0/24 labels 16,17'],
  ['ipv4-labeled-unicast', 'RFC 8277 §2.4: withdraw label', '30 800000 c00002', '192.0.2.0/24 labels withdraw'],
  ['ipv4-labeled-unicast', 'RFC 8277 §2.2: reserved bits are kept', '30 000103 c00002', '192.0.2.0/24 labels 16/3'],
  ['ipv6-labeled-unicast', 'RFC 8277: IPv6', '38 000101 20010db8', '2001:db8::/32 labels 16'],
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
  ['ipv4-route-target', 'RFC 4684 §4: default', '00', 'default'],
  ['ipv4-route-target', 'RFC 4684 §4: any target of an AS', '20 0000fde8', '65000/32'],
  ['ipv4-route-target', 'RFC 4684 §4: one target', '60 0000fde8 0002fde800000064', '65000:rt:65000:100/96'],
  ['ipv4-route-target', 'a target of a type nobody registered', '60 0000fde8 9002fde800000064', '65000:0x9002fde800000064/96'],
  ['ipv4-route-target', 'RFC 4684 §4: a part of a target', '30 0000fde8 0002', '65000:0x0002000000000000/48'],
  [
    'l2vpn-vpls',
    'RFC 4761 §3.2.2',
    '0011 0000fde800000001 0005 0001 0008 029ce0',
    'rd 65000:1 ve-id 5 ve-block-offset 1 ve-block-size 8 label-base 10702',
  ],
  [
    'l2vpn-vpls',
    'RFC 4761 §3.2.2: bits behind the label are kept',
    '0011 0000fde800000001 0005 0001 0008 029ce1',
    'rd 65000:1 ve-id 5 ve-block-offset 1 ve-block-size 8 label-base 10702/1',
  ],
  ['l2vpn-vpls', 'RFC 6074 §3.2.1: auto-discovery', '000c 0000fde800000001 c0000201', 'rd 65000:1 pe-address 192.0.2.1'],
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
  ['ipv4-flowspec', 'RFC 8955 §4.2.2.1', '05 01 18 c00002', 'destination-prefix 192.0.2.0/24'],
  [
    'ipv4-flowspec',
    'RFC 8955 §4.3.1, example 2',
    '10 01 18 c00002 02 08 cb 04 03 89 45 8b 91 1f90',
    'destination-prefix 192.0.2.0/24 source-prefix 203.0.0.0/8 port >=137&<=139,=8080',
  ],
  ['ipv4-flowspec', 'RFC 8955 §4.2.1.2: bit masks', '0a 09 01 02 81 12 0c 02 01 80 04', 'tcp-flags =0x2,=0x12 fragment !0x1,0x4'],
  ['ipv4-flowspec', 'a value in more octets than it needs', '04 05 91 0050', 'destination-port =80/2'],
  [
    'ipv4-flowspec',
    'RFC 8955 §4.2.1.1: all comparisons',
    '11 0a 00 01 02 02 03 03 04 04 05 05 06 06 07 07 81 08',
    'packet-length false1,>2,>=3,<4,<=5,!=6,true7,=8',
  ],
  ['ipv4-flowspec', 'a value beyond exact numbers', '0a 0a b1 ffffffffffffffff', 'packet-length =18446744073709551615'],
  ['ipv4-flowspec', 'an unknown component, and what is behind it', '07 03 81 06 63 0a0b0c', 'ip-protocol =6 component-99 0x0a0b0c'],
  ['ipv4-flowspec', 'flow label is of IPv6 only', '03 0d 81 06', 'component-13 0x8106'],
  ['ipv4-flowspec-vpn', 'RFC 8955 §8', '0b 0000fde800000001 03 81 06', 'rd 65000:1 ip-protocol =6'],
  [
    'ipv6-flowspec',
    'RFC 8956 §3.1: offset',
    '0c 01 40 10 0db800000001 0d 81 05',
    'destination-prefix 0:db8:0:1::/64,offset=16 flow-label =5',
  ],
  ['ipv6-flowspec', 'RFC 8956 §3.1: an offset within an octet', '04 01 0a 03 aa', 'destination-prefix 1540::/10,offset=3'],
  ['ipv6-flowspec-vpn', 'RFC 8956 §5', '0b 0000fde800000001 03 81 06', 'rd 65000:1 ip-protocol =6'],
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
  ['ipv4-sr-policy', 'RFC 9830 §2.1', '60 00000001 00000064 c0000201', 'distinguisher 1 color 100 endpoint 192.0.2.1'],
  [
    'ipv6-sr-policy',
    'RFC 9830 §2.1',
    'c0 00000001 00000064 20010db8000000000000000000000001',
    'distinguisher 1 color 100 endpoint 2001:db8::1',
  ],
  [
    'bgp-ls',
    'RFC 9552 §5.2: node',
    '0001 0023 02 0000000000000001 0100 0016 0200 0004 0000fde9 0202 0004 00000001 0203 0002 0a0b',
    'node protocol 2 identifier 1 descriptors [local-node [as 65001, ospf-area 1, tlv-515 0x0a0b]]',
  ],
  [
    'bgp-ls',
    'RFC 9552 §5.2: link',
    '0002 0042 02 0000000000000000 0100 000b 0203 0007 00000000004205 0101 000a 0203 0006 000000000043 0102 0008 0000000100000002 0103 0004 c0000201 0107 0004 00020003',
    'link protocol 2 identifier 0 descriptors [local-node [igp-router-id 0000.0000.0042-05], remote-node [igp-router-id 0000.0000.0043], link-identifiers 1/2, ipv4-interface 192.0.2.1, multi-topology 2/3]',
  ],
  [
    'bgp-ls',
    'RFC 9552 §5.2: IPv4 prefix',
    '0003 002a 03 0000000000000000 0100 0010 0200 0000 0203 0008 c0000201c6336401 0108 0001 02 0109 0004 18 c00002',
    'ipv4-prefix protocol 3 identifier 0 descriptors [local-node [tlv-512 0x, igp-router-id 192.0.2.1-198.51.100.1], ospf-route-type 2, ip-reachability 192.0.2.0/24]',
  ],
  [
    'bgp-ls',
    'RFC 9552 §5.2: IPv6 prefix',
    '0004 001a 06 0000000000000000 0100 0004 0205 0000 0109 0005 20 20010db8',
    'ipv6-prefix protocol 6 identifier 0 descriptors [local-node [tlv-517 0x], ip-reachability 2001:db8::/32]',
  ],
  [
    'bgp-ls',
    'RFC 9514 §6: SRv6 SID',
    '0006 0021 07 ffffffffffffffff 0100 0000 0206 0010 20010db8000000000000000000000001',
    'srv6-sid protocol 7 identifier 18446744073709551615 descriptors [local-node [], srv6-sid 2001:db8::1]',
  ],
  [
    'bgp-ls',
    'RFC 9857 §4: a candidate path of an SR Policy',
    '0005 0039 09 0000000000000001 0100 0010 0200 0004 0000fde9 0204 0004 c0000209 ' +
      '022a 0018 02 00 0000 c0000201 00000064 0000fde9 c0000209 00000001',
    'candidate-path protocol 9 identifier 1 descriptors [local-node [as 65001, bgp-router-id 192.0.2.9], ' +
      'candidate-path origin 2 endpoint 192.0.2.1 color 100 originator-as 65001 originator 192.0.2.9 discriminator 1]',
  ],
  [
    'bgp-ls',
    'RFC 9857 §4: IPv6 endpoint and originator, an IPv6 headend',
    '0005 0055 09 0000000000000001 0100 0014 0405 0010 20010db8000000000000000000000009 ' +
      '022a 0030 03 c0 0000 20010db8000000000000000000000001 00000064 0000fde9 20010db8000000000000000000000009 00000001',
    'candidate-path protocol 9 identifier 1 descriptors [local-node [ipv6-router-id-local 2001:db8::9], ' +
      'candidate-path origin 3 endpoint 2001:db8::1 color 100 originator-as 65001 originator 2001:db8::9 discriminator 1]',
  ],
  [
    'bgp-ls',
    'RFC 9857 §4.1: flags nobody knows and reserved octets are ignored',
    '0005 0025 09 0000000000000001 022a 0018 02 01 0002 c0000201 00000064 0000fde9 c0000209 00000001',
    'candidate-path protocol 9 identifier 1 descriptors [candidate-path origin 2 reserved 010002 endpoint 192.0.2.1 color 100 ' +
      'originator-as 65001 originator 192.0.2.9 discriminator 1]',
  ],
  [
    'bgp-ls',
    'RFC 9552 §5.2.2.1, §5.2.3.2: reserved bits before an identifier and bits behind a prefix are ignored',
    '0003 0017 02 0000000000000001 0107 0002 f002 0109 0004 14 0a000f',
    'ipv4-prefix protocol 2 identifier 1 descriptors [multi-topology 2 reserved 0xf000, ip-reachability 10.0.0.0/20 trailing-bits 15]',
  ],
  ['bgp-ls', 'an unknown type', '0063 0002 0a0b', 'unknown 99 0x0a0b'],
  [
    'bgp-ls-vpn',
    'RFC 9552 §5.2: with RD',
    '0001 0011 0000fde800000001 02 0000000000000001',
    'rd 65000:1 node protocol 2 identifier 1 descriptors []',
  ],
];

for (const [name, title, octets, text] of EXAMPLES) {
  test(`${name}, ${title}: ${text}`, () => {
    const of = familyNamed(name);
    const codec = familyCodec(of)!;
    const bytes = fromHex(octets);
    assert.equal(codec.next(bytes, 0, bytes.length), bytes.length, 'framing');
    const nlri = codec.decode(bytes, 0, bytes.length, of);
    assert.ok(nlri, 'malformed');
    assert.equal(codec.format(nlri), text);
    assert.deepEqual(codec.parse(text, of), nlri);
    assert.equal(toHex(encodeTypedNlri(nlri)), toHex(bytes));
  });
}

test('every family has an example; the count is a ratchet', () => {
  const families = FAMILY_CODECS.flatMap((codec) => codec.families);
  assert.equal(new Set(families).size, families.length);
  assert.equal(families.length, 21);
  const shown = new Set(EXAMPLES.map(([name]) => name.replace(/^ipv[46]/, '')));
  for (const of of families) assert.ok(shown.has(formatFamily(of).replace(/^ipv[46]/, '')), formatFamily(of));
});

/** Octets that often get past the framing: a head that fits, then anything; or an example with some octets changed. */
function arbitraryNlri(of: Family): fc.Arbitrary<Uint8Array> {
  const name = formatFamily(of);
  const examples = EXAMPLES.filter(([family]) => family.replace(/^ipv[46]/, '') === name.replace(/^ipv[46]/, '')).map(([, , octets]) =>
    fromHex(octets),
  );
  const mutated = fc
    .tuple(
      fc.constantFrom(...(examples.length > 0 ? examples : [Uint8Array.of(0)])),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
    )
    .map(([example, changes]) => {
      const bytes = example.slice();
      for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
      return bytes;
    });
  return fc.oneof(mutated, mutated, fc.uint8Array({ maxLength: 60 }));
}

for (const codec of FAMILY_CODECS) {
  for (const of of codec.families) {
    test(`property: ${formatFamily(of)}: any octets decode or are refused; what decodes has one text and one canonical form`, () => {
      fc.assert(
        fc.property(arbitraryNlri(of), (bytes) => {
          const next = codec.next(bytes, 0, bytes.length);
          assert.ok(next === -1 || (next > 0 && next <= bytes.length));
          if (next === -1) return;
          const nlri = codec.decode(bytes, 0, next, of);
          if (nlri === undefined) return;
          const canonical = encodeTypedNlri(nlri);
          assert.equal(codec.next(canonical, 0, canonical.length), canonical.length);
          assert.deepEqual(codec.decode(canonical, 0, canonical.length, of), nlri);
          assert.deepEqual(codec.parse(codec.format(nlri), of), nlri);
        }),
        { seed: 7606, numRuns: 3000 },
      );
    });
  }
}

test('every beginning of an example that is cut off does not frame, or is malformed', () => {
  for (const [name, , octets] of EXAMPLES) {
    const of = familyNamed(name);
    const bytes = fromHex(octets);
    for (let end = 0; end < bytes.length; end++) assert.equal(familyCodec(of)!.next(bytes, 0, end), -1, `${name} ${octets} cut at ${end}`);
  }
});

function flow(octets: number): TypedNlri {
  const of = familyNamed('ipv4-flowspec');
  return { type: 'flowspec', family: of, components: [{ code: 99, name: 'unknown', bytes: new Uint8Array(octets - 1) }] };
}

test('RFC 8955 §4.1: from 240 octets on the length takes two; above 4095 there is none', () => {
  const of = familyNamed('ipv4-flowspec');
  for (const [octets, head] of [
    [239, 'ef'],
    [240, 'f0f0'],
    [4095, 'ffff'],
  ] as const) {
    const bytes = encodeTypedNlri(flow(octets));
    assert.equal(toHex(bytes, 0, head.length / 2), head);
    assert.equal(bytes.length, octets + head.length / 2);
    assert.equal(familyCodec(of)!.next(bytes, 0, bytes.length), bytes.length);
    assert.deepEqual(familyCodec(of)!.decode(bytes, 0, bytes.length, of), flow(octets));
  }
  assert.throws(() => encodeTypedNlri(flow(4096)), ValueError);
});

test('RFC 8955 §4.2: components out of order or twice are malformed, and are not written', () => {
  const of = familyNamed('ipv4-flowspec');
  for (const hex of ['06 04 81 50 03 81 06', '06 03 81 06 03 81 11']) {
    const bytes = fromHex(hex);
    assert.equal(familyCodec(of)!.decode(bytes, 0, bytes.length, of), undefined);
  }
  const components = [5, 4].map((code) => ({ code, name: 'unknown' as const, bytes: new Uint8Array(0) }));
  assert.throws(() => encodeTypedNlri({ type: 'flowspec', family: of, components }), ValueError);
});

test('malformed NLRI are refused', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['ipv4-labeled-unicast', 'a prefix of more than 32 bits', '39 000101 c0000201 00'],
    ['ipv4-labeled-unicast', 'labels without end', '30 000100 000200'],
    ['ipv4-mpls-vpn', 'no RD', '20 000101 c0'],
    ['ipv4-route-target', 'RFC 4684 §4: a part of an AS', '10 fde8'],
    ['ipv4-route-target', 'more than 96 bits', '61 0000fde8 0002fde800000064 00'],
    ['l2vpn-vpls', 'a length of 16', '0010 0000fde800000001 0005 0001 0008 029c'],
    ['l2vpn-evpn', 'RFC 7432 §7.2: a MAC of 47 bits', '02 21 0000fde800000001 00000000000000000000 00000000 2f 0200c0000201 00 000100'],
    ['l2vpn-evpn', 'an octet too many', '03 12 0000fde800000001 00000000 20 c0000201 00'],
    ['ipv4-flowspec', 'RFC 8955 §4.2.1.1: no end of list', '03 03 01 06'],
    ['ipv6-flowspec', 'RFC 8956 §3.1: an offset that is not below the length', '03 01 20 20'],
    ['ipv4-sr-policy', 'RFC 9830 §2.1: another length', 'c0 00000001 00000064 20010db8000000000000000000000001'],
    ['bgp-ls', 'descriptors that do not add up', '0001 000d 02 0000000000000001 0100 0016'],
  ];
  for (const [name, title, hex] of cases) {
    const of = familyNamed(name);
    const bytes = fromHex(hex);
    assert.equal(familyCodec(of)!.next(bytes, 0, bytes.length), bytes.length, `${name}: ${title}: framing`);
    assert.equal(familyCodec(of)!.decode(bytes, 0, bytes.length, of), undefined, `${name}: ${title}`);
  }
});

test('text that is no NLRI is refused with what is allowed', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['ipv4-labeled-unicast', '192.0.2.0/24'],
    ['ipv4-labeled-unicast', '192.0.2.0/33 labels 16'],
    ['ipv4-labeled-unicast', '2001:db8::/32 labels 16'],
    ['ipv4-labeled-unicast', '192.0.2.0/24 labels 1048576'],
    ['ipv4-mpls-vpn', '65000 192.0.2.0/24 labels 16'],
    ['ipv4-mpls-vpn', '65000:1 192.0.2.0/24'],
    ['ipv4-multicast-vpn', '65000:1 192.0.2.0/24 labels 16'],
    ['ipv4-route-target', '65000/31'],
    ['ipv4-route-target', '65000:rt:65000:100/64'],
    ['ipv4-route-target', '65000:rt:65000/96'],
    ['l2vpn-vpls', 'rd 65000:1'],
    ['l2vpn-evpn', 'nonsense rd 65000:1'],
    ['l2vpn-evpn', 'inclusive-multicast rd 65000:1 ethernet-tag 0'],
    ['l2vpn-evpn', 'inclusive-multicast rd 65000:1 ethernet-tag x originating-router 192.0.2.1'],
    ['l2vpn-evpn', 'inclusive-multicast rd'],
    ['ipv4-flowspec', 'rd 65000:1 ip-protocol =6'],
    ['ipv4-flowspec', 'ip-protocol'],
    ['ipv4-flowspec', 'ip-protocol ~6'],
    ['ipv4-flowspec', 'colour =6'],
    ['ipv4-flowspec-vpn', 'ip-protocol =6'],
    ['ipv4-sr-policy', 'distinguisher 1 color 100 endpoint 2001:db8::1'],
    ['ipv4-mup', 'type-2-session-transformed rd 65000:1 endpoint 192.0.2.1'],
    ['bgp-ls', 'node protocol 2'],
    ['bgp-ls', 'node protocol 2 identifier 1 descriptors [colour 5]'],
    ['bgp-ls', 'unknown 65536 0x0a'],
    ['bgp-ls', 'node protocol 2 identifier 1 descriptors [tlv-65536 0x0a]'],
    ['bgp-ls', 'node protocol 2 identifier 18446744073709551616 descriptors []'],
  ];
  for (const [name, text] of cases)
    assert.throws(() => familyCodec(familyNamed(name))!.parse(text, familyNamed(name)), ValueError, `${name}: ${text}`);
});

test('a value that cannot be written is refused', () => {
  const of = familyNamed('ipv4-labeled-unicast');
  const encode = (nlri: TypedNlri) => familyCodec(nlri.family)!.encode(new ByteWriter(), nlri);
  assert.throws(() => encode({ type: 'labeled-unicast', family: of, labels: [], prefix: '192.0.2.0/24' }), ValueError);
  assert.throws(
    () => encode({ type: 'labeled-unicast', family: of, labels: [16, 17, 18, 19, 20, 21, 22, 23, 24, 25], prefix: '192.0.2.0/24' }),
    ValueError,
  );
});

test('RFC 7911 §3: lists of NLRI with path identifiers, both ways', () => {
  const of = familyNamed('ipv4-labeled-unicast');
  const bytes = fromHex('00000001 30000101c00002 ffffffff 30000111c63364');
  const list = decodeTypedNlriList(bytes, 0, bytes.length, of, true);
  assert.ok(list);
  assert.deepEqual(
    list.nlri.map((nlri) => nlri.pathIdentifier),
    [1, 4_294_967_295],
  );
  assert.deepEqual([list.malformed, list.cutAt], [0, undefined]);
  const out = new ByteWriter();
  for (const nlri of list.nlri) appendTypedNlri(out, nlri, true);
  assert.equal(toHex(out.take()), toHex(bytes));
});

test('RFC 7606 §5.3: what does not frame ends the list, what makes no sense is left out', () => {
  const of = familyNamed('l2vpn-evpn');
  const good = '0311 0000fde800000001 00000000 20c0000201';
  const bytes = fromHex(`0302ffff ${good} 0340`);
  const list = decodeTypedNlriList(bytes, 0, bytes.length, of, false);
  assert.deepEqual([list?.nlri.length, list?.malformed, list?.cutAt], [1, 1, 23]);
  assert.equal(decodeTypedNlriList(bytes, 0, bytes.length, familyNamed('ipv4-unicast'), false), undefined);
  const short = fromHex('000000');
  assert.equal(decodeTypedNlriList(short, 0, 3, familyNamed('ipv4-route-target'), true)?.cutAt, 0);
});

test('RFC 9552 §5.1, §8.2.2: TLVs of BGP-LS NLRI in order of type, length and value, descriptors of a node once; they are written so', () => {
  const BGP_LS = familyNamed('bgp-ls');
  const codec = familyCodec(BGP_LS)!;
  const read = (descriptors: string): unknown => {
    const bytes = fromHex(`0001 ${(9 + fromHex(descriptors).length).toString(16).padStart(4, '0')} 02 0000000000000000 ${descriptors}`);
    return codec.decode(bytes, 0, bytes.length, BGP_LS);
  };
  const [as, id, router] = ['0200 0004 0000fde9', '0201 0004 00000001', '0203 0004 c0000201'];
  assert.ok(read(`0100 0018 ${as} ${id} ${router}`));
  assert.equal(read(`0100 0018 ${id} ${as} ${router}`), undefined, 'out of order');
  assert.equal(read(`0100 0010 ${as} 0200 0004 0000fdea`), undefined, 'an AS twice');
  assert.ok(read('03e7 0001 01 03e7 0001 02'), 'a TLV twice, in order of its value');
  assert.equal(read('03e7 0001 02 03e7 0001 01'), undefined, 'in disorder');
  const out = new ByteWriter();
  codec.encode(out, codec.parse('node protocol 2 identifier 0 descriptors [local-node [igp-router-id 192.0.2.1, as 65001]]', BGP_LS));
  assert.equal(toHex(out.take()), toHex(fromHex(`0001 001d 02 0000000000000000 0100 0010 ${as} ${router}`)));
});
