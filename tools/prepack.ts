/**
 * `npm pack` and `npm publish` run this first, in the folder of the package, so that they ship what the sources say now, or fail.
 *
 * 1. dist/ is written again from nothing, so that it has no files of deleted sources; for programs with the bundle.
 * 2. The LICENSE of the repository is copied beside package.json, where npm looks for it. (Git ignores the copy.)
 * 3. Each file that package.json names must exist.
 *
 * All output goes to standard error: standard output belongs to `npm pack`, which prints the name of the file.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';

const ROOT = join(import.meta.dirname, '..');
const folder = process.cwd();
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string; exports: object; bin?: Record<string, string> };

rmSync('dist', { recursive: true, force: true });
for (const file of globSync('tsconfig*.tsbuildinfo')) rmSync(file);
run(join(ROOT, 'node_modules/.bin/tsc'), '-b', folder);
if (manifest.bin !== undefined) run(join(ROOT, 'tools/bundle.ts'), basename(folder));
copyFileSync(join(ROOT, 'LICENSE'), 'LICENSE');

const missing = [...targets(manifest.exports), ...targets(manifest.bin ?? {})].filter((path) => !path.includes('*') && !existsSync(path));
if (missing.length > 0) fail(`package.json names files that do not exist: ${missing.join(', ')}`);

function run(script: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`${basename(script)} failed`);
}

function fail(why: string): never {
  console.error(`${manifest.name} is not packed: ${why}`);
  process.exit(1);
}

/** All paths in `exports` or `bin`, for all conditions. */
function targets(value: unknown): string[] {
  return typeof value === 'string' ? [value] : Object.values(value as object).flatMap(targets);
}
