/** The configuration of a running daemon through the API, with its file and its versions. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createTsbgpClient, type TsbgpClient } from '@tsbgp/api';
import { PeerError, Server } from '@tsbgp/session';
import { parse } from 'yaml';
import { loadConfig, parseConfig } from './config/load.ts';
import { rollBackUnconfirmed } from './config-store/recover.ts';
import { VERSIONS_MAX } from './config-store/versions.ts';
import { Daemon } from './daemon.ts';
import type { DaemonLog } from './log.ts';
import { loadParts } from './parts.ts';

interface Running {
  readonly client: TsbgpClient;
  readonly daemon: Daemon;
  readonly path: string;
  readonly folder: string;
  readonly logged: string[];
  readonly text: () => string;
}

async function start(t: TestContext, more = '', before?: (path: string) => Promise<unknown>): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-live-'));
  const path = join(folder, 'tsbgpd.yaml');
  writeFileSync(path, file(folder, more));
  await before?.(path);
  const logged: string[] = [];
  const line = (_: object, message: string): void => void logged.push(message);
  const nothing = (): undefined => undefined;
  const log: DaemonLog = {
    debug: nothing,
    info: line,
    warn: line,
    error: line,
    fatal: line,
    flush: async () => undefined,
    flushNow: nothing,
    recent: () => [],
    configure: async () => undefined,
    addMetrics: nothing,
  };
  const loaded = loadConfig(path);
  const daemon = new Daemon(loaded.config, log, await loadParts(), { loaded, overrides: { level: undefined, format: undefined } });
  await daemon.start();
  t.after(async () => {
    await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const client = createTsbgpClient({ address: `unix://${folder}/api.sock` });
  return { client, daemon, path, folder, logged, text: () => readFileSync(path, 'utf8') };
}

function file(folder: string, more: string, description = 'transit'): string {
  return `# who we are
global: { as: 64500, router-id: 192.0.2.254, listen: ["127.0.0.1:0"] }
api: { unix-socket: ${folder}/api.sock }
neighbors:
  - address: 127.0.0.9 # the first
    remote-as: 64509
    passive: true
    policy: accept-all
    description: ${description}
${more}`;
}

test('a configuration is checked, compared and applied; the file has its text, and both versions are kept', async (t) => {
  const { client, path, folder, text, daemon, logged } = await start(t);
  const wanted = file(folder, '', 'other').replace('64509', '64510');
  const checked = await client.config.checkConfig({ text: wanted.replace('64510', '0'), name: 'new.yaml' });
  assert.deepEqual([checked.errors.length, checked.errors[0]?.line, checked.errors[0]?.path], [1, 6, 'neighbors[0].remote-as']);
  assert.match(checked.errors[0]!.message, /^new\.yaml:6:16 neighbors\[0\]\.remote-as: found 0/);
  const diff = await client.config.diffConfig({ text: wanted });
  assert.deepEqual(
    diff.changes.map((change) => change.text),
    ['neighbors 127.0.0.9: remote-as, description changed: its session is reset'],
  );
  assert.equal(text(), file(folder, ''), 'nothing has changed so far');
  const applied = await client.config.applyConfig({ text: wanted, comment: 'another AS' });
  assert.deepEqual([applied.summary, applied.version], ['1 change, 1 session is reset', 2n]);
  assert.equal(text(), wanted);
  assert.equal(daemon.speaker.getNeighbor('127.0.0.9').config.remoteAs, 64_510);
  const { versions } = await client.config.listConfigVersions({});
  assert.deepEqual(
    versions.map(({ number, comment, current }) => [number, comment, current]),
    [
      [2n, 'another AS', true],
      [1n, 'in effect before the first change that was kept', false],
    ],
  );
  assert.deepEqual(await client.config.getConfig({}).then(({ text: now, file: name, version }) => [now, name, version]), [
    wanted,
    path,
    2n,
  ]);
  assert.ok(logged.some((line) => line.startsWith('configuration: version 2, another AS: ')));
});

test('the effective configuration loads again and means the same, in YAML and JSON', async (t) => {
  const { client, daemon, path } = await start(
    t,
    'defaults: { hold-time: 30 }\nroutes: [{ prefix: 203.0.113.0/24, community: ["1:1"] }]\n',
  );
  const { text } = await client.config.getConfig({ effective: true });
  const { text: json } = await client.config.getConfig({ effective: true, json: true });
  assert.deepEqual(parse(text), JSON.parse(json));
  assert.ok(text.includes('hold-time: 30') && !text.includes('defaults:'));
  const again = parseConfig(text, path, daemon.config.setFiles.files).config;
  const { global, ...others } = daemon.config;
  // Defaults that are written now.
  assert.deepEqual(again, { ...others, global: { ...global, clusterId: global.routerId, listenIsDefault: false } });
});

test('a wrong configuration is refused with its problems; one that fails in the middle is taken back whole', async (t) => {
  const { client, folder, text, daemon, path } = await start(t);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  t.after(() => taken.close());
  const before = daemon.config;
  const port = (taken.address() as { port: number }).port;
  const wrong = file(folder, 'nonsense: 1\nlog: { level: loud }\n');
  await assert.rejects(client.config.applyConfig({ text: wrong, name: 'new.yaml' }), (error: { code: string; fields: unknown[] }) => {
    assert.equal(error.code, 'INVALID_ARGUMENT');
    assert.equal(error.fields.length, 2);
    return true;
  });
  const blocked = file(folder, `http: { listen: "127.0.0.1:${port}" }\n`, 'other').replace(':0"]', ':0", "127.0.0.2:0"]');
  await assert.rejects(client.config.applyConfig({ text: blocked }), { code: 'FAILED_PRECONDITION', message: /HTTP cannot listen/ });
  assert.equal(text(), file(folder, ''));
  assert.deepEqual(daemon.config, before);
  assert.equal(daemon.speaker.global().listen.length, 1);
  assert.equal(daemon.speaker.getNeighbor('127.0.0.9').config.description, 'transit');
  assert.equal(existsSync(`${path}.new`), false);
});

test('a file that was edited and not read is not overwritten unless that is asked for', async (t) => {
  const { client, folder, text, path } = await start(t);
  const edited = `${text()}# a note\n`;
  writeFileSync(path, edited);
  const wanted = file(folder, '', 'other');
  await assert.rejects(client.config.applyConfig({ text: wanted }), { code: 'FAILED_PRECONDITION', field: 'overwrite' });
  assert.equal(text(), edited);
  await client.config.applyConfig({ text: wanted, overwrite: true });
  assert.equal(text(), wanted);
});

test('versions: the last ones are kept, and rollback goes to the one before, or to a number', async (t) => {
  const { client, folder, text, path, daemon } = await start(t);
  for (let i = 1; i <= VERSIONS_MAX + 3; i++) await client.config.applyConfig({ text: file(folder, '', `number ${i}`) });
  const { versions } = await client.config.listConfigVersions({});
  assert.equal(versions.length, VERSIONS_MAX);
  assert.equal(readdirSync(`${path}.versions`).length, VERSIONS_MAX);
  const [latest] = versions;
  assert.equal((await client.config.rollbackConfig({})).summary, '1 change, no session is reset');
  assert.equal(text(), file(folder, '', `number ${VERSIONS_MAX + 2}`));
  const { number } = versions[4]!;
  await client.config.rollbackConfig({ version: number });
  assert.equal(daemon.speaker.getNeighbor('127.0.0.9').config.description, `number ${VERSIONS_MAX - 1}`);
  assert.equal((await client.config.getConfig({})).version, latest!.number + 2n);
  await assert.rejects(client.config.rollbackConfig({ version: 1n }), { code: 'NOT_FOUND', field: 'version' });
});

test('a version that is not confirmed is rolled back in time, and at the next start', async (t) => {
  const { client, folder, text, path, daemon } = await start(t);
  const [before, wanted] = [text(), file(folder, '', 'other')];
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { confirmBy } = await client.config.applyConfig({ text: wanted, confirmWithinSeconds: 300 });
  assert.ok(Number(confirmBy!.seconds) - Date.now() / 1000 > 290);
  assert.equal(text(), wanted);
  await assert.rejects(client.config.applyConfig({ text: before }), { code: 'FAILED_PRECONDITION' });
  t.mock.timers.tick(300_000);
  t.mock.timers.reset();
  // In its turn after the rollback.
  await assert.rejects(client.config.confirmConfig({}), { code: 'FAILED_PRECONDITION' });
  assert.equal(text(), before);
  assert.equal(daemon.speaker.getNeighbor('127.0.0.9').config.description, 'transit');
  const told = daemon.events.after(0, 100).events.filter(({ type }) => type === 'configuration');
  assert.deepEqual(
    told.map((event) => event.text.replace(/, (.*): .*/, ', $1')),
    ['version 2, applied through the API', 'version 2 was not confirmed in time and is rolled back', 'version 3, rolled back to version 1'],
  );

  await client.config.applyConfig({ text: wanted, confirmWithinSeconds: 300 });
  await client.config.confirmConfig({});
  assert.equal(await rollBackUnconfirmed(path), undefined);
  await client.config.applyConfig({ text: before, confirmWithinSeconds: 300 });
  assert.match((await rollBackUnconfirmed(path))!, /was not confirmed when the daemon ended, and was rolled back to version \d+$/);
  assert.equal(text(), wanted);
});

