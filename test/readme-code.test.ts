/**
 * The TypeScript in the READMEs of the packages type checks against the packages as they are. That it also runs is tested in each package,
 * which knows what the example needs.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packages, ROOT } from './workspace.ts';

test('every package has a README with a title', () => {
  for (const { name, folder } of packages()) {
    const file = join(folder, 'README.md');
    assert.ok(existsSync(file), `packages/${name}/README.md is missing`);
    assert.match(readFileSync(file, 'utf8'), /^# \S/, `packages/${name}/README.md begins with its title`);
  }
});

test('the ```ts code of the READMEs type checks', () => {
  // Below the repository, so that the packages are found as a user's program finds them.
  const folder = join(ROOT, 'build', `readme-code-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const files = packages().flatMap(({ name, folder: packageFolder }) => {
      const readme = join(packageFolder, 'README.md');
      if (!existsSync(readme)) return [];
      return [...readFileSync(readme, 'utf8').matchAll(/^```ts(?: no-run)?\n([\s\S]*?)^```/gm)].map(([, code = ''], index) => {
        const file = `${name}-${index + 1}.ts`;
        writeFileSync(join(folder, file), `${code}\nexport {};\n`);
        return file;
      });
    });
    const tsconfig = {
      extends: '../../tsconfig.base.json',
      compilerOptions: {
        noEmit: true,
        composite: false,
        isolatedDeclarations: false,
        types: ['node'],
        skipLibCheck: true,
        declarationMap: false,
      },
      files,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    if (files.length === 0) return;
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
    // Errors in the packages' own sources are left to `npm run check`. An error without a place, such as a missing file, is ours.
    const problems = (stdout + stderr).split('\n').filter((line) => /^([\w-]+-\d+\.ts\(|error )/.test(line));
    assert.deepEqual(problems, []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
