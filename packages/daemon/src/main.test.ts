import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CRASH_REPORTS_MAX } from './crash-report.ts';
import { type Io, main } from './main.ts';
import { MEANINGLESS_SIGNALS } from './signals.ts';
import type { StateSummary } from './state-summary.ts';
import { VERSION } from './version.ts';

const RIB = import.meta.resolve('@tsbgp/rib');
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
    loadParts: () => Promise.reject(new Error('not in this test')),
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

test('--check loads policies in TypeScript, and says which line of them is wrong', async () => {
  const file = join(folder, 'script.yaml');
  const check = (script: string): ReturnType<typeof run> => {
    writeFileSync(file, `global: { as: 64500, router-id: 192.0.2.254 }\npolicies: { first: { file: ${script} } }\n`);
    return run('--check', file);
  };
  writeFileSync(join(folder, 'broken.ts'), 'const one = 1;\nexport default one +;\n');
  const broken = await check('broken.ts');
  assert.equal(broken.status, 1);
  assert.match(broken.err, /script\.yaml policies\.first\.file: .*broken\.ts:2: /);
  const missing = await check('missing.ts');
  assert.equal(missing.status, 1);
  assert.match(missing.err, /script\.yaml:2:28 policies\.first\.file: found "missing\.ts" \(which is no file that can be read\)/);
});

test('--schema prints the JSON Schema', async () => {
  const { status, out } = await run('--schema');
  assert.equal(status, 0);
  assert.match((JSON.parse(out) as { $schema: string }).$schema, /draft\/2020-12/);
});

