/**
 * `/metrics` (Prometheus) and `/healthz` (200 healthy, 503 not) on a listener of their own, so that who may scrape need not be one who may
 * use the API. Both read only.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ControlPlane, Endpoint } from '../control-plane.ts';
import type { Log } from '../log.ts';
import { EXPOSITION_CONTENT_TYPE } from '../metrics/exposition.ts';

export interface HttpServer {
  /** The real port, where 0 was asked for. */
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

/** A scraper that sends nothing, or reads nothing, holds its connection no longer than this. */
const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 64;

type Source = Pick<ControlPlane, 'metrics' | 'health'>;

/** Rejects with the listener's own error (`EADDRINUSE`, `EACCES` …). */
export async function startHttpServer(control: Source, endpoint: Endpoint, log: Log): Promise<HttpServer> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    try {
      answer(control, request, response);
    } catch (error) {
      log.error({ err: error, url: request.url }, 'HTTP request failed');
      send(request, response, 500, 'text/plain; charset=utf-8', 'internal error\n');
    }
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.timeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: endpoint.host, port: endpoint.port, ipv6Only: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => log.error({ err: error }, 'HTTP listener failed'));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: { host: endpoint.host, port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(control: Source, request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '/').split('?', 1)[0];
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    send(request, response, 405, 'text/plain; charset=utf-8', 'GET or HEAD\n');
  } else if (path === '/metrics') {
    send(request, response, 200, EXPOSITION_CONTENT_TYPE, control.metrics());
  } else if (path === '/healthz') {
    const health = control.health();
    send(request, response, health.healthy ? 200 : 503, 'application/json', `${JSON.stringify(health)}\n`);
  } else if (path === '/') {
    send(request, response, 200, 'text/plain; charset=utf-8', 'tsbgpd\n/metrics  Prometheus metrics\n/healthz  health as JSON\n');
  } else {
    send(request, response, 404, 'text/plain; charset=utf-8', 'not found: there are /metrics and /healthz\n');
  }
}

function send(request: IncomingMessage, response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? undefined : body);
}
