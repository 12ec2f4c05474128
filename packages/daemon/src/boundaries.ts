/**
 * Where exceptions stop. Every callback of the event loop, a socket or the RIB runs inside a boundary. An exception there ends or fails only the
 * peer, route, watcher or call that it belongs to. It is counted, and logged with its place, once for each message. Only a broken invariant of
 * the RIB is thrown on: the routing state cannot be trusted then, and main.ts stops the daemon.
 */
import { BrokenInvariant } from '@tsbgp/rib';
import type { Logger } from '@tsbgp/session';
import type { Exposition } from './metrics/exposition.ts';

/** The boundaries. A place is a label of `tsbgp_contained_exceptions_total`; docs/operations.md explains each. */
export const BOUNDARY_PLACES = {
  session: 'a callback of a session: the session ends with Cease/8',
  export: 'encoding routes for peers: the routes of that attribute set are not sent to the peers concerned',
  rib: 'a turn of the RIB: it goes on after RETRY_MS',
  'rib-observer': 'an observer of the RIB: the change is not told to it',
  timer: 'a timer of the daemon: it runs again at its next time',
  watcher: 'a watcher: it is ended',
  api: 'a request of the API: the client gets INTERNAL',
  http: 'a request of the HTTP listener: the client gets 500',
  program: 'an event for a program, or a command of one: that event or command is lost',
  signal: 'the handler of a signal: the signal has no effect',
  process: 'anything that no other boundary caught',
} as const;

export type BoundaryPlace = keyof typeof BOUNDARY_PLACES;

/** Messages that are remembered as logged. Beyond this, each place is logged only once more. */
const REMEMBERED_MAX = 1000;

export class Boundaries {
  readonly #log: Pick<Logger, 'error'>;
  readonly #counts: Map<BoundaryPlace, number> = new Map();
  readonly #logged: Set<string> = new Set();

  constructor(log: Pick<Logger, 'error'>) {
    this.#log = log;
  }

  /** Runs `action`. Returns its value, or undefined when an exception was contained. Rethrows BrokenInvariant. */
  run<T>(place: BoundaryPlace, fields: object, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.caught(place, fields, error);
      return undefined;
    }
  }

  /** Counts and logs an exception that the caller caught at `place`. `fields` say whose it is. Rethrows BrokenInvariant. */
  caught(place: BoundaryPlace, fields: object, error: unknown): void {
    if (error instanceof BrokenInvariant) throw error;
    this.#counts.set(place, this.count(place) + 1);
    const message = error instanceof Error ? error.message : String(error);
    const key = this.#logged.size < REMEMBERED_MAX ? `${place} ${message}` : place;
    if (this.#logged.has(key)) return;
    this.#logged.add(key);
    this.#log.error({ ...fields, place, err: error }, `unexpected error contained (${place}): this is a bug of tsbgpd`);
  }

  count(place: BoundaryPlace): number {
    return this.#counts.get(place) ?? 0;
  }

  /** Adds the count of every place, with 0 for those that caught nothing yet. */
  readonly addMetrics = (out: Exposition): void => {
    const metric = out.counter('tsbgp_contained_exceptions_total', 'Unexpected exceptions that a boundary contained, by place.');
    for (const place of Object.keys(BOUNDARY_PLACES) as BoundaryPlace[]) metric.add({ place }, this.count(place));
  };
}
