/** Seeds that need nothing beside the repository: values of the package, written by it. At least one for each row of its tables. */
import {
  attributeCodec,
  DEFAULT_CONTEXT,
  encodeAttributes,
  encodeCapability,
  encodeMessage,
  fromHex,
  parseAttribute,
  parseCapability,
  parseExtendedCommunity,
  parseFamily,
  parseIpv6ExtendedCommunity,
  parseMessage,
  type WireContext,
} from '@tsbgp/wire';
import { NLRI_VECTORS } from '../packages/wire/test/vectors/nlri.ts';
import type { Seed } from './target.ts';
import { FAMILIES } from './targets.ts';

const ATTRIBUTES: readonly string[] = [
  'ORIGIN igp',
  'AS_PATH 65001 65002',
  'NEXT_HOP 192.0.2.1',
  'MULTI_EXIT_DISC 100',
  'LOCAL_PREF 200',
  'ATOMIC_AGGREGATE true',
  'AGGREGATOR 65001 192.0.2.1',
  'COMMUNITIES 65001:1 no-export',
  'ORIGINATOR_ID 192.0.2.1',
  'CLUSTER_LIST 192.0.2.1 192.0.2.2',
  'MP_REACH_NLRI ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8:1::/48; 2001:db8:2::/64 }',
  'MP_UNREACH_NLRI ipv6-unicast nlri { 2001:db8:1::/48 }',
  'EXTENDED_COMMUNITIES rt:65001:100 rt:192.0.2.1:5 color:0:100',
  'AS4_PATH 65001 4200000000',
  'AS4_AGGREGATOR 4200000000 192.0.2.1',
  'PMSI_TUNNEL flags 1 type 6 label-field 4096 identifier 0xc0000201',
  'TUNNEL_ENCAPSULATION tunnel-2 ()',
  'IPV6_EXTENDED_COMMUNITIES rt:[2001:db8::1]:100',
  'AIGP metric value=100',
  'PE_DISTINGUISHER_LABELS 192.0.2.1=20024',
  'BGP_LS tlv-9999 0x0102',
  'LARGE_COMMUNITIES 65001:1:2',
  'ONLY_TO_CUSTOMER 65001',
  'PREFIX_SID label-index flags=0 index=90, originator-srgb flags=0 srgbs=16000-8000',
  'ATTRIBUTE_99 0xc0 0x0102',
];

/** For the rows whose text would be longer than their octets: code, value. */
const ATTRIBUTE_OCTETS: readonly (readonly [number, string])[] = [
  [23, '0001 0009 01 07 00000001020304'],
  [23, '000f 001c 0c06 0000 00000064 80 0011 00 0906 0000 00000001 0106 0000 03e81000'],
  [29, '0400 0001 80 0402 0003 723031 0407 0001 00 0488 000a 0000 0102 03e8 0000 0000'],
  [33, '0008 00 01 0000fde9 001d 01 0102030405060708090a0b0c0d0e0f1011121314 0004 01020304'],
  [36, '01 0000fde9 0001 46'],
  [40, '05 0022 00 01 001e 00 20010db8000000000000000000000001 00 0013 00 01 0006 20 10 10 00 10 40'],
  [128, '0000fde9 400101004002060201 0000fdea'],
].map(([code, hex]) => [code as number, hex as string]);

const CAPABILITIES_TEXT: readonly string[] = [
  'multiprotocol ipv6-unicast',
  'route-refresh',
  'outbound-route-filtering ipv4-unicast:64=both',
  'extended-next-hop ipv4-unicast:ipv6',
  'extended-message',
  'multiple-labels ipv4-labeled-unicast:7',
  'role customer',
  'graceful-restart 120',
  'four-octet-as 4200000000',
  'dynamic-deprecated',
  'add-path ipv4-unicast:both',
  'enhanced-route-refresh',
  'long-lived-graceful-restart',
  'fqdn "host" "example.org"',
  'software-version "fuzz/1"',
  'paths-limit ipv4-unicast:4',
  'link-local-next-hop',
  'multisession-cisco',
  'multisession 1 2',
  'dynamic 1 2',
  'bgpsec 0 send afi-1',
  'bfd-strict',
  'route-refresh-cisco',
  'outbound-route-filtering-cisco ipv4-unicast:128=both',
  'operational',
  'unknown 200 0a0b',
];

