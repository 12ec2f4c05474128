/** Limits of a neighbor over real sessions: the NOTIFICATION, what keeps the session down, the counters, and the soft reset inbound. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DEFAULT_CONTEXT, encodeUpdate, IPV4_UNICAST, MessageType, writeU16 } from '@tsbgp/wire';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import type { FamilyCounts, NeighborConfig, Route } from '../control-plane.ts';

async function scene(t: TestContext, more: Partial<NeighborConfig>) {
  const speaker = makeSpeaker();
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  speaker.addNeighbor(makeNeighbor(2, more));
  const peer = await connect(port);
  t.after(async () => {
    await peer.close();
    await speaker.close();
  });
  const counts = (): FamilyCounts => speaker.getNeighbor('127.0.0.2').prefixes[0]!;
  /** Resolves when the speaker has taken the routes. */
  const taken = (condition: () => boolean): Promise<void> => until(condition);
  const rejected = async (reason?: 'as-loop' | 'max-prefix'): Promise<string[]> => {
    const page = await speaker.routesPage({ table: 'received', rejected: reason ?? true }, 100);
    return page.routes.map(({ prefix, filterReason }: Route) => `${prefix} ${filterReason}`);
  };
  return { speaker, port, peer, counts, taken, rejected };
}

async function connect(port: number): Promise<RawPeer> {
  const peer = new RawPeer(port, 2);
  await peer.up();
  return peer;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, 'waited 10 s in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function update(prefixes: readonly string[], path: number[] = [65_002]): Uint8Array {
  const body = encodeUpdate(
    {
      type: 'update',
      withdrawn: [],
      attributes: [
        { type: 'origin', flags: 0x40, value: 'igp' },
        { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: path }] },
        { type: 'next-hop', flags: 0x40, value: '127.0.0.2' },
      ],
      nlri: prefixes.map((prefix) => ({ type: 'ip-prefix', family: IPV4_UNICAST, prefix })),
    },
    DEFAULT_CONTEXT,
  );
  const message = new Uint8Array(19 + body.length).fill(0xff, 0, 16);
  writeU16(message, 16, message.length);
  message[18] = MessageType.Update;
  message.set(body, 19);
  return message;
}

const prefixes = (count: number): string[] => Array.from({ length: count }, (_, i) => `10.0.${i}.0/24`);

test('RFC 4486 §4: beyond max-prefix the session ends with Cease/1 and stays down until the operator enables it', async (t) => {
  const { speaker, port, peer } = await scene(t, { maxPrefix: { 'ipv4-unicast': 3 } });
  await peer.write(update(prefixes(4)));
  await peer.until(() => peer.closed, 'the end of the session');
  assert.deepEqual(peer.notifications, ['6/1']);
  await until(() => speaker.getNeighbor('127.0.0.2').adminState === 'down');
  const { limitShutdown, prefixes: counts } = speaker.getNeighbor('127.0.0.2');
  assert.equal(limitShutdown?.text, 'more than 3 routes received (max-prefix): the session ends');
  assert.equal(limitShutdown.restartAt, undefined);
  assert.equal(counts[0]!.received, 0);
  assert.match(speaker.metrics(), /tsbgp_neighbor_limit_shutdown\{neighbor="127.0.0.2",remote_as="65002"\} 1/);
  const events = speaker.events.after(0, 100).events.map(({ type, text }) => `${type} ${text}`);
  assert.ok(
    events.includes('limit 3 of at most 3 routes received (max-prefix)') || events.some((each) => each.startsWith('limit more than 3')),
  );

  const refused = new RawPeer(port, 2);
  await refused.until(() => refused.closed, 'the refusal');
  assert.deepEqual(refused.notifications, ['6/5']);
  speaker.enableNeighbor('127.0.0.2');
  assert.equal(speaker.getNeighbor('127.0.0.2').limitShutdown, undefined);
  const again = await connect(port);
  assert.equal(again.established, true);
  await again.close();
});

