/** Programs of the configuration over real sessions: what they announce, what they hear, and what becomes of them. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RoutingPeer } from '../../test/routing-peer.ts';
import { parseConfig } from '../config/load.ts';
import { describeChange } from '../config-change/describe.ts';
import type { ProcessState, Route } from '../control-plane.ts';
import { Daemon } from '../daemon.ts';
import type { DaemonLog } from '../log.ts';
import { loadParts } from '../parts.ts';
import { diffConfig } from '../reconcile/reconcile.ts';

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

const neighbor = (last: number, keys: string): string =>
  `{ address: 127.0.0.${last}, remote-as: ${65_000 + last}, passive: true, policy: accept-all, hold-time: 240${keys} }`;

/** A program that is a script of sh. */
const sh = (name: string, script: string, keys = ''): string => `{ name: ${name}, run: [/bin/sh, -c, ${JSON.stringify(script)}]${keys} }`;

function parsed(processes: readonly string[], neighbors: readonly number[] = [2, 3], neighborKeys = '') {
  const text = `
global: { as: 64500, router-id: 10.0.0.1, listen: ["127.0.0.1:0"] }
api: { unix-socket: none }
neighbors: [${neighbors.map((last) => neighbor(last, neighborKeys)).join(', ')}]
processes: [${processes.join(', ')}]`;
  return parseConfig(text, 'f.yaml').config;
}

async function start(t: TestContext, processes: readonly string[], neighborKeys = '') {
  const daemon = new Daemon(parsed(processes, [2, 3], neighborKeys), LOG, await loadParts());
  const peers: RoutingPeer[] = [];
  t.after(async () => {
    for (const peer of peers) await peer.close();
    assert.equal(await daemon.stop(), true);
  });
  await daemon.start();
  const up = async (last: number): Promise<RoutingPeer> => {
    const peer = new RoutingPeer(daemon.speaker.global().listen[0]!.port, last);
    peers.push(peer);
    await peer.up();
    return peer;
  };
  return { daemon, up };
}

