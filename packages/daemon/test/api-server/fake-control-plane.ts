/**
 * A control plane in memory, without BGP, for tests of the API. It records what it was asked and does not filter.
 */

import { IPV4_UNICAST } from '@tsbgp/wire';
import {
  type AggregateState,
  type Batch,
  type ChangedNeighbor,
  type ConditionState,
  ControlError,
  type ControlPlane,
  type DampenedQuery,
  type DampenedRoutes,
  type ExplainQuery,
  type GlobalState,
  type Health,
  type LocalRoute,
  type LocalRouteKey,
  type NeighborConfig,
  type NeighborState,
  type PathQuery,
  type PrefixPaths,
  type ProcessState,
  type ResetKind,
  type Route,
  type RouteChanges,
  type RouteEvent,
  type RouteExplanation,
  type RouteQuery,
  type WatchQuery,
} from '../../src/control-plane.ts';
import { EventLog } from '../../src/events.ts';
import { completeDecision } from '../../src/keys/decision-keys.ts';
import type { MrtControl, MrtDump, MrtMessagesState, MrtTablesState } from '../../src/mrt-control.ts';
import type { PolicyPlane } from '../../src/policy-plane.ts';
import { checkPolicies } from '../../src/speaker/new-neighbor.ts';
import { FakeRpki } from './fake-rpki.ts';

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

/** A program that runs. */
const MRT_DUMP: MrtDump = {
  path: '/tmp/rib.2026.gz',
  startedAt: new Date(1_790_000_000_000),
  seconds: 1.5,
  peers: 3,
  records: 4,
  routes: 5,
  octets: 600,
  fileOctets: 70,
};
const MRT_TABLES: MrtTablesState = {
  config: { file: '/tmp/rib.%Y.gz', everyMinutes: 60, keep: 2 },
  isRunning: true,
  dumps: 7,
  failures: 8,
  nextAt: new Date(1_790_003_600_000),
  last: MRT_DUMP,
  lastError: 'full',
};
const MRT_MESSAGES: MrtMessagesState = {
  config: { file: '/tmp/u.%Y.gz', rotateMinutes: 5, keep: 2 },
  path: '/tmp/u.2026.gz',
  records: 9,
  files: 10,
  failures: 11,
  droppedOctets: 12,
  lastError: 'slow',
};
export const PROCESS: ProcessState = {
  name: 'anycast',
  command: ['/usr/local/bin/announce.py', '--fast'],
  apiVersion: 5,
  pid: 4711,
  restarts: 2,
  startedAt: new Date('2026-11-20T12:00:00Z'),
  lastEnd: 'code 1',
  commands: 17,
  errors: 1,
  lastError: 'found "x", allowed is a command in "x"',
  routes: 3,
  backlogBytes: 9,
  droppedLines: 4,
};

export class FakeControlPlane implements ControlPlane {
  table: Route[] = [];
  healthy = true;
  readonly events: EventLog = new EventLog();
  /** Tests of policies bring what they ask. */
  policies: PolicyPlane = {} as PolicyPlane;
  /** By what is asked for. */
  readonly prefixPaths: Map<string, PrefixPaths> = new Map();
  /** What `explain` answers beside the paths, and what it was asked. */
  explanation: Pick<RouteExplanation, 'comparisons' | 'neighbors'> = { comparisons: [], neighbors: [] };
  readonly explained: ExplainQuery[] = [];
  readonly neighbors: Map<string, NeighborState> = new Map();
  readonly injected: Map<string, LocalRoute> = new Map();
  readonly listeners: Set<Listener> = new Set();
  readonly queries: (RouteQuery | WatchQuery)[] = [];
  readonly dampenedQueries: DampenedQuery[] = [];
  /** `addedBy` of each batch of routes. */
  readonly adders: (string | undefined)[] = [];
  readonly resets: { address: string; kind: ResetKind; options: ResetOptions }[] = [];
  readonly disabled: Map<string, string | undefined> = new Map();
  readonly shutdowns: (string | undefined)[] = [];
  readonly rpki: FakeRpki = new FakeRpki();

  /** Tells every watcher. */
  tell(...events: RouteEvent[]): void {
    for (const listener of this.listeners) listener(events);
  }

  global(): GlobalState {
    const listen = [{ host: '::', port: 179 }];
    return {
      localAs: 65001,
      routerId: '192.0.2.1',
      clusterId: '192.0.2.1',
      listen,
      version: '0.1.0',
      startedAt: new Date('2026-11-20T12:00:00Z'),
      decision: completeDecision(),
    };
  }

  addNeighbor(config: NeighborConfig): NeighborState {
    if (this.neighbors.has(config.address)) {
      throw new ControlError('already-exists', 'neighbor.address', `neighbor ${config.address} exists already`);
    }
    checkPolicies(config, []);
    const state: NeighborState = {
      config,
      state: 'Active',
      adminState: config.enabled ? 'up' : 'down',
      counters: NO_COUNTERS,
      paths: 3,
      attributeSets: 1,
      prefixes: config.families.map((family) => ({
        family,
        received: 3,
        accepted: 2,
        advertised: 1,
        rejected: [{ reason: 'as-loop', count: 1 }],
        discarded: [{ reason: 'max-prefix', count: 7 }],
        withdrawn: 4,
        announcementsSent: 6,
        withdrawalsSent: 5,
        limitState: 'warning',
        refreshing: false,
        stale: 2,
        staleRoutes: { phase: 'long-lived', endsAt: new Date('2026-11-20T13:00:00Z') },
        prefixFilter: [{ sequence: 5, match: 'deny', prefix: '10.0.0.0/8', minLength: 0, maxLength: 24 }],
        awaitsPrefixFilter: false,
      })),
      flapCount: 0,
    };
    this.neighbors.set(config.address, state);
    return state;
  }

