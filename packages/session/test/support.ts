/** Shared by the tests of this package: a peer made of a bare socket, a plugin that records, a fake clock, a fake socket. */
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { type Capability, decodeNotificationBody, fromHex, HEADER_LENGTH, type NotificationMessage, writeHeader } from '@tsbgp/wire';
import {
  type Clock,
  type CloseReason,
  type Peer,
  type PeerConfig,
  type PeerOptions,
  type Plugin,
  Server,
  type ServerOptions,
  type SessionInfo,
  type State,
  type UpdateWriter,
} from '../src/index.ts';
import { encodeOpen } from '../src/open.ts';

// Messages

export function message(type: number, body: Uint8Array | string = ''): Uint8Array {
  const octets = typeof body === 'string' ? fromHex(body) : body;
  const bytes = new Uint8Array(HEADER_LENGTH + octets.length);
  writeHeader(bytes, 0, bytes.length, type);
  bytes.set(octets, HEADER_LENGTH);
  return bytes;
}

export const KEEPALIVE: Uint8Array = message(4);
/** End-of-RIB for IPv4 unicast (RFC 4724 §2): the smallest UPDATE. */
export const END_OF_RIB: Uint8Array = message(2, '00000000');

export interface OpenFields {
  readonly as?: number;
  readonly holdTimeSeconds?: number;
  readonly bgpIdentifier?: string;
  readonly capabilities?: readonly Capability[];
}

