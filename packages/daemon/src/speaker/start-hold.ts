/**
 * After the start, sessions wait for RPKI data, so that no route is used that the data would reject; and no longer than the operator allows. A
 * session that an operator enables does not wait.
 */
import type { Logger } from '@tsbgp/session';
import type { Boundaries } from '../boundaries.ts';
import type { EventLog } from '../events.ts';
import type { Exposition } from '../metrics/exposition.ts';

export interface StartHoldOptions {
  readonly seconds: number;
  /** What is awaited is there. */
  readonly isReady: () => boolean;
  readonly logger: Logger;
  readonly events: EventLog;
  readonly boundaries: Boundaries;
  /** Sessions may start. */
  readonly over: () => void;
}

export class StartHold {
  readonly #options: StartHoldOptions;
  readonly #startedMs: number = performance.now();
  readonly #until: Date;
  #timer: NodeJS.Timeout | undefined;
  isRunning: boolean;

  /** It runs from here on, unless it is 0 seconds long. */
  constructor(options: StartHoldOptions) {
    this.#options = options;
    const { seconds, boundaries } = options;
    this.#until = new Date(Date.now() + seconds * 1000);
    this.isRunning = seconds > 0;
    if (!this.isRunning) return;
    const expire = (): void => this.#end(`sessions start without RPKI data: ${seconds} s are over (rpki.wait)`, 'warn');
    this.#timer = setTimeout(() => boundaries.run('timer', { timer: 'rpki-wait' }, expire), seconds * 1000);
  }

  /** What is awaited, as part of a sentence; undefined when nothing is. */
  get waitsFor(): string | undefined {
    if (!this.isRunning) return undefined;
    return `RPKI data, until ${this.#until.toTimeString().slice(0, 8)} at the latest`;
  }

  /** What is awaited may be there. */
  look(): void {
    if (this.isRunning && this.#options.isReady()) this.#end('RPKI data are there: sessions start', 'info');
  }

  close(): void {
    clearTimeout(this.#timer);
    this.isRunning = false;
  }

  readonly addMetrics = (out: Exposition): void => {
    if (this.#options.seconds === 0) return;
    out.gauge('tsbgp_rpki_wait_active', 'Whether sessions still wait for RPKI data after the start.').set(this.isRunning ? 1 : 0);
  };

  #end(why: string, level: 'info' | 'warn'): void {
    this.close();
    const seconds = Math.round((performance.now() - this.#startedMs) / 100) / 10;
    const { logger, events, over } = this.#options;
    logger[level]({ seconds }, why);
    events.record({ type: 'rpki', neighbor: '', text: why });
    over();
  }
}
