/**
 * One TCP connection as a stream of BGP messages. The hot path of this package: a chunk is framed where it lies, the UPDATE handler gets
 * (bytes, start, end), nothing is copied or allocated per message.
 *
 *     chunk   |-- rest of a message --|-- message --|-- message --|-- begin of one --|
 *              completed in `carry`      delivered in place          kept in `carry`
 *
 * What is not delivered at once (turn budget, a handler that is behind, a collision undecided) stays in `pending` and the socket is paused:
 * the kernel's window, not our memory, absorbs what the peer sends meanwhile.
 */
import type { Socket } from 'node:net';
import {
  EXTENDED_MESSAGE_LENGTH_MAX,
  Fault,
  HEADER_LENGTH,
  HeaderError,
  headerFault,
  MESSAGE_LENGTH_MAX,
  MessageType,
  NotificationCode,
  type NotificationMessage,
} from '@tsbgp/wire';
import type { Turns, Work } from './turns.ts';
import type { Clock, UpdateHandler } from './types.ts';

/** What to do after a message: go on, or stop before it and keep it (`resume` delivers it again). */
export const CONSUMED = 0;
export const HOLD = 1;
export type Consumed = typeof CONSUMED | typeof HOLD;

export interface ConnectionOwner {
  /** A whole message other than an UPDATE for the handler; `start` is its header. Borrowed until the call returns. */
  onMessage(type: number, bytes: Uint8Array, start: number, end: number): Consumed;
  /** The handler refused an UPDATE. */
  onRefused(notification: NotificationMessage): void;
  onHeaderFault(fault: Fault): void;
  /** The handler threw. */
  onThrown(error: unknown): void;
  /** No more messages will come; at most once, and not after `drop`. */
  onLost(error: Error | undefined): void;
}

/** How long a closed connection may take to hand over its last octets, then to hear the peer close. */
const LINGER_MS = 3000;
/** While held (collision undecided) the peer may send this much. */
const HELD_BYTES_MAX = 65_536;
/** Messages between two looks at the clock. */
const CLOCK_MASK = 7;
/** Where a chunk goes on: nowhere, a message out of the carry is held and the rest of the chunk lies behind it in `pending`. */
const IN_PENDING = -1;

export class Connection implements Work {
  readonly socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #turns: Turns;
  readonly #clock: Clock;

  /** Set when the session is Established: gets each UPDATE body. */
  handler: UpdateHandler | undefined = undefined;
  /** RFC 8654 for what we receive. */
  extendedMessage = false;
  /** Clock time at which the latest chunk with a whole message was through. */
  lastMessageAt: number;
  bytesIn = 0;
  bytesOut = 0;
  updatesIn = 0;
  /** Clock time of the latest write of `send` or the writer. */
  lastWriteAt: number;

  #messagesIn = 0;
  #carry: Uint8Array = new Uint8Array(MESSAGE_LENGTH_MAX);
  #carryLength = 0;
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

  constructor(socket: Socket, owner: ConnectionOwner, turns: Turns, clock: Clock) {
    this.socket = socket;
    this.#owner = owner;
    this.#turns = turns;
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
    socket.write(bytes);
    for (let i = 0; i < corked; i++) socket.cork();
    this.bytesOut += bytes.length;
    this.lastWriteAt = this.#clock.now();
  }

  /** Octets from the peer wait here because we are not done with others, or somebody paused us: silence is not the peer's. */
  get behind(): boolean {
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
    // What the peer sent while nobody listened is only now being read.
    this.lastMessageAt = this.#clock.now();
    this.#goOn();
  }

