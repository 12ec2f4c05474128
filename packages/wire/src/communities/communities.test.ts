import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MEANINGS } from '../../test/neutral-communities.ts';
import { loadVectors } from '../../test/shared.ts';
import { UPDATE_AREAS } from '../../test/vectors/nlri.ts';
import { fromHex, toHex } from '../bytes.ts';
import { ValueError } from '../fault.ts';
import {
  decodeExtendedCommunity,
  type ExtendedCommunity,
  encodeExtendedCommunity,
  formatExtendedCommunity,
  parseExtendedCommunity,
} from './extended.ts';
import type { PartValue } from './extended-parts.ts';
import { EXTENDED_COMMUNITIES } from './extended-registry.ts';
import { decodeIpv6ExtendedCommunity, formatIpv6ExtendedCommunity, parseIpv6ExtendedCommunity } from './ipv6-extended.ts';
import { formatLargeCommunity, parseLargeCommunity } from './large.ts';
import { formatCommunity, parseCommunity } from './standard.ts';

const EXAMPLES: readonly (readonly [title: string, hex: string, text: string])[] = [
  ['RFC 4360 §4: route target, two-octet AS', '0002 fde8 00000064', 'rt:65000:100'],
  ['RFC 4360 §4: route target, IPv4 address', '0102 c0000201 0064', 'rt:192.0.2.1:100'],
  ['RFC 5668 §2: route target, four-octet AS', '0202 00030d40 0064', 'rt:200000:100'],
  ['RFC 5668 §2: a small AS number in the four-octet form', '0202 00000064 0005', 'rt:100L:5'],
  ['RFC 4360 §5: route origin', '0003 fde8 00000007', 'ro:65000:7'],
  ['RFC 6514 §7: source AS', '0009 fde8 00000000', 'source-as:65000:0'],
  ['RFC 6514 §7: VRF route import', '010b c0000201 0007', 'vrf-route-import:192.0.2.1:7'],
  ['RFC 9012 §4.3: color', '030b 0000 00000064', 'color:0:100'],
  ['RFC 9012 §4.1: encapsulation', '030c 00000000 0008', 'encapsulation:8'],
  ['RFC 7432 §7.8: default gateway', '030d 000000000000', 'default-gateway'],
  ['RFC 7432 §7.7: MAC mobility', '0600 01 00 00000003', 'mac-mobility:sticky:3'],
  ['RFC 7432 §7.5: ESI label', '0601 01 0000 007d21', 'esi-label:single-active:32033'],
  ['RFC 7432 §7.6: ES-Import route target', '0602 000c29aabbcc', 'es-import:00-0c-29-aa-bb-cc'],
  ["RFC 9135 §8.1: EVPN Router's MAC", '0603 000c29aabbcc', 'router-mac:00-0c-29-aa-bb-cc'],
  ['RFC 8214 §3.1: layer 2 attributes', '0604 0006 05dc 0000', 'layer2-attributes:primary+control-word:1500'],
  ['RFC 7432, a flag without a name is kept', '0600 81 00 00000003', 'mac-mobility:sticky+bit-128:3'],
  ['RFC 8955 §7.1: traffic rate in bytes', '8006 fde8 3fa00000', 'rate-bytes:65000:1.25'],
  ['RFC 8955 §7.3: traffic action', '8007 0000000000 03', 'traffic-action:terminal+sample'],
  ['RFC 8955 §7.4: redirect, two-octet AS', '8008 12e5 00000064', 'redirect:4837:100'],
  ['RFC 8955 §7.4: redirect, IPv4 address', '8108 c0000201 0064', 'redirect:192.0.2.1:100'],
  ['RFC 8955 §7.4: redirect, four-octet AS', '8208 00030d40 0064', 'redirect:200000:100'],
  ['RFC 8955 §7.5: traffic marking', '8009 0000000000 2e', 'mark:46'],
  ['redirect to an address, with a copy', '0800 7f000001 0001', 'redirect-to-ip:127.0.0.1:copy'],
  ['interface set', '0702 0000fde8 4007', 'interface-set:65000:in/7'],
  ['link bandwidth', '4004 0001 447a0000', 'link-bandwidth:1:1000'],
  ['link bandwidth that needs many digits', '4004 0001 4abebc21', 'link-bandwidth:1:6250000.5'],
  ['RFC 8097 §2: origin validation state', '4300 0000000000 02', 'origin-validation-state:2'],
  ['MUP', '0c00 000a 0000000a', 'mup:10:10'],
  ['RFC 4577 §4.2.4: OSPF domain identifier', '0005 fde8 00000001', 'ospf-domain-id:65000:1'],
  ['RFC 4577 §4.2.6: OSPF route type', '0306 00000001 03 00', 'ospf-route-type:0.0.0.1:3:0'],
  ['RFC 4577 §4.2.6: OSPF router identifier', '0107 c0000201 0000', 'ospf-router-id:192.0.2.1:0'],
  ['cost', '0301 80 01 00000064', 'cost:128:1:100'],
  ['RT-derived', '0215 00030d40 0001', 'rt-derived:200000:1'],
  ['RFC 4360 §2: a regular type has seven octets of value', '04 10 01 00 002e 2e 00', 'qos-marking:remarking:1:0:46:46:0'],
  ['not transitive, and named apart', '44 00 01 00 002e 2e 00', 'qos-marking-non-transitive:none:1:0:46:46:0'],
  ['CoS capability', '05 c0 000000000000', 'cos-capability:best-effort+expedited-forwarding'],
  ['RFC 8955 §7.2: traffic rate in packets', '800c fde8 00000000', 'rate-packets:65000:0'],
  ['RFC 8584 §2.2, RFC 9785 §3: DF election by preference', '0606 02 0000 00 7fff', 'df-election:2:0:32767'],
  ['security group', '8004 fde8 00000007', 'security-group:65000:7'],
  ['local color mapping', '031b 0000 00000064', 'local-color-mapping:100'],
  ['a type nobody registered', '9001 0203 04050607', '0x9001020304050607'],
  ['a subtype nobody registered', '00ff 0203 04050607', '0x00ff020304050607'],
  ['RFC 8097 §2: reserved octets that are not zero are kept', '4300 aabbccddee 00', 'origin-validation-state:reserved=0xaabbccddee:0'],
  ['a rate that is no number is kept', '8006 fde8 7fc00001', '0x8006fde87fc00001'],
  ['a rate of minus zero is kept', '8006 fde8 80000000', '0x8006fde880000000'],
];

