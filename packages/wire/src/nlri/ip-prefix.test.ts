import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { Afi, type Family, IPV4_UNICAST, IPV6_UNICAST, makeFamily, Safi } from '../family.ts';
import { ValueError } from '../fault.ts';
import { addressOctets, prefixesAreWhole } from '../parts/prefix-bits.ts';
import { appendTypedNlri, familyCodec } from './families.ts';
import { canonicalPrefix, decodePrefixes, type IpPrefix } from './ip-prefix.ts';

function decode(hex: string, family: Family = IPV4_UNICAST, addPath = false): IpPrefix[] | undefined {
  const bytes = fromHex(hex);
  return decodePrefixes(bytes, 0, bytes.length, family, addPath);
}

function encode(prefixes: readonly IpPrefix[], addPath = false): string {
  const out = new ByteWriter();
  for (const prefix of prefixes) appendTypedNlri(out, prefix, addPath);
  return toHex(out.take());
}

for (const [title, family, hex, prefixes] of [
  ['RFC 4271 §4.3: whole octets', IPV4_UNICAST, '18c00002', ['192.0.2.0/24']],
  ['RFC 4271 §4.3: a part of an octet', IPV4_UNICAST, '14c63390', ['198.51.144.0/20']],
  ['RFC 4271 §4.3: the default route has no octets', IPV4_UNICAST, '00', ['0.0.0.0/0']],
  ['RFC 4271 §4.3: one bit', IPV4_UNICAST, '0180', ['128.0.0.0/1']],
  ['RFC 4271 §4.3: a host', IPV4_UNICAST, '20c0000201', ['192.0.2.1/32']],
  ['RFC 4271 §4.3: several', IPV4_UNICAST, '080a10c0a820c0000201', ['10.0.0.0/8', '192.168.0.0/16', '192.0.2.1/32']],
  ['RFC 4760 §5: IPv6', IPV6_UNICAST, '2020010db8 00', ['2001:db8::/32', '::/0']],
  ['RFC 4760 §5: an IPv6 host', IPV6_UNICAST, `8020010db8${'00'.repeat(11)}01`, ['2001:db8::1/128']],
] as const) {
  test(`${title}, both ways`, () => {
    const got = decode(hex, family);
    assert.deepEqual(
      got,
      prefixes.map((prefix) => ({ type: 'ip-prefix', family, prefix })),
    );
    assert.equal(encode(got!), toHex(fromHex(hex)));
  });
}

test('RFC 4271 §4.3: bits after the prefix mean nothing, and are not passed on', () => {
  const got = decode('14c633ff');
  assert.equal(got?.[0]?.prefix, '198.51.240.0/20');
  assert.equal(encode(got), '14c633f0');
});

test('RFC 7911 §3: a path identifier before each', () => {
  const got = decode('00000001 18c00002 ffffffff 00', IPV4_UNICAST, true);
  assert.deepEqual(
    got?.map(({ prefix, pathIdentifier }) => [prefix, pathIdentifier]),
    [
      ['192.0.2.0/24', 1],
      ['0.0.0.0/0', 0xffff_ffff],
    ],
  );
  assert.equal(encode(got, true), '0000000118c00002ffffffff00');
});

test('a prefix without an identifier is written with 0 where the session has them', () => {
  assert.equal(encode([{ type: 'ip-prefix', family: IPV4_UNICAST, prefix: '10.0.0.0/8' }], true), '00000000080a');
});

for (const [title, hex, family, addPath] of [
  ['a length of 33', '21c000020000', IPV4_UNICAST, false],
  ['a length of 129', `81${'00'.repeat(17)}`, IPV6_UNICAST, false],
  ['an octet that is missing', '18c000', IPV4_UNICAST, false],
  ['a path identifier that is cut', '000000', IPV4_UNICAST, true],
  ['a path identifier and nothing else', '00000001', IPV4_UNICAST, true],
] as const) {
  test(`RFC 7606 §5.3: ${title} makes the field unreadable`, () => {
    assert.equal(decode(hex, family, addPath), undefined);
    const bytes = fromHex(hex);
    assert.ok(!prefixesAreWhole(bytes, 0, bytes.length, 8 * addressOctets(family), addPath));
  });
}

test('the families whose NLRI are plain prefixes', () => {
  for (const afi of [Afi.Ipv4, Afi.Ipv6]) {
    for (const safi of [Safi.Unicast, Safi.Multicast]) assert.equal(familyCodec(makeFamily(afi, safi))?.type, 'ip-prefix');
    assert.notEqual(familyCodec(makeFamily(afi, Safi.MplsVpn))?.type, 'ip-prefix');
  }
  assert.equal(familyCodec(makeFamily(Afi.L2vpn, Safi.Unicast)), undefined);
});

for (const [text, canonical] of [
  ['192.0.2.1/24', '192.0.2.0/24'],
  ['2001:DB8:0::1/33', '2001:db8::/33'],
  ['::ffff:192.0.2.1/128', '::ffff:192.0.2.1/128'],
  ['0.0.0.0/0', '0.0.0.0/0'],
] as const) {
  test(`RFC 5952: ${text} is ${canonical}`, () => assert.equal(canonicalPrefix(text), canonical));
}

for (const text of [
  '',
  '192.0.2.0',
  '192.0.2.0/33',
  '192.0.2/24',
  '192.0.2.0/',
  '192.0.2.0/-1',
  '192.0.2.0/24/24',
  '2001:db8::/129',
  '::/ 0',
]) {
  test(`"${text}" is no prefix, and the error shows one`, () => {
    assert.throws(() => canonicalPrefix(text), { name: 'ValueError', message: /e\.g\. "(192\.0\.2\.0\/24|2001:db8::\/32)"/ });
  });
}

test('a prefix of the other family cannot be written', () => {
  assert.throws(() => encode([{ type: 'ip-prefix', family: IPV4_UNICAST, prefix: '2001:db8::/32' }]), ValueError);
});

test('property: any octets are whole exactly if they decode, and what decodes comes back', () => {
  // Lengths that fit, mostly.
  const octet = fc.oneof(fc.integer({ min: 0, max: 33 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      fc.array(octet, { maxLength: 24 }),
      fc.constantFrom(IPV4_UNICAST, IPV6_UNICAST),
      fc.boolean(),
      fc.nat(3),
      (list, family, addPath, before) => {
        const bytes = Uint8Array.from([...Array.from({ length: before }, () => 0xff), ...list, 0xff]);
        const end = before + list.length;
        const got = decodePrefixes(bytes, before, end, family, addPath);
        assert.equal(got !== undefined, prefixesAreWhole(bytes, before, end, 8 * addressOctets(family), addPath));
        if (got === undefined) return;
        assert.deepEqual(decode(encode(got, addPath), family, addPath), got);
        for (const { prefix } of got) assert.equal(canonicalPrefix(prefix), prefix);
      },
    ),
    { seed: 4271, numRuns: 10_000 },
  );
});
