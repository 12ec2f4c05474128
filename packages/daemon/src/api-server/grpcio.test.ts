/** Python's grpcio, which writes the percent-encoded path of a unix socket into :authority. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { GetGlobalResponseSchema } from '@tsbgp/api';
import { serve } from '../../test/api-server/serve.ts';

const CLIENT = join(import.meta.dirname, '../../test/api-server/grpcio_client.py');
/** A Python with the package grpcio: the one that TSBGP_PYTHON names, or one of the machine. */
const python = [process.env.TSBGP_PYTHON, 'python3', '/usr/bin/python3'].find(
  (each) => each !== undefined && spawnSync(each, ['-c', 'import grpc'], { timeout: 20_000 }).status === 0,
);
const skip = python === undefined ? 'no python3 with the package grpcio here: apt-get install python3-grpcio, or TSBGP_PYTHON=…' : false;

for (const listener of ['unix socket', 'TCP'] as const) {
  test(`grpcio over the ${listener}: calls, their errors, and a stream`, { skip, timeout: 60_000 }, async (t) => {
    const api = await serve();
    t.after(() => api.stop());
    const address = listener === 'TCP' ? `127.0.0.1:${new URL(api.url).port}` : `unix://${api.socket}`;
    const child = spawn(python!, [CLIENT, address], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 40_000 });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => void (out += chunk));
    child.stderr.on('data', (chunk) => void (err += chunk));
    await once(child, 'close');
    assert.equal(child.exitCode, 0, err);
    const found = JSON.parse(out) as { version: string; global: string; error: string[]; malformed: string; health: string };
    t.diagnostic(`grpcio ${found.version}`);
    assert.equal(fromBinary(GetGlobalResponseSchema, Buffer.from(found.global, 'hex')).localAs, 65001);
    assert.deepEqual(found.error, ['NOT_FOUND', 'address: no neighbor 192.0.2.9']);
    assert.equal(found.malformed, 'INVALID_ARGUMENT');
    assert.equal(found.health, '0801');
    assert.deepEqual(api.logged, []);
  });
}
