/** The Python example of bgpgg's document, as it is but for the address, with code that grpc_tools makes of our .proto file. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon } from '../../../test/api-server/dialect-daemon.ts';

const ROOT = join(import.meta.dirname, '../../../../..');
const PROTO = join(ROOT, 'packages/api/proto/bgp/bgp.proto');
const DOCUMENT = join(ROOT, '../shared/seeds/bgpgg-api.md');

/** A Python with grpcio and grpcio-tools: the one that TSBGP_PYTHON names, or one of the machine. */
const python = [process.env.TSBGP_PYTHON, 'python3', '/usr/bin/python3'].find(
  (each) => each !== undefined && spawnSync(each, ['-c', 'import grpc, grpc_tools'], { timeout: 20_000 }).status === 0,
);
const noPython = 'no python3 with the packages grpcio and grpcio-tools here: apt-get install python3-grpc-tools, or TSBGP_PYTHON=…';
const noDocument = existsSync(DOCUMENT) ? false : `${DOCUMENT} is not here`;
const skip = python === undefined ? noPython : noDocument;

for (const listener of ['unix socket', 'TCP'] as const) {
  test(`bgpgg's Python example over the ${listener}`, { skip, timeout: 90_000 }, async (t) => {
    const api = await startDaemon(t, 'defaults: { remote-as: 65009 }\n');
    const folder = mkdtempSync(join(tmpdir(), 'tsbgp-bgpgg-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'proto'));
    copyFileSync(PROTO, join(folder, 'proto/bgp.proto'));
    // The commands of the document.
    const made = spawnSync(python!, ['-m', 'grpc_tools.protoc', '-I.', '--python_out=.', '--grpc_python_out=.', 'proto/bgp.proto'], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(made.status, 0, made.stderr);
    const example = /Full example:\s+```python\n(.*?)```/s.exec(readFileSync(DOCUMENT, 'utf8'))![1]!;
    const address = listener === 'TCP' ? api.tcp : `unix://${api.socket}`;
    assert.ok(example.includes("'127.0.0.1:50051'"));
    writeFileSync(join(folder, 'example.py'), example.replace("'127.0.0.1:50051'", `'${address}'`));
    const child = spawn(python!, ['example.py'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => void (out += chunk));
    child.stderr.on('data', (chunk) => void (err += chunk));
    await once(child, 'close');
    assert.equal(child.exitCode, 0, err);
    assert.deepEqual(
      out
        .trim()
        .split('\n')
        .map((line) => line.replace(/(192\.168\.1\.2, State: ).*/, '$1…')),
      [
        'Add peer: True',
        'Peer: 127.0.0.2, State: ACTIVE',
        'Peer: 192.168.1.2, State: …',
        'Add route: True',
        'Route: 10.0.0.0/24',
        '  Next-hop: 192.168.1.1, Local-pref: 200',
      ],
    );
    const { config } = api.daemon.speaker.getNeighbor('192.168.1.2');
    assert.deepEqual([config.remotePort, config.remoteAs], [17_900, 65_009]);
  });
}
