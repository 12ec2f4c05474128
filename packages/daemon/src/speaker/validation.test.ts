/**
 * Origin validation and ASPA over real sessions and real caches.
 *
 *   we   AS 64512     sender   127.0.0.2, AS 65002     receiver   127.0.0.3, AS 65003     inside   127.0.0.4, AS 64512
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { AspaState, RovState } from '@tsbgp/rib';
import { IPV4_UNICAST } from '@tsbgp/wire';
import { RoutingPeer } from '../../test/routing-peer.ts';
import { aspaPdu, startAspaServer } from '../../test/rpki/aspa-server.ts';
import { cacheConfig, startCache } from '../../test/rpki/rpki-sources.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import type { NeighborConfig, Route } from '../control-plane.ts';
import { NO_RPKI } from '../rpki-config.ts';
import type { Speaker } from './speaker.ts';

const PREFIX = '192.0.2.0/24';
const OTHER = '198.51.100.0/24';
const VALID = { prefix: PREFIX, maxLength: 24, asn: 65_002 };
const COVERING = { prefix: '192.0.2.0/23', maxLength: 23, asn: 65_009 };

interface Scene {
  readonly speaker: Speaker;
  readonly sender: RoutingPeer;
  readonly receiver: RoutingPeer;
}

async function scene(t: TestContext, cachePort: number, keys: Partial<NeighborConfig>): Promise<Scene> {
  const speaker = makeSpeaker();
  t.after(() => speaker.close());
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  speaker.configureRpki({ ...NO_RPKI, caches: [cacheConfig(cachePort)], waitSeconds: 600 });
  speaker.addNeighbor(makeNeighbor(2, keys));
  speaker.addNeighbor(makeNeighbor(3));
  speaker.started();
  while (speaker.getNeighbor('127.0.0.2').waitsFor !== undefined) {
    await new Promise<void>((resolve) => {
      const leave = speaker.events.listen(() => {
        leave();
        resolve();
      });
    });
  }
  const [sender, receiver] = [new RoutingPeer(port, 2), new RoutingPeer(port, 3)];
  t.after(() => Promise.all([sender.close(), receiver.close()]));
  await sender.up();
  await receiver.up();
  return { speaker, sender, receiver };
}

/** Why the routes of the sender are not used, by prefix. */
async function reasons(speaker: Speaker): Promise<Record<string, string | undefined>> {
  const all = await Array.fromAsync(
    speaker.routes({ table: 'received', neighbor: '127.0.0.2', rejected: true }, new AbortController().signal),
  );
  return Object.fromEntries(all.flat().map(({ prefix, filterReason }) => [prefix, filterReason]));
}

test('a route that is invalid is not used, and comes and goes with the data; others stay', async (t) => {
  const { cache, port } = await startCache(t, { vrps: [COVERING] });
  const { speaker, sender, receiver } = await scene(t, port, { rov: 'reject-invalid' });
  sender.announce(PREFIX);
  sender.announce(OTHER);
  await receiver.has(OTHER);
  assert.equal(receiver.view.has(PREFIX), false);
  assert.deepEqual(await reasons(speaker), { [PREFIX]: 'rpki-invalid' });
  const { received, accepted, rejected } = speaker.getNeighbor('127.0.0.2').prefixes.find(({ family }) => family === IPV4_UNICAST)!;
  assert.deepEqual([received, accepted, rejected.map(({ reason, count }) => [reason, count])], [2, 1, [['rpki-invalid', 1]]]);
  assert.match(speaker.metrics(), /rejected\{[^}]*reason="rpki-invalid"\} 1/);
  cache.update({ vrps: [COVERING, VALID] });
  await receiver.has(PREFIX);
  assert.deepEqual(await reasons(speaker), {});
  cache.update({ vrps: [COVERING] });
  await receiver.lost(PREFIX);
  assert.ok(receiver.view.has(OTHER));
});

