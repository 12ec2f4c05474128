/**
 * One budget of time for everything that is not BGP: listings, watchers and injected routes. Each works in slices and asks for the next one:
 *
 *     const deadline = await background.share();      // my turn has come
 *     while (performance.now() < deadline && …) …     // a slice; then ask again
 *
 *     one turn of the event loop:  sockets, timers, API calls | RIB | slice, slice, … until BACKGROUND_MS are used
 *
 * Slices are given in the order in which they were asked for: a task waits for at most one slice of each other task. A stream whose client
 * does not read asks for no slice and costs nothing.
 */

import { BrokenInvariant } from '@tsbgp/rib';

/** Time for all slices of one turn of the event loop, in milliseconds. The last slice may exceed it. */
export const BACKGROUND_MS = 5;

/** Time for one slice, in milliseconds. Work that follows from a slice, such as encoding a message, counts too but is not cut short. */
export const SLICE_MS = 2;

/** Slices of one turn at most, however short they are. */
const SLICES_PER_TURN = 16;

export class Background {
  /** Slices since the start, and the seconds that they and the work that followed from them took. */
  slices = 0;
  seconds = 0;
  readonly #waiting: ((deadline: number) => void)[] = [];
  #scheduled = false;
  #turnBegan = 0;

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when the caller's slice begins, with the time (of performance.now()) at which the slice ends. */
  share(): Promise<number> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  /** Calls `slice` again and again, each time in a new slice, until it returns true for done. Rejects with what it throws. */
  async run(slice: (deadline: number) => boolean): Promise<void> {
    try {
      while (!slice(await this.share()));
    } catch (error) {
      // A broken invariant stops the daemon, even if the caller treats the rejection as the failure of one call.
      if (error instanceof BrokenInvariant) setImmediate(() => stop(error));
      throw error;
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // All of them now: they run one after the other in the next phase of immediates, each with its microtasks before the next one.
    setImmediate(this.#begin);
    for (let slice = 0; slice < SLICES_PER_TURN; slice++) setImmediate(this.#slice);
    setImmediate(this.#end);
  }

  readonly #begin = (): void => {
    this.#turnBegan = performance.now();
  };

  readonly #slice = (): void => {
    const now = performance.now();
    if (now - this.#turnBegan >= BACKGROUND_MS) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.slices++;
    next(now + SLICE_MS);
  };

  readonly #end = (): void => {
    this.seconds += (performance.now() - this.#turnBegan) / 1000;
    this.#scheduled = false;
    if (this.#waiting.length > 0) this.#schedule();
  };
}

function stop(error: BrokenInvariant): never {
  throw error;
}

/** A bound on how many things of a kind exist at a time. */
export class Limit {
  readonly max: number;
  /** How many exist now, and how many were refused since the start. */
  count = 0;
  refused = 0;
  readonly #refusal: (max: number) => Error;

  /** `refusal` makes the error that `enter` throws at the bound. */
  constructor(max: number, refusal: (max: number) => Error) {
    this.max = max;
    this.#refusal = refusal;
  }

  /** Counts one more. Returns a function that counts it off again, at its first call only. Throws the refusal. */
  enter(): () => void {
    if (this.count >= this.max) {
      this.refused++;
      throw this.#refusal(this.max);
    }
    this.count++;
    let entered = true;
    return () => {
      if (entered) this.count--;
      entered = false;
    };
  }
}
