/**
 * Listings of the RIB in the order of prefixes: by address, then by length; of one prefix the best path first. The RIB has no such order,
 * so a listing takes one window of prefixes after the other (NlriWindow of @tsbgp/rib) and serves routes from it, all in slices of the
 * background's budget. Its memory is one window, however large the table is.
 *
 * A place in a listing is a prefix and what has been told of it: it stays valid while routes come and go, and each route that is there all
 * the time is told exactly once.
 */
import { type NlriId, type NlriIndex, NlriWindow, NONE, type Rib, type RibPeer, type RibTable } from '@tsbgp/rib';
import { ControlError, type Route, type RouteCursor, type RouteQuery } from '../control-plane.ts';
import type { Exposition } from '../metrics/exposition.ts';
import { type Background, Limit } from './background.ts';
import { type Cursor, formatCursor, NOTHING_TOLD, parseCursor, type Told, wrongToken } from './listing-cursor.ts';
import { AdvertisedSource, PathSource, type Source } from './listing-sources.ts';
import { type CompiledFilter, compileFilter } from './route-filter.ts';

/** Streams at a time. A stream that is not read keeps its place, a window, and what the socket holds: about 2 MB. */
export const STREAMS_MAX: number = 32;

/** Pages that are being made at a time; streams that are not read do not take their places. */
export const PAGES_MAX: number = 64;

/** Routes of one page, at most. */
export const PAGE_ROUTES_MAX: number = 1000;

/** Routes of one message of a stream, at most: each stream that is not read keeps one message. */
export const STREAM_ROUTES_MAX: number = 256;

/** Prefixes of the first window of a listing, and of its largest one: each is twice as large as the one before. */
const WINDOW_MIN = 512;
const WINDOW_MAX = 8192;

/** Ids looked at between two looks at the clock. */
const STEP_IDS = 16_384;

