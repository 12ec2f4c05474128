/**
 * Policies of the configuration in a running daemon, with live peers.
 *
 *   we   AS 64500     peers   127.0.0.2 and 127.0.0.3, AS 65002 and 65003
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findAttribute } from '@tsbgp/wire';
import { RoutingPeer } from '../../test/routing-peer.ts';
import { parseConfig } from '../config/load.ts';
import { describeChange } from '../config-change/describe.ts';
import type { Route } from '../control-plane.ts';
import { Daemon } from '../daemon.ts';
import type { DaemonLog } from '../log.ts';
import { loadParts } from '../parts.ts';
import { diffConfig } from './reconcile.ts';

interface World {
  readonly daemon: Daemon;
  readonly sender: RoutingPeer;
  readonly receiver: RoutingPeer;
  /** What was logged as an error. */
  readonly errors: string[];
  /** Puts these sections into effect, and resolves with what changed, in words. */
  readonly change: (sections: string, chain?: string) => Promise<string[]>;
}

const folder = (t: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'tsbgp-policies-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
};

function parsed(file: string, sections: string, chain: string, out = 'accept-all') {
  const text = `
global: { as: 64500, router-id: 10.0.0.1, listen: ["127.0.0.1:0"] }
api: { unix-socket: none }
${sections}
neighbors:
  - { address: 127.0.0.2, remote-as: 65002, passive: true, import: ${chain}, export: accept-all, enforce-first-as: false }
  - { address: 127.0.0.3, remote-as: 65003, passive: true, import: accept-all, export: ${out} }
`;
  return parseConfig(text, file).config;
}

async function start(t: TestContext, sections: string, chain: string, file = 'f.yaml', out = 'accept-all'): Promise<World> {
  const errors: string[] = [];
  const log: DaemonLog = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (_fields, text) => void errors.push(text),
    fatal: () => undefined,
    flush: async () => undefined,
    flushNow: () => undefined,
    recent: () => [],
    configure: async () => undefined,
    addMetrics: () => undefined,
  };
  const daemon = new Daemon(parsed(file, sections, chain, out), log, await loadParts());
  const peers: RoutingPeer[] = [];
  t.after(async () => {
    for (const peer of peers) await peer.close();
    await daemon.stop();
  });
  await daemon.start();
  const { port } = daemon.speaker.global().listen[0]!;
  const [sender, receiver] = [new RoutingPeer(port, 2), new RoutingPeer(port, 3)];
  peers.push(sender, receiver);
  for (const peer of peers) await peer.up();
  const change = async (next: string, nextChain = chain): Promise<string[]> => {
    const after = parsed(file, next, nextChain, out);
    const planned = diffConfig(daemon.config, after);
    assert.deepEqual(await daemon.change(after), planned);
    return planned.map(describeChange);
  };
  return { daemon, sender, receiver, errors, change };
}

const REJECTS = (prefix: string, reason: string): string =>
  `policies: { in: [ { name: bad, match: { prefix: ${prefix} }, action: { reject: ${reason} } }, { action: accept } ] }`;
const FIRST = '198.51.100.0/24';
const SECOND = '203.0.113.0/24';

const CHANGED =
  'policies in changed: its routes are judged again, it is sent the difference (of neighbors with a chain that becomes another one)';

/** Prefix, communities and MULTI_EXIT_DISC of routes. */
function advertised({ routes }: { readonly routes: readonly Route[] }): string[] {
  return routes.map(({ prefix, attributes }) => {
    const communities = findAttribute(attributes, 'communities')?.value ?? [];
    const med = findAttribute(attributes, 'multi-exit-disc')?.value;
    return `${prefix} ${communities.map((each) => `${each >>> 16}:${each & 0xffff}`).join(' ')} ${med}`;
  });
}

async function rejected({ daemon }: World): Promise<(string | undefined)[][]> {
  const { routes } = await daemon.speaker.routesPage({ table: 'received', rejected: true }, 10);
  return routes.map(({ prefix, filterReason, policyReason }) => [prefix, filterReason, policyReason]);
}

test('a chain takes effect, and another one judges what is held again without a reset', async (t) => {
  const world = await start(t, REJECTS(FIRST, 'bogon'), 'in');
  const { daemon, sender, receiver, change } = world;
  for (const prefix of [FIRST, SECOND]) sender.announce(prefix);
  await receiver.has(SECOND);
  assert.deepEqual(await rejected(world), [[FIRST, 'import-policy', 'bogon']]);
  assert.deepEqual(daemon.speaker.getNeighbor('127.0.0.2').prefixes[0]!.rejected, [
    { reason: 'import-policy', policyReason: 'bogon', count: 1 },
  ]);
  const since = daemon.speaker.getNeighbor('127.0.0.2').session?.establishedAt;

  assert.deepEqual(await change(REJECTS(SECOND, 'other')), [CHANGED]);
  await receiver.has(FIRST);
  await receiver.lost(SECOND);
  assert.deepEqual(await rejected(world), [[SECOND, 'import-policy', 'other']]);
  assert.deepEqual(daemon.speaker.getNeighbor('127.0.0.2').session?.establishedAt, since);
  assert.match(daemon.speaker.metrics(), /rejected\{[^}]*reason="import-policy",policy_reason="other"[^}]*\} 1/);

  // Why, for people: the policy and the statement.
  const { paths } = daemon.speaker.explain({ prefix: SECOND });
  assert.deepEqual(
    paths.map(({ filterReason, policyStatement, route }) => [filterReason, route.policyReason, policyStatement]),
    [['import-policy', 'other', 'in bad']],
  );

  // The chain and the policy go together.
  await change('', 'accept-all');
  await receiver.has(SECOND);
});

