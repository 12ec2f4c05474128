/**
 * The speaker: sessions on one side, the RIB on the other, and the control plane over both. It connects its parts and decides nothing about
 * routes.
 *
 *     Neighbors -> Sessions -> Rib -> Listings, Watchers, LocalRoutes
 *                      Turns: when the RIB works        Background: when the others do
 */
import { BrokenInvariant, Rib } from '@tsbgp/rib';
import { type Logger, type Peer, Server } from '@tsbgp/session';
import { CeaseSubcode, type Family, parseIpv4, readU32 } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import type {
  Batch,
  ControlPlane,
  Endpoint,
  FamilyCounts,
  GlobalState,
  Health,
  LocalRoute,
  LocalRouteKey,
  NeighborConfig,
  NeighborState,
  PathQuery,
  PrefixPaths,
  ResetKind,
  Route,
  RouteChanges,
  RouteCursor,
  RouteQuery,
  WatchQuery,
} from '../control-plane.ts';
import { EventLog } from '../events.ts';
import type { MetricSource } from '../metrics/exposition.ts';
import { addSessionMetrics } from '../metrics/sessions.ts';
import { Background } from './background.ts';
import { KernelMemory } from './kernel-memory.ts';
import { Listings } from './listing.ts';
import { LocalRoutes } from './local-routes.ts';
import { addBackground, renderMetrics } from './metrics.ts';
import type { Neighbor } from './neighbor.ts';
import { Neighbors } from './neighbors.ts';
import { pathsOf } from './paths.ts';
import { RouteReport } from './route-report.ts';
import { Sessions } from './sessions.ts';
import { checkReason } from './shutdown-reason.ts';
import { Turns } from './turns.ts';
import { Watchers } from './watchers.ts';

export interface SpeakerOptions {
  readonly localAs: number;
  readonly routerId: string;
  readonly logger: Logger;
  readonly version: string;
  /** A client of the API asked the daemon to stop. */
  readonly onShutdown: (reason?: string) => void;
  readonly boundaries: Boundaries;
  /** Metrics of other parts of the daemon, for `metrics()`. Parts may join later. @default none */
  readonly metricSources?: readonly MetricSource[] | undefined;
  /** Options of the session library. @default the library's */
  readonly descriptorMax?: number | undefined;
  readonly halfOpenMax?: number | undefined;
}

export class Speaker implements ControlPlane {
  readonly events: EventLog = new EventLog();
  readonly #options: SpeakerOptions;
  readonly #server: Server;
  readonly #rib: Rib;
  readonly #turns: Turns;
  readonly #sessions: Sessions;
  readonly #neighbors: Neighbors;
  readonly #listings: Listings;
  readonly #watchers: Watchers;
  readonly #localRoutes: LocalRoutes;
  readonly #metricSources: readonly MetricSource[];
  readonly #listen: Endpoint[] = [];
  readonly #startedAt: Date = new Date();
  /** By the monotonic clock. */
  readonly #startedMs: number = performance.now();

