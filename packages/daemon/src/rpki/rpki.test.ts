/** The client in the daemon: what the configuration becomes, who hears of changes, what is reported. */
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ValidationChange } from '@tsbgp/rib';
import { cacheConfig, startCache } from '../../test/rpki/rpki-sources.ts';
import { QUIET } from '../../test/speakers.ts';
import { Boundaries } from '../boundaries.ts';
import { EventLog } from '../events.ts';
import { Exposition } from '../metrics/exposition.ts';
import { NO_RPKI, type RpkiConfig } from '../rpki-config.ts';
import { cacheOptions } from './cache-options.ts';
import { ChangedFiles } from './changed-files.ts';
import { Rpki } from './rpki.ts';

const VRP = { prefix: '192.0.2.0/24', maxLength: 24, asn: 64_496 };
const OTHER = { prefix: '198.51.100.0/24', maxLength: 24, asn: 64_496 };

interface World {
  readonly rpki: Rpki;
  readonly events: EventLog;
  readonly changes: ValidationChange[];
  /** Resolves when the condition holds; it is asked after each change. */
  until(condition: () => boolean): Promise<void>;
}

function world(t: TestContext): World {
  const events = new EventLog();
  const changes: ValidationChange[] = [];
  let check = (): void => undefined;
  const rpki = new Rpki({
    logger: QUIET,
    boundaries: new Boundaries(QUIET),
    events,
    changed: (change) => {
      changes.push(change);
      check();
    },
    statusChanged: () => check(),
  });
  t.after(() => rpki.close());
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      check = () => condition() && resolve();
      check();
    });
  return { rpki, events, changes, until };
}

const config = (more: Partial<RpkiConfig>): RpkiConfig => ({ ...NO_RPKI, ...more });
const folderOf = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgpd-rpki-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
};

test('the first data and the loss of the last concern every route, what comes between only its own', async (t) => {
  const { rpki, events, changes, until } = world(t);
  const { cache, port } = await startCache(t, { vrps: [VRP] });
  assert.equal(rpki.isConfigured, false);
  await rpki.configure(config({ caches: [cacheConfig(port)] }));
  await until(() => rpki.isReady);
  assert.deepEqual([changes[0]!.ipv4.all, changes[0]!.ipv6.all, changes[0]!.customers], [true, true, new Set()]);
  cache.update({ vrps: [VRP, OTHER], aspas: [{ customer: 1, providers: [2] }] });
  await until(() => changes.length === 2);
  assert.deepEqual([changes[1]!.ipv4.all, changes[1]!.ipv4.count, changes[1]!.customers], [false, 1, 'all']);
  cache.update({ vrps: [VRP, OTHER], aspas: [{ customer: 1, providers: [3] }] });
  await until(() => changes.length === 3);
  assert.deepEqual([changes[2]!.ipv4.count, changes[2]!.customers], [0, new Set([1])]);
  await rpki.configure(NO_RPKI);
  await until(() => changes.length === 4);
  assert.deepEqual([changes[3]!.ipv4.all, changes[3]!.customers], [true, 'all']);
  const [event] = events.after(0, 10).events;
  assert.deepEqual([event!.type, event!.neighbor], ['rpki', '']);
  assert.match(event!.text, /^RPKI cache tcp 127\.0\.0\.1:\d+: in sync, version 2, 1 VRPs and 0 ASPAs$/);
});

test('a cache that stays keeps its connection while others come and go', async (t) => {
  const { rpki, until } = world(t);
  const first = await startCache(t, { vrps: [VRP] });
  const second = await startCache(t, { vrps: [OTHER] });
  await rpki.configure(config({ caches: [cacheConfig(first.port)] }));
  await until(() => rpki.isReady);
  await rpki.configure(config({ caches: [cacheConfig(second.port), cacheConfig(first.port)] }));
  await until(() => rpki.caches().every(({ status }) => status.phase === 'synced'));
  assert.deepEqual(
    rpki.caches().map(({ config: { port }, status }) => [port, status.connects, status.ipv4]),
    [
      [second.port, 1, 1],
      [first.port, 1, 1],
    ],
  );
  assert.equal(rpki.status().total.ipv4, 2);
  await rpki.configure(config({ caches: [cacheConfig(first.port)] }));
  assert.deepEqual([rpki.caches().length, rpki.status().total.ipv4, rpki.caches()[0]!.status.connects], [1, 1, 1]);
});

