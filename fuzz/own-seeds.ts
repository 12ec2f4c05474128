/** Seeds that need nothing beside the repository: values of the package, written by it. At least one for each row of its tables. */
import {
  AttributeFlag,
  attributeCodecByName,
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
import { ATTRIBUTE_VECTORS } from '../packages/wire/test/vectors/attributes.ts';
import { NLRI_VECTORS } from '../packages/wire/test/vectors/nlri.ts';
import type { Seed } from './target.ts';
import { FAMILIES } from './targets.ts';

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
    ...ATTRIBUTE_VECTORS.flatMap(({ type, examples }) => examples.map(([octets]) => attributeBlock(type, fromHex(octets)))),
    encodeAttributes([parseAttribute('ATTRIBUTE_99 0xc0 0x0102')], DEFAULT_CONTEXT),
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

/** A block of one attribute. */
function attributeBlock(type: string, value: Uint8Array): Uint8Array {
  const { code, flags } = attributeCodecByName(type)!;
  return Uint8Array.of(flags | AttributeFlag.ExtendedLength, code, value.length >>> 8, value.length & 0xff, ...value);
}

function nlriSeed(name: string, octets: Uint8Array): Seed {
  const index = FAMILIES.indexOf(parseFamily(name)!);
  if (index < 0) throw new Error(`${name} has no codec`);
  return { kind: 'nlri', bytes: Uint8Array.of(index, 0, ...octets) };
}