for (const [title, hex, text] of EXAMPLES) {
  test(`${title}, both ways`, () => {
    const bytes = fromHex(hex);
    assert.equal(formatExtendedCommunity(bytes), text);
    assert.deepEqual(parseExtendedCommunity(text), bytes);
    assert.deepEqual(encodeExtendedCommunity(decodeExtendedCommunity(bytes)), bytes);
  });
}

test('an extended community is a structure with named fields', () => {
  assert.deepEqual(decodeExtendedCommunity(fromHex('060001000000 0003')), {
    name: 'mac-mobility',
    type: 6,
    subtype: 0,
    fields: { flags: ['sticky'], sequence: 3 },
  });
  assert.deepEqual(decodeExtendedCommunity(fromHex('9001020304050607')), {
    name: 'unknown',
    type: 0x90,
    subtype: 1,
    bytes: fromHex('9001020304050607'),
  });
});

for (const text of [
  '',
  'rt',
  'rt:',
  'rt:1',
  'rt:1:2:3',
  'rt:65536:65536',
  'rt:100L:65536',
  'rt:65536L:1',
  'rt:192.0.2.1:65536',
  'rt:192.0.2:1',
  'rt:-1:1',
  'rt:1.5:1',
  'nobody:1:2',
  '0x00',
  'es-import:00-0c-29-aa-bb',
  'rate-bytes:1:nan',
  'rate-bytes:1:1e99',
  'mac-mobility:sticky+loose:3',
  'default-gateway:1',
]) {
  test(`"${text}" is no extended community, and the error shows one`, () => {
    assert.throws(() => parseExtendedCommunity(text), { name: 'ValueError', message: /e\.g\. "rt:65000:100"/ });
  });
}

