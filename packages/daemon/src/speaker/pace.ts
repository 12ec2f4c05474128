/**
 * When a session may be sent UPDATEs: not during the update delay, and not more often than its advertisement interval (RFC 4271 §9.2.1.1).
 *
 *     open    The session is sent what changes, as it changes. At the end of a turn in which something was sent, and nothing is missed any
 *             more, the gate closes for the interval.
 *     closed  The RIB finds that the session takes nothing, as if its socket were full. It notes which prefixes the session misses, a bit
 *             each, and sends what they are then when the gate opens.
 *
 * The first routes of a session, and what it missed, go out at once whatever their number: the gate closes after them.
 */
import type { Boundaries } from '../boundaries.ts';

export interface PaceOptions {
  /** Asked each time, as it may change while the session lasts. */
  readonly intervalSeconds: () => number;
  /** Nothing is to be sent yet. */
  readonly isDelayed: () => boolean;
  /** Nothing is missed. */
  readonly isInStep: () => boolean;
  /** The gate is open again. */
  readonly opened: () => void;
  readonly boundaries: Boundaries;
}

export class Pace {
  readonly #options: PaceOptions;
  /** Runs while the gate is closed. */
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#timer === undefined && !this.#options.isDelayed();
  }

  /** A turn ended in which something was sent. */
  sent(): void {
    const { isInStep, boundaries } = this.#options;
    const intervalSeconds = this.#options.intervalSeconds();
    if (intervalSeconds === 0 || this.#timer !== undefined || !isInStep()) return;
    const open = (): void => {
      this.#timer = undefined;
      this.#options.opened();
    };
    this.#timer = setTimeout(() => boundaries.run('timer', { timer: 'advertisement-interval' }, open), intervalSeconds * 1000);
  }

  /** The session is over. */
  close(): void {
    clearTimeout(this.#timer);
  }
}
