/**
 * The API over its sockets: gRPC, gRPC-Web and JSON from one set of handlers, HTTP/1.1 and HTTP/2 without TLS on each listener.
 *
 *     socket -> first octets -> http or http2 server -> early headers -> Connect -> control plane
 */
import { createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Boundaries } from '../boundaries.ts';
import type { ControlPlane, Endpoint } from '../control-plane.ts';
import { connectHandler } from './connect-handler.ts';
import { type Handler, withEarlyHeaders } from './early-headers.ts';
import { errorInterceptor } from './errors.ts';
import { routes } from './routes.ts';
import { listening, listenUnix } from './unix-socket.ts';

/** Read and written by its owner and group. */
export const SOCKET_MODE_DEFAULT = 0o660;
const HTTP2_PREFACE = Buffer.from('PRI ');
/** Of one message of a client: some 100,000 routes to inject. */
const REQUEST_MAX_BYTES = 32 * 1024 * 1024;

export interface ApiServerOptions {
  readonly unixSocket?: string | undefined;
  readonly mode?: number | undefined;
  readonly tcp?: Endpoint | undefined;
  readonly logger: ApiLogger;
  readonly boundaries: Boundaries;
}

export interface ApiLogger {
  error(fields: object, message: string): void;
}

export interface ApiServer {
  /** Rejects when an address cannot be bound; nothing is left open then. */
  start(): Promise<ApiAddresses>;
  /** Ends every call. */
  close(): Promise<void>;
}

export interface ApiAddresses {
  readonly unixSocket?: string | undefined;
  readonly tcp?: Endpoint | undefined;
}

export function createApiServer(control: ControlPlane, options: ApiServerOptions): ApiServer {
  const stopping = new AbortController();
  const handler = connectHandler(
    (router) => routes(router, control),
    {
      interceptors: [errorInterceptor(options.logger)],
      // Headers that are the same for every call can be sent before the handler has anything to say.
      acceptCompression: [],
      readMaxBytes: REQUEST_MAX_BYTES,
      shutdownSignal: stopping.signal,
    },
    options.logger,
  );
  const http = new DualHttp(withEarlyHeaders(handler));
  const listeners: Server[] = [];

  return {
    async start() {
      try {
        let tcp: Endpoint | undefined;
        if (options.unixSocket !== undefined) {
          listeners.push(await listenUnix(http.listener(), options.unixSocket, options.mode ?? SOCKET_MODE_DEFAULT));
        }
        if (options.tcp !== undefined) {
          const { host, port } = options.tcp;
          const listener = http.listener();
          await listening(listener, () => listener.listen({ host, port }));
          listeners.push(listener);
          const bound = listener.address();
          tcp = { host, port: typeof bound === 'object' && bound !== null ? bound.port : port };
        }
        return { unixSocket: options.unixSocket, tcp };
      } catch (error) {
        await this.close();
        throw error;
      }
    },
    async close() {
      stopping.abort(new ConnectError('the daemon stops', Code.Unavailable));
      const closed = listeners.splice(0).map((listener) => new Promise<void>((resolve) => listener.close(() => resolve())));
      http.end();
      await Promise.all(closed);
    },
  };
}

/** One kind of listener for both versions of HTTP: the first octets tell which it is. */
class DualHttp {
  readonly #http1;
  readonly #http2;
  readonly #sockets: Set<Socket> = new Set();

  constructor(handler: Handler) {
    this.#http1 = createHttp1(handler);
    this.#http2 = createHttp2(handler);
    this.#http2.on('sessionError', () => undefined); // a client that breaks the protocol has its connection closed; that is all
  }

  listener(): Server {
    return createServer((socket) => this.#accept(socket));
  }

  /** Lets answers that are under way leave, then closes. */
  end(): void {
    setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, 100).unref();
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
    this.#http1.closeIdleConnections();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined); // the client went away: 'close' follows
    let first: Buffer = Buffer.alloc(0);
    const peek = (chunk: Buffer): void => {
      first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
      const known = Math.min(first.length, HTTP2_PREFACE.length);
      const isHttp2 = HTTP2_PREFACE.compare(first, 0, known, 0, known) === 0;
      if (isHttp2 && known < HTTP2_PREFACE.length) return;
      const server = isHttp2 ? this.#http2 : this.#http1;
      socket.off('data', peek);
      socket.pause();
      socket.unshift(first);
      server.emit('connection', socket);
      if (server === this.#http1) socket.resume();
    };
    socket.on('data', peek);
  }
}
