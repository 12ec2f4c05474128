/**
 * Changes of the configuration of a running daemon, with live peers.
 *
 *   we   AS 64500     peers   127.0.0.2 to 127.0.0.5, AS 65002 to 65005
 */
import assert from 'node:assert/strict';
import { connect, createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { RoutingPeer } from '../../test/routing-peer.ts';
import { startCache } from '../../test/rpki/rpki-sources.ts';
import { parseConfig } from '../config/load.ts';
import { describeChange, summarizeChanges } from '../config-change/describe.ts';
import { type ControlError, invalidArgument } from '../control-plane.ts';
import { Daemon } from '../daemon.ts';
import type { DaemonLog } from '../log.ts';
import { loadParts } from '../parts.ts';
import { diffConfig } from './reconcile.ts';

const LOG: DaemonLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
  flush: async () => undefined,
  flushNow: () => undefined,
  recent: () => [],
  configure: async () => undefined,
  addMetrics: () => undefined,
};

interface Parts {
  readonly neighbors?: readonly string[];
  readonly more?: string;
  readonly listen?: string;
  readonly decision?: string;
}

const neighbor = (last: number, keys = ''): string =>
  `{ address: 127.0.0.${last}, remote-as: ${65_000 + last}, passive: true, policy: accept-all, hold-time: 240${keys} }`;

function file({ neighbors = [], more = '', listen = '127.0.0.1:0', decision = '' }: Parts): string {
  return `
global: { as: 64500, router-id: 10.0.0.1, listen: [${listen}], decision: {${decision}} }
api: { unix-socket: none }
neighbors: [${neighbors.join(', ')}]
${more}`;
}

const parsed = (parts: Parts) => parseConfig(file(parts), 'f.yaml').config;

async function start(t: TestContext, parts: Parts): Promise<{ daemon: Daemon; up: (last: number) => Promise<RoutingPeer> }> {
  const daemon = new Daemon(parsed(parts), LOG, await loadParts());
  const peers: RoutingPeer[] = [];
  t.after(async () => {
    for (const peer of peers) await peer.close();
    await daemon.stop();
  });
  await daemon.start();
  const { port } = daemon.speaker.global().listen[0]!;
  const up = async (last: number): Promise<RoutingPeer> => {
    const peer = new RoutingPeer(port, last);
    peers.push(peer);
    await peer.up();
    return peer;
  };
  return { daemon, up };
}

/** When the session of each neighbor came up; undefined where it is not up. */
function sessions(daemon: Daemon): Map<string, number | undefined> {
  return new Map(daemon.speaker.listNeighbors().map(({ config, session }) => [config.address, session?.establishedAt.getTime()]));
}

