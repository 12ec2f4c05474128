/**
 * What can be asked about policies of a running daemon, with live peers.
 *
 *   we   AS 64500     peers   127.0.0.2 and 127.0.0.3, AS 65002 and 65003
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { IPV4_UNICAST, parseAttribute } from '@tsbgp/wire';
import { until } from '../../test/api-server/serve.ts';
import { RoutingPeer } from '../../test/routing-peer.ts';
import { parseConfig } from '../config/load.ts';
import { ControlError } from '../control-plane.ts';
import { Daemon } from '../daemon.ts';
import type { DaemonLog } from '../log.ts';
import { loadParts } from '../parts.ts';
import { DIFFERENCES, type NeighborDifference, type PolicyPlane } from '../policy-plane.ts';

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

const POLICIES = `
sets:
  prefixes: { customers: [192.0.2.0/24, "198.51.100.0/22 le 24"], listed: { file: listed.txt, list: AS65002 } }
  as-numbers: { tier-1: [174, 701, "3356-3357"] }
policies:
  hygiene:
    - name: transit
      match: { any-as: { set: tier-1 } }
      action: { reject: transit-free-as }
  in:
    default: accept
    statements:
      - call: hygiene
      - name: prefer
        match: { communities: "64500:110" }
        set: { local-preference: 110 }
      - match: { prefix: { set: customers } }
        do:
          - name: inside
            set: { med: 7 }
            action: accept
        else:
          - action: next-policy
  out: [ { name: mine, match: { prefix: { set: listed } }, action: { reject: not-you } }, { action: accept } ]
`;

function text(policies: string, chains = 'import: in, export: out'): string {
  const neighbor = (last: number, keys: string): string =>
    `{ address: 127.0.0.${last}, remote-as: ${65_000 + last}, passive: true, hold-time: 240, ${keys} }`;
  return `
global: { as: 64500, router-id: 10.0.0.1, listen: [127.0.0.1:0] }
api: { unix-socket: none }
neighbors: [ ${neighbor(2, 'policy: accept-all')}, ${neighbor(3, chains)} ]
${policies}`;
}

/** A daemon whose neighbor 127.0.0.3 has the policies. */
async function start(t: TestContext): Promise<{ policies: PolicyPlane; daemon: Daemon; up: (last: number) => Promise<RoutingPeer> }> {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-policies-'));
  writeFileSync(join(folder, 'listed.txt'), '[AS65002]\n203.0.113.0/24\n203.0.112.0/24\n');
  const daemon = new Daemon(parseConfig(text(POLICIES), join(folder, 'tsbgpd.yaml')).config, LOG, await loadParts());
  const peers: RoutingPeer[] = [];
  t.after(async () => {
    for (const peer of peers) await peer.close();
    await daemon.stop();
    rmSync(folder, { recursive: true });
  });
  await daemon.start();
  const { port } = daemon.speaker.global().listen[0]!;
  const up = async (last: number): Promise<RoutingPeer> => {
    const peer = new RoutingPeer(port, last);
    peers.push(peer);
    await peer.up();
    return peer;
  };
  return { daemon, policies: daemon.speaker.policies, up };
}

