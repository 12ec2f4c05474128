import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, equalBytes, fromHex, readU16, readU24, readU32, readU64, toHex, writeU16, writeU32 } from './bytes.ts';

test('RFC 4271 §4: numbers are in network order', () => {
  const out = new ByteWriter(1);
  out.u8(0x01);
  out.u16(0x0203);
  out.u24(0x040506);
  out.u32(0xfffefdfc);
  out.u64(0x1020_3040_5060_7080n);
  const bytes = out.take();
  assert.equal(toHex(bytes), '01 0203 040506 fffefdfc 1020304050607080'.replaceAll(' ', ''));
  assert.deepEqual([readU16(bytes, 1), readU24(bytes, 3), readU32(bytes, 6)], [0x0203, 0x040506, 0xfffefdfc]);
  assert.equal(readU64(bytes, 10), 0x1020_3040_5060_7080n);
});

test('lengths are written before what they count is known', () => {
  const out = new ByteWriter();
  out.counted16(() => {
    out.u8(0xaa);
    out.counted8(() => out.zeros(3));
  });
  assert.equal(toHex(out.take()), '0005aa03000000');
});

test('a writer grows, and gives a copy', () => {
  const out = new ByteWriter(2);
  out.raw(fromHex('0102030405'), 1, 4);
  const bytes = out.take();
  out.patchU8(0, 0xff);
  out.patchU16(1, 0xeeee);
  assert.deepEqual([toHex(bytes), toHex(out.take())], ['020304', 'ffeeee']);
});

test('hexadecimal text may have white space and colons', () => {
  assert.deepEqual(fromHex('00:0C 29\nfF'), Uint8Array.of(0x00, 0x0c, 0x29, 0xff));
  assert.throws(() => fromHex('012'), { name: 'RangeError', message: /odd number of digits: 3/ });
  assert.throws(() => fromHex('0g'), { name: 'RangeError', message: /"g" at digit 2/ });
});

test('octets are equal when all are', () => {
  assert.ok(equalBytes(fromHex('0102'), fromHex('0102')));
  assert.ok(!equalBytes(fromHex('0102'), fromHex('0103')));
  assert.ok(!equalBytes(fromHex('0102'), fromHex('010200')));
});

test('property: what is written is read, at any offset', () => {
  fc.assert(
    fc.property(fc.nat(9), fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xffff_ffff }), (at, small, large) => {
      const bytes = new Uint8Array(16);
      writeU16(bytes, at, small);
      writeU32(bytes, at + 2, large);
      assert.deepEqual([readU16(bytes, at), readU32(bytes, at + 2)], [small, large]);
      assert.deepEqual(fromHex(toHex(bytes, at, at + 6)), bytes.slice(at, at + 6));
    }),
  );
});
