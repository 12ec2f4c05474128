import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteWriter, fromHex, toHex } from '../bytes.ts';
import { DEFAULT_CONTEXT, type WireContext } from '../context.ts';
import { ValueError } from '../fault.ts';
import { asPath, asPathLength } from './as-path.ts';

function octets(text: string): string {
  const out = new ByteWriter();
  asPath.encode(out, asPath.parse(text), DEFAULT_CONTEXT);
  return toHex(out.take());
}

test('the four kinds of segment have each its text and octets', () => {
  assert.equal(octets('1 2 {3 4} (5) [6]'), '02020000000100000002' + '01020000000300000004' + '030100000005' + '040100000006');
});

for (const text of ['', '65001', '1 2 | 3', '{1 2}', '1 (2) 3', '(1) {2} [3 4] 5 | 6', '4294967295']) {
  test(`"${text}" reads as it is written`, () => assert.equal(asPath.format(asPath.parse(text)), text));
}

for (const [text, same] of [
  ['1,2', '1 2'],
  ['{ 1, 2 }', '{1 2}'],
  ['1.10 2', '65546 2'],
] as const) {
  test(`"${text}" is "${same}"`, () => assert.equal(asPath.format(asPath.parse(text)), same));
}

for (const text of ['0', '4294967296', '{1', '1}', '{}', '(1]', '| 1', 'x', '1.65536', '{1 {2}}']) {
  test(`"${text}" is refused`, () => assert.throws(() => asPath.parse(text), ValueError));
}

test('RFC 4271 §4.3: a sequence of more than 255 ASes is written as several, and reads as one text', () => {
  const asns = Array.from({ length: 300 }, (_, i) => i + 1);
  const out = new ByteWriter();
  asPath.encode(out, [{ type: 'sequence', asns }], DEFAULT_CONTEXT);
  const bytes = out.take();
  assert.equal(asPath.check(bytes, 0, bytes.length, DEFAULT_CONTEXT), undefined);
  const value = asPath.decode(bytes, 0, bytes.length, DEFAULT_CONTEXT);
  assert.deepEqual(
    value.map((segment) => segment.asns.length),
    [255, 45],
  );
  assert.equal(asPath.format(value), asns.join(' '));
  assert.deepEqual(asPath.parse(asns.join(' ')), value);
});

test('RFC 4271 §9.1.2.2 a, RFC 5065 §5.3: a set counts as one, confederation segments do not count', () => {
  assert.equal(asPathLength(asPath.parse('1 2 {3 4} (5 6) [7]')), 3);
});

test('RFC 5065 §5: segments of a confederation are malformed from outside it, and only then', () => {
  const bytes = fromHex('0301 0000fde9');
  const check = (context: WireContext) => asPath.check(bytes, 0, bytes.length, context);
  const fault = check(DEFAULT_CONTEXT);
  assert.deepEqual([fault?.action, fault?.code, fault?.subcode], ['withdraw', 3, 11]);
  assert.equal(check({ ...DEFAULT_CONTEXT, confederation: true }), undefined);
  assert.equal(check({ ...DEFAULT_CONTEXT, peerType: 'ibgp' }), undefined);
});

for (const hex of ['', '0201 0000fde9', '0401 0000fde9', '0201 0000fde9 0301 0000fdea']) {
  test(`RFC 5065 §5: "${hex}" is malformed from another AS of the confederation: it begins with no AS_CONFED_SEQUENCE`, () => {
    const bytes = fromHex(hex);
    const check = (context: WireContext) => asPath.check(bytes, 0, bytes.length, context);
    const fault = check({ ...DEFAULT_CONTEXT, confederation: true });
    assert.deepEqual([fault?.action, fault?.code, fault?.subcode], ['withdraw', 3, 11]);
    assert.equal(check({ ...DEFAULT_CONTEXT, peerType: 'ibgp', confederation: true }), undefined);
  });
}