  /** After HOLD: delivers the held message again. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#goOn();
  }

  get held(): boolean {
    return this.#held;
  }

  /** Closes at once, or after what was written has left; then `mayLinger` says whether to wait until the peer closes too. */
  drop(immediately = false, mayLinger: () => boolean = () => true): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.handler = undefined;
    this.#pending = undefined;
    const { socket } = this;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('close', this.#onEnd);
    if (immediately || socket.connecting || socket.destroyed || (this.#ended && socket.writableLength === 0)) {
      socket.destroy();
      return;
    }
    if (mayLinger()) closeGently(socket, this.#clock);
    else closeAfterWrite(socket);
  }

  // Events of the socket

  readonly #onData = (buffer: Buffer): void => {
    try {
      // Not a Buffer: its `slice` would share memory where that of everybody else copies.
      const chunk = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
      this.bytesIn += chunk.length;
      if (this.#pending !== undefined) this.#append(chunk);
      else this.#deliver(chunk, 0, this.#turns.deadline());
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
    else if (this.#pending !== undefined) return; // first what came before the end
    if (this.#dropped || this.#lost) return;
    this.#lost = true;
    this.#owner.onLost(this.#endError);
  }

  // Turns

  /** Work: what was left of a chunk. */
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
      this.#turns.later(this);
    }
  }

  // Framing

  /** Delivers the messages of `chunk` from `at` on. Keeps what it may not deliver now. */
  #deliver(chunk: Uint8Array, at: number, deadline: number, inQueue = false): void {
    const messagesBefore = this.#messagesIn;
    this.#delivering = true;
    let rest = 0;
    try {
      rest = this.#frames(chunk, at, deadline);
    } catch (error) {
      this.#owner.onThrown(error);
    } finally {
      this.#delivering = false;
    }
    if (this.#dropped) return;
    if (this.#messagesIn !== messagesBefore) this.lastMessageAt = this.#clock.now();
    if (this.#held) {
      // From the carry: already in `pending`, as it does not lie in the chunk.
      if (rest !== IN_PENDING) this.#keep(chunk, rest);
      this.#findNotification();
    } else if (rest < chunk.length) {
      this.#keep(chunk, rest);
      this.socket.pause();
      if (!this.#paused) {
        this.#queued = true;
        if (!inQueue) this.#turns.later(this);
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

  /** Returns up to where `chunk` is dealt with: its end, or the message that must wait; or IN_PENDING. */
  #frames(chunk: Uint8Array, start: number, deadline: number): number {
    let at = start;
    const end = chunk.length;
    if (this.#carryLength > 0) {
      if (this.#paused || performance.now() >= deadline) return at;
      at = this.#completeCarry(chunk, at);
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
    if (at < end) this.#carryUpTo(end - at, chunk, at);
    return end;
  }

  /** Completes the message in `carry` and delivers it. Returns where the chunk goes on, or IN_PENDING. */
  #completeCarry(chunk: Uint8Array, start: number): number {
    let at = start;
    if (this.#carryLength < HEADER_LENGTH) {
      at = this.#carryUpTo(HEADER_LENGTH, chunk, at);
      if (this.#carryLength < HEADER_LENGTH) return at;
    }
    const length = this.#headerLength(this.#carry, 0);
    if (length === 0) return chunk.length;
    at = this.#carryUpTo(length, chunk, at);
    if (this.#carryLength < length) return at;
    this.#carryLength = 0;
    if (this.#message(this.#carry, 0, length)) return this.#dropped ? chunk.length : at;
    this.#keep(concat(this.#carry.subarray(0, length), chunk.subarray(at)), 0);
    return IN_PENDING;
  }

  /** Moves octets of the chunk into the carry until that holds `length`. Returns where the chunk goes on. */
  #carryUpTo(length: number, chunk: Uint8Array, at: number): number {
    if (length > this.#carry.length) {
      const grown = new Uint8Array(EXTENDED_MESSAGE_LENGTH_MAX);
      grown.set(this.#carry.subarray(0, this.#carryLength));
      this.#carry = grown;
    }
    const take = Math.min(length - this.#carryLength, chunk.length - at);
    this.#carry.set(chunk.subarray(at, at + take), this.#carryLength);
    this.#carryLength += take;
    return at + take;
  }

  /** Length of the message whose header is at `at`; 0 after a fault was reported. */
  #headerLength(bytes: Uint8Array, at: number): number {
    const type = bytes[at + 18]!;
    const length = (bytes[at + 16]! << 8) | bytes[at + 17]!;
    if (type === MessageType.Update && length >= 23 && length <= MESSAGE_LENGTH_MAX && marker(bytes, at)) return length;
    const unknown = type > MessageType.RouteRefresh && marker(bytes, at);
    const fault = unknown ? unknownType(type) : headerFault(bytes, at, this.extendedMessage);
    if (fault === undefined) return length;
    this.#owner.onHeaderFault(fault);
    return 0;
  }

  /** False: the message is held. */
  #message(bytes: Uint8Array, start: number, end: number): boolean {
    this.#messagesIn++;
    if (bytes[start + 18] === MessageType.Update && this.handler !== undefined) {
      this.updatesIn++;
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

  /** While held, a NOTIFICATION behind the held message is the answer we wait for: it goes first. */
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

/**
 * Closes after what was written has left. Goes on reading and discarding until the peer closes too: octets unread at close would make the
 * kernel send a reset, and that may overtake our NOTIFICATION at the peer.
 */
export function closeGently(socket: Socket, clock: Clock): void {
  while (socket.writableCorked > 0) socket.uncork();
  socket.resume();
  socket.end();
  const destroy = () => socket.destroy();
  const timer = clock.setTimeout(destroy, LINGER_MS);
  if (socket.readableEnded) socket.once('finish', destroy);
  else socket.once('end', destroy);
  socket.once('close', () => clock.clearTimeout(timer));
}

/** Hands what was written to the kernel and frees the descriptor at once. For crowds: waiting for the peer would cost the descriptor meanwhile. */
export function closeAfterWrite(socket: Socket): void {
  while (socket.writableCorked > 0) socket.uncork();
  socket.destroy();
}

function marker(bytes: Uint8Array, at: number): boolean {
  let all = 0xff;
  for (let i = at; i < at + 16; i++) all &= bytes[i]!;
  return all === 0xff;
}

function unknownType(type: number): Fault {
  const data = Uint8Array.of(type);
  return new Fault(
    'reset',
    NotificationCode.MessageHeaderError,
    HeaderError.BadMessageType,
    `message type ${type} was not agreed upon`,
    data,
  );
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