/** Finds the RIB's peer of a neighbor that must exist; undefined while it has no session. */
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
    const listing = this.#listing(query);
    const leave = this.#streams.enter();
    signal.addEventListener('abort', leave);
    return this.#messages(listing, signal, leave);
  }

  /** At most `limit` routes. Rejects with ControlError. */
  async page(query: RouteQuery, limit: number): Promise<{ routes: Route[]; next?: RouteCursor | undefined }> {
    if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_ROUTES_MAX) {
      throw new ControlError('invalid-argument', 'page_size', `found ${limit}, allowed 1 to ${PAGE_ROUTES_MAX}`);
    }
    const listing = this.#listing(query);
    const leave = this.#pages.enter();
    try {
      const routes: Route[] = [];
      while (routes.length < limit) {
        const more = await this.#slice(listing, limit - routes.length);
        if (more.length === 0) return { routes };
        for (const route of more) routes.push(route);
      }
      const next = formatCursor(listing.cursor);
      const isLast = (await this.#slice(listing, 1)).length === 0;
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

  async *#messages(listing: Listing, signal: AbortSignal, leave: () => void): AsyncGenerator<readonly Route[]> {
    try {
      for (;;) {
        // Half a table must not end as a whole one does.
        signal.throwIfAborted();
        const routes = await this.#slice(listing, STREAM_ROUTES_MAX);
        if (routes.length === 0) break;
        yield routes;
      }
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  }

  /** The next routes, as many as one slice brings and at most `max`; none at the end. */
  async #slice(listing: Listing, max: number): Promise<Route[]> {
    const routes: Route[] = [];
    await this.#background.run((deadline) => {
      while (listing.take(routes, max)) {
        if (performance.now() >= deadline) return routes.length > 0;
      }
      return true;
    });
    return routes;
  }

  #listing(query: RouteQuery): Listing {
    const after = query.after === undefined ? undefined : parseCursor(query.after);
    const filter = compileFilter(this.#rib, query);
    const parts = filter.tables.map((table) => ({ table, source: this.#source(query, filter, table) }));
    return new Listing(filter, parts, after);
  }

  /** How routes of one prefix are found. */
  #source(query: RouteQuery, filter: CompiledFilter, table: RibTable): Source | undefined {
    const rib = this.#rib;
    if (query.table === 'advertised') {
      if (query.neighbor === undefined || query.neighbor === '') {
        throw new ControlError('invalid-argument', 'neighbor', 'advertised routes are those to one neighbor: name it, e.g. "192.0.2.1"');
      }
      const peer = this.#findPeer(query.neighbor);
      const member = peer && rib.memberOf(peer, table.family);
      return member && new AdvertisedSource(filter, member);
    }
    let peer: RibPeer | undefined;
    if (query.neighbor !== undefined) {
      peer = query.neighbor === '' ? rib.localPeer : this.#findPeer(query.neighbor);
      if (peer === undefined) return undefined;
    }
    return new PathSource(filter, table, peer, query.table === 'best');
  }
}

function limit(bound: number, what: string): Limit {
  const message = (max: number): string => `${max} ${what} are under way, which is the limit; try again when one has ended`;
  return new Limit(bound, (max) => new ControlError('resource-exhausted', '', message(max)));
}

interface Part {
  readonly table: RibTable;
  readonly source: Source | undefined;
}

/** A walk over the prefixes of one table after the other. */
class Listing {
  readonly #filter: CompiledFilter;
  readonly #parts: readonly Part[];
  #at = 0;
  #window: NlriWindow | undefined;
  #windowSize = WINDOW_MIN;
  /** Next place in the window. */
  #place = 0;
  /** The key of the last prefix that was looked at, and what of it was told; undefined: all. */
  #key: Float64Array = new Float64Array(0);
  #told: Told | undefined;
  /** Of an earlier page: its last prefix, where not all of it was told. */
  #resumed: Cursor | undefined;
  /** Where prefixes of this table end. */
  #upTo: Float64Array = new Float64Array(0);
  /** Prefixes that the filter names, in order; undefined: a window. */
  #named: NlriId[] | undefined;

  constructor(filter: CompiledFilter, parts: readonly Part[], after: Cursor | undefined) {
    this.#filter = filter;
    const from = after === undefined ? 0 : parts.findIndex(({ table }) => table.position >= after.table);
    this.#parts = from === -1 ? [] : parts.slice(from);
    this.#enter(after !== undefined && this.#parts[0]?.table.position === after.table ? after : undefined);
  }

  /** The place after the last route that was taken. */
  get cursor(): Cursor {
    const { table } = this.#parts[Math.min(this.#at, this.#parts.length - 1)]!;
    return { table: table.position, key: this.#key.slice(), told: this.#told };
  }

  /** Takes one step: some ids for a window, or the routes of one prefix. False when `routes` has `max` of them or nothing is left. */
  take(routes: Route[], max: number): boolean {
    const part = this.#parts[this.#at];
    if (part === undefined || routes.length >= max) return false;
    if (part.source === undefined) return this.#leave();
    const nlri = this.#named === undefined ? this.#nextOfWindow(part.table) : this.#nextNamed(part.table);
    if (nlri === undefined) return this.#leave();
    if (nlri === NONE) return true;
    this.#told = part.source.add(routes, max, nlri, this.#told ?? this.#toldBefore() ?? NOTHING_TOLD);
    if (this.#told === undefined) this.#place++;
    return routes.length < max;
  }

  #enter(after: Cursor | undefined): void {
    const part = this.#parts[this.#at];
    if (part === undefined) return;
    const { index } = part.table;
    const range = this.#filter.range(part.table);
    this.#upTo = range.upTo;
    this.#key = range.after;
    this.#told = undefined;
    this.#named = this.#filter.candidates(part.table)?.slice();
    this.#window = undefined;
    this.#place = 0;
    this.#resumed = undefined;
    if (after === undefined) return;
    if (after.key.length !== index.keyWords) throw wrongToken();
    if (compare(after.key, this.#key) > 0) {
      this.#key = after.key.slice();
      if (after.told !== undefined) {
        // The prefix itself comes once more: something of it is left to tell.
        this.#key[index.keyWords - 1]!--;
        this.#resumed = after;
      }
    }
    const first = this.#key;
    this.#named = this.#named?.filter((nlri) => compare(keyOf(index, nlri), first) > 0);
  }

  /** What an earlier page told of this prefix. */
  #toldBefore(): Told | undefined {
    const resumed = this.#resumed;
    this.#resumed = undefined;
    return resumed !== undefined && compare(resumed.key, this.#key) === 0 ? resumed.told : undefined;
  }

  /** To the next table. */
  #leave(): boolean {
    this.#at++;
    if (this.#at >= this.#parts.length) {
      this.#at = this.#parts.length;
      return false;
    }
    this.#enter(undefined);
    return true;
  }

  /** The prefix to look at; NONE when there is none yet, undefined when there is none left. */
  #nextNamed({ index }: RibTable): NlriId | undefined {
    const nlri = this.#named![this.#place];
    if (nlri === undefined) return undefined;
    if (index.isLive(nlri)) {
      this.#key = keyOf(index, nlri);
      return nlri;
    }
    this.#place++;
    this.#told = undefined;
    return NONE as NlriId;
  }

  #nextOfWindow({ index }: RibTable): NlriId | undefined {
    const window = this.#window;
    if (window === undefined) {
      this.#window = new NlriWindow(index);
      this.#window.begin(this.#key, this.#upTo, this.#windowSize);
      return NONE as NlriId;
    }
    if (!window.filled) {
      window.step(STEP_IDS);
      return NONE as NlriId;
    }
    if (this.#place >= window.count) {
      if (window.isLast) return undefined;
      this.#windowSize = Math.min(this.#windowSize * 2, WINDOW_MAX);
      this.#place = 0;
      this.#key.set(window.end);
      this.#told = undefined;
      window.begin(this.#key, this.#upTo, this.#windowSize);
      return NONE as NlriId;
    }
    const nlri = window.idAt(this.#place);
    if (nlri === NONE) {
      this.#place++;
      this.#told = undefined;
    } else {
      window.readKey(this.#place, this.#key);
    }
    return nlri;
  }
}

function keyOf(index: NlriIndex, nlri: NlriId): Float64Array {
  const words = new Uint32Array(index.keyWords);
  index.writeKey(nlri, words, 0);
  return Float64Array.from(words);
}

/** Negative when the prefix with key `a` comes before that with key `b`. */
function compare(a: Float64Array, b: Float64Array): number {
  for (let word = 0; word < a.length; word++) {
    const difference = a[word]! - (b[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