test('a configuration is compared with files of sets as they were read: the same one is no change', async (t) => {
  const files =
    'sets: { prefixes: { customers: { file: customers.txt } } }\npolicies: { in: [ { match: { prefix: { set: customers } }, action: accept } ] }\n';
  const { client, text } = await start(t, files, async (path) => writeFileSync(join(dirname(path), 'customers.txt'), '192.0.2.0/24\n'));
  assert.deepEqual((await client.config.diffConfig({ text: text() })).changes, []);
  const other = text().replace('action: accept', 'action: reject');
  assert.deepEqual(
    (await client.config.diffConfig({ text: other })).changes.map((change) => change.subject),
    ['in'],
  );
});

test('a file that is refused and one that is taken are told as events', async (t) => {
  const { path, daemon, text } = await start(t);
  const before = text();
  writeFileSync(path, before.replace('64509', '0'));
  await daemon.live!.reload();
  writeFileSync(path, before.replace('transit', 'other'));
  await daemon.live!.reload();
  const told = daemon.events.after(0, 100).events.filter(({ type }) => type === 'configuration');
  assert.match(told[0]!.text, /tsbgpd\.yaml was not put into effect: .*remote-as: found 0/);
  assert.match(told[1]!.text, /tsbgpd\.yaml was read again: 1 change/);
});

