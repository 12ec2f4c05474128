import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { creatableSocketPath, existingSocketPath, socketPathCandidates } from './default-address.ts';

test('the system path comes first, then the session folder, then a folder of the user in /tmp', () => {
  assert.deepEqual(socketPathCandidates({ XDG_RUNTIME_DIR: '/run/user/7' }, 7), [
    '/run/tsbgp/tsbgpd.sock',
    '/run/user/7/tsbgp/tsbgpd.sock',
    '/tmp/tsbgp-7/tsbgpd.sock',
  ]);
  assert.deepEqual(socketPathCandidates({}, 7), ['/run/tsbgp/tsbgpd.sock', '/tmp/tsbgp-7/tsbgpd.sock']);
});

test('a session folder that is not an absolute path is ignored', () => {
  assert.equal(socketPathCandidates({ XDG_RUNTIME_DIR: 'run' }, 7).length, 2);
});

test('daemon and client come to the same path', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const candidates = [join(folder, 'missing', 'deep', 'a.sock'), join(folder, 'made', 'b.sock')];
  const path = creatableSocketPath(candidates);
  assert.equal(path, candidates[1]);
  assert.equal(existingSocketPath(candidates), candidates[0], 'nothing is there yet: the first, for the message');
  const server = createServer().listen(path);
  await new Promise((resolve) => server.once('listening', resolve));
  assert.equal(existingSocketPath(candidates), path);
  await new Promise((resolve) => server.close(resolve));
});

test('a folder in /tmp that others may write, or a link, is not used', (t) => {
  const base = `/tmp/tsbgp-test-${process.pid}`;
  mkdirSync(base);
  symlinkSync(base, `${base}-link`);
  t.after(() => {
    rmSync(`${base}-link`);
    rmSync(base, { recursive: true });
  });
  chmodSync(base, 0o777);
  assert.equal(creatableSocketPath([`${base}/a.sock`]), undefined);
  chmodSync(base, 0o700);
  assert.equal(creatableSocketPath([`${base}/a.sock`]), `${base}/a.sock`);
  assert.equal(creatableSocketPath([`${base}-link/a.sock`]), undefined);
});

test('a folder that the daemon makes in /tmp is its own', (t) => {
  const folder = `/tmp/tsbgp-test-made-${process.pid}`;
  t.after(() => rmSync(folder, { recursive: true }));
  assert.equal(creatableSocketPath([`${folder}/a.sock`]), `${folder}/a.sock`);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});
