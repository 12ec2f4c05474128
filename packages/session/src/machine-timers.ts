/**
 * The timers of a connection: those of its state machine (RFC 4271 §8.1.3), and the patience in a collision.
 *
 * Messages do not restart hold, keepalive and send hold timer. A timer that fires looks when the last message came or left, and sleeps for the
 * rest of its time. So a message costs nothing here.
 */
import type { Event, Timer } from '@tsbgp/fsm';
import { type Clock, jitter } from './clock.ts';
import type { MessageStream } from './message-stream.ts';

/** RFC 4271 §4.4: KEEPALIVEs are not sent more often than one a second. */
const KEEPALIVE_MS_MIN = 1000;
/** Looks within one send hold time. */
const SEND_HOLD_LOOKS = 8;
/** RFC 4271 §10 names connectRetry. Our idleHold also gets jitter, so that peers that failed together do not come back together. */
const JITTERED: ReadonlySet<Timer> = new Set(['connectRetry', 'idleHold']);

const EXPIRY: Readonly<Record<Exclude<Timer, 'hold' | 'keepalive' | 'sendHold'>, Event>> = {
  connectRetry: { type: 'ConnectRetryTimerExpires' },
  delayOpen: { type: 'DelayOpenTimerExpires' },
  idleHold: { type: 'IdleHoldTimerExpires' },
  stability: { type: 'StabilityTimerExpires' },
};

/** What the timers need of their connection. */
export interface TimedConnection {
  readonly stream: MessageStream | undefined;
  dispatch(event: Event): void;
  /** Runs what the event loop calls. */
  contain(place: 'timer', action: () => void): void;
}

export class MachineTimers {
  readonly #connection: TimedConnection;
  readonly #clock: Clock;
  readonly #handles = new Map<Timer | 'patience', unknown>();

  constructor(connection: TimedConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Starts or restarts a timer of the machine. `seconds` is without jitter. */
  start(timer: Timer, seconds: number): void {
    const milliseconds = seconds * 1000;
    switch (timer) {
      case 'hold':
        if (this.#connection.stream !== undefined) this.#connection.stream.lastMessageAt = this.#clock.now();
        return this.#hold(milliseconds, milliseconds);
      case 'keepalive':
        return this.#keepalive(milliseconds, Math.max(KEEPALIVE_MS_MIN, jitter(milliseconds, this.#clock.random())));
      case 'sendHold':
        return this.#sendHold(milliseconds, '', 0);
      default: {
        const delay = JITTERED.has(timer) ? jitter(milliseconds, this.#clock.random()) : milliseconds;
        this.run(timer, delay, () => this.#connection.dispatch(EXPIRY[timer]));
      }
    }
  }

  /** Calls `expire` once, unless the timer is stopped or started again. */
  run(timer: Timer | 'patience', milliseconds: number, expire: () => void): void {
    this.stop(timer);
    const handle = this.#clock.setTimeout(() => {
      this.#handles.delete(timer);
      this.#connection.contain('timer', expire);
    }, milliseconds);
    this.#handles.set(timer, handle);
  }

  stop(timer: Timer | 'patience'): void {
    const handle = this.#handles.get(timer);
    if (handle === undefined) return;
    this.#handles.delete(timer);
    this.#clock.clearTimeout(handle);
  }

  isRunning(timer: Timer | 'patience'): boolean {
    return this.#handles.has(timer);
  }

  stopAll(): void {
    for (const timer of this.#handles.keys()) this.stop(timer);
  }

  // Hold: does the peer speak?

  #hold(holdMs: number, delayMs: number): void {
    this.run('hold', delayMs, () => {
      const { stream } = this.#connection;
      if (this.#holdGoesOn(holdMs, stream)) return;
      // Perhaps we were late, not the peer: let the event loop read once more first.
      setImmediate(() => this.#connection.contain('timer', () => this.#judgeSilence(holdMs, stream)));
    });
  }

  #judgeSilence(holdMs: number, stream: MessageStream | undefined): void {
    if (stream === undefined || stream !== this.#connection.stream || this.isRunning('hold')) return;
    if (!this.#holdGoesOn(holdMs, stream)) this.#connection.dispatch({ type: 'HoldTimerExpires' });
  }

  #holdGoesOn(holdMs: number, stream: MessageStream | undefined): boolean {
    if (stream === undefined) return false;
    // We have octets that we did not look at yet: the peer is not silent.
    const rest = stream.hasUnread ? holdMs / 3 : stream.lastMessageAt + holdMs - this.#clock.now();
    if (rest <= 0) return false;
    this.#hold(holdMs, rest);
    return true;
  }

  // Keepalive: do we?

  #keepalive(intervalMs: number, delayMs: number): void {
    this.run('keepalive', delayMs, () => {
      const { stream } = this.#connection;
      if (stream !== undefined && stream.socket.writableLength === 0) {
        // RFC 4271 §8.2.2: an UPDATE sent since then counts as well.
        const rest = stream.lastWriteAt + jitter(intervalMs, 0) - this.#clock.now();
        if (rest > 1) return this.#keepalive(intervalMs, rest);
      }
      this.#connection.dispatch({ type: 'KeepaliveTimerExpires' });
    });
  }

  // Send hold (RFC 9687): does the peer take what we send?

  #sendHold(sendHoldMs: number, markBefore: string, stuckMs: number): void {
    const interval = sendHoldMs / SEND_HOLD_LOOKS;
    this.run('sendHold', interval, () => {
      const mark = this.#progress();
      const stuck = mark !== '' && mark === markBefore ? stuckMs + interval : 0;
      if (stuck >= sendHoldMs) this.#connection.dispatch({ type: 'SendHoldTimerExpires' });
      else this.#sendHold(sendHoldMs, mark, stuck);
    });
  }

  /** Changes when the kernel takes something; empty when nothing waits. */
  #progress(): string {
    const socket = this.#connection.stream?.socket;
    if (socket === undefined || socket.writableLength === 0) return '';
    // How much libuv holds of the present write is not public. Without it, progress shows only when a whole write is done.
    const handle = (socket as unknown as { _handle?: { writeQueueSize?: number } | null })._handle;
    return `${socket.bytesWritten - socket.writableLength} ${handle?.writeQueueSize ?? 0}`;
  }
}
