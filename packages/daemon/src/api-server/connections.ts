/**
 * The connections of the API. Their first octets tell HTTP/1.1 from HTTP/2. Times for the first request and between requests are bounded, and so
 * is the number of connections: at the bound, the connection that is idle longest is closed for a new one.
 */
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse, type Http2Session } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';
import { closeUnreadable, isMalformed, longestIdle } from './clients.ts';
import type { Exchange, NodeRequest, NodeResponse } from './exchange.ts';
import type { Bounds } from './limits.ts';

const HTTP2_PREFACE = Buffer.from('PRI ');
const SWEEP_MS = 1000;
const KEEP_ALIVE_MS = 60_000;
/** A connection counts as idle this long after its last request. */
const IDLE_MS = 1000;

export interface Arrived {
  readonly connection: Connection;
  readonly request: NodeRequest;
  readonly response: NodeResponse;
  readonly expectsContinue: boolean;
}

export interface ConnectionsContext {
  readonly bounds: Bounds;
  /** Runs a callback of Node; contains what it throws. */
  readonly run: (action: () => void) => void;
  readonly onRequest: (arrived: Arrived) => void;
}

/** What a listener says about its connections. */
export interface ListenerOfConnections {
  readonly isUnix: boolean;
}

export class Connection {
  readonly socket: Socket;
  readonly source: ListenerOfConnections;
  /** Its listener is closed: the connection goes after its last call. */
  isRetired = false;
  /** Requests that are under way. */
  readonly exchanges: Set<Exchange> = new Set();
  /** The client has sent a request, or the settings of HTTP/2. */
  isOpen = false;
  isHttp2 = false;
  session: Http2Session | undefined;
  /** When the session stopped taking new calls. */
  closingSince: number | undefined;
  idleSince: number;

  constructor(socket: Socket, source: ListenerOfConnections, now: number) {
    this.socket = socket;
    this.source = source;
    this.idleSince = now;
  }

  get isIdle(): boolean {
    return this.exchanges.size === 0;
  }

  add(exchange: Exchange): void {
    this.isOpen = true;
    this.exchanges.add(exchange);
    void exchange.ended.then(() => {
      this.exchanges.delete(exchange);
      this.idleSince = performance.now();
      // HTTP/2 has been told to go away, and ends by itself.
      if (this.isRetired && this.isIdle && !this.isHttp2) this.socket.end();
    });
  }
}

export class Connections {
  readonly #context: ConnectionsContext;
  readonly #http1;
  readonly #http2;
  readonly #all: Set<Connection> = new Set();
  readonly #bySocket: WeakMap<object, Connection> = new WeakMap();
  readonly #sweep: ReturnType<typeof setInterval>;
  #connecting: Connection | undefined;