test('policies and sets are told as they are configured, with who uses them and where they come from', async (t) => {
  const { policies } = await start(t);
  assert.deepEqual(
    policies.policies().map(({ name, statements, uses, calledBy }) => ({ name, statements, uses, calledBy })),
    [
      { name: 'hygiene', statements: 1, uses: [], calledBy: ['in'] },
      { name: 'in', statements: 5, uses: [{ neighbor: '127.0.0.3', import: true, export: false }], calledBy: [] },
      { name: 'out', statements: 2, uses: [{ neighbor: '127.0.0.3', import: false, export: true }], calledBy: [] },
    ],
  );
  const { text: yaml, listing } = policies.policy('in');
  assert.match(yaml, /^in:\n {2}default: accept\n {2}statements:\n {4}- call: hygiene\n/);
  assert.deepEqual(
    listing.map(({ name, depth, otherwise, action }) => [name, depth, otherwise, action]),
    [
      ['#1', 0, false, 'next-statement'],
      ['prefer', 0, false, 'next-statement'],
      ['#3', 0, false, 'next-statement'],
      ['inside', 1, false, 'accept'],
      ['#1', 1, true, 'next-policy'],
    ],
  );
  assert.deepEqual(listing[1]?.conditions, ['communities have any of 64500:110']);
  assert.deepEqual(listing[1]?.changes, ['LOCAL_PREF 110']);
  assert.throws(() => policies.policy('no'), { code: 'not-found' });

  assert.deepEqual(
    policies.sets().map(({ kind, name, entries, file }) => [kind, name, entries, file?.file, file?.list, file?.state?.generation]),
    [
      ['prefixes', 'customers', 2, undefined, undefined, undefined],
      ['prefixes', 'listed', 2, 'listed.txt', 'AS65002', 1],
      ['as-numbers', 'tier-1', 3, undefined, undefined, undefined],
    ],
  );
  assert.deepEqual(policies.set('prefixes', 'listed', 0, 1), {
    ...policies.sets()[1],
    page: ['203.0.112.0/24'],
    next: 1,
  });
  assert.deepEqual(policies.set('prefixes', 'listed', 1, 10).page, ['203.0.113.0/24']);
  assert.deepEqual(policies.set('as-numbers', 'tier-1', 0, 10).page, ['174', '701', '3356-3357']);
  assert.throws(() => policies.set('prefixes', 'tier-1', 0, 1), { code: 'not-found' });
  assert.throws(() => policies.set('prefixs', 'tier-1', 0, 1), { code: 'invalid-argument' });
});

test('a reload reads files that have changed, and says which cannot be used', async (t) => {
  const { policies, daemon } = await start(t);
  const file = join(daemon.config.file, '..', 'listed.txt');
  assert.deepEqual(await policies.reload(), { changed: [], faults: [] });
  writeFileSync(file, '[AS65002]\n203.0.113.0/24\n');
  const { changed } = await policies.reload();
  assert.deepEqual(
    changed.map(({ path, generation }) => [path, generation]),
    [[file, 2]],
  );
  assert.deepEqual(policies.set('prefixes', 'listed', 0, 10).page, ['203.0.113.0/24']);
  writeFileSync(file, '[AS65002]\n203.0.113.0\n');
  assert.deepEqual(await policies.reload(), { changed: [], faults: ['in listed.txt:2: "203.0.113.0" is not a prefix'] });
  assert.deepEqual(policies.set('prefixes', 'listed', 0, 10).page, ['203.0.113.0/24']);
});

test('an explanation names the statements, for routes that are there and for one that is given', { timeout: 60_000 }, async (t) => {
  const { policies, up, daemon } = await start(t);
  const [giver, other] = await Promise.all([up(2), up(3)]);
  giver.announce('203.0.113.0/24');
  other.announce('192.0.2.0/24');
  await until(() => daemon.speaker.listNeighbors().every(({ paths }) => paths === 1), 'both routes');

  const [import_, export_] = policies.explain({ neighbor: '127.0.0.3', subject: { prefix: '203.0.113.7' } });
  assert.equal(export_, undefined);
  assert.deepEqual(
    [import_?.direction, import_?.prefix, import_?.source, import_?.accepted, import_?.reason, import_?.policy, import_?.statement],
    ['export', '203.0.113.0/24', '127.0.0.2', false, 'not-you', 'out', 'mine'],
  );
  assert.equal(import_?.statements[0]?.conditions[0]?.text, 'prefix in listed');

  const [own] = policies.explain({ neighbor: '127.0.0.3', direction: 'import', subject: { prefix: '192.0.2.0/24' } });
  assert.deepEqual([own?.accepted, own?.policy, own?.statement, own?.changes], [true, 'in', 'inside', 'MED 7']);
  assert.deepEqual(
    own?.statements.map(({ statement, matched }) => [statement, matched]),
    [
      ['#1', true],
      ['transit', false],
      ['prefer', false],
      ['#3', true],
      ['inside', true],
    ],
  );

  const attributes = [parseAttribute('AS_PATH 65003 3356'), parseAttribute('COMMUNITIES 64500:110')];
  const route = { family: IPV4_UNICAST, prefix: '10.0.0.0/8', nextHop: '192.0.2.1', attributes };
  const [given] = policies.explain({ neighbor: '127.0.0.3', direction: 'import', subject: { route } });
  assert.deepEqual([given?.accepted, given?.reason, given?.policy, given?.statement], [false, 'transit-free-as', 'hygiene', 'transit']);
  assert.equal(given?.statements.at(-1)?.conditions[0]?.found, 'any AS 65003 3356');

  const refused = (code: string, query: Parameters<PolicyPlane['explain']>[0]): void =>
    assert.throws(
      () => policies.explain(query),
      (error) => error instanceof ControlError && error.code === code,
    );
  refused('not-found', { neighbor: '127.0.0.9', subject: { prefix: '192.0.2.0/24' } });
  refused('not-found', { neighbor: '127.0.0.3', subject: { prefix: '10.0.0.0/8' } });
  refused('invalid-argument', { neighbor: '127.0.0.3', subject: { route: { ...route, nextHop: 'x' } } });
  refused('invalid-argument', { neighbor: '127.0.0.3', subject: { route: { ...route, prefix: 'x/5' } } });
});

