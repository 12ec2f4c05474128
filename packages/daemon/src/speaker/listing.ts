/**
 * Listings of the RIB in the order of prefixes, the best path of a prefix first: by page, or as a stream. They run in slices of the
 * background's budget.
 */
import { countOf, type FilterReason, type Rib, type RibPeer, type RibTable } from '@tsbgp/rib';
import { ControlError, invalidArgument, type Route, type RouteCursor, type RouteQuery } from '../control-plane.ts';
import type { Exposition } from '../metrics/exposition.ts';
import { type Background, Limit } from './background.ts';
import { formatCursor, parseCursor } from './listing-cursor.ts';
import { AdvertisedSource, PathSource, type Source } from './listing-sources.ts';
import { ListingWalk } from './listing-walk.ts';
import { type CompiledFilter, compileFilter } from './route-filter.ts';

/** Streams at a time. A stream whose client does not read takes about 2 MB: its place, a window, and what waits in the socket. */
export const STREAMS_MAX: number = 32;

/** Pages under way at a time. Streams are counted separately, so that clients that do not read cannot keep pages out. */
export const PAGES_MAX: number = 64;

/** Routes of one page, at most. */
export const PAGE_ROUTES_MAX: number = 1000;

/** Routes of one message of a stream, at most. Every stream whose client does not read holds one message. */
export const STREAM_ROUTES_MAX: number = 256;

/** Finds the RIB's peer of a neighbor; undefined while it has no session. Throws ControlError when there is no such neighbor. */
export type FindPeer = (address: string) => RibPeer | undefined;

export class Listings {
  readonly #rib: Rib;
  readonly #findPeer: FindPeer;
  readonly #background: Background;
  readonly #streams: Limit = limit(STREAMS_MAX, 'streams of routes');
  readonly #pages: Limit = limit(PAGES_MAX, 'pages of routes');

  constructor(rib: Rib, findPeer: FindPeer, background: Background) {
    this.#rib = rib;
    this.#findPeer = findPeer;
    this.#background = background;
  }

  /** Routes as the reader takes them, up to STREAM_ROUTES_MAX at a time. Rejects when `signal` aborts. Throws ControlError. */
  stream(query: RouteQuery, signal: AbortSignal): AsyncIterable<readonly Route[]> {
    const walk = this.#walk(query);
    const leave = this.#streams.enter();
    signal.addEventListener('abort', leave);
    return this.#messages(walk, signal, leave);
  }

  /** At most `limit` routes. Rejects with ControlError. */
  async page(query: RouteQuery, limit: number): Promise<{ routes: Route[]; next?: RouteCursor | undefined }> {
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_ROUTES_MAX) {
      throw invalidArgument('page_size', `found ${limit}, allowed 1 to ${PAGE_ROUTES_MAX}`);
    }
    const walk = this.#walk(query);
    const leave = this.#pages.enter();
    try {
      const routes: Route[] = [];
      while (routes.length < limit) {
        const more = await this.#slice(walk, limit - routes.length);
        if (more.length === 0) return { routes };
        for (const route of more) routes.push(route);
      }
      const next = formatCursor(walk.cursor);
      const isLast = (await this.#slice(walk, 1)).length === 0;
      return isLast ? { routes } : { routes, next };
    } finally {
      leave();
    }
  }

  readonly addMetrics = (out: Exposition): void => {
    const under = out.gauge('tsbgp_listings', 'Listings of routes under way, by kind.');
    const max = out.gauge('tsbgp_listings_max', 'Listings that there may be at a time, by kind.');
    const refused = out.counter('tsbgp_listings_refused_total', 'Listings refused because there were too many, by kind.');
    for (const [kind, { count, max: bound, refused: refusals }] of [
      ['stream', this.#streams],
      ['page', this.#pages],
    ] as const) {
      under.add({ kind }, count);
      max.add({ kind }, bound);
      refused.add({ kind }, refusals);
    }
  };

  async *#messages(walk: ListingWalk, signal: AbortSignal, leave: () => void): AsyncGenerator<readonly Route[]> {
    try {
      for (;;) {
        // A stream that was cut short must not look like a whole table.
        signal.throwIfAborted();
        const routes = await this.#slice(walk, STREAM_ROUTES_MAX);
        if (routes.length === 0) break;
        yield routes;
      }
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  }

  /** The next routes: what one slice of the background finds, at most `max`. None at the end. */
  async #slice(walk: ListingWalk, max: number): Promise<Route[]> {
    const routes: Route[] = [];
    await this.#background.run((deadline) => {
      while (walk.take(routes, max)) {
        if (performance.now() >= deadline) return routes.length > 0;
      }
      return true;
    });
    return routes;
  }

  #walk(query: RouteQuery): ListingWalk {
    const after = query.after === undefined ? undefined : parseCursor(query.after);
    const filter = compileFilter(this.#rib, query);
    const parts = filter.tables.map((table) => ({ table, source: this.#source(query, filter, table) }));
    return new ListingWalk(filter, parts, after);
  }

  /** Where the routes of a prefix are found; undefined: the table has none for this query. */
  #source(query: RouteQuery, filter: CompiledFilter, table: RibTable): Source | undefined {
    const rib = this.#rib;
    if (query.table === 'advertised') {
      if (query.neighbor === undefined || query.neighbor === '') {
        throw invalidArgument('neighbor', 'advertised routes are those to one neighbor: name it, e.g. "192.0.2.1"');
      }
      const peer = this.#findPeer(query.neighbor);
      const member = peer && rib.memberOf(peer, table.family);
      return member && new AdvertisedSource(filter, member);
    }
    const { rejected } = query;
    const onlyRejected = rejected !== undefined && rejected !== false;
    if (onlyRejected && query.table !== 'received') {
      throw invalidArgument('filter.rejected', 'routes are rejected as they are received: list those, not the best or advertised ones');
    }
    let peer: RibPeer | 'local' | undefined;
    if (query.neighbor !== undefined) {
      peer = query.neighbor === '' ? 'local' : this.#findPeer(query.neighbor);
      if (peer === undefined) return undefined;
    }
    // The counts are kept: a table without such routes is not walked.
    if (onlyRejected && !rib.peers.some((each) => (peer ?? each) === each && hasRejected(each, table, rejected))) return undefined;
    return new PathSource(filter, table, { peer, bestOnly: query.table === 'best', states: rib.validation?.states });
  }
}

/** Whether a peer has routes that are rejected, for this reason or for any. */
function hasRejected(peer: RibPeer | undefined, { position }: RibTable, reason: true | FilterReason): boolean {
  if (peer === undefined) return false;
  if (reason === true) return peer.received[position]! > peer.accepted[position]!;
  return countOf(peer.rejected[position]!, reason) > 0;
}

function limit(bound: number, what: string): Limit {
  const message = (max: number): string => `${max} ${what} are under way, which is the limit; try again when one has ended`;
  return new Limit(bound, (max) => new ControlError('resource-exhausted', '', message(max)));
}
