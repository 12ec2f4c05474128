/**
 * Shares the event loop between the connections of a server. Input is delivered for at most `budgetMs` in one turn of the event loop, over
 * all connections. A connection with more input waits in a queue and continues in a later turn, a slice at a time. Timers and other sockets
 * run between two turns.
 */

export interface Work {
  /** Works until it is done or until `deadline` (of `performance.now()`). Returns whether there is more. */
  run(deadline: number): boolean;
}

const SLICE_MS = 1;

export class InputScheduler {
  readonly #budgetMs: number;
  #queue: Work[] = [];
  #deadline = 0;
  #open = false;

  constructor(budgetMs: number) {
    this.#budgetMs = budgetMs;
  }

  /** Until when input may be delivered in this turn. Opens a turn when there is none. */
  deadline(): number {
    if (!this.#open) {
      this.#open = true;
      this.#deadline = performance.now() + this.#budgetMs;
      setImmediate(this.#next);
    }
    return this.#deadline;
  }

  /** Queues work for the coming turns. The caller queues nothing twice. */
  later(work: Work): void {
    this.#queue.push(work);
    this.deadline();
  }

  readonly #next = (): void => {
    this.#open = false;
    if (this.#queue.length === 0) return;
    const deadline = this.deadline();
    for (let now = performance.now(); now < deadline; now = performance.now()) {
      const work = this.#queue.shift();
      if (work === undefined) return;
      // A whole slice, even when the turn ends within it. A shorter one would always hit the same connection, the last in each turn.
      if (work.run(now + SLICE_MS)) this.#queue.push(work);
    }
  };
}
