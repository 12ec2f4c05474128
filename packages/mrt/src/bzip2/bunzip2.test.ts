/** What `bzip2` packs, we unpack; damage gives an error after what could be unpacked. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Bzip2Error, bunzip2 } from './bunzip2.ts';

/** "hello, hello, hello\n", packed by bzip2 1.0.8. */
const HELLO = Buffer.from('QlpoOTFBWSZTWctS5WcAAAVRAAAQQAQCRKAAISQxCGAvGETHFReLuSKcKEhlqXKzgA==', 'base64');

const hasBzip2 = spawnSync('bzip2', ['--help']).status === 0;
const skip = !hasBzip2 && 'there is no bzip2';

function pack(bytes: Uint8Array, ...args: string[]): Uint8Array {
  return spawnSync('bzip2', ['-c', ...args], { input: bytes, maxBuffer: 64 << 20 }).stdout;
}

async function unpack(...chunks: readonly Uint8Array[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bunzip2(chunks)) parts.push(part);
  return Buffer.concat(parts);
}

/** Octets that no compression makes shorter, the same in every run. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24);
}

for (const [what, bytes] of [
  ['nothing', new Uint8Array(0)],
  ['one octet', Uint8Array.of(7)],
  ['runs of each length around the count', Buffer.concat([1, 2, 3, 4, 5, 6, 255, 258, 259, 260, 600].map((n, i) => Buffer.alloc(n, i)))],
  ['text', Buffer.from('the quick brown fox jumps over the lazy dog\n'.repeat(30_000))],
  ['noise of two blocks', noise(1_000_000)],
  ['many blocks of one octet', new Uint8Array(60 << 20)],
] as const) {
  for (const level of ['-1', '-9']) {
    test(`${what}, packed with bzip2 ${level}`, { skip }, async () => {
      assert.ok((await unpack(pack(bytes, level))).equals(Buffer.from(bytes)));
    });
  }
}

test('streams after each other are one, wherever chunks are cut', { skip }, async () => {
  const parts = [noise(700_000), Buffer.from('second'), noise(1_900_000)];
  const packed = Buffer.concat(parts.map((part) => pack(part)));
  const whole = Buffer.concat(parts);
  for (const size of [packed.length, 1 << 20, 77_777]) {
    const chunks = Array.from({ length: Math.ceil(packed.length / size) }, (_, i) => packed.subarray(i * size, (i + 1) * size));
    assert.ok((await unpack(...chunks)).equals(whole), `chunks of ${size}`);
  }
});

test('a cut-off file gives the whole blocks, then an error; so does a changed octet', { skip }, async () => {
  const packed = pack(noise(1_500_000), '-1');
  for (const [damaged, reason] of [
    [packed.subarray(0, packed.length - 20), /ends within a block/],
    [Buffer.concat([packed.subarray(0, 1_400_000), Uint8Array.of(packed[1_400_000]! ^ 0x10), packed.subarray(1_400_001)]), /./],
  ] as const) {
    let length = 0;
    await assert.rejects(
      async () => {
        for await (const part of bunzip2([damaged])) length += part.length;
      },
      (error) => error instanceof Bzip2Error && reason.test(error.message),
    );
    assert.ok(length > 1_000_000 && length < 1_500_000, String(length));
  }
});

test('a few octets, packed', async () => {
  assert.equal((await unpack(HELLO)).toString(), 'hello, hello, hello\n');
});

test('what is no bzip2 is said to be none', async () => {
  await assert.rejects(unpack(Buffer.from('BZip2 is not this')), /this is no bzip2/);
  await assert.rejects(unpack(Buffer.concat([HELLO, Buffer.from('garbage')])), Bzip2Error);
});
