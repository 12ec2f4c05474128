import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf } from './lines.ts';

test('lines come out whole however the input is cut, numbered from 1', async () => {
  const text = new TextEncoder().encode('é\r\n\nlast');
  for (let cut = 0; cut <= text.length; cut++) {
    const lines = await Array.fromAsync(linesOf(parts(text.slice(0, cut), text.slice(cut))));
    assert.deepEqual(lines, [
      { number: 1, text: 'é' },
      { number: 2, text: '' },
      { number: 3, text: 'last' },
    ]);
  }
});

async function* parts(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
