import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BrokenInvariant } from '@tsbgp/rib';
import type { ApiListen, BoundListener } from './api-server/api-server.ts';
import { parseConfig } from './config/load.ts';
import { ControlError, type Endpoint, type NeighborConfig } from './control-plane.ts';
import { crashFolder } from './crash-report.ts';
import { Daemon, STOP_TIMEOUT_MS } from './daemon.ts';
import { completeDecision } from './keys/decision-keys.ts';
import type { DaemonLog } from './log.ts';
import { Exposition } from './metrics/exposition.ts';
import type { Parts } from './parts.ts';
import type { Speaker, SpeakerOptions } from './speaker/speaker.ts';
import { StartError } from './start-error.ts';

/** Parts that write down what happens to them, in order. */
class FakeParts implements Parts {
  readonly events: string[] = [];
  readonly lines: string[] = [];
  readonly log: DaemonLog;
  /** Errors to reject with, by `listen 0.0.0.0:179`, `api start` … */
  readonly failures = new Map<string, Error>();
  settings: SpeakerOptions | undefined;
  api: ApiListen | undefined;
  socketPath: string | undefined = '/run/tsbgp/tsbgpd.sock';

  constructor() {
    const write = (level: string) => (_: object, message: string) => void this.lines.push(`${level}: ${message}`);
    this.log = {
      debug: () => {},
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      fatal: write('fatal'),
      flush: async () => {},
      flushNow: () => {},
      configure: async () => {},
      recent: () => ['{"msg":"the last line"}\n'],
      addMetrics: () => {},
    };
  }

  createSpeaker(settings: SpeakerOptions): Speaker {
    this.settings = settings;
    const bound: Endpoint[] = [];
    const control: Partial<Speaker> = {
      global: () => ({
        localAs: settings.localAs,
        routerId: settings.routerId,
        clusterId: settings.routerId,
        listen: bound,
        version: settings.version,
        startedAt: new Date(0),
        decision: completeDecision(),
      }),
      configure: () => undefined,
      configureRpki: () => undefined,
      usePolicies: async () => undefined,
      started: () => undefined,
      addNeighbor: (config: NeighborConfig) => {
        this.#do(`add ${config.address}`);
        return undefined as never;
      },
      listen: async (endpoint: Endpoint) => {
        this.#do(`listen ${endpoint.host} ${endpoint.port}`);
        const listening = endpoint.port === 0 ? { ...endpoint, port: 40_000 } : endpoint;
        bound.push(listening);
        return listening;
      },
      close: async (reason?: string) => this.#do(`close ${reason ?? ''}`),
      abandon: async () => this.#do('abandon'),
      listNeighbors: () => [],
      health: () => {
        throw new Error('the state is broken');
      },
      metrics: () => '# HELP a b\ntsbgp_x{limit="y"} 7\ntsbgp_z{neighbor="192.0.2.1"} 1\n',
    };
    return control as Speaker;
  }

  createApiServer() {
    return {
      addMetrics: (out: Exposition) => void out.gauge('tsbgp_api_test', 'A test.').set(1),
      listen: async (places: ApiListen): Promise<BoundListener[]> => {
        this.api = places;
        this.#do('api start');
        const tcp = places.tcp && { ...places.tcp, port: places.tcp.port || 40_001 };
        return [places.unixSocket, tcp].flatMap((where) => (where === undefined ? [] : [{ where, isNew: true }]));
      },
      close: async () => this.#do('api close'),
    };
  }

  defaultSocketPath(): string | undefined {
    return this.socketPath;
  }

  #do(event: string): void {
    const failure = this.failures.get(event);
    if (failure !== undefined) throw failure;
    this.events.push(event);
  }
}

const CONFIG = `
global: { as: 64500, router-id: 192.0.2.254 }
neighbors: [{ address: 192.0.2.1, remote-as: 64501, policy: accept-all }, { address: 192.0.2.2, remote-as: 64500 }]
`;

function daemon(parts: FakeParts, text = CONFIG): Daemon {
  return new Daemon(parseConfig(text, 'f.yaml').config, parts.log, parts);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`listen ${code}`), { code });
}