test('a file that is replaced is read again; a wrong one changes nothing, and is told', async (t) => {
  const { rpki, events, until } = world(t);
  const file = join(folderOf(t), 'vrps.json');
  const write = (text: string): void => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  write(JSON.stringify({ roas: [VRP] }));
  await rpki.configure(config({ files: [file] }));
  assert.deepEqual([rpki.isReady, rpki.status().total.ipv4], [true, 1]);
  write('{ "roas": [');
  await rpki.reloadFiles();
  assert.deepEqual([rpki.isReady, rpki.status().total.ipv4], [false, 1]);
  assert.match(events.after(0, 10).events.at(-1)!.text, /vrps\.json:1:/);
  write(JSON.stringify({ roas: [VRP, OTHER] }));
  await rpki.reloadFiles();
  await until(() => rpki.isReady);
  assert.equal(rpki.status().total.ipv4, 2);
});

test('files are watched: one that is replaced, comes or goes is read again, others in the folder do not matter', async (t) => {
  const folder = folderOf(t);
  const file = join(folder, 'a.json');
  let count = 0;
  const files = new ChangedFiles({ logger: QUIET, boundaries: new Boundaries(QUIET), changed: () => count++ });
  t.after(() => files.close());
  await files.follow([file]);
  await files.look();
  assert.equal(count, 0);
  writeFileSync(file, 'x');
  await files.look();
  assert.equal(count, 1);
  writeFileSync(join(folder, 'b.json'), 'x');
  await files.look();
  assert.equal(count, 1);
  rmSync(file);
  await files.look();
  assert.equal(count, 2);
});

test('a file of the configuration that is replaced is noticed without being asked', async (t) => {
  const { rpki, until } = world(t);
  const file = join(folderOf(t), 'vrps.json');
  writeFileSync(file, JSON.stringify({ roas: [VRP] }));
  await rpki.configure(config({ files: [file] }));
  writeFileSync(`${file}.new`, JSON.stringify({ roas: [VRP, OTHER] }));
  renameSync(`${file}.new`, file);
  await until(() => rpki.status().total.ipv4 === 2);
});

test('metrics: nothing without a source, then counts and ages of caches and files', async (t) => {
  const { rpki, until } = world(t);
  const text = (): string => {
    const out = new Exposition();
    rpki.addMetrics(out);
    return out.toString();
  };
  assert.equal(text(), '');
  const { port } = await startCache(t, { vrps: [VRP], aspas: [{ customer: 1, providers: [2] }] }, { serial: 7 });
  const missing = join(folderOf(t), 'none.json');
  await rpki.configure(config({ caches: [cacheConfig(port, { name: 'a "cache"' })], slurm: [missing] }));
  await until(() => rpki.caches()[0]!.status.phase === 'synced');
  const lines = text().split('\n');
  for (const line of [
    'tsbgp_rpki_ready 0',
    'tsbgp_rpki_vrps{family="ipv4"} 1',
    'tsbgp_rpki_vrps{family="ipv6"} 0',
    'tsbgp_rpki_aspas 1',
    'tsbgp_rpki_cache_synced{cache="a \\"cache\\""} 1',
    'tsbgp_rpki_cache_serial{cache="a \\"cache\\""} 7',
    `tsbgp_rpki_file_wrong{file="${missing}"} 1`,
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test('the options of a cache are those of its transport, and the same each time', () => {
  const signed = cacheConfig(1, { transport: 'md5', password: 'k', localAddress: '127.0.0.2' });
  const { connect, ...rest } = cacheOptions(signed);
  assert.deepEqual(rest, {
    name: '127.0.0.1:1',
    host: '127.0.0.1',
    port: 1,
    preference: 1,
    transport: 'tcp',
    localAddress: '127.0.0.2',
    overrides: {},
  });
  assert.equal(connect, cacheOptions({ ...signed, port: 2 }).connect);
  assert.notEqual(connect, cacheOptions({ ...signed, password: 'l' }).connect);
  const tls = cacheOptions(cacheConfig(1, { transport: 'tls', tls: { ca: '/ca' }, refresh: 5 }));
  assert.deepEqual(
    [tls.transport, tls.tls, tls.overrides],
    ['tls', { caFile: '/ca', certFile: undefined, keyFile: undefined, serverName: undefined }, { refresh: 5 }],
  );
});
