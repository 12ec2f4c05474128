/**
 * After the start, nothing is advertised until the neighbors that are awaited have sent End-of-RIB in all families of their sessions (RFC 4724
 * §2), and no longer than the operator allows. Neighbors then get the routes that stay, not one after the other.
 *
 *     update delay         every neighbor that is enabled                                            `update-delay`
 *     restart deferral     neighbors that had sessions before we restarted, so that our             `restart-deferral`
 *                          End-of-RIB does not end what they keep before we have learned it (RFC 4724 §4.1)
 */
import type { Logger } from '@tsbgp/session';
import type { Boundaries } from '../boundaries.ts';
import type { Exposition } from '../metrics/exposition.ts';
import type { Neighbor } from './neighbor.ts';

export interface UpdateDelayOptions {
  /** For the log, as `update delay`; with `_` for a blank in metrics. */
  readonly name: 'update delay' | 'restart deferral';
  readonly seconds: number;
  /** The neighbors that are awaited, as long as they are enabled. */
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
    const expire = (): void => this.#end(`${options.seconds} s are over; not all awaited neighbors have sent End-of-RIB`);
    this.#timer = setTimeout(() => options.boundaries.run('timer', { timer: options.name }, expire), options.seconds * 1000);
  }

  /** All neighbors of the configuration are there, or a session changed. */
  look(): void {
    if (!this.isRunning) return;
    const awaited = this.#options.neighbors().filter(({ peer, isHeld }) => peer.adminState === 'up' || isHeld);
    if (awaited.every((neighbor) => neighbor.hasSentAll)) this.#end('all awaited neighbors have sent End-of-RIB');
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  readonly addMetrics = (out: Exposition): void => {
    const { name, seconds } = this.#options;
    if (seconds === 0) return;
    out.gauge(`tsbgp_${name.replace(' ', '_')}_active`, 'Whether advertisements still wait after the start.').set(this.isRunning ? 1 : 0);
  };

  #end(why: string): void {
    clearTimeout(this.#timer);
    this.isRunning = false;
    const seconds = Math.round((performance.now() - this.#startedMs) / 100) / 10;
    this.#options.logger.info({ seconds }, `${this.#options.name} ended after ${seconds} s: ${why}`);
    this.#options.over();
  }
}
