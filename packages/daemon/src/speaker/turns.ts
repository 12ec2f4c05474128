/**
 * When the RIB works: in turns of a few milliseconds between which timers, sockets and API calls have theirs.
 */
import type { Rib } from '@tsbgp/rib';

/** One turn of work; with the session's own turns it keeps the event loop's below about 10 ms. */
const TURN_MS = 8;

/** NLRI that may await a decision before reading pauses, and how many are left when it goes on. */
const DIRTY_MAX = 400_000;
const DIRTY_LOW = 100_000;

export interface TurnObserver {
  /** The RIB is too far behind its input, or no longer. */
  pause(): void;
  resume(): void;
  /** After each turn: what was written may leave, what was observed may be told. */
  turnEnded(): void;
}

export class Turns {
  readonly #rib: Rib;
  readonly #observer: TurnObserver;
  #scheduled = false;
  #paused = false;

  constructor(rib: Rib, observer: TurnObserver) {
    this.#rib = rib;
    this.#observer = observer;
  }

  /** There is something to do. Cheap: called for every UPDATE. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#run);
  }

  readonly #run = (): void => {
    this.#scheduled = false;
    const rib = this.#rib;
    rib.nowSeconds = Math.floor(Date.now() / 1000);
    const deadline = performance.now() + TURN_MS;
    let more = rib.work();
    while (more && performance.now() < deadline) more = rib.work();
    this.#observer.turnEnded();
    if (more) this.schedule();
    if (!this.#paused && rib.dirtyCount > DIRTY_MAX) {
      this.#paused = true;
      this.#observer.pause();
    } else if (this.#paused && rib.dirtyCount < DIRTY_LOW) {
      this.#paused = false;
      this.#observer.resume();
    }
  };
}