test('mark: an invalid route is used, and listings, paths and changes show the state', async (t) => {
  const { port } = await startCache(t, { vrps: [COVERING], aspas: [{ customer: 65_010, providers: [65_002] }] });
  const { speaker, sender, receiver } = await scene(t, port, { aspaRole: 'provider' });
  sender.announce(PREFIX, undefined, [65_002, 65_010]);
  await receiver.has(PREFIX);
  const expected = [RovState.Invalid, AspaState.Valid];
  const states = ({ rov, aspa }: Route) => [rov, aspa];
  const signal = AbortSignal.timeout(10_000);
  for (const table of ['received', 'best'] as const) {
    const listed = await Array.fromAsync(speaker.routes({ table }, signal));
    assert.deepEqual(listed.flat().map(states), [expected], table);
  }
  assert.deepEqual(states(speaker.paths({ prefix: PREFIX }).paths[0]!.route), expected);
  for await (const { events } of speaker.watch({ table: 'best', initial: true }, signal)) {
    const [event] = events;
    assert.ok(event?.type === 'announce');
    assert.deepEqual(states(event.route), expected);
    break;
  }
  await speaker.changeNeighbor(makeNeighbor(2, { rov: 'off' }), false);
  assert.deepEqual(states(speaker.paths({ prefix: PREFIX }).paths[0]!.route), [undefined, undefined]);
});

test('the key may change, and the source may go: routes are judged again, the session stays', async (t) => {
  const { port } = await startCache(t, { vrps: [COVERING] });
  const { speaker, sender, receiver } = await scene(t, port, { rov: 'reject-invalid' });
  const { establishedAt } = speaker.getNeighbor('127.0.0.2').session!;
  sender.announce(PREFIX);
  sender.announce(OTHER);
  await receiver.has(OTHER);
  speaker.configureRpki(NO_RPKI);
  await receiver.has(PREFIX);
  speaker.configureRpki({ ...NO_RPKI, caches: [cacheConfig(port)] });
  await receiver.lost(PREFIX);
  const { touched } = await speaker.changeNeighbor(makeNeighbor(2, { rov: 'off' }), false);
  assert.deepEqual(touched, ['import']);
  await receiver.has(PREFIX);
  assert.equal(speaker.getNeighbor('127.0.0.2').session!.establishedAt, establishedAt);
});

test('ASPA over version 2 of RTR: a path that is a leak is not used, and the data may change', async (t) => {
  const server = await startAspaServer(t, aspaPdu(65_010, 65_011));
  const { speaker, sender, receiver } = await scene(t, server.port, { aspa: 'reject-invalid', aspaRole: 'provider' });
  // From a customer, whose provider 65010 is not: a leak.
  sender.announce(PREFIX, undefined, [65_002, 65_010]);
  sender.announce(OTHER, undefined, [65_002, 65_020]);
  await receiver.has(OTHER);
  assert.deepEqual(await reasons(speaker), { [PREFIX]: 'aspa-invalid' });
  server.update(aspaPdu(65_010, 65_002, 65_011));
  await receiver.has(PREFIX);
  server.update(aspaPdu(65_010, 65_011), aspaPdu(65_020, 0));
  await receiver.lost(PREFIX);
  await receiver.lost(OTHER);
});

test('ASPA: from a provider paths come down; without a role nothing is verified', async (t) => {
  const server = await startAspaServer(t, aspaPdu(65_002, 65_011), aspaPdu(65_010, 65_011));
  const { speaker, sender, receiver } = await scene(t, server.port, { aspa: 'reject-invalid', aspaRole: 'customer' });
  // Down from the provider 65011 of 65002, to which 65010 went up.
  sender.announce(PREFIX, undefined, [65_002, 65_011, 65_010]);
  // Across between two customers of 65011, twice: neither is a provider of the other.
  sender.announce(OTHER, undefined, [65_002, 65_010, 65_002]);
  await receiver.has(PREFIX);
  sender.announce('203.0.113.0/24');
  await receiver.has('203.0.113.0/24');
  await speaker.changeNeighbor(makeNeighbor(2, { aspa: 'reject-invalid' }), false);
  await receiver.has(OTHER);
});