test('a reload touches exactly the sessions that the diff names', async (t) => {
  const { daemon, up } = await start(t, { neighbors: [neighbor(2), neighbor(3), neighbor(4), neighbor(5)] });
  const peers = await Promise.all([2, 3, 4, 5].map(up));
  peers[0]!.announce('198.51.100.0/24');
  await peers[1]!.has('198.51.100.0/24');
  const before = sessions(daemon);
  const after = parsed({
    neighbors: [
      neighbor(2, ', description: transit'),
      neighbor(3).replace('hold-time: 240', 'hold-time: 180'),
      neighbor(4).replace('policy: accept-all', 'import: accept-all, export: deny-all'),
      neighbor(6),
    ],
  });
  const planned = diffConfig(daemon.config, after);
  assert.deepEqual(planned.map(describeChange), [
    'neighbors 127.0.0.5 removed: its session ends',
    'neighbors 127.0.0.2: description changed: no session and no route is touched',
    'neighbors 127.0.0.3: hold-time changed: its session is reset',
    'neighbors 127.0.0.4: export changed: it is sent the difference',
    'neighbors 127.0.0.6 added: a session is started',
  ]);
  assert.equal(summarizeChanges(planned), '5 changes, 1 session is reset, 1 is refreshed');
  assert.deepEqual(await daemon.change(after), planned);

  const now = sessions(daemon);
  assert.deepEqual([...now.keys()].toSorted(), ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.6']);
  for (const untouched of ['127.0.0.2', '127.0.0.4']) assert.equal(now.get(untouched), before.get(untouched), untouched);
  assert.equal(now.get('127.0.0.3'), undefined);
  assert.equal(daemon.speaker.getNeighbor('127.0.0.2').config.description, 'transit');
  await peers[2]!.lost('198.51.100.0/24');
  assert.deepEqual(diffConfig(daemon.config, after), []);
});

test('a reload with the same configuration changes nothing', async (t) => {
  const { daemon } = await start(t, { neighbors: [neighbor(2)] });
  assert.deepEqual(await daemon.change(parsed({ neighbors: [neighbor(2)] })), []);
  assert.equal(summarizeChanges([]), 'nothing differs');
});

async function taken(t: TestContext): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

test('a step that fails takes back all the others', async (t) => {
  const more = 'routes: [ { prefix: 203.0.113.0/24 } ]';
  const { daemon, up } = await start(t, { neighbors: [neighbor(2), neighbor(3)], more });
  const peer = await up(2);
  await peer.has('203.0.113.0/24');
  const before = daemon.config;
  const established = sessions(daemon);

  const port = await taken(t);
  const unlistenable = parsed({ neighbors: [neighbor(3)], more: `http: { listen: "127.0.0.1:${port}" }` });
  await assert.rejects(daemon.change(unlistenable), /HTTP cannot listen .* in use by another process/);
  assert.equal(daemon.config, before);
  assert.deepEqual(sessions(daemon), established);

  // The neighbors come last: by then the listeners and the routes have changed.
  const put = daemon.speaker.putNeighbor;
  Object.assign(daemon.speaker, {
    putNeighbor: (config: { address: string }) =>
      config.address === '127.0.0.9' ? Promise.reject(invalidArgument('neighbor', 'is refused')) : put(config as never),
  });
  const listen = '127.0.0.1:0, "127.0.0.7:0"';
  const refused = parsed({
    neighbors: [neighbor(2, ', description: new'), neighbor(9)],
    more: 'routes: [ { prefix: 192.0.2.0/24 } ]',
    listen,
  });
  await assert.rejects(daemon.change(refused), (error: ControlError) => error.code === 'invalid-argument');
  assert.equal(daemon.config, before);
  assert.equal(daemon.speaker.global().listen.length, 1);
  assert.equal(daemon.speaker.getNeighbor('127.0.0.2').config.description, undefined);
  assert.equal(daemon.speaker.getNeighbor('127.0.0.3').config.remoteAs, 65_003);
  assert.equal(sessions(daemon).get('127.0.0.2'), established.get('127.0.0.2'));
  assert.ok(!peer.view.has('192.0.2.0/24'));
  assert.ok(peer.view.has('203.0.113.0/24'));
});

test('what the daemon is cannot change while it runs: nothing is applied, and the key is named', async (t) => {
  const { daemon } = await start(t, { neighbors: [neighbor(2)] });
  const text = file({ neighbors: [neighbor(2, ', description: new')] }).replace('router-id: 10.0.0.1', 'router-id: 10.0.0.2');
  await assert.rejects(daemon.change(parseConfig(text, 'f.yaml').config), /global\.router-id cannot change while the daemon runs/);
  assert.equal(daemon.speaker.getNeighbor('127.0.0.2').config.description, undefined);
});

function answer(port: number, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host }, () => {
      socket.destroy();
      resolve('connected');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
}

test('a listener that is closed keeps its sessions; one that is opened takes new ones', async (t) => {
  const { daemon, up } = await start(t, { neighbors: [neighbor(2), neighbor(3)] });
  await up(2);
  const { port } = daemon.speaker.global().listen[0]!;
  const established = sessions(daemon).get('127.0.0.2');
  const changes = await daemon.change(parsed({ neighbors: [neighbor(2), neighbor(3)], listen: '"127.0.0.8:0"' }));
  assert.deepEqual(changes.map(describeChange), [
    'global listen 127.0.0.1:0 removed: listeners change',
    'global listen 127.0.0.8:0 added: listeners change',
  ]);
  assert.deepEqual(
    daemon.speaker.global().listen.map(({ host }) => host),
    ['127.0.0.8'],
  );
  assert.equal(sessions(daemon).get('127.0.0.2'), established);
  assert.equal(await answer(port), 'ECONNREFUSED');
  assert.equal(await answer(daemon.speaker.global().listen[0]!.port, '127.0.0.8'), 'connected');
});

test('routes, aggregates and conditions come, go and change; what stays is not sent again', async (t) => {
  const conditions = 'conditions: [ { name: lost, absent: [192.0.2.0/24], hold: 0 } ]';
  const { daemon, up } = await start(t, {
    neighbors: [neighbor(2), neighbor(3)],
    more: `${conditions}
routes: [ { prefix: 203.0.113.0/24 }, { prefix: 198.18.0.0/24, while: lost }, { prefix: 198.51.100.0/24, med: 5 } ]
aggregates: [ { prefix: 203.0.112.0/22 } ]`,
  });
  const peer = await up(2);
  await peer.has('203.0.113.0/24', '198.18.0.0/24', '198.51.100.0/24', '203.0.112.0/22');
  peer.log.length = 0;
  await daemon.change(
    parsed({
      neighbors: [neighbor(2), neighbor(3)],
      more: `${conditions}
routes: [ { prefix: 203.0.113.0/24 }, { prefix: 198.18.0.0/24, while: lost }, { prefix: 198.51.100.0/24, med: 7 }, { prefix: 198.18.1.0/24, while: lost } ]`,
    }),
  );
  await peer.has('198.18.1.0/24');
  await peer.lost('203.0.112.0/22');
  assert.deepEqual(peer.log.map(({ what }) => what).toSorted(), ['+ 198.18.1.0/24', '+ 198.51.100.0/24', '- 203.0.112.0/22']);
  await daemon.change(parsed({ neighbors: [neighbor(2), neighbor(3)] }));
  await peer.until(() => peer.view.size === 0, 'every route to go');
  assert.equal(daemon.speaker.conditions().length, 0);
});

test('switches of the decision process change while sessions stay', async (t) => {
  const neighbors = [neighbor(2), neighbor(3), neighbor(4)];
  const { daemon, up } = await start(t, { neighbors });
  const [two, three, sink] = [await up(2), await up(3), await up(4)];
  const best = () => daemon.speaker.paths({ prefix: '192.0.2.0/24' }).paths.find(({ route }) => route.best)?.route.neighbor;
  two.announce('192.0.2.0/24', 20);
  three.announce('192.0.2.0/24', 10);
  await three.has('192.0.2.0/24');
  assert.equal(best(), '127.0.0.2', 'through different ASes: the lower BGP Identifier');
  const before = sessions(daemon);
  sink.log.length = 0;
  const changes = await daemon.change(parsed({ neighbors, decision: 'always-compare-med: true' }));
  assert.deepEqual(changes.map(describeChange), ['global: decision changed: prefixes with several paths are decided again']);
  await two.has('192.0.2.0/24');
  assert.equal(best(), '127.0.0.3', 'the lower MULTI_EXIT_DISC');
  await sink.until(() => sink.log.some(({ what }) => what === '+ 192.0.2.0/24'), 'the other path');
  assert.deepEqual(sessions(daemon), before);
  assert.equal(daemon.speaker.global().decision.alwaysCompareMed, true);
});

test('700 neighbors are read again in 0.3 s of processor time', async (t) => {
  const many = (description: string): string[] =>
    Array.from({ length: 700 }, (_, i) =>
      neighbor(2, `, description: "${description} ${i}"`).replace('127.0.0.2', `10.0.${i >> 8}.${i & 255}`),
    );
  const { daemon } = await start(t, { neighbors: many('a') });
  // The first of two: V8 has not compiled everything yet.
  await daemon.change(parsed({ neighbors: many('b') }));
  const text = file({ neighbors: many('c') });
  const began = process.threadCpuUsage();
  const changes = await daemon.change(parseConfig(text, 'f.yaml').config);
  const used = process.threadCpuUsage(began);
  assert.equal(changes.length, 700);
  assert.ok(used.user + used.system <= 300_000, `${(used.user + used.system) / 1000} ms`);
});

test('RPKI caches come, go and change without a touch of BGP sessions', async (t) => {
  const { port: first } = await startCache(t, { vrps: [{ prefix: '192.0.2.0/24', maxLength: 24, asn: 65_002 }] });
  const { port: second } = await startCache(t, { vrps: [] });
  const rpki = (caches: string): string => `rpki: { wait: 0, caches: [${caches}] }`;
  const { daemon, up } = await start(t, { neighbors: [neighbor(2)], more: rpki(`{ address: 127.0.0.1, port: ${first} }`) });
  const synced = (count: number): Promise<void> => metric(daemon, /^tsbgp_rpki_cache_synced\{[^}]*\} 1$/gm, count);
  await synced(1);
  await up(2);
  const before = sessions(daemon);
  const both = `{ address: 127.0.0.1, port: ${first} }, { address: 127.0.0.1, port: ${second}, name: other }`;
  const added = await daemon.change(parsed({ neighbors: [neighbor(2)], more: rpki(both) }));
  assert.deepEqual(added.map(describeChange), ['rpki cache other added: routes that the data concern are judged again']);
  await synced(2);
  const changed = await daemon.change(
    parsed({ neighbors: [neighbor(2)], more: rpki(both.replace('name: other', 'name: other, refresh: 60')) }),
  );
  assert.deepEqual(changed.map(describeChange), ['rpki cache other changed: routes that the data concern are judged again']);
  const gone = await daemon.change(parsed({ neighbors: [neighbor(2)] }));
  assert.deepEqual(gone.map(describeChange), [
    `rpki cache 127.0.0.1:${first} removed: routes that the data concern are judged again`,
    'rpki cache other removed: routes that the data concern are judged again',
  ]);
  assert.deepEqual(sessions(daemon), before);
  assert.doesNotMatch(daemon.speaker.metrics(), /^tsbgp_rpki_/m);
});

/** Resolves when so many lines of the metrics match; events say when to look. */
async function metric(daemon: Daemon, pattern: RegExp, count: number): Promise<void> {
  while ((daemon.speaker.metrics().match(pattern) ?? []).length !== count) {
    await new Promise<void>((resolve) => {
      const leave = daemon.speaker.events.listen(() => {
        leave();
        resolve();
      });
    });
  }
}
