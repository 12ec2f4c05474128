/**
 * The API over its sockets: gRPC, gRPC-Web and JSON from one set of handlers, HTTP/1.1 and HTTP/2 without TLS on each listener.
 *
 *     socket -> connections -> exchange -> host and origin -> admission -> body -> Connect -> control plane
 *
 * What a client does costs its request or its connection, never more: each step has bounds (limits.ts), and what nobody expected is contained.
 */
import type { Server } from 'node:net';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Boundaries } from '../boundaries.ts';
import { API_MODE_DEFAULT } from '../config/defaults.ts';
import type { ControlPlane, Endpoint } from '../control-plane.ts';
import type { Exposition } from '../metrics/exposition.ts';
import { Admission } from './admission.ts';
import { type ConnectHandlers, connectHandlers } from './connect-handler.ts';
import { type Arrived, Connections } from './connections.ts';
import { sendHeadersEarly } from './early-headers.ts';
import { callInterceptor, contain } from './errors.ts';
import { Exchange, type NodeRequest } from './exchange.ts';
import { type HostRules, turnAway } from './hosts.ts';
import { API_LIMITS, type ApiLimits, Budget, Refusals } from './limits.ts';
import { refuse } from './refuse.ts';
import { routes } from './routes.ts';
import { listening, listenUnix } from './unix-socket.ts';

export interface ApiServerOptions {
  readonly unixSocket?: string | undefined;
  readonly mode?: number | undefined;
  readonly tcp?: Endpoint | undefined;
  /** Names and addresses by which clients may call the TCP listener, beside the loopback ones and its own address. @default none */
  readonly hosts?: readonly string[] | undefined;
  readonly logger: ApiLogger;
  readonly boundaries: Boundaries;
  /** @default API_LIMITS */
  readonly limits?: Partial<ApiLimits> | undefined;
}

export interface ApiLogger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ApiServer {
  /** Rejects when an address cannot be bound; nothing is left open then. */
  start(): Promise<ApiAddresses>;
  /** Ends every call. */
  close(): Promise<void>;
  /** A source of metrics. */
  readonly addMetrics: (out: Exposition) => void;
}

export interface ApiAddresses {
  readonly unixSocket?: string | undefined;
  readonly tcp?: Endpoint | undefined;
}

export function createApiServer(control: ControlPlane, options: ApiServerOptions): ApiServer {
  const stopping = new AbortController();
  const transport = new Transport(control, options, stopping.signal);
  const { connections } = transport;
  const listeners: Server[] = [];
  return {
    addMetrics: (out) => transport.addMetrics(out),
    async start() {
      try {
        let tcp: Endpoint | undefined;
        if (options.unixSocket !== undefined) {
          listeners.push(await listenUnix(connections.listener(true), options.unixSocket, options.mode ?? API_MODE_DEFAULT));
        }
        if (options.tcp !== undefined) {
          const { host, port } = options.tcp;
          const listener = connections.listener(false);
          await listening(listener, () => listener.listen({ host, port }));
          listeners.push(listener);
          const bound = listener.address();
          tcp = { host, port: typeof bound === 'object' && bound !== null ? bound.port : port };
        }
        // Such as EMFILE in accept: the listener goes on.
        for (const listener of listeners) listener.on('error', (error) => options.logger.error({ err: error }, 'API listener failed'));
        return { unixSocket: options.unixSocket, tcp };
      } catch (error) {
        await this.close();
        throw error;
      }
    },
    async close() {
      stopping.abort(new ConnectError('the daemon stops', Code.Unavailable));
      const closed = listeners.splice(0).map((listener) => new Promise<void>((resolve) => listener.close(() => resolve())));
      connections.end();
      await Promise.all(closed);
    },
  };
}

class Transport {
  readonly connections: Connections;
  readonly #limits: ApiLimits;
  readonly #refusals: Refusals;
  readonly #admission: Admission;
  readonly #heldRequests: Budget;
  readonly #heldMessages: Budget;
  readonly #heldAnswers: Budget;
  readonly #handlers: ConnectHandlers;
  readonly #hosts: HostRules;
  readonly #logger: ApiLogger;
  readonly #boundaries: Boundaries;

  constructor(control: ControlPlane, options: ApiServerOptions, shutdownSignal: AbortSignal) {
    this.#logger = options.logger;
    this.#boundaries = options.boundaries;
    this.#hosts = { names: options.hosts ?? [] };
    this.#limits = { ...API_LIMITS, ...options.limits };
    this.#refusals = new Refusals(options.logger);
    this.#admission = new Admission(this.#limits, this.#refusals);
    this.#heldRequests = new Budget(this.#limits.heldRequestBytes);
    this.#heldMessages = new Budget(this.#limits.heldNestedMessages);
    this.#heldAnswers = new Budget(this.#limits.heldAnswerBytes);
    this.#handlers = connectHandlers(
      (router) => routes(router, control, options.boundaries),
      {
        interceptors: [callInterceptor(options.boundaries)],
        // Headers that are the same for every call can be sent before the handler has anything to say.
        acceptCompression: [],
        shutdownSignal,
      },
      { limits: this.#limits, refusals: this.#refusals, heldRequests: this.#heldRequests, heldMessages: this.#heldMessages },
    );
    this.connections = new Connections({
      limits: this.#limits,
      refusals: this.#refusals,
      run: (action) => options.boundaries.run('api', {}, action),
      onRequest: (arrived) => this.#onRequest(arrived),
    });
  }

