/**
 * Neighbors that restart, over real sessions: what of their routes stays, for how long, and what a third party is sent meanwhile.
 *
 *   we   AS 64512, listening on 127.0.0.1
 *   A    127.0.0.2, AS 65002: it restarts            C    127.0.0.3, AS 65003: the third party
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type Capability,
  DEFAULT_CONTEXT,
  encodeControlMessage,
  fromHex,
  type GracefulRestartCapability,
  hardReset,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type NotificationMessage,
  notification,
} from '@tsbgp/wire';
import { scaled } from '../../../../test/scale.ts';
import { RoutingPeer } from '../../test/routing-peer.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import type { NeighborConfig } from '../control-plane.ts';
import type { Speaker } from './speaker.ts';

const P = '198.51.100.0/24';
const Q = '198.51.101.0/24';
const MARK = '203.0.113.0/24';

const restartsWith = (more: Partial<GracefulRestartCapability> = {}): GracefulRestartCapability => ({
  type: 'graceful-restart',
  restartState: false,
  notification: false,
  restartTimeSeconds: 120,
  families: [IPV4_UNICAST, IPV6_UNICAST].map((family) => ({ family, forwarding: true })),
  ...more,
});
const longLived = (staleTimeSeconds: number): Capability => ({
  type: 'long-lived-graceful-restart',
  families: [{ family: IPV4_UNICAST, forwarding: true, staleTimeSeconds }],
});

interface Scene {
  readonly speaker: Speaker;
  readonly third: RoutingPeer;
  /** A session of A, which has sent nothing yet. */
  readonly open: (capabilities: readonly Capability[]) => Promise<RoutingPeer>;
  /** A session of A, which has sent its routes and End-of-RIB. */
  readonly connect: (capabilities: readonly Capability[], ...prefixes: string[]) => Promise<RoutingPeer>;
  /** What has come to C until now: everything is on its way before `MARK`, which the daemon announces. */
  readonly told: () => Promise<string[]>;
}

async function scene(t: TestContext, config: Partial<NeighborConfig> = {}, third: readonly Capability[] = []): Promise<Scene> {
  const speaker = makeSpeaker();
  t.after(() => speaker.close());
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  speaker.addNeighbor(makeNeighbor(2, config));
  speaker.addNeighbor(makeNeighbor(3));
  const peers: RoutingPeer[] = [];
  t.after(() => Promise.all(peers.map((peer) => peer.close())));
  const up = async (last: number, capabilities: readonly Capability[]): Promise<RoutingPeer> => {
    const peer = new RoutingPeer(port, last, { capabilities });
    peers.push(peer);
    await peer.up();
    return peer;
  };
  const c = await up(3, third);
  await c.until(() => c.log.filter(({ what }) => what === 'end-of-rib').length === 2, 'End-of-RIB of both families');
  c.log.length = 0;
  const connect = async (capabilities: readonly Capability[], ...prefixes: string[]): Promise<RoutingPeer> => {
    const a = await up(2, capabilities);
    for (const prefix of prefixes) a.announce(prefix);
    a.endOfRib();
    if (prefixes.length > 0) await c.has(...prefixes);
    return a;
  };
  const told = async (): Promise<string[]> => {
    await speaker.addRoutes([{ family: IPV4_UNICAST, prefix: MARK, nextHop: '192.0.2.1', attributes: [] }]);
    await c.has(MARK);
    await speaker.deleteRoutes([{ family: IPV4_UNICAST, prefix: MARK }]);
    await c.lost(MARK);
    return c.log.splice(0).flatMap(({ what }) => (what.includes(MARK) ? [] : [what]));
  };
  return { speaker, third: c, open: (capabilities) => up(2, capabilities), connect, told };
}

