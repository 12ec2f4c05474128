import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { IPV4_UNICAST, IPV6_UNICAST, makeFamily } from '../family.ts';
import { Fault, ValueError } from '../fault.ts';
import { decodeCapabilities, encodeCapability, formatCapability, parseCapability } from './capabilities.ts';
import { CAPABILITIES, type Capability, capabilityCodec } from './registry.ts';

const SEED = { seed: 65_001 };

function decodeOne(hex: string): Capability {
  const got = decodeCapabilities(fromHex(hex));
  assert.ok(!(got instanceof Fault), got instanceof Fault ? got.reason : '');
  assert.equal(got.length, 1);
  return got[0]!;
}

/** Octets, value and text of one capability each. */
const EXAMPLES: readonly (readonly [hex: string, value: Capability, text: string])[] = [
  ['010400010001', { type: 'multiprotocol', family: IPV4_UNICAST }, 'multiprotocol ipv4-unicast'],
  ['01040002ff01', { type: 'multiprotocol', family: IPV6_UNICAST, reserved: 255 }, 'multiprotocol ipv6-unicast:255'],
  ['0104000900c8', { type: 'multiprotocol', family: makeFamily(9, 200) }, 'multiprotocol afi-9/safi-200'],
  ['0200', { type: 'route-refresh' }, 'route-refresh'],
  ['8000', { type: 'route-refresh-cisco' }, 'route-refresh-cisco'],
  [
    '03090001000102 4003 8001'.replaceAll(' ', ''),
    {
      type: 'outbound-route-filtering',
      families: [
        {
          family: IPV4_UNICAST,
          types: [
            { orfType: 64, receive: true, send: true },
            { orfType: 128, receive: true, send: false },
          ],
        },
      ],
    },
    'outbound-route-filtering ipv4-unicast:64=both:128=receive',
  ],
  [
    '8207 0001000101 8002'.replaceAll(' ', ''),
    { type: 'outbound-route-filtering-cisco', families: [{ family: IPV4_UNICAST, types: [{ orfType: 128, receive: false, send: true }] }] },
    'outbound-route-filtering-cisco ipv4-unicast:128=send',
  ],
  [
    '0506000100010002',
    { type: 'extended-next-hop', tuples: [{ family: IPV4_UNICAST, nextHopAfi: 2 }] },
    'extended-next-hop ipv4-unicast:ipv6',
  ],
  ['0600', { type: 'extended-message' }, 'extended-message'],
  ['0703080001', { type: 'bgpsec', version: 0, direction: 'send', afi: 1 }, 'bgpsec 0 send afi-1'],
  [
    '08040002040d',
    { type: 'multiple-labels', families: [{ family: makeFamily(2, 4), count: 13 }] },
    'multiple-labels ipv6-labeled-unicast:13',
  ],
  ['090103', { type: 'role', role: 3 }, 'role customer'],
  ['0901ff', { type: 'role', role: 255 }, 'role 255'],
  [
    '4006c07800010180',
    {
      type: 'graceful-restart',
      restartState: true,
      notification: true,
      restartTimeSeconds: 120,
      families: [{ family: IPV4_UNICAST, forwarding: true }],
    },
    'graceful-restart 120 restart-state notification ipv4-unicast:forwarding',
  ],
  [
    '4006307800010181',
    {
      type: 'graceful-restart',
      restartState: false,
      notification: false,
      restartTimeSeconds: 120,
      families: [{ family: IPV4_UNICAST, forwarding: true, reserved: 1 }],
      reserved: 3,
    },
    'graceful-restart 120 reserved=3 ipv4-unicast:forwarding:reserved=1',
  ],
  ['4104fffffffe', { type: 'four-octet-as', as: 4_294_967_294 }, 'four-octet-as 4294967294'],
  ['4200', { type: 'dynamic-deprecated', codes: [] }, 'dynamic-deprecated'],
  ['43020102', { type: 'dynamic', codes: [1, 2] }, 'dynamic 1 2'],
  ['44028001', { type: 'multisession', grouping: true, codes: [1] }, 'multisession grouping 1'],
  ['830100', { type: 'multisession-cisco', grouping: false, codes: [] }, 'multisession-cisco'],
  [
    '450800010103 00020101'.replaceAll(' ', ''),
    {
      type: 'add-path',
      families: [
        { family: IPV4_UNICAST, receive: true, send: true },
        { family: IPV6_UNICAST, receive: true, send: false },
      ],
    },
    'add-path ipv4-unicast:both ipv6-unicast:receive',
  ],
  ['4600', { type: 'enhanced-route-refresh' }, 'enhanced-route-refresh'],
  [
    '470700010180015180',
    { type: 'long-lived-graceful-restart', families: [{ family: IPV4_UNICAST, forwarding: true, staleTimeSeconds: 86_400 }] },
    'long-lived-graceful-restart ipv4-unicast:86400:forwarding',
  ],
  ['49070272310361 2e62'.replaceAll(' ', ''), { type: 'fqdn', hostname: 'r1', domain: 'a.b' }, 'fqdn "r1" "a.b"'],
  ['4a00', { type: 'bfd-strict' }, 'bfd-strict'],
  ['4b0403612062', { type: 'software-version', version: 'a b' }, 'software-version "a b"'],
  ['4c050001010008', { type: 'paths-limit', families: [{ family: IPV4_UNICAST, limit: 8 }] }, 'paths-limit ipv4-unicast:8'],
  ['4d00', { type: 'link-local-next-hop' }, 'link-local-next-hop'],
  ['b900', { type: 'operational' }, 'operational'],
  ['c8020a0b', { type: 'unknown', code: 200, bytes: fromHex('0a0b') }, 'unknown 200 0a0b'],
  ['c800', { type: 'unknown', code: 200, bytes: new Uint8Array(0) }, 'unknown 200'],
];