  constructor(options: SpeakerOptions) {
    const { localAs, routerId, logger, boundaries } = options;
    const { events } = this;
    this.#options = options;
    this.#server = new Server({
      routerId,
      logger,
      descriptorMax: options.descriptorMax,
      halfOpenMax: options.halfOpenMax,
      isFatal: (error) => error instanceof BrokenInvariant,
      onError: (error, { place, peer }) =>
        boundaries.caught('session', { neighbor: peer?.config.remoteAddress, state: peer?.state, callback: place }, error),
    });
    const report = new RouteReport({
      logger,
      boundaries,
      events,
      onEndOfRib: (peer, family) => this.#sessions.endOfRib(peer, family),
      endSession: (peer) => this.#sessions.exportFailed(peer),
    });
    const rib = new Rib({
      localAs,
      bgpIdentifier: readU32(parseIpv4(routerId) ?? new Uint8Array(4), 0),
      observer: report,
      exportObserver: report,
    });
    rib.nowSeconds = Math.floor(Date.now() / 1000);
    this.#rib = rib;
    const kernelMemory = new KernelMemory();
    this.#turns = new Turns(
      rib,
      {
        pause: () => this.#eachPeer((peer) => peer.pauseReading()),
        resume: () => this.#eachPeer((peer) => peer.resumeReading()),
        turnEnded: () => this.#turnEnded(),
        mustHold: () => kernelMemory.isFull(rib.sessionCount),
      },
      boundaries,
    );
    const schedule = (): void => this.#turns.schedule();
    const addresses = (): Iterable<string> => this.#neighbors.addresses();
    this.#sessions = new Sessions({ rib, logger, boundaries, events, report, schedule, addresses });
    this.#neighbors = new Neighbors({
      localAs,
      server: this.#server,
      rib,
      events,
      listen: this.#listen,
      plugin: (neighbor) => this.#sessions.plugin(neighbor),
    });
    const background = new Background();
    this.#listings = new Listings(rib, (address) => this.#neighbors.find(address).ribPeer, background);
    this.#watchers = new Watchers({ rib, listings: this.#listings, background, boundaries, schedule });
    this.#localRoutes = new LocalRoutes({ rib, background, schedule });
    this.#metricSources = [
      (out) => addBackground(out, background),
      this.#listings.addMetrics,
      this.#watchers.addMetrics,
      this.#localRoutes.addMetrics,
    ];
  }

  async listen(endpoint: Endpoint): Promise<Endpoint> {
    const bound = await this.#server.listen({ ...endpoint, ipv6Only: true });
    this.#listen.push(bound);
    return bound;
  }

  /** Cease/2 with `reason` to every peer; resolves when every session and listener is closed. */
  async close(reason?: string): Promise<void> {
    await this.#server.close(reason);
  }

  /** For a state that cannot be trusted: Cease/8 to every peer at once, and no route to any of them from here on. */
  abandon(): Promise<void> {
    return this.#server.abandon();
  }

  global(): GlobalState {
    const { localAs, routerId, version } = this.#options;
    return { localAs, routerId, version, listen: [...this.#listen], startedAt: this.#startedAt };
  }

  addNeighbor(config: NeighborConfig): NeighborState {
    return this.#state(this.#neighbors.add(config));
  }

  deleteNeighbor(address: string): Promise<void> {
    return this.#neighbors.delete(address);
  }

  listNeighbors(): NeighborState[] {
    return this.#neighbors.all().map((neighbor) => this.#state(neighbor));
  }

  getNeighbor(address: string): NeighborState {
    return this.#state(this.#neighbors.find(address));
  }

  enableNeighbor(address: string): void {
    const { peer, config } = this.#neighbors.find(address);
    this.events.record({ type: 'neighbor-changed', neighbor: config.address, text: 'neighbor enabled' });
    peer.enable();
  }

  disableNeighbor(address: string, reason?: string): void {
    checkReason(reason);
    const { peer, config } = this.#neighbors.find(address);
    this.events.record({ type: 'neighbor-changed', neighbor: config.address, text: 'neighbor disabled' });
    peer.disable(reason);
  }

  resetNeighbor(
    address: string,
    kind: ResetKind,
    options: { readonly reason?: string | undefined; readonly families?: readonly Family[] | undefined } = {},
  ): void {
    checkReason(options.reason);
    const neighbor = this.#neighbors.find(address);
    if (kind === 'hard') neighbor.peer.reset(CeaseSubcode.AdministrativeReset, options.reason);
    else this.#sessions.resetSoftly(neighbor, kind, options.families);
  }

  routes(query: RouteQuery, signal: AbortSignal): AsyncIterable<readonly Route[]> {
    return this.#listings.stream(this.#canonicalQuery(query), signal);
  }

  async routesPage(query: RouteQuery, limit: number): Promise<{ routes: Route[]; next?: RouteCursor | undefined }> {
    return this.#listings.page(this.#canonicalQuery(query), limit);
  }

  watch(query: WatchQuery, signal: AbortSignal): AsyncIterable<RouteChanges> {
    return this.#watchers.watch(this.#canonicalQuery(query), signal);
  }

  addRoutes(routes: Batch<LocalRoute>): Promise<void> {
    return this.#localRoutes.add(routes);
  }

  deleteRoutes(keys: Batch<LocalRouteKey>): Promise<number> {
    return this.#localRoutes.delete(keys);
  }

  health(): Health {
    return {
      healthy: true,
      uptimeSeconds: Math.floor((performance.now() - this.#startedMs) / 1000),
      neighbors: this.#neighbors.size,
      established: this.#neighbors.all().filter(({ session }) => session !== undefined).length,
      routes: this.#rib.tables.reduce((sum, table) => sum + table.bestCount, 0),
      rssBytes: process.memoryUsage.rss(),
    };
  }

  metrics(): string {
    const states = this.listNeighbors();
    const sessions: MetricSource = (out) => addSessionMetrics(out, this.#server.statistics, states);
    const sources = [sessions, ...this.#metricSources, ...(this.#options.metricSources ?? [])];
    return renderMetrics(this.global(), this.#neighbors.all(), states, this.#rib, sources);
  }

  paths(query: PathQuery): PrefixPaths {
    return pathsOf(this.#rib, query);
  }

  shutdown(reason?: string): void {
    checkReason(reason);
    this.#options.onShutdown(reason);
  }

  #turnEnded(): void {
    this.#sessions.uncork();
    this.#watchers.flush();
  }

  #eachPeer(action: (peer: Peer) => void): void {
    for (const { peer, config } of this.#neighbors.all()) {
      this.#options.boundaries.run('session', { neighbor: config.address }, () => action(peer));
    }
  }

  #state(neighbor: Neighbor): NeighborState {
    return neighbor.state((family) => this.#counts(neighbor, family));
  }

  #counts(neighbor: Neighbor, family: Family): FamilyCounts {
    const { ribPeer } = neighbor;
    if (ribPeer === undefined) return { family, received: 0, accepted: 0, advertised: 0 };
    const { position } = this.#rib.table(family);
    const member = this.#rib.memberOf(ribPeer, family);
    return {
      family,
      received: ribPeer.received[position]!,
      accepted: ribPeer.accepted[position]!,
      advertised: member?.advertised ?? 0,
      groupMembers: member?.group.memberCount,
      behind: member?.behind === true ? member.missedCount : undefined,
    };
  }

  #canonicalQuery<Query extends { readonly neighbor?: string | undefined }>(query: Query): Query {
    return query.neighbor ? { ...query, neighbor: this.#neighbors.find(query.neighbor).config.address } : query;
  }
}
