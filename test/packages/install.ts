/**
 * `npm run test:packages`: the files that `npm pack` makes of the public packages install in an empty project and work there, with types.
 *
 * Not part of `npm test`: it takes most of a minute and asks the registry for dependencies of the packages and for Node 22.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { filesBelow, packages, ROOT } from '../workspace.ts';

const run = promisify(execFile);

/** The oldest Node that package.json allows. */
const OLDEST_NODE = '22.18.0';
/** Packages that run without Node and whose types need only lib.es2024. */
const PURE = ['wire', 'fsm', 'rib', 'policy', 'mrt', 'bmp'];
const PUBLIC = packages().filter(({ manifest }) => manifest.private !== true);

const folder = mkdtempSync(join(tmpdir(), 'tsbgp-packages-'));
/** The tarballs, packed and unpacked. */
const packed = join(folder, 'packed');
/** A project with the packages from the tarballs and nothing of the repository. */
const stranger = join(folder, 'stranger');

interface Runtime {
  readonly title: string;
  readonly node: string;
}

const runtimes: readonly Runtime[] = [
  { title: `Node ${OLDEST_NODE}`, node: join(folder, 'oldest', 'node_modules', '.bin', 'node') },
  { title: `Node ${process.versions.node}`, node: process.execPath },
];

const tarball = (name: string): string => join(packed, `tsbgp-${name}-${PUBLIC.find((each) => each.name === name)!.manifest.version}.tgz`);
const unpacked = (name: string): string => join(packed, name);

/** Runs a program of the repository or of the project. Its output is the message if it fails. */
async function shell(cwd: string, program: string, ...args: string[]): Promise<string> {
  try {
    return (await run(program, args, { cwd, env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 16 << 20 })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    assert.fail(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}

const repositoryBin = (name: string): string => join(ROOT, 'node_modules', '.bin', name);

/** The programs of docs/libraries.md: blocks whose first line names their file, and what they print. */
function programs(): { name: string; code: string; prints: string }[] {
  const page = readFileSync(join(ROOT, 'docs', 'libraries.md'), 'utf8');
  return [...page.matchAll(/^```ts\n\/\/ ([\w-]+)\.ts\n([\s\S]*?)^```/gm)].map(([, name = '', code = '']) => ({
    name,
    code,
    prints: /^\/\/ prints: (.*)$/m.exec(code)?.[1] ?? '',
  }));
}

/** The ```ts blocks in the READMEs of the packages. They do not run here, but must type check. */
function readmeCode(names: readonly string[]): Map<string, string> {
  const blocks = new Map<string, string>();
  for (const name of names) {
    const readme = readFileSync(join(unpacked(name), 'README.md'), 'utf8');
    for (const [index, [, code = '']] of [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].entries()) {
      blocks.set(`readme-${name}-${index + 1}`, `${code}\nexport {};\n`);
    }
  }
  return blocks;
}

function install(where: string, manifest: object, ...args: string[]): Promise<string> {
  mkdirSync(where, { recursive: true });
  writeFileSync(join(where, 'package.json'), JSON.stringify({ private: true, type: 'module', ...manifest }));
  return shell(where, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...args);
}

before(async () => {
  mkdirSync(packed);
  const workspaces = PUBLIC.flatMap(({ manifest }) => ['--workspace', manifest.name]);
  await shell(ROOT, 'npm', 'pack', ...workspaces, '--pack-destination', packed);
  for (const { name } of PUBLIC) {
    mkdirSync(unpacked(name));
    await shell(packed, 'tar', '--extract', '--file', tarball(name), '--directory', unpacked(name), '--strip-components', '1');
  }
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };
  const tools = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
  await install(stranger, { allowScripts: { koffi: false } }, ...PUBLIC.map(({ name }) => tarball(name)), ...tools);
  await install(join(folder, 'oldest'), { allowScripts: { node: true } }, `node@${OLDEST_NODE}`);
});

after(() => rmSync(folder, { recursive: true, force: true }));

for (const { name } of PUBLIC) {
  suite(`@tsbgp/${name}`, () => {
    test('holds the license, the README and what package.json names, and no test or leftover of a build', () => {
      const files = filesBelow(unpacked(name), new Set()).map((path) => posix.relative(unpacked(name), path));
      assert.equal(readFileSync(join(unpacked(name), 'LICENSE'), 'utf8'), readFileSync(join(ROOT, 'LICENSE'), 'utf8'));
      assert.ok(files.includes('README.md'));
      const manifest = JSON.parse(readFileSync(join(unpacked(name), 'package.json'), 'utf8')) as Record<string, object>;
      for (const path of [...targets(manifest['exports']), ...targets(manifest['bin'])]) {
        assert.ok(path.endsWith('*') || existsSync(join(unpacked(name), path)), `${path} is named and not there`);
      }
      assert.deepEqual(manifest['engines'], { node: '>=22.18' });
      const odd = files.filter((path) => /\.test\.|tsbuildinfo$/.test(path) || !/^(dist|src|proto)\/|^[\w.]+$/.test(path));
      assert.deepEqual(odd, []);
    });

    test('every source map leads to a file in the package', () => {
      const maps = filesBelow(unpacked(name), new Set()).filter((path) => path.endsWith('.map'));
      assert.ok(maps.length > 0);
      for (const map of maps) {
        const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] };
        for (const path of sources) assert.ok(existsSync(join(dirname(map), path)), `${map} names ${path}`);
      }
    });

    test('publint has nothing to say', async () => {
      const said = await shell(ROOT, repositoryBin('publint'), tarball(name), '--strict');
      assert.match(said, /All good!\s*$/);
    });

    test('@arethetypeswrong/cli has nothing to say', async () => {
      await shell(ROOT, repositoryBin('attw'), tarball(name));
    });
  });
}

