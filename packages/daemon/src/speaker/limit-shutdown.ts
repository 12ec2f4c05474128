/**
 * A session that a limit ended: it stays down until its time has come or the operator enables it (`max-prefix-restart`).
 *
 * The RIB answers the UPDATE with a NOTIFICATION, which ends the session. Right after it the peer is disabled, so that it neither connects nor
 * is accepted meanwhile.
 */
import type { Boundaries } from '../boundaries.ts';
import type { EventLog } from '../events.ts';

export interface LimitShutdownOptions {
  readonly address: string;
  /** Which limit, as a sentence. */
  readonly text: string;
  /** Undefined: no restart. */
  readonly minutes: number | undefined;
  readonly boundaries: Boundaries;
  readonly events: EventLog;
  readonly peer: { disable(): void; enable(): void };
  /** It is over: the session may start again. */
  readonly ended: () => void;
}

export class LimitShutdown {
  readonly text: string;
  /** When the session starts again; undefined while it waits for the operator. */
  readonly restartAt: Date | undefined;
  readonly #disabling: NodeJS.Immediate;
  readonly #restarting: NodeJS.Timeout | undefined;

  /** Called when the session is over. */
  constructor({ address, text, minutes, boundaries, events, peer, ended }: LimitShutdownOptions) {
    this.text = text;
    // The state machine is still at work on the end of the session.
    this.#disabling = setImmediate(() => boundaries.run('session', { neighbor: address }, () => peer.disable()));
    if (minutes === undefined) return;
    const milliseconds = minutes * 60_000;
    this.restartAt = new Date(Date.now() + milliseconds);
    const restart = (): void => {
      boundaries.run('timer', { neighbor: address }, () => {
        ended();
        events.record({ type: 'limit', neighbor: address, text: `the session starts again ${minutes} min after a limit ended it` });
        peer.enable();
      });
    };
    this.#restarting = setTimeout(restart, milliseconds).unref();
  }

  /** The operator decided, or the neighbor is gone. */
  cancel(): void {
    clearImmediate(this.#disabling);
    clearTimeout(this.#restarting);
  }
}
