import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Process, Process_State as State } from '@tsbgp/api';
import { PROCESS } from '../../../test/api-server/fake-control-plane.ts';
import { serve } from '../../../test/api-server/serve.ts';

test('ListProcesses', async (t) => {
  const api = await serve();
  t.after(() => api.stop());
  const [{ $typeName: _, startedAt, ...process }] = (await api.client.processes.listProcesses({})).processes as [Process];
  assert.equal(Number(startedAt!.seconds) * 1000, PROCESS.startedAt.getTime());
  assert.deepEqual(process, {
    name: 'anycast',
    command: ['/usr/local/bin/announce.py', '--fast'],
    state: State.RUNNING,
    pid: 4711,
    restarts: 2n,
    lastEnd: 'code 1',
    commands: 17n,
    errors: 1n,
    lastError: PROCESS.lastError,
    routes: 3n,
    backlogBytes: 9n,
    droppedLines: 4n,
    apiVersion: 5,
  });
});