test('@tsbgp/api holds the .proto files, and a program finds them by their name', async () => {
  const proto = join(ROOT, 'packages', 'api', 'proto');
  const files = filesBelow(proto, new Set()).map((path) => posix.relative(proto, path));
  assert.ok(files.length > 5);
  for (const path of files) {
    assert.equal(readFileSync(join(unpacked('api'), 'proto', path), 'utf8'), readFileSync(join(proto, path), 'utf8'));
  }
  const script = "console.log(import.meta.resolve('@tsbgp/api/proto/tsbgp/v1/rib.proto'))";
  const found = await shell(stranger, process.execPath, '--input-type=module', '--eval', script);
  assert.ok(existsSync(new URL(found.trim())), found);
});

suite('in an empty project', () => {
  const pureCode = () =>
    new Map([...readmeCode(PURE), ...programs().flatMap(({ name, code }) => (name === 'decode' ? [[name, code]] : []))] as [
      string,
      string,
    ][]);
  const allCode = () =>
    new Map([...readmeCode(PUBLIC.map(({ name }) => name)), ...programs().map(({ name, code }) => [name, code] as const)]);

  /** Writes the files and a tsconfig.json for them. Returns the folder. */
  function project(name: string, files: ReadonlyMap<string, string>, compilerOptions: object): string {
    const at = join(stranger, name);
    mkdirSync(at, { recursive: true });
    for (const [file, code] of files) writeFileSync(join(at, `${file}.ts`), code);
    writeFileSync(
      join(at, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { strict: true, exactOptionalPropertyTypes: true, target: 'es2024', ...compilerOptions } }),
    );
    return at;
  }

  const compilers = [
    { title: 'TypeScript 7', tsc: () => join(stranger, 'node_modules', '.bin', 'tsc') },
    { title: 'TypeScript 6', tsc: () => join(ROOT, 'tools', 'reference', 'node_modules', '.bin', 'tsc') },
  ];
  for (const { title, tsc } of compilers) {
    test(`the types of ${PURE.join(', ')} need neither Node's nor the browser's: ${title}`, async () => {
      const at = project('pure', pureCode(), { module: 'nodenext', lib: ['es2024'], types: [], noEmit: true });
      writeFileSync(
        join(at, 'everywhere.d.ts'),
        // What the examples themselves use. It is in Node and in browsers alike.
        `declare const console: { log(...args: unknown[]): void; warn(...args: unknown[]): void };
declare class TextDecoder { decode(octets: Uint8Array): string }
`,
      );
      await shell(at, tsc(), '--project', '.');
    });

    test(`the types of all packages with Node's and the libraries that TypeScript loads by itself: ${title}`, async () => {
      const at = project('all', allCode(), { module: 'nodenext', types: ['node'], outDir: 'out', rootDir: '.' });
      await shell(at, tsc(), '--project', '.');
    });
  }

  test('the types of all packages as a bundler finds them', async () => {
    const at = project('bundled', allCode(), { module: 'esnext', moduleResolution: 'bundler', types: ['node'], noEmit: true });
    await shell(at, compilers[0]!.tsc(), '--project', '.');
  });

  for (const { title, node } of runtimes) {
    for (const { name, prints } of programs().filter((program) => program.name !== 'health')) {
      test(`${name}.ts of docs/libraries.md prints what it says on ${title}`, async () => {
        assert.equal((await shell(stranger, node, join('all', 'out', `${name}.js`))).trim(), prints);
      });
    }

    test(`a CommonJS program gets the packages by require on ${title}`, async () => {
      const script = PUBLIC.map(({ manifest }) => `console.log(typeof require('${manifest.name}'))`).join('\n');
      writeFileSync(join(stranger, 'program.cjs'), script);
      assert.equal(await shell(stranger, node, 'program.cjs'), 'object\n'.repeat(PUBLIC.length));
    });

    test(`tsbgpd and tsbgp run, and health.ts of docs/libraries.md asks the daemon, on ${title}`, { timeout: 60_000 }, async () => {
      const bin = (name: string) => join(stranger, 'node_modules', '.bin', name);
      const at = mkdtempSync(join(folder, 'daemon-'));
      const socket = join(at, 'api.sock');
      writeFileSync(
        join(at, 'tsbgpd.yaml'),
        `global: { as: 64512, router-id: 192.0.2.1, listen: ['127.0.0.1:0'] }\nneighbors: [{ address: 192.0.2.2, remote-as: 64513, passive: true }]\napi: { unix-socket: ${socket} }\n`,
      );
      await shell(at, node, bin('tsbgpd'), '--check', 'tsbgpd.yaml');
      const daemon = spawn(node, [bin('tsbgpd'), 'tsbgpd.yaml'], { cwd: at, stdio: ['ignore', 'pipe', 'pipe'] });
      try {
        await listening(daemon, socket);
        const { prints } = programs().find(({ name }) => name === 'health')!;
        assert.equal((await shell(stranger, node, join('all', 'out', 'health.js'), socket)).trim(), prints);
        assert.match(await shell(at, node, bin('tsbgp'), '--address', `unix:${socket}`, 'neighbor'), /192\.0\.2\.2/);
        assert.match(await shell(at, node, bin('tsbgp'), 'decode', `${'ff'.repeat(16)}001304`), /keepalive/);
      } finally {
        daemon.kill('SIGTERM');
        if (daemon.exitCode === null) await once(daemon, 'exit');
      }
      assert.equal(daemon.exitCode, 0);
    });
  }

  test(`esbuild bundles ${PURE.join(', ')} for a browser, and the bundle runs without anything of Node`, async (t) => {
    const contents = [
      ...PURE.map((name) => `import * as ${name} from '@tsbgp/${name}';`),
      `globalThis.exported = { ${PURE.join(', ')} };`,
      programs().find(({ name }) => name === 'decode')!.code,
    ].join('\n');
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: stranger, loader: 'ts' },
      bundle: true,
      write: false,
      minify: true,
      format: 'iife',
      platform: 'browser',
      target: 'es2024',
      logLevel: 'silent',
    });
    const lines: string[] = [];
    const page = createContext({ TextEncoder, TextDecoder, console: { log: (line: string) => lines.push(line) } });
    runInContext(outputFiles[0]!.text, page);
    assert.deepEqual(lines, [programs().find(({ name }) => name === 'decode')!.prints]);
    t.diagnostic(`${(outputFiles[0]!.contents.length / 1024).toFixed(0)} KiB`);
  });
});

/** All paths in `exports` or `bin`, for all conditions. */
function targets(value: unknown): string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : Object.values(value as object).flatMap(targets);
}

/** Waits until the socket of the daemon exists. If the daemon ends before, its output is the message. */
async function listening(daemon: ChildProcess, socket: string): Promise<void> {
  let said = '';
  for (const stream of [daemon.stdout!, daemon.stderr!]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!existsSync(socket)) {
    assert.equal(daemon.exitCode, null, said);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
