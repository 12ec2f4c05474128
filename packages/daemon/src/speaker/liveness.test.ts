/**
 * Timers are on time while full tables load: a session with the shortest hold time that RFC 4271 §4.2 allows lives through it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepaliveBytes } from '@tsbgp/wire';
import { scaled } from '../../../../test/scale.ts';
import { flood, RawPeer, startSpeaker } from '../../test/raw-peer.ts';

const ROUTES = scaled(1_000_000, 200_000);

test(`a session with a hold time of 3 s survives two tables of ${ROUTES} routes, and is never left without a KEEPALIVE`, {
  timeout: 120_000,
}, async (t) => {
  // Made before any session is up: the watcher's own KEEPALIVEs leave from this thread too.
  const floods = [3, 4].map((as) => [1, 2, 3].map((salt) => flood(as, ROUTES, 5, salt)));
  const speaker = await startSpeaker(4);
  const watcher = new RawPeer(speaker.port, 2, 3);
  const senders = [new RawPeer(speaker.port, 3), new RawPeer(speaker.port, 4)];
  const keepalives = setInterval(() => watcher.socket.write(keepaliveBytes()), 1000);
  try {
    await Promise.all([watcher, ...senders].map((peer) => peer.up()));
    for (const round of [0, 1, 2]) {
      await Promise.all(senders.map((peer, i) => peer.write(floods[i]![round]!)));
      for (let report = await speaker.ask(); report.neighbors[1]!.received + report.neighbors[2]!.received < 2 * ROUTES; )
        report = await speaker.ask();
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.deepEqual(watcher.notifications, []);
    assert.equal(watcher.closed, false);
    t.diagnostic(`longest silence ${watcher.longestSilence.toFixed(0)} ms`);
    assert.ok(watcher.longestSilence < 3000, `silent for ${watcher.longestSilence.toFixed(0)} ms`);
  } finally {
    clearInterval(keepalives);
    for (const peer of [watcher, ...senders]) await peer.close();
    await speaker.stop();
  }
});