test('neighbors of the API are in the file before the call succeeds, and `defaults` applies to them', async (t) => {
  const { client, text, daemon, folder } = await start(t, 'defaults: { hold-time: 30 }\n');
  const address = '127.0.0.8';
  const { neighbor } = await client.neighbors.addNeighbor({ neighbor: { address, remoteAs: 64_508, passive: true } });
  assert.equal(neighbor?.config?.holdTime, 30);
  const item = `  - address: ${address}\n    remote-as: 64508\n    passive: true\n`;
  assert.equal(text(), file(folder, 'defaults: { hold-time: 30 }\n').replace('defaults:', `${item}defaults:`));
  const changed = { address: '127.0.0.9', description: 'other', importPolicy: 'deny-all' };
  await client.neighbors.changeNeighbor({ neighbor: changed, fields: { paths: ['description', 'import_policy'] } });
  assert.match(text(), /127\.0\.0\.9 # the first\n.*\n.*\n {4}description: other\n {4}import: deny-all\n {4}export: accept-all\n/);
  await client.neighbors.disableNeighbor({ address: '127.0.0.9' });
  assert.match(text(), /enabled: false\n/);
  assert.equal(daemon.config.neighbors[0]?.enabled, false);
  assert.equal((await client.neighbors.getNeighbor({ address: '127.0.0.9' })).neighbor?.adminDown, true);
  // Nothing of that is news to the daemon.
  await daemon.live!.reload();
  assert.deepEqual((await client.config.diffConfig({ text: text() })).changes, []);
  await client.neighbors.enableNeighbor({ address: '127.0.0.9' });
  await client.neighbors.deleteNeighbor({ address });
  assert.ok(!text().includes(address) && text().includes('enabled: true'));
  assert.equal((await client.neighbors.listNeighbors({})).neighbors.length, 1);
  const { versions } = await client.config.listConfigVersions({});
  assert.equal(versions[0]?.comment, `neighbor ${address}: deleted through the API`);
});

test('a change of a neighbor that is refused leaves the file and the daemon as they were', async (t) => {
  const { client, text, path, daemon } = await start(t);
  const before = text();
  const add = (neighbor: object) => client.neighbors.addNeighbor({ neighbor });
  await assert.rejects(add({ address: '127.0.0.9', remoteAs: 1 }), { code: 'ALREADY_EXISTS', field: 'neighbor.address' });
  await assert.rejects(add({ address: '127.0.0.8', remoteAs: 1, holdTime: 2 }), { code: 'INVALID_ARGUMENT', field: 'neighbor.hold_time' });
  await assert.rejects(add({ address: '127.0.0.8', remoteAs: 64_500, multihopTtl: 2 }), { code: 'INVALID_ARGUMENT' });
  await assert.rejects(client.neighbors.deleteNeighbor({ address: '127.0.0.8' }), { code: 'NOT_FOUND' });
  assert.equal(text(), before);
  writeFileSync(path, `${before}# edited\n`);
  await assert.rejects(add({ address: '127.0.0.8', remoteAs: 1 }), { code: 'FAILED_PRECONDITION', field: 'overwrite' });
  rmSync(path);
  mkdirSync(`${path}.versions`, { recursive: true });
  mkdirSync(`${path}.new`);
  await assert.rejects(add({ address: '127.0.0.8', remoteAs: 1 }), { code: 'FAILED_PRECONDITION', message: /cannot be written/ });
  assert.equal(daemon.speaker.listNeighbors().length, 1);
  assert.equal(daemon.config.neighbors.length, 1);
});

test('a neighbor of the API has the keys of its group in the file; without the file there is none', async (t) => {
  const group = 'groups: { customers: { hold-time: 12, import: deny-all } }\n';
  const { client, text } = await start(t, group);
  const wanted = { address: '127.0.0.8', remoteAs: 64_508, passive: true, group: 'customers', tags: ['paid'] };
  const { neighbor } = await client.neighbors.addNeighbor({ neighbor: wanted });
  assert.deepEqual([neighbor?.config?.holdTime, neighbor?.config?.group, neighbor?.config?.tags], [12, 'customers', ['paid']]);
  assert.match(text(), /group: customers\n/);
  assert.ok(!text().includes('hold-time: 12\n'));
  const other = { address: '127.0.0.7', remoteAs: 64_507, group: 'nobody' };
  await assert.rejects(client.neighbors.addNeighbor({ neighbor: other }), { code: 'INVALID_ARGUMENT', field: 'neighbor.group' });
  await client.config.applyConfig({ text: text().replace('hold-time: 12', 'hold-time: 15') });
  assert.equal((await client.neighbors.getNeighbor({ address: '127.0.0.8' })).neighbor?.config?.holdTime, 15);
  await client.config.applyConfig({ text: text().replace('api: {', 'api: { write-back: false,') });
  const refused = { code: 'FAILED_PRECONDITION', field: 'neighbor.group' };
  await assert.rejects(client.neighbors.addNeighbor({ neighbor: { ...other, group: 'customers' } }), refused);
});

/** Why sessions cannot be protected on this machine; false where they can. */
function unprotected(): string | false {
  try {
    const config = { remoteAddress: '192.0.2.1', remoteAs: 65_001, localAs: 65_000 };
    new Server({ routerId: '192.0.2.254' }).addPeer(config, { onEstablished: () => () => undefined }, { md5Key: 'probe', enabled: false });
    return false;
  } catch (error) {
    if (error instanceof PeerError && error.code === 'unsupported') return `no TCP MD5 here: ${error.message}`;
    throw error;
  }
}

test('a password of the API is in the file, in no answer, and stays when something else changes', { skip: unprotected() }, async (t) => {
  const { client, text, daemon } = await start(t);
  const password = 'between us';
  const wanted = { address: '127.0.0.8', remoteAs: 64_508, passive: true, enabled: false, password };
  const added = await client.neighbors.addNeighbor({ neighbor: wanted });
  assert.equal(added.neighbor?.config?.password, undefined);
  assert.match(text(), /password: between us\n/);
  const change = (neighbor: object, paths?: string[]) =>
    client.neighbors.changeNeighbor({ neighbor: { ...wanted, password: undefined, ...neighbor }, fields: paths && { paths } });
  await change({ description: 'one' }, ['description']);
  await change({ description: 'two' });
  assert.equal(daemon.speaker.getNeighbor('127.0.0.8').config.password?.value, password);
  assert.match(text(), /password: between us\n/);
  const refused = await change({ password: 's'.repeat(81) }, ['password']).catch((error: Error) => error.message);
  assert.match(String(refused), /neighbor\.password: found a value that is not shown/);
  await change({}, ['password']);
  assert.equal(daemon.speaker.getNeighbor('127.0.0.8').config.password, undefined);
  assert.ok(!text().includes(password));
});

test('write-back: false: neighbors of the API last until the daemon ends', async (t) => {
  const { client, text, folder, path } = await start(t, '', async (name) => {
    writeFileSync(name, readFileSync(name, 'utf8').replace('/api.sock }', '/api.sock, write-back: false }'));
  });
  await client.neighbors.addNeighbor({ neighbor: { address: '127.0.0.8', remoteAs: 64_508, passive: true } });
  assert.equal(text(), file(folder, '').replace('/api.sock }', '/api.sock, write-back: false }'));
  assert.equal(existsSync(`${path}.versions`), false);
  await client.neighbors.deleteNeighbor({ address: '127.0.0.8' });
});

test('a reload is kept as a version; a folder that cannot be written refuses changes before anything is touched', async (t) => {
  const { client, folder, path, daemon, logged } = await start(t);
  const edited = file(folder, '', 'edited');
  writeFileSync(path, edited);
  await daemon.live!.reload();
  assert.equal((await client.config.getConfig({})).version, 2n);
  rmSync(`${path}.versions`, { recursive: true });
  writeFileSync(`${path}.versions`, 'a file where the folder should be');
  const refused = client.config.applyConfig({ text: file(folder, '', 'other') });
  await assert.rejects(refused, { code: 'FAILED_PRECONDITION', message: /versions cannot be written/ });
  assert.equal(readFileSync(path, 'utf8'), edited);
  assert.equal(daemon.speaker.getNeighbor('127.0.0.9').config.description, 'edited');
  assert.ok(!logged.some((line) => line.includes('other')));
});

test('relative names of files begin at the folder of the file in versions too', async (t) => {
  const sections = 'rpki: { files: [vrps.json] }\nsets: { prefixes: { mine: { file: mine.txt } } }\n';
  const written = async (path: string): Promise<void> => {
    writeFileSync(join(path, '..', 'vrps.json'), '{"roas":[{"prefix":"192.0.2.0/24","maxLength":24,"asn":"AS64501"}]}');
    writeFileSync(join(path, '..', 'mine.txt'), '192.0.2.0/24\n');
  };
  const { client, daemon, folder } = await start(t, sections, written);
  await client.config.applyConfig({ text: file(folder, sections, 'other'), name: 'new.yaml' });
  await client.config.rollbackConfig({});
  assert.deepEqual(daemon.config.rpki.files, [join(folder, 'vrps.json')]);
  await assert.rejects(client.config.rollbackConfig({ version: 77n }), /version 77 is not kept: kept are/);
});

test('a configuration that is refused leaves the files of sets in use as they are', async (t) => {
  const sets = 'sets: { prefixes: { mine: { file: mine.txt } } }\n';
  const { client, daemon, folder } = await start(t, sets, async (path) => writeFileSync(join(path, '..', 'mine.txt'), '192.0.2.0/24\n'));
  const other = file(folder, 'sets: { prefixes: { x: { file: nope.txt } } }\n');
  await assert.rejects(client.config.applyConfig({ text: other.replace('64500', '64599'), name: 'new.yaml' }));
  assert.deepEqual(
    daemon.config.setFiles.files.states.map(({ path, entries }) => [path, entries]),
    [[join(folder, 'mine.txt'), 1]],
  );
});
