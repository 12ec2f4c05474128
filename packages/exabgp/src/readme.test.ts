import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OPTIONS } from './env/options.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const guide = readFileSync(new URL('../../../docs/exabgp.md', import.meta.url), 'utf8');

test('the example of the README runs and prints what it says', () => {
  const code = /```ts\n(.+?)```/s.exec(readme)?.[1] ?? '';
  // Below the repository, so that the package is found as a user's program finds it.
  const build = join(import.meta.dirname, '../../../build');
  mkdirSync(build, { recursive: true });
  const folder = mkdtempSync(join(build, 'exabgp-readme-'));
  try {
    writeFileSync(join(folder, 'example.ts'), code);
    const run = (): string[] =>
      execFileSync(process.execPath, ['--conditions=tsbgp-source', join(folder, 'example.ts')], { encoding: 'utf8' }).split('\n');
    const [name = '', update = '', exit = ''] = run();
    assert.match(name, /^neighbor 192\.0\.2\.2 local-ip 192\.0\.2\.1 local-as 65001 peer-as 65002 router-id 192\.0\.2\.1 .+ 1$/);
    assert.match(update, /^F{32}00300200000015.+18C63364$/);
    assert.equal(exit, '0');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the folders that the README names are there, and the settings that the guide names', () => {
  const rows = readme.slice(readme.indexOf('## Where things are'));
  const folders = [...rows.matchAll(/`([a-z]+)\/`/g)].map(([, folder = '']) => folder);
  assert.ok(folders.length >= 7);
  for (const folder of folders) if (folder !== 'src') assert.ok(existsSync(join(import.meta.dirname, folder)), folder);
  for (const [, section = '', option = ''] of guide.matchAll(/`(daemon|log|tcp|bgp|cache|reactor|api|debug|profile)\.([a-z_]+)/g)) {
    assert.ok(Object.hasOwn(OPTIONS[section] ?? {}, option), `${section}.${option}`);
  }
});
