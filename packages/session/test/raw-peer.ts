/** A peer made of a bare socket. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { decodeNotificationBody, HEADER_LENGTH, type NotificationMessage } from '@tsbgp/wire';
import { concat, KEEPALIVE, type OpenFields, open } from './messages.ts';

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