/** A is not Established any more. */
async function isDown(speaker: Speaker): Promise<void> {
  const end = performance.now() + 10_000;
  while (speaker.getNeighbor('127.0.0.2').session !== undefined) {
    assert.ok(performance.now() < end, 'the session ends');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function lose(speaker: Speaker, a: RoutingPeer): Promise<void> {
  await a.close();
  await isDown(speaker);
}

const staleOf = (speaker: Speaker): readonly [number, string | undefined] => {
  const { stale, staleRoutes } = speaker.getNeighbor('127.0.0.2').prefixes[0]!;
  return [stale, staleRoutes?.phase];
};

test('RFC 4724 §4.2: routes stay while the neighbor restarts; what it has not sent again by End-of-RIB goes', async (t) => {
  const { speaker, third, connect, told } = await scene(t);
  await lose(speaker, await connect([restartsWith()], P, Q));
  assert.deepEqual(staleOf(speaker), [2, 'restart']);
  assert.ok(speaker.getNeighbor('127.0.0.2').restartingSince !== undefined);
  const { routes } = await speaker.routesPage({ table: 'received', neighbor: '127.0.0.2' }, 10);
  assert.deepEqual(
    routes.map(({ prefix, stale, best }) => [prefix, stale, best]),
    [
      [P, true, true],
      [Q, true, true],
    ],
  );
  assert.deepEqual(speaker.explain({ prefix: P }).neighbors.find(({ neighbor }) => neighbor === '127.0.0.2')?.cause, 'no-session');
  assert.deepEqual((await told()).slice(2), [], 'nothing is withdrawn');
  const back = await connect([restartsWith({ restartState: true })], P);
  await third.lost(Q);
  assert.deepEqual(await told(), [`- ${Q}`], 'and nothing is announced anew');
  assert.deepEqual(staleOf(speaker), [0, undefined]);
  assert.equal(speaker.getNeighbor('127.0.0.2').restartingSince, undefined);
  assert.match(speaker.metrics(), /tsbgp_neighbor_stale_routes\{neighbor="127.0.0.2",remote_as="65002",family="ipv4-unicast"\} 0/);
  const types = speaker.events.after(0, 100).events.filter(({ neighbor, type }) => neighbor === '127.0.0.2' && type === 'graceful-restart');
  assert.deepEqual(
    types.map(({ family }) => family),
    [undefined, IPV4_UNICAST, IPV6_UNICAST],
  );
  await back.close();
});

test('after the restart time of the neighbor its routes go', async (t) => {
  const { speaker, third, connect } = await scene(t);
  await lose(speaker, await connect([restartsWith({ restartTimeSeconds: 1 })], P));
  await third.lost(P);
  assert.equal(speaker.getNeighbor('127.0.0.2').restartingSince, undefined);
  assert.equal(speaker.getNeighbor('127.0.0.2').paths, 0);
});

test('stale-path-time bounds it from the loss of the session on, also when the neighbor is back and sends no End-of-RIB', async (t) => {
  const { speaker, third, open, connect } = await scene(t, { stalePathTimeSeconds: 1 });
  await lose(speaker, await connect([restartsWith()], P, Q));
  const back = await open([restartsWith()]);
  back.announce(Q);
  assert.deepEqual(staleOf(speaker)[1], 'resync');
  await third.lost(P);
  assert.ok(third.view.has(Q));
  await back.close();
});

for (const [what, capabilities] of [
  ['without the capability', []],
  ['without the family', [restartsWith({ families: [{ family: IPV6_UNICAST, forwarding: true }] })]],
  ['without its forwarding state', [restartsWith({ families: [{ family: IPV4_UNICAST, forwarding: false }] })]],
] as const) {
  test(`RFC 4724 §4.2: a neighbor that is back ${what} loses its stale routes at once`, async (t) => {
    const { speaker, third, open, connect } = await scene(t);
    await lose(speaker, await connect([restartsWith()], P));
    const back = await open(capabilities);
    await third.lost(P);
    await back.close();
  });
}

const CEASES: readonly [what: string, message: NotificationMessage, isKept: boolean, notifies: boolean][] = [
  ['a NOTIFICATION', notification(6, 4), false, false],
  ['RFC 8538 §4: a NOTIFICATION, where both announced it', notification(6, 4), true, true],
  ['RFC 8538 §3: a Hard Reset', hardReset(notification(6, 2)), false, true],
];
for (const [what, message, isKept, notifies] of CEASES) {
  test(`${what}: routes ${isKept ? 'stay' : 'go'}`, async (t) => {
    const { speaker, third, connect, told } = await scene(t);
    const a = await connect([restartsWith({ notification: notifies })], P);
    a.socket.end(encodeControlMessage(message, DEFAULT_CONTEXT));
    await isDown(speaker);
    if (!isKept) await third.lost(P);
    assert.deepEqual((await told()).slice(1), isKept ? [] : [`- ${P}`]);
  });
}

test('RFC 8538 §4: a malformed message from the neighbor is answered with a NOTIFICATION, and its routes stay', async (t) => {
  const { speaker, connect, told } = await scene(t);
  const a = await connect([restartsWith({ notification: true })], P);
  a.socket.write(fromHex('ffffffffffffffffffffffffffffffff 0013 09'));
  await a.until(() => a.closed, 'the end of the session');
  assert.deepEqual(a.notifications, ['1/3']);
  await isDown(speaker);
  assert.deepEqual((await told()).slice(1), []);
});

const ENDS: readonly [what: string, end: (speaker: Speaker, a: RoutingPeer) => unknown, config?: Partial<NeighborConfig>][] = [
  ['the operator shuts it down', (speaker) => speaker.disableNeighbor('127.0.0.2', 'maintenance')],
  ['the operator resets it', (speaker) => speaker.resetNeighbor('127.0.0.2', 'hard')],
  ['the neighbor is deleted', (speaker) => speaker.deleteNeighbor('127.0.0.2')],
  ['a limit is passed', (_, a) => a.announce(Q), { maxPrefix: { 'ipv4-unicast': 1 } }],
];
for (const [what, end, config] of ENDS) {
  test(`RFC 8538 §3: a Hard Reset, and no route is kept, when ${what}`, async (t) => {
    const { speaker, third, connect } = await scene(t, config);
    const a = await connect([restartsWith({ notification: true })], P);
    await end(speaker, a);
    await a.until(() => a.closed, 'the end of the session');
    assert.deepEqual(a.notifications, ['6/9']);
    await third.lost(P);
  });
}

test('an operator who shuts a neighbor down while it restarts ends the wait', async (t) => {
  const { speaker, third, connect } = await scene(t);
  await lose(speaker, await connect([restartsWith()], P));
  speaker.disableNeighbor('127.0.0.2');
  await third.lost(P);
  speaker.enableNeighbor('127.0.0.2');
  await lose(speaker, await connect([restartsWith()], P));
  await speaker.deleteNeighbor('127.0.0.2');
  await third.lost(P);
});

test('import policy applies to stale routes too', async (t) => {
  const { speaker, third, connect } = await scene(t);
  await lose(speaker, await connect([restartsWith()], P));
  await speaker.changeNeighbor(makeNeighbor(2, { importPolicy: 'deny-all' }), false);
  await third.lost(P);
  await speaker.changeNeighbor(makeNeighbor(2), false);
  await third.has(P);
});

test('graceful-restart: off announces nothing and keeps nothing', async (t) => {
  const { speaker, third, connect } = await scene(t, { gracefulRestart: 'off' });
  const a = await connect([restartsWith()], P);
  const { localCapabilities } = speaker.getNeighbor('127.0.0.2').session!;
  assert.equal(
    localCapabilities.some(({ type }) => type === 'graceful-restart'),
    false,
  );
  await lose(speaker, a);
  await third.lost(P);
});

test('what our OPEN says: a helper names no family, a restarting speaker does', async (t) => {
  const said = async (config: Partial<NeighborConfig>): Promise<Capability[]> => {
    const { speaker, connect } = await scene(t, config);
    await connect([restartsWith()]);
    const { localCapabilities } = speaker.getNeighbor('127.0.0.2').session!;
    return localCapabilities.filter(({ type }) => type.endsWith('graceful-restart'));
  };
  assert.deepEqual(await said({ gracefulNotification: false }), [restartsWith({ restartTimeSeconds: 0, families: [] })]);
  const longLivedGracefulRestart = { 'ipv4-unicast': 3600 };
  assert.deepEqual(await said({ gracefulRestart: 'restarting', restartTimeSeconds: 60, longLivedGracefulRestart }), [
    restartsWith({ restartTimeSeconds: 60, notification: true }),
    longLived(3600),
  ]);
});

test('RFC 9494 §4.2: after the restart time routes are the last choice for the stale time, and only those who know LLGR_STALE have them', async (t) => {
  const config = { longLivedGracefulRestart: { 'ipv4-unicast': 1 } };
  const capabilities = [restartsWith({ restartTimeSeconds: 0 }), longLived(600)];
  const { speaker, third, connect } = await scene(t, config, [longLived(0)]);
  await lose(speaker, await connect(capabilities, P));
  await third.until(() => third.log.filter(({ what }) => what === `+ ${P}`).length === 2, 'the route with LLGR_STALE');
  assert.deepEqual(staleOf(speaker), [1, 'long-lived']);
  await third.lost(P);
  assert.equal(speaker.getNeighbor('127.0.0.2').restartingSince, undefined);
});

test('RFC 9494 §4.3: a neighbor without the capability is not sent what is stale for long; it gets it when it is sent again', async (t) => {
  const capabilities = [restartsWith({ restartTimeSeconds: 0 }), longLived(600)];
  const { speaker, third, connect } = await scene(t, { longLivedGracefulRestart: { 'ipv4-unicast': 600 } });
  await lose(speaker, await connect(capabilities, P));
  await third.lost(P);
  const back = await connect(capabilities, P);
  await lose(speaker, back);
  await third.lost(P);
  assert.deepEqual(staleOf(speaker), [1, 'long-lived'], 'a neighbor that restarts again may do so');
  await back.close();
});

test('a hundred restarts at random moments leave no stale route, no path and no index behind', async (t) => {
  const { speaker, third, connect } = await scene(t);
  let seed = 4724;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const ends = ['lost', 'lost before End-of-RIB', 'hard reset', 'notification'] as const;
  const all = Array.from({ length: 20 }, (_, i) => `10.${i}.0.0/16`);
  let heap = 0;
  const rounds = scaled(100, 12);
  for (let round = 0; round < rounds; round++) {
    const end = ends[random(ends.length)]!;
    const mine = all.filter(() => random(2) === 0);
    const a = await connect([restartsWith({ notification: random(2) === 0 })], ...mine);
    if (random(3) === 0) await new Promise((resolve) => setTimeout(resolve, random(5)));
    if (end === 'hard reset') a.socket.end(encodeControlMessage(hardReset(notification(6, 4)), DEFAULT_CONTEXT));
    else if (end === 'notification') a.socket.end(encodeControlMessage(notification(6, 4), DEFAULT_CONTEXT));
    else await a.close();
    await isDown(speaker);
    if (round === Math.floor(rounds / 4)) heap = process.memoryUsage().heapUsed;
  }
  const last = await connect([restartsWith()], P);
  await third.until(() => third.view.size === 1, 'nothing but the last route');
  assert.deepEqual([...third.view], [P]);
  assert.deepEqual(staleOf(speaker), [0, undefined]);
  assert.equal(speaker.getNeighbor('127.0.0.2').paths, 1);
  const grown = process.memoryUsage().heapUsed - heap;
  assert.ok(grown < 40_000_000, `the heap has grown by ${grown} octets`);
  await lose(speaker, last);
  await speaker.deleteNeighbor('127.0.0.2');
  await third.lost(P);
  assert.match(speaker.metrics(), /tsbgp_rib_paths\{family="ipv4-unicast"\} 0/);
  assert.match(speaker.metrics(), /tsbgp_rib_attribute_sets 0/);
});
