import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Io, main } from './main.ts';
import { VERSION } from './version.ts';

const folder = mkdtempSync(join(tmpdir(), 'tsbgp-main-'));
test.after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const good = file('good.yaml', 'global: { as: 64500, router-id: 192.0.2.254 }\nneighbors: [{ address: 192.0.2.1, remote-as: 64501 }]\n');
const bad = file('bad.yaml', 'global: { as: 0, router-id: 192.0.2.254 }\n');

async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    loadRooms: () => Promise.reject(new Error('not in this test')),
  };
  return { status: await main(args, io), out, err };
}

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };
  assert.equal(VERSION, version);
  assert.equal((await run('--version')).out, `tsbgpd ${version}\n`);
});

test('--check of a good file exits 0 with a summary and its warnings', async () => {
  const { status, out } = await run('--check', good);
  assert.equal(status, 0);
  assert.match(out, /good\.yaml: ok\n/);
  assert.match(out, /warning: .*RFC 8212/);
});

test('--check of a bad file, or of none, exits 1 with the errors on standard error', async () => {
  const { status, out, err } = await run('--check', bad);
  assert.deepEqual([status, out], [1, '']);
  assert.match(err, /bad\.yaml:1:15 global\.as: found 0/);
  const missing = await run('--check', join(folder, 'missing.yaml'));
  assert.equal(missing.status, 1);
  assert.match(missing.err, /missing\.yaml: found no such file/);
});

test('a daemon does not start with a bad file', async () => {
  const { status, err } = await run(bad);
  assert.equal(status, 1);
  assert.match(err, /nothing was applied/);
});

test('a wrong option exits 2 and points to --help, which exits 0', async () => {
  assert.deepEqual(await run('--nonsense'), { status: 2, out: '', err: 'tsbgpd: unknown option --nonsense\nTry "tsbgpd --help".\n' });
  const help = await run('--help');
  assert.equal(help.status, 0);
  assert.match(help.out, /usage: tsbgpd \[FILE\]/);
});

/** A process with rooms that do nothing but keep it alive; `close` never ends if asked so. */
function program(close: string): string {
  return `
    import { main } from ${JSON.stringify(join(import.meta.dirname, 'main.ts'))};
    const speaker = { listen: async () => {}, addNeighbor: () => {}, global: () => ({ listen: [] }), close: ${close} };
    const rooms = { createSpeaker: () => speaker, createApiServer: () => ({ start: async () => setInterval(() => {}, 1000), close: async () => {} }), defaultSocketPath: () => '/nowhere' };
    process.exit(await main(process.argv.slice(1), { out() {}, err: (text) => process.stderr.write(text), loadRooms: async () => rooms }));
  `;
}

const nodeArgs = (code: string) => ['--conditions=tsbgp-source', '--input-type=module', '--eval', code, '--'];

async function started(code: string): Promise<{ lines: () => string[]; child: ReturnType<typeof spawn>; ended: Promise<number | null> }> {
  const child = spawn(process.execPath, [...nodeArgs(code), '--log-format=json', good], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('started')) resolve();
    });
    child.stdout.once('end', resolve);
  });
  return {
    child,
    ended,
    lines: () =>
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { msg: string }).msg),
  };
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} stops cleanly, exit status 0, and the last line is not lost`, { timeout: 20_000 }, async () => {
    const { child, ended, lines } = await started(program('async () => {}'));
    child.kill(signal);
    assert.equal(await ended, 0);
    assert.deepEqual(lines().slice(-2), [`stopping: ${signal}`, 'stopped']);
  });
}

test('a second signal does not wait for peers that do not close', { timeout: 20_000 }, async () => {
  const { child, ended, lines } = await started(program("() => new Promise(() => process.kill(process.pid, 'SIGTERM'))"));
  child.kill('SIGTERM');
  assert.equal(await ended, 143);
  assert.ok(lines().includes('SIGTERM again: not waiting any longer'));
});

test('an unhandled error is logged and ends the process', { timeout: 20_000 }, () => {
  const code = program('async () => {}').replace(
    'listen: async () => {}',
    "listen: async () => { setTimeout(() => Promise.reject(new Error('boom')), 50); }",
  );
  const result = spawnSync(process.execPath, [...nodeArgs(code), '--log-format=json', good], { encoding: 'utf8' });
  assert.equal(result.status, 1);
  const lines = result.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; msg: string; err: { message: string } });
  const fatal = lines.find((line) => line.level === 'fatal');
  assert.deepEqual([fatal?.msg, fatal?.err.message], ['unhandled error, this is a bug of tsbgpd', 'boom']);
});
