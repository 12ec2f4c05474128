/** The timers of one state machine, by name. */
import type { Timer } from '@tsbgp/fsm';
import type { Clock } from './clock.ts';

export class Timers {
  readonly #clock: Clock;
  readonly #handles = new Map<Timer, unknown>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(timer: Timer, milliseconds: number, expire: () => void): void {
    this.stop(timer);
    const handle = this.#clock.setTimeout(() => {
      this.#handles.delete(timer);
      expire();
    }, milliseconds);
    this.#handles.set(timer, handle);
  }

  stop(timer: Timer): void {
    const handle = this.#handles.get(timer);
    if (handle === undefined) return;
    this.#handles.delete(timer);
    this.#clock.clearTimeout(handle);
  }

  isRunning(timer: Timer): boolean {
    return this.#handles.has(timer);
  }

  stopAll(): void {
    for (const timer of this.#handles.keys()) this.stop(timer);
  }
}