test('the API listens first; BGP listeners and neighbors come in one turn; each listener has a line in the log', async () => {
  const parts = new FakeParts();
  await daemon(parts).start();
  assert.deepEqual(parts.events, ['api start', 'listen 0.0.0.0 179', 'listen :: 179', 'add 192.0.2.1', 'add 192.0.2.2']);
  // Whether /run/tsbgp is there depends on the machine.
  assert.deepEqual(
    parts.lines.filter((line) => !line.includes('created the folder')),
    [
      'info: API listening on unix:/run/tsbgp/tsbgpd.sock',
      'info: BGP listening on 0.0.0.0:179',
      'info: BGP listening on [::]:179',
      'info: tsbgpd 0.1.0 started: AS 64500, router-id 192.0.2.254, 2 neighbors',
    ],
  );
  assert.equal(parts.api?.mode, 0o660);
});

test('the log names the port that the system chose for the API', async () => {
  const parts = new FakeParts();
  await daemon(parts, `${CONFIG}api: { unix-socket: none, tcp: "127.0.0.1:0" }`).start();
  assert.ok(parts.lines.includes('info: API listening on 127.0.0.1:40001'), parts.lines.join('\n'));
});

test('the metrics of the API and of the HTTP listener are among those of the daemon', async () => {
  const parts = new FakeParts();
  const running = daemon(parts, `${CONFIG}http: { listen: "127.0.0.1:0" }`);
  await running.start();
  const out = new Exposition();
  for (const addMetrics of parts.settings?.metricSources ?? []) addMetrics(out);
  for (const name of ['tsbgp_api_test', 'tsbgp_http_connections', 'tsbgp_contained_exceptions_total'])
    assert.match(out.toString(), new RegExp(`^${name}`, 'm'));
  await running.stop();
});

test('RFC 4486: a stop tells the peers first, then closes the rest', async () => {
  const parts = new FakeParts();
  const running = daemon(parts);
  await running.start();
  parts.events.length = 0;
  assert.equal(await running.stop('maintenance'), true);
  assert.deepEqual(parts.events, ['close maintenance', 'api close']);
});

test('a shutdown through the API is heard, with its reason', async () => {
  const parts = new FakeParts();
  const running = daemon(parts);
  parts.settings!.onShutdown('upgrade', true);
  assert.deepEqual(await running.shutdownRequested, { reason: 'upgrade', isRestart: true });
});

for (const [code, stable, sentence] of [
  [
    'EADDRINUSE',
    'listen-in-use',
    /^BGP cannot listen on 0\.0\.0\.0:179: in use by another process; "ss -ltnp sport = :179" shows which, or change global\.listen$/,
  ],
  ['EACCES', 'listen-denied', /no permission; a port below 1024 needs CAP_NET_BIND_SERVICE/],
  ['EADDRNOTAVAIL', 'listen-no-address', /not an address of this machine/],
  ['EMFILE', 'listen-failed', /listen EMFILE/],
] as const) {
  test(`${code} on the BGP port is ${stable}, says what to do, and stops what was started`, async () => {
    const parts = new FakeParts();
    parts.failures.set('listen 0.0.0.0 179', systemError(code));
    parts.failures.set('listen :: 179', systemError(code));
    await assert.rejects(
      daemon(parts).start(),
      (error) => error instanceof StartError && error.code === stable && sentence.test(error.message),
    );
    assert.deepEqual(parts.events.slice(-2), ['close start failed', 'api close']);
  });
}

test('a machine without IPv6 runs on the IPv4 half of the default, with a warning', async () => {
  const parts = new FakeParts();
  parts.failures.set('listen :: 179', systemError('EAFNOSUPPORT'));
  await daemon(parts).start();
  assert.match(
    parts.lines.find((line) => line.startsWith('warn'))!,
    /BGP cannot listen on \[::\]:179: this machine has no such kind of address/,
  );
});

test('a listener that somebody asked for must come up', async () => {
  const parts = new FakeParts();
  parts.failures.set('listen :: 179', systemError('EAFNOSUPPORT'));
  const text = 'global: { as: 1, router-id: 192.0.2.254, listen: ["0.0.0.0:179", "[::]:179"] }';
  await assert.rejects(daemon(parts, text).start(), { code: 'listen-no-address' });
});

test('an API socket in use names its path and its key', async () => {
  const parts = new FakeParts();
  parts.failures.set('api start', systemError('EADDRINUSE'));
  await assert.rejects(daemon(parts).start(), /API cannot listen on \/run\/tsbgp\/tsbgpd\.sock: in use.*ss -lxp src.*api\.unix-socket/);
  assert.deepEqual(parts.events, ['close start failed', 'api close'], 'no peer has heard of us');
});

