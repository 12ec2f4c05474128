/**
 * The second half of `npm run build`: makes tsbgpd and tsbgp one minified ESM file each. start.js replaces the file that tsc wrote; bin.js, a few
 * lines that an old Node can read too, imports it. One file starts faster and needs less memory than a few hundred (numbers in
 * packages/daemon/README.md). koffi is not bundled: it is native and optional. The licenses of the bundled packages are beside the bundle.
 *
 *     node tools/bundle.ts            both programs
 *     node tools/bundle.ts daemon     one program, by its folder below packages/
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { build, type Metafile } from 'esbuild';

const root = join(import.meta.dirname, '..');
const named = process.argv.slice(2);
const programs = (named.length > 0 ? named : ['daemon', 'cli']).map((name) => ({
  entry: join(root, 'packages', name, 'src/start.ts'),
  first: join(root, 'packages', name, 'src/bin.ts'),
  outfile: join(root, 'packages', name, 'dist/start.js'),
  bin: join(root, 'packages', name, 'dist/bin.js'),
}));

/** Bundled CommonJS (pino) loads modules of Node with `require`, which an ESM file does not have. */
const REQUIRE = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

for (const { entry, first, outfile, bin } of programs) {
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    // Names are used in stack traces and in `error.name`.
    keepNames: true,
    legalComments: 'none',
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    conditions: ['tsbgp-source'],
    // Development tools of dependencies are not shipped.
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
  // The source maps are those of the files that tsc wrote.
  for (const file of [outfile, bin]) rmSync(`${file}.map`, { force: true });
  const licenses = join(dirname(outfile), 'third-party-licenses.txt');
  writeFileSync(licenses, thirdPartyLicenses(metafile));
  const started = spawnSync(process.execPath, [bin, '--version'], { encoding: 'utf8' });
  if (started.status !== 0) throw new Error(`${bin} does not start:\n${started.stderr}`);
  console.log(`${relative(root, outfile)}  ${(statSync(outfile).size / 1024).toFixed(0)} KiB  ${started.stdout.trim()}`);
  console.log(`${relative(root, bin)}  what an old Node reads first`);
  console.log(`${relative(root, licenses)}  of the packages inside it`);
}

/** The license texts of the packages in a bundle, as the licenses require. */
function thirdPartyLicenses({ inputs }: Metafile): string {
  const folders = new Set(Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<string, string>;
    const files = readdirSync(join(root, folder)).filter((file) => /^(?:licen[cs]e|notice)/i.test(file));
    const wordings = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...wordings].join('\n\n');
  });
  return `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