test('fields of the wrong kind are refused', () => {
  const rt = (fields: Record<string, PartValue>) => encodeExtendedCommunity({ name: 'rt', type: 0, subtype: 2, fields });
  assert.throws(() => rt({ as: 65_536, value: 1 }), ValueError);
  assert.throws(() => rt({ as: 1 }), ValueError);
  assert.throws(() => encodeExtendedCommunity({ name: 'ro', type: 0, subtype: 2, fields: { as: 1, value: 1 } }), ValueError);
  assert.throws(() => encodeExtendedCommunity({ name: 'unknown', type: 0, subtype: 2, bytes: new Uint8Array(7) }), ValueError);
});

test('property: eight octets of every registered type and of any other come back from text and from structure', () => {
  const rows = fc.constantFrom(...EXTENDED_COMMUNITIES).map(({ type, subtype = 0 }) => [type, subtype]);
  const any = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }));
  const rest = fc.oneof(
    fc.uint8Array({ minLength: 6, maxLength: 6 }),
    // Mostly zeros: the parts that must be zero are, now and then.
    fc.tuple(...Array.from({ length: 6 }, () => fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 255 })))),
  );
  fc.assert(
    fc.property(fc.oneof(rows, any), rest, (head, tail) => {
      const bytes = Uint8Array.from([...head, ...tail]);
      assert.deepEqual(parseExtendedCommunity(formatExtendedCommunity(bytes)), bytes);
      assert.deepEqual(encodeExtendedCommunity(decodeExtendedCommunity(bytes)), bytes);
    }),
    { seed: 4360, numRuns: 20_000 },
  );
});

test('every row of the table fills eight octets, and has its own code', () => {
  const codes = new Set<string>();
  for (const { type, subtype, name, parts } of EXTENDED_COMMUNITIES) {
    assert.equal(
      Object.values(parts).reduce((sum, part) => sum + part.octets, 0),
      subtype === undefined ? 7 : 6,
      name,
    );
    codes.add(`${type}/${subtype}`);
  }
  assert.equal(codes.size, EXTENDED_COMMUNITIES.length);
  assert.ok(EXTENDED_COMMUNITIES.length >= 97, 'rows do not get fewer');
});

test('RFC 1997, RFC 8326, RFC 7999: well-known communities by name, others as two numbers', () => {
  for (const [value, text] of [
    [0xffff_ff01, 'no-export'],
    [0xffff_0000, 'graceful-shutdown'],
    [0xffff_029a, 'blackhole'],
    [0xffff_0006, 'llgr-stale'],
    [0xfde8_0064, '65000:100'],
    [0, '0:0'],
    [0xffff_ffff, '65535:65535'],
  ] as const) {
    assert.equal(formatCommunity(value), text);
    assert.equal(parseCommunity(text), value);
  }
  assert.equal(parseCommunity('NO-EXPORT'), 0xffff_ff01);
  assert.equal(parseCommunity('65535:65281'), 0xffff_ff01);
});

for (const text of ['', '1', '65536:1', '1:65536', '1:2:3', 'no-such', '-1:1', 'a:b', '1: 2']) {
  test(`"${text}" is no community`, () => assert.throws(() => parseCommunity(text), { name: 'ValueError', message: /e\.g\. "65000:100"/ }));
}

test('RFC 8092 §5: large communities are three numbers', () => {
  const value = { globalAdministrator: 4_294_967_295, localData1: 0, localData2: 7 };
  assert.equal(formatLargeCommunity(value), '4294967295:0:7');
  assert.deepEqual(parseLargeCommunity('4294967295:0:7'), value);
});

for (const text of ['', '1:2', '1:2:3:4', '4294967296:0:0', '1:-1:2', 'a:b:c']) {
  test(`"${text}" is no large community`, () =>
    assert.throws(() => parseLargeCommunity(text), { name: 'ValueError', message: /e\.g\. "65000:1:2"/ }));
}

