import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from '@tsbgp/session';
import { closed, exchange, open } from '../../test/api-server/raw-http.ts';
import { until } from '../../test/api-server/serve.ts';
import { Boundaries } from '../boundaries.ts';
import type { Health } from '../control-plane.ts';
import { Exposition } from '../metrics/exposition.ts';
import { type HttpOptions, startHttpServer } from './http-server.ts';

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };
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

interface Running {
  readonly port: number;
  readonly boundaries: Boundaries;
  metrics(): string;
}

async function bounded(
  t: { after(fn: () => Promise<void>): void },
  source: { metrics(): string; health(): Health },
  options: HttpOptions = {},
  host = '127.0.0.1',
): Promise<Running> {
  const boundaries = new Boundaries(quiet);
  const running = await startHttpServer(source, { host, port: 0 }, quiet, { boundaries, ...options });
  t.after(() => running.close());
  return {
    port: running.endpoint.port,
    boundaries,
    metrics() {
      const out = new Exposition();
      running.addMetrics(out);
      return out.toString();
    },
  };
}

const source = { metrics: () => 'up 1\n', health: () => health };
const get = (path: string, headers = 'host: localhost\r\n'): string => `GET ${path} HTTP/1.1\r\n${headers}\r\n`;
const statusOf = (answer: Buffer): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer.toString())?.[1]);

for (const host of ['x:99999', '%zz', '', 'a b', '[::1', '1.2.3.256']) {
  test(`Host "${host}" is a bad request`, async (t) => {
    const { port, boundaries } = await bounded(t, source);
    assert.equal(statusOf(await exchange({ port }, [get('/metrics', `host: ${host}\r\n`)], 50)), 400);
    assert.equal(statusOf(await exchange({ port }, [get('/metrics')], 50)), 200);
    assert.equal(boundaries.count('http'), 0);
  });
}

test('on a loopback address only loopback names and those of the option are answered (DNS rebinding)', async (t) => {
  const { port } = await bounded(t, source, { hosts: ['router1.example.net'] });
  for (const host of ['localhost', '127.0.0.1:9179', '[::1]', 'router1.example.net:9179']) {
    assert.equal(statusOf(await exchange({ port }, [get('/metrics', `host: ${host}\r\n`)], 50)), 200, host);
  }
  for (const head of [
    'host: evil.example\r\n',
    '',
    'host: localhost\r\nhost: evil.example\r\n',
    'host: localhost\r\norigin: http://evil.example\r\n',
  ]) {
    assert.ok([400, 403].includes(statusOf(await exchange({ port }, [get('/healthz', head)], 50))), head);
  }
});

test('on another address scrapers come by any name, unless the option names them; a foreign origin is refused', async (t) => {
  const any = await bounded(t, source, {}, '0.0.0.0');
  assert.equal(statusOf(await exchange(any, [get('/metrics', 'host: whatever.example:9179\r\n')], 50)), 200);
  assert.equal(statusOf(await exchange(any, ['GET /healthz HTTP/1.0\r\n\r\n'], 50)), 200);
  assert.equal(statusOf(await exchange(any, [get('/metrics', 'host: a.example\r\norigin: http://a.example\r\n')], 50)), 403);
  const named = await bounded(t, source, { hosts: ['router1.example.net'] }, '0.0.0.0');
  assert.equal(statusOf(await exchange(named, [get('/metrics', 'host: whatever.example\r\n')], 50)), 403);
  assert.equal(statusOf(await exchange(named, [get('/metrics', 'host: router1.example.net\r\n')], 50)), 200);
});

test('an exception is contained, counted, and answered with 500', async (t) => {
  const { port, boundaries, metrics } = await bounded(t, {
    metrics: () => {
      throw new Error('planted: metrics');
    },
    health: () => {
      throw 'planted: health';
    },
  });
  assert.equal(statusOf(await exchange({ port }, [get('/metrics')], 50)), 500);
  assert.equal(statusOf(await exchange({ port }, [get('/healthz')], 50)), 500);
  assert.equal(boundaries.count('http'), 2);
  assert.match(metrics(), /tsbgp_http_answers_total\{status="500"\} 2/);
});

