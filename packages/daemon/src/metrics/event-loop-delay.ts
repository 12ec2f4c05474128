/** How late the event loop is: how long every timer, keepalive and call of the API waits before its own work. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Exposition } from './exposition.ts';

/** Interval of the timer whose lateness is measured. */
const RESOLUTION_MS = 20;
/** Values cover the last whole window and the present one. */
export const DELAY_WINDOW_MS: number = 15_000;

export interface Delay {
  readonly p50Seconds: number;
  readonly p99Seconds: number;
  readonly maxSeconds: number;
}

const NONE: Delay = { p50Seconds: 0, p99Seconds: 0, maxSeconds: 0 };

export class EventLoopDelay {
  readonly #histogram: ReturnType<typeof monitorEventLoopDelay> = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #timer: NodeJS.Timeout | undefined = undefined;
  #last: Delay = NONE;

  start(): void {
    this.#histogram.enable();
    this.#timer ??= setInterval(() => {
      this.#last = this.#present();
      this.#histogram.reset();
    }, DELAY_WINDOW_MS).unref();
  }

  stop(): void {
    this.#histogram.disable();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The larger values of the last whole window and the present one. */
  get(): Delay {
    const present = this.#present();
    return {
      p50Seconds: Math.max(this.#last.p50Seconds, present.p50Seconds),
      p99Seconds: Math.max(this.#last.p99Seconds, present.p99Seconds),
      maxSeconds: Math.max(this.#last.maxSeconds, present.maxSeconds),
    };
  }

  /** Adds the delay under the names that dashboards expect. */
  readonly addMetrics = (out: Exposition): void => {
    const { p50Seconds, p99Seconds, maxSeconds } = this.get();
    out.gauge('nodejs_eventloop_lag_p50_seconds', 'Median delay of the event loop over the last 15 to 30 seconds.').set(p50Seconds);
    out.gauge('nodejs_eventloop_lag_p99_seconds', '99th percentile of it.').set(p99Seconds);
    out.gauge('nodejs_eventloop_lag_max_seconds', 'Maximum of it.').set(maxSeconds);
  };

  #present(): Delay {
    const histogram = this.#histogram;
    if (histogram.count === 0) return NONE;
    return {
      p50Seconds: lateness(histogram.percentile(50)),
      p99Seconds: lateness(histogram.percentile(99)),
      maxSeconds: lateness(histogram.max),
    };
  }
}

/** The histogram has the time between two ticks of the timer. What exceeds its interval is delay. */
function lateness(nanoseconds: number): number {
  return Math.max(0, Math.round((nanoseconds / 1e6 - RESOLUTION_MS) * 1000) / 1e6);
}
