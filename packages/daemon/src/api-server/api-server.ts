/**
 * The API over its sockets: gRPC, gRPC-Web and JSON from one set of handlers, HTTP/1.1 and HTTP/2 without TLS on each listener.
 *
 *     socket -> connections -> exchange -> host and origin -> admission -> body -> Connect -> control plane
 *
 * A client can lose its own request or connection, and nothing else: each step has bounds (limits.ts), and unexpected errors are contained.
 */
import { chmodSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Logger } from '@tsbgp/session';
import { type ApiAccess, OPEN_ACCESS } from '../api-access.ts';
import type { Boundaries } from '../boundaries.ts';
import { API_MODE_DEFAULT } from '../config/defaults.ts';
import type { Configuration } from '../configuration.ts';
import type { ControlPlane, Endpoint } from '../control-plane.ts';
import { formatEndpoint } from '../endpoint.ts';
import type { Exposition } from '../metrics/exposition.ts';
import { denial } from './access.ts';
import { Admission } from './admission.ts';
import { listening } from './clients.ts';
import { connectHandlers, type FindCall } from './connect-handler.ts';
import { type Arrived, Connections, type ListenerOfConnections } from './connections.ts';
import { callInterceptor, contain } from './errors.ts';
import { Exchange, type NodeRequest } from './exchange.ts';
import { hostFields, turnAway } from './hosts.ts';
import { type ApiLimits, Bounds } from './limits.ts';
import { refuse } from './refuse.ts';
import { addServices } from './services.ts';
import { listenUnix } from './unix-socket.ts';

/** Where the API listens. */
export interface ApiListen {
  readonly unixSocket?: string | undefined;
  /** Permissions of the unix socket. @default API_MODE_DEFAULT */
  readonly mode?: number | undefined;
  readonly tcp?: Endpoint | undefined;
  /** Names and addresses by which clients may call the TCP listener, besides the loopback names and its own address. @default none */
  readonly hosts?: readonly string[] | undefined;
  /** What clients of the TCP listener may do. @default everything */
  readonly access?: ApiAccess | undefined;
}

export interface ApiServerOptions {
  readonly logger: Pick<Logger, 'debug' | 'warn' | 'error'>;
  readonly boundaries: Boundaries;
  /** @default the daemon has no configuration file */
  readonly configuration?: Configuration | undefined;
  /** @default API_LIMITS */
  readonly limits?: Partial<ApiLimits> | undefined;
}

export interface ApiServer {
  /**
   * Listens there from now on, and nowhere else. Listeners that stay are not touched; those that go close their connections when the calls on them
   * have ended, and after `goawaySeconds` in any case. Resolves with all listeners. Rejects when an address cannot be bound; then the
   * listeners are as they were.
   */
  listen(places: ApiListen): Promise<readonly BoundListener[]>;
  /** Ends every call. */
  close(): Promise<void>;
  readonly addMetrics: (out: Exposition) => void;
}

export interface BoundListener {
  /** The path of a unix socket, or the bound address. */
  readonly where: string | Endpoint;
  readonly isNew: boolean;
}

interface Open {
  readonly server: Server;
  readonly source: ListenerOfConnections;
  readonly where: string | Endpoint;
}

export function createApiServer(control: ControlPlane, options: ApiServerOptions): ApiServer {
  return new Transport(control, options);
}

class Transport implements ApiServer {
  readonly #options: ApiServerOptions;
  readonly #bounds: Bounds;
  readonly #admission: Admission;
  readonly #findCall: FindCall;
  readonly #connections: Connections;
  readonly #stopping: AbortController = new AbortController();
  /** By `unix:PATH` or `tcp:HOST:PORT`, as the configuration has it. */
  readonly #open: Map<string, Open> = new Map();
  #hosts: readonly string[] = [];
  #access: ApiAccess = OPEN_ACCESS;

