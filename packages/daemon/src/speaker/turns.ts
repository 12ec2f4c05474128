/**
 * When the RIB works: in turns of a few milliseconds. Timers, sockets and API calls run between them.
 */
import type { Rib } from '@tsbgp/rib';
import type { Boundaries } from '../boundaries.ts';

/** Time of one turn. Together with the turns of the sessions, one round of the event loop takes less than about 10 ms. */
const TURN_MS = 8;

/** Reading from peers pauses when more than DIRTY_MAX NLRI await a decision, and goes on below DIRTY_LOW. */
const DIRTY_MAX = 400_000;
const DIRTY_LOW = 100_000;

/** Pause before the next turn after an exception. Without it, an exception that comes in every turn would occupy the event loop. */
export const RETRY_MS = 100;

/** While the kernel has no memory to send with, a turn is put off by HOLD_MS, at most HOLDS_MAX times: others may be using that memory. */
const HOLD_MS = 4;
export const HOLDS_MAX = 25;

export interface TurnObserver {
  /** Whether a turn, in which much is sent, is better put off. */
  mustHold(): boolean;
  /** The RIB is too far behind its input. */
  pause(): void;
  /** The RIB has caught up. */
  resume(): void;
  /** Called after each turn. Sockets can be uncorked, and watchers can be told. */
  turnEnded(): void;
}

export class Turns {
  readonly #rib: Pick<Rib, 'work' | 'dirtyCount' | 'nowSeconds'>;
  readonly #observer: TurnObserver;
  readonly #boundaries: Boundaries;
  #scheduled = false;
  #paused = false;
  /** How often the next turn was put off. */
  #holds = 0;

  constructor(rib: Pick<Rib, 'work' | 'dirtyCount' | 'nowSeconds'>, observer: TurnObserver, boundaries: Boundaries) {
    this.#rib = rib;
    this.#observer = observer;
    this.#boundaries = boundaries;
  }

  /** Starts a turn soon. Cheap, as it is called before the RIB gets each UPDATE; it also sets the RIB's clock for the routes in it. */
  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // UPDATEs that come in before the turn get this time.
    this.#rib.nowSeconds = Math.floor(Date.now() / 1000);
    setImmediate(this.#run);
  }

  readonly #run = (): void => {
    if (this.#holds < HOLDS_MAX && this.#observer.mustHold()) {
      this.#holds++;
      setTimeout(this.#run, HOLD_MS);
      return;
    }
    this.#holds = 0;
    this.#scheduled = false;
    const more = this.#boundaries.run('rib', {}, () => this.#work());
    // After an exception too, since ports are corked and watchers wait.
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