export function open(fields: OpenFields = {}): Uint8Array {
  const { as = 65_002, holdTimeSeconds = 90, bgpIdentifier = '10.0.0.2' } = fields;
  const capabilities = fields.capabilities ?? [
    { type: 'multiprotocol', family: 257 as never },
    { type: 'route-refresh' },
    { type: 'four-octet-as', as },
  ];
  return encodeOpen({ localAs: as, holdTimeSeconds, bgpIdentifier, capabilities });
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

// A peer made of a bare socket

export interface Received {
  readonly type: number;
  readonly bytes: Uint8Array;
}

export class RawPeer {
  readonly socket: Socket;
  readonly #messages: Received[] = [];
  readonly #waiters: ((message: Received | undefined) => void)[] = [];
  #buffer: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true); // a test with a fake clock cannot wait 40 ms for a delayed ACK
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => {}); // tests reset connections
    socket.on('end', () => socket.end());
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#ended = true;
        for (const waiter of this.#waiters.splice(0)) waiter(undefined);
      });
    }
  }

  static async connect(port: number, localAddress = '127.0.0.2', host = '127.0.0.1'): Promise<RawPeer> {
    const socket = connect({ host, port, localAddress, allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  send(...parts: Uint8Array[]): void {
    this.socket.write(concat(...parts));
  }

  /** The next message of any type; undefined when the other side closed. */
  next(): Promise<Received | undefined> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  async nextOf(type: number): Promise<Received> {
    for (;;) {
      const message = await this.next();
      if (message === undefined) throw new Error(`closed before a message of type ${type}`);
      if (message.type === type) return message;
    }
  }

  async notification(): Promise<NotificationMessage> {
    const { bytes } = await this.nextOf(3);
    return decodeNotificationBody(bytes, HEADER_LENGTH, bytes.length) as NotificationMessage;
  }

  /** Resolves when the other side has closed. */
  async closed(): Promise<void> {
    while ((await this.next()) !== undefined);
  }

  /** To Established as seen from the other side; returns its OPEN. */
  async establish(fields: OpenFields = {}): Promise<Uint8Array> {
    this.send(open(fields), KEEPALIVE);
    const { bytes } = await this.nextOf(1);
    await this.nextOf(4);
    return bytes;
  }

  #take(chunk: Buffer): void {
    this.#buffer = concat(this.#buffer, chunk);
    for (;;) {
      if (this.#buffer.length < HEADER_LENGTH) return;
      const length = (this.#buffer[16]! << 8) | this.#buffer[17]!;
      if (this.#buffer.length < length) return;
      const bytes = this.#buffer.slice(0, length);
      this.#buffer = this.#buffer.slice(length);
      const received = { type: bytes[18]!, bytes };
      const waiter = this.#waiters.shift();
      if (waiter === undefined) this.#messages.push(received);
      else waiter(received);
    }
  }
}

/** Accepts connections of the speaker under test. */
export class RawListener {
  readonly port: number;
  readonly #server: NetServer;
  readonly #sockets: Socket[] = [];
  readonly #waiters: ((socket: Socket) => void)[] = [];

  private constructor(server: NetServer) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket: Socket) => {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) this.#sockets.push(socket);
      else waiter(socket);
    });
  }

  static async listen(test: TestContext, host = '127.0.0.2'): Promise<RawListener> {
    const server = createServer({ allowHalfOpen: true });
    server.listen({ host, port: 0 });
    await once(server, 'listening');
    const listener = new RawListener(server);
    test.after(() => listener.close());
    return listener;
  }

  async accept(): Promise<RawPeer> {
    const socket = this.#sockets.shift() ?? (await new Promise<Socket>((resolve) => this.#waiters.push(resolve)));
    return new RawPeer(socket);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

// A plugin that records

export interface Up {
  readonly peer: Peer;
  readonly session: SessionInfo;
  readonly writer: UpdateWriter;
}

export class Recorder implements Plugin {
  readonly events: string[] = [];
  readonly updates: Uint8Array[] = [];
  readonly reasons: CloseReason[] = [];
  capabilities: readonly Capability[] | undefined = undefined;
  onUpdate: ((bytes: Uint8Array, start: number, end: number) => NotificationMessage | undefined) | undefined = undefined;
  onOpen: (() => NotificationMessage | undefined) | undefined = undefined;
  readonly #emitter = new EventEmitter();
  up: Up | undefined = undefined;

  /** Resolves with the first event since `mark` that begins with `prefix`, past or future. */
  async event(prefix: string, mark = 0): Promise<string> {
    for (let seen = mark; ; ) {
      const found = this.events.slice(seen).find((event) => event.startsWith(prefix));
      if (found !== undefined) return found;
      seen = this.events.length;
      await once(this.#emitter, 'event');
    }
  }

  /** The session, once it has been Established `count` times. */
  async established(count = 1): Promise<Up> {
    while (this.events.filter((event) => event === 'established').length < count || this.up === undefined)
      await once(this.#emitter, 'event');
    return this.up;
  }

  async closed(count = 1): Promise<CloseReason> {
    while (this.reasons.length < count) await once(this.#emitter, 'event');
    return this.reasons[count - 1]!;
  }

  async updated(count: number): Promise<void> {
    while (this.updates.length < count) await once(this.#emitter, 'event');
  }

  #record(event: string): void {
    this.events.push(event);
    this.#emitter.emit('event');
  }

  getCapabilities(): readonly Capability[] {
    return this.capabilities ?? [{ type: 'multiprotocol', family: 257 as never }, { type: 'route-refresh' }];
  }

  onOpenMessage(): NotificationMessage | undefined {
    this.#record('open');
    return this.onOpen?.();
  }

  onEstablished(peer: Peer, session: SessionInfo, writer: UpdateWriter) {
    this.up = { peer, session, writer };
    this.#record('established');
    return (bytes: Uint8Array, start: number, end: number) => {
      if (this.onUpdate !== undefined) return this.onUpdate(bytes, start, end);
      this.updates.push(bytes.slice(start, end));
      this.#record(`update ${end - start}`);
      return undefined;
    };
  }

  onClose(_peer: Peer, reason: CloseReason): void {
    this.up = undefined;
    this.reasons.push(reason);
    this.#record(`close ${reason.type}`);
  }

  onStateChange(_peer: Peer, from: State, to: State): void {
    this.#record(`state ${from} ${to}`);
  }

  onRouteRefresh(_peer: Peer, refresh: { family: number; subtype: number }): void {
    this.#record(`refresh ${refresh.family} ${refresh.subtype}`);
  }

  onNotification(_peer: Peer, notification: NotificationMessage, direction: string): void {
    this.#record(`notification ${direction} ${notification.code}/${notification.subcode}`);
  }
}

// A speaker under test

export interface Speaker {
  readonly server: Server;
  readonly port: number;
  readonly peer: Peer;
  readonly plugin: Recorder;
}

/** AS 65001, 10.0.0.1, listening on 127.0.0.1, with the passive peer 127.0.0.2 in AS 65002. */
export async function speaker(
  test: TestContext,
  options: PeerOptions = {},
  more: { server?: Partial<ServerOptions>; config?: Partial<PeerConfig>; plugin?: Recorder } = {},
): Promise<Speaker> {
  const server = new Server({ routerId: '10.0.0.1', ...more.server });
  test.after(() => server.close());
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const plugin = more.plugin ?? new Recorder();
  const peer = server.addPeer({ remoteAddress: '127.0.0.2', localAs: 65_001, remoteAs: 65_002, ...more.config }, plugin, {
    passive: true,
    ...options,
  });
  return { server, port, peer, plugin };
}

// Time

export class FakeClock implements Clock {
  #now = 1000;
  #next = 1;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();
  chance = 1;

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance - Number.EPSILON;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    const id = this.#next++;
    this.#timers.set(id, { at: this.#now + milliseconds, callback });
    return id;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  get size(): number {
    return this.#timers.size;
  }

  /** Moves time and fires the due timers in order. Sockets can deliver in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.#now = Math.max(this.#now, due[1].at);
      due[1].callback();
      await breathe();
    }
    this.#now = end;
    await breathe();
  }
}

/** A few turns of the event loop, in which octets on loopback arrive. */
export async function breathe(turns = 5): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

// A fake socket: what is written waits until the test delivers it

export class FakeSocket extends EventEmitter {
  other: FakeSocket | undefined = undefined;
  /** Undefined: the end. */
  readonly outbox: (Uint8Array | undefined)[] = [];
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly localPort = 1;
  readonly remotePort = 2;
  connecting = false;
  destroyed = false;
  writable = true;
  readableEnded = false;
  writableLength = 0;
  writableCorked = 0;
  bytesWritten = 0;
  paused = false;
  readonly #inbox: (Uint8Array | undefined)[] = [];

  constructor(localAddress: string, remoteAddress: string) {
    super();
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
  }

  asSocket(): Socket {
    return this as unknown as Socket;
  }

  setNoDelay(): void {}

  write(bytes: Uint8Array, callback?: () => void): boolean {
    if (!this.writable) return false;
    this.outbox.push(bytes.slice());
    if (callback !== undefined) process.nextTick(callback);
    return true;
  }

  end(): void {
    if (!this.writable) return;
    this.writable = false;
    this.outbox.push(undefined);
  }

  destroy(): void {
    if (this.destroyed) return;
    this.end();
    this.destroyed = true;
    this.emit('close');
  }

  cork(): void {}
  uncork(): void {}

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    while (!this.paused && this.#inbox.length > 0) this.#emit(this.#inbox.shift());
  }

  /** Delivers the oldest write of this end to the other one. */
  deliver(): void {
    const bytes = this.outbox.shift();
    const to = this.other;
    if (to === undefined || to.destroyed) return;
    if (to.paused) to.#inbox.push(bytes);
    else to.#emit(bytes);
  }

  /** From the network, in one chunk. */
  receive(bytes: Uint8Array | undefined): void {
    if (this.paused) this.#inbox.push(bytes);
    else this.#emit(bytes);
  }

  #emit(bytes: Uint8Array | undefined): void {
    if (this.destroyed) return;
    if (bytes !== undefined) {
      this.emit('data', Buffer.from(bytes));
    } else {
      this.readableEnded = true;
      this.emit('end');
    }
  }
}

export function socketPair(a: string, b: string): [FakeSocket, FakeSocket] {
  const pair: [FakeSocket, FakeSocket] = [new FakeSocket(a, b), new FakeSocket(b, a)];
  pair[0].other = pair[1];
  pair[1].other = pair[0];
  return pair;
}
