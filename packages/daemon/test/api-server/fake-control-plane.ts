/**
 * A control plane in memory, without BGP: what the API's tests put behind the API. It remembers what it was asked; it does not filter.
 */
import { IPV4_UNICAST } from '@tsbgp/wire';
import {
  ControlError,
  type ControlPlane,
  type GlobalState,
  type Health,
  type LocalRoute,
  type LocalRouteKey,
  type NeighborConfig,
  type NeighborState,
  type PathQuery,
  type PrefixPaths,
  type ResetKind,
  type Route,
  type RouteEvent,
  type RouteQuery,
  type WatchQuery,
} from '../../src/control-plane.ts';
import { EventLog } from '../../src/events.ts';

type Listener = (events: readonly RouteEvent[]) => void;
type ResetOptions = Parameters<ControlPlane['resetNeighbor']>[2];

const NO_COUNTERS: NeighborState['counters'] = {
  opensSent: 1,
  opensReceived: 1,
  updatesSent: 0,
  updatesReceived: 0,
  keepalivesSent: 0,
  keepalivesReceived: 0,
  notificationsSent: 0,
  notificationsReceived: 0,
  routeRefreshesSent: 0,
  routeRefreshesReceived: 0,
  bytesSent: 0,
  bytesReceived: 2 ** 40,
};

export class FakeControlPlane implements ControlPlane {
  table: Route[] = [];
  healthy = true;
  readonly events: EventLog = new EventLog();
  /** By what is asked for. */
  readonly prefixPaths: Map<string, PrefixPaths> = new Map();
  readonly neighbors: Map<string, NeighborState> = new Map();
  readonly injected: Map<string, LocalRoute> = new Map();
  readonly listeners: Set<Listener> = new Set();
  readonly queries: (RouteQuery | WatchQuery)[] = [];
  readonly resets: { address: string; kind: ResetKind; options: ResetOptions }[] = [];
  readonly disabled: Map<string, string | undefined> = new Map();
  readonly shutdowns: (string | undefined)[] = [];

  /** Tells every watcher. */
  tell(...events: RouteEvent[]): void {
    for (const listener of this.listeners) listener(events);
  }

  global(): GlobalState {
    const listen = [{ host: '::', port: 179 }];
    return { localAs: 65001, routerId: '192.0.2.1', listen, version: '0.1.0', startedAt: new Date('2026-11-20T12:00:00Z') };
  }

  addNeighbor(config: NeighborConfig): NeighborState {
    if (this.neighbors.has(config.address)) {
      throw new ControlError('already-exists', 'neighbor.address', `neighbor ${config.address} exists already`);
    }
    const state: NeighborState = {
      config,
      state: 'Active',
      adminState: config.enabled ? 'up' : 'down',
      counters: NO_COUNTERS,
      prefixes: config.families.map((family) => ({ family, received: 3, accepted: 2, advertised: 1 })),
      flapCount: 0,
    };
    this.neighbors.set(config.address, state);
    return state;
  }

  async deleteNeighbor(address: string): Promise<void> {
    this.getNeighbor(address);
    this.neighbors.delete(address);
  }

  listNeighbors(): NeighborState[] {
    return [...this.neighbors.values()];
  }

  getNeighbor(address: string): NeighborState {
    const state = this.neighbors.get(address);
    if (state === undefined) throw new ControlError('not-found', 'address', `no neighbor ${address}`);
    return state;
  }

  enableNeighbor(address: string): void {
    this.neighbors.set(address, { ...this.getNeighbor(address), adminState: 'up' });
  }

  disableNeighbor(address: string, reason?: string): void {
    this.neighbors.set(address, { ...this.getNeighbor(address), adminState: 'down' });
    this.disabled.set(address, reason);
  }

  resetNeighbor(address: string, kind: ResetKind, options?: ResetOptions): void {
    this.getNeighbor(address);
    this.resets.push({ address, kind, options });
  }

  routes(): Iterable<Route> {
    return this.table;
  }

  routesPage(query: RouteQuery, limit: number): { routes: readonly Route[]; next?: string } {
    this.queries.push(query);
    if (limit > 1000) throw new ControlError('invalid-argument', 'page_size', `found ${limit}, allowed 1 to 1000`);
    const from = Number(query.after ?? 0);
    const routes = this.table.slice(from, from + limit);
    return from + limit < this.table.length ? { routes, next: String(from + limit) } : { routes };
  }

  paths({ prefix, longestMatch }: PathQuery): PrefixPaths {
    const found = this.prefixPaths.get(longestMatch === true ? `longest match of ${prefix}` : prefix);
    if (found === undefined) throw new ControlError('not-found', 'prefix', `there is no path to ${prefix}`);
    return found;
  }

  watch(query: WatchQuery, listener: Listener): () => void {
    this.queries.push(query);
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  addRoutes(routes: readonly LocalRoute[]): void {
    const bad = routes.findIndex(({ prefix }) => !prefix.includes('/'));
    if (bad >= 0) throw new ControlError('invalid-argument', `routes[${bad}].prefix`, `found "${routes[bad]!.prefix}"`);
    for (const route of routes) this.injected.set(route.prefix, route);
  }

  deleteRoutes(keys: readonly LocalRouteKey[]): number {
    return keys.filter(({ prefix }) => this.injected.delete(prefix)).length;
  }

  health(): Health {
    const { healthy } = this;
    return { healthy, uptimeSeconds: 7.5, neighbors: this.neighbors.size, established: 0, routes: this.table.length, rssBytes: 2 ** 33 };
  }

  metrics(): string {
    return 'tsbgp_up 1\n';
  }

  shutdown(reason?: string): void {
    this.shutdowns.push(reason);
  }
}

export function fakeRoute(index: number): Route {
  return {
    family: IPV4_UNICAST,
    prefix: `10.${index >> 8}.${index & 0xff}.0/24`,
    neighbor: '192.0.2.2',
    nextHop: '192.0.2.2',
    attributes: [
      { type: 'origin', flags: 0x40, value: 'igp' },
      { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: [65002, 4_200_000_000] }] },
      { type: 'next-hop', flags: 0x40, value: '192.0.2.2' },
    ],
    best: true,
    filtered: false,
    learnedAt: new Date('2026-11-20T12:00:00Z'),
  };
}
