/**
 * One TCP connection as a stream of BGP messages. The hot path of this package: messages are found in place, the UPDATE handler gets
 * (bytes, start, end), nothing is copied or allocated per message.
 *
 *     chunk   |-- rest of a message --|-- message --|-- message --|-- start of a message --|
 *              completed in `#partial`   delivered in place          kept in `#partial`
 *
 * What cannot be delivered at once stays in `#pending`, and the socket is paused: the turn is over, the handler paused, or a collision is
 * undecided. Then the kernel's window, not our memory, holds what the peer sends.
 */
import type { Socket } from 'node:net';
import { type Fault, HEADER_LENGTH, MessageType, type NotificationMessage } from '@tsbgp/wire';
import type { Clock } from './clock.ts';
import type { Lingering } from './closing.ts';
import { isPlainUpdate, judgeHeader, PartialMessage } from './framing.ts';
import type { InputScheduler, Work } from './input-scheduler.ts';
import type { UpdateHandler } from './plugin.ts';

/** The answer to a message: go on, or stop before it and keep it (`release` delivers it again). */
export const CONSUMED = 0;
export const HOLD = 1;
export type Consumed = typeof CONSUMED | typeof HOLD;

export interface StreamOwner {
  /** A whole message that is not for the handler; `start` is its header. Borrowed until the call returns. */
  onMessage(type: number, bytes: Uint8Array, start: number, end: number): Consumed;
  /** The handler refused an UPDATE. */
  onRefused(notification: NotificationMessage): void;
  onHeaderFault(fault: Fault): void;
  /** The handler threw. */
  onThrown(error: unknown): void;
  /** No more messages will come. Called at most once, and not after `drop`. */
  onLost(error: Error | undefined): void;
}

/** How much the peer may send while a message is held. */
const HELD_BYTES_MAX = 65_536;
/** Messages between two looks at the clock. */
const CLOCK_MASK = 7;
/** Returned instead of an offset when a message completed in `#partial` is held: it and the rest of the chunk are now in `#pending`. */
const IN_PENDING = -1;

export class MessageStream implements Work {
  readonly socket: Socket;
  readonly #owner: StreamOwner;
  readonly #scheduler: InputScheduler;
  readonly #clock: Clock;

  /** Set when the session is Established: gets each UPDATE body. */
  handler: UpdateHandler | undefined = undefined;
  /** RFC 8654 for what we receive. */
  extendedMessage = false;
  /** Further message types that are accepted. */
  otherTypes: readonly number[] = [];
  /** Clock time after the latest chunk with a whole message was delivered. */
  lastMessageAt: number;
  bytesIn = 0;
  bytesOut = 0;
  updateReceived = 0;
  /** Clock time of the latest write of `send` or the writer. */
  lastWriteAt: number;

  #messagesIn = 0;
  readonly #partial = new PartialMessage();
  #pending: Uint8Array | undefined = undefined;
  #pendingAt = 0;
  #queued = false;
  #paused = false;
  #held = false;
  #delivering = false;
  #dropped = false;
  #ended = false;
  #endError: Error | undefined = undefined;
  #lost = false;

