import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST, writeU16 } from '@tsbgp/wire';
import { RawPeer } from '../../test/raw-peer.ts';
import { Boundaries } from '../boundaries.ts';
import { completeNeighbor } from '../keys/neighbor-layers.ts';
import { Speaker } from './speaker.ts';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** An UPDATE for 198.51.100.0/24 whose ORIGIN is 9, which RFC 7606 §7.1 treats as withdraw. */
function badOrigin(as: number): Uint8Array {
  const attributes = [0x40, 1, 1, 9, 0x40, 2, 6, 2, 1, 0, 0, as >>> 8, as & 255, 0x40, 3, 4, 127, 0, 0, 2];
  const message = new Uint8Array(23 + attributes.length + 4).fill(0xff, 0, 16);
  writeU16(message, 16, message.length);
  message[18] = 2;
  writeU16(message, 21, attributes.length);
  message.set(attributes, 23);
  message.set([24, 198, 51, 100], 23 + attributes.length);
  return message;
}

test('metrics of a neighbor: description, uptime, hold time, and RFC 7606 counters that outlive the session', {
  timeout: 20_000,
}, async () => {
  const speaker = new Speaker({
    localAs: 64_512,
    routerId: '10.0.0.1',
    logger,
    version: 'test',
    onShutdown: () => undefined,
    boundaries: new Boundaries(logger),
  });
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  speaker.addNeighbor(
    completeNeighbor({
      address: '127.0.0.2',
      remoteAs: 65_002,
      description: 'transit "north"',
      families: [IPV4_UNICAST],
      passive: true,
      importPolicy: 'accept-all',
      exportPolicy: 'accept-all',
    }),
  );
  const value = (name: string): string | undefined =>
    speaker
      .metrics()
      .split('\n')
      .find((line) => line.startsWith(`${name}{neighbor="127.0.0.2",remote_as="65002"`));
  const until = async (condition: () => boolean): Promise<void> => {
    for (const end = performance.now() + 10_000; !condition(); ) {
      assert.ok(performance.now() < end, speaker.metrics());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  try {
    assert.match(value('tsbgp_neighbor_info')!, /local_as="64512",type="ebgp",description="transit \\"north\\""} 1$/);
    assert.equal(value('tsbgp_neighbor_session_uptime_seconds'), undefined);
    const peer = new RawPeer(port, 2, 30);
    await peer.up();
    await until(() => value('tsbgp_neighbor_hold_time_seconds')?.endsWith(' 30') === true);
    assert.match(value('tsbgp_neighbor_session_uptime_seconds')!, / \d+$/);
    await peer.write(badOrigin(peer.as));
    await until(() => value('tsbgp_neighbor_treated_as_withdraw_total')?.endsWith(' 1') === true);
    await peer.close();
    await until(() => value('tsbgp_neighbor_session_uptime_seconds') === undefined);
    assert.match(value('tsbgp_neighbor_treated_as_withdraw_total')!, / 1$/);
    assert.equal(value('tsbgp_neighbor_hold_time_seconds'), undefined);
  } finally {
    await speaker.close();
  }
});

test('a clock that is set back does not shorten the uptime', () => {
  const speaker = new Speaker({
    localAs: 64_512,
    routerId: '10.0.0.1',
    logger,
    version: 'test',
    onShutdown: () => undefined,
    boundaries: new Boundaries(logger),
  });
  const { now } = Date;
  Date.now = () => now() - 86_400_000;
  try {
    assert.ok(speaker.health().uptimeSeconds >= 0);
  } finally {
    Date.now = now;
  }
});

test('everything that is bounded shows its bound and its use', () => {
  const speaker = new Speaker({
    localAs: 64_512,
    routerId: '10.0.0.1',
    logger,
    version: 'test',
    onShutdown: () => undefined,
    boundaries: new Boundaries(logger),
  });
  const text = speaker.metrics();
  for (const name of [
    'tsbgp_background_seconds_total',
    'tsbgp_background_slices_total',
    'tsbgp_background_waiting',
    'tsbgp_watchers',
    'tsbgp_watchers_max',
    'tsbgp_watchers_refused_total',
    'tsbgp_watch_changes_waiting',
    'tsbgp_watch_events_lost_total',
    'tsbgp_injection_batches',
    'tsbgp_injection_batches_refused_total',
  ]) {
    assert.match(text, new RegExp(`^${name} \\d`, 'm'));
  }
  for (const kind of ['stream', 'page']) assert.match(text, new RegExp(`^tsbgp_listings_max{kind="${kind}"} \\d+$`, 'm'));
});
