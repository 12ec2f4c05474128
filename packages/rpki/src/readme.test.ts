/** The README's code runs, and prints what its comments say. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
// Below the repository, so that packages are found as a user's program finds them.
const folder = join(import.meta.dirname, '../../../build', `rpki-readme-${process.pid}`);
mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true }));

for (const [index, [, code = '']] of [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].entries()) {
  test(`block ${index + 1} prints what it says`, () => {
    const file = join(folder, `block-${index + 1}.ts`);
    writeFileSync(file, code);
    const { stdout, stderr } = spawnSync(process.execPath, ['--conditions=tsbgp-source', file], { encoding: 'utf8' });
    const printed = [...code.matchAll(/^\/\/ prints: (.*)$/gm)].map(([, line]) => line);
    assert.equal(stderr, '');
    assert.deepEqual(stdout.split('\n').slice(0, -1), printed);
  });
}
