import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadVectors } from '../../test/shared.ts';
import { fromHex, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT } from '../context.ts';
import { IPV4_UNICAST } from '../family.ts';
import { Fault, ValueError } from '../fault.ts';
import { KEEPALIVE } from './keepalive.ts';
import { decodeMessage, encodeMessage, type Message } from './message.ts';
import { notification } from './notification.ts';

const MARKER = 'ff'.repeat(16);

const EXAMPLES: readonly (readonly [hex: string, message: Message])[] = [
  [`${MARKER}001304`, KEEPALIVE],
  [`${MARKER}0017030302 4001`.replace(' ', ''), notification(3, 2, fromHex('4001'))],
  [`${MARKER}00170500010001`, { type: 'route-refresh', family: IPV4_UNICAST, subtype: 0 }],
  [`${MARKER}001906ffff00020a0b`, { type: 'operational', code: 65_535, bytes: fromHex('0a0b') }],
  [
    `${MARKER}0021 01 04 fde9 005a c0000201 04 02020200`.replaceAll(' ', ''),
    {
      type: 'open',
      version: 4,
      as: 65_001,
      holdTimeSeconds: 90,
      bgpIdentifier: '192.0.2.1',
      capabilities: [{ type: 'route-refresh' }],
      otherParameters: [],
    },
  ],
];

for (const [hex, message] of EXAMPLES) {
  test(`RFC 4271 §4: ${message.type} with its header, both ways`, () => {
    const bytes = fromHex(hex);
    assert.deepEqual(decodeMessage(bytes, 0, bytes.length, DEFAULT_CONTEXT), message);
    assert.equal(toHex(encodeMessage(message, DEFAULT_CONTEXT)), hex);
  });

  test(`${message.type} in the midst of other octets`, () => {
    const bytes = fromHex(`abcd${hex}abcd`);
    assert.deepEqual(decodeMessage(bytes, 2, bytes.length - 2, DEFAULT_CONTEXT), message);
  });

  test(`${message.type} cut at every octet is 1/2, and so is one octet too many`, () => {
    const bytes = fromHex(`${hex}00`);
    for (let end = 0; end <= bytes.length; end++) {
      if (end === bytes.length - 1) continue;
      const got = decodeMessage(bytes, 0, end, DEFAULT_CONTEXT);
      assert.ok(got instanceof Fault);
      assert.deepEqual([got.action, got.code, got.subcode], ['reset', 1, 2]);
    }
  });
}

test('RFC 8654 §4: above 4096 octets only where it was agreed, never an OPEN', () => {
  const long = notification(6, 0, new Uint8Array(5000));
  assert.throws(() => encodeMessage(long, DEFAULT_CONTEXT), ValueError);
  const extended = { ...DEFAULT_CONTEXT, extendedMessage: true };
  const bytes = encodeMessage(long, extended);
  assert.deepEqual(decodeMessage(bytes, 0, bytes.length, extended), long);
  assert.ok(decodeMessage(bytes, 0, bytes.length, DEFAULT_CONTEXT) instanceof Fault);
  const capabilities = Array.from({ length: 20 }, () => ({ type: 'unknown' as const, code: 200, bytes: new Uint8Array(250) }));
  const open = {
    type: 'open' as const,
    version: 4,
    as: 1,
    holdTimeSeconds: 0,
    bgpIdentifier: '1.1.1.1',
    capabilities,
    otherParameters: [],
  };
  assert.throws(() => encodeMessage(open, extended), ValueError);
});

test('property: any body under any type decodes or faults, and what decodes decodes again when written', () => {
  const message = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.uint8Array({ maxLength: 60 })).map(([type, body]) => {
    const length = 19 + body.length;
    return Uint8Array.from([...new Uint8Array(16).fill(0xff), length >>> 8, length & 0xff, type, ...body]);
  });
  fc.assert(
    fc.property(message, fc.boolean(), (bytes, lenient) => {
      const got = decodeMessage(bytes, 0, bytes.length, DEFAULT_CONTEXT, { lenient });
      if (got instanceof Fault || got.type === 'update') return; // update.test.ts holds UPDATE
      const again = encodeMessage(got, DEFAULT_CONTEXT);
      assert.deepEqual(decodeMessage(again, 0, again.length, DEFAULT_CONTEXT, { lenient }), got);
    }),
    { seed: 4271, numRuns: 3000 },
  );
});

const corpus = loadVectors('robustness');
if (typeof corpus === 'string') {
  test('vectors: robustness', { skip: corpus }, () => {});
} else {
  for (const vector of corpus) {
    test(`vector robustness: ${vector.id}: every message in it decodes or faults`, () => {
      const bytes = fromHex(vector.hex);
      for (const extendedMessage of [false, true]) {
        const context = { ...DEFAULT_CONTEXT, extendedMessage, fourOctetAs: vector.context?.four_octet_as ?? true };
        for (let at = 0; at + 19 <= bytes.length; ) {
          const length = Math.max((bytes[at + 16]! << 8) | bytes[at + 17]!, 19);
          decodeMessage(bytes, at, Math.min(at + length, bytes.length), context);
          at += length;
        }
      }
    });
  }
}
