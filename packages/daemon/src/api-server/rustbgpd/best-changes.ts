/**
 * Changes of best routes with what was there before, which the control plane does not say. While somebody watches, the neighbor of each best route is
 * remembered: by one reader for all watchers, about 100 MB for a million prefixes.
 */
import type { ControlPlane, RouteEvent } from '../../control-plane.ts';
import { UNICAST_FAMILIES } from '../../keys/families.ts';

export interface BestChange {
  readonly prefix: string;
  /** The neighbor of the new best route, '' for one of our own; undefined: there is none now. */
  readonly neighbor: string | undefined;
  /** The same of the one before; undefined: there was none. */
  readonly previous: string | undefined;
  readonly pathIdentifier: number;
  readonly at: Date;
}

/** Changes that wait for a watcher. Beyond them the oldest are lost, as in rustbgpd. */
const WAITING_MAX = 4096;

interface Watcher {
  waiting: BestChange[];
  wake: () => void;
}

/** The reader of all watchers, and why it ended. */
interface Reading {
  readonly stop: AbortController;
  failed: unknown;
}

export class BestChanges {
  readonly #control: ControlPlane;
  readonly #watchers: Set<Watcher> = new Set();
  #reading: Reading | undefined;

  constructor(control: ControlPlane) {
    this.#control = control;
  }

  /** Throws as `ControlPlane.watch`, and when `signal` aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<BestChange> {
    const watcher: Watcher = { waiting: [], wake: () => undefined };
    const onAbort = (): void => watcher.wake();
    this.#watchers.add(watcher);
    const reading = this.#reading ?? this.#read();
    this.#reading = reading;
    signal.addEventListener('abort', onAbort);
    try {
      for (;;) {
        signal.throwIfAborted();
        if (reading.failed !== undefined) throw reading.failed;
        const changes = watcher.waiting;
        watcher.waiting = [];
        yield* changes;
        if (watcher.waiting.length > 0 || changes.length > 0) continue;
        await new Promise<void>((resolve) => {
          watcher.wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#end();
    }
  }

  #read(): Reading {
    const reading: Reading = { stop: new AbortController(), failed: undefined };
    this.#readAll(reading.stop.signal).catch((error: unknown) => {
      reading.failed = error;
      // The next watcher begins anew.
      if (this.#reading === reading) this.#reading = undefined;
      for (const { wake } of this.#watchers) wake();
    });
    return reading;
  }

  #end(): void {
    this.#reading?.stop.abort();
    this.#reading = undefined;
  }

  async #readAll(signal: AbortSignal): Promise<void> {
    for (;;) {
      const best = new Map<string, string>();
      for await (const { events } of this.#control.watch({ table: 'best', initial: true }, signal)) {
        const changes = events.flatMap((event) => changeOf(event, best));
        if (changes.length > 0) this.#tell(changes);
        // What was dropped is not known: the routes are read again.
        if (events.some(({ type }) => type === 'lost')) break;
      }
      signal.throwIfAborted();
    }
  }

  #tell(changes: readonly BestChange[]): void {
    for (const watcher of this.#watchers) {
      watcher.waiting.push(...changes);
      if (watcher.waiting.length > WAITING_MAX) watcher.waiting.splice(0, watcher.waiting.length - WAITING_MAX);
      watcher.wake();
    }
  }
}

/** Notes the change in `best`. None for a route that was there at the beginning, and for those of other families. */
function changeOf(event: RouteEvent, best: Map<string, string>): BestChange[] {
  if (event.type === 'announce') {
    const { route, sequence } = event;
    const { prefix, neighbor, pathIdentifier = 0, family } = route;
    if (!UNICAST_FAMILIES.includes(family)) return [];
    const previous = best.get(prefix);
    best.set(prefix, neighbor);
    return sequence === undefined ? [] : [{ prefix, neighbor, previous, pathIdentifier, at: new Date() }];
  }
  if (event.type !== 'withdraw' || !UNICAST_FAMILIES.includes(event.family)) return [];
  const { prefix, neighbor, pathIdentifier = 0 } = event;
  const previous = best.get(prefix) ?? neighbor;
  best.delete(prefix);
  return [{ prefix, neighbor: undefined, previous, pathIdentifier, at: new Date() }];
}
