/**
 * Update delay: after the start, nothing is advertised until every neighbor that is enabled has sent End-of-RIB in all families of its session
 * (RFC 4724 §2), and no longer than the operator allows. Neighbors then get the routes that stay, not one after the other.
 */
import type { Logger } from '@tsbgp/session';
import type { Boundaries } from '../boundaries.ts';
import type { Exposition } from '../metrics/exposition.ts';
import type { Neighbor } from './neighbor.ts';

export interface UpdateDelayOptions {
  readonly seconds: number;
  readonly neighbors: () => readonly Neighbor[];
  readonly logger: Logger;
  readonly boundaries: Boundaries;
  /** The delay is over. */
  readonly over: () => void;
}

export class UpdateDelay {
  readonly #options: UpdateDelayOptions;
  readonly #startedMs: number = performance.now();
  #timer: NodeJS.Timeout | undefined;
  isRunning: boolean;

  /** It runs from here on, unless it is 0 seconds long. */
  constructor(options: UpdateDelayOptions) {
    this.#options = options;
    this.isRunning = options.seconds > 0;
    if (!this.isRunning) return;
    const expire = (): void => this.#end(`${options.seconds} s are over; not all neighbors have sent End-of-RIB`);
    this.#timer = setTimeout(() => options.boundaries.run('timer', { timer: 'update-delay' }, expire), options.seconds * 1000);
  }

  /** All neighbors of the configuration are there, or a session changed. */
  look(): void {
    if (!this.isRunning) return;
    const awaited = this.#options.neighbors().filter(({ peer, isHeld }) => peer.adminState === 'up' || isHeld);
    if (awaited.every((neighbor) => neighbor.hasSentAll)) this.#end('all neighbors have sent End-of-RIB');
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  readonly addMetrics = (out: Exposition): void => {
    if (this.#options.seconds === 0) return;
    out.gauge('tsbgp_update_delay_active', 'Whether advertisements still wait after the start.').set(this.isRunning ? 1 : 0);
  };

  #end(why: string): void {
    clearTimeout(this.#timer);
    this.isRunning = false;
    const seconds = Math.round((performance.now() - this.#startedMs) / 100) / 10;
    this.#options.logger.info({ seconds }, `update delay ended after ${seconds} s: ${why}`);
    this.#options.over();
  }
}