test('a comparison covers routes that are rejected today, counts each kind, and applies nothing', { timeout: 60_000 }, async (t) => {
  const { policies, up, daemon } = await start(t);
  const [giver, other] = await Promise.all([up(2), up(3)]);
  for (const prefix of ['203.0.113.0/24', '203.0.112.0/24', '203.0.111.0/24']) giver.announce(prefix);
  for (const prefix of ['192.0.2.0/24', '198.51.100.0/24', '10.0.0.0/24']) other.announce(prefix);
  await until(() => daemon.speaker.listNeighbors().every(({ paths }) => paths === 3), 'all routes');

  const counts = ({ neighbor, ...kinds }: NeighborDifference): unknown[] => [neighbor, ...DIFFERENCES.map((kind) => kinds[kind].count)];
  assert.deepEqual(await policies.diff(text(POLICIES)), { compared: 0, neighbors: [] });

  const changed = POLICIES.replace('med: 7', 'med: 8').replace('customers: [192.0.2.0/24, ', 'customers: [');
  const stricter = await policies.diff(text(changed));
  assert.equal(stricter.compared, 1);
  assert.deepEqual(stricter.neighbors.map(counts), [['127.0.0.3', 0, 1, 1, 0, 0, 0]]);
  assert.deepEqual(stricter.neighbors[0]?.rejected.examples, ['192.0.2.0/24: accepted with MED 7 -> rejected by the default']);
  assert.deepEqual(stricter.neighbors[0]?.importChanged.examples, ['198.51.100.0/24: accepted with MED 7 -> accepted with MED 8']);

  const wider = await policies.diff(text(POLICIES.replace('- action: next-policy', '- action: accept')));
  assert.deepEqual(wider.neighbors.map(counts), [['127.0.0.3', 1, 0, 0, 0, 0, 0]]);
  assert.deepEqual(wider.neighbors[0]?.admitted.examples, ['10.0.0.0/24: rejected by the default -> accepted']);

  const open = await policies.diff(text(POLICIES, 'import: in, export: accept-all'), { examplesMax: 1 });
  assert.deepEqual(open.neighbors.map(counts), [['127.0.0.3', 0, 0, 0, 2, 0, 0]]);
  assert.equal(open.neighbors[0]?.announced.examples.length, 1);
  assert.match(open.neighbors[0]?.announced.examples[0] ?? '', /^203\.0\.11[23]\.0\/24: rejected by out mine \(not-you\) -> accepted$/);
  assert.deepEqual((await policies.diff(text(POLICIES, 'import: in, export: accept-all'), { neighbor: '127.0.0.2' })).neighbors, []);

  await assert.rejects(policies.diff(text(POLICIES.replace('set: tier-1', 'set: tier-2'))), (error) => {
    assert.ok(error instanceof ControlError);
    assert.equal(error.code, 'invalid-argument');
    assert.match(error.message, /no set of as-numbers called "tier-2"/);
    return true;
  });
  assert.equal(daemon.config.neighbors[1]?.exportPolicy, 'out');
});
