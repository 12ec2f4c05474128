import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf, splitWords } from './words.ts';

test('words are cut as a shell would, and nothing is expanded', () => {
  assert.deepEqual(splitWords('  a  b\tc '), ['a', 'b', 'c']);
  assert.deepEqual(splitWords(`--as-path "65001 65002" --x='{1}' a\\ b`), ['--as-path', '65001 65002', '--x={1}', 'a b']);
  assert.deepEqual(splitWords('a "" # the rest is a comment'), ['a', '']);
  assert.deepEqual(splitWords('# all of it'), []);
  assert.deepEqual(splitWords('$(reboot) `reboot` a#b'), ['$(reboot)', '`reboot`', 'a#b']);
  assert.throws(() => splitWords('a "b'), /not closed/);
});

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
