/** Python's grpcio, which writes the percent-encoded path of a unix socket into :authority. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { GetGlobalResponseSchema } from '@tsbgp/api';
import { noPython, runPython } from '../../test/api-server/python.ts';
import { serve } from '../../test/api-server/serve.ts';

const CLIENT = join(import.meta.dirname, '../../test/api-server/grpcio_client.py');

for (const listener of ['unix socket', 'TCP'] as const) {
  test(`grpcio over the ${listener}: calls, their errors, and a stream`, { skip: noPython, timeout: 90_000 }, async (t) => {
    const api = await serve();
    t.after(() => api.stop());
    const address = listener === 'TCP' ? `127.0.0.1:${new URL(api.url).port}` : `unix://${api.socket}`;
    const out = await runPython([CLIENT, address]);
    const found = JSON.parse(out) as { version: string; global: string; error: string[]; malformed: string; health: string };
    t.diagnostic(`grpcio ${found.version}`);
    assert.equal(fromBinary(GetGlobalResponseSchema, Buffer.from(found.global, 'hex')).localAs, 65001);
    assert.deepEqual(found.error, ['NOT_FOUND', 'address: no neighbor 192.0.2.9']);
    assert.equal(found.malformed, 'INVALID_ARGUMENT');
    assert.equal(found.health, '0801');
    assert.deepEqual(api.logged, []);
  });
}
