/** Runs each example as a process, against a bare socket or another example. Each must stay small enough to read. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import * as wire from '@tsbgp/wire';
import { message, open } from '../test/messages.ts';
import { RawListener, RawPeer } from '../test/raw-peer.ts';

const FOLDER = new URL('../examples/', import.meta.url);

interface Running {
  readonly child: ChildProcess;
  /** The next line that contains `text`. */
  line(text: string): Promise<string>;
}

function run(t: TestContext, name: string, ...args: string[]): Running {
  const path = new URL(`${name}.ts`, FOLDER).pathname;
  const child = spawn(process.execPath, ['--conditions=tsbgp-source', path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const lines: Interface = createInterface({ input: child.stdout! });
  const seen: string[] = [];
  lines.on('line', (line) => seen.push(line));
  return {
    child,
    async line(text) {
      for (;;) {
        const at = seen.findIndex((line) => line.includes(text));
        if (at >= 0) return seen.splice(0, at + 1).at(-1) ?? '';
        if (child.exitCode !== null) throw new Error(`${name} has ended`);
        await Promise.race([once(lines, 'line'), once(child, 'exit')]);
      }
    },
  };
}

/** UPDATE: 198.51.100.0/24, AS_PATH of one AS, next hop 127.0.0.2. */
function update(as: number): Uint8Array {
  return message(2, `0000 0014 40010100 40020602 01${as.toString(16).padStart(8, '0')} 4003047f000002 18c63364`);
}

test('each example has fewer than 60 lines', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));
  assert.equal(files.length, 4);
  for (const name of files) assert.ok(readFileSync(new URL(name, FOLDER), 'utf8').split('\n').length <= 60, name);
});

test('collector: prints the announcements of any peer, as JSON', {
  skip: !('decodeUpdate' in wire) && 'this wire does not decode UPDATEs',
}, async (t) => {
  const collector = run(t, 'collector', '--port', '0', '--host', '127.0.0.1');
  const { listening } = JSON.parse(await collector.line('listening')) as { listening: number };
  const raw = await RawPeer.connect(listening, '127.0.0.2');
  await raw.establish();
  raw.send(update(65_002), message(2, '00000000'));
  const line = JSON.parse(await collector.line('198.51.100.0/24')) as { peer: string; as: number };
  assert.deepEqual([line.peer, line.as], ['127.0.0.2', 65_002]);
  await collector.line('endOfRib');
  raw.socket.destroy();
  await collector.line('"down"');
  collector.child.kill('SIGTERM');
  await once(collector.child, 'exit');
});

test('announcer: announces, and says why it ends', async (t) => {
  const listener = await RawListener.listen(t, '127.0.0.1');
  const announcer = run(t, 'announcer', '--port', String(listener.port));
  const raw = await listener.accept();
  await raw.establish({ as: 65_001, bgpIdentifier: '192.0.2.1' });
  await announcer.line('announced 198.51.100.0/24');
  const { bytes } = await raw.nextOf(2);
  assert.equal(wire.toHex(bytes, 19), '0000001440010100400206020100' + '00fdea4003047f00000118c63364');
  assert.equal((await raw.nextOf(2)).bytes.length, 23);
  announcer.child.kill('SIGTERM');
  const told = await raw.notification();
  assert.equal(wire.shutdownMessage(told), 'service is going down');
  await once(announcer.child, 'exit');
});

test('monitor: says what happens, and ends with a report', async (t) => {
  const listener = await RawListener.listen(t, '127.0.0.1');
  const monitor = run(t, 'monitor', '--port', String(listener.port), '127.0.0.1=65001');
  const raw = await listener.accept();
  await raw.establish({ as: 65_001, bgpIdentifier: '192.0.2.1', holdTimeSeconds: 30 });
  assert.match(await monitor.line('up:'), /identifier 192\.0\.2\.1, hold time 30 s, 1 families/);
  raw.send(update(65_001));
  monitor.child.kill('SIGTERM');
  assert.match(await monitor.line('UPDATEs'), /Established, [01] UPDATEs/);
  await once(monitor.child, 'exit');
  assert.equal(monitor.child.exitCode, 0);
});

test('proxy: passes on what is allowed, and ends one side when the other is gone', async (t) => {
  const proxy = run(t, 'proxy', '--port', '0', '127.0.0.2=65001', '127.0.0.3=65002');
  const port = Number((await proxy.line('listening on')).split(' ').at(-1));
  const left = await RawPeer.connect(port, '127.0.0.2');
  const ours = await left.establish({ as: 65_001, bgpIdentifier: '10.0.0.1' });
  assert.equal((ours[20]! << 8) | ours[21]!, 65_002, 'the proxy is the other side');
  const right = await RawPeer.connect(port, '127.0.0.3');
  right.send(open({ as: 65_002, bgpIdentifier: '10.0.0.2' }), message(4));
  await left.nextOf(5); // the proxy asks for routes that it may have missed
  left.send(update(64_666), update(65_001));
  assert.deepEqual((await right.nextOf(2)).bytes, update(65_001));
  left.socket.destroy();
  const told = await right.notification();
  assert.deepEqual([told.code, told.subcode], [6, 4]);
  proxy.child.kill('SIGTERM');
  await once(proxy.child, 'exit');
});
