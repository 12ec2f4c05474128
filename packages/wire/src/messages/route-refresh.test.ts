import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, fromHex, readU16, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT } from '../context.ts';
import { IPV4_UNICAST, IPV6_UNICAST } from '../family.ts';
import { Fault, ValueError } from '../fault.ts';
import { encodeMessage } from './message.ts';
import { notificationOf } from './notification.ts';
import { decodeRouteRefreshBody, encodeRouteRefreshBody, type RouteRefreshMessage } from './route-refresh.ts';

function decode(hex: string): RouteRefreshMessage | Fault {
  const bytes = fromHex(hex);
  return decodeRouteRefreshBody(bytes, 0, bytes.length);
}

function encode(message: RouteRefreshMessage): string {
  const out = new ByteWriter();
  encodeRouteRefreshBody(out, message);
  return toHex(out.take());
}

const EXAMPLES: readonly (readonly [title: string, hex: string, message: RouteRefreshMessage])[] = [
  ['RFC 2918 §3: a request', '00010001', { type: 'route-refresh', family: IPV4_UNICAST, subtype: 0 }],
  ['RFC 7313 §3.2: BoRR', '00020101', { type: 'route-refresh', family: IPV6_UNICAST, subtype: 1 }],
  ['RFC 7313 §3.2: EoRR', '00020201', { type: 'route-refresh', family: IPV6_UNICAST, subtype: 2 }],
  [
    'RFC 7313 §5: an unknown subtype decodes, with all octets after it',
    '0001080101',
    { type: 'route-refresh', family: IPV4_UNICAST, subtype: 8, rest: fromHex('01') },
  ],
  [
    'RFC 5292 §3: address prefix filters',
    '00010001 01 40 0015 80 00 00000005 18 20 18 c00002 60 0000000a 00 00 08 0a'.replaceAll(' ', ''),
    {
      type: 'route-refresh',
      family: IPV4_UNICAST,
      subtype: 0,
      orf: {
        whenToRefresh: 'immediate',
        groups: [
          {
            orfType: 64,
            prefixes: [
              { action: 'remove-all' },
              { action: 'add', match: 'permit', sequence: 5, minLength: 24, maxLength: 32, prefix: '192.0.2.0/24' },
              { action: 'remove', match: 'deny', sequence: 10, minLength: 0, maxLength: 0, prefix: '10.0.0.0/8' },
            ],
          },
        ],
      },
    },
  ],
  [
    'RFC 5292 §3: reserved bits, and bits after the prefix, are ignored',
    '00010001 01 40 000c a1 3f 00000005 14 20 14 c0000f'.replaceAll(' ', ''),
    {
      type: 'route-refresh',
      family: IPV4_UNICAST,
      subtype: 0,
      orf: {
        whenToRefresh: 'immediate',
        groups: [
          {
            orfType: 64,
            prefixes: [
              { action: 'remove-all', reserved: 0x21 },
              {
                action: 'add',
                match: 'deny',
                sequence: 5,
                minLength: 20,
                maxLength: 32,
                prefix: '192.0.0.0/20',
                reserved: 0x1f,
                trailingBits: 0xf,
              },
            ],
          },
        ],
      },
    },
  ],
  [
    'RFC 5291 §5: a filter of another type stays octets, deferred',
    '00010001 02 03 0002 0a0b'.replaceAll(' ', ''),
    {
      type: 'route-refresh',
      family: IPV4_UNICAST,
      subtype: 0,
      orf: { whenToRefresh: 'defer', groups: [{ orfType: 3, bytes: fromHex('0a0b') }] },
    },
  ],
  [
    'filters that do not add up stay octets',
    '0001000101400009',
    { type: 'route-refresh', family: IPV4_UNICAST, subtype: 0, rest: fromHex('01400009') },
  ],
];

for (const [title, hex, message] of EXAMPLES) {
  test(title, () => {
    assert.deepEqual(decode(hex), message);
    assert.equal(encode(message), hex);
  });
}

test('RFC 7313 §5: BoRR and EoRR of another length are 7/1 with the complete message', () => {
  for (const body of ['0001010100', '0001020100', '000101']) {
    const got = decode(body);
    assert.ok(got instanceof Fault);
    assert.deepEqual([got.action, got.code, got.subcode], ['reset', 7, 1]);
    assert.equal(toHex(got.data), `${'ff'.repeat(16)}00${(19 + body.length / 2).toString(16)}05${body}`);
  }
});

test('a ROUTE-REFRESH without family is 1/2', () => {
  const got = decode('0001');
  assert.ok(got instanceof Fault);
  assert.deepEqual([got.code, got.subcode, toHex(got.data)], [1, 2, '0015']);
});

test('an IPv6 prefix in a filter of IPv4 is refused', () => {
  const orf = {
    whenToRefresh: 'defer' as const,
    groups: [
      {
        orfType: 64,
        prefixes: [{ action: 'add' as const, match: 'permit' as const, sequence: 1, minLength: 0, maxLength: 0, prefix: '2001:db8::/32' }],
      },
    ],
  };
  assert.throws(() => encode({ type: 'route-refresh', family: IPV4_UNICAST, subtype: 0, orf }), ValueError);
});

test('property: any octets decode or fault, and what decodes comes back', () => {
  const orf = fc
    .tuple(fc.constantFrom(1, 2), fc.constantFrom(64, 128, 3), fc.uint8Array({ maxLength: 30 }))
    .map(([when, type, value]) => Uint8Array.from([0, 1, 0, 1, when, type, 0, value.length, ...value]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 30 }), orf), (bytes) => {
      const got = decodeRouteRefreshBody(bytes, 0, bytes.length);
      if (!(got instanceof Fault)) assert.equal(encode(got), toHex(bytes));
    }),
    { seed: 5291, numRuns: 5000 },
  );
});

test('RFC 7313 §5: of a BoRR that leaves a NOTIFICATION no room, 7/1 carries the beginning', () => {
  for (const length of [4072, 4073, 60_000]) {
    const body = new Uint8Array(length).fill(0xab);
    body.set(fromHex('0001 01 01'));
    const fault = decodeRouteRefreshBody(body, 0, body.length);
    assert.ok(fault instanceof Fault);
    assert.equal(fault.data.length, 4075);
    // The length in its header is the true one.
    assert.equal(readU16(fault.data, 16), 19 + length);
    assert.equal(encodeMessage(notificationOf(fault), DEFAULT_CONTEXT).length, 4096);
  }
});
