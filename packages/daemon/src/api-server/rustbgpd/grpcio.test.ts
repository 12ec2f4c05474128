/** Python's grpcio with code that grpc_tools makes of our .proto file. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { startDaemon } from '../../../test/api-server/dialect-daemon.ts';

const PROTO = join(import.meta.dirname, '../../../../api/proto');
const CLIENT = join(import.meta.dirname, '../../../test/api-server/rustbgpd_client.py');

/** A Python with grpcio and grpcio-tools: the one that TSBGP_PYTHON names, or one of the machine. */
const python = [process.env['TSBGP_PYTHON'], 'python3', '/usr/bin/python3'].find(
  (each) => each !== undefined && spawnSync(each, ['-c', 'import grpc, grpc_tools'], { timeout: 20_000 }).status === 0,
);
const skip =
  python === undefined
    ? 'no python3 with the packages grpcio and grpcio-tools here: apt-get install python3-grpc-tools, or TSBGP_PYTHON=…'
    : false;

for (const listener of ['unix socket', 'TCP'] as const) {
  test(`rustbgpd.v1 with grpcio over the ${listener}: calls, an error, a watch, pages`, { skip, timeout: 90_000 }, async (t) => {
    const api = await startDaemon(t);
    const folder = mkdtempSync(join(tmpdir(), 'tsbgp-rustbgpd-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const protoc = [
      '-m',
      'grpc_tools.protoc',
      `-I${PROTO}`,
      `--python_out=${folder}`,
      `--grpc_python_out=${folder}`,
      'rustbgpd/v1/rustbgpd.proto',
    ];
    const made = spawnSync(python!, protoc, { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    const address = listener === 'TCP' ? api.tcp : `unix://${api.socket}`;
    const child = spawn(python!, [CLIENT, address], {
      env: { ...process.env, PYTHONPATH: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => void (out += chunk));
    child.stderr.on('data', (chunk) => void (err += chunk));
    await once(child, 'close');
    assert.equal(child.exitCode, 0, err);
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
