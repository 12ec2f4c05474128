/**
 * Graceful shutdown of sessions as the one that begins it (RFC 8326 §4.2): for a while what we send has GRACEFUL_SHUTDOWN and what we received
 * has LOCAL_PREF 0, so that both sides find other paths while these still carry traffic. Then the neighbor is disabled, also where its session
 * ended meanwhile and came back.
 *
 * Nobody can see from here whether the traffic has moved: the time is what the operator gives.
 */
import type { Neighbor } from './neighbor.ts';

export class GracefulShutdowns {
  /** By the address of the neighbor. */
  readonly #timers: Map<string, NodeJS.Timeout> = new Map();
  readonly #changed: (neighbor: Neighbor) => void;

  /** `changed` is told when the options of a neighbor's session are others. */
  constructor(changed: (neighbor: Neighbor) => void) {
    this.#changed = changed;
  }

  /** Calls `end` after `seconds`, unless `cancel` is called before. Called again, the time begins anew. */
  begin(neighbor: Neighbor, seconds: number, end: () => void): void {
    const { address } = neighbor.config;
    clearTimeout(this.#timers.get(address));
    const timer = setTimeout(() => {
      this.#timers.delete(address);
      end();
    }, seconds * 1000);
    timer.unref();
    this.#timers.set(address, timer);
    neighbor.leavesAt = new Date(Date.now() + seconds * 1000);
    this.#changed(neighbor);
  }

  /** The session stays, or is closed at once. */
  cancel(neighbor: Neighbor): void {
    clearTimeout(this.#timers.get(neighbor.config.address));
    this.#timers.delete(neighbor.config.address);
    if (neighbor.leavesAt === undefined) return;
    neighbor.leavesAt = undefined;
    this.#changed(neighbor);
  }
}