test('--diff of two files says what is touched; a change that needs a restart exits 1', async () => {
  const changed = file('changed.yaml', readFileSync(good, 'utf8').replace('remote-as: 64501', 'remote-as: 64502'));
  assert.deepEqual(await run('--diff', good, changed), {
    status: 0,
    out: 'neighbors 192.0.2.1: remote-as changed: its session is reset\n1 change, 1 session is reset\n',
    err: '',
  });
  assert.equal((await run('--diff', good, good)).out, 'nothing differs\n');
  const other = file('other.yaml', readFileSync(good, 'utf8').replace('as: 64500', 'as: 64999'));
  const { status, out } = await run('--diff', good, other);
  assert.deepEqual([status, out], [1, 'global: as changed: needs a restart\n1 change, no session is reset\n']);
  assert.equal((await run('--diff', good, bad)).status, 1);
  assert.equal((await run('--diff', good)).status, 2);
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

/** A process with parts that do nothing but keep it alive; `close` never ends if asked so. */
function program(close: string): string {
  return `
    import { main } from ${JSON.stringify(join(import.meta.dirname, 'main.ts'))};
    const speaker = {
      listen: async () => {}, configure: () => {}, configureRpki: () => {}, usePolicies: async () => {}, started: () => {}, addNeighbor: () => {}, keepers: () => [], global: () => ({ listen: [] }), close: ${close},
      abandon: async () => console.log(JSON.stringify({ msg: 'abandoned' })),
      listNeighbors: () => [{ config: { address: '192.0.2.1', remoteAs: 64501 }, state: 'Active', adminState: 'up', prefixes: [], flapCount: 0 }],
      health: () => ({ healthy: true }), metrics: () => 'tsbgp_x{limit="y"} 7\\ntsbgp_z{neighbor="192.0.2.1"} 1\\n',
    };
    const parts = { createSpeaker: () => speaker, createApiServer: () => ({ addMetrics: () => {}, listen: async () => { setInterval(() => {}, 1000); return []; }, close: async () => {} }), defaultSocketPath: () => '/nowhere' };
    process.exit(await main(process.argv.slice(1), { out() {}, err: (text) => process.stderr.write(text), loadParts: async () => parts }));
  `;
}

const nodeArgs = (code: string) => ['--conditions=tsbgp-source', '--input-type=module', '--eval', code, '--'];

async function started(
  code: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ lines: () => string[]; child: ReturnType<typeof spawn>; ended: Promise<number | null> }> {
  const child = spawn(process.execPath, [...nodeArgs(code), '--log-format=json', good], { stdio: ['ignore', 'pipe', 'inherit'], env });
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

for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
  test(`${signal} stops cleanly, exit status 0, and the last line is not lost`, { timeout: 20_000 }, async () => {
    const { child, ended, lines } = await started(program('async () => {}'));
    child.kill(signal);
    assert.equal(await ended, 0);
    assert.deepEqual(lines().slice(-2), [`stopping: ${signal}`, 'stopped']);
  });
}

test('SIGUSR2 stops for a restart, exit status 0', { timeout: 20_000 }, async () => {
  const { child, ended, lines } = await started(
    program("async (reason, isRestart) => console.log(JSON.stringify({ msg: 'restart ' + isRestart }))"),
  );
  child.kill('SIGUSR2');
  assert.equal(await ended, 0);
  assert.deepEqual(lines().slice(-3), ['stopping for a restart: SIGUSR2', 'restart true', 'stopped']);
});

test('a second signal does not wait for peers that do not close', { timeout: 20_000 }, async () => {
  const { child, ended, lines } = await started(program("() => new Promise(() => process.kill(process.pid, 'SIGTERM'))"));
  child.kill('SIGTERM');
  assert.equal(await ended, 143);
  assert.ok(lines().includes('SIGTERM again: not waiting any longer'));
});

/** The daemon's own code, but for an error some time after its start. */
function failing(error: string): string {
  return program('async () => {}').replace(
    'listen: async () => {}',
    `listen: async () => { setTimeout(() => Promise.reject(${error}), 300); setTimeout(() => process.kill(process.pid, 'SIGTERM'), 900); }`,
  );
}

interface Line {
  readonly level?: string;
  readonly msg: string;
  readonly place?: string;
  readonly path?: string;
  readonly err?: { readonly message: string };
}

function finished(code: string, env: NodeJS.ProcessEnv = process.env): { status: number | null; lines: Line[] } {
  const result = spawnSync(process.execPath, [...nodeArgs(code), '--log-format=json', good], { encoding: 'utf8', env, timeout: 20_000 });
  const lines = result.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { status: result.status, lines };
}

test('an error that nobody handled is logged and counted, and the daemon goes on', () => {
  const { status, lines } = finished(failing("new Error('boom')"));
  assert.equal(status, 0);
  const contained = lines.find(({ level }) => level === 'error');
  assert.deepEqual([contained?.msg, contained?.err?.message], ['unexpected error contained (process): this is a bug of tsbgpd', 'boom']);
  assert.equal(lines.at(-1)?.msg, 'stopped');
});

test('an error before the start is over ends the process: nobody would know what is missing', () => {
  const code = program('async () => {}').replace(
    'listen: async () => {}',
    "listen: () => { setTimeout(() => { throw new Error('boom'); }, 50); return new Promise(() => {}); }",
  );
  const { status, lines } = finished(code);
  assert.equal(status, 1);
  assert.deepEqual([lines.at(-1)?.level, lines.at(-1)?.err?.message], ['fatal', 'boom']);
});

test('a broken invariant: peers are told, a crash report is left, exit status 1', () => {
  const state = join(folder, 'state');
  mkdirSync(state);
  // Ten are kept, of all that this user left.
  for (let i = 10; i < 22; i++) writeFileSync(join(state, `tsbgpd-crash-2026-01-${i}T00-00-00.000Z-7.json`), '{}');
  writeFileSync(join(state, 'other.json'), '{}');
  const broken = `new (await import(${JSON.stringify(RIB)})).BrokenInvariant('broken invariant of the RIB: one and one is two')`;
  const { status, lines } = finished(`const error = ${broken};\n${failing('error')}`, { ...process.env, TSBGP_STATE_DIR: state });
  assert.equal(status, 1);
  assert.ok(lines.some(({ msg }) => msg === 'abandoned'));
  const [why, report] = lines.filter(({ level }) => level === 'fatal');
  assert.equal(why?.msg, 'broken invariant of the RIB: one and one is two');
  const path = report!.path!;
  assert.match(path, /state\/tsbgpd-crash-[0-9TZ.-]+-\d+\.json$/);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(readdirSync(state).filter((name) => name.startsWith('tsbgpd-crash-')).length, CRASH_REPORTS_MAX);
  assert.ok(existsSync(join(state, 'other.json')));
  const crash = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown> & { state: StateSummary; log: string[]; stack: string[] };
  assert.equal(crash.version, VERSION);
  assert.equal(crash.invariant, 'broken invariant of the RIB: one and one is two');
  assert.match(crash.stack[0]!, /^BrokenInvariant/);
  assert.deepEqual([crash.state.neighbors[0]?.address, crash.state.neighbors[0]?.state], ['192.0.2.1', 'Active']);
  assert.deepEqual(crash.state.metrics, { 'tsbgp_x{limit="y"}': 7 });
  assert.ok(crash.log.some((line) => line.includes('tsbgpd 0.1.0 started')));
});

test('a crash report that cannot be written does not keep the daemon from ending', () => {
  const broken = `new (await import(${JSON.stringify(RIB)})).BrokenInvariant('broken')`;
  const { status, lines } = finished(`const error = ${broken};\n${failing('error')}`, { ...process.env, TSBGP_STATE_DIR: '/proc/nowhere' });
  assert.equal(status, 1);
  assert.ok(lines.some(({ msg }) => msg === 'the crash report could not be written'));
});

test('SIGUSR1 writes the state to the log; no inspector opens', { timeout: 20_000 }, async () => {
  const { child, ended, lines } = await started(program('async () => {}'));
  child.kill('SIGUSR1');
  for (let i = 0; i < 200 && !lines().includes('state: metrics'); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
  const state = lines().filter((line) => line.startsWith('state: '));
  assert.deepEqual(state, ['state: process', 'state: neighbor 192.0.2.1 is Active', 'state: metrics']);
});

test('signals without a meaning do nothing; each is logged once', { timeout: 20_000 }, async () => {
  const { child, ended, lines } = await started(program('async () => {}'));
  const signals = MEANINGLESS_SIGNALS.filter((signal) => signal in constants.signals);
  for (const signal of [...signals, ...signals, 'SIGPIPE', 'SIGWINCH', 'SIGCONT'] as const) {
    child.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
  for (const signal of signals) assert.equal(lines().filter((line) => line === `${signal} means nothing to tsbgpd: ignored`).length, 1);
});

test('SIGHUP reads the configuration again; a file with errors changes nothing', { timeout: 20_000 }, async () => {
  const { child, ended, lines } = await started(program('async () => {}'));
  const logged = async (text: RegExp): Promise<void> => {
    for (let i = 0; i < 200 && !lines().some((line) => text.test(line)); i++) await new Promise((resolve) => setTimeout(resolve, 25));
    assert.match(lines().join('\n'), text);
  };
  const text = readFileSync(good, 'utf8');
  child.kill('SIGHUP');
  await logged(/good\.yaml was read again: nothing differs/);
  writeFileSync(good, text.replace('as: 64500', 'as: 0'));
  child.kill('SIGHUP');
  await logged(/good\.yaml:1:15 global\.as: found 0/);
  await logged(/good\.yaml was not put into effect: nothing has changed/);
  writeFileSync(good, text.replace('as: 64500', 'as: 64999'));
  child.kill('SIGHUP');
  await logged(/global\.as cannot change while the daemon runs/);
  writeFileSync(good, `${text}log: { level: debug }\n`);
  child.kill('SIGHUP');
  await logged(/configuration: log: level changed/);
  writeFileSync(good, text);
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
});

test('the report of a signal that throws is contained', { timeout: 20_000 }, async () => {
  const code = program('async () => {}').replace('health: () => ({ healthy: true })', 'get health() { throw new Error(); }');
  const { child, ended, lines } = await started(code);
  child.kill('SIGUSR1');
  for (let i = 0; i < 200 && !lines().includes('state: metrics'); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
  assert.ok(lines().includes('state: metrics'), 'the other parts are there');
});

test('without a file and without one at the usual places: it says where it looked', () => {
  const bin = join(import.meta.dirname, 'bin.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=tsbgp-source', bin], { cwd: folder, encoding: 'utf8' });
  if (existsSync('/etc/tsbgp/tsbgpd.yaml')) return;
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^tsbgpd: no configuration file: looked for \/etc\/tsbgp\/tsbgpd\.yaml, then \.\/tsbgpd\.yaml\n/);
});
