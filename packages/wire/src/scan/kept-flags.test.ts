/** Which bits of a flags octet are kept, and when octets are canonical as they came (RFC 4271 §4.3). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex } from '../bytes.ts';
import { DEFAULT_CONTEXT } from '../context.ts';
import { AttributeScan, keptFlags } from './update-scan.ts';

for (const [flags, kept, what] of [
  [0x40, 0x40, 'well-known'],
  [0x45, 0x40, 'well-known with low bits'],
  [0x60, 0x40, 'well-known with Partial'],
  [0x7f, 0x50, 'well-known with everything, Extended Length is needed to read it'],
  [0xa0, 0x80, 'optional non-transitive with Partial'],
  [0xc0, 0xc0, 'optional transitive'],
  [0xe0, 0xe0, 'optional transitive with Partial'],
  [0xc5, 0xc0, 'optional transitive with low bits'],
  [0xff, 0xf0, 'everything'],
] as const) {
  test(`RFC 4271 §4.3: of flags 0x${flags.toString(16)}, ${what}, 0x${kept.toString(16)} is kept`, () => {
    assert.equal(keptFlags(flags), kept);
  });
}

for (const [first, isCanonical] of [
  ['40010100', true],
  ['45010100', false],
  ['60010100', false],
  ['5001000100', true],
] as const) {
  test(`a block that begins with ORIGIN ${first} is ${isCanonical ? '' : 'not '}canonical as it came`, () => {
    const bytes = fromHex(`${first}4002060201 0000fde9 400304 7f000002 c00804 fde90001`);
    const scan = new AttributeScan();
    scan.scan(bytes, 0, bytes.length, DEFAULT_CONTEXT);
    assert.equal(scan.fault, undefined);
    assert.equal(scan.inOrder, isCanonical);
  });
}
