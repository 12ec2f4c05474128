/**
 * When the RIB works: in turns of a few milliseconds between which timers, sockets and API calls have theirs.
 */
import type { Rib } from '@tsbgp/rib';
import type { Boundaries } from '../boundaries.ts';

/** One turn of work; with the session's own turns it keeps the event loop's below about 10 ms. */
const TURN_MS = 8;

/** NLRI that may await a decision before reading pauses, and how many are left when it goes on. */
const DIRTY_MAX = 400_000;
const DIRTY_LOW = 100_000;

/** After an exception the next turn waits this long, so that one which comes again and again does not take the event loop. */
export const RETRY_MS = 100;

export interface TurnObserver {
  /** The RIB is too far behind its input, or no longer. */
  pause(): void;
  resume(): void;
  /** After each turn: what was written may leave, what was observed may be told. */
  turnEnded(): void;
}

export class Turns {
  readonly #rib: Pick<Rib, 'work' | 'dirtyCount' | 'nowSeconds'>;
  readonly #observer: TurnObserver;
  readonly #boundaries: Boundaries;
  #scheduled = false;
  #paused = false;

  constructor(rib: Pick<Rib, 'work' | 'dirtyCount' | 'nowSeconds'>, observer: TurnObserver, boundaries: Boundaries) {
    this.#rib = rib;
    this.#observer = observer;
    this.#boundaries = boundaries;
  }

  /** There is something to do. Cheap: called for every UPDATE, before the RIB gets it, so that its routes have the time of now. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // What comes in before the turn is stamped with this time.
    this.#rib.nowSeconds = Math.floor(Date.now() / 1000);
    setImmediate(this.#run);
  }

  readonly #run = (): void => {
    this.#scheduled = false;
    const more = this.#boundaries.run('rib', {}, () => this.#work());
    // Also after an exception: ports are corked, and watchers wait.
    this.#boundaries.run('rib', {}, () => this.#observer.turnEnded());
    if (more === undefined) this.#retry();
    else if (more) this.schedule();
    this.#boundaries.run('rib', {}, () => this.#balance());
  };

  #work(): boolean {
    const rib = this.#rib;
    rib.nowSeconds = Math.floor(Date.now() / 1000);
    const deadline = performance.now() + TURN_MS;
    let more = rib.work();
    while (more && performance.now() < deadline) more = rib.work();
    return more;
  }

  #retry(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(this.#run, RETRY_MS);
  }

  #balance(): void {
    const { dirtyCount } = this.#rib;
    if (!this.#paused && dirtyCount > DIRTY_MAX) {
      this.#paused = true;
      this.#observer.pause();
    } else if (this.#paused && dirtyCount < DIRTY_LOW) {
      this.#paused = false;
      this.#observer.resume();
    }
  }
}
