/** The writer of a session: octets go to the socket as they are, and the same array may go to many peers. */
import { assert, HEADER_LENGTH, MessageType } from '@tsbgp/wire';
import type { MutableCounters } from './counters.ts';
import { PeerError } from './errors.ts';
import type { MessageStream } from './message-stream.ts';
import type { UpdateWriter } from './plugin.ts';

interface Waiter {
  readonly writes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Writer implements UpdateWriter {
  onDrain: (() => void) | undefined = undefined;
  readonly #stream: MessageStream;
  readonly #counters: MutableCounters;
  readonly #highWaterBytes: number;
  readonly #onThrown: (error: unknown) => void;
  #open = true;
  #drainWanted = false;
  #writes = 0;
  #written = 0;
  readonly #waiters: Waiter[] = [];

  /** `onThrown` gets the exceptions of `onDrain`. */
  constructor(stream: MessageStream, counters: MutableCounters, highWaterBytes: number, onThrown: (error: unknown) => void) {
    this.#stream = stream;
    this.#counters = counters;
    this.#highWaterBytes = highWaterBytes;
    this.#onThrown = onThrown;
  }

  write(messages: Uint8Array): boolean {
    const { socket } = this.#stream;
    if (!this.#open || !socket.writable) return false;
    this.#count(messages);
    this.#writes++;
    this.#stream.write(messages, this.#onWritten);
    const backlog = socket.writableLength;
    if (backlog > 0) this.#drainWanted = true;
    return backlog <= this.#highWaterBytes;
  }

  get backlogBytes(): number {
    return this.#open ? this.#stream.socket.writableLength : 0;
  }

  flushed(): Promise<void> {
    if (this.#written === this.#writes) return Promise.resolve();
    if (!this.#open) return Promise.reject(new PeerError('closed', 'the session ended before all was written'));
    return new Promise((resolve, reject) => this.#waiters.push({ writes: this.#writes, resolve, reject }));
  }

  cork(): void {
    if (this.#open) this.#stream.socket.cork();
  }

  uncork(): void {
    if (this.#open) this.#stream.socket.uncork();
  }

  /** The session is over. */
  close(): void {
    this.#open = false;
    this.onDrain = undefined;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new PeerError('closed', 'the session ended before all was written'));
  }

  /** One function for all writes, so that Node reports many writes in one call. */
  readonly #onWritten = (error?: Error | null): void => {
    if (error !== undefined && error !== null) return; // the stream gets the error as well and ends the session
    this.#written++;
    while (this.#waiters[0] !== undefined && this.#waiters[0].writes <= this.#written) this.#waiters.shift()?.resolve();
    if (!this.#drainWanted || !this.#open || this.#stream.socket.writableLength > 0) return;
    this.#drainWanted = false;
    try {
      this.onDrain?.();
    } catch (error) {
      this.#onThrown(error);
    }
  };

  #count(messages: Uint8Array): void {
    let at = 0;
    while (at + HEADER_LENGTH <= messages.length) {
      const length = (messages[at + 16]! << 8) | messages[at + 17]!;
      assert(length >= HEADER_LENGTH, 'write: a message with its header is expected');
      const type = messages[at + 18];
      if (type === MessageType.Update) this.#counters.updateSent++;
      else if (type === MessageType.RouteRefresh) this.#counters.routeRefreshSent++;
      at += length;
    }
    assert(at === messages.length, 'write: whole messages are expected');
  }
}
