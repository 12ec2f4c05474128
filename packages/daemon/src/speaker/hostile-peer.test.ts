/**
 * Random and mutated messages over real sessions: the daemon stays up, and whatever ends a session is answered by a NOTIFICATION.
 * TSBGP_HOSTILE_MESSAGES sets how many; the default fits a test run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flood, RawPeer, startSpeaker } from '../../test/raw-peer.ts';

const MESSAGES = Number(process.env['TSBGP_HOSTILE_MESSAGES'] ?? 20_000);
const PEERS = 16;
/** Messages written before the peer looks whether it is still wanted. */
const BURST = 64;

test(`${MESSAGES} random and mutated messages`, { timeout: 1_800_000 }, async () => {
  const speaker = await startSpeaker(PEERS + 1);
  const random = generator(7606);
  let sent = 0;
  let resets = 0;
  try {
    const work = Array.from({ length: PEERS }, async (_, i) => {
      while (sent < MESSAGES) {
        const peer = new RawPeer(speaker.port, i + 2);
        await peer.up();
        while (!peer.closed && sent < MESSAGES) {
          for (let n = 0; n < BURST; n++) peer.socket.write(hostileMessage(peer.as, random));
          sent += BURST;
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        if (peer.closed && peer.established) {
          resets++;
          assert.equal(peer.notifications.length, 1, `session ${resets} ended without a NOTIFICATION`);
        }
        await peer.close();
      }
    });
    await Promise.all(work);
    const { health } = await speaker.ask();
    assert.equal(health.healthy, true);
    assert.ok(resets > 0, 'some of it must have ended sessions');

    // A well-behaved peer is served as if nothing had been.
    const peer = new RawPeer(speaker.port, 2);
    await peer.up();
    await peer.write(flood(peer.as, 1000, 50, 0));
    for (let tries = 0; (await speaker.ask()).neighbors[0]!.received !== 1000; tries++) assert.ok(tries < 1000, 'its routes arrive');
    await peer.close();
  } finally {
    await speaker.stop();
  }
});

function hostileMessage(as: number, random: () => number): Uint8Array {
  const kind = random() % 100;
  if (kind === 0) return randomOctets(19 + (random() % 200), random);
  const message = flood(as, 1 + (random() % 20), 20, random() % 1000, random() % 10 === 0);
  const from = kind < 3 ? 0 : 19;
  for (let flips = 1 + (random() % 3); flips > 0; flips--) message[from + (random() % (message.length - from))] = random();
  return message;
}

function randomOctets(length: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length }, () => random());
}

/** xorshift32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
