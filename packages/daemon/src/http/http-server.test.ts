import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Health } from '../control-plane.ts';
import type { Log } from '../log.ts';
import { startHttpServer } from './http-server.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const health: Health = { healthy: true, uptimeSeconds: 5, neighbors: 2, established: 1, routes: 7, rssBytes: 1 };

async function server(t: { after(fn: () => Promise<void>): void }, source: { metrics(): string; health(): Health }): Promise<string> {
  const running = await startHttpServer(source, { host: '127.0.0.1', port: 0 }, quiet);
  t.after(() => running.close());
  return `http://127.0.0.1:${running.endpoint.port}`;
}

test('/metrics is the control plane text in the exposition format', async (t) => {
  const base = await server(t, { metrics: () => 'up 1\n', health: () => health });
  const response = await fetch(`${base}/metrics?x=1`);
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(await response.text(), 'up 1\n');
});

test('/healthz is 200 while healthy and 503 when not, with the facts as JSON', async (t) => {
  let healthy = true;
  const base = await server(t, { metrics: () => '', health: () => ({ ...health, healthy }) });
  const good = await fetch(`${base}/healthz`);
  assert.deepEqual([good.status, await good.json()], [200, health]);
  healthy = false;
  const bad = await fetch(`${base}/healthz`);
  assert.deepEqual([bad.status, await bad.json()], [503, { ...health, healthy: false }]);
});

test('other paths are 404, other methods 405, HEAD has no body', async (t) => {
  const base = await server(t, { metrics: () => 'up 1\n', health: () => health });
  assert.equal((await fetch(`${base}/nothing`)).status, 404);
  const post = await fetch(`${base}/metrics`, { method: 'POST' });
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
  const head = await fetch(`${base}/metrics`, { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);
});

test('a control plane that throws is a 500, and the listener lives on', async (t) => {
  const base = await server(t, {
    metrics: () => {
      throw new Error('broken');
    },
    health: () => health,
  });
  assert.equal((await fetch(`${base}/metrics`)).status, 500);
  assert.equal((await fetch(`${base}/healthz`)).status, 200);
});

test('a port in use rejects with the error of the system', async (t) => {
  const base = await server(t, { metrics: () => '', health: () => health });
  const port = Number(new URL(base).port);
  await assert.rejects(startHttpServer({ metrics: () => '', health: () => health }, { host: '127.0.0.1', port }, quiet), {
    code: 'EADDRINUSE',
  });
});
