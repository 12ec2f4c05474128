import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../bytes.ts';
import { maskAddress, parsePrefix, parsePrefixOrAddress, sharesBits } from './prefix-bits.ts';

for (const [text, address, bits] of [
  ['192.0.2.0/24', 'c0000200', 24],
  ['192.0.2.7/24', 'c0000207', 24],
  ['0.0.0.0/0', '00000000', 0],
  ['192.0.2.1/032', 'c0000201', 32],
  ['2001:DB8::1/32', '20010db8000000000000000000000001', 32],
  ['::/128', '00000000000000000000000000000000', 128],
] as const) {
  test(`"${text}" is a prefix of ${bits} bits`, () => {
    assert.deepEqual(parsePrefix(text), { address: fromHex(address), bits });
    assert.deepEqual(parsePrefixOrAddress(text), { address: fromHex(address), bits });
  });
}

for (const text of [
  '',
  '/',
  '/24',
  '192.0.2.0',
  '192.0.2.0/',
  '192.0.2.0/33',
  '::/129',
  '::/1000',
  '192.0.2.0/24/1',
  '192.0.2.0/-1',
  'fe80::1%e0/64',
]) {
  test(`"${text}" is no prefix`, () => assert.equal(parsePrefix(text), undefined));
}

test('an address alone is the prefix of all its bits, for those who allow it', () => {
  assert.deepEqual(parsePrefixOrAddress('192.0.2.1'), { address: fromHex('c0000201'), bits: 32 });
  assert.deepEqual(parsePrefixOrAddress('::')?.bits, 128);
  assert.equal(parsePrefixOrAddress('192.0.2'), undefined);
  assert.equal(parsePrefixOrAddress('192.0.2.1/33'), undefined);
});

test('maskAddress clears the bits after the prefix, in a copy', () => {
  const address = fromHex('c0ffffff');
  for (const [bits, masked] of [
    [0, '00000000'],
    [1, '80000000'],
    [8, 'c0000000'],
    [11, 'c0e00000'],
    [32, 'c0ffffff'],
  ] as const) {
    assert.equal(toHex(maskAddress(address, bits)), masked);
  }
  assert.equal(toHex(address), 'c0ffffff');
});

test('sharesBits compares only the first bits, from any octet on', () => {
  const [a, b] = [fromHex('c00002ff'), fromHex('20c0000200')];
  assert.ok(sharesBits(a, 0, b, 1, 24));
  assert.ok(!sharesBits(a, 0, b, 1, 25));
  assert.ok(sharesBits(a, 3, b, 4, 0));
  assert.ok(!sharesBits(a, 0, b, 0, 1));
});
