/**
 * Watchers of the RIB: readers of the change feed (change-feed.ts) that want routes. When a client asks for more, its watcher takes the changes
 * that it has not seen, and builds the routes.
 */
import { AttributeRewriter, NONE, type PathId, type Rib, type RibTable } from '@tsbgp/rib';
import type { Family } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import { ControlError, invalidArgument, type RouteChanges, type RouteEvent, type WatchQuery } from '../control-plane.ts';
import type { Exposition } from '../metrics/exposition.ts';
import { type Background, Limit } from './background.ts';
import { ChangeFeed } from './change-feed.ts';
import { CHANGES_MAX, type Change, ChangeKind, type ChangeReader, type ChangeScope, type Gap } from './change-log.ts';
import type { Listings } from './listing.ts';
import { type CompiledFilter, compileFilter } from './route-filter.ts';
import { advertisedRoute, nameOf, receivedRoute } from './route-view.ts';

/** Watchers at a time. */
export const WATCHERS_MAX: number = 64;

/** Events of one message. */
export const EVENTS_MAX: number = 256;

interface Watcher {
  readonly query: WatchQuery;
  readonly filter: CompiledFilter;
  readonly reader: ChangeReader;
  /** What the watcher misses although it wanted to resume. */
  readonly gap: Gap | undefined;
  /** Wakes the watcher, when there may be news or the watcher has ended. Set while it waits. */
  wake: (() => void) | undefined;
  ended: boolean;
}

export interface WatchersOptions {
  readonly rib: Rib;
  readonly listings: Listings;
  readonly background: Background;
  readonly boundaries: Boundaries;
  /** See ChangeFeedOptions. */
  readonly schedule: () => void;
  /** See ChangeFeedOptions. */
  readonly changesMax?: number | undefined;
}

