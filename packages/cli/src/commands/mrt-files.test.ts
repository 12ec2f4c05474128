import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tsbgp } from '../../test/world.ts';

const DUMP = {
  path: '/var/lib/tsbgp/rib.20261120.0400.mrt.gz',
  startedAt: { seconds: 1_790_000_000n, nanos: 0 },
  seconds: 1.25,
  peers: 3,
  records: 4000n,
  routes: 7600n,
  octets: 500_000n,
  fileOctets: 90_000n,
};
const TABLES = {
  file: '/var/lib/tsbgp/rib.%Y%m%d.%H%M.mrt.gz',
  everyMinutes: 60,
  keep: 48,
  running: false,
  dumps: 2n,
  failures: 1n,
  nextAt: { seconds: 1_790_003_600n, nanos: 0 },
  last: DUMP,
  lastError: 'no space left on device',
};
const world = (tables?: object) => ({ api: { mrt: { dumpTables: async () => ({ dump: DUMP }), getMrt: async () => ({ tables }) } } });

test('mrt dump says the file, and what is in it', async () => {
  const { out } = await tsbgp(['mrt', 'dump'], world());
  assert.match(out, /rib\.20261120\.0400\.mrt\.gz: 7,600 routes of 2 neighbors, 90,000 octets, in 1\.3 s/);
  const { path, fileOctets } = JSON.parse((await tsbgp(['mrt', 'dump', '--json'], world())).out);
  assert.deepEqual([path, fileOctets], [DUMP.path, 90_000]);
});

test('mrt status: when and where, the last file and the last failure', async () => {
  const { out } = await tsbgp(['mrt', 'status'], world(TABLES));
  assert.match(out, /every 60 minutes, next at 2026-09-21T15:13:20Z, 48 files stay\n/);
  assert.match(out, /2 written, 1 failed\n.*7,600 routes.*\n.*no space left/);
  assert.match((await tsbgp(['mrt', 'status'], world())).out, /no files are configured/);
  assert.equal(JSON.parse((await tsbgp(['mrt', 'status', '--json'], world(TABLES))).out).tables.last.routes, 7600);
});

test('mrt status: the file of messages that is written, and what was lost', async () => {
  const counts = { records: 1234n, files: 2n, failures: 0n, droppedOctets: 9000n };
  const messages = { file: '/u.%H.gz', rotateMinutes: 5, keep: 0, path: '/u.04.gz', ...counts, lastError: '' };
  const api = { mrt: { getMrt: async () => ({ messages }) } };
  const { out } = await tsbgp(['mrt', 'status'], { api });
  assert.match(out, /^messages  \/u\.%H\.gz\n.*5 minutes\n.*1,234 records, 2 whole files, 0 failed\n.*\/u\.04\.gz\.new\n.*9,000 octets/);
  assert.equal(JSON.parse((await tsbgp(['mrt', 'status', '--json'], { api })).out).messages.records, 1234);
});
