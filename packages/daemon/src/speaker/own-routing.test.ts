/**
 * Routes of our own and pacing over real sessions.
 *
 *   we   AS 64512, 10.0.0.1     A    127.0.0.2, AS 65002     B    127.0.0.3, AS 65003
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DAMPING_DEFAULTS } from '@tsbgp/rib';
import { IPV4_UNICAST } from '@tsbgp/wire';
import { RoutingPeer } from '../../test/routing-peer.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import { ControlError, type NeighborConfig, type Route } from '../control-plane.ts';
import type { OwnConfig } from '../own-config.ts';
import type { Speaker } from './speaker.ts';

const NOTHING: OwnConfig = { routes: [], aggregates: [], conditions: [], damping: DAMPING_DEFAULTS, updateDelaySeconds: 0 };
const ROUTE = { family: IPV4_UNICAST, prefix: '203.0.113.0/24', nextHop: '0.0.0.0', attributes: [], while: undefined } as const;

interface Scene {
  readonly speaker: Speaker;
  readonly up: (last: number) => Promise<RoutingPeer>;
}

async function scene(
  t: TestContext,
  own: Partial<OwnConfig>,
  a: Partial<NeighborConfig> = {},
  b: Partial<NeighborConfig> = {},
): Promise<Scene> {
  const speaker = makeSpeaker();
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  speaker.configure({ ...NOTHING, ...own });
  speaker.addNeighbor(makeNeighbor(2, a));
  speaker.addNeighbor(makeNeighbor(3, b));
  speaker.started();
  const peers: RoutingPeer[] = [];
  t.after(async () => {
    for (const each of peers) await each.close();
    await speaker.close();
  });
  return {
    speaker,
    up: async (last) => {
      const peer = new RoutingPeer(port, last);
      peers.push(peer);
      await peer.up();
      return peer;
    },
  };
}

/** Resolves when the Loc-RIB has so many routes. */
async function bestRoutes(speaker: Speaker, count: number): Promise<void> {
  const stop = new AbortController();
  for await (const _ of speaker.watch({ table: 'best', initial: true }, stop.signal)) if (speaker.health().routes === count) return;
}

async function localRoutes(speaker: Speaker): Promise<Route[]> {
  const all = await Array.fromAsync(speaker.routes({ table: 'received', neighbor: '' }, new AbortController().signal));
  return all.flat();
}

test('routes of the configuration are sent; listings say where a route of our own comes from', async (t) => {
  const { speaker, up } = await scene(t, {
    routes: [ROUTE],
    aggregates: [{ family: IPV4_UNICAST, prefix: '203.0.0.0/16', summaryOnly: false, mergeCommunities: false, attributes: [] }],
  });
  await speaker.addRoutes([{ family: IPV4_UNICAST, prefix: '198.51.100.0/24', nextHop: '0.0.0.0', attributes: [] }], { addedBy: 'alice' });
  const a = await up(2);
  await a.has('203.0.113.0/24', '203.0.0.0/16', '198.51.100.0/24');
  assert.deepEqual(
    (await localRoutes(speaker)).map(({ prefix, localOrigin, addedBy }) => [prefix, localOrigin, addedBy]),
    [
      ['198.51.100.0/24', 'api', 'alice'],
      ['203.0.0.0/16', 'aggregate', undefined],
      ['203.0.113.0/24', 'configuration', undefined],
    ],
  );
  assert.deepEqual(
    speaker.aggregates().map(({ prefix, contributors }) => [prefix, contributors]),
    [['203.0.0.0/16', 1]],
  );
  await assert.rejects(speaker.addRoutes([], { addedBy: 'x'.repeat(65) }), /added_by: found .*at most 64 characters/);
});

test('a route and a default route come and go with their condition', async (t) => {
  const up198 = { name: 'up', type: 'present', prefixes: ['198.51.100.0/24'], holdSeconds: 0 } as const;
  const lost = { ...up198, name: 'lost', type: 'absent' } as const;
  const { speaker, up } = await scene(
    t,
    { conditions: [up198, lost], routes: [{ ...ROUTE, while: 'lost' }] },
    {},
    { exportPolicy: 'deny-all', defaultOriginate: true, defaultOriginateWhile: 'up' },
  );
  const a = await up(2);
  const b = await up(3);
  await a.has('203.0.113.0/24');
  assert.deepEqual([...b.view], []);
  assert.deepEqual(
    speaker.conditions().map(({ name, holds, routes, neighbors }) => [name, holds, routes, neighbors]),
    [
      ['up', false, 0, 1],
      ['lost', true, 1, 0],
    ],
  );
  a.announce('198.51.100.0/24');
  await a.lost('203.0.113.0/24');
  await b.has('0.0.0.0/0');
  assert.deepEqual([...a.view], []);
  a.withdraw('198.51.100.0/24');
  await a.has('203.0.113.0/24');
  await b.lost('0.0.0.0/0');
});

