/** NLRI of every type, in the form in which they decode. */
import fc from 'fast-check';
import { formatAddress } from '../../src/address.ts';
import { ByteWriter } from '../../src/bytes.ts';
import { Afi, afiOf, type Family, family, Safi, safiOf } from '../../src/family.ts';
import { BGP_LS_KINDS } from '../../src/nlri/bgp-ls.ts';
import { type BgpLsDescriptor, decodeDescriptors, encodeDescriptors } from '../../src/nlri/bgp-ls-descriptor.ts';
import { EVPN_ROUTES } from '../../src/nlri/evpn.ts';
import { FAMILY_CODECS, familyCodec } from '../../src/nlri/families.ts';
import type { FlowSpecComponent } from '../../src/nlri/flowspec-component.ts';
import { isPrefixFamily } from '../../src/nlri/ip-prefix.ts';
import { MCAST_VPN_ROUTES } from '../../src/nlri/mcast-vpn.ts';
import { MUP_ROUTES } from '../../src/nlri/mup.ts';
import type { Nlri } from '../../src/nlri/nlri.ts';
import type { Shape } from '../../src/parts/fields.ts';
import { decodeLabels, type Labels } from '../../src/parts/labels.ts';
import { addressOctets } from '../../src/parts/prefix-bits.ts';
import { shapeValue } from './fields.ts';
import { addressOf, ipv4, ipv6, maybe, octets, prefixOf, present, rd, record, u8, u16, u24, u32, u64, unsigned } from './primitives.ts';

/** Members of an NLRI but `type`, `family` and `pathIdentifier`. */
type Members = fc.Arbitrary<object>;

/** Octets of a stack: only the last label ends it. */
function labels(maxLength: number): fc.Arbitrary<Labels> {
  const field = (value: number) => [value >>> 16, (value >>> 8) & 0xff, value & 0xff];
  const middle = u24.map((value) => value & ~1).filter((value) => value !== 0 && value !== 0x80_0000);
  const last = fc.oneof(
    u24.map((value) => value | 1),
    unsigned(0xf_ffff).map((label) => label * 16 + 1),
    fc.constantFrom(0, 0x80_0000),
  );
  const canonicalMiddle = unsigned(0xf_ffff, 1)
    .filter((label) => label !== 0x8_0000)
    .map((label) => label * 16);
  return fc.tuple(fc.array(fc.oneof(middle, canonicalMiddle), { maxLength: maxLength - 1 }), last).map(([before, end]) => {
    const bytes = Uint8Array.from([...before, end].flatMap(field));
    return decodeLabels(bytes, 0, bytes.length)!.value;
  });
}

const routeTarget: Members = fc.oneof(
  fc.constant({ length: 0 }),
  u32.map((originAs) => ({ length: 32, originAs })),
  fc
    .tuple(unsigned(96, 33), u32, octets(8))
    .map(([length, originAs, target]) => ({ length, originAs, routeTarget: masked(target, 0, length - 32) })),
  fc
    .tuple(u32, octets(4))
    .map(([originAs, value]) => ({ length: 96, originAs, routeTarget: Uint8Array.from([0, 2, 0xfd, 0xe8, ...value]) })),
);

/** The bits from `start` to `end`, the others zero. */
function masked(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return bytes.map((octet, i) => {
    const head = Math.min(Math.max(start - 8 * i, 0), 8);
    const tail = Math.min(Math.max(end - 8 * i, 0), 8);
    return octet & (0xff >>> head) & (0xff << (8 - tail));
  });
}

const vpls: Members = fc.oneof(
  record({ rd, peAddress: ipv4 }),
  record({ rd, veId: u16, veBlockOffset: u16, veBlockSize: u16, labelBase: unsigned(0xf_ffff), labelBits: maybe(unsigned(0xf, 1)) }).map(
    (value) => present(value),
  ),
);

/** A route of each name, and one that has none; `special` are routes whose fields depend on each other. */
function routes(
  shapes: ReadonlyMap<string, Shape<object>>,
  of: Family,
  unknown: Members,
  special: Readonly<Record<string, Members>> = {},
): Members {
  const known = [...shapes].map(([route, shape]) =>
    (special[route] ?? shapeValue(route, shape, of)).map((fields) => ({ route, ...fields })),
  );
  return fc.oneof(
    ...known,
    unknown.map((fields) => ({ route: 'unknown', ...fields })),
  );
}

function unknownRoute(routeType: fc.Arbitrary<number>): Members {
  return record({ routeType, bytes: octets(0, 20) });
}

const esi = octets(10).map((bytes) => [...bytes].map((octet) => octet.toString(16).padStart(2, '0')).join(':'));

/** Prefix and gateway are of one address family; bits behind the prefix stay. */
const evpnPrefix: Members = fc.constantFrom(4, 16).chain((size) => {
  const one = octets(size).map((bytes) => formatAddress(bytes));
  const prefix = fc.tuple(one, unsigned(8 * size)).map(([host, bits]) => `${host}/${bits}`);
  return record({ rd, esi, ethernetTag: u32, prefix, gateway: one, labelField: u24 });
});

/** `octets` only where the value would fit in fewer. */
const operand: fc.Arbitrary<{ value: number | bigint; octets?: number }> = fc
  .tuple(fc.oneof(u8, u16, u32, u64), fc.constantFrom(1, 2, 4, 8))
  .map(([number, size]) => {
    const value = number > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(number) : Number(number);
    const least = value <= 0xff ? 1 : value <= 0xffff ? 2 : value <= 0xffff_ffff ? 4 : 8;
    return size > least ? { value, octets: size } : { value };
  });

