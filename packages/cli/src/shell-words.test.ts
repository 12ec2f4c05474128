import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitWords } from './shell-words.ts';

test('words are cut as a shell would, and nothing is expanded', () => {
  assert.deepEqual(splitWords('  a  b\tc '), ['a', 'b', 'c']);
  assert.deepEqual(splitWords(`--as-path "65001 65002" --x='{1}' a\\ b`), ['--as-path', '65001 65002', '--x={1}', 'a b']);
  assert.deepEqual(splitWords('a "" # the rest is a comment'), ['a', '']);
  assert.deepEqual(splitWords('# all of it'), []);
  assert.deepEqual(splitWords('$(reboot) `reboot` a#b'), ['$(reboot)', '`reboot`', 'a#b']);
  assert.throws(() => splitWords('a "b'), /not closed/);
});
