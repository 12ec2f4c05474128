/**
 * `/metrics` (Prometheus) and `/healthz` (200 healthy, 503 not) on a separate listener, so that scraping does not require API access. Both
 * endpoints are read-only. A client can lose its own request or connection, and nothing else.
 *
 * On an address of the network any well-formed Host is answered, since scrapers use various names; `http.hosts` restricts the names. Every
 * client that reaches the address may read. On a loopback address Host must be a loopback name or one of `http.hosts`: only programs of this
 * machine may read there, and a web page in a browser could pass for one of them by DNS rebinding.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from '@tsbgp/session';
import { closeUnreadable, isMalformed, listening, longestIdle } from '../api-server/clients.ts';
import { hostFields, turnAway } from '../api-server/hosts.ts';
import { Boundaries } from '../boundaries.ts';
import type { ControlPlane, Endpoint } from '../control-plane.ts';
import { isLoopback } from '../endpoint.ts';
import { EXPOSITION_CONTENT_TYPE, type Exposition } from '../metrics/exposition.ts';

export interface HttpServer {
  /** The address that the server listens on. Port 0 is replaced by the port that the system chose. */
  readonly endpoint: Endpoint;
  close(): Promise<void>;
  readonly addMetrics: (out: Exposition) => void;
}

export interface HttpOptions {
  /** @default new ones, which log to `log` */
  readonly boundaries?: Boundaries | undefined;
  /** Names and addresses by which clients may call, besides loopback ones and that of the listener. @default see above */
  readonly hosts?: readonly string[] | undefined;
  /** @default HTTP_LIMITS */
  readonly limits?: Partial<HttpLimits> | undefined;
}

export const HTTP_LIMITS = {
  /** Open connections. At the bound the one that is idle longest is closed; when none is idle, the new one is. */
  connections: 64,
  /** Answers of `/metrics` under way. Beyond this the answer is 503. `/healthz` is bounded only by the connections. */
  scrapes: 16,
  /** Requests of one connection at a time. */
  requestsPerConnection: 8,
  /** The connection of a client that sends and reads nothing for this long is closed. A request must be complete within the same time. */
  idleSeconds: 10,
  /** An answer that the client has not taken within this time is given up. */
  answerSeconds: 60,
  headerBytes: 16_384,
} as const;

export type HttpLimits = Readonly<Record<keyof typeof HTTP_LIMITS, number>>;

type Source = Pick<ControlPlane, 'metrics' | 'health'>;
const REASONS = ['connections', 'scrapes', 'requests-per-connection', 'malformed', 'host', 'origin', 'answer-time'] as const;
type Reason = (typeof REASONS)[number];

/** Rejects with the listener's own error (`EADDRINUSE`, `EACCES` …). */
export async function startHttpServer(control: Source, endpoint: Endpoint, log: Logger, options: HttpOptions = {}): Promise<HttpServer> {
  const http = new HttpListener(control, endpoint, log, options);
  await http.start();
  return http;
}

interface Connection {
  readonly socket: Socket;
  running: number;
  idleSince: number;
}

class HttpListener implements HttpServer {
  endpoint: Endpoint;
  readonly #server: Server;
  readonly #log: Logger;
  readonly #control: Source;
  readonly #boundaries: Boundaries;
  readonly #limits: HttpLimits;
  readonly #hosts: readonly string[] | 'any-host';
  readonly #connections: Map<Socket, Connection> = new Map();
  readonly #answers: Map<number, number> = new Map();
  readonly #refused: Map<Reason, number> = new Map();
  #scrapes = 0;