const MESSAGES: readonly string[] = [
  'open as 65001 hold-time 90 bgp-identifier 192.0.2.1 capabilities { multiprotocol ipv4-unicast; four-octet-as 65001 }',
  'update nlri { 192.0.2.0/24 } attributes { ORIGIN igp; AS_PATH 65001 65002; NEXT_HOP 192.0.2.1; COMMUNITIES 65001:1 }',
  'update end-of-rib ipv6-unicast',
  'notification 6/2 Cease, Administrative Shutdown: "maintenance"',
  'notification 3/1: data 4001',
  'keepalive',
  'route-refresh ipv4-unicast begin',
  'route-refresh ipv4-unicast orf immediate { 64 { remove-all; add permit sequence 10 192.0.2.0/24 min 24 max 32 }; 66 0x0a0b }',
  'route-refresh ipv6-unicast orf defer { 64 { remove deny sequence 7 2001:db8::/32 min 32 max 64 } }',
  'operational LPCP ipv6-unicast router-id 192.0.2.1 sequence 7 count 1000',
  'operational RPCQ ipv4-unicast router-id 192.0.2.1 sequence 7',
  'operational ASM ipv4-unicast "see you"',
];

const ROOMY: WireContext = { ...DEFAULT_CONTEXT, extendedMessage: true };

/** UPDATEs that must be split for a session without extended messages. */
function long(): string[] {
  const list = (prefix: (index: number) => string) => Array.from({ length: 500 }, (_, index) => prefix(index)).join('; ');
  const ipv4 = list((index) => `10.${index >> 8}.${index & 0xff}.128/25`);
  const ipv6 = list((index) => `2001:db8:${index.toString(16)}::/48`);
  const path = 'ORIGIN igp; AS_PATH 65001 4200000000';
  return [
    `update withdrawn { ${ipv4} } attributes { ${path}; NEXT_HOP 192.0.2.1 } nlri { ${ipv4} }`,
    `update attributes { ${path}; MP_REACH_NLRI ipv6-unicast next-hop 2001:db8::1 nlri { ${ipv6} }; MP_UNREACH_NLRI ipv6-unicast nlri { 2001:db8::/64 } }`,
    `update attributes { MP_UNREACH_NLRI ipv6-unicast nlri { ${ipv6}; ${ipv6} } }`,
  ];
}

export function* ownSeeds(): Generator<Seed> {
  for (const text of [...MESSAGES, ...long()]) yield { kind: 'message', bytes: encodeMessage(parseMessage(text), ROOMY) };
  const blocks = [
    ...ATTRIBUTES.map((text) => encodeAttributes([parseAttribute(text)], DEFAULT_CONTEXT)),
    ...ATTRIBUTE_OCTETS.map(([code, hex]) => {
      const value = fromHex(hex);
      return Uint8Array.of(attributeCodec(code)!.flags | 0x10, code, value.length >>> 8, value.length & 0xff, ...value);
    }),
  ];
  for (const bytes of blocks) {
    yield { kind: 'attributes', bytes };
    const body = Uint8Array.of(0, 0, bytes.length >>> 8, bytes.length & 0xff, ...bytes);
    yield { kind: 'message', bytes: Uint8Array.of(...new Uint8Array(16).fill(0xff), 0, body.length + 19, 2, ...body) };
  }
  for (const text of CAPABILITIES_TEXT) yield { kind: 'capabilities', bytes: encodeCapability(parseCapability(text)) };
  for (const [name, , hex] of NLRI_VECTORS.flatMap(({ examples }) => examples)) yield nlriSeed(name, fromHex(hex));
  for (const text of ['rt:65001:100', 'rt:192.0.2.1:100', 'rt:200000:100', 'color:0:100']) {
    yield { kind: 'community', bytes: parseExtendedCommunity(text) };
  }
  yield { kind: 'community', bytes: parseIpv6ExtendedCommunity('rt:[2001:db8::1]:100') };
}

function nlriSeed(name: string, octets: Uint8Array): Seed {
  const index = FAMILIES.indexOf(parseFamily(name)!);
  if (index < 0) throw new Error(`${name} has no codec`);
  return { kind: 'nlri', bytes: Uint8Array.of(index, 0, ...octets) };
}
