/**
 * Graceful shutdown of sessions as the one that begins it (RFC 8326 §4.2): for a while what we send has GRACEFUL_SHUTDOWN and what we received
 * has LOCAL_PREF 0, so that both sides find other paths while these still carry traffic. Then the session is closed.
 *
 * Nobody can see from here whether the traffic has moved: the time is what the operator gives.
 */
import type { Neighbor } from './neighbor.ts';

export class GracefulShutdowns {
  readonly #leaving: Map<Neighbor, NodeJS.Timeout> = new Map();
  readonly #changed: (neighbor: Neighbor) => void;

  /** `changed` is told when the options of a neighbor's session are others. */
  constructor(changed: (neighbor: Neighbor) => void) {
    this.#changed = changed;
  }

  /** Calls `end` after `seconds`, unless the session ends or `cancel` is called before. Called again, the time begins anew. */
  begin(neighbor: Neighbor, seconds: number, end: () => void): void {
    this.#forget(neighbor);
    const timer = setTimeout(() => {
      this.#leaving.delete(neighbor);
      // A session that ended meanwhile has forgotten it.
      if (neighbor.leavesAt !== undefined) end();
    }, seconds * 1000);
    timer.unref();
    this.#leaving.set(neighbor, timer);
    neighbor.leavesAt = new Date(Date.now() + seconds * 1000);
    this.#changed(neighbor);
  }

  /** The session stays. */
  cancel(neighbor: Neighbor): void {
    if (!this.#forget(neighbor)) return;
    neighbor.leavesAt = undefined;
    this.#changed(neighbor);
  }

  #forget(neighbor: Neighbor): boolean {
    clearTimeout(this.#leaving.get(neighbor));
    return this.#leaving.delete(neighbor);
  }
}
