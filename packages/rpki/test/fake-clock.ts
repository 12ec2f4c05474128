/** A clock that the test moves. */
import type { Clock } from '../src/index.ts';

export class FakeClock implements Clock {
  #now = 1000;
  #next = 1;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();
  chance = 1;

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance - Number.EPSILON;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    const id = this.#next++;
    this.#timers.set(id, { at: this.#now + milliseconds, callback });
    return id;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  get size(): number {
    return this.#timers.size;
  }

  /** Moves time and fires the due timers in order. Sockets can deliver in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.#now = Math.max(this.#now, due[1].at);
      due[1].callback();
      await breathe();
    }
    this.#now = end;
    await breathe();
  }
}

/** A few turns of the event loop, in which octets on loopback arrive. */
export async function breathe(turns = 5): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}
