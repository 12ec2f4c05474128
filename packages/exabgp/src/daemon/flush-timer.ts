/**
 * Decides when routes that wait are told. After a pause the first change goes out as soon as the lines that came with it are read. What follows within
 * a millisecond is one batch: the newest state of a route counts, and routes with equal attributes share UPDATEs.
 */
import type { Neighbor } from '../session/neighbor.ts';

/** A command is on the wire at most this late. */
const DELAY_MS = 1;
/** Without a change for so long, the next one does not wait. */
const PAUSE_MS = 3;

export class FlushTimer {
  readonly #dirty = new Set<Neighbor>();
  #isPlanned = false;
  #flushedAt = 0;

  touched(neighbor: Neighbor): void {
    this.#dirty.add(neighbor);
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    if (performance.now() - this.#flushedAt > PAUSE_MS) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), DELAY_MS);
  }

  #flush(): void {
    this.#isPlanned = false;
    const neighbors = [...this.#dirty];
    this.#dirty.clear();
    for (const neighbor of neighbors) neighbor.flush();
    this.#flushedAt = performance.now();
  }
}
