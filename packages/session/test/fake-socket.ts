/** A fake socket: what is written waits until the test delivers it. */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

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
