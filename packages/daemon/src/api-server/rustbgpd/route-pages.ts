/**
 * Pages of routes whose token is the place of the next route, counted from 0, with the number of all routes that match. The control plane has
 * neither, so:
 *
 *     1. The first page walks the whole table and counts, unless the control plane counts such routes anyway.
 *     2. Where a page ends is remembered with the count. The next page begins there and walks no further than it needs.
 *     3. A token that is not remembered is found by a walk from the beginning.
 */
import type { ControlPlane, Route, RouteQuery } from '../../control-plane.ts';

export interface RoutePage {
  readonly routes: readonly Route[];
  /** The place of the next page; undefined at the end. */
  readonly next: number | undefined;
  readonly total: number;
}

export interface PagedQuery {
  readonly query: RouteQuery;
  /** What the query of the control plane cannot say. */
  readonly matches: (route: Route) => boolean;
  /** Identifies both. */
  readonly key: string;
  /** How many routes there are, where that is known without a walk. */
  readonly total: number | undefined;
}

interface Remembered {
  readonly cursor: string;
  readonly total: number;
}

/** Ends of pages that are remembered, of all clients. */
const REMEMBERED_MAX = 256;

/** Routes of one look into the table, the most that the control plane gives. */
const LOOK_ROUTES = 1000;

export class RoutePages {
  readonly #control: ControlPlane;
  /** The latest ones last. */
  readonly #ends: Map<string, Remembered> = new Map();

  constructor(control: ControlPlane) {
    this.#control = control;
  }

  /** Throws what the listing throws, and when `signal` aborts. */
  async page(paged: PagedQuery, from: number, size: number, signal: AbortSignal): Promise<RoutePage> {
    const known = this.#ends.get(`${paged.key} ${from}`);
    let place = known === undefined ? 0 : from;
    let after = known?.cursor;
    let end: string | undefined;
    const routes: Route[] = [];
    do {
      signal.throwIfAborted();
      // Never beyond the end of the page, or of what is skipped: a cursor is after all routes of a look.
      const open = place < from ? from - place : size - routes.length;
      const isFull = routes.length === size;
      const found = await this.#control.routesPage({ ...paged.query, after }, Math.min(LOOK_ROUTES, isFull ? LOOK_ROUTES : open));
      for (const route of found.routes) {
        if (!paged.matches(route)) continue;
        if (place >= from && routes.length < size) routes.push(route);
        place++;
      }
      after = found.next;
      if (!isFull && routes.length === size) end = after;
      if ((known?.total ?? paged.total) !== undefined && routes.length === size) break;
    } while (after !== undefined);
    const total = paged.total ?? known?.total ?? place;
    const next = from + routes.length;
    if (routes.length < size || end === undefined) return { routes, next: undefined, total };
    this.#remember(`${paged.key} ${next}`, { cursor: end, total });
    return { routes, next, total };
  }

  #remember(key: string, end: Remembered): void {
    this.#ends.delete(key);
    this.#ends.set(key, end);
    if (this.#ends.size > REMEMBERED_MAX) this.#ends.delete(this.#ends.keys().next().value!);
  }
}