for (const [what, text] of [
  ['octets that are no HTTP', '\x00\x01\r\n\r\n'],
  ['CONNECT', 'CONNECT x:1 HTTP/1.1\r\nhost: localhost\r\n\r\n'],
  ['an upgrade', get('/metrics', 'host: localhost\r\nconnection: upgrade\r\nupgrade: h2c\r\n')],
  ['an expectation', get('/metrics', 'host: localhost\r\nexpect: tea\r\n')],
  ['100-continue', get('/metrics', 'host: localhost\r\nexpect: 100-continue\r\n')],
  ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['100,000 octets of header', `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}`],
  ['both lengths', get('/metrics', 'host: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n')],
  ['a target that is none', get('http://[::1', 'host: localhost\r\n')],
] as const) {
  test(`${what} costs the client its connection and no more`, async (t) => {
    const { port, boundaries } = await bounded(t, source);
    await exchange({ port }, [text], 50);
    assert.equal(statusOf(await exchange({ port }, [get('/metrics')], 50)), 200);
    assert.equal(boundaries.count('http'), 0);
  });
}

test('connections are bounded: the one that is idle longest makes room', async (t) => {
  const { port, metrics } = await bounded(t, source, { limits: { connections: 3 } });
  const first = open({ port });
  const gone = closed(first);
  const others = [open({ port }), open({ port })];
  await until(() => /tsbgp_http_connections 3/.test(metrics()), 'three are open');
  assert.equal(statusOf(await exchange({ port }, [get('/metrics')], 50)), 200);
  await gone;
  assert.match(metrics(), /tsbgp_http_refused_total\{reason="connections"\} 1/);
  for (const socket of others) socket.destroy();
});

test('a request that does not arrive in time is closed', async (t) => {
  const { port, metrics } = await bounded(t, source, { limits: { idleSeconds: 0.2 } });
  const sockets = ['', 'GET /metrics HTT', get('/metrics').slice(0, -2)].map((half) => {
    const socket = open({ port });
    socket.write(half);
    return socket;
  });
  await Promise.all(sockets.map(closed));
  await until(() => /tsbgp_http_connections 0/.test(metrics()), 'none is left');
});

test('answers that nobody takes are bounded, and given up; health is still answered', async (t) => {
  const large = { ...source, metrics: () => 'x'.repeat(10_000_000) };
  const { port, metrics } = await bounded(t, large, { limits: { scrapes: 2, answerSeconds: 1 } });
  const sockets = [0, 1].map(() => {
    const socket = open({ port });
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(get('/metrics'));
    return socket;
  });
  await until(() => /tsbgp_http_scrapes 2/.test(metrics()), 'both are under way');
  assert.equal(statusOf(await exchange({ port }, [get('/metrics')], 50)), 503);
  assert.equal(statusOf(await exchange({ port }, [get('/healthz')], 50)), 200);
  await until(() => /tsbgp_http_scrapes 0/.test(metrics()), 'they were given up');
  assert.match(metrics(), /tsbgp_http_refused_total\{reason="answer-time"\} 2/);
  for (const socket of sockets) socket.destroy();
});

test('pipelined requests are bounded', async (t) => {
  const { port, metrics } = await bounded(t, source, { limits: { requestsPerConnection: 4 } });
  const socket = open({ port });
  const gone = closed(socket);
  socket.write(get('/metrics').repeat(300));
  await gone;
  assert.match(metrics(), /tsbgp_http_refused_total\{reason="requests-per-connection"\} [1-9]/);
  await until(() => /tsbgp_http_scrapes 0/.test(metrics()), 'none is under way');
});
