/** @tsbgp/wire has no dependency, uses no Node API, and gives the same answers in a browser. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type BuildResult, build } from 'esbuild';
import { dumpDom, findChromium, PROFILE_PREFIX } from './browser/chromium.ts';
import { results } from './browser/wire-cases.ts';
import { filesBelow, importsOf, packages, ROOT } from './workspace.ts';

const WIRE = join(ROOT, 'packages/wire');
const BROWSER_MILLISECONDS = 60_000;

/** Bounds in KiB, minified and compressed: a little above what the README of the package says. */
const SIZE_MAX = { minified: 190, gzip: 62 };

function bundle(entry: string, format: 'esm' | 'iife'): Promise<BuildResult<{ write: false; metafile: true }>> {
  return build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    absWorkingDir: ROOT,
    minify: true,
    format,
    platform: 'browser',
    target: 'es2024',
    conditions: ['tsbgp-source'],
    logLevel: 'silent',
  });
}

test('package.json of wire names no dependency of any kind', () => {
  const manifest = packages().find(({ name }) => name === 'wire')!.manifest;
  const { dependencies, optionalDependencies, peerDependencies, devDependencies } = manifest;
  assert.deepEqual({ ...dependencies, ...optionalDependencies, ...peerDependencies, ...devDependencies }, {});
});

test('the sources of wire import nothing but each other', () => {
  const sources = filesBelow(join(WIRE, 'src')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  assert.ok(sources.length > 80, `${sources.length} sources`);
  const foreign = sources.flatMap(importsOf).filter(({ specifier }) => !specifier.startsWith('.'));
  assert.deepEqual(foreign, []);
});

for (const format of ['esm', 'iife'] as const) {
  test(`the public entry of wire builds for a browser as ${format}, out of its own sources alone, within its size`, async (t) => {
    const { outputFiles, metafile, warnings } = await bundle(join(WIRE, 'src/index.ts'), format);
    assert.deepEqual(warnings, []);
    const outside = Object.keys(metafile.inputs).filter((path) => relative(join(WIRE, 'src'), join(ROOT, path)).startsWith('..'));
    assert.deepEqual(outside, []);
    const code = outputFiles[0]!.contents;
    const [minified, gzip] = [code.length / 1024, gzipSync(code).length / 1024];
    t.diagnostic(`${minified.toFixed(1)} KiB minified, ${gzip.toFixed(1)} KiB with gzip`);
    assert.ok(minified > 20 && minified < SIZE_MAX.minified && gzip < SIZE_MAX.gzip, `${minified} KiB, ${gzip} KiB`);
  });
}

test('a Node module in the sources would be found', async () => {
  const broken = build({
    stdin: { contents: "import { readFileSync } from 'node:fs'; console.log(readFileSync);", resolveDir: ROOT },
    bundle: true,
    write: false,
    platform: 'browser',
    logLevel: 'silent',
  });
  await assert.rejects(broken, /node:fs/);
});

const chromium = findChromium();
test('in headless Chromium wire reads, prints and writes what it does in Node, as module and as script', {
  skip: chromium === undefined && 'there is no chromium',
  timeout: 3 * BROWSER_MILLISECONDS,
}, async () => {
  const cases = join(import.meta.dirname, 'browser/wire-cases.ts');
  const script = await pageScript(cases, 'iife');
  const module = await pageScript(cases, 'esm');
  const html = `<!doctype html><meta charset="utf-8"><body><pre id="iife"></pre><pre id="esm"></pre>
<script>${script}</script><script type="module">${module}</script>`;
  const dom = await dumpDom(chromium!, html, BROWSER_MILLISECONDS);
  const here = JSON.parse(JSON.stringify(results())) as { written: { same?: boolean }[] };
  assert.ok(
    here.written.every(({ same }) => same === true),
    JSON.stringify(here.written),
  );
  for (const id of ['iife', 'esm']) {
    const shown = new RegExp(`<pre id="${id}">([0-9a-f]*)</pre>`).exec(dom)?.[1];
    assert.ok(shown !== undefined && shown !== '', `nothing in "${id}": ${dom.replace(/<script[\s\S]*<\/script>/, '')}`);
    assert.deepEqual(JSON.parse(Buffer.from(shown, 'hex').toString('utf8')), here, id);
  }
});

test('a page that never loads is ended, and its profile is removed', {
  skip: chromium === undefined && 'there is no chromium',
}, async () => {
  const profiles = () => readdirSync(tmpdir()).filter((name) => name.startsWith(PROFILE_PREFIX));
  const before = profiles();
  await assert.rejects(dumpDom(chromium!, '<script>for (;;);</script>', 2000), /did not end within 2000 ms/);
  assert.deepEqual(profiles(), before);
});

/** A script that puts the results, as octets of JSON, or an error into the element with that id. */
async function pageScript(cases: string, format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { results } from ${JSON.stringify(cases)};
        let text;
        try { text = JSON.stringify(results()); } catch (error) { text = JSON.stringify(String(error && error.stack)); }
        document.getElementById('${format}').textContent = Array.from(new TextEncoder().encode(text), (o) => o.toString(16).padStart(2, '0')).join('');`,
      resolveDir: ROOT,
    },
    bundle: true,
    write: false,
    minify: true,
    format,
    platform: 'browser',
    target: 'es2024',
    conditions: ['tsbgp-source'],
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}
