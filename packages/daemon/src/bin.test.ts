/** The first lines of both programs on a Node that is too old for the rest. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { transform } from 'esbuild';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'tsbgp-bin-'));
test.after(() => rmSync(folder, { recursive: true }));

/** The entry of a program as JavaScript, which imports something else. */
function entryOf(packageFolder: string): string {
  const code = stripTypeScriptTypes(readFileSync(join(root, 'packages', packageFolder, 'src/bin.ts'), 'utf8'));
  const file = join(folder, `${packageFolder}.mjs`);
  writeFileSync(file, code.replace("'./start.ts'", "'./started.mjs'"));
  writeFileSync(join(folder, 'started.mjs'), "console.log('started');");
  return file;
}

/** A Node that is older than 22.18, if this machine has one. */
const oldNode = (process.env.PATH ?? '')
  .split(':')
  .map((path) => join(path, 'node'))
  .find((path) => {
    const [, major, minor] = /^v(\d+)\.(\d+)/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '') ?? [];
    return major !== undefined && (Number(major) < 22 || (Number(major) === 22 && Number(minor) < 18));
  });

test('tsbgpd takes USR1 and HUP before it reads the rest: neither opens the inspector or ends a daemon that starts', () => {
  const preload =
    "data:text/javascript,process.on('exit', () => console.log(['SIGUSR1', 'SIGHUP'].map((name) => process.listenerCount(name))))";
  const { stdout } = spawnSync(process.execPath, ['--import', preload, entryOf('daemon')], { encoding: 'utf8' });
  assert.equal(stdout, 'started\n[ 1, 1 ]\n');
});

for (const [packageFolder, name] of [
  ['daemon', 'tsbgpd'],
  ['cli', 'tsbgp'],
] as const) {
  for (const version of ['20.20.2', '22.17.1', '18.0.0', '16.20.2']) {
    test(`${name} on Node ${version}: three lines, exit status 1, nothing of the rest is read`, () => {
      const preload = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', preload, entryOf(packageFolder)], { encoding: 'utf8' });
      assert.deepEqual([status, stdout], [1, '']);
      const lines = stderr.trimEnd().split('\n');
      assert.equal(lines.length, 3, stderr);
      assert.ok(lines[0]!.startsWith(`${name} needs Node 22.18 or newer, this is ${version} (`));
    });
  }

  for (const version of ['22.18.0', '23.0.0', '24.21.0', '26.1.0']) {
    test(`${name} on Node ${version} starts`, () => {
      const preload = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
      const { status, stdout } = spawnSync(process.execPath, ['--import', preload, entryOf(packageFolder)], { encoding: 'utf8' });
      assert.deepEqual([status, stdout], [0, 'started\n']);
    });
  }

  test(`${name}: an old Node reads its first lines`, (t) => {
    if (oldNode === undefined) return t.skip('no old Node here');
    const { status, stderr } = spawnSync(oldNode, [entryOf(packageFolder)], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`^${name} needs Node 22\\.18 or newer, this is \\d+\\.\\d+\\.\\d+ \\(.*\\)\\.\\n.*\\n.*\\n$`));
  });

  test(`${name}: its first lines have no syntax that Node 14.8 does not know`, async () => {
    // esbuild leaves alone what its target knows.
    const code = readFileSync(entryOf(packageFolder), 'utf8');
    const options = { format: 'esm', minifyWhitespace: true, legalComments: 'none' } as const;
    const [old, present] = await Promise.all([
      transform(code, { ...options, target: 'node14.8' }),
      transform(code, { ...options, target: 'esnext' }),
    ]);
    assert.equal(old.code, present.code);
  });
}
