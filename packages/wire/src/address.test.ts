import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressBytes, formatAddress, formatIpv6, parseAddress, parseIpv4, parseIpv6 } from './address.ts';
import { fromHex, toHex } from './bytes.ts';

for (const [section, hex, text] of [
  ['dotted quad', 'c0000201', '192.0.2.1'],
  ['RFC 5952 §4.2.1: zeros are shortened as much as they can be', '20010db8000000000000000000000001', '2001:db8::1'],
  ['RFC 5952 §4.2.2: one group of zeros stays', '20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
  ['RFC 5952 §4.2.3: the longer run', '20010000000000010000000000000001', '2001:0:0:1::1'],
  ['RFC 5952 §4.2.3: the first of two runs as long', '20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
  ['RFC 5952 §4.3: lower case', '20010db8000000000000000000abcdef', '2001:db8::ab:cdef'],
  ['RFC 5952 §5: IPv4-mapped', '00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
  ['all zeros', '00000000000000000000000000000000', '::'],
  ['zeros at the end', '20010db8000000000000000000000000', '2001:db8::'],
  ['no zeros', '00010002000300040005000600070008', '1:2:3:4:5:6:7:8'],
] as const) {
  test(`${section}, both ways: ${text}`, () => {
    const bytes = fromHex(hex);
    assert.equal(formatAddress(bytes), text);
    assert.deepEqual(parseAddress(text), bytes);
  });
}

for (const [text, hex] of [
  ['2001:DB8:0:0:0:0:0:1', '20010db8000000000000000000000001'],
  ['1:2:3:4:5:6:192.0.2.1', '000100020003000400050006c0000201'],
  ['64:ff9b::192.0.2.1', '0064ff9b0000000000000000c0000201'],
  ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
] as const) {
  test(`RFC 4291 §2.2: ${text} is read`, () => assert.equal(toHex(parseIpv6(text)!), hex));
}

for (const text of ['', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.4 ', '1.2.3.-4', '0x1.2.3.4', '1.2.3.4/24']) {
  test(`"${text}" is no IPv4 address`, () => assert.equal(parseIpv4(text), undefined));
}

for (const text of [
  '',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4::5:6:7:8',
  '12345::',
  'g::',
  '::1%eth0',
  '192.0.2.1::',
  '::192.0.2',
  ':1:2:3:4:5:6:7',
]) {
  test(`"${text}" is no IPv6 address`, () => assert.equal(parseIpv6(text), undefined));
}

test('a wrong address is the caller’s mistake, and the error shows a right one', () => {
  assert.deepEqual(addressBytes('192.0.2.1'), fromHex('c0000201'));
  assert.throws(() => addressBytes('192.0.2'), { name: 'ValueError', message: /"192\.0\.2" is not .* e\.g\. "192\.0\.2\.1"/ });
});

test('property: every address comes back from its text, and no shorter text is left', () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const bytes = Uint8Array.from(groups.flatMap((each) => [each >>> 8, each & 0xff]));
      const text = formatIpv6(bytes);
      assert.deepEqual(parseIpv6(text), bytes, text);
      assert.ok(text.includes('::') || !/(^|:)0:0(:|$)/.test(text), text);
    }),
    { seed: 5952, numRuns: 3000 },
  );
});
