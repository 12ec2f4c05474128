/**
 * Watchers of the RIB. Without watchers nothing is observed, and there is no cost. With any number of them, the change log notes once which
 * routes changed (change-log.ts). When the reader of a watcher asks for more, the watcher takes the changes that it has not seen.
 */
import { NONE, type PathId, type Rib, type RibTable } from '@tsbgp/rib';
import type { Boundaries } from '../boundaries.ts';
import { ControlError, type RouteEvent, type WatchQuery } from '../control-plane.ts';
import type { Exposition } from '../metrics/exposition.ts';
import { type Background, Limit } from './background.ts';
import { type Change, ChangeKind, ChangeLog, type ChangeReader } from './change-log.ts';
import type { Listings } from './listing.ts';
import { type CompiledFilter, compileFilter } from './route-filter.ts';
import { prefixOf, receivedRoute } from './route-view.ts';

/** Watchers at a time. */
export const WATCHERS_MAX: number = 64;

/** Events of one message. */
export const EVENTS_MAX: number = 256;

interface Watcher {
  readonly query: WatchQuery;
  readonly filter: CompiledFilter;
  readonly reader: ChangeReader;
  /** Wakes the watcher, when there may be news or the watcher has ended. Set while it waits. */
  wake: (() => void) | undefined;
  ended: boolean;
}

export interface WatchersOptions {
  readonly rib: Rib;
  readonly listings: Listings;
  readonly background: Background;
  readonly boundaries: Boundaries;
  /** The RIB has something to do: it may free a prefix that was kept for watchers. */
  readonly schedule: () => void;
  /** Changes that may wait, for all watchers together. @default CHANGES_MAX */
  readonly changesMax?: number | undefined;
}

