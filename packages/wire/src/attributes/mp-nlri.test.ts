/** MP_REACH_NLRI and MP_UNREACH_NLRI: what each family's next hop may be, text, and what must come back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { type Family, IPV4_UNICAST, IPV6_UNICAST } from '../family.ts';
import { Fault, ValueError } from '../fault.ts';
import { type MpReachNlri, mpReachNlri } from './mp-reach-nlri.ts';
import { mpUnreachNlri } from './mp-unreach-nlri.ts';

const ADD_PATH: WireContext = { ...DEFAULT_CONTEXT, addPath: new Set([IPV6_UNICAST]) };
const GLOBAL = '20010db8000000000000000000000001';
const LINK_LOCAL = 'fe800000000000000000000000000001';

const REACH: readonly (readonly [title: string, hex: string, text: string, context?: WireContext])[] = [
  ['RFC 2545 §3: IPv6', `000201 10 ${GLOBAL} 00 20 20010db8 00`, 'ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8::/32; ::/0 }'],
  [
    'RFC 2545 §3: a global and a link-local next hop',
    `000201 20 ${GLOBAL} ${LINK_LOCAL} 00 20 20010db8`,
    'ipv6-unicast next-hop 2001:db8::1 fe80::1 nlri { 2001:db8::/32 }',
  ],
  [
    'RFC 7911 §3: path identifiers',
    `000201 10 ${GLOBAL} 00 00000007 20 20010db8`,
    'ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8::/32 path-id 7 }',
    ADD_PATH,
  ],
  [
    'RFC 8950 §3: IPv4 with an IPv6 next hop',
    `000101 10 ${GLOBAL} 00 18 c63364`,
    'ipv4-unicast next-hop 2001:db8::1 nlri { 198.51.100.0/24 }',
  ],
  ['RFC 4760 §3: no NLRI', '000102 04 c0000201 00', 'ipv4-multicast next-hop 192.0.2.1 nlri { }'],
  [
    'RFC 4364 §4.3.2: a VPN next hop, its route distinguisher zero',
    '000180 0c 0000000000000000 c0000201 00 70 000101 0000fde800000001 c00002',
    'ipv4-mpls-vpn next-hop 192.0.2.1 nlri { 65000:1 192.0.2.0/24 labels 16 }',
  ],
  [
    'a VPN next hop whose route distinguisher is not zero is kept',
    '000180 0c 0000000000000001 c0000201 00 70 000101 0000fde800000001 c00002',
    'ipv4-mpls-vpn next-hop 0x0000000000000001c0000201 nlri { 65000:1 192.0.2.0/24 labels 16 }',
  ],
  ['RFC 8955 §4: FlowSpec without a next hop', '000185 00 00 03 038106', 'ipv4-flowspec nlri { ip-protocol =6 }'],
  ['a flow specification without components', '000185 00 00 00', 'ipv4-flowspec nlri { "" }'],
  ['an NLRI that makes no sense is kept', '001946 04 c0000201 00 0302c000', 'l2vpn-evpn next-hop 192.0.2.1 nlri { 0x0302c000 }'],
  ['a next hop of a strange length is kept', '001946 03 010203 00', 'l2vpn-evpn next-hop 0x010203 nlri { }'],
  ['RFC 7606 §7.11: a next hop of no known length of AFI 27', '001b01 03 0a0a0a 00', 'afi-27/safi-1 next-hop 0x0a0a0a nlri { }'],
  ['RFC 7606 §7.11: a next hop of AFI 27, SAFI 1', '001b01 04 0a0a0a0a 00', 'afi-27/safi-1 next-hop 10.10.10.10 nlri { }'],
  ['SAFI 128 of AFI 25 is not a VPN of IP', '001980 04 c0000201 00 0102', 'l2vpn-mpls-vpn next-hop 192.0.2.1 nlri { 0x0102 }'],
  ['SAFI 4 of AFI 16388 has no meaning', '400404 00 00 ff', 'bgp-ls-labeled-unicast nlri { 0xff }'],
  ['an unknown family', '0009c8 04 c0000201 00 010203', 'afi-9/safi-200 next-hop 192.0.2.1 nlri { 0x010203 }'],
];

function encodedReach(value: MpReachNlri, context: WireContext): string {
  const out = new ByteWriter();
  mpReachNlri.encode(out, value, context);
  return toHex(out.take());
}

for (const [title, hex, text, context = DEFAULT_CONTEXT] of REACH) {
  test(`${title}, both ways`, () => {
    const bytes = fromHex(hex);
    assert.equal(mpReachNlri.check(bytes, 0, bytes.length, context), undefined);
    const value = mpReachNlri.decode(bytes, 0, bytes.length, context);
    assert.equal(mpReachNlri.format(value), text);
    assert.deepEqual(mpReachNlri.parse(text), value);
    assert.equal(encodedReach(value, context), toHex(bytes));
  });
}

for (const [text, hex] of [
  ['ipv6-unicast nlri { 2001:db8::/32 }', '000201 20 20010db8'],
  ['ipv6-unicast nlri { }', '000201'],
  ['ipv4-mpls-vpn nlri { 65000:1 192.0.2.0/24 labels withdraw }', '000180 70 800000 0000fde800000001 c00002'],
] as const) {
  test(`MP_UNREACH_NLRI ${text}, both ways`, () => {
    const bytes = fromHex(hex);
    assert.equal(mpUnreachNlri.check(bytes, 0, bytes.length, DEFAULT_CONTEXT), undefined);
    const value = mpUnreachNlri.decode(bytes, 0, bytes.length, DEFAULT_CONTEXT);
    assert.equal(mpUnreachNlri.format(value), text);
    assert.deepEqual(mpUnreachNlri.parse(text), value);
    const out = new ByteWriter();
    mpUnreachNlri.encode(out, value, DEFAULT_CONTEXT);
    assert.equal(toHex(out.take()), toHex(bytes));
  });
}

for (const [title, hex] of [
  ['RFC 7606 §7.11: shorter than its header', '00020100'],
  ['RFC 7606 §7.11: a next hop past the end', '000201 10 20010db8 00'],
  ['RFC 7606 §7.11: a next hop of 5 octets for IPv6', '000201 05 0102030405 00'],
  ['RFC 7606 §5.3: a prefix of 129 bits', `000201 10 ${GLOBAL} 00 81 ${GLOBAL}00`],
  ['RFC 7606 §5.3: a prefix with too few octets', `000201 10 ${GLOBAL} 00 20 20010d`],
  ['RFC 7606 §5.3: a VPN prefix too short for its route distinguisher', '000180 0c 0000000000000000 c0000201 00 18 000101'],
] as const) {
  test(`${title} ends the session`, () => {
    const bytes = fromHex(hex);
    assert.equal(mpReachNlri.check(bytes, 0, bytes.length, DEFAULT_CONTEXT)?.action, 'reset');
  });
}

/** Both sides said nothing of IPv6 next hops for IPv4 routes, or both said that they may be. */
const NO_EXTENDED: WireContext = { ...DEFAULT_CONTEXT, extendedNextHop: new Map() };
const EXTENDED: WireContext = {
  ...DEFAULT_CONTEXT,
  extendedNextHop: new Map([0x0101, 0x0102, 0x0104, 0x0180, 0x0181].map((family) => [family as Family, new Set([2])])),
};
const LENGTHS = [0, 1, 3, 4, 5, 8, 12, 15, 16, 17, 20, 24, 28, 31, 32, 36, 40, 48, 64];

