/** Sessions that wait for RPKI data after the start, over real sessions: we are AS 64512, the peer is 127.0.0.2, AS 65002. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { RoutingPeer } from '../../test/routing-peer.ts';
import { cacheConfig, startCache } from '../../test/rpki/rpki-sources.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';
import { NO_RPKI, type RpkiCacheConfig } from '../rpki-config.ts';
import type { Speaker } from './speaker.ts';

const ADDRESS = '127.0.0.2';

async function scene(t: TestContext, caches: readonly RpkiCacheConfig[], waitSeconds = 600): Promise<{ speaker: Speaker; port: number }> {
  const speaker = makeSpeaker();
  t.after(() => speaker.close());
  const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
  speaker.configureRpki({ ...NO_RPKI, caches, waitSeconds });
  speaker.addNeighbor(makeNeighbor(2));
  speaker.started();
  return { speaker, port };
}

async function up(t: TestContext, port: number): Promise<void> {
  const peer = new RoutingPeer(port, 2);
  t.after(() => peer.close());
  await peer.up();
}

/** Resolves with the text of the first event that matches. */
async function told(speaker: Speaker, pattern: RegExp): Promise<string> {
  for (;;) {
    const found = speaker.events.after(0, 1000).events.find(({ text }) => pattern.test(text));
    if (found !== undefined) return found.text;
    await new Promise<void>((resolve) => {
      const leave = speaker.events.listen(() => {
        leave();
        resolve();
      });
    });
  }
}

/** A cache that is not there: nothing listens on the port of one that was closed. */
async function deadCache(t: TestContext): Promise<RpkiCacheConfig> {
  const { cache, port } = await startCache(t, { vrps: [] });
  await cache.close();
  t.mock.method(cache, 'close', () => Promise.resolve());
  return cacheConfig(port);
}

test('sessions start when the data are there', async (t) => {
  const { port: cachePort } = await startCache(t, { vrps: [{ prefix: '192.0.2.0/24', maxLength: 24, asn: 65_001 }] });
  const { speaker, port } = await scene(t, [cacheConfig(cachePort)]);
  const { state, adminState, waitsFor } = speaker.getNeighbor(ADDRESS);
  assert.deepEqual([state, adminState], ['Idle', 'up']);
  assert.match(waitsFor!, /^RPKI data, until \d\d:\d\d:\d\d at the latest$/);
  assert.match(speaker.metrics(), /^tsbgp_rpki_wait_active 1$/m);
  await told(speaker, /in sync/);
  await up(t, port);
  assert.equal(speaker.getNeighbor(ADDRESS).waitsFor, undefined);
  assert.match(speaker.metrics(), /^tsbgp_rpki_wait_active 0$/m);
});

test('sessions start without data when the time is over', async (t) => {
  const { speaker, port } = await scene(t, [await deadCache(t)], 0.2);
  await told(speaker, /^sessions start without RPKI data: 0.2 s are over/);
  await up(t, port);
});

test('an operator who enables a neighbor does not wait; one who disables it is obeyed when the data come', async (t) => {
  const { speaker, port } = await scene(t, [await deadCache(t)]);
  speaker.addNeighbor(makeNeighbor(3));
  speaker.disableNeighbor('127.0.0.3');
  assert.deepEqual([speaker.getNeighbor('127.0.0.3').adminState, speaker.getNeighbor('127.0.0.3').waitsFor], ['down', undefined]);
  speaker.enableNeighbor(ADDRESS);
  await up(t, port);
});

test('a neighbor whose configuration is changed meanwhile still waits, and starts with the others', async (t) => {
  const { cache, port: cachePort } = await startCache(t, { vrps: [] });
  const dead = await deadCache(t);
  const { speaker, port } = await scene(t, [dead]);
  await speaker.changeNeighbor(makeNeighbor(2, { holdTimeSeconds: 180 }), true);
  assert.notEqual(speaker.getNeighbor(ADDRESS).waitsFor, undefined);
  speaker.configureRpki({ ...NO_RPKI, caches: [cacheConfig(cachePort)], waitSeconds: 600 });
  await told(speaker, /in sync/);
  await up(t, port);
  assert.equal(cache.routers, 1);
});

test('without RPKI, and with wait: 0, nothing waits', async (t) => {
  const speaker = makeSpeaker();
  t.after(() => speaker.close());
  speaker.configureRpki({ ...NO_RPKI, waitSeconds: 30 });
  speaker.addNeighbor(makeNeighbor(2));
  assert.equal(speaker.getNeighbor(ADDRESS).waitsFor, undefined);
  const { speaker: other } = await scene(t, [await deadCache(t)], 0);
  assert.equal(other.getNeighbor(ADDRESS).waitsFor, undefined);
});
