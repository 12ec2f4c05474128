/** Runs the code of a package's README as a program of its own, and compares what it prints with the comments behind `console.log`. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from './workspace.ts';

/** A test for each ```ts block of the README. Blocks that need a file or a router begin with ```ts no-run; they are type checked only. */
export function testReadme(name: string): void {
  const folder = join(ROOT, 'packages', name);
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  assert.ok(blocks.length > 0, 'the README has code');
  for (const [i, code] of blocks.entries()) {
    test(`README of ${name}, block ${i + 1}: prints what its comments say`, async () => {
      const args = ['--conditions=tsbgp-source', '--input-type=module-typescript', '--eval', code];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
      const expected = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, comment]) => comment);
      assert.ok(expected.length > 0, 'the block says what it prints');
      assert.deepEqual(stdout.trimEnd().split('\n'), expected);
    });
  }
}
