import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '@tsbgp/wire';
import { readHexText } from './hex-text.ts';

const KEEPALIVES = 'ffffffffffffffffffffffffffffffff001304'.repeat(2);

function read(text: string): string {
  const result = readHexText(text);
  return 'bytes' in result ? toHex(result.bytes) : `! ${result.reason}`;
}

for (const [title, text] of [
  ['digits', KEEPALIVES],
  ['digits in lines', KEEPALIVES.replace(/.{30}/g, '$&\n')],
  ['0x and commas', KEEPALIVES.replace(/../g, '0x$&, ')],
  ['colons', KEEPALIVES.replace(/..(?!$)/g, '$&:')],
  ['escapes', KEEPALIVES.replace(/../g, '\\x$&')],
  ['an array of C, as xxd -i writes it', `unsigned char a[] = {\n${KEEPALIVES.replace(/../g, '0x$&, ')}\n};\nunsigned int a_len = 38;\n`],
  [
    'hexdump -C',
    '00000000  ff ff ff ff ff ff ff ff  ff ff ff ff ff ff ff ff  |................|\n' +
      '00000010  00 13 04 ff ff ff ff ff  ff ff ff ff ff ff ff ff  |................|\n00000020  ff ff ff 00 13 04                                 |......|\n00000026\n',
  ],
  [
    'xxd',
    '00000000: ffff ffff ffff ffff ffff ffff ffff ffff  ................\n' +
      '00000010: 0013 04ff ffff ffff ffff ffff ffff ffff  ................\n00000020: ffff ff00 1304                           ......\n',
  ],
  [
    'od -tx1, octal offsets',
    '0000000 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff\n0000020 00 13 04 ff ff ff ff ff ff ff ff ff ff ff ff ff\n0000040 ff ff ff 00 13 04\n0000046\n',
  ],
  [
    'Wireshark, with characters that look like digits',
    '0000   ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff   ab cd ef 12 34 56\n' +
      '0010   00 13 04 ff ff ff ff ff ff ff ff ff ff ff ff ff   ................\n0020   ff ff ff 00 13 04                                 ......\n',
  ],
  [
    'tcpdump -X',
    '\t0x0000:  ffff ffff ffff ffff ffff ffff ffff ffff  ................\n' +
      '\t0x0010:  0013 04ff ffff ffff ffff ffff ffff ffff  ................\n\t0x0020:  ffff ff00 1304                           ......\n',
  ],
] as const) {
  test(`octets as text: ${title}`, () => {
    assert.equal(read(text), KEEPALIVES);
  });
}

test('lines that hexdump -C leaves out with * come back', () => {
  const text = '00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n00000030  01\n00000031\n';
  assert.equal(read(text), `${'00'.repeat(48)}01`);
});

test('one line of Wireshark', () => {
  assert.equal(read('0000   ff 00 13 04                                       ....'), 'ff001304');
});

test('digits in groups of four that begin with zeros are no dump', () => {
  assert.equal(read('0000 0014 4001 0100'), '0000001440010100');
  assert.equal(read('0000 0014\n4001 0100\n'), '0000001440010100');
});

test('words in the order of the machine are refused, and lines that do not follow each other', () => {
  assert.match(read('0000000 ffff ffff ffff ffff ffff ffff ffff ffff\n0000010 1300 0004\n0000014\n'), /^! line 1: words of two octets/);
  assert.match(read('00000000  ff ff  |..|\n00000010  00 13  |..|\n'), /^! line 1: 16 octets/);
});

test('what is no text of octets says why', () => {
  assert.equal(read('hello'), '! found "h"');
  assert.equal(read('fff'), '! 3 digits, of which an even number is needed');
  assert.equal(read(''), '! nothing there');
});
