/** What a daemon leaves for the next one. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { QUIET } from '../test/speakers.ts';
import { Boundaries } from './boundaries.ts';
import { parseConfig } from './config/load.ts';
import type { DaemonLog } from './log.ts';
import { RestartFile, readFormerDaemon, restartFilePath, TOUCH_SECONDS } from './restart-file.ts';

function scene(t: TestContext, at?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-restart-'));
  t.after(() => rmSync(folder, { recursive: true }));
  t.mock.timers.reset();
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const path = join(folder, at ?? 'new/tsbgpd.restart');
  const warnings: string[] = [];
  const log = { ...QUIET, warn: (_: object, text: string) => void warnings.push(text) } as unknown as DaemonLog;
  const neighbors: string[] = [];
  const file = new RestartFile({ path, neighbors: () => neighbors, log, boundaries: new Boundaries(QUIET) });
  const settle = async (): Promise<void> => {
    file.changed();
    await Promise.resolve();
    t.mock.timers.tick(1000);
  };
  const former = (secondsLater = 0) => readFormerDaemon(path, log, new Date(Date.now() + secondsLater * 1000));
  return { file, path, folder, neighbors, warnings, settle, former };
}

test('the file has the neighbors that keep our routes; without any there is none', async (t) => {
  const { path, neighbors, settle, former } = scene(t);
  await settle();
  assert.equal(existsSync(path), false);
  assert.equal(former(), undefined);
  neighbors.push('192.0.2.1', '2001:db8::1');
  await settle();
  assert.deepEqual(former(), { neighbors: ['192.0.2.1', '2001:db8::1'], secondsAgo: 0 });
  neighbors.length = 0;
  await settle();
  assert.equal(former(), undefined, 'nobody keeps anything');
});

test('the first session is in the file before the turn ends, and those right after it soon', async (t) => {
  const { file, neighbors, former } = scene(t);
  neighbors.push('192.0.2.1');
  file.changed();
  await Promise.resolve();
  assert.deepEqual(former()?.neighbors, ['192.0.2.1']);
  neighbors.push('192.0.2.2');
  file.changed();
  await Promise.resolve();
  assert.deepEqual(former()?.neighbors, ['192.0.2.1']);
  t.mock.timers.tick(200);
  assert.deepEqual(former()?.neighbors, ['192.0.2.1', '192.0.2.2']);
});

test('it is removed at the end, and stays for a restart and after a crash', async (t) => {
  const { file, path, neighbors, settle, former } = scene(t);
  neighbors.push('192.0.2.1');
  await settle();
  neighbors.push('192.0.2.2');
  file.close(true);
  neighbors.length = 0;
  await settle();
  assert.deepEqual(former()?.neighbors, ['192.0.2.1', '192.0.2.2'], 'as the sessions were before they ended');
  const second = scene(t);
  second.neighbors.push('192.0.2.1');
  await second.settle();
  second.file.close(false);
  assert.deepEqual([existsSync(path), existsSync(second.path)], [true, false]);
});

test('its age says when the daemon was there last; after an hour and more nobody keeps anything', async (t) => {
  const { path, neighbors, settle, former } = scene(t);
  neighbors.push('192.0.2.1');
  await settle();
  utimesSync(path, new Date(0), new Date(0));
  assert.equal(former(), undefined);
  t.mock.timers.tick(TOUCH_SECONDS * 1000);
  assert.equal(former()?.secondsAgo, 0);
  assert.equal(former(4000)?.secondsAgo, 4000);
  assert.equal(former(4200), undefined);
});

for (const [what, content] of [
  ['no JSON', 'x'],
  ['another kind of JSON', '[]'],
  ['neighbors that are none', '{"neighbors":[1]}'],
  ['far too much', JSON.stringify({ neighbors: ['x'.repeat(1 << 20)] })],
] as const) {
  test(`a file with ${what} is told and counts as none`, (t) => {
    const { path, warnings, former } = scene(t, 'file');
    writeFileSync(path, content);
    assert.equal(former(), undefined);
    assert.equal(warnings.length, 1);
    assert.equal(readFileSync(path, 'utf8'), content);
  });
}

test('a folder in its place is told, once, and nothing else happens', async (t) => {
  const { folder, file, neighbors, warnings, settle } = scene(t, '.');
  neighbors.push('192.0.2.1');
  await settle();
  neighbors.push('192.0.2.2');
  await settle();
  file.close(true);
  assert.equal(warnings.length, 1);
  assert.ok(statSync(folder).isDirectory());
});

test('it is beside the socket of the API, or where the configuration says', () => {
  const pathOf = (global: string, api: string): string | undefined => {
    const text = `global: { as: 64500, router-id: 192.0.2.254${global} }\napi: { unix-socket: ${api} }\n`;
    return restartFilePath(parseConfig(text, 'f').config, { defaultSocketPath: () => '/run/tsbgp/tsbgpd.sock' });
  };
  assert.equal(pathOf('', '/run/b/x.sock'), '/run/b/x.restart');
  assert.equal(pathOf('', '/run/b/socket'), '/run/b/socket.restart');
  assert.equal(pathOf('', 'none'), undefined);
  assert.equal(pathOf(', restart-file: none', '/run/b/x.sock'), undefined);
  assert.equal(pathOf(', restart-file: /var/x', 'none'), '/var/x');
  const { config } = parseConfig('global: { as: 64500, router-id: 192.0.2.254 }\n', 'f');
  assert.equal(restartFilePath(config, { defaultSocketPath: () => '/run/tsbgp/tsbgpd.sock' }), '/run/tsbgp/tsbgpd.restart');
});