  constructor(context: ConnectionsContext) {
    this.#context = context;
    const { run } = context;
    const { limits, refusals } = context.bounds;
    this.#http1 = createHttp1({ maxHeaderSize: limits.headerBytes, requireHostHeader: false });
    this.#http2 = createHttp2({
      settings: { maxConcurrentStreams: limits.requestsPerConnection, maxHeaderListSize: limits.headerBytes, enablePush: false },
    });
    const request = (expectsContinue: boolean) => (request_: NodeRequest, response: NodeResponse) =>
      run(() => this.#arrived(request_, response, expectsContinue));
    for (const server of [this.#http1, this.#http2] as const) {
      const on = (event: string, listener: (request: NodeRequest, response: NodeResponse) => void): void =>
        void server.on(
          event,
          listener as (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) => void,
        );
      on('request', request(false));
      // Node's own answer to Expect throws when an HTTP/2 stream was reset in the same packet.
      on('checkContinue', request(true));
      on('checkExpectation', request(false));
    }
    // HTTP/2: a CONNECT is a request without a path. HTTP/1.1: Node closes the connection.
    this.#http2.on('connect', request(false));
    this.#http1.on('clientError', (error: NodeJS.ErrnoException, socket) =>
      run(() => {
        if (isMalformed(error)) refusals.add('malformed', 'a client sent what is not HTTP');
        closeUnreadable(error, socket, this.#bySocket.get(socket)?.isIdle === false);
      }),
    );
    // Node has closed the connection of a client that broke the protocol. There is nothing more to do.
    this.#http2.on('sessionError', () => undefined);
    this.#http2.on('session', (session) => run(() => this.#session(session)));
    this.#sweep = setInterval(() => run(() => this.#closeTheLate()), SWEEP_MS).unref();
  }

  listener(source: ListenerOfConnections): Server {
    return createServer((socket) => this.#context.run(() => this.#accept(socket, source)));
  }

  /** Closes the connections of a listener that is closed: idle ones at once, others after their calls, at most `goawaySeconds` from now. */
  retire(source: ListenerOfConnections): void {
    const retired = [...this.#all].filter((connection) => connection.source === source);
    for (const connection of retired) {
      const { session, socket, isIdle } = connection;
      connection.isRetired = true;
      if (session !== undefined && !session.destroyed) session.close();
      else if (isIdle) socket.destroy();
    }
    setTimeout(() => {
      for (const { socket } of retired) socket.destroy();
    }, this.#context.bounds.limits.goawaySeconds * 1000).unref();
  }

  count(isUnix: boolean): number {
    return this.#counted(({ source }) => source.isUnix === isUnix);
  }

  get halfOpen(): number {
    return this.#counted(({ isOpen }) => !isOpen);
  }

  #counted(chosen: (connection: Connection) => boolean): number {
    let count = 0;
    for (const connection of this.#all) if (chosen(connection)) count++;
    return count;
  }

  /** Closes all connections, after a moment for answers that are under way. */
  end(): void {
    clearInterval(this.#sweep);
    setTimeout(() => {
      for (const { socket } of this.#all) socket.destroy();
    }, 100).unref();
    for (const { socket, isIdle, session } of this.#all) {
      if (!isIdle) continue;
      // HTTP/2 sends the rest of its last answer before it closes.
      if (session !== undefined && !session.destroyed) session.close();
      else socket.destroy();
    }
  }

  #accept(socket: Socket, source: ListenerOfConnections): void {
    const { isUnix } = source;
    socket.on('error', () => undefined); // the client went away: 'close' follows
    // A client whose machine is gone is silent forever, and a quiet watch writes nothing that could fail.
    if (!isUnix) socket.setKeepAlive(true, KEEP_ALIVE_MS);
    if (!this.#admit(isUnix)) {
      this.#context.bounds.refusals.add('connections', 'a connection was refused: all of those that are allowed are busy');
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, source, performance.now());
    this.#all.add(connection);
    this.#bySocket.set(socket, connection);
    socket.once('close', () =>
      this.#context.run(() => {
        this.#all.delete(connection);
        for (const exchange of connection.exchanges) exchange.end();
      }),
    );
    let first: Buffer = Buffer.alloc(0);
    const peek = (chunk: Buffer): void =>
      this.#context.run(() => {
        first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
        const known = Math.min(first.length, HTTP2_PREFACE.length);
        const isHttp2 = HTTP2_PREFACE.compare(first, 0, known, 0, known) === 0;
        if (isHttp2 && known < HTTP2_PREFACE.length) return;
        socket.off('data', peek);
        if (socket.destroyed) return;
        socket.pause();
        socket.unshift(first);
        connection.isHttp2 = isHttp2;
        this.#connecting = connection;
        (isHttp2 ? this.#http2 : this.#http1).emit('connection', socket);
        this.#connecting = undefined;
        if (!isHttp2) socket.resume();
      });
    socket.on('data', peek);
  }

  /** Makes a new connection possible, by closing idle ones if need be. False when no connection is idle. */
  #admit(isUnix: boolean): boolean {
    const { limits, refusals } = this.#context.bounds;
    if (this.halfOpen >= limits.halfOpenConnections) {
      refusals.add('half-open', 'a connection was closed: too many have sent no request yet');
      longestIdle(this.#all, ({ isOpen }) => !isOpen)?.socket.destroy();
    }
    const tooMany = this.#all.size >= limits.connections;
    if (!tooMany && (isUnix || this.count(false) < limits.tcpConnections)) return true;
    const idleBefore = performance.now() - IDLE_MS;
    const idle = longestIdle(
      this.#all,
      (connection) =>
        connection.isIdle && (tooMany || !connection.source.isUnix) && (!connection.isOpen || connection.idleSince < idleBefore),
    );
    if (idle === undefined) return false;
    refusals.add('connections', 'an idle connection was closed to make room for a new one');
    this.#all.delete(idle);
    idle.socket.destroy();
    return true;
  }

  #closeTheLate(): void {
    const { limits, refusals } = this.#context.bounds;
    const now = performance.now();
    const before = now - limits.headerSeconds * 1000;
    for (const connection of this.#all) {
      const { isIdle, isOpen, isHttp2, idleSince, socket, session } = connection;
      // After GOAWAY Node waits for the last stream and does not notice that the client is gone.
      if (session !== undefined && (session.closed || session.destroyed)) {
        connection.closingSince ??= now;
        if (now - connection.closingSince >= limits.goawaySeconds * 1000) socket.destroy();
        continue;
      }
      // An open HTTP/2 connection may be idle: gRPC clients keep one for their next call.
      if (!isIdle || idleSince >= before || (isOpen && isHttp2)) continue;
      if (!isOpen) refusals.add('header-time', `a connection was closed: no request came within ${limits.headerSeconds} s`);
      socket.destroy();
    }
  }

  #session(session: Http2Session): void {
    const connection = this.#connecting;
    if (connection === undefined) return session.destroy();
    this.#bySocket.set(session, connection);
    connection.session = session;
    session.on('error', () => undefined); // 'close' follows
    session.once('remoteSettings', () => {
      connection.isOpen = true;
      connection.idleSince = performance.now();
    });
  }

  #arrived(request: NodeRequest, response: NodeResponse, expectsContinue: boolean): void {
    const key = 'stream' in request ? request.stream.session : request.socket;
    const connection = key === undefined ? undefined : this.#bySocket.get(key);
    // The connection ended before Node emitted the request.
    if (connection === undefined || connection.socket.destroyed) return;
    this.#context.onRequest({ connection, request, response, expectsContinue });
  }
}