  constructor(socket: Socket, owner: StreamOwner, scheduler: InputScheduler, clock: Clock) {
    this.socket = socket;
    this.#owner = owner;
    this.#scheduler = scheduler;
    this.#clock = clock;
    this.lastMessageAt = clock.now();
    this.lastWriteAt = this.lastMessageAt;
    socket.setNoDelay(true);
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onEnd);
  }

  /** Writes at once, also while the writer is corked. */
  send(bytes: Uint8Array): void {
    const { socket } = this;
    if (this.#dropped || !socket.writable) return;
    const corked = socket.writableCorked;
    for (let i = 0; i < corked; i++) socket.uncork();
    this.write(bytes);
    for (let i = 0; i < corked; i++) socket.cork();
  }

  /** Writes in the order of the socket. The caller has checked that it is writable. */
  write(bytes: Uint8Array, onWritten?: (error?: Error | null) => void): void {
    this.socket.write(bytes, onWritten);
    this.bytesOut += bytes.length;
    this.lastWriteAt = this.#clock.now();
  }

  /** Whether octets of the peer may wait to be read: then the peer is not silent. */
  get hasUnread(): boolean {
    return this.#pending !== undefined || this.#paused;
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // What the peer sent during the pause is read only now.
    this.lastMessageAt = this.#clock.now();
    this.#goOn();
  }

  /** After HOLD: delivers the held message again. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#goOn();
  }

  /** Closes at once, or with `lingering` after what was written has left. */
  drop(lingering?: Lingering): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.handler = undefined;
    this.#pending = undefined;
    const { socket } = this;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('close', this.#onEnd);
    const nothingToSend = socket.connecting || socket.destroyed || (this.#ended && socket.writableLength === 0);
    if (lingering === undefined || nothingToSend) socket.destroy();
    else lingering.close(socket);
  }

  // Events of the socket

  readonly #onData = (buffer: Buffer): void => {
    try {
      // Not a Buffer: the `slice` of a Buffer shares memory, where that of a Uint8Array copies.
      const chunk = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
      this.bytesIn += chunk.length;
      if (this.#pending !== undefined) this.#append(chunk);
      else this.#deliver(chunk, 0, this.#scheduler.deadline());
    } catch (error) {
      this.#owner.onThrown(error);
    }
  };

  readonly #onEnd = (): void => this.#end(undefined);

  readonly #onError = (error: Error): void => this.#end(error);

  #end(error: Error | undefined): void {
    this.#endError ??= error;
    this.#ended = true;
    try {
      this.#maybeLost();
    } catch (thrown) {
      this.#owner.onThrown(thrown);
    }
  }

  #maybeLost(): void {
    if (!this.#ended || this.#lost || this.#dropped || this.#delivering) return;
    if (this.#held) this.#findNotification();
    else if (this.#pending !== undefined) return; // what came before the end is delivered first
    if (this.#dropped || this.#lost) return;
    this.#lost = true;
    this.#owner.onLost(this.#endError);
  }

  // Turns

  /** Delivers what was left of a chunk. */
  run(deadline: number): boolean {
    this.#queued = false;
    if (this.#dropped || this.#held || this.#paused) return false;
    const chunk = this.#pending;
    if (chunk === undefined) return false;
    this.#pending = undefined;
    try {
      this.#deliver(chunk, this.#pendingAt, deadline, true);
    } catch (error) {
      this.#owner.onThrown(error);
    }
    return this.#queued;
  }

  #goOn(): void {
    if (this.#dropped || this.#held || this.#paused || this.#delivering) return;
    if (this.#pending === undefined) {
      this.socket.resume();
      this.#maybeLost();
    } else if (!this.#queued) {
      this.#queued = true;
      this.#scheduler.later(this);
    }
  }

  // Framing

  /** Delivers the messages of `chunk` from `at` on. Keeps what cannot be delivered now. */
  #deliver(chunk: Uint8Array, at: number, deadline: number, inQueue = false): void {
    const messagesBefore = this.#messagesIn;
    this.#delivering = true;
    let rest = 0;
    try {
      rest = this.#frames(chunk, at, deadline);
    } finally {
      this.#delivering = false;
    }
    if (this.#dropped) return;
    if (this.#messagesIn !== messagesBefore) this.lastMessageAt = this.#clock.now();
    if (this.#held) {
      if (rest !== IN_PENDING) this.#keep(chunk, rest);
      this.#findNotification();
    } else if (rest < chunk.length) {
      this.#keep(chunk, rest);
      this.socket.pause();
      if (!this.#paused) {
        this.#queued = true;
        if (!inQueue) this.#scheduler.later(this);
      }
    } else if (inQueue && !this.#paused) {
      this.socket.resume();
    }
    this.#maybeLost();
  }

  #keep(chunk: Uint8Array, at: number): void {
    this.#pending = chunk;
    this.#pendingAt = at;
  }

  /** Delivers messages until one must wait. Returns where that one is in `chunk`, the chunk's end, or IN_PENDING. */
  #frames(chunk: Uint8Array, start: number, deadline: number): number {
    let at = start;
    const end = chunk.length;
    if (this.#partial.length > 0) {
      if (this.#paused || performance.now() >= deadline) return at;
      at = this.#completePartial(chunk, at);
      if (at === IN_PENDING) return at;
    }
    for (let count = 0; end - at >= HEADER_LENGTH; count++) {
      if (this.#paused) return at;
      if ((count & CLOCK_MASK) === 0 && performance.now() >= deadline) return at;
      const length = this.#headerLength(chunk, at);
      if (length === 0) return end;
      if (end - at < length) break;
      if (!this.#message(chunk, at, at + length)) return at;
      if (this.#dropped) return end;
      at += length;
    }
    if (at < end) this.#partial.fill(end - at, chunk, at);
    return end;
  }

  /** Completes the message in `#partial` and delivers it. Returns where the chunk goes on, or IN_PENDING. */
  #completePartial(chunk: Uint8Array, start: number): number {
    const partial = this.#partial;
    let at = start;
    if (partial.length < HEADER_LENGTH) {
      at = partial.fill(HEADER_LENGTH, chunk, at);
      if (partial.length < HEADER_LENGTH) return at;
    }
    const length = this.#headerLength(partial.bytes, 0);
    if (length === 0) return chunk.length;
    at = partial.fill(length, chunk, at);
    if (partial.length < length) return at;
    partial.length = 0;
    if (this.#message(partial.bytes, 0, length)) return this.#dropped ? chunk.length : at;
    this.#keep(concat(partial.bytes.subarray(0, length), chunk.subarray(at)), 0);
    return IN_PENDING;
  }

  /** Length of the message whose header is at `at`; 0 after a fault was reported. */
  #headerLength(bytes: Uint8Array, at: number): number {
    const length = (bytes[at + 16]! << 8) | bytes[at + 17]!;
    if (isPlainUpdate(bytes, at, length)) return length;
    const fault = judgeHeader(bytes, at, this.extendedMessage, this.otherTypes);
    if (fault === undefined) return length;
    this.#owner.onHeaderFault(fault);
    return 0;
  }

  /** False: the message is held. */
  #message(bytes: Uint8Array, start: number, end: number): boolean {
    this.#messagesIn++;
    if (bytes[start + 18] === MessageType.Update && this.handler !== undefined) {
      this.updateReceived++;
      const refusal = this.handler(bytes, start + HEADER_LENGTH, end);
      if (refusal !== undefined) this.#owner.onRefused(refusal);
      return true;
    }
    if (this.#owner.onMessage(bytes[start + 18]!, bytes, start, end) === CONSUMED) return true;
    this.#held = true;
    return false;
  }

  // Held

  #append(chunk: Uint8Array): void {
    this.#pending = concat(this.#pending!.subarray(this.#pendingAt), chunk);
    this.#pendingAt = 0;
    if (this.#held) this.#findNotification();
    if (this.#pending !== undefined && this.#pending.length > HELD_BYTES_MAX) this.socket.pause();
  }

  /** While a message is held, a NOTIFICATION after it is the answer we wait for: it is delivered first. */
  #findNotification(): void {
    const bytes = this.#pending;
    if (bytes === undefined) return;
    for (let at = this.#pendingAt; bytes.length - at >= HEADER_LENGTH; ) {
      const length = (bytes[at + 16]! << 8) | bytes[at + 17]!;
      if (length < HEADER_LENGTH || bytes.length - at < length) return;
      if (bytes[at + 18] === MessageType.Notification && length >= 21) {
        this.#owner.onMessage(MessageType.Notification, bytes, at, at + length);
        return;
      }
      at += length;
    }
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