async function until(daemon: Daemon, name: string, condition: (state: ProcessState) => boolean): Promise<ProcessState> {
  for (;;) {
    const state = daemon.speaker.processes().find((each) => each.name === name);
    if (state !== undefined && condition(state)) return state;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function local(daemon: Daemon): Promise<Route[]> {
  const { routes } = await daemon.speaker.routesPage({ table: 'received', neighbor: '' }, 1000);
  return [...routes];
}

const HOLD = 'sleep 600';

test('routes of programs go to the neighbors, and the owner is shown', async (t) => {
  const script = `echo announce route 203.0.113.0/24 next-hop self med 5; echo 'announce attributes next-hop self community [ 64500:1 ] nlri 198.18.0.0/24 198.18.1.0/24'; ${HOLD}`;
  const { daemon, up } = await start(t, [sh('a', script), sh('b', `echo announce route 203.0.113.0/24 next-hop self med 9; ${HOLD}`)]);
  const peer = await up(2);
  await peer.has('203.0.113.0/24', '198.18.0.0/24', '198.18.1.0/24');
  await until(daemon, 'b', ({ routes }) => routes === 1);
  const routes = await local(daemon);
  assert.deepEqual(
    routes.map(({ prefix, addedBy, localOrigin, best }) => `${prefix} ${localOrigin} ${addedBy} ${best}`),
    ['198.18.0.0/24 process a true', '198.18.1.0/24 process a true', '203.0.113.0/24 process a true', '203.0.113.0/24 process b false'],
  );
  assert.equal(daemon.speaker.processes()[0]!.routes, 3);
  assert.match(daemon.speaker.metrics(), /tsbgp_process_routes\{process="a"\} 3/);
});

test('a selector: the route goes to that neighbor alone, and a withdrawal takes it from that neighbor alone', async (t) => {
  const script = `read x
echo neighbor 127.0.0.2 announce route 203.0.113.0/24 next-hop self
echo announce route 198.18.0.0/24 next-hop self
echo neighbor 127.0.0.3 withdraw route 198.18.0.0/24
echo neighbor 127.0.0.9 announce route 198.18.9.0/24 next-hop self
${HOLD}`;
  // It waits for the second session.
  const { daemon, up } = await start(t, [sh('a', script.replace('read x', 'read x; read x'), ', events: [state], receive: [open]')]);
  const [two, three] = [await up(2), await up(3)];
  await two.has('203.0.113.0/24', '198.18.0.0/24');
  const { errors, lastError } = await until(daemon, 'a', (state) => state.commands === 4);
  assert.equal(errors, 1);
  assert.match(lastError!, /no neighbor is selected/);
  await daemon.speaker.programPort.settled();
  two.announce('192.0.2.0/24');
  await three.has('192.0.2.0/24');
  assert.deepEqual([...three.view], ['192.0.2.0/24']);
});

test('a program hears of sessions and UPDATEs, and answers to them', async (t) => {
  const script = `while read line; do case "$line" in
*'"state": "up"'*) echo announce route 203.0.113.0/24 next-hop self ;;
*'"announce": { "ipv4 unicast": { "192.0.2.1": [ { "nlri": "192.0.2.0/24" } ] } }'*) echo announce route 198.18.0.0/24 next-hop self ;;
*'"state": "down"'*) echo withdraw route 203.0.113.0/24 ;;
esac; done`;
  const { daemon, up } = await start(t, [sh('a', script, ', encoder: json, events: [state], receive: [update]')]);
  const peer = await up(2);
  await peer.has('203.0.113.0/24');
  peer.announce('192.0.2.0/24');
  await peer.has('198.18.0.0/24');
  await peer.close();
  await until(daemon, 'a', ({ commands }) => commands === 3);
  assert.deepEqual(
    (await local(daemon)).map(({ prefix }) => prefix),
    ['198.18.0.0/24'],
  );
});

test('a program that hears of one neighbor announces to that one, also when it comes later', async (t) => {
  const { up, daemon } = await start(t, [sh('a', `echo announce route 203.0.113.0/24 next-hop self; ${HOLD}`, ', neighbors: [127.0.0.2]')]);
  const three = await up(3);
  await until(daemon, 'a', ({ routes }) => routes === 1);
  const two = await up(2);
  await two.has('203.0.113.0/24');
  two.announce('192.0.2.0/24');
  await three.has('192.0.2.0/24');
  assert.ok(!three.view.has('203.0.113.0/24'));
});

test('a reload: what stays runs on, what changed is started anew, the routes of what is gone are withdrawn', async (t) => {
  const kept = sh('kept', `echo announce route 203.0.113.0/24 next-hop self; ${HOLD}`);
  const gone = sh('gone', `echo announce route 198.18.0.0/24 next-hop self; ${HOLD}`);
  const changing = (med: number): string => sh('changing', `echo announce route 198.18.1.0/24 next-hop self med ${med}; ${HOLD}`);
  const { daemon, up } = await start(t, [kept, gone, changing(1)]);
  const peer = await up(2);
  await peer.has('203.0.113.0/24', '198.18.0.0/24', '198.18.1.0/24');
  const before = daemon.speaker.processes().map(({ pid }) => pid);
  const after = parsed([kept, changing(2), sh('new', `echo announce route 198.18.2.0/24 next-hop self; ${HOLD}`)]);
  assert.deepEqual(diffConfig(daemon.config, after).map(describeChange), [
    'processes gone removed: it is ended, its routes are withdrawn',
    'processes changing changed: it is started anew',
    'processes new added: it is started',
  ]);
  await daemon.change(after);
  await peer.lost('198.18.0.0/24');
  await peer.has('198.18.2.0/24', '198.18.1.0/24');
  const now = new Map(daemon.speaker.processes().map(({ name, pid }) => [name, pid]));
  assert.deepEqual([...now.keys()], ['kept', 'changing', 'new']);
  assert.equal(now.get('kept'), before[0]);
  assert.notEqual(now.get('changing'), before[2]);
  await daemon.change(parsed([]));
  await peer.until(() => peer.view.size === 0, 'every route to go');
});

test('garbage, floods, and programs that die again and again harm nobody', async (t) => {
  const { daemon, up } = await start(t, [
    sh('garbage', `head -c 300000 /dev/urandom; echo; echo announce route 203.0.113.0/24 next-hop self; ${HOLD}`),
    sh('dies', 'echo announce route 198.18.0.0/24 next-hop self; exit 3', ', on-end: withdraw'),
    sh('dies-and-keeps', 'echo announce route 198.18.1.0/24 next-hop self; exit 3', ', respawn: false'),
    sh(
      'flood',
      `i=0; while [ $i -lt 20000 ]; do echo announce route 10.$((i/250)).$((i%250)).0/24 next-hop self; i=$((i+1)); done; ${HOLD}`,
    ),
    '{ name: nowhere, run: [/nowhere/program] }',
  ]);
  const peer = await up(2);
  await peer.has('203.0.113.0/24', '198.18.1.0/24');
  const dead = await until(daemon, 'dies', ({ pid, restarts }) => pid === undefined && restarts === 5);
  assert.deepEqual([dead.lastEnd, dead.routes], ['code 3', 0]);
  const kept = await until(daemon, 'dies-and-keeps', ({ pid }) => pid === undefined);
  assert.equal(kept.routes, 1);
  assert.ok((await until(daemon, 'garbage', ({ routes }) => routes === 1)).errors > 0);
  await until(daemon, 'flood', ({ routes }) => routes === 20_000);
  await peer.has('10.79.249.0/24');
  assert.match((await until(daemon, 'nowhere', ({ restarts }) => restarts === 5)).lastEnd ?? '', /cannot be started/);
});

test('a program that ends inside a group leaves nothing of it to its successor: no group, and answers as configured', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tsbgp-programs-'));
  t.after(() => rm(folder, { recursive: true }));
  // The first one makes the folder. The second one goes on when it is answered.
  const script = `if mkdir ${folder}/first 2>/dev/null; then
echo enable-sync; echo disable-ack; echo announce route 198.18.0.0/24 next-hop self; echo group start; echo announce route 198.18.1.0/24 next-hop self; exit 0; fi
echo announce route 203.0.113.0/24 next-hop self; read answer; test "$answer" = done && echo announce route 203.0.114.0/24 next-hop self; ${HOLD}`;
  const { daemon, up } = await start(t, [sh('a', script)]);
  const peer = await up(2);
  await peer.has('203.0.113.0/24', '203.0.114.0/24');
  assert.deepEqual((await local(daemon)).map(({ prefix }) => prefix).toSorted(), ['198.18.0.0/24', '203.0.113.0/24', '203.0.114.0/24']);
});

test('routes of families other than IPv4 and IPv6 unicast are refused, also where a neighbor has the family', async (t) => {
  const routes = [
    'ipv4 flow source-ipv4 10.0.0.0/24 discard',
    'flow route { match { source 10.0.0.0/24; } then { discard; } }',
    'route 10.0.0.0/24 rd 65000:1 label 800 next-hop 192.0.2.1',
    'route 10.0.0.0/24 label 800 next-hop 192.0.2.1',
    'ipv4 multicast 10.0.0.0/24 next-hop 192.0.2.1',
    'route 2001:db8::/32 rd 65000:1 label 800 next-hop 2001:db8::1',
    'vpls rd 192.0.2.1:1 endpoint 1 base 100 offset 1 size 8 next-hop 192.0.2.9',
  ];
  const lines = [
    ...routes.flatMap((route) => [`announce ${route}`, `withdraw ${route}`]),
    'announce ipv6 unicast 2001:db8::/32 next-hop 2001:db8::1',
  ];
  const families =
    'ipv4-unicast, ipv6-unicast, ipv4-multicast, ipv4-flowspec, ipv4-mpls-vpn, ipv6-mpls-vpn, ipv4-labeled-unicast, l2vpn-vpls';
  const { daemon } = await start(t, [sh('a', `${lines.map((line) => `echo '${line}'`).join('; ')}; ${HOLD}`)], `, families: [${families}]`);
  const { errors, lastError, routes: count } = await until(daemon, 'a', ({ commands }) => commands === lines.length);
  assert.deepEqual([errors, count], [2 * routes.length, 1]);
  assert.match(lastError!, /^found a route of l2vpn vpls, allowed are ipv4 unicast and ipv6 unicast in "withdraw vpls/);
  assert.deepEqual(
    (await local(daemon)).map(({ prefix }) => prefix),
    ['2001:db8::/32'],
  );
});

test('commands of ExaBGP that tsbgpd does not carry out are answered with an error; others are answered as ever', async (t) => {
  const lines = [
    'shutdown',
    'restart',
    'create neighbor 127.0.0.9',
    'announce eor ipv4 unicast',
    'announce flow route source 10.0.0.0/24',
    'announce vpls',
    'version',
    'show neighbor summary',
    'show adj-rib out',
    'announce watchdog x',
    'queue-status',
    'enable-sync',
    'announce route 10.9.0.0/24 next-hop self watchdog dog withdraw',
    'announce watchdog dog',
  ];
  // Every line that it reads comes back as a comment, which is answered with "done" and counts as a command.
  const { daemon, up } = await start(t, [sh('a', `${lines.map((line) => `echo '${line}'`).join('; ')}; ${HOLD}`)]);
  const peer = await up(2);
  const { errors } = await until(daemon, 'a', ({ commands }) => commands === lines.length);
  await peer.has('10.9.0.0/24');
  assert.equal(errors, 6);
});
