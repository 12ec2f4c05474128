import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, toHex } from '../bytes.ts';
import { headerFault, writeHeader } from './header.ts';
import { keepaliveBytes } from './keepalive.ts';

function header(length: number, type: number): Uint8Array {
  const bytes = new Uint8Array(19);
  writeHeader(bytes, 0, length, type);
  return bytes;
}

function verdict(bytes: Uint8Array, extendedMessage = false): string | undefined {
  const fault = headerFault(bytes, 0, extendedMessage);
  return fault && `${fault.action} ${fault.code}/${fault.subcode} ${toHex(fault.data)}`;
}

test('RFC 4271 §4.1: a header', () => {
  assert.equal(toHex(keepaliveBytes()), `${'ff'.repeat(16)}001304`);
  assert.equal(verdict(keepaliveBytes()), undefined);
});

test('RFC 4271 §6.1: a marker of anything but ones is 1/1 without data, at each octet', () => {
  for (let i = 0; i < 16; i++) {
    const bytes = keepaliveBytes();
    bytes[i] = 0xfe;
    assert.equal(verdict(bytes), 'reset 1/1 ');
  }
});

/** Type, smallest and largest length, and the largest of RFC 8654. */
const BOUNDS = [
  ['OPEN', 1, 29, 4096, 4096],
  ['UPDATE', 2, 23, 4096, 65_535],
  ['NOTIFICATION', 3, 21, 4096, 65_535],
  ['KEEPALIVE', 4, 19, 19, 19],
  ['ROUTE-REFRESH', 5, 19, 4096, 65_535],
  ['OPERATIONAL', 6, 23, 4096, 65_535],
] as const;

for (const [name, type, min, max, extendedMax] of BOUNDS) {
  test(`RFC 4271 §6.1, RFC 8654 §4: ${name} has ${min} to ${max} octets, extended ${extendedMax}; else 1/2 with the length`, () => {
    for (const length of [min, max]) assert.equal(verdict(header(length, type)), undefined);
    assert.equal(verdict(header(extendedMax, type), true), undefined);
    const bad = (length: number) => `reset 1/2 ${length.toString(16).padStart(4, '0')}`;
    assert.equal(verdict(header(min - 1, type)), bad(min - 1));
    assert.equal(verdict(header(max + 1, type)), bad(max + 1));
    if (extendedMax < 65_535) assert.equal(verdict(header(extendedMax + 1, type), true), bad(extendedMax + 1));
  });
}

test('RFC 4271 §6.1: an unknown type is 1/3 with the type', () => {
  for (const type of [0, 7, 255]) assert.equal(verdict(header(19, type)), `reset 1/3 ${toHex(Uint8Array.of(type))}`);
});

test('RFC 4271 §6.1: marker, then length, then type', () => {
  assert.equal(verdict(fromHex(`${'ff'.repeat(16)}ffff00`)), 'reset 1/2 ffff');
  assert.equal(verdict(fromHex(`${'ff'.repeat(15)}00ffff00`)), 'reset 1/1 ');
});
