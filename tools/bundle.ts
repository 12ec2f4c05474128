/**
 * The second half of `npm run build`: makes tsbgpd, tsbgp and exabgp one minified ESM file each (tsbgp two: `tsbgp exabgp` is beside the rest).
 * start.js replaces the file that tsc wrote; bin.js, a few lines that an old Node can read too, imports it. One file starts faster and needs less memory than a few hundred (numbers in
 * packages/daemon/README.md). koffi is not bundled: it is native and optional. The licenses of the bundled packages are beside the bundle.
 *
 *     node tools/bundle.ts            all programs
 *     node tools/bundle.ts daemon     one program, by its folder below packages/
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { build, type Metafile, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
const named = process.argv.slice(2);
/** What bin.ts may import, by package: the name of the output, and its source. */
const FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  daemon: { start: 'daemon/src/start.ts' },
  // exabgp.js is loaded by `tsbgp exabgp` alone, so that other commands start as fast as without it.
  cli: { start: 'cli/src/start.ts', 'start-exabgp': 'cli/src/start-exabgp.ts', exabgp: 'exabgp/src/index.ts' },
  exabgp: { start: 'exabgp/src/start.ts' },
};
const programs = named.length > 0 ? named : ['daemon', 'cli', 'exabgp'];

/** Leaves the import of what is a file beside this one. */
function beside(filter: RegExp, path: (found: string) => string): Plugin {
  return { name: 'beside', setup: ({ onResolve }) => onResolve({ filter }, ({ path: found }) => ({ path: path(found), external: true })) };
}

/** Bundled CommonJS (pino) loads modules of Node with `require`, which an ESM file does not have. */
const REQUIRE = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

for (const name of programs) {
  const folder = join(root, 'packages', name, 'dist');
  const bin = join(folder, 'bin.js');
  const inputs: Metafile['inputs'] = {};
  const outfiles: string[] = [];
  for (const [output, source] of Object.entries(FILES[name] ?? {})) {
    const outfile = join(folder, `${output}.js`);
    const { metafile } = await build({
      absWorkingDir: root,
      metafile: true,
      entryPoints: [join(root, 'packages', source)],
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
      plugins: [beside(/^@tsbgp\/exabgp$/, () => './exabgp.js')],
      banner: { js: REQUIRE },
      logLevel: 'warning',
    });
    Object.assign(inputs, metafile.inputs);
    outfiles.push(outfile);
  }
  await build({
    entryPoints: [join(root, 'packages', name, 'src/bin.ts')],
    outfile: bin,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node14.8',
    plugins: [beside(/^\.\/start[a-z-]*\.ts$/, (found) => found.replace(/\.ts$/, '.js'))],
    logLevel: 'warning',
  });
  chmodSync(bin, 0o755);
  // The source maps are those of the files that tsc wrote.
  for (const file of [...outfiles, bin]) rmSync(`${file}.map`, { force: true });
  const licenses = join(folder, 'third-party-licenses.txt');
  writeFileSync(licenses, thirdPartyLicenses({ inputs }));
  const started = spawnSync(process.execPath, [bin, '--version'], { encoding: 'utf8' });
  if (started.status !== 0) throw new Error(`${bin} does not start:\n${started.stderr}`);
  for (const file of outfiles) {
    console.log(`${relative(root, file)}  ${(statSync(file).size / 1024).toFixed(0)} KiB  ${started.stdout.split('\n')[0]!.trim()}`);
  }
  console.log(`${relative(root, bin)}  what an old Node reads first`);
  console.log(`${relative(root, licenses)}  of the packages inside it`);
}

/** The license texts of the packages in a bundle, as the licenses require. */
function thirdPartyLicenses({ inputs }: Pick<Metafile, 'inputs'>): string {
  const folders = new Set(Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<string, string>;
    const files = readdirSync(join(root, folder)).filter((file) => /^(?:licen[cs]e|notice)/i.test(file));
    const wordings = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...wordings].join('\n\n');
  });
  return `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