  addMetrics(out: Exposition): void {
    const connections = out.gauge('tsbgp_api_connections', 'Open connections of the API, by listener.');
    for (const listener of ['unix', 'tcp']) connections.add({ listener }, this.connections.count(listener === 'unix'));
    out.gauge('tsbgp_api_connections_half_open', 'Connections of the API without a whole request yet.').set(this.connections.halfOpen);
    this.#admission.addMetrics(out);
    this.#refusals.addTo(
      out.counter('tsbgp_api_refused_total', 'Requests and connections of the API that were refused or closed, by reason.'),
    );
    const held = out.gauge('tsbgp_api_held_bytes', 'Octets that the API holds for its clients.');
    held.add({ what: 'requests' }, this.#heldRequests.used).add({ what: 'answers' }, this.#heldAnswers.used);
    out.gauge('tsbgp_api_held_messages', 'Messages inside requests that are under way.').set(this.#heldMessages.used);
    const limits = out.gauge('tsbgp_api_limit', 'Bounds of the API, by name.');
    for (const [limit, value] of Object.entries(this.#limits)) limits.add({ limit }, value as number);
  }

  #onRequest({ connection, request, response, expectsContinue }: Arrived): void {
    const exchange = new Exchange(request, response, {
      limits: this.#limits,
      refusals: this.#refusals,
      heldAnswers: this.#heldAnswers,
      contain: (error) => contain(this.#boundaries, {}, error),
    });
    if (exchange.isEnded) return;
    if (connection.exchanges.size >= this.#limits.requestsPerConnection) {
      // Over HTTP/2 the client breaks what it was told in SETTINGS; over HTTP/1.1 it sends without waiting for answers.
      this.#refusals.add('requests-per-connection', 'a connection was closed: it has too many requests under way');
      connection.socket.destroy();
      return;
    }
    connection.add(exchange);
    this.#answer(exchange, connection.isUnix, connection.socket.localAddress, expectsContinue).catch((error: unknown) => {
      contain(this.#boundaries, { path: pathOf(request) }, error);
      exchange.destroy();
    });
  }

  async #answer(exchange: Exchange, isUnix: boolean, localAddress: string | undefined, expectsContinue: boolean): Promise<void> {
    const { request } = exchange;
    const turned =
      request.httpVersion === '1.1' && request.headers.host === undefined
        ? { reason: 'malformed' as const, message: 'Host is missing' }
        : turnAway({ hosts: hostsOf(request), origin: originOf(request), localAddress, isUnix }, this.#hosts, 'api.hosts');
    if (turned !== undefined) {
      const { reason, message } = turned;
      this.#refusals.add(reason, `a request was refused: ${message}`);
      const isBad = reason === 'malformed';
      const code = isBad ? Code.InvalidArgument : Code.PermissionDenied;
      return refuse(exchange, { status: isBad ? 400 : 403, code, message, isHttp: true });
    }
    const found = this.#handlers.find(pathOf(request));
    // Clients of gRPC read 404 as UNIMPLEMENTED.
    if (found === undefined)
      return refuse(exchange, { status: 404, code: Code.Unimplemented, message: 'there is no such method', isHttp: true });
    if (request.method !== 'POST') {
      const headers = { allow: 'POST' };
      return refuse(exchange, { status: 405, code: Code.Unimplemented, message: 'the method of HTTP must be POST', isHttp: true, headers });
    }
    if (request.headers.expect !== undefined && !expectsContinue) {
      return refuse(exchange, { status: 417, code: Code.InvalidArgument, message: 'Expect may only be 100-continue', isHttp: true });
    }
    const { call } = found;
    const full = this.#admission.enter(call);
    if (full !== undefined) return refuse(exchange, { status: 503, code: Code.ResourceExhausted, message: full.message });
    sendHeadersEarly(exchange);
    try {
      await found.serve(exchange, expectsContinue);
    } finally {
      if (!exchange.isAnswered && call.failed === undefined) call.failed = Code.Canceled;
      if (!exchange.isAnswered) this.#logger.debug({ path: pathOf(request) }, 'API client went away before its answer');
      this.#admission.leave(call);
    }
  }
}

/** Of a target in absolute form (RFC 9112 §3.2.2) its own. */
function pathOf(request: NodeRequest): string {
  const path = (request.url ?? '').replace(/^https?:\/\/[^/?]*/i, '');
  return path.split('?', 1)[0]!;
}

function hostsOf(request: NodeRequest): string[] {
  const target = /^https?:\/\/([^/?]*)/i.exec(request.url ?? '')?.[1];
  const pseudo = 'stream' in request ? request.headers[':authority'] : target;
  // Of two Host fields Node shows the first.
  const fields: string[] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    if (request.rawHeaders[i]!.toLowerCase() === 'host') fields.push(request.rawHeaders[i + 1]!);
  }
  return [...(typeof pseudo === 'string' ? [pseudo] : []), ...(fields.length > 1 ? [`${fields[0]} ${fields[1]}`] : fields)];
}

function originOf(request: NodeRequest): string | undefined {
  const { origin } = request.headers;
  return typeof origin === 'string' ? origin : undefined;
}