test('max-prefix-restart says when the session starts again, and deleting the neighbor ends the wait', async (t) => {
  const { speaker, peer } = await scene(t, { maxPrefix: { 'ipv4-unicast': 1 }, maxPrefixRestart: 30 });
  const before = Date.now();
  await peer.write(update(prefixes(2)));
  await until(() => speaker.getNeighbor('127.0.0.2').limitShutdown !== undefined);
  const { restartAt } = speaker.getNeighbor('127.0.0.2').limitShutdown!;
  const minutes = (restartAt!.getTime() - before) / 60_000;
  assert.ok(minutes >= 30 && minutes < 31, `${minutes}`);
  await speaker.deleteNeighbor('127.0.0.2');
});

test('discard keeps the session; what is rejected is listed with its reason, counted, and in the metrics', async (t) => {
  const { speaker, peer, counts, taken, rejected } = await scene(t, {
    maxPrefixAccepted: { 'ipv4-unicast': 2 },
    maxPrefixAction: 'discard',
  });
  await peer.write(update(prefixes(4)));
  await peer.write(update(['10.9.0.0/24'], [65_002, 64_512]));
  await taken(() => counts().received === 5);
  assert.deepEqual(counts().rejected, [
    { reason: 'as-loop', count: 1 },
    { reason: 'max-prefix', count: 2 },
  ]);
  assert.equal(counts().limitState, 'reached');
  assert.deepEqual(await rejected(), ['10.0.2.0/24 max-prefix', '10.0.3.0/24 max-prefix', '10.9.0.0/24 as-loop']);
  assert.deepEqual(await rejected('as-loop'), ['10.9.0.0/24 as-loop']);
  const metrics = speaker.metrics();
  assert.match(metrics, /tsbgp_neighbor_rejected\{[^}]*family="ipv4-unicast",reason="max-prefix"\} 2/);
  assert.match(metrics, /tsbgp_neighbor_limit_used\{[^}]*limit="accepted"\} 2/);
  await assert.rejects(speaker.routesPage({ table: 'best', rejected: true }, 10), /filter\.rejected/);
});

test('keep-rejected-routes: false: they are counted and not listed; soft-in then asks the neighbor', async (t) => {
  const { speaker, peer, counts, taken, rejected } = await scene(t, { keepRejectedRoutes: false });
  await peer.write(update(['10.9.0.0/24'], [65_002, 64_512]));
  await taken(() => counts().discarded.length > 0);
  assert.deepEqual(counts().discarded, [{ reason: 'as-loop', count: 1 }]);
  assert.equal(counts().received, 0);
  assert.deepEqual(await rejected(), []);
  speaker.resetNeighbor('127.0.0.2', 'soft-in', { families: [IPV4_UNICAST] });
  assert.equal(speaker.getNeighbor('127.0.0.2').counters.routeRefreshesSent, 1);
});

test('soft-in judges from the Adj-RIB-In where it is complete, refresh asks all the same', async (t) => {
  const { speaker, peer, counts, taken } = await scene(t, { maxPrefixAccepted: { 'ipv4-unicast': 1 }, maxPrefixAction: 'discard' });
  await peer.write(update(prefixes(2)));
  await taken(() => counts().received === 2);
  const withdrawal = new Uint8Array(27).fill(0xff, 0, 16);
  withdrawal.set([0, 27, 2, 0, 4, 24, 10, 0, 0, 0, 0], 16);
  await peer.write(withdrawal);
  await taken(() => counts().received === 1);
  assert.equal(counts().withdrawn, 1);
  assert.equal(counts().accepted, 0);
  speaker.resetNeighbor('127.0.0.2', 'soft-in');
  await taken(() => counts().accepted === 1);
  assert.equal(speaker.getNeighbor('127.0.0.2').counters.routeRefreshesSent, 0);
  speaker.resetNeighbor('127.0.0.2', 'refresh');
  assert.equal(speaker.getNeighbor('127.0.0.2').counters.routeRefreshesSent, 2);
});

test('what is announced to a neighbor and withdrawn from it is counted', async (t) => {
  const { speaker, peer, counts, taken } = await scene(t, {});
  const local = { family: IPV4_UNICAST, prefix: '198.51.100.0/24' };
  await speaker.addRoutes([{ ...local, nextHop: '192.0.2.1', attributes: [] }]);
  await taken(() => counts().announcementsSent === 1);
  await speaker.deleteRoutes([local]);
  await taken(() => counts().withdrawalsSent === 1);
  assert.equal(counts().advertised, 0);
  assert.equal(peer.closed, false);
});
