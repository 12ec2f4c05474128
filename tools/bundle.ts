/**
 * `npm run build`, second half: tsbgpd and tsbgp as one minified ESM file each, start.js, over the one that tsc wrote, and the few
 * lines that import it, bin.js, which an old Node can read too. One file starts faster and holds less memory than a few hundred (numbers in packages/daemon/README.md).
 * koffi stays outside: it is native and optional.
 *
 *     node tools/bundle.ts            what exists of the two
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const programs = ['daemon', 'cli'].map((name) => ({
  name,
  entry: join(root, 'packages', name, 'src/start.ts'),
  first: join(root, 'packages', name, 'src/bin.ts'),
  outfile: join(root, 'packages', name, 'dist/start.js'),
  bin: join(root, 'packages', name, 'dist/bin.js'),
}));

/** CommonJS inside (pino) asks for Node's own modules through `require`, which an ESM file does not have. */
const REQUIRE = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

for (const { name, entry, first, outfile, bin } of programs) {
  if (!existsSync(entry)) {
    console.log(`${name}: no src/start.ts, skipped`);
    continue;
  }
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    // Names stand in stack traces and in `error.name`.
    keepNames: true,
    legalComments: 'none',
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    conditions: ['tsbgp-source'],
    // Development extras of ink and friends are not shipped.
    external: ['koffi', 'react-devtools-core'],
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
  await build({
    entryPoints: [first],
    outfile: bin,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node14.8',
    plugins: [
      { name: 'start', setup: ({ onResolve }) => onResolve({ filter: /^\.\/start\.ts$/ }, () => ({ path: './start.js', external: true })) },
    ],
    logLevel: 'warning',
  });
  chmodSync(bin, 0o755);
  const started = spawnSync(process.execPath, [bin, '--version'], { encoding: 'utf8' });
  if (started.status !== 0) throw new Error(`${bin} does not start:\n${started.stderr}`);
  console.log(`${name}: ${(statSync(outfile).size / 1024).toFixed(0)} KiB, ${started.stdout.trim()}`);
}
