import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../../../test/api-server/serve.ts';

test('DumpTables and GetMrt', async (t) => {
  const api = await serve();
  t.after(() => api.stop());
  const { dump } = await api.client.mrt.dumpTables({});
  const { $typeName: _, startedAt, ...rest } = dump!;
  assert.equal(startedAt!.seconds, 1_790_000_000n);
  assert.deepEqual(rest, { path: '/tmp/rib.2026.gz', seconds: 1.5, peers: 3, records: 4n, routes: 5n, octets: 600n, fileOctets: 70n });
  const { tables, messages } = await api.client.mrt.getMrt({});
  assert.deepEqual(
    [tables!.file, tables!.everyMinutes, tables!.keep, tables!.running, tables!.dumps, tables!.failures, tables!.lastError],
    ['/tmp/rib.%Y.gz', 60, 2, true, 7n, 8n, 'full'],
  );
  assert.equal(tables!.nextAt!.seconds, 1_790_003_600n);
  assert.equal(tables!.last!.path, dump!.path);
  const { $typeName: _type, ...log } = messages!;
  assert.deepEqual(log, {
    file: '/tmp/u.%Y.gz',
    rotateMinutes: 5,
    keep: 2,
    path: '/tmp/u.2026.gz',
    records: 9n,
    files: 10n,
    failures: 11n,
    droppedOctets: 12n,
    lastError: 'slow',
  });
});