for (const [hex, value, text] of EXAMPLES) {
  test(`capability ${text}`, () => {
    assert.deepEqual(decodeOne(hex), value);
    assert.equal(toHex(encodeCapability(value)), hex);
    assert.equal(formatCapability(value), text);
    assert.deepEqual(parseCapability(text), value);
  });
}

test('every registered capability has an example, a code and a type of its own', () => {
  assert.equal(CAPABILITIES.length, 25); // a ratchet: a new one comes with its example
  assert.equal(new Set(CAPABILITIES.map((codec) => codec.code)).size, CAPABILITIES.length);
  const shown = new Set(EXAMPLES.map(([, value]) => value.type));
  for (const codec of CAPABILITIES) assert.ok(shown.has(codec.type), codec.type);
});

for (const codec of CAPABILITIES) {
  test(`property: ${codec.type}: any octets decode or are refused; what decodes comes back as octets and as text`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const value = codec.decode(bytes, 0, bytes.length);
        if (value === undefined) return;
        const out = new ByteWriter();
        codec.encode(out, value);
        assert.equal(toHex(out.take()), toHex(bytes));
        assert.deepEqual(parseCapability(formatCapability(value)), value);
      }),
      { ...SEED, numRuns: 2000 },
    );
  });
}

test('property: any octets as a list of capabilities decode or fault, and what decodes comes back', () => {
  const capability = fc
    .tuple(fc.constantFrom(...CAPABILITIES.map((codec) => codec.code), 200), fc.uint8Array({ maxLength: 12 }))
    .map(([code, value]) => [code, value.length, ...value]);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.array(capability).map((list) => Uint8Array.from(list.flat())),
      ),
      (bytes) => {
        const got = decodeCapabilities(bytes);
        if (got instanceof Fault) {
          assert.deepEqual([got.action, got.code, got.subcode], ['reset', 2, 0]);
          return;
        }
        assert.equal(got.map((each) => toHex(encodeCapability(each))).join(''), toHex(bytes));
        assert.deepEqual(
          got.map((each) => parseCapability(formatCapability(each))),
          got,
        );
      },
    ),
    SEED,
  );
});

test('RFC 4271 §6.2: a capability that the session hangs on is 2/0 when malformed', () => {
  for (const hex of ['01020001', '4102fde8', '4100', '40010f', '0900', '09020304', '41']) {
    const got = decodeCapabilities(fromHex(hex));
    assert.ok(got instanceof Fault, hex);
    assert.deepEqual([got.action, got.code, got.subcode], ['reset', 2, 0]);
  }
});

test('RFC 7911 §4: ADD-PATH with a direction that is none of 1 to 3 is not understood, and kept', () => {
  assert.deepEqual(decodeOne('450400010104'), { type: 'unknown', code: 69, bytes: fromHex('00010104') });
});

test('a host name that is not UTF-8 is kept as octets', () => {
  assert.deepEqual(decodeOne('490401ff0161'), { type: 'unknown', code: 73, bytes: fromHex('01ff0161') });
});

test('text that is no capability is refused with what is allowed', () => {
  for (const text of [
    '',
    'nonsense',
    'four-octet-as x',
    'four-octet-as 4294967296',
    'add-path ipv4-unicast:up',
    'unknown 300',
    'unknown 3 0g',
    'role',
    'route-refresh 1',
  ]) {
    assert.throws(() => parseCapability(text), ValueError, text);
  }
});

test('a value of more than 255 octets is refused', () => {
  assert.throws(() => encodeCapability({ type: 'unknown', code: 200, bytes: new Uint8Array(256) }), ValueError);
  assert.throws(() => encodeCapability({ type: 'fqdn', hostname: 'a'.repeat(200), domain: 'b'.repeat(100) }), ValueError);
});

test('a codec is found by its code', () => {
  assert.equal(capabilityCodec(69)?.type, 'add-path');
  assert.equal(capabilityCodec(200), undefined);
});
