/** BGP-LS. */
import fc from 'fast-check';
import { ByteWriter, toHex } from '../../../src/bytes.ts';
import { type Family, Safi, safiOf } from '../../../src/family.ts';
import { BGP_LS_KINDS, type BgpLsNlri } from '../../../src/nlri/bgp-ls.ts';
import { type BgpLsDescriptor, decodeDescriptors, encodeDescriptors } from '../../../src/nlri/bgp-ls-descriptor.ts';
import { ipv4, ipv6, maybe, octets, prefixOf, rd, record, u8, u16, u32, u64, unsigned } from '../../arbitraries/primitives.ts';
import type { Fields, Members, NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<BgpLsNlri> = {
  type: 'bgp-ls',
  examples: [
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
      '0005 0039 09 0000000000000001 0100 0010 0200 0004 0000fde9 0204 0004 c0000209 022a 0018 02 00 0000 c0000201 00000064 0000fde9 c0000209 00000001',
      'candidate-path protocol 9 identifier 1 descriptors [local-node [as 65001, bgp-router-id 192.0.2.9], candidate-path origin 2 endpoint 192.0.2.1 color 100 originator-as 65001 originator 192.0.2.9 discriminator 1]',
    ],
    [
      'bgp-ls',
      'RFC 9857 §4: IPv6 endpoint and originator, an IPv6 headend',
      '0005 0055 09 0000000000000001 0100 0014 0405 0010 20010db8000000000000000000000009 022a 0030 03 c0 0000 20010db8000000000000000000000001 00000064 0000fde9 20010db8000000000000000000000009 00000001',
      'candidate-path protocol 9 identifier 1 descriptors [local-node [ipv6-router-id-local 2001:db8::9], candidate-path origin 3 endpoint 2001:db8::1 color 100 originator-as 65001 originator 2001:db8::9 discriminator 1]',
    ],
    [
      'bgp-ls',
      'RFC 9857 §4.1: unknown flags and reserved octets are ignored',
      '0005 0025 09 0000000000000001 022a 0018 02 01 0002 c0000201 00000064 0000fde9 c0000209 00000001',
      'candidate-path protocol 9 identifier 1 descriptors [candidate-path origin 2 reserved 010002 endpoint 192.0.2.1 color 100 originator-as 65001 originator 192.0.2.9 discriminator 1]',
    ],
    [
      'bgp-ls',
      'RFC 9552 §5.2.2.1, §5.2.3.2: reserved bits before an identifier and bits after a prefix are ignored',
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
    [
      'bgp-ls',
      'RFC 9552 §5.2: a node of IS-IS',
      '000100170200000000000000000100000a02030006000000000001',
      'node protocol 2 identifier 0 descriptors [local-node [igp-router-id 0000.0000.0001]]',
    ],
    [
      'bgp-ls',
      'RFC 9552 §5.2: a link between two nodes of IS-IS',
      '0002 0025 02 0000000000000000 0100 000a 0203 0006 000000000001 0101 000a 0203 0006 000000000002',
      'link protocol 2 identifier 0 descriptors [local-node [igp-router-id 0000.0000.0001], remote-node [igp-router-id 0000.0000.0002]]',
    ],
  ],
  keys: [
    ['bgp-ls', 'RFC 9552 §5.2: the NLRI', '0063 0002 0a0b', '0063 0002 0a0b'],
    [
      'bgp-ls-vpn',
      'RFC 9552 §5.2: the NLRI',
      '0001 0011 0000fde800000001 02 0000000000000001',
      '0001 0011 0000fde800000001 02 0000000000000001',
    ],
  ],
  malformed: [['bgp-ls', 'descriptors that do not add up', '0001 000d 02 0000000000000001 0100 0016']],
  refused: [
    ['bgp-ls', 'node protocol 2'],
    ['bgp-ls', 'node protocol 2 identifier 1 descriptors [colour 5]'],
    ['bgp-ls', 'unknown 65536 0x0a'],
    ['bgp-ls', 'node protocol 2 identifier 1 descriptors [tlv-65536 0x0a]'],
    ['bgp-ls', 'node protocol 2 identifier 18446744073709551616 descriptors []'],
  ],
  members: bgpLs,
  kinds: 7,
  areas: ['bgp-ls'],
  neutral: (nlri) =>
    nlri.kind === 'unknown'
      ? { nlri_type: nlri.nlriType, raw: toHex(nlri.bytes) }
      : {
          nlri_type: BGP_LS_KINDS.indexOf(nlri.kind) + 1,
          protocol_id: nlri.protocol,
          identifier: Number(nlri.identifier),
          descriptors: nlri.descriptors.map(neutralDescriptor),
        },
};

const igpRouterId = fc.oneof(
  ipv4,
  fc.tuple(ipv4, ipv4).map((both) => both.join('-')),
  fc.tuple(octets(6), maybe(octets(1))).map(([system, pseudonode]) => {
    const hex = (bytes: Uint8Array) => [...bytes].map((octet) => octet.toString(16).padStart(2, '0')).join('');
    const dotted = hex(system).replace(/(....)(....)(....)/, '$1.$2.$3');
    return pseudonode === undefined ? dotted : `${dotted}-${hex(pseudonode)}`;
  }),
);

/** Identifiers of twelve bits; the four before each are reserved, and shown where one of them is set. */
function multiTopology(words: readonly number[]): object {
  const ids = words.map((word) => word & 0xfff);
  const reserved = Uint8Array.from(words.flatMap((word) => [(word >>> 8) & 0xf0, 0]));
  return reserved.some((octet) => octet !== 0) ? { ids, reserved } : { ids };
}

/** Bits of the last octet after the prefix. */
function reachability([prefix, octet]: readonly [string, number]): object {
  const bits = Number(prefix.split('/')[1]) % 8;
  const trailingBits = bits === 0 ? 0 : octet & (0xff >>> bits);
  return trailingBits === 0 ? { prefix } : { prefix, trailingBits };
}

function descriptor(prefixSize: number, depth = 0): fc.Arbitrary<BgpLsDescriptor> {
  const number = u32.map((value) => ({ value }));
  const v4 = ipv4.map((value) => ({ value }));
  const v6 = ipv6.map((value) => ({ value }));
  const members: Readonly<Record<BgpLsDescriptor['name'], Members | undefined>> = {
    'local-node': depth === 0 ? record({ descriptors: nodeDescriptors(prefixSize) }) : undefined,
    'remote-node': depth === 0 ? record({ descriptors: nodeDescriptors(prefixSize) }) : undefined,
    as: number,
    'bgp-ls-identifier': number,
    'ospf-area': number,
    'bgp-confederation-member': number,
    'igp-router-id': igpRouterId.map((value) => ({ value })),
    'bgp-router-id': v4,
    'ipv4-interface': v4,
    'ipv4-neighbor': v4,
    'ipv6-interface': v6,
    'ipv6-neighbor': v6,
    'srv6-sid': v6,
    'link-identifiers': record({ local: u32, remote: u32 }),
    'multi-topology': fc.array(u16, { minLength: 1, maxLength: 3 }).map(multiTopology),
    'ospf-route-type': record({ value: u8 }),
    'ip-reachability': fc.tuple(prefixOf(prefixSize), u8).map(reachability),
    'ipv4-router-id-local': v4,
    'ipv6-router-id-local': v6,
    'candidate-path': record({
      origin: u8,
      reserved: maybe(unsigned(0x3f_ffff, 1).map((bits) => bits.toString(16).padStart(6, '0'))),
      endpoint: fc.oneof(ipv4, ipv6),
      color: u32,
      originatorAs: u32,
      originator: fc.oneof(ipv4, ipv6),
      discriminator: u32,
    }),
    unknown: record({ code: unsigned(0xffff, 60_000), bytes: octets(0, 9) }),
  };
  const kinds = Object.entries(members).flatMap(([name, rest]) => (rest === undefined ? [] : [rest.map((each) => ({ name, ...each }))]));
  return fc.oneof(...kinds) as fc.Arbitrary<BgpLsDescriptor>;
}

/** Each at most once, in the order of the wire. */
function nodeDescriptors(prefixSize: number): fc.Arbitrary<BgpLsDescriptor[]> {
  const selector = (each: BgpLsDescriptor): string => (each.name === 'unknown' ? `${each.code}` : each.name);
  return fc.uniqueArray(descriptor(prefixSize, 1), { maxLength: 3, selector }).map((list) => inOrder(list, prefixSize, 1));
}

function inOrder(list: readonly BgpLsDescriptor[], prefixSize: number, depth: number): BgpLsDescriptor[] {
  const out = new ByteWriter();
  encodeDescriptors(out, list);
  const bytes = out.take();
  return decodeDescriptors(bytes, 0, bytes.length, prefixSize, undefined, depth)!;
}

function bgpLs(family: Family): Members {
  const object = fc.constantFrom(...BGP_LS_KINDS).chain((kind) => {
    const prefixSize = kind === 'ipv6-prefix' ? 16 : 4;
    return record({
      kind: fc.constant(kind),
      protocol: u8,
      identifier: u64,
      descriptors: fc.array(descriptor(prefixSize), { maxLength: 4 }).map((list) => inOrder(list, prefixSize, 0)),
    });
  });
  const unknown = record({ kind: fc.constant('unknown'), nlriType: unsigned(0xffff, 7), bytes: octets(0, 9) });
  const kinds: Members = fc.oneof({ weight: 6, arbitrary: object }, { weight: 1, arbitrary: unknown });
  return safiOf(family) === Safi.BgpLsVpn ? fc.tuple(rd, kinds).map(([distinguisher, rest]) => ({ rd: distinguisher, ...rest })) : kinds;
}

const DESCRIPTOR_CODES: Readonly<Record<string, number>> = {
  'local-node': 256,
  'remote-node': 257,
  'link-identifiers': 258,
  'ipv4-interface': 259,
  'ipv4-neighbor': 260,
  'ipv6-interface': 261,
  'ipv6-neighbor': 262,
  'multi-topology': 263,
  'ospf-route-type': 264,
  'ip-reachability': 265,
};

/** Its meaning, and its octets, which are all that some vectors say. */
function neutralDescriptor(descriptor: BgpLsDescriptor): Fields {
  const out = new ByteWriter();
  encodeDescriptors(out, [descriptor]);
  return { raw: toHex(out.take(), 4), ...descriptorMeaning(descriptor) };
}

function descriptorMeaning(descriptor: BgpLsDescriptor): Fields {
  const tlv = DESCRIPTOR_CODES[descriptor.name];
  switch (descriptor.name) {
    case 'local-node':
    case 'remote-node':
      return { tlv, node: descriptor.descriptors.map(neutralDescriptor) };
    case 'as':
      return { tlv: 512, as: descriptor.value };
    case 'bgp-ls-identifier':
      return { tlv: 513, bgp_ls_id: descriptor.value };
    case 'ospf-area':
      return { tlv: 514, ospf_area: descriptor.value };
    case 'igp-router-id':
      return { tlv: 515, igp_router_id: descriptor.value };
    case 'bgp-router-id':
      return { tlv: 516, bgp_router_id: descriptor.value };
    case 'bgp-confederation-member':
      return { tlv: 517, confed_member_as: descriptor.value };
    case 'srv6-sid':
      return { tlv: 518, sid: descriptor.value, srv6_sid: descriptor.value, address: descriptor.value };
    case 'link-identifiers':
      return { tlv, local_id: descriptor.local, remote_id: descriptor.remote };
    case 'multi-topology':
      return { tlv, mt_ids: descriptor.ids };
    case 'ospf-route-type':
      return { tlv, ospf_route_type: descriptor.value };
    case 'ip-reachability':
      return { tlv, prefix: descriptor.prefix };
    case 'candidate-path':
      return { tlv, ...descriptor };
    case 'unknown':
      return { tlv: descriptor.code, raw: toHex(descriptor.bytes) };
    default:
      return { tlv, address: descriptor.value };
  }
}