for (const [title, hex, text] of [
  ['RFC 5701 §3: route target', `0002 20010db8${'00'.repeat(11)}01 0064`, 'rt:[2001:db8::1]:100'],
  ['RFC 6515 §3: VRF route import', `000b 20010db8${'00'.repeat(11)}01 0000`, 'vrf-route-import:[2001:db8::1]:0'],
  ['RFC 8956 §6.1: redirect', `000d 20010db8${'00'.repeat(11)}01 0064`, 'redirect:[2001:db8::1]:100'],
  ['an IPv4-mapped address', `0003 ${'00'.repeat(10)}ffffc0000201 0001`, 'ro:[::ffff:192.0.2.1]:1'],
  ['a subtype nobody registered', `0077 ${'01'.repeat(18)}`, `0x0077${'01'.repeat(18)}`],
  ['a type that is not transitive', `4002 ${'01'.repeat(18)}`, `0x4002${'01'.repeat(18)}`],
] as const) {
  test(`${title}, of IPv6, both ways`, () => {
    assert.equal(formatIpv6ExtendedCommunity(fromHex(hex)), text);
    assert.equal(toHex(parseIpv6ExtendedCommunity(text)), toHex(fromHex(hex)));
  });
}

test('an IPv6 extended community is a structure with named fields', () => {
  assert.deepEqual(decodeIpv6ExtendedCommunity(parseIpv6ExtendedCommunity('rt:[2001:db8::1]:100')), {
    name: 'rt',
    type: 0,
    subtype: 2,
    fields: { address: '2001:db8::1', value: 100 },
  });
  for (const text of ['', 'rt', 'rt:2001:db8::1:100', 'rt:[192.0.2.1]:1', 'rt:[2001:db8::1]:65536', '0x00']) {
    assert.throws(() => parseIpv6ExtendedCommunity(text), { name: 'ValueError', message: /e\.g\. "rt:\[2001:db8::1\]:100"/ });
  }
});

/** Vectors that are not met, and why. */
const NOT_MET: Readonly<Record<string, string>> = {};

/** Octets, structure and text of both kinds, told apart by the count of octets. */
const KINDS: Readonly<Record<number, Kind>> = {
  8: { decode: decodeExtendedCommunity, format: formatExtendedCommunity, parse: parseExtendedCommunity },
  20: { decode: decodeIpv6ExtendedCommunity, format: formatIpv6ExtendedCommunity, parse: parseIpv6ExtendedCommunity },
};

interface Kind {
  readonly decode: (bytes: Uint8Array) => ExtendedCommunity;
  readonly format: (bytes: Uint8Array) => string;
  readonly parse: (text: string) => Uint8Array;
}

/** Every extended community of the vectors, explained or not, wherever it stands; also those of IPv6, of twenty octets. */
function* communitiesIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Record<string, unknown>;
  if (/^([0-9a-f]{16}|[0-9a-f]{40})$/.test(String(fields['raw'])) && 'type' in fields && 'subtype' in fields) yield fields;
  for (const each of Object.values(fields)) yield* communitiesIn(each);
}

for (const area of UPDATE_AREAS) {
  const vectors = loadVectors(area);
  if (typeof vectors === 'string') {
    test(`extended communities of ${area}`, { skip: vectors }, () => {});
    continue;
  }
  for (const vector of vectors) {
    const found = [...communitiesIn(vector.expect)];
    if (found.length === 0) continue;
    test(`extended communities of ${area}: ${vector.id}`, { todo: NOT_MET[vector.id] }, () => {
      for (const want of found) {
        const bytes = fromHex(String(want['raw']));
        const { decode, format, parse } = KINDS[bytes.length]!;
        const community = decode(bytes);
        assert.deepEqual([community.type, community.subtype ?? bytes[1]], [want['type'], want['subtype']]);
        if (bytes.length === 8) assert.deepEqual(encodeExtendedCommunity(community), bytes);
        assert.deepEqual(parse(format(bytes)), bytes);
        for (const [key, meaning] of Object.entries(MEANINGS)) {
          if (!(key in want)) continue;
          assert.ok('fields' in community, `${key} is not known`);
          assert.deepEqual(meaning(community.fields), want[key], key);
        }
      }
    });
  }
}
