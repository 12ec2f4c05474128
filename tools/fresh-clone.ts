/**
 * `npm run test:fresh-clone`: runs `npm ci` and `npm test`, twice, in a new clone of HEAD. Nothing is built in the clone, no folder above it has a
 * node_modules, and changes that are not committed are not part of it.
 *
 * It uses npm and Node of the system, as a new user does: nothing of this repository is on PATH, and no variable of npm or Node is set.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';

const ROOT = join(import.meta.dirname, '..');
const COMMANDS = [['ci'], ['test']];

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:npm_|NODE_|TSBGP_|INIT_CWD$)/i.test(name)));
environment['PATH'] = (environment['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);

const parent = mkdtempSync(join(tmpdir(), 'tsbgp-fresh-'));
const clone = join(parent, 'tsbgp');
process.on('exit', () => rmSync(parent, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const commit = git(ROOT, 'rev-parse', 'HEAD');
git(parent, 'clone', '--quiet', '--no-checkout', ROOT, clone);
git(clone, 'checkout', '--quiet', '--detach', commit);
check();
console.log(`a clone of ${commit.slice(0, 10)}, Node ${say('node', '--version')}, npm ${say('npm', '--version')}`);

for (const round of [1, 2]) {
  for (const args of COMMANDS) {
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync('npm', args, { cwd: clone, env: environment, encoding: 'utf8', maxBuffer: 256 << 20 });
    const counts = [...stdout.matchAll(/^(?:ℹ|#) (pass|fail|skipped) (\d+)$/gm)].map(([, word, count]) => `${count} ${word}`);
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(`${round}: npm ${args.join(' ')}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds} s  ${counts.join(', ')}`);
    if (stderr !== '') console.log(stderr.trimEnd());
    if (status !== 0) {
      const from = stdout.indexOf('failing tests:');
      console.log(from === -1 ? stdout.slice(-4000) : stdout.slice(from, from + 8000));
      process.exit(1);
    }
  }
}

/** Throws if the clone has built files, or a folder above it has a node_modules. */
function check(): void {
  const built = globSync(['node_modules', '**/dist', '**/*.tsbuildinfo'], { cwd: clone });
  if (built.length > 0) throw new Error(`the clone holds what a build makes: ${built.join(', ')}`);
  for (let folder = parent; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules'))) throw new Error(`${folder} above the clone has a node_modules`);
    if (folder === dirname(folder)) return;
  }
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();
}

function say(program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: parent, env: environment, encoding: 'utf8' }).trim();
}
