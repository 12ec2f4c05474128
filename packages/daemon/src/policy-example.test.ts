/**
 * examples/policies/route-server.yaml against live peers: lists of members and control communities decide, and a list that changes takes effect
 * without a session reset.
 */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { until } from '../test/api-server/serve.ts';
import { RoutingPeer } from '../test/routing-peer.ts';
import { parseConfig } from './config/load.ts';
import { Daemon } from './daemon.ts';
import type { DaemonLog } from './log.ts';
import { loadParts } from './parts.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples/policies');
const LOG: DaemonLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
  flush: async () => undefined,
  flushNow: () => undefined,
  recent: () => [],
  configure: async () => undefined,
  addMetrics: () => undefined,
};

/** The members are at 127.0.0.2 and 127.0.0.3. Peers of tests have next hops of their own, so that check is left out. */
function onLoopback(text: string): string {
  return text
    .replace('router-id: 192.0.2.254', 'router-id: 10.0.0.1\n  listen: [127.0.0.1:0]\napi: { unix-socket: none }')
    .replace('192.0.2.1,', '127.0.0.2,')
    .replace('192.0.2.2,', '127.0.0.3,')
    .replace('bogon-as: false,', 'bogon-as: false, next-hop: false,');
}

async function run(t: TestContext): Promise<{ daemon: Daemon; members: string; one: RoutingPeer; two: RoutingPeer }> {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-example-'));
  const members = join(folder, 'members.txt');
  copyFileSync(join(EXAMPLES, 'members.txt'), members);
  const { config, warnings } = parseConfig(onLoopback(readFileSync(join(EXAMPLES, 'route-server.yaml'), 'utf8')), join(folder, 'rs.yaml'));
  assert.deepEqual(warnings, []);
  const daemon = new Daemon(config, LOG, await loadParts());
  await daemon.start();
  const { port } = daemon.speaker.global().listen[0]!;
  const [one, two] = [2, 3].map((last) => new RoutingPeer(port, last, { as: 64_499 + last }));
  t.after(async () => {
    await Promise.all([one!.close(), two!.close()]);
    await daemon.stop();
    rmSync(folder, { recursive: true });
  });
  await Promise.all([one!.up(), two!.up()]);
  return { daemon, members, one: one!, two: two! };
}

test('members announce what their lists have, and a list that changes is put into effect by itself', { timeout: 90_000 }, async (t) => {
  const { daemon, members, one, two } = await run(t);
  const sessions = (): unknown[] => daemon.speaker.listNeighbors().map(({ session }) => session?.establishedAt);
  const before = sessions();
  one.announce('203.0.113.0/24');
  one.announce('198.51.100.0/24');
  await two.has('198.51.100.0/24');
  assert.deepEqual([...two.view], ['198.51.100.0/24']);
  const [explained] = daemon.speaker.policies.explain({
    neighbor: '127.0.0.2',
    direction: 'import',
    subject: { prefix: '203.0.113.0/24' },
  });
  assert.deepEqual([explained?.accepted, explained?.reason, explained?.policy], [false, 'prefix-not-in-irr', 'as64501']);

  writeFileSync(members, '[AS64501]\n203.0.113.0/24\n[AS64502]\n203.0.113.0/24\n');
  await two.has('203.0.113.0/24');
  await two.lost('198.51.100.0/24');
  assert.deepEqual(sessions(), before);
});

test('a mistake in the file leaves the routes as they are', { timeout: 90_000 }, async (t) => {
  const { daemon, members, one, two } = await run(t);
  one.announce('198.51.100.0/24');
  await two.has('198.51.100.0/24');
  writeFileSync(members, '[AS64501]\n');
  await until(() => daemon.config.setFiles.files.states.some(({ fault }) => fault !== undefined), 'the file to be refused');
  assert.match(daemon.speaker.metrics(), /tsbgp_set_file_stale\{[^}]*\} 1/);
  assert.deepEqual([...two.view], ['198.51.100.0/24']);
});
