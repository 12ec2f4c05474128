/**
 * Hold, keepalive and send hold timer of one connection. Messages do not restart them. A timer that fires looks when the last message came or
 * left, and sleeps for the rest of its time. So a message costs nothing here.
 */
import type { Event } from '@tsbgp/fsm';
import { type Clock, jitter } from './clock.ts';
import type { MessageStream } from './message-stream.ts';
import type { Timers } from './timers.ts';

/** RFC 4271 §4.4: KEEPALIVEs are not sent more often than one a second. */
const KEEPALIVE_MS_MIN = 1000;
/** Looks within one send hold time. */
const SEND_HOLD_LOOKS = 8;

export class Liveness {
  readonly #timers: Timers;
  readonly #clock: Clock;
  readonly #stream: () => MessageStream | undefined;
  readonly #dispatch: (event: Event) => void;
  readonly #contain: (action: () => void) => void;

  /** `contain` runs what the event loop calls other than through a timer. */
  constructor(
    timers: Timers,
    clock: Clock,
    stream: () => MessageStream | undefined,
    dispatch: (event: Event) => void,
    contain: (action: () => void) => void,
  ) {
    this.#timers = timers;
    this.#clock = clock;
    this.#stream = stream;
    this.#dispatch = dispatch;
    this.#contain = contain;
  }

  // Hold: does the peer speak?

  startHold(holdMs: number): void {
    const stream = this.#stream();
    if (stream !== undefined) stream.lastMessageAt = this.#clock.now();
    this.#armHold(holdMs, holdMs);
  }

  #armHold(holdMs: number, delayMs: number): void {
    this.#timers.start('hold', delayMs, () => {
      const stream = this.#stream();
      if (this.#holdGoesOn(holdMs, stream)) return;
      // Perhaps we were late, not the peer: let the event loop read once more first.
      setImmediate(() => this.#contain(() => this.#judgeSilence(holdMs, stream)));
    });
  }

  #judgeSilence(holdMs: number, stream: MessageStream | undefined): void {
    if (stream === undefined || stream !== this.#stream() || this.#timers.isRunning('hold')) return;
    if (!this.#holdGoesOn(holdMs, stream)) this.#dispatch({ type: 'HoldTimerExpires' });
  }

  #holdGoesOn(holdMs: number, stream: MessageStream | undefined): boolean {
    if (stream === undefined) return false;
    // We have octets that we did not look at yet: the peer is not silent.
    const rest = stream.hasUnread ? holdMs / 3 : stream.lastMessageAt + holdMs - this.#clock.now();
    if (rest <= 0) return false;
    this.#armHold(holdMs, rest);
    return true;
  }

  // Keepalive: do we?

  startKeepalive(intervalMs: number): void {
    this.#armKeepalive(intervalMs, Math.max(KEEPALIVE_MS_MIN, jitter(intervalMs, this.#clock.random())));
  }

  #armKeepalive(intervalMs: number, delayMs: number): void {
    this.#timers.start('keepalive', delayMs, () => {
      const stream = this.#stream();
      if (stream !== undefined && stream.socket.writableLength === 0) {
        // RFC 4271 §8.2.2: an UPDATE sent since then counts as well.
        const rest = stream.lastWriteAt + jitter(intervalMs, 0) - this.#clock.now();
        if (rest > 1) return this.#armKeepalive(intervalMs, rest);
      }
      this.#dispatch({ type: 'KeepaliveTimerExpires' });
    });
  }

  // Send hold (RFC 9687): does the peer take what we send?

  startSendHold(sendHoldMs: number): void {
    this.#armSendHold(sendHoldMs, '', 0);
  }

  #armSendHold(sendHoldMs: number, markBefore: string, stuckMs: number): void {
    const interval = sendHoldMs / SEND_HOLD_LOOKS;
    this.#timers.start('sendHold', interval, () => {
      const mark = this.#progress();
      const stuck = mark !== '' && mark === markBefore ? stuckMs + interval : 0;
      if (stuck >= sendHoldMs) this.#dispatch({ type: 'SendHoldTimerExpires' });
      else this.#armSendHold(sendHoldMs, mark, stuck);
    });
  }

  /** Changes when the kernel takes something; empty when nothing waits. */
  #progress(): string {
    const socket = this.#stream()?.socket;
    if (socket === undefined || socket.writableLength === 0) return '';
    // How much libuv holds of the present write is not public. Without it, progress shows only when a whole write is done.
    const handle = (socket as unknown as { _handle?: { writeQueueSize?: number } | null })._handle;
    return `${socket.bytesWritten - socket.writableLength} ${handle?.writeQueueSize ?? 0}`;
  }
}