  constructor(control: ControlPlane, options: ApiServerOptions) {
    const { limits, logger, boundaries, configuration } = options;
    this.#options = options;
    this.#bounds = new Bounds(limits, logger);
    this.#admission = new Admission(this.#bounds);
    this.#findCall = connectHandlers(
      (router) => addServices(router, control, { boundaries, configuration }),
      {
        interceptors: [callInterceptor(boundaries)],
        // Without compression the headers of every call are known before its handler answers; see Exchange.sendHeadEarly.
        acceptCompression: [],
        shutdownSignal: this.#stopping.signal,
      },
      this.#bounds,
    );
    this.#connections = new Connections({
      bounds: this.#bounds,
      run: (action) => boundaries.run('api', {}, action),
      onRequest: (arrived) => this.#onRequest(arrived),
    });
  }

  async listen(places: ApiListen): Promise<readonly BoundListener[]> {
    const { mode = API_MODE_DEFAULT } = places;
    const before = new Map(this.#open);
    const wanted = new Map<string, () => Promise<Open>>();
    const { unixSocket, tcp } = places;
    if (unixSocket !== undefined) wanted.set(`unix:${unixSocket}`, () => this.#listenUnix(unixSocket, mode));
    if (tcp !== undefined) wanted.set(`tcp:${formatEndpoint(tcp)}`, () => this.#listenTcp(tcp));
    const opened: string[] = [];
    try {
      for (const [key, open] of wanted) {
        if (this.#open.has(key)) continue;
        this.#open.set(key, await open());
        opened.push(key);
      }
    } catch (error) {
      for (const key of opened) this.#retire(key);
      throw error;
    }
    for (const key of before.keys()) if (!wanted.has(key)) this.#retire(key);
    if (unixSocket !== undefined && before.has(`unix:${unixSocket}`)) chmodSync(unixSocket, mode);
    this.#hosts = places.hosts ?? [];
    this.#access = places.access ?? OPEN_ACCESS;
    return [...this.#open].map(([key, { where }]) => ({ where, isNew: opened.includes(key) }));
  }

  async #listenUnix(path: string, mode: number): Promise<Open> {
    const source: ListenerOfConnections = { isUnix: true };
    const server = await listenUnix(this.#connections.listener(source), path, mode);
    this.#watch(server);
    return { server, source, where: path };
  }

  async #listenTcp({ host, port }: Endpoint): Promise<Open> {
    const source: ListenerOfConnections = { isUnix: false };
    const server = this.#connections.listener(source);
    await listening(server, () => server.listen({ host, port }));
    this.#watch(server);
    return { server, source, where: { host, port: (server.address() as AddressInfo).port } };
  }

  /** For example EMFILE in accept. The listener goes on. */
  #watch(server: Server): void {
    server.on('error', (error) => this.#options.logger.error({ err: error }, 'API listener failed'));
  }

  #retire(key: string): void {
    const open = this.#open.get(key);
    if (open === undefined) return;
    this.#open.delete(key);
    open.server.close();
    this.#connections.retire(open.source);
  }

  async close(): Promise<void> {
    this.#stopping.abort(new ConnectError('the daemon stops', Code.Unavailable));
    const closed = [...this.#open.values()].map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve())));
    this.#open.clear();
    this.#connections.end();
    await Promise.all(closed);
  }

  readonly addMetrics = (out: Exposition): void => {
    const { limits: bounds, refusals, heldRequests, heldMessages, heldAnswers } = this.#bounds;
    const connections = out.gauge('tsbgp_api_connections', 'Open connections of the API, by listener.');
    for (const listener of ['unix', 'tcp']) connections.add({ listener }, this.#connections.count(listener === 'unix'));
    out.gauge('tsbgp_api_connections_half_open', 'Connections of the API without a whole request yet.').set(this.#connections.halfOpen);
    this.#admission.addMetrics(out);
    refusals.addTo(out.counter('tsbgp_api_refused_total', 'Requests and connections of the API that were refused or closed, by reason.'));
    const held = out.gauge('tsbgp_api_held_bytes', 'Octets that the API holds for its clients.');
    held.add({ what: 'requests' }, heldRequests.used).add({ what: 'answers' }, heldAnswers.used);
    out.gauge('tsbgp_api_held_messages', 'Messages inside requests that are under way.').set(heldMessages.used);
    const limits = out.gauge('tsbgp_api_limit', 'Bounds of the API, by name.');
    for (const [limit, value] of Object.entries(bounds)) limits.add({ limit }, value);
  };

  #onRequest({ connection, request, response, expectsContinue }: Arrived): void {
    const { boundaries } = this.#options;
    const { limits, refusals } = this.#bounds;
    const exchange = new Exchange(request, response, this.#bounds, (error) => contain(boundaries, {}, error));
    if (exchange.isEnded) return;
    if (connection.exchanges.size >= limits.requestsPerConnection) {
      // An HTTP/2 client ignores our SETTINGS here; an HTTP/1.1 client sends requests without waiting for answers.
      refusals.add('requests-per-connection', 'a connection was closed: it has too many requests under way');
      connection.socket.destroy();
      return;
    }
    connection.add(exchange);
    this.#answer(exchange, connection.source.isUnix, connection.socket.localAddress, expectsContinue).catch((error: unknown) => {
      contain(boundaries, { path: pathOf(request) }, error);
      exchange.destroy();
    });
  }

  async #answer(exchange: Exchange, isUnix: boolean, localAddress: string | undefined, expectsContinue: boolean): Promise<void> {
    const { request } = exchange;
    const { logger } = this.#options;
    const turned =
      request.httpVersion === '1.1' && request.headers.host === undefined
        ? { reason: 'malformed' as const, message: 'Host is missing' }
        : turnAway({ hosts: hostsOf(request), origin: originOf(request), localAddress, isUnix }, this.#hosts, 'api.hosts');
    if (turned !== undefined) {
      const { reason, message } = turned;
      this.#bounds.refusals.add(reason, `a request was refused: ${message}`);
      const isBad = reason === 'malformed';
      const code = isBad ? Code.InvalidArgument : Code.PermissionDenied;
      return refuse(exchange, { status: isBad ? 400 : 403, code, message, isHttp: true });
    }
    const found = this.#findCall(pathOf(request));
    // gRPC clients take 404 for UNIMPLEMENTED.
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
    const denied = denial(call.method, { isUnix, authorization: request.headers.authorization }, this.#access);
    if (denied !== undefined) {
      const isUnknown = denied.code === Code.Unauthenticated;
      this.#bounds.refusals.add(isUnknown ? 'token' : 'role', `a request was refused: ${denied.message}`);
      const headers: Readonly<Record<string, string>> = isUnknown ? { 'www-authenticate': 'Bearer' } : {};
      return refuse(exchange, { status: isUnknown ? 401 : 403, ...denied, headers });
    }
    const full = this.#admission.enter(call);
    if (full !== undefined) return refuse(exchange, { status: 503, code: Code.ResourceExhausted, message: full });
    exchange.sendHeadEarly();
    try {
      await found.serve(exchange, expectsContinue);
    } finally {
      if (!exchange.isAnswered && call.failed === undefined) call.failed = Code.Canceled;
      if (!exchange.isAnswered) logger.debug({ path: pathOf(request) }, 'API client went away before its answer');
      this.#admission.leave(call);
    }
  }
}

/** The path of the target, which may be in absolute form (RFC 9112 §3.2.2). */
function pathOf(request: NodeRequest): string {
  const path = (request.url ?? '').replace(/^https?:\/\/[^/?]*/i, '');
  return path.split('?', 1)[0]!;
}

function hostsOf(request: NodeRequest): string[] {
  const target = /^https?:\/\/([^/?]*)/i.exec(request.url ?? '')?.[1];
  const pseudo = 'stream' in request ? request.headers[':authority'] : target;
  const fields = hostFields(request);
  return [...(typeof pseudo === 'string' ? [pseudo] : []), ...(fields.length > 1 ? [`${fields[0]} ${fields[1]}`] : fields)];
}

function originOf(request: NodeRequest): string | undefined {
  const { origin } = request.headers;
  return typeof origin === 'string' ? origin : undefined;
}
