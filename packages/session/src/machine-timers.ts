/** The timers of a state machine (RFC 4271 §8.1.3). */
import type { Event, Timer } from '@tsbgp/fsm';
import { type Clock, jitter } from './clock.ts';
import { Liveness } from './liveness.ts';
import type { MessageStream } from './message-stream.ts';
import { Timers } from './timers.ts';

/** RFC 4271 §10 names connectRetry. Our idleHold also gets jitter, so that peers that failed together do not come back together. */
const JITTERED: ReadonlySet<Timer> = new Set(['connectRetry', 'idleHold']);

const EXPIRY: Readonly<Record<Exclude<Timer, 'hold' | 'keepalive' | 'sendHold'>, Event>> = {
  connectRetry: { type: 'ConnectRetryTimerExpires' },
  delayOpen: { type: 'DelayOpenTimerExpires' },
  idleHold: { type: 'IdleHoldTimerExpires' },
  stability: { type: 'StabilityTimerExpires' },
};

export class MachineTimers {
  readonly #clock: Clock;
  readonly #dispatch: (event: Event) => void;
  readonly #timers: Timers;
  readonly #liveness: Liveness;

  /** `clock` contains the exceptions of its callbacks. `contain` does that for other calls of the event loop. */
  constructor(
    clock: Clock,
    stream: () => MessageStream | undefined,
    dispatch: (event: Event) => void,
    contain: (action: () => void) => void,
  ) {
    this.#clock = clock;
    this.#dispatch = dispatch;
    this.#timers = new Timers(clock);
    this.#liveness = new Liveness(this.#timers, clock, stream, dispatch, contain);
  }

  /** Starts or restarts a timer. `seconds` is without jitter. */
  start(timer: Timer, seconds: number): void {
    const milliseconds = seconds * 1000;
    switch (timer) {
      case 'hold':
        this.#liveness.startHold(milliseconds);
        break;
      case 'keepalive':
        this.#liveness.startKeepalive(milliseconds);
        break;
      case 'sendHold':
        this.#liveness.startSendHold(milliseconds);
        break;
      default: {
        const delay = JITTERED.has(timer) ? jitter(milliseconds, this.#clock.random()) : milliseconds;
        this.#timers.start(timer, delay, () => this.#dispatch(EXPIRY[timer]));
      }
    }
  }

  /** Starts a new machine after the idle hold time. */
  startOver(idleHoldSeconds: number): void {
    this.#timers.start('idleHold', idleHoldSeconds * 1000, () => this.#dispatch({ type: 'AutomaticStart' }));
  }

  stop(timer: Timer): void {
    this.#timers.stop(timer);
  }

  stopAll(): void {
    this.#timers.stopAll();
  }
}
