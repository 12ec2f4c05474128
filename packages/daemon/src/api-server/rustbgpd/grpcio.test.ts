/** Python's grpcio with code that is made of our .proto file. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon } from '../../../test/api-server/dialect-daemon.ts';
import { generate, noGenerator, runPython } from '../../../test/api-server/python.ts';

const PROTO = join(import.meta.dirname, '../../../../api/proto');
const CLIENT = join(import.meta.dirname, '../../../test/api-server/rustbgpd_client.py');

for (const listener of ['unix socket', 'TCP'] as const) {
  test(`rustbgpd.v1 with grpcio over the ${listener}: calls, an error, a watch, pages`, {
    skip: noGenerator,
    timeout: 90_000,
  }, async (t) => {
    const api = await startDaemon(t);
    const folder = mkdtempSync(join(tmpdir(), 'tsbgp-rustbgpd-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    generate(PROTO, 'rustbgpd/v1/rustbgpd.proto', folder);
    const address = listener === 'TCP' ? api.tcp : `unix://${api.socket}`;
    const out = await runPython([CLIENT, address], folder);
    assert.deepEqual(JSON.parse(out), {
      asn: 64_512,
      neighbors: [['127.0.0.2', 'SESSION_STATE_ACTIVE']],
      again: 'ALREADY_EXISTS',
      event: ['ROUTE_EVENT_TYPE_ADDED', '0.0.0.0'],
      routes: [200, '200', 250, 50, ''],
      health: 250,
    });
  });
}
