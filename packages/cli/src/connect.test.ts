import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseAddress } from './address.ts';
import { connectDaemon } from './connect.ts';
import { CliError, ExitCode } from './exit-code.ts';
import type { Io } from './terminal/io.ts';

const output = { isTerminal: false, columns: 80, write: async () => {} };

function io(env: Io['env'] = {}): Io {
  return { stdin: new ReadableStream(), stdout: output, stderr: output, env, signal: new AbortController().signal };
}

test('an address is a socket path or HOST:PORT, in every usual spelling', () => {
  const url = (text: string): string => chooseAddress(text, {}).url;
  assert.equal(url('/run/x.sock'), 'unix:///run/x.sock');
  assert.equal(url('unix:/run/x.sock'), 'unix:///run/x.sock');
  assert.equal(url('unix:///run/x.sock'), 'unix:///run/x.sock');
  assert.equal(url('127.0.0.1:50051'), 'http://127.0.0.1:50051');
  assert.equal(url('[::1]:50051'), 'http://[::1]:50051');
  assert.equal(url('router.example:50051'), 'http://router.example:50051');
  assert.equal(url('https://router.example:443/'), 'https://router.example:443/');
  for (const wrong of ['', 'router', 'x.sock', '127.0.0.1', '::1:50051']) {
    assert.throws(() => url(wrong), { name: 'CliError', exitCode: ExitCode.Usage }, wrong);
  }
});

test('--address wins over TSBGP_ADDRESS, which wins over the standard socket', () => {
  assert.equal(chooseAddress('/a', { TSBGP_ADDRESS: '/b' }).source, '--address');
  assert.equal(chooseAddress(undefined, { TSBGP_ADDRESS: '/b' }).url, 'unix:///b');
  assert.equal(chooseAddress(undefined, { TSBGP_ADDRESS: '' }).source, 'default');
});

test('nobody there: exit code 3, what was tried, and how to start a daemon', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tsbgp-cli-'));
  try {
    const absent = join(folder, 'absent.sock');
    const daemon = await connectDaemon(absent, io());
    for (const ask of [() => daemon.health(), () => Array.fromAsync(daemon.routes({ table: 'best' })), () => daemon.listNeighbors()]) {
      await assert.rejects(ask, (error) => {
        assert.ok(error instanceof CliError, String(error));
        assert.equal(error.exitCode, ExitCode.CannotConnect);
        assert.equal(error.message, `no daemon at unix:${absent}: there is no such socket`);
        assert.match(error.hints.join('\n'), /tsbgpd .*\n.*--address/s);
        return true;
      });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('somebody else there: exit code 3, not a stack', async () => {
  const server = createServer((socket) => socket.end('220 smtp\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as { port: number };
    const daemon = await connectDaemon(undefined, io({ TSBGP_ADDRESS: `127.0.0.1:${port}` }));
    await assert.rejects(daemon.health(), (error) => error instanceof CliError && error.exitCode !== ExitCode.Usage);
  } finally {
    server.close();
  }
});
