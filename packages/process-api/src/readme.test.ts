import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

test('the README runs', () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const args = ['--conditions=tsbgp-source', '--input-type=module-typescript', '--eval', code!];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: import.meta.dirname });
  assert.equal(stderr, '');
  assert.match(stdout, /^192\.0\.2\.1 \d\nfound "198\.51\.100\.0\/33".+\n$/);
});

test('the folders that the README names are there', () => {
  const folders = [...readme.slice(readme.indexOf('## Where things are')).matchAll(/`([a-z]+)\/`/g)].map(([, folder = '']) => folder);
  assert.equal(folders.length, 6);
  for (const folder of folders) if (folder !== 'src') assert.ok(existsSync(join(import.meta.dirname, folder)), folder);
});
