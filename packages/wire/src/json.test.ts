import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex } from './bytes.ts';
import { DEFAULT_CONTEXT } from './context.ts';
import { toJson } from './json.ts';
import { decodeMessage } from './messages/message.ts';

test('octets are hexadecimal text, numbers of 64 bits decimal text, sets lists, the rest as it is', () => {
  const value = {
    octets: fromHex('00ff'),
    wide: 0xffff_ffff_ffff_ffffn,
    set: new Set([1, 2]),
    list: [fromHex('01'), 'x', true, null],
    nested: { none: undefined, number: 7 },
  };
  assert.deepEqual(toJson(value), {
    octets: '00ff',
    wide: '18446744073709551615',
    set: [1, 2],
    list: ['01', 'x', true, null],
    nested: { none: undefined, number: 7 },
  });
});

test('a message is JSON as a whole', () => {
  const bytes = fromHex(`${'ff'.repeat(16)} 0028 02 0000 000d 40010100 400206 0201 0000fde9 18c00002`.replaceAll(' ', ''));
  const message = decodeMessage(bytes, 0, bytes.length, DEFAULT_CONTEXT);
  assert.deepEqual(JSON.parse(JSON.stringify(toJson(message))), {
    type: 'update',
    withdrawn: [],
    attributes: [
      { type: 'origin', flags: 0x40, value: 'igp' },
      { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: [65_001] }] },
    ],
    nlri: [{ type: 'ip-prefix', family: 257, prefix: '192.0.2.0/24' }],
    fault: { action: 'withdraw', code: 3, subcode: 3, data: '03', reason: 'mandatory attribute 3 is missing' },
  });
});