for (const [family, plain, extended] of [
  ['000101', [4], [4, 16, 32]],
  ['000102', [4], [4, 16, 32]],
  ['000104', [4], [4, 16, 32]],
  ['000180', [12], [12, 24, 48]],
  ['000181', [4, 12], [4, 12, 16, 24, 32, 48]],
  ['000201', [16, 32], [16, 32]],
  ['000202', [16, 32], [16, 32]],
  ['000204', [4, 16, 32], [4, 16, 32]],
  ['000280', [12, 24, 48], [12, 24, 48]],
  ['001b01', LENGTHS, LENGTHS],
  ['001b80', LENGTHS, LENGTHS],
  ['001981', LENGTHS, LENGTHS],
  ['001946', LENGTHS, LENGTHS],
  ['0009c8', LENGTHS, LENGTHS],
] as const) {
  test(`RFC 7606 §7.11, RFC 8950 §4: family ${family} may have next hops of ${plain.join(', ')} octets, or ${extended.join(', ')}`, () => {
    for (const length of LENGTHS) {
      const bytes = fromHex(`${family} ${length.toString(16).padStart(2, '0')} ${'20'.repeat(length)} 00`);
      for (const [context, allowed] of [
        [NO_EXTENDED, plain],
        [EXTENDED, extended],
        [DEFAULT_CONTEXT, extended], // it is not known what the two agreed on
      ] as const) {
        const expected = (allowed as readonly number[]).includes(length) ? undefined : 'reset';
        const fault = mpReachNlri.check(bytes, 0, bytes.length, context);
        assert.equal(fault?.action, expected, `${length} octets`);
        if (fault !== undefined) assert.deepEqual([fault.code, fault.subcode], [3, 9]);
      }
    }
  });
}