export class Watchers {
  readonly feed: ChangeFeed;
  readonly #rib: Rib;
  readonly #options: WatchersOptions;
  readonly #watchers: Set<Watcher> = new Set();
  readonly #limit: Limit = new Limit(
    WATCHERS_MAX,
    (max) => new ControlError('resource-exhausted', '', `${max} watchers are there already, which is the limit; end one of them first`),
  );
  /** A watcher whose filter selects nothing is told how far it is once in so many numbers, so that it can resume. */
  readonly #quietMax: number;
  #lost = 0;

  constructor(options: WatchersOptions) {
    this.#options = options;
    this.#rib = options.rib;
    this.feed = new ChangeFeed(options);
    this.#quietMax = (options.changesMax ?? CHANGES_MAX) / 8;
  }

  /** The table of a family. Where the RIB has none, it is made, and its changes are followed from now on. */
  addFamily(family: Family): RibTable {
    if (this.#rib.has(family)) return this.#rib.table(family);
    const table = this.#rib.addFamily(family);
    this.feed.tableAdded();
    return table;
  }

  /**
   * Events, made as the reader takes them. The watch begins with this call. It ends when the reader leaves; it rejects when `signal` aborts.
   * Throws ControlError.
   */
  watch(query: WatchQuery, signal: AbortSignal): AsyncIterable<RouteChanges> {
    signal.throwIfAborted();
    const filter = compileFilter(this.#rib, query);
    checkQuery(query);
    const leave = this.#limit.enter();
    const scope = scopeOf(query);
    const { reader, gap } = this.feed.open(scope, () => watcher.wake?.(), { resume: query.resume, lists: query.initial });
    const watcher: Watcher = { query, filter, reader, gap, wake: undefined, ended: false };
    this.#watchers.add(watcher);
    const end = (): void => {
      signal.removeEventListener('abort', end);
      if (watcher.ended) return;
      watcher.ended = true;
      leave();
      this.#watchers.delete(watcher);
      this.feed.close(reader);
      watcher.wake?.();
    };
    signal.addEventListener('abort', end);
    return this.#events(watcher, signal, end);
  }

  /** Wakes the waiting watchers that have news. Called after each turn of the RIB. */
  flush(): void {
    this.feed.flush();
  }

  readonly addMetrics = (out: Exposition): void => {
    out.gauge('tsbgp_watchers', 'Watchers of routes.').set(this.#watchers.size);
    out.gauge('tsbgp_watchers_max', 'Watchers that there may be.').set(this.#limit.max);
    out.counter('tsbgp_watchers_refused_total', 'Watchers refused because there were too many.').set(this.#limit.refused);
    const { log, unread } = this.feed;
    out.gauge('tsbgp_watch_changes_waiting', 'Changes that the slowest watcher has not read, at most.').set(unread);
    out.gauge('tsbgp_watch_changes_kept', 'Changes that are kept for watchers, read and unread, of all watchers together.').set(log.count);
    out.counter('tsbgp_watch_changes_total', 'Changes noted for watchers.').set(log.notes);
    out.counter('tsbgp_watch_events_lost_total', 'Changes that watchers lost because they read too slowly.').set(this.#lost);
  };

  async *#events(watcher: Watcher, signal: AbortSignal, end: () => void): AsyncGenerator<RouteChanges> {
    try {
      const { gap, query, reader } = watcher;
      let told = reader.sequence;
      const lost: RouteEvent[] = gap === undefined ? [] : [{ type: 'lost', sequence: told, count: gap.count }];
      if (query.initial === true && (query.resume === undefined || gap !== undefined)) {
        if (gap !== undefined) yield this.#changes(reader, lost, 0);
        // The watcher has its place in the feed already, so changes during this listing are reported after it.
        for await (const routes of this.#options.listings.stream({ ...query, table: query.table ?? 'best' }, signal)) {
          const announced = routes.map((route) => ({ type: 'announce', route }) as const);
          yield this.#changes(reader, announced, 0);
        }
        yield this.#changes(reader, [{ type: 'end-of-initial', sequence: told }], told);
      } else {
        // Also without events: the reader learns its place, and can resume even if nothing changes.
        yield this.#changes(reader, lost, told);
      }
      for (;;) {
        await this.#news(watcher);
        signal.throwIfAborted();
        const deadline = await this.#options.background.share();
        signal.throwIfAborted();
        const events = this.#take(watcher, deadline);
        if (events.length === 0 && reader.sequence - told < this.#quietMax) continue;
        told = reader.sequence;
        yield this.#changes(reader, events, told);
      }
    } finally {
      end();
    }
  }

  #changes(reader: ChangeReader, events: readonly RouteEvent[], sequence: number): RouteChanges {
    const { instance, log } = this.feed;
    return { events, instance, sequence, latest: log.last, resumableAfter: log.resumableAfter(reader) };
  }

  async #news(watcher: Watcher): Promise<void> {
    if (watcher.ended || this.feed.log.hasNews(watcher.reader)) return;
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
        events.push({ type: 'lost', sequence: reader.sequence, count: reader.lost });
        this.#lost += reader.lost;
        reader.lost = 0;
      }
      let inTime = true;
      while (inTime && events.length < EVENTS_MAX && this.feed.log.hasNews(reader)) {
        this.feed.log.read(reader, (change) => {
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
      return shown ? this.#announce(change, path) : this.#withdraw(change);
    }
    if (query.neighbor !== undefined && query.neighbor !== change.neighbor) return undefined;
    if (watcher.reader.kind === ChangeKind.Sent) return this.#sentEventOf(watcher, change);
    const path = this.#pathOf(change);
    if (path === NONE) return this.#withdraw(change);
    const shown = filter.matchesPath(table, path) && filter.matchesAttributes(table.attrOf(path));
    return shown ? this.#announce(change, path) : this.#withdraw(change);
  }

  /** What the neighbor is sent for the prefix now. */
  #sentEventOf({ filter }: Watcher, change: Change): RouteEvent {
    const { table, nlri, neighbor, identifier } = change;
    const peer = this.#rib.peers.find((each) => each?.up === true && each.options.name === neighbor);
    const member = peer && this.#rib.memberOf(peer, table.family);
    const sent = member?.sent(nlri).find(({ pathIdentifier }) => pathIdentifier === undefined || pathIdentifier === identifier);
    if (member === undefined || sent === undefined || !filter.matchesAttributes(sent.attr)) {
      const hasIdentifiers = member?.group.view.context.addPath.has(table.family) === true;
      return this.#withdrawOf(change, hasIdentifiers ? identifier : undefined);
    }
    const route = advertisedRoute(table, nlri, sent, new AttributeRewriter(member.group.view));
    return { type: 'announce', sequence: change.sequence, route };
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

  #announce({ table, sequence }: Change, path: PathId): RouteEvent {
    return { type: 'announce', sequence, route: receivedRoute(table, path, this.#rib.validation?.states) };
  }

  #withdraw(change: Change): RouteEvent {
    return this.#withdrawOf(change, change.table.hasPathIdentifiers ? change.identifier : undefined);
  }

  #withdrawOf({ table, sequence, nlri, neighbor }: Change, pathIdentifier: number | undefined): RouteEvent {
    return { type: 'withdraw', sequence, family: table.family, ...nameOf(table, nlri, NONE), pathIdentifier, neighbor };
  }
}

function scopeOf({ table, neighbor }: WatchQuery): ChangeScope {
  if (table === 'advertised') return { kind: ChangeKind.Sent, neighbor: neighbor ?? '' };
  return { kind: table === 'received' ? ChangeKind.Received : ChangeKind.Best, neighbor: '' };
}

/** Throws ControlError `invalid-argument`. */
function checkQuery({ table, neighbor, rejected }: WatchQuery): void {
  if (table === 'advertised' && (neighbor === undefined || neighbor === '')) {
    throw invalidArgument('neighbor', 'advertised routes are those to one neighbor: name it, e.g. "192.0.2.1"');
  }
  if (rejected !== undefined && rejected !== false && table !== 'received') {
    throw invalidArgument('filter.rejected', 'routes are rejected as they are received: watch those, not the best or advertised ones');
  }
}
