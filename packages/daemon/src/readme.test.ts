import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

test('the README runs, and prints what it says', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const args = ['--conditions=tsbgp-source', '--input-type=module-typescript', '--eval', code!];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: import.meta.dirname });
  assert.equal(stderr, '');
  const lines = stdout.split('\n');
  assert.deepEqual(lines.slice(0, 2), ['65546', '0']);
  const [, promised] = / {2}\/\/ (my\.yaml.*)/.exec(code!)!;
  assert.equal(lines[2], promised);
  assert.match(stdout, /tsbgp_neighbor_up\{neighbor="192\.0\.2\.1"\} 1\n/);
});