for (const [title, reach, unreach] of [
  ['a prefix of 129 bits', `000201 10 ${GLOBAL} 00 81 ${GLOBAL}00`, `000201 81 ${GLOBAL}00`],
  ['a next hop of 5 octets', '000201 05 0102030405 00', undefined],
  ['a VPN prefix too short for its labels', '000180 04 c0000201 00 08 00', '000180 08 00'],
  ['an EVPN route that runs past the end', '001946 04 c0000201 00 02ff00', '001946 02ff00'],
] as const) {
  test(`RFC 4760 §8: a family that is not in use is ignored, whatever follows its header: ${title}`, () => {
    const context: WireContext = { ...DEFAULT_CONTEXT, families: new Set([IPV4_UNICAST]) };
    for (const [codec, hex] of [
      [mpReachNlri, reach],
      [mpUnreachNlri, unreach],
    ] as const) {
      if (hex === undefined) continue;
      const bytes = fromHex(hex);
      assert.equal(codec.check(bytes, 0, bytes.length, DEFAULT_CONTEXT)?.action, 'reset');
      assert.equal(codec.check(bytes, 0, bytes.length, context), undefined);
      const { nlri } = codec.decode(bytes, 0, bytes.length, context);
      assert.deepEqual(
        nlri.map(({ type }) => type),
        ['unknown'].slice(0, nlri.length),
      );
    }
    // Where the next hop ends must be known in any family.
    assert.equal(mpReachNlri.check(fromHex('001b01 09 0a0a'), 0, 6, context)?.action, 'reset');
  });
}

for (const text of [
  '',
  'ipv6-unicast',
  'nobody nlri { }',
  'ipv6-unicast nlri { 192.0.2.0/24 }',
  'ipv6-unicast next-hop x nlri { }',
  'afi-9/safi-9 nlri { 1 }',
]) {
  test(`"${text}" is refused`, () => {
    assert.throws(() => mpReachNlri.parse(text), ValueError);
    assert.throws(() => mpUnreachNlri.parse(text), ValueError);
  });
}

test('NLRI of two families in one attribute are refused', () => {
  const value = mpReachNlri.parse('ipv6-unicast next-hop 2001:db8::1 nlri { 2001:db8::/32 }');
  const mixed = mpReachNlri.parse('ipv4-unicast next-hop 2001:db8::1 nlri { 192.0.2.0/24 }');
  assert.throws(() => encodedReach({ ...value, nlri: mixed.nlri }, DEFAULT_CONTEXT), ValueError);
});

test('property: whatever passes comes back as text, and as octets that mean the same', () => {
  const seeds = fc.constantFrom(...REACH.map(([, hex]) => fromHex(hex)));
  const mutated = fc
    .tuple(seeds, fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 2 }), fc.uint8Array({ maxLength: 8 }))
    .map(([seed, changes, tail]) => {
      const bytes = Uint8Array.from([...seed, ...tail]);
      for (const [at, octet] of changes) if (at < bytes.length) bytes[at] = octet;
      return bytes;
    });
  fc.assert(
    fc.property(mutated, fc.constantFrom(DEFAULT_CONTEXT, ADD_PATH), (bytes, context) => {
      if (mpReachNlri.check(bytes, 0, bytes.length, context) !== undefined) return;
      const value = mpReachNlri.decode(bytes, 0, bytes.length, context);
      const text = mpReachNlri.format(value);
      assert.deepEqual(mpReachNlri.parse(text), value, text);
      const again = fromHex(encodedReach(value, context));
      assert.deepEqual(mpReachNlri.decode(again, 0, again.length, context), value);
    }),
    { seed: 4760, numRuns: 5000 },
  );
});

test('an IPv4 next hop of IPv6 unicast is taken when both speakers announced that tuple, and else ends the session', () => {
  const octets = fromHex('000201 04 c0000201 00 20 20010db8');
  const check = (context: WireContext) => mpReachNlri.check(octets, 0, octets.length, context);
  assert.ok(check(DEFAULT_CONTEXT) instanceof Fault);
  assert.ok(check({ ...DEFAULT_CONTEXT, extendedNextHop: new Map([[IPV6_UNICAST, new Set([2])]]) }) instanceof Fault);
  assert.equal(check({ ...DEFAULT_CONTEXT, extendedNextHop: new Map([[IPV6_UNICAST, new Set([1])]]) }), undefined);
});
