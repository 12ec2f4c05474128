/** `npm run build`: writes dist/ of every package with tsc, then the bundles of the programs, and prints the files. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';

const ROOT = join(import.meta.dirname, '..');

run('node_modules/.bin/tsc', '-b');
console.log('Programs, each one file that runs on Node alone:');
run('tools/bundle.ts');
console.log('\nLibraries:');
for (const name of readdirSync(join(ROOT, 'packages')).sort()) {
  const folder = join(ROOT, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; private?: boolean };
  if (manifest.private === true) continue;
  const dist = join(folder, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(dist, file)).isFile());
  console.log(`${relative(ROOT, join(dist, 'index.js'))}  ${manifest.name}, with its types and parts ${files.length} files`);
}

function run(script: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
