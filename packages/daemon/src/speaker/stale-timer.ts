/** A timer for any time: those of Node end after 24 days at most, and the stale times of RFC 9494 are up to 194 days. */
import type { Boundaries } from '../boundaries.ts';

/** A day. */
const STEP_MS = 86_400_000;

export class StaleTimer {
  readonly endsAt: Date;
  #timer: NodeJS.Timeout | undefined;

  /** Calls `expire` after `seconds`, in a later turn of the event loop. */
  constructor(seconds: number, neighbor: string, boundaries: Boundaries, expire: () => void) {
    this.endsAt = new Date(Date.now() + seconds * 1000);
    const wait = (milliseconds: number): void => {
      const step = Math.min(milliseconds, STEP_MS);
      const next = (): void => (milliseconds > step ? wait(milliseconds - step) : expire());
      this.#timer = setTimeout(() => boundaries.run('timer', { neighbor }, next), step).unref();
    };
    wait(seconds * 1000);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
