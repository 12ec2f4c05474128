import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Process_State as State } from '@tsbgp/api';
import { tsbgp } from '../../test/world.ts';

const RUNNING = {
  name: 'anycast',
  command: ['/usr/local/bin/announce.py', '--fast'],
  state: State.RUNNING,
  pid: 4711,
  restarts: 2n,
  startedAt: { seconds: 1_790_000_000n, nanos: 0 },
  lastEnd: 'code 1',
  commands: 1700n,
  errors: 1n,
  lastError: 'found "x", allowed is a command',
  routes: 3n,
  backlogBytes: 9n,
  droppedLines: 4n,
  apiVersion: 5,
};
const world = (...processes: object[]) => ({ api: { processes: { listProcesses: async () => ({ processes }) } } });

test('process list: what runs, what has ended and how, routes, and the last error', async () => {
  const ended = { ...RUNNING, name: 'dead', state: State.ENDED, pid: 0, lastEnd: 'SIGKILL', errors: 0n, lastError: '' };
  const { out } = await tsbgp(['process', 'list'], world(RUNNING, ended));
  assert.match(out, /anycast +running, pid 4711 .+ 2 +3 +1,700 +1 +\/usr/);
  assert.match(out, /dead +ended: SIGKILL/);
  assert.match(out, /\nanycast: last error: found "x", allowed is a command\n/);
  assert.match((await tsbgp(['process'], world())).out, /no processes are configured/);
});

test('process list as JSON', async () => {
  const { out } = await tsbgp(['process', 'list', '--json'], world(RUNNING));
  assert.deepEqual(JSON.parse(out), {
    name: 'anycast',
    command: ['/usr/local/bin/announce.py', '--fast'],
    apiVersion: 5,
    running: true,
    pid: 4711,
    startedAt: '2026-09-21T14:13:20.000Z',
    restarts: 2,
    lastEnd: 'code 1',
    routes: 3,
    commands: 1700,
    errors: 1,
    lastError: 'found "x", allowed is a command',
    backlogBytes: 9,
    droppedLines: 4,
  });
});