  async changeNeighbor(config: NeighborConfig, mayReset: boolean): Promise<ChangedNeighbor> {
    const before = this.getNeighbor(config.address);
    const resets = before.config.remoteAs !== config.remoteAs;
    if (resets && !mayReset) throw new ControlError('failed-precondition', 'reset_session', 'a change of remote-as resets the session');
    const neighbor = { ...before, config };
    this.neighbors.set(config.address, neighbor);
    return { neighbor, touched: resets ? ['session'] : ['export'] };
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

  async *routes(query: RouteQuery, signal: AbortSignal): AsyncGenerator<readonly Route[]> {
    for (let from = 0; from < this.table.length; from += 1000) {
      signal.throwIfAborted();
      this.queries.push(query);
      yield this.table.slice(from, from + 1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.table.length === 0) this.queries.push(query);
  }

  async routesPage(query: RouteQuery, limit: number): Promise<{ routes: readonly Route[]; next?: string }> {
    this.queries.push(query);
    if (limit > 1000) throw new ControlError('invalid-argument', 'page_size', `found ${limit}, allowed 1 to 1000`);
    const from = Number(query.after ?? 0);
    const routes = this.table.slice(from, from + limit);
    return from + limit < this.table.length ? { routes, next: String(from + limit) } : { routes };
  }

  explain(query: ExplainQuery): RouteExplanation {
    this.explained.push(query);
    return { ...this.paths(query), ...this.explanation };
  }

  aggregates(): AggregateState[] {
    return [
      { family: IPV4_UNICAST, prefix: '203.0.112.0/22', summaryOnly: true, mergeCommunities: false, attributes: [], contributors: 2 },
    ];
  }

  readonly mrt: MrtControl = { dumpTables: async () => MRT_DUMP, tables: () => MRT_TABLES, messages: () => MRT_MESSAGES };
  processes(): ProcessState[] {
    return [PROCESS];
  }

  conditions(): ConditionState[] {
    const condition = { name: 'lost', type: 'absent', prefixes: ['198.51.100.0/24'], holdSeconds: 30 } as const;
    return [{ ...condition, holds: true, isChanging: true, routes: 1, neighbors: 2 }];
  }

  dampened(query: DampenedQuery): DampenedRoutes {
    this.dampenedQueries.push(query);
    return {
      routes: [
        {
          family: IPV4_UNICAST,
          prefix: '203.0.113.0/24',
          neighbor: '192.0.2.1',
          penalty: 7000,
          flaps: 7,
          suppressed: true,
          announced: true,
          reuseSeconds: 2901,
        },
      ],
      count: 1,
    };
  }

  paths({ prefix, longestMatch }: PathQuery): PrefixPaths {
    const found = this.prefixPaths.get(longestMatch === true ? `longest match of ${prefix}` : prefix);
    if (found === undefined) throw new ControlError('not-found', 'prefix', `there is no path to ${prefix}`);
    return found;
  }

  watch(query: WatchQuery, signal: AbortSignal): AsyncIterable<RouteChanges> {
    this.queries.push(query);
    return this.#events(query, signal);
  }

  async *#events(query: WatchQuery, signal: AbortSignal): AsyncGenerator<RouteChanges> {
    const waiting: RouteEvent[] = [];
    let wake = (): void => undefined;
    const listener: Listener = (events) => {
      waiting.push(...events);
      wake();
    };
    this.listeners.add(listener);
    const onAbort = (): void => wake();
    signal.addEventListener('abort', onAbort);
    try {
      if (query.initial === true) {
        for (let from = 0; from < this.table.length; from += 1000) {
          yield changesOf(this.table.slice(from, from + 1000).map((route) => ({ type: 'announce', route }) as const));
        }
        yield changesOf([{ type: 'end-of-initial', sequence: 2 }]);
      }
      for (;;) {
        signal.throwIfAborted();
        if (waiting.length > 0) yield changesOf(waiting.splice(0, 1000));
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.listeners.delete(listener);
    }
  }

  async addRoutes(routes: Batch<LocalRoute>, options?: { readonly addedBy?: string }): Promise<void> {
    this.adders.push(options?.addedBy);
    const all = Array.from({ length: routes.length }, (_, index) => routes.at(index)!);
    const bad = all.findIndex(({ prefix }) => !prefix.includes('/'));
    if (bad >= 0) throw new ControlError('invalid-argument', `routes[${bad}].prefix`, `found "${all[bad]!.prefix}"`);
    for (const route of all) this.injected.set(route.prefix, route);
  }

  async deleteRoutes(keys: Batch<LocalRouteKey>): Promise<number> {
    return Array.from({ length: keys.length }, (_, index) => keys.at(index)!).filter(({ prefix }) => this.injected.delete(prefix)).length;
  }

  health(): Health {
    const { healthy } = this;
    return { healthy, uptimeSeconds: 7.5, neighbors: this.neighbors.size, established: 0, routes: this.table.length, rssBytes: 2 ** 33 };
  }

  metrics(): string {
    return 'tsbgp_up 1\n';
  }

  shutdown(reason?: string, isRestart = false): void {
    this.shutdowns.push(isRestart ? `restart ${reason ?? ''}` : reason);
  }
}

function changesOf(events: readonly RouteEvent[]): RouteChanges {
  return { events, instance: 'a1b2', sequence: events.at(-1)?.sequence ?? 0, latest: 9, resumableAfter: 1 };
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