test('a question about a route of our own that is not there is answered with what it waits for', async (t) => {
  const seen = { name: 'seen', type: 'present', prefixes: ['198.51.100.0/24'], holdSeconds: 0 } as const;
  const gone = { ...seen, name: 'gone', type: 'absent' } as const;
  const aggregate = { family: IPV4_UNICAST, prefix: '198.18.0.0/15', summaryOnly: false, mergeCommunities: false, attributes: [] };
  const own = {
    conditions: [seen, gone],
    routes: [
      { ...ROUTE, while: 'seen' },
      { ...ROUTE, prefix: '203.0.112.0/24', while: 'gone' },
    ],
  };
  const { speaker, up } = await scene(t, { ...own, aggregates: [aggregate] });
  const a = await up(2);
  await a.has('203.0.112.0/24');
  const refusal = (prefix: string): string => {
    try {
      speaker.explain({ prefix });
    } catch (error) {
      return (error as Error).message;
    }
    return 'it is there';
  };
  const waits = 'the route of the configuration waits for the condition';
  assert.equal(
    refusal('203.0.113.0/24'),
    `prefix: there is no path to 203.0.113.0/24: ${waits} seen, which does not hold: none of 198.51.100.0/24 is in the Loc-RIB`,
  );
  assert.equal(refusal('198.18.0.0/15'), 'prefix: there is no path to 198.18.0.0/15: the aggregate has no contributing route');
  assert.equal(refusal('198.19.0.0/16'), 'prefix: there is no path to 198.19.0.0/16');
  a.announce('198.51.100.0/24');
  await a.has('203.0.113.0/24');
  assert.equal(
    refusal('203.0.112.0/24'),
    `prefix: there is no path to 203.0.112.0/24: ${waits} gone, which does not hold: one of 198.51.100.0/24 is in the Loc-RIB`,
  );
});

test('a neighbor that names a condition which is not there is refused', async (t) => {
  const { speaker } = await scene(t, { conditions: [{ name: 'up', type: 'present', prefixes: ['10.0.0.0/8'], holdSeconds: 5 }] });
  assert.throws(
    () => speaker.addNeighbor(makeNeighbor(4, { defaultOriginate: true, defaultOriginateWhile: 'down' })),
    (error) => error instanceof ControlError && /default_originate_while: found "down".*configuration: up/.test(error.message),
  );
  assert.throws(() => speaker.addNeighbor(makeNeighbor(4, { defaultOriginateWhile: 'up' })), /only with default_originate/);
});

test('the update delay ends with End-of-RIB of all neighbors: nothing is advertised before, and only what is best then', async (t) => {
  const { speaker, up } = await scene(t, { updateDelaySeconds: 600, routes: [ROUTE] });
  const a = await up(2);
  const b = await up(3);
  a.announce('198.51.100.0/24');
  a.endOfRib();
  b.announce('192.0.2.0/24');
  await bestRoutes(speaker, 3);
  assert.match(speaker.metrics(), /tsbgp_update_delay_active 1/);
  assert.equal(speaker.health().routes, 3);
  assert.deepEqual([a.log, b.log], [[], []]);
  b.withdraw('192.0.2.0/24');
  b.endOfRib();
  await b.has('203.0.113.0/24', '198.51.100.0/24');
  await a.until(() => a.log.filter(({ what }) => what === 'end-of-rib').length === 2, 'End-of-RIB of both families');
  assert.deepEqual(
    a.log.map(({ what }) => what),
    ['+ 203.0.113.0/24', 'end-of-rib', 'end-of-rib'],
  );
  assert.match(speaker.metrics(), /tsbgp_update_delay_active 0/);
});

test('the update delay ends at its time where a neighbor never comes', async (t) => {
  const { up } = await scene(t, { updateDelaySeconds: 1, routes: [ROUTE] });
  const a = await up(2);
  await a.has('203.0.113.0/24');
});

test('a neighbor that is disabled is not waited for', async (t) => {
  const { up } = await scene(t, { updateDelaySeconds: 600, routes: [ROUTE] }, {}, { enabled: false });
  const a = await up(2);
  a.endOfRib();
  await a.has('203.0.113.0/24');
});

test('advertisement-interval: what changes within it is sent at its end, once, as it is then (RFC 4271 §9.2.1.1)', async (t) => {
  const { up, speaker } = await scene(t, { routes: [ROUTE] }, {}, { advertisementIntervalSeconds: 1 });
  const a = await up(2);
  const b = await up(3);
  await b.has('203.0.113.0/24');
  await b.until(() => b.log.length === 3, 'End-of-RIB');
  const first = b.log.at(-1)!.ms;
  for (let med = 0; med < 20; med++) a.announce('198.51.100.0/24', med);
  a.announce('192.0.2.0/24');
  a.withdraw('192.0.2.0/24');
  await b.has('198.51.100.0/24');
  const [, , , ...later] = b.log;
  assert.equal(later.filter(({ what }) => what === '+ 198.51.100.0/24').length, 1);
  assert.equal(b.view.has('192.0.2.0/24'), false);
  const waited = later[0]!.ms - first;
  assert.ok(waited >= 900, `waited ${waited} ms`);
  const { session } = speaker.getNeighbor('127.0.0.3');
  assert.equal(session?.backlogBytes, 0, 'the socket itself has nothing to wait for');
});

test('damping: a route that flaps is listed, and not used', async (t) => {
  const { speaker, up } = await scene(t, {}, { flapDamping: true });
  const a = await up(2);
  const b = await up(3);
  for (let i = 0; i < 7; i++) {
    a.announce('198.51.100.0/24');
    a.withdraw('198.51.100.0/24');
  }
  a.announce('198.51.100.0/24');
  a.announce('192.0.2.0/24');
  await b.has('192.0.2.0/24');
  assert.equal(b.view.has('198.51.100.0/24'), false);
  const { routes, count } = speaker.dampened({});
  assert.equal(count, 1);
  assert.deepEqual(
    routes.map(({ prefix, neighbor, flaps, suppressed, announced }) => [prefix, neighbor, flaps, suppressed, announced]),
    [['198.51.100.0/24', '127.0.0.2', 7, true, true]],
  );
  assert.ok(routes[0]!.penalty > 6900 && routes[0]!.reuseSeconds > 2800, JSON.stringify(routes[0]));
  assert.deepEqual(speaker.dampened({ neighbor: '127.0.0.3', all: true }), { routes: [], count: 0 });
  assert.equal(speaker.paths({ prefix: '198.51.100.0/24' }).paths[0]?.filterReason, 'damped');
});
