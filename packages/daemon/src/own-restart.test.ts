/**
 * Daemons that follow each other, and neighbors that keep their routes meanwhile (RFC 4724 §4.1).
 *
 *   we   AS 64500     A   127.0.0.2, AS 65002: graceful restart     C   127.0.0.3, AS 65003: without it
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Capability, IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { RoutingPeer } from '../test/routing-peer.ts';
import { QUIET } from '../test/speakers.ts';
import { parseConfig } from './config/load.ts';
import { Daemon } from './daemon.ts';
import type { DaemonLog } from './log.ts';
import { loadParts } from './parts.ts';

const P = '198.51.100.0/24';
const OURS = '203.0.113.0/24';

const LOG = { ...QUIET, fatal: () => undefined, flush: async () => undefined, flushNow: () => undefined, recent: () => [] };

const restarts = (restartState = false): Capability => ({
  type: 'graceful-restart',
  restartState,
  notification: false,
  restartTimeSeconds: 120,
  families: [IPV4_UNICAST, IPV6_UNICAST].map((family) => ({ family, forwarding: true })),
});

async function scene(t: TestContext, deferralSeconds = 240) {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-own-restart-'));
  const path = join(folder, 'restart');
  const text = `
global: { as: 64500, router-id: 10.0.0.1, listen: ['127.0.0.1:0'], restart-file: ${path}, restart-deferral: ${deferralSeconds} }
api: { unix-socket: none }
defaults: { passive: true, policy: accept-all, hold-time: 240, families: [ipv4-unicast, ipv6-unicast] }
neighbors:
  - { address: 127.0.0.2, remote-as: 65002, graceful-restart: restarting }
  - { address: 127.0.0.3, remote-as: 65003, graceful-restart: off }
routes: [{ prefix: ${OURS} }]
`;
  const daemons: Daemon[] = [];
  const peers: RoutingPeer[] = [];
  t.after(async () => {
    for (const peer of peers) await peer.close();
    for (const daemon of daemons) await daemon.stop();
    rmSync(folder, { recursive: true });
  });
  const start = async (): Promise<Daemon> => {
    const daemon = new Daemon(
      parseConfig(text, 'f.yaml').config,
      { ...LOG, configure: async () => undefined, addMetrics: () => undefined } as unknown as DaemonLog,
      await loadParts(),
    );
    daemons.push(daemon);
    await daemon.start();
    return daemon;
  };
  const up = async (daemon: Daemon, last: number, capabilities: Capability[]): Promise<RoutingPeer> => {
    const peer = new RoutingPeer(daemon.speaker.global().listen[0]!.port, last, { capabilities });
    peers.push(peer);
    await peer.up();
    return peer;
  };
  const written = async (): Promise<void> => {
    for (const end = performance.now() + 10_000; !existsSync(path); ) {
      assert.ok(performance.now() < end, 'the restart file is written');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { path, start, up, written };
}

/** R bit of our OPEN; undefined where it has no graceful restart. */
function restartStateOf(daemon: Daemon, address: string): boolean | undefined {
  const { session } = daemon.speaker.getNeighbor(address);
  const capability = session?.localCapabilities.find((each) => each.type === 'graceful-restart');
  return capability?.type === 'graceful-restart' ? capability.restartState : undefined;
}

const endsOf = (peer: RoutingPeer): number => peer.log.filter(({ what }) => what === 'end-of-rib').length;
const passes = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('stopped for a restart: who keeps our routes is not told; the next daemon sends them when it has learned them, and End-of-RIB then', async (t) => {
  const { start, up } = await scene(t);
  const before = await start();
  const a = await up(before, 2, [restarts()]);
  const c = await up(before, 3, []);
  a.announce(P);
  await c.has(P, OURS);
  await a.has(OURS);
  assert.equal(restartStateOf(before, '127.0.0.2'), false);
  assert.equal(await before.stop('upgrade', true), true);
  await a.until(() => a.closed, 'the end of the session of A');
  await c.until(() => c.closed, 'the end of the session of C');
  assert.deepEqual([a.notifications, c.notifications], [[], ['6/2']]);

  const after = await start();
  const again = await up(after, 2, [restarts()]);
  const third = await up(after, 3, []);
  assert.deepEqual([restartStateOf(after, '127.0.0.2'), restartStateOf(after, '127.0.0.3')], [true, undefined]);
  assert.match(after.speaker.metrics(), /tsbgp_restart_deferral_active 1/);
  again.announce(P);
  await passes(200);
  assert.deepEqual([again.log, third.log], [[], []], 'A has not sent End-of-RIB');
  again.endOfRib();
  await third.has(P, OURS);
  await again.has(OURS);
  await again.until(() => endsOf(again) === 2, 'End-of-RIB of both families');
  assert.equal(again.log.findIndex(({ what }) => what === `+ ${OURS}`) < again.log.findIndex(({ what }) => what === 'end-of-rib'), true);
  assert.match(after.speaker.metrics(), /tsbgp_restart_deferral_active 0/);
  await again.close();
  const later = await up(after, 2, [restarts()]);
  assert.equal(restartStateOf(after, '127.0.0.2'), false, 'R is said of the restart only');
  await later.close();
});

test('a daemon that was killed is followed by one that knows it', async (t) => {
  const { start, up, written } = await scene(t, 1);
  const killed = await start();
  await up(killed, 2, [restarts()]);
  await written();
  const after = await start();
  const a = await up(after, 2, [restarts()]);
  assert.equal(restartStateOf(after, '127.0.0.2'), true);
  await a.has(OURS);
  assert.match(after.speaker.metrics(), /tsbgp_restart_deferral_active 0/, 'restart-deferral is over: A sent no End-of-RIB');
});

test('RFC 4724 §4.1: a neighbor that restarted too, or does not know graceful restart any more, is not waited for', async (t) => {
  for (const capabilities of [[restarts(true)], []]) {
    const { start, up, written } = await scene(t);
    const before = await start();
    await up(before, 2, [restarts()]);
    await written();
    await before.stop('upgrade', true);
    const after = await start();
    const a = await up(after, 2, capabilities);
    await a.has(OURS);
    await after.stop();
  }
});

test('stopped for good: every neighbor is told, and the next daemon knows of no restart', async (t) => {
  const { path, start, up, written } = await scene(t);
  const before = await start();
  const a = await up(before, 2, [restarts()]);
  await written();
  await before.stop('maintenance');
  await a.until(() => a.closed, 'the end of the session');
  assert.deepEqual(a.notifications, ['6/2']);
  assert.equal(existsSync(path), false);
  const after = await start();
  const again = await up(after, 2, [restarts()]);
  assert.equal(restartStateOf(after, '127.0.0.2'), false);
  await again.has(OURS);
});