function operators(key: string, flags: readonly string[]): Members {
  const each = fc.tuple(record(Object.fromEntries(['and', ...flags].map((flag) => [flag, fc.boolean()]))), operand);
  return fc
    .array(
      each.map(([bits, value]) => ({ ...bits, ...value })),
      { minLength: 1, maxLength: 3 },
    )
    .map((list) => ({ [key]: list }));
}

function flowPrefix(of: Family): Members {
  if (afiOf(of) !== Afi.Ipv6) return prefixOf(4).map((prefix) => ({ prefix }));
  return fc.tuple(octets(16), unsigned(128), unsigned(127)).map(([bytes, length, at]) => {
    const offset = at < length ? at : 0;
    const prefix = `${formatAddress(masked(bytes, offset, length))}/${length}`;
    return offset === 0 ? { prefix } : { prefix, offset };
  });
}

const numbers = operators('numbers', ['lt', 'gt', 'eq']);
const bits = operators('bits', ['not', 'match']);

/** By name: code and members. */
function components(of: Family): Readonly<Record<FlowSpecComponent['name'], readonly [number, Members]>> {
  return {
    'destination-prefix': [1, flowPrefix(of)],
    'source-prefix': [2, flowPrefix(of)],
    'ip-protocol': [3, numbers],
    port: [4, numbers],
    'destination-port': [5, numbers],
    'source-port': [6, numbers],
    'icmp-type': [7, numbers],
    'icmp-code': [8, numbers],
    'tcp-flags': [9, bits],
    'packet-length': [10, numbers],
    dscp: [11, numbers],
    fragment: [12, bits],
    'flow-label': [13, numbers],
    unknown: [77, octets(1, 9).map((bytes) => ({ bytes }))],
  };
}

function flowspec(of: Family): Members {
  const kinds = Object.entries(components(of)).filter(([name]) => name !== 'flow-label' || afiOf(of) === Afi.Ipv6);
  const list = fc
    .tuple(...kinds.map(([name, [code, members]]) => maybe(members.map((rest) => ({ code, name, ...rest })))))
    .map((all) => all.filter((each) => each !== undefined));
  return safiOf(of) === Safi.FlowSpecVpn ? record({ rd, components: list }) : record({ components: list });
}

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

/** Bits behind the prefix, as far as its last octet has room. */
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

function bgpLs(of: Family): Members {
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
  return safiOf(of) === Safi.BgpLsVpn ? fc.tuple(rd, kinds).map(([distinguisher, rest]) => ({ rd: distinguisher, ...rest })) : kinds;
}

function withLabels(count: number, of: Family): Members {
  return fc.tuple(labels(count), prefixOf(addressOctets(of))).map(([stack, prefix]) => ({ ...stack, prefix }));
}

/** For each type of NLRI, those of a family. */
export const NLRI_MEMBERS: Readonly<Record<Nlri['type'], (of: Family) => Members>> = {
  'ip-prefix': (of) => prefixOf(addressOctets(of)).map((prefix) => ({ prefix })),
  'labeled-unicast': (of) => withLabels(3, of),
  vpn: (of) =>
    fc
      .tuple(rd, safiOf(of) === Safi.MplsVpn ? withLabels(2, of) : prefixOf(addressOctets(of)).map((prefix) => ({ prefix })))
      .map(([distinguisher, rest]) => ({ rd: distinguisher, ...rest })),
  'route-target': () => routeTarget,
  vpls: () => vpls,
  'mcast-vpn': (of) => routes(MCAST_VPN_ROUTES.shapes, of, unknownRoute(unsigned(0xff, 8))),
  evpn: (of) => routes(EVPN_ROUTES.shapes, of, unknownRoute(unsigned(0xff, 12)), { 'ip-prefix': evpnPrefix }),
  mup: (of) =>
    fc.oneof(
      { weight: 5, arbitrary: routes(MUP_ROUTES.shapes, of, unknownRoute(unsigned(0xffff, 5))) },
      {
        weight: 1,
        arbitrary: record({ route: fc.constant('unknown'), architecture: unsigned(0xff, 2), routeType: u16, bytes: octets(0, 9) }),
      },
    ),
  flowspec,
  'sr-policy': (of) => record({ distinguisher: u32, color: u32, endpoint: addressOf(of) }),
  'bgp-ls': bgpLs,
  unknown: () => octets(1, 20).map((bytes) => ({ bytes })),
};

const UNKNOWN_FAMILY = family(9, 200);

/** Every family that has a codec, plain prefixes, and one without. */
export const NLRI_FAMILIES: readonly Family[] = [
  ...[Afi.Ipv4, Afi.Ipv6].flatMap((afi) => [Safi.Unicast, Safi.Multicast].map((safi) => family(afi, safi))),
  ...FAMILY_CODECS.flatMap((codec) => codec.families),
  UNKNOWN_FAMILY,
];

/** NLRI of a family, with path identifiers or without. */
export function nlriOf(of: Family, addPath: boolean): fc.Arbitrary<Nlri> {
  const type = isPrefixFamily(of) ? 'ip-prefix' : (familyCodec(of)?.type ?? 'unknown');
  const route = NLRI_MEMBERS[type](of).map((members) => ({ type, family: of, ...members }) as Nlri);
  return addPath && type !== 'unknown' ? fc.tuple(route, u32).map(([nlri, pathIdentifier]) => ({ ...nlri, pathIdentifier })) : route;
}

/** As an attribute holds them: of a family without a codec there is but one. */
export function nlriList(of: Family, addPath: boolean): fc.Arbitrary<Nlri[]> {
  return fc.array(nlriOf(of, addPath), { maxLength: of === UNKNOWN_FAMILY ? 1 : 3 });
}