export class Watchers {
  readonly log: ChangeLog;
  readonly #rib: Rib;
  readonly #options: WatchersOptions;
  readonly #watchers: Set<Watcher> = new Set();
  readonly #limit: Limit = new Limit(
    WATCHERS_MAX,
    (max) => new ControlError('resource-exhausted', '', `${max} watchers are there already, which is the limit; end one of them first`),
  );
  #trimming = false;
  #lost = 0;

  constructor(options: WatchersOptions) {
    this.#options = options;
    this.#rib = options.rib;
    this.log = new ChangeLog(options.rib.tables, options.schedule, options.changesMax);
  }

  /**
   * Events, made as the reader takes them. The watch begins with this call. It ends when the reader leaves; it rejects when `signal` aborts.
   * Throws ControlError.
   */
  watch(query: WatchQuery, signal: AbortSignal): AsyncIterable<readonly RouteEvent[]> {
    signal.throwIfAborted();
    const filter = compileFilter(this.#rib, query);
    const leave = this.#limit.enter();
    const kind = (query.table ?? 'best') === 'best' ? ChangeKind.Best : ChangeKind.Received;
    const watcher: Watcher = { query, filter, reader: this.log.open(kind), wake: undefined, ended: false };
    this.#watchers.add(watcher);
    this.#observe();
    const end = (): void => {
      signal.removeEventListener('abort', end);
      if (watcher.ended) return;
      watcher.ended = true;
      leave();
      this.#watchers.delete(watcher);
      this.log.close(watcher.reader);
      this.#observe();
      void this.#trim();
      watcher.wake?.();
    };
    signal.addEventListener('abort', end);
    return this.#events(watcher, signal, end);
  }

  /** Wakes the waiting watchers that have news. Called after each turn of the RIB. */
  flush(): void {
    for (const watcher of this.#watchers) if (watcher.wake !== undefined && this.log.hasNews(watcher.reader)) watcher.wake();
  }

  readonly addMetrics = (out: Exposition): void => {
    out.gauge('tsbgp_watchers', 'Watchers of routes.').set(this.#watchers.size);
    out.gauge('tsbgp_watchers_max', 'Watchers that there may be.').set(this.#limit.max);
    out.counter('tsbgp_watchers_refused_total', 'Watchers refused because there were too many.').set(this.#limit.refused);
    out.gauge('tsbgp_watch_changes_waiting', 'Changes that wait for watchers, of all watchers together.').set(this.log.count);
    out.counter('tsbgp_watch_changes_total', 'Changes seen while there were watchers.').set(this.log.notes);
    out.counter('tsbgp_watch_events_lost_total', 'Changes that watchers lost because they read too slowly.').set(this.#lost);
  };

  #observe(): void {
    const wants = (kind: ChangeKind): boolean => [...this.#watchers].some(({ reader }) => reader.kind === kind);
    const { boundaries } = this.#options;
    const { log } = this;
    this.#rib.bestObserver = !wants(ChangeKind.Best)
      ? undefined
      : (table, nlri) => {
          try {
            log.noteBest(table, nlri);
          } catch (error) {
            boundaries.caught('rib-observer', {}, error);
          }
        };
    for (const table of this.#rib.tables) {
      table.observer = !wants(ChangeKind.Received)
        ? undefined
        : (nlri, path) => {
            try {
              log.notePath(table, nlri, path);
            } catch (error) {
              boundaries.caught('rib-observer', {}, error);
            }
          };
      // Stays after the last watcher left, until its changes are trimmed.
      table.keeps = this.#watchers.size === 0 && log.count === 0 ? undefined : (nlri) => log.keeps(table, nlri);
    }
  }

  /** Frees changes that no watcher still has to be told of, in slices. */
  async #trim(): Promise<void> {
    if (this.#trimming) return;
    this.#trimming = true;
    try {
      await this.#options.background.run((deadline) => {
        let more = this.log.trim();
        while (more && performance.now() < deadline) more = this.log.trim();
        return !more;
      });
      this.#observe();
    } catch (error) {
      this.#options.boundaries.caught('watcher', {}, error);
    } finally {
      this.#trimming = false;
    }
  }

  async *#events(watcher: Watcher, signal: AbortSignal, end: () => void): AsyncGenerator<readonly RouteEvent[]> {
    try {
      if (watcher.query.initial === true) {
        // The watcher has its place in the log already, so changes during this listing are reported after it.
        const { query } = watcher;
        for await (const routes of this.#options.listings.stream({ ...query, table: query.table ?? 'best' }, signal)) {
          yield routes.map((route) => ({ type: 'announce', route }) as const);
        }
        yield [{ type: 'end-of-initial' }];
      }
      for (;;) {
        await this.#news(watcher);
        signal.throwIfAborted();
        const deadline = await this.#options.background.share();
        signal.throwIfAborted();
        const events = this.#take(watcher, deadline);
        if (events.length > 0) yield events;
      }
    } finally {
      end();
    }
  }

  async #news(watcher: Watcher): Promise<void> {
    if (watcher.ended || this.log.hasNews(watcher.reader)) return;
    await new Promise<void>((resolve) => {
      watcher.wake = resolve;
    });
    watcher.wake = undefined;
  }

  /** Events that the watcher has not seen, as many as fit into a message and a slice. An exception ends this watcher and no other. */
  #take(watcher: Watcher, deadline: number): RouteEvent[] {
    const { reader } = watcher;
    const events: RouteEvent[] = [];
    try {
      if (reader.lost > 0) {
        events.push({ type: 'lost', count: reader.lost });
        this.#lost += reader.lost;
        reader.lost = 0;
      }
      let inTime = true;
      while (inTime && events.length < EVENTS_MAX && this.log.hasNews(reader)) {
        this.log.read(reader, (change) => {
          const event = this.#eventOf(watcher, change);
          if (event !== undefined) events.push(event);
          inTime = performance.now() < deadline;
          return inTime && events.length < EVENTS_MAX;
        });
        inTime = performance.now() < deadline;
      }
    } catch (error) {
      const { table, neighbor } = watcher.query;
      this.#options.boundaries.caught('watcher', { table, neighbor }, error);
      throw new Error('the watch was ended by an unexpected error: see the log of the daemon', { cause: error });
    }
    return events;
  }

  #eventOf(watcher: Watcher, change: Change): RouteEvent | undefined {
    const { filter, query } = watcher;
    const { table, nlri } = change;
    if (!filter.tables.includes(table) || !filter.matchesNlri(table, nlri)) return undefined;
    if (watcher.reader.kind === ChangeKind.Best) {
      const path = table.bestPath(nlri);
      const shown = path !== NONE && this.#isFrom(query.neighbor, table, path) && filter.matchesAttributes(table.attrOf(path));
      return shown ? this.#announce(table, path) : this.#withdraw(change);
    }
    if (query.neighbor !== undefined && query.neighbor !== change.neighbor) return undefined;
    const path = this.#pathOf(change);
    if (path === NONE) return this.#withdraw(change);
    return filter.matchesAttributes(table.attrOf(path)) ? this.#announce(table, path) : this.#withdraw(change);
  }

  /** The path that changed, as it is now; NONE when it is gone. */
  #pathOf({ table, nlri, neighbor, identifier }: Change): PathId {
    for (let path = table.firstPath(nlri); path !== NONE; path = table.nextPath(path)) {
      if (table.identifierOf(path) === identifier && this.#isFrom(neighbor, table, path)) return path;
    }
    return NONE as PathId;
  }

  /** Whether the path came from this neighbor; undefined means any. */
  #isFrom(neighbor: string | undefined, table: RibTable, path: PathId): boolean {
    return neighbor === undefined || table.peerOf(path)?.options.name === neighbor;
  }

  #announce(table: RibTable, path: PathId): RouteEvent {
    return { type: 'announce', route: receivedRoute(table, path) };
  }

  #withdraw({ table, nlri, neighbor, identifier }: Change): RouteEvent {
    const pathIdentifier = table.hasPathIdentifiers ? identifier : undefined;
    return { type: 'withdraw', family: table.family, prefix: prefixOf(table, nlri), pathIdentifier, neighbor };
  }
}
