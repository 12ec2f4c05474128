/**
 * What is not BGP shares one budget: a large batch of routes, streams and watchers that do not read leave the event loop turning, the
 * peers served, and memory small. In small numbers, against a daemon in a process of its own.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createTsbgpClient, type TsbgpClient } from '@tsbgp/api';
import type { ApiProcessReport } from '../../test/api-process.ts';
import { flood, RawPeer } from '../../test/raw-peer.ts';
import { STREAMS_MAX } from './listing.ts';

const ROUTES = 40_000;
/**
 * Of one turn of the event loop, in time on the CPU. Generous: a garbage collection may fall into it, and code is slow when it first runs.
 * Without the common budget each of these takes a second or more.
 */
const TURN_MS_MAX = 80;

suite('one budget for what is not BGP', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-budget-'));
  const socket = join(folder, 'tsbgpd.sock');
  const child = fork(fileURLToPath(new URL('../../test/api-process.ts', import.meta.url)), [socket], {
    execArgv: ['--conditions=tsbgp-source'],
  });
  const clients: TsbgpClient[] = [];
  let peer: RawPeer;
  let client: TsbgpClient;

  const connect = (): TsbgpClient => {
    const one = createTsbgpClient({ address: `unix://${socket}` });
    clients.push(one);
    return one;
  };
  const report = async (): Promise<ApiProcessReport> => {
    const answer = once(child, 'message');
    child.send('report');
    return (await answer)[0] as ApiProcessReport;
  };
  /** Does `work` and checks that the event loop turned meanwhile. */
  const turning = async <T>(t: TestContext, work: () => Promise<T>): Promise<T> => {
    await report();
    const result = await work();
    const { longestTurnMs } = await report();
    t.diagnostic(`longest turn ${longestTurnMs.toFixed(0)} ms`);
    assert.ok(longestTurnMs < TURN_MS_MAX, `${longestTurnMs.toFixed(0)} ms`);
    return result;
  };
  const settled = async (routes: number): Promise<void> => {
    while (Number((await client.control.getHealth({})).routes) !== routes);
  };

  before(async () => {
    const [{ port }] = (await once(child, 'message')) as [ApiProcessReport];
    client = connect();
    peer = new RawPeer(port, 2);
    await peer.up();
  });
  after(async () => {
    await peer.close();
    child.disconnect();
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });

  test('a batch of many routes', async (t) => {
    const attributes = [{ kind: { case: 'localPref', value: 200 } } as const];
    const routes = Array.from({ length: ROUTES }, (_, i) => ({ prefix: `10.${i >> 8}.${i & 255}.0/24`, nextHop: '192.0.2.1', attributes }));
    await turning(t, () => client.injection.addRoutes({ routes }));
    await settled(ROUTES);
    assert.equal((await client.injection.deleteRoutes({ routes: routes.map(({ prefix }) => ({ prefix })) })).deleted, BigInt(ROUTES));
    await settled(0);
  });

  test('watchers that do not read, while all routes flap', async (t) => {
    await peer.write(flood(peer.as, ROUTES, 50, 0));
    await settled(ROUTES);
    await peer.write(flood(peer.as, ROUTES, 50, 1));
    const leave = new AbortController();
    const watches = Array.from({ length: 40 }, () => connect().rib.watchRoutes({}, { signal: leave.signal })[Symbol.asyncIterator]());
    for (const watch of watches) void watch.next().catch(() => undefined); // its only read; ended below
    while (!(await client.control.getMetrics({})).text.includes('\ntsbgp_watchers 40\n'));
    const { rssBytes } = await report();
    await turning(t, async () => {
      for (const salt of [2, 3, 4]) await peer.write(flood(peer.as, ROUTES, 50, salt));
      await peer.write(flood(peer.as, ROUTES, 50, 0, true));
      await settled(0);
    });
    const grown = ((await report()).rssBytes - rssBytes) / 2 ** 20;
    t.diagnostic(`grew by ${grown.toFixed(0)} MB`);
    assert.ok(grown < 64, `grew by ${grown.toFixed(0)} MB`);
    leave.abort();
  });

  test('streams that are not read: so many that some are refused', async (t) => {
    await peer.write(flood(peer.as, ROUTES, 50, 0));
    await settled(ROUTES);
    const leave = new AbortController();
    const streams = Array.from({ length: STREAMS_MAX + 8 }, () =>
      connect().rib.streamBest({}, { signal: leave.signal })[Symbol.asyncIterator](),
    );
    const first = await turning(t, () => Promise.allSettled(streams.map((stream) => stream.next())));
    const refused = first.filter((result) => result.status === 'rejected').map(({ reason }) => (reason as { code: string }).code);
    assert.deepEqual(new Set(refused), new Set(['RESOURCE_EXHAUSTED']));
    // Pages are still made, and a stream that ends makes room.
    assert.equal((await client.rib.listBest({ pageSize: 10 })).routes.length, 10);
    leave.abort();
    let prefixes = 0;
    for (let tries = 0; prefixes === 0; tries++) {
      assert.ok(tries < 1000);
      try {
        for await (const { routes } of client.rib.streamBest({})) prefixes += routes.length;
      } catch (error) {
        assert.equal((error as { code: string }).code, 'RESOURCE_EXHAUSTED');
      }
    }
    assert.equal(prefixes, ROUTES);
    assert.deepEqual(peer.notifications, []);
  });
});
