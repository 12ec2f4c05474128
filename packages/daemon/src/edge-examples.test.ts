/**
 * The examples of an edge towards transit and of one towards customers do what their comments say: they run with sessions on the loopback.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RoutingPeer } from '../test/routing-peer.ts';
import { makeSpeaker } from '../test/speakers.ts';
import { loadConfig } from './config/load.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');

/** Runs an example. The neighbors have the addresses 127.0.0.2 and on, hold times are 0, and the sessions of all neighbors are up. */
async function run(t: TestContext, example: string): Promise<RoutingPeer[]> {
  const { config } = loadConfig(join(EXAMPLES, example));
  const { as: localAs, routerId } = config.global;
  const speaker = makeSpeaker({ localAs, routerId });
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  const conditions = config.own.conditions.map((condition) => ({ ...condition, holdSeconds: 0 }));
  speaker.configure({ ...config.own, conditions });
  for (const [i, neighbor] of config.neighbors.entries()) {
    const advertisementIntervalSeconds = neighbor.advertisementIntervalSeconds === undefined ? undefined : 1;
    speaker.addNeighbor({ ...neighbor, address: `127.0.0.${i + 2}`, passive: true, advertisementIntervalSeconds });
  }
  speaker.started();
  const peers = config.neighbors.map(({ remoteAs }, i) => new RoutingPeer(port, i + 2, { as: remoteAs, localAs }));
  t.after(async () => {
    for (const peer of peers) await peer.close();
    await speaker.close();
  });
  for (const peer of peers) await peer.up();
  return peers;
}

const PROOF_OF_TRANSIT = '192.175.48.0/24';
const OURS = '203.0.113.0/24';
const WHILE_LOST = '192.88.99.0/24';

test('transit-edge.yaml: aggregate, default route for the core, and a route for the time without transit', async (t) => {
  const [transit, core] = (await run(t, 'transit-edge.yaml')) as [RoutingPeer, RoutingPeer];
  core.announce('198.18.4.0/24');
  transit.announce(PROOF_OF_TRANSIT);
  transit.endOfRib();
  assert.deepEqual([transit.log, core.log], [[], []], 'the update delay');
  core.endOfRib();
  await transit.has(OURS, '198.18.0.0/15');
  await core.has(OURS, '198.18.0.0/15', PROOF_OF_TRANSIT, '0.0.0.0/0');
  assert.deepEqual([...transit.view].toSorted(), ['198.18.0.0/15', OURS], 'no part of the block, no default route');
  assert.equal(core.view.has(WHILE_LOST), false);
  transit.withdraw(PROOF_OF_TRANSIT);
  await core.has(WHILE_LOST);
  await core.lost('0.0.0.0/0');
  assert.equal(transit.view.has(WHILE_LOST), false, 'no-export');
});

test('customer-edge.yaml: a default route for one, all routes for the other', async (t) => {
  const [small, large, core] = (await run(t, 'customer-edge.yaml')) as [RoutingPeer, RoutingPeer, RoutingPeer];
  core.announce(OURS);
  small.announce('198.18.1.0/24');
  await large.has(OURS, '198.18.1.0/24');
  await small.has('0.0.0.0/0');
  await core.has('198.18.1.0/24');
  assert.deepEqual([...small.view], ['0.0.0.0/0']);
  assert.equal(large.view.has('0.0.0.0/0'), false);
  core.withdraw(OURS);
  await small.lost('0.0.0.0/0');
  await large.lost(OURS);
});
