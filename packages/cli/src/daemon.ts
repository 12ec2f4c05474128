/**
 * The daemon as the commands see it. A command calls the API itself, with `call` and `stream`; the other methods are what several commands ask,
 * or what takes several calls. `connect.ts` speaks to a real daemon; tests bring their own. Every method rejects with a CliError.
 */
import type { PathAttribute } from '@tsbgp/wire';
import type { Api } from './api.ts';
import type { NeighborRequest } from './neighbor-config.ts';
import type { NeighborView } from './views/neighbor.ts';
import type { FilterReasonView, PrefixPathsView, RouteView } from './views/route.ts';

export interface Daemon extends Api {
  listNeighbors(): Promise<readonly NeighborView[]>;
  getNeighbor(address: string): Promise<NeighborView>;
  addNeighbor(request: NeighborRequest): Promise<NeighborView>;

  /** All paths of a prefix, or of the longest match of an address. Rejects with exit code 1 where there is none. */
  paths(prefix: string): Promise<PrefixPathsView>;
  /** Yields batches as they arrive, so that memory does not grow with the table. */
  routes(query: RouteQuery): AsyncIterable<readonly RouteView[]>;
  /** Resolves with how many were taken. `addedBy` is shown in listings. */
  addRoutes(batches: AsyncIterable<readonly RouteRequest[]>, addedBy?: string): Promise<number>;
  /** Resolves with the number of routes that existed. */
  deleteRoutes(batches: AsyncIterable<readonly RouteKeyRequest[]>): Promise<number>;
}

export interface RouteFilter {
  readonly family?: string | undefined;
  readonly prefix?: string | undefined;
  readonly match?: 'exact' | 'longer' | 'shorter' | undefined;
  readonly originAs?: number | undefined;
  readonly community?: string | undefined;
  /** Only routes that are kept out of the decision process, for this reason or for any. */
  readonly rejected?: FilterReasonView | true | undefined;
}

export interface RouteQuery extends RouteFilter {
  readonly table: 'best' | 'received' | 'advertised';
  readonly neighbor?: string | undefined;
  readonly limit?: number | undefined;
}

export interface RouteKeyRequest {
  /** A prefix, or with `family` an NLRI of it as text. */
  readonly prefix: string;
  /** A family whose NLRI are no plain prefixes. */
  readonly family?: string | undefined;
  /** Where it was written, for error messages: `line 7`, `routes.txt:7`; '' for the command line. */
  readonly place: string;
}

export interface RouteRequest extends RouteKeyRequest {
  readonly nextHop: string;
  /** Without next hop. */
  readonly attributes: readonly PathAttribute[];
}
