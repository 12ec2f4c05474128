/** Flow specifications. */
import fc from 'fast-check';
import { formatAddress } from '../../../src/address.ts';
import { toHex } from '../../../src/bytes.ts';
import { Afi, afiOf, type Family, Safi, safiOf } from '../../../src/family.ts';
import type { FlowSpecNlri } from '../../../src/nlri/flowspec.ts';
import type { FlowSpecComponent } from '../../../src/nlri/flowspec-component.ts';
import { masked } from '../../arbitraries/nlri-parts.ts';
import { maybe, octets, prefixOf, rd, record, u8, u16, u32, u64, unsigned } from '../../arbitraries/primitives.ts';
import type { Fields, Members, NlriVectors } from '../nlri.ts';

export const vectors: NlriVectors<FlowSpecNlri> = {
  type: 'flowspec',
  examples: [
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
    ['ipv4-flowspec', 'an unknown component, and all octets after it', '07 03 81 06 63 0a0b0c', 'ip-protocol =6 component-99 0x0a0b0c'],
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
      'ipv4-flowspec',
      'RFC 8955 §4.2.2: prefix, protocol and a range of ports',
      '0e0118c00002038111050301d503ff',
      'destination-prefix 192.0.2.0/24 ip-protocol =17 destination-port >=1&<=1023',
    ],
    ['ipv6-flowspec', 'RFC 8956 §3.7: flow label', '0d01200020010db80da100012345', 'destination-prefix 2001:db8::/32 flow-label =74565'],
    ['ipv4-flowspec-vpn', 'RFC 8955 §8: DSCP', '0b0000fde9000000010b810a', 'rd 65001:1 dscp =10'],
    ['ipv6-flowspec-vpn', 'RFC 8956 §5: an IPv6 prefix', '0f0000fde90000000101200020010db8', 'rd 65001:1 destination-prefix 2001:db8::/32'],
  ],
  keys: [
    ['ipv4-flowspec', 'RFC 8955 §4: the NLRI', '05 01 18 c00002', '05 01 18 c00002'],
    ['ipv4-flowspec', 'RFC 8955 §4.1: with its length in one octet where it fits', 'f005 01 18 c00002', '05 01 18 c00002'],
    ['ipv6-flowspec-vpn', 'RFC 8956 §5: the NLRI', '0b 0000fde800000001 03 81 06', '0b 0000fde800000001 03 81 06'],
  ],
  malformed: [
    ['ipv4-flowspec', 'RFC 8955 §4.2.1.1: no end of list', '03 03 01 06'],
    ['ipv6-flowspec', 'RFC 8956 §3.1: an offset that is not below the length', '03 01 20 20'],
  ],
  refused: [
    ['ipv4-flowspec', 'rd 65000:1 ip-protocol =6'],
    ['ipv4-flowspec', 'ip-protocol'],
    ['ipv4-flowspec', 'ip-protocol ~6'],
    ['ipv4-flowspec', 'colour =6'],
    ['ipv4-flowspec-vpn', 'ip-protocol =6'],
  ],
  members: flowspec,
  areas: ['flowspec'],
  neutral: ({ components }) => ({ components: components.map(neutralComponent) }),
};

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

function flowPrefix(family: Family): Members {
  if (afiOf(family) !== Afi.Ipv6) return prefixOf(4).map((prefix) => ({ prefix }));
  return fc.tuple(octets(16), unsigned(128), unsigned(127)).map(([bytes, length, at]) => {
    const offset = at < length ? at : 0;
    const prefix = `${formatAddress(masked(bytes, offset, length))}/${length}`;
    return offset === 0 ? { prefix } : { prefix, offset };
  });
}

const numbers = operators('numbers', ['lt', 'gt', 'eq']);
const bits = operators('bits', ['not', 'match']);

/** By name: code and members. */
function components(family: Family): Readonly<Record<FlowSpecComponent['name'], readonly [number, Members]>> {
  return {
    'destination-prefix': [1, flowPrefix(family)],
    'source-prefix': [2, flowPrefix(family)],
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

function flowspec(family: Family): Members {
  const kinds = Object.entries(components(family)).filter(([name]) => name !== 'flow-label' || afiOf(family) === Afi.Ipv6);
  const list = fc
    .tuple(...kinds.map(([name, [code, members]]) => maybe(members.map((rest) => ({ code, name, ...rest })))))
    .map((all) => all.filter((each) => each !== undefined));
  return safiOf(family) === Safi.FlowspecVpn ? record({ rd, components: list }) : record({ components: list });
}

function neutralComponent(component: FlowSpecComponent): Fields {
  const { code: type, name } = component;
  if ('prefix' in component) return { type, name, prefix: component.prefix, offset: component.offset ?? 0 };
  if ('numbers' in component) return { type, name, ops: component.numbers.map(withoutOctets) };
  if ('bits' in component) return { type, name, ops: component.bits.map(withoutOctets) };
  return { type, raw: toHex(component.bytes) };
}

/** How wide a value is written says nothing about what it means. */
function withoutOctets(operator: object): Fields {
  const fields: Fields = { ...operator };
  delete fields['octets'];
  return fields;
}
