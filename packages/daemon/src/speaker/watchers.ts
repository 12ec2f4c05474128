/**
 * Watchers of the RIB. With none, nothing is observed and nothing costs; with one, an object is made per change that it asked for.
 */
import { type NlriId, NONE, type PathId, type Rib, type RibTable } from '@tsbgp/rib';
import type { RouteEvent, WatchQuery } from '../control-plane.ts';
import { type FindPeer, listRoutes } from './listing.ts';
import { type CompiledFilter, compileFilter } from './route-filter.ts';
import { prefixOf, receivedRoute } from './route-view.ts';

/** Events told at once while a listener is given everything there is. */
const INITIAL_SLICE = 1000;

interface Watcher {
  readonly query: WatchQuery;
  readonly filter: CompiledFilter;
  readonly listener: (events: readonly RouteEvent[]) => void;
  events: RouteEvent[];
  active: boolean;
}

export class Watchers {
  readonly #rib: Rib;
  readonly #findPeer: FindPeer;
  readonly #watchers: Set<Watcher> = new Set();

  constructor(rib: Rib, findPeer: FindPeer) {
    this.#rib = rib;
    this.#findPeer = findPeer;
  }

  watch(query: WatchQuery, listener: (events: readonly RouteEvent[]) => void): () => void {
    const watcher: Watcher = { query, filter: compileFilter(this.#rib, query), listener, events: [], active: true };
    this.#watchers.add(watcher);
    this.#observe();
    if (query.initial === true) this.#tellInitial(watcher);
    return () => {
      watcher.active = false;
      this.#watchers.delete(watcher);
      this.#observe();
    };
  }

  /** Tells each watcher what the turn brought. */
  flush(): void {
    for (const watcher of this.#watchers) {
      if (watcher.events.length === 0) continue;
      const { events } = watcher;
      watcher.events = [];
      watcher.listener(events);
    }
  }

  #observe(): void {
    const watchers = [...this.#watchers];
    const wants = (table: 'best' | 'received'): boolean => watchers.some(({ query }) => (query.table ?? 'best') === table);
    this.#rib.bestObserver = wants('best') ? this.#bestChanged : undefined;
    for (const table of this.#rib.tables) {
      table.observer = wants('received') ? (nlri, path, announced) => this.#pathChanged(table, nlri, path, announced) : undefined;
    }
  }

  readonly #bestChanged = (table: RibTable, nlri: NlriId): void => {
    const path = table.best[nlri]! as PathId;
    for (const watcher of this.#watchers) {
      if ((watcher.query.table ?? 'best') !== 'best' || !this.#wants(watcher, table, nlri)) continue;
      const shown = path !== NONE && this.#wantsPath(watcher, table, path);
      watcher.events.push(shown ? this.#announce(table, nlri, path) : this.#withdraw(table, nlri, ''));
    }
  };

  #pathChanged(table: RibTable, nlri: NlriId, path: PathId, announced: boolean): void {
    for (const watcher of this.#watchers) {
      if (watcher.query.table !== 'received' || !this.#wants(watcher, table, nlri) || !this.#wantsPath(watcher, table, path)) continue;
      const neighbor = this.#rib.peers[table.pathPeer[path]!]?.options.name ?? '';
      watcher.events.push(announced ? this.#announce(table, nlri, path) : this.#withdraw(table, nlri, neighbor));
    }
  }

  #wants(watcher: Watcher, table: RibTable, nlri: NlriId): boolean {
    return watcher.filter.tables.includes(table) && watcher.filter.matchesNlri(table, nlri);
  }

  #wantsPath(watcher: Watcher, table: RibTable, path: PathId): boolean {
    const { neighbor } = watcher.query;
    if (neighbor !== undefined && this.#rib.peers[table.pathPeer[path]!]?.options.name !== neighbor) return false;
    return watcher.filter.matchesAttributes(table.pathAttr[path]!);
  }

  #announce(table: RibTable, nlri: NlriId, path: PathId): RouteEvent {
    return { type: 'announce', route: receivedRoute(this.#rib, table, nlri, path) };
  }

  #withdraw(table: RibTable, nlri: NlriId, neighbor: string): RouteEvent {
    return { type: 'withdraw', family: table.family, prefix: prefixOf(table, nlri), neighbor };
  }

  /** Everything there is, a slice per turn; changes meanwhile are told as they come. */
  #tellInitial(watcher: Watcher): void {
    const routes = listRoutes(this.#rib, { ...watcher.query, table: watcher.query.table ?? 'best' }, this.#findPeer)[Symbol.iterator]();
    const slice = (): void => {
      if (!watcher.active) return;
      const events: RouteEvent[] = [];
      while (events.length < INITIAL_SLICE) {
        const next = routes.next();
        if (next.done === true) {
          watcher.listener([...events, { type: 'end-of-initial' }]);
          return;
        }
        events.push({ type: 'announce', route: next.value });
      }
      watcher.listener(events);
      setImmediate(slice);
    };
    setImmediate(slice);
  }
}