test('without a writable default path the operator is asked for one', async () => {
  const parts = new FakeParts();
  parts.socketPath = undefined;
  await assert.rejects(daemon(parts).start(), { code: 'no-socket-path' });
});

test('unix-socket: none without tcp is no API at all', async () => {
  const parts = new FakeParts();
  await daemon(parts, `${CONFIG}api: { unix-socket: none }`).start();
  assert.equal(parts.api, undefined);
});

test('a file that is no socket at the path of the API: the start says so, and what to do', async () => {
  const parts = new FakeParts();
  parts.failures.set('api start', systemError('EEXIST'));
  await assert.rejects(daemon(parts).start(), {
    code: 'listen-in-use',
    message: 'API cannot listen on /run/tsbgp/tsbgpd.sock: a file is there that is no socket; move it away, or change api.unix-socket',
  });
});

test('a neighbor that the speaker refuses is an error that names it', async () => {
  const parts = new FakeParts();
  parts.failures.set('add 192.0.2.2', new ControlError('invalid-argument', 'neighbor.local_address', 'not an address of this machine'));
  await assert.rejects(daemon(parts).start(), { code: 'neighbor-refused', message: 'neighbor 192.0.2.2: not an address of this machine' });
});

test('an HTTP port in use stops the start before any peer has heard of us', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  t.after(() => other.close());
  const { port } = other.address() as { port: number };
  const parts = new FakeParts();
  await assert.rejects(daemon(parts, `${CONFIG}http: { listen: "127.0.0.1:${port}" }`).start(), { code: 'listen-in-use' });
  assert.ok(!parts.events.some((event) => event.startsWith('add')));
});

test('a speaker that does not close is not waited for longer than the limit', { timeout: 5000 }, async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const parts = new FakeParts();
  const running = daemon(parts);
  running.speaker.close = () => new Promise(() => {});
  const stopping = running.stop();
  t.mock.timers.tick(STOP_TIMEOUT_MS);
  assert.equal(await stopping, false);
});

test('a broken invariant: peers are told first, then the report is written; broken parts do not keep it from ending', async (t) => {
  const parts = new FakeParts();
  const running = daemon(parts);
  await running.start();
  parts.events.length = 0;
  parts.lines.length = 0;
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-crash-'));
  t.after(() => rmSync(folder, { recursive: true }));
  process.env.TSBGP_STATE_DIR = folder;
  t.after(() => delete process.env.TSBGP_STATE_DIR);
  await running.crash(new BrokenInvariant('broken invariant of the RIB: x'));
  assert.deepEqual(parts.events, ['abandon']);
  assert.equal(parts.lines[0], 'fatal: broken invariant of the RIB: x');
  const [name] = readdirSync(folder);
  const report = JSON.parse(readFileSync(join(folder, name!), 'utf8')) as { log: string[]; state: { metrics: object; health?: unknown } };
  assert.deepEqual(report.log, ['{"msg":"the last line"}']);
  assert.deepEqual(report.state.metrics, { 'tsbgp_x{limit="y"}': 7 });
  assert.equal(report.state.health, undefined);
});

test('a broken invariant that shows while the daemon stops ends it as a crash', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-crash-'));
  t.after(() => rmSync(folder, { recursive: true }));
  process.env.TSBGP_STATE_DIR = folder;
  t.after(() => delete process.env.TSBGP_STATE_DIR);
  const parts = new FakeParts();
  const running = daemon(parts);
  await running.start();
  parts.failures.set('close ', new BrokenInvariant('broken invariant of the RIB: x'));
  await running.stop();
  assert.equal(running.crashed, true);
  assert.equal(parts.events.at(-1), 'abandon');
  assert.equal(readdirSync(folder).length, 1);
});

test('the folder of a crash report', () => {
  assert.equal(crashFolder({ TSBGP_STATE_DIR: '/a', STATE_DIRECTORY: '/b:/c' }), '/a');
  assert.equal(crashFolder({ STATE_DIRECTORY: '/b:/c' }), '/b');
  assert.equal(crashFolder({}), tmpdir());
});

test('a folder that is made for the API socket has a line in the log', async () => {
  const parts = new FakeParts();
  parts.socketPath = '/nowhere/at/all/tsbgpd.sock';
  await daemon(parts).start();
  assert.ok(parts.lines.includes('info: created the folder /nowhere/at/all for the API socket'));
});
