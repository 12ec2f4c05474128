import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, suite, test } from 'node:test';
import { listenUnix } from './unix-socket.ts';

suite('the socket in the file system', { timeout: 20_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-socket-'));
  const servers: Server[] = [];
  const listen = async (path: string, mode = 0o660): Promise<Server> => {
    const server = createServer((socket) => socket.end());
    servers.push(server);
    return listenUnix(server, path, mode);
  };
  after(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const mode of [0o660, 0o600, 0o666]) {
    test(`its mode is 0${mode.toString(8)} as asked, whatever the umask`, async () => {
      const path = join(folder, `mode-${mode}`);
      const umask = process.umask(0o077);
      try {
        await listen(path, mode);
        assert.equal(process.umask(0o077), 0o077);
      } finally {
        process.umask(umask);
      }
      assert.equal(statSync(path).mode & 0o777, mode);
    });
  }

  test('a missing folder is made, and closing removes the socket', async () => {
    const path = join(folder, 'a', 'b', 'sock');
    const server = await listen(path);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(existsSync(path), false);
  });

  test('what a killed process left behind is replaced', async () => {
    const path = join(folder, 'stale');
    const code = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', code]);
    assert.equal(statSync(path).isSocket(), true);
    await listen(path);
  });

  test('one that is answered stays: EADDRINUSE', async () => {
    const path = join(folder, 'alive');
    const first = await listen(path);
    await assert.rejects(listen(path), { code: 'EADDRINUSE' });
    assert.equal(first.listening, true);
    assert.equal(statSync(path).isSocket(), true);
  });

  test('a file, or a link to one, is never removed: EEXIST', async () => {
    const file = join(folder, 'precious');
    writeFileSync(file, 'precious');
    const link = join(folder, 'link');
    symlinkSync(file, link);
    await assert.rejects(listen(file), { code: 'EEXIST', message: /not a socket/ });
    await assert.rejects(listen(link), { code: 'EEXIST' });
    assert.equal(readFileSync(link, 'utf8'), 'precious');
  });
});
