/** Programs of the API that end, flood, do not read, or write garbage harm nobody. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiProcess, BACKLOG_BYTES_MAX } from './api-process.ts';

class Recorder {
  readonly lines: string[] = [];
  readonly logged: string[] = [];
  ends = 0;
  lastRespawns = true;
  onEnd: () => void = () => {};
  onLine: () => void = () => {};

  commands(_process: ApiProcess, lines: readonly string[]): void {
    this.lines.push(...lines);
    this.onLine();
  }

  log(_process: ApiProcess, level: string, message: string): void {
    this.logged.push(`${level} ${message}`);
  }

  ended(_process: ApiProcess, respawns: boolean): void {
    this.ends++;
    this.lastRespawns = respawns;
    if (!respawns) this.onEnd();
  }
}

function start(script: string, respawn = true): { process: ApiProcess; host: Recorder } {
  const host = new Recorder();
  const config = { name: 'p', command: ['/bin/sh', '-c', script], encoder: 'text', respawn } as const;
  const child = new ApiProcess(config, host, { ack: true, respawn: true, env: process.env });
  child.start();
  return { process: child, host };
}

test('a program that ends again and again is started five times more in a minute, then stays down', async () => {
  const { process: child, host } = start('exit 3');
  await new Promise<void>((resolve) => (host.onEnd = resolve));
  assert.equal(host.ends, 6);
  assert.equal(child.isRunning, false);
  assert.ok(host.logged.some((line) => line.startsWith('ERR ended 6 times within a minute')));
});

test('respawn false: it ends once', async () => {
  const { host } = start('exit 0', false);
  await new Promise<void>((resolve) => (host.onEnd = resolve));
  assert.equal(host.ends, 1);
});

test('a program that cannot be started is logged', async () => {
  const host = new Recorder();
  const child = new ApiProcess({ name: 'p', command: ['/nowhere/program'], encoder: 'text', respawn: false }, host, {
    ack: true,
    respawn: true,
    env: {},
  });
  const ended = new Promise<void>((resolve) => (host.onEnd = resolve));
  child.start();
  await ended;
  assert.match(host.logged[1]!, /^ERR cannot be started: spawn \/nowhere\/program ENOENT/);
});

test('lines arrive in order, whatever their pieces; octets that are no ASCII are kept apart', async () => {
  const { process: child, host } = start("printf 'a\\nb'; sleep 0.1; printf 'c\\n\\377\\376\\n'; sleep 5");
  while (host.lines.length < 3) await new Promise<void>((resolve) => (host.onLine = resolve));
  assert.deepEqual(host.lines, ['a', 'bc', '\u00ff\u00fe']);
  await child.stop(undefined);
});

test('a program that does not read: what waits for it is bounded, and writing never blocks', async () => {
  const { process: child, host } = start('sleep 30');
  const line = 'x'.repeat(65_536);
  for (let i = 0; i < 2 * (BACKLOG_BYTES_MAX / line.length); i++) {
    child.write(line);
    if (i % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(child.backlog.bytes <= BACKLOG_BYTES_MAX + line.length + 1);
  assert.ok(host.logged.some((each) => each.includes('does not read its stdin')));
  await child.stop('shutdown 1 1');
  assert.equal(child.isRunning, false);
});

test('stop: the last line, then the end of stdin; who ignores both is killed, with its children', async () => {
  const { process: child, host } = start("read line; echo got $line; trap '' TERM; sleep 30 & wait; wait");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = Date.now();
  await child.stop('shutdown 1 1');
  assert.ok(Date.now() - before < 4000);
  assert.equal(host.ends, 0, 'it is not started again');
});
