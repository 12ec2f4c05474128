/** docs/reference is up to date with the docstrings, and every export of a library has one. Needs no build. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './workspace.ts';

test('docs/reference is up to date and leaves nothing out', { timeout: 120_000 }, () => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'tools', 'reference', 'write.ts'), '--check'], { encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.equal(status, 0);
});
