/**
 * What is not BGP shares one budget: listings, watchers and injected routes. Each works in slices and asks for the next one:
 *
 *     const deadline = await background.share();      // my turn has come
 *     while (performance.now() < deadline && …) …     // a slice; then ask again
 *
 *     one turn of the event loop:  sockets, timers, API calls | RIB | slice, slice, … until BACKGROUND_MS are used
 *
 * Those who wait get their slices in the order in which they asked, so that none of them waits for more than one slice of each other one.
 * A reader whose client does not read does not ask, and costs nothing.
 */

import { BrokenInvariant } from '@tsbgp/rib';

/** Time for all slices of one turn of the event loop, in milliseconds. One slice may run over it. */
export const BACKGROUND_MS = 5;

/** Time for one slice, in milliseconds. What follows from it, such as the encoding of a message, counts as well but is not cut short. */
export const SLICE_MS = 2;

/** Slices of one turn at most, however short they are. */
const SLICES_PER_TURN = 16;

export class Background {
  /** Slices given since the start, and the seconds that they and what followed from them took. */
  slices = 0;
  seconds = 0;
  readonly #waiting: ((deadline: number) => void)[] = [];
  #scheduled = false;
  #turnBegan = 0;

  /** How many wait for a slice now. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when it is the caller's turn, with the time (of performance.now()) at which its slice is over. */
  share(): Promise<number> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  /** Calls `slice` in one turn after the other until it answers that it is done. Rejects with what it throws. */
  async run(slice: (deadline: number) => boolean): Promise<void> {
    try {
      while (!slice(await this.share()));
    } catch (error) {
      // Nobody who awaits this may take it for the failure of one call: it stops the daemon.
      if (error instanceof BrokenInvariant) setImmediate(() => stop(error));
      throw error;
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // All in one go: they run one after the other in the next phase of immediates, and what each one sets off runs before the next.
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

/** A bound on how many of a kind there are at a time. */
export class Limit {
  readonly max: number;
  /** How many there are now, and how many were refused since the start. */
  count = 0;
  refused = 0;
  readonly #refusal: (max: number) => Error;

  /** `refusal` makes the error for one too many. */
  constructor(max: number, refusal: (max: number) => Error) {
    this.max = max;
    this.#refusal = refusal;
  }

  /** Counts one more. Returns the function that takes it back, which may be called more than once. Throws the refusal. */
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
