import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { IPV4_UNICAST } from '../family.ts';
import { Fault, ValueError } from '../fault.ts';
import { decodeOperationalBody, encodeOperationalBody, type OperationalMessage, operationalName } from './operational.ts';

function encode(message: OperationalMessage): string {
  const out = new ByteWriter();
  encodeOperationalBody(out, message);
  return toHex(out.take());
}

const EXAMPLES: readonly (readonly [title: string, hex: string, message: OperationalMessage])[] = [
  ['ADM with text', '0001000500010168 69', { type: 'operational', code: 1, advisory: { family: IPV4_UNICAST, text: 'hi' } }],
  ['ASM that is not UTF-8', '00020004000101ff', { type: 'operational', code: 2, bytes: fromHex('000101ff') }],
  [
    'LPCQ',
    '0007000b 000101 c0000201 00000007',
    { type: 'operational', code: 7, counter: { family: IPV4_UNICAST, routerId: '192.0.2.1', sequence: 7 } },
  ],
  [
    'LPCP with its count',
    '0008000f 000101 c0000201 00000007 00000100',
    { type: 'operational', code: 8, counter: { family: IPV4_UNICAST, routerId: '192.0.2.1', sequence: 7, count: 256 } },
  ],
  ['NS', 'ffff0002 0a0b', { type: 'operational', code: 65_535, bytes: fromHex('0a0b') }],
];

for (const [title, hex, message] of EXAMPLES) {
  test(`draft-ietf-idr-operational-message §3: ${title}`, () => {
    const bytes = fromHex(hex);
    assert.deepEqual(decodeOperationalBody(bytes, 0, bytes.length), message);
    assert.equal(encode(message), toHex(bytes));
  });
}

test('a length that does not fit is 1/2', () => {
  for (const hex of ['', '000100', '00010001', '0001000100ff']) {
    const bytes = fromHex(hex);
    assert.ok(decodeOperationalBody(bytes, 0, bytes.length) instanceof Fault);
  }
});

test('names, and a router identifier that is none', () => {
  assert.equal(operationalName(1), 'ADM');
  assert.equal(operationalName(65_534), 'MP');
  assert.equal(operationalName(77), 'type 77');
  const counter = { family: IPV4_UNICAST, routerId: 'x', sequence: 7 };
  assert.throws(() => encode({ type: 'operational', code: 7, counter }), ValueError);
});

test('property: any octets decode or fault, and what decodes comes back', () => {
  const tlv = fc
    .tuple(fc.integer({ min: 0, max: 14 }), fc.uint8Array({ maxLength: 20 }))
    .map(([code, value]) => Uint8Array.from([0, code, 0, value.length, ...value]));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 30 }), tlv), (bytes) => {
      const got = decodeOperationalBody(bytes, 0, bytes.length);
      if (!(got instanceof Fault)) assert.equal(encode(got), toHex(bytes));
    }),
    { seed: 6, numRuns: 3000 },
  );
});