test('a policy in TypeScript is loaded again when its file is another one; a version that cannot be loaded changes nothing', async (t) => {
  const path = folder(t);
  const write = (text: string): void => writeFileSync(join(path, 'policy.ts'), text);
  write(`export default { import: (route) => (route.prefix === '${FIRST}' ? { reject: 'first' } : 'accept') };`);
  const sections = 'policies: { in: { file: policy.ts } }';
  const world = await start(t, sections, 'in', join(path, 'tsbgpd.yaml'));
  const { sender, receiver, change, errors } = world;
  for (const prefix of [FIRST, SECOND]) sender.announce(prefix);
  await receiver.has(SECOND);
  assert.deepEqual(await rejected(world), [[FIRST, 'import-policy', 'first']]);

  write('export default { import: (route) => ');
  assert.deepEqual(await change(sections), [CHANGED]);
  assert.match(errors.join('\n'), /policy in: .*policy\.ts.*; the version before stays in use/);
  assert.deepEqual(await rejected(world), [[FIRST, 'import-policy', 'first']]);

  write(`export default { import: (route) => (route.prefix === '${SECOND}' ? 'reject' : 'accept') };`);
  await change(sections);
  await receiver.has(FIRST);
  assert.deepEqual(await change(sections), []);
});

test('a file that cannot be loaded keeps the daemon from starting, and a change from being made', async (t) => {
  const file = join(folder(t), 'tsbgpd.yaml');
  writeFileSync(join(dirname(file), 'broken.ts'), 'throw new Error("no such list");\n');
  const sections = 'policies: { in: { file: broken.ts } }';
  const wanted = parsed(file, sections, 'in');
  const restartFile = join(folder(t), 'tsbgpd.restart');
  writeFileSync(restartFile, '{"neighbors":["127.0.0.2"]}');
  const config = { ...wanted, global: { ...wanted.global, restartFile } };
  const daemon = new Daemon(config, { info: () => undefined } as unknown as DaemonLog, await loadParts());
  await assert.rejects(daemon.start(), { name: 'StartError', code: 'policy-refused', message: /broken\.ts:1:7: no such list/ });
  assert.equal(existsSync(restartFile), true, 'what the daemon before left is there for the next try');
  const { change, daemon: running, sender, receiver } = await start(t, '', 'accept-all', file);
  await assert.rejects(change(sections, 'in'), { name: 'ControlError', field: 'policies.in.file' });
  assert.equal(running.config.neighbors[0]!.importPolicy, 'accept-all');
  sender.announce(FIRST);
  await receiver.has(FIRST);
});

test('a policy sees the group and the tags of a neighbor; other ones take effect without a reset', async (t) => {
  const sections = (tags: string): string => `
groups: { members: { ${tags} } }
policies:
  in:
    - { match: { prefix: ${FIRST}, neighbor: { group: members } }, action: { reject: group } }
    - { match: { prefix: ${SECOND}, neighbor: { tag: paid } }, action: { reject: tag } }
    - { action: accept }`;
  const world = await start(t, sections('tags: [paid]'), 'in, group: members');
  const { sender, receiver, change } = world;
  for (const prefix of [FIRST, SECOND]) sender.announce(prefix);
  for (let i = 0; i < 1000 && (await rejected(world)).length < 2; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(await rejected(world), [
    [FIRST, 'import-policy', 'group'],
    [SECOND, 'import-policy', 'tag'],
  ]);
  assert.deepEqual(await change(sections('tags: [free]')), ['neighbors 127.0.0.2: tags changed: its routes are judged again']);
  await receiver.has(SECOND);
  assert.deepEqual(await rejected(world), [[FIRST, 'import-policy', 'group']]);
  assert.deepEqual(await change(sections('tags: [free]'), 'in'), ['neighbors 127.0.0.2: group, tags changed: its routes are judged again']);
  await receiver.has(FIRST);
});

test('a chain by family decides about its family; others have the default of the session', async (t) => {
  const world = await start(t, 'policies: { in: [ { action: { reject: all } } ] }', '{ ipv6-unicast: in, ipv4-unicast: accept-all }');
  world.sender.announce(FIRST);
  await world.receiver.has(FIRST);
});

test('an export chain takes effect for each member, and another one sends the difference without a reset', async (t) => {
  const policies = (communities: string): string =>
    `policies: { out: [ { match: { prefix: ${SECOND} }, action: reject }, { match: { communities: "0:{peer-as}" }, action: reject }, { set: { communities: { add: ${communities} }, med: 5 }, action: accept } ] }`;
  const file = 'f.yaml';
  const world = await start(t, policies('"64500:1"'), 'accept-all', file, 'out');
  const { daemon, sender, receiver, change } = world;
  // The one that is waited for comes last.
  for (const prefix of [SECOND, FIRST]) sender.announce(prefix);
  await receiver.has(FIRST);
  assert.deepEqual(advertised(await daemon.speaker.routesPage({ table: 'advertised', neighbor: '127.0.0.3' }, 10)), [`${FIRST} 64500:1 5`]);
  await change(policies('"64500:2"'));
  await receiver.until(() => receiver.log.filter(({ what }) => what === `+ ${FIRST}`).length === 2, 'the route again');
  assert.deepEqual(advertised(await daemon.speaker.routesPage({ table: 'advertised', neighbor: '127.0.0.3' }, 10)), [`${FIRST} 64500:2 5`]);
  const explained = daemon.speaker.explain({ prefix: SECOND, neighbor: '127.0.0.3' });
  assert.deepEqual(explained.neighbors[0]!.paths, [
    { path: 0, reason: 'export-policy', policyReason: undefined, policyStatement: 'out #1' },
  ]);
});
