import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tsbgp } from '../../test/world.ts';

test('watch: a line for each change, in both faces', async () => {
  const { out } = await tsbgp(['watch', '--table', 'received']);
  const [announce, withdraw, lost] = out.split('\n');
  assert.match(announce!, /^\d\d:\d\d:\d\d {2}\+ {2}1\.1\.1\.0\/24 +192\.0\.2\.1 +64501 1299 13335 i$/);
  assert.match(withdraw!, /^\d\d:\d\d:\d\d {2}- {2}1\.1\.1\.0\/24 +192\.0\.2\.1$/);
  assert.match(lost!, /7 changes are missing/);
  const json = (await tsbgp(['watch', '--json', '--limit', '2'])).out.trimEnd().split('\n');
  assert.deepEqual(
    json.map((line) => (JSON.parse(line) as { type: string }).type),
    ['announce', 'withdraw'],
  );
});
