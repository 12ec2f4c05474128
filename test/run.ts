/**
 * `npm test`: runs the test files of all packages and of this folder with node:test.
 *
 *     node test/run.ts                        all test files, the long tests in their short form
 *     node test/run.ts --full                 only the files with long tests, in their full form (scale.ts)
 *     node test/run.ts [OPTION|FILE]...       options of `node --test`; files or patterns instead of all test files
 *
 * Two things differ from a plain `node --test`. First, one more test file runs than there are cores, because many tests wait for a timer or a
 * socket. (node:test leaves one core free: on two cores that is one file at a time.) Second, compiled code is cached, because the hundred processes
 * compile nearly the same modules: 115 s of processor time instead of 140 s. With --full one core stays free, because long tests measure delays.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { FULL_VARIABLE } from './scale.ts';
import { ROOT } from './workspace.ts';

const PATTERNS = ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'];

const full = process.argv.includes('--full');
const given = process.argv.slice(2).filter((argument) => argument !== '--full');
const options = given.filter((argument) => argument.startsWith('-'));
const files = given.filter((argument) => !argument.startsWith('-'));
if (files.length === 0) files.push(...(full ? longFiles() : PATTERNS));

/** Milliseconds for one file, far more than any needs: a test that hangs must not take the time of all others. */
const timeout = full ? 900_000 : 300_000;

const concurrency = Math.max(1, availableParallelism() + (full ? -1 : 1));
const child = spawn(
  process.execPath,
  [
    '--conditions=tsbgp-source',
    '--test',
    '--test-reporter=spec',
    `--test-timeout=${timeout}`,
    `--test-concurrency=${concurrency}`,
    ...options,
    ...files,
  ],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(ROOT, 'node_modules', '.cache', 'compiled'),
      ...(full ? { [FULL_VARIABLE]: '1' } : {}),
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});

/** The test files with a short and a long form: those that import scale.ts. */
function longFiles(): string[] {
  const files = globSync(PATTERNS, { cwd: ROOT }).filter((file) =>
    /from '(?:\.\.?\/)+(?:test\/)?scale\.ts'/.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  if (files.length === 0) throw new Error('no test file imports scale.ts');
  return files;
}