  constructor(control: Source, endpoint: Endpoint, log: Logger, { boundaries = new Boundaries(log), hosts, limits }: HttpOptions) {
    this.endpoint = endpoint;
    this.#log = log;
    this.#control = control;
    this.#boundaries = boundaries;
    this.#limits = { ...HTTP_LIMITS, ...limits };
    this.#hosts = hosts ?? (isLoopback(endpoint.host) ? [] : 'any-host');
    const idleMs = this.#limits.idleSeconds * 1000;
    const run = (action: () => void): void => boundaries.run('http', {}, action);
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => run(() => this.#onRequest(request, response));
    this.#server = createServer(
      {
        requestTimeout: idleMs,
        headersTimeout: idleMs,
        connectionsCheckingInterval: Math.min(1000, idleMs),
        maxHeaderSize: this.#limits.headerBytes,
        requireHostHeader: false,
      },
      onRequest,
    );
    this.#server.timeout = idleMs;
    this.#server.on('checkContinue', onRequest);
    this.#server.on('checkExpectation', onRequest);
    this.#server.on('connection', (socket) => run(() => this.#onConnection(socket)));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
      run(() => {
        if (isMalformed(error)) this.#refuse('malformed');
        closeUnreadable(error, socket, (this.#connections.get(socket as Socket)?.running ?? 0) > 0);
      }),
    );
  }

  async start(): Promise<void> {
    const { host, port } = this.endpoint;
    await listening(this.#server, () => this.#server.listen({ host, port, ipv6Only: true }));
    this.#server.on('error', (error) => this.#log.error({ err: error }, 'HTTP listener failed'));
    this.endpoint = { host, port: (this.#server.address() as AddressInfo).port };
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#connections.keys()) socket.destroy();
    });
  }

  readonly addMetrics = (out: Exposition): void => {
    out.gauge('tsbgp_http_connections', 'Open connections of the HTTP listener.').set(this.#connections.size);
    out.gauge('tsbgp_http_scrapes', 'Answers of /metrics that are under way.').set(this.#scrapes);
    const answers = out.counter('tsbgp_http_answers_total', 'Answers of the HTTP listener, by status.');
    for (const [status, count] of this.#answers) answers.add({ status }, count);
    const refused = out.counter('tsbgp_http_refused_total', 'Requests and connections of the HTTP listener that were refused, by reason.');
    for (const reason of REASONS) refused.add({ reason }, this.#refused.get(reason) ?? 0);
    const limits = out.gauge('tsbgp_http_limit', 'Bounds of the HTTP listener, by name.');
    for (const [limit, value] of Object.entries(this.#limits)) limits.add({ limit }, value);
  };

  #refuse(reason: Reason): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
  }

  #onConnection(socket: Socket): void {
    socket.on('error', () => undefined); // the client went away: 'close' follows
    if (this.#connections.size >= this.#limits.connections) {
      this.#refuse('connections');
      const idle = longestIdle(this.#connections.values(), ({ running }) => running === 0)?.socket;
      if (idle === undefined) {
        socket.destroy();
        return;
      }
      this.#connections.delete(idle);
      idle.destroy();
    }
    this.#connections.set(socket, { socket, running: 0, idleSince: performance.now() });
    socket.once('close', () => void this.#connections.delete(socket));
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const connection = this.#connections.get(socket);
    if (connection === undefined || socket.destroyed) return;
    if (connection.running >= this.#limits.requestsPerConnection) {
      this.#refuse('requests-per-connection');
      socket.destroy();
      return;
    }
    connection.running++;
    const timer = setTimeout(() => {
      this.#refuse('answer-time');
      socket.destroy();
    }, this.#limits.answerSeconds * 1000).unref();
    let isOver = false;
    let isScrape = false;
    // With pipelined requests, only the answer that is being written gets the end of the connection.
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      connection.running--;
      connection.idleSince = performance.now();
      if (isScrape) this.#scrapes--;
      socket.off('close', over);
    };
    response.once('close', over);
    socket.once('close', over);
    try {
      const answer = this.#turnedAway(request) ?? this.#answerOf(request);
      if (answer.isScrape === true) {
        isScrape = true;
        this.#scrapes++;
      }
      this.#send(request, response, answer);
    } catch (error) {
      // First answer the client: a broken invariant is thrown on and ends the daemon.
      this.#send(request, response, { status: 500, type: TEXT, body: 'internal error\n' });
      this.#boundaries.caught('http', { url: request.url?.slice(0, 100) }, error);
    }
  }

  #turnedAway(request: IncomingMessage): Answer | undefined {
    const { host, origin } = request.headers;
    const hosts = host === undefined ? [] : [host];
    const turned =
      hostFields(request).length > 1
        ? { reason: 'malformed' as const, message: 'there is more than one Host' }
        : // Simple probes speak HTTP/1.0, which has no Host.
          host === undefined && request.httpVersion === '1.0' && origin === undefined && this.#hosts === 'any-host'
          ? undefined
          : turnAway({ hosts, origin, localAddress: request.socket.localAddress, isUnix: false }, this.#hosts, 'http.hosts');
    if (turned === undefined) return undefined;
    this.#refuse(turned.reason);
    return { status: turned.reason === 'malformed' ? 400 : 403, type: TEXT, body: `${turned.message}\n` };
  }

  #answerOf(request: IncomingMessage): Answer {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { status: 405, type: TEXT, body: 'GET or HEAD\n', headers: { allow: 'GET, HEAD' } };
    }
    if (path === '/metrics') {
      if (this.#scrapes >= this.#limits.scrapes) {
        this.#refuse('scrapes');
        return { status: 503, type: TEXT, body: 'too many scrapes are under way\n' };
      }
      return { status: 200, type: EXPOSITION_CONTENT_TYPE, body: this.#control.metrics(), isScrape: true };
    }
    if (path === '/healthz') {
      const health = this.#control.health();
      return { status: health.healthy ? 200 : 503, type: 'application/json', body: `${JSON.stringify(health)}\n` };
    }
    if (path === '/') return { status: 200, type: TEXT, body: 'tsbgpd\n/metrics  Prometheus metrics\n/healthz  health as JSON\n' };
    return { status: 404, type: TEXT, body: 'not found: there are /metrics and /healthz\n' };
  }

  #send(request: IncomingMessage, response: ServerResponse, { status, type, body, headers = {} }: Answer): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1);
    response.writeHead(status, {
      ...headers,
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}

const TEXT = 'text/plain; charset=utf-8';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer may be large. It counts until the client has taken it. */
  readonly isScrape?: boolean;
}
