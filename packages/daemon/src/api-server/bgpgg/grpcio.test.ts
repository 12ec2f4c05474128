/** The Python example of bgpgg's document, as it is but for the address, with code that is made of our .proto file. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDaemon } from '../../../test/api-server/dialect-daemon.ts';
import { generate, noGenerator, runPython } from '../../../test/api-server/python.ts';

const ROOT = join(import.meta.dirname, '../../../../..');
const PROTO = join(ROOT, 'packages/api/proto/bgp/bgp.proto');
const DOCUMENT = join(ROOT, '../shared/seeds/bgpgg-api.md');

const noDocument = existsSync(DOCUMENT) ? false : 'the folder ../shared is not there';
const skip = noDocument === false ? noGenerator : noDocument;

for (const listener of ['unix socket', 'TCP'] as const) {
  test(`bgpgg's Python example over the ${listener}`, { skip, timeout: 90_000 }, async (t) => {
    const api = await startDaemon(t, 'defaults: { remote-as: 65009 }\n');
    const folder = mkdtempSync(join(tmpdir(), 'tsbgp-bgpgg-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'proto'));
    copyFileSync(PROTO, join(folder, 'proto/bgp.proto'));
    // As the document has it: the code is made from the folder above that of the file.
    generate(folder, 'proto/bgp.proto', folder);
    const example = /Full example:\s+```python\n(.*?)```/s.exec(readFileSync(DOCUMENT, 'utf8'))![1]!;
    const address = listener === 'TCP' ? api.tcp : `unix://${api.socket}`;
    assert.ok(example.includes("'127.0.0.1:50051'"));
    writeFileSync(join(folder, 'example.py'), example.replace("'127.0.0.1:50051'", `'${address}'`));
    const out = await runPython([join(folder, 'example.py')], folder);
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
