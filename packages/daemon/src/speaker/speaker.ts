/**
 * The speaker: sessions on one side, the RIB on the other, and the control plane over both. It owns the wiring and no routing logic.
 */
import { BrokenInvariant, Rib, type RibPeer, type UnusableReason } from '@tsbgp/rib';
import {
  type CloseReason,
  type Logger,
  type Peer,
  PeerError,
  type PeerOptions,
  type Plugin,
  Server,
  type SessionInfo,
} from '@tsbgp/session';
import {
  CeaseSubcode,
  type Family,
  type Fault,
  formatFamily,
  notificationOf,
  parseAddress,
  parseIpv4,
  RefreshSubtype,
  readU32,
} from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import {
  type Batch,
  ControlError,
  type ControlPlane,
  type Endpoint,
  type FamilyCounts,
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
  type RouteCursor,
  type RouteEvent,
  type RouteQuery,
  type WatchQuery,
} from '../control-plane.ts';
import { EventLog } from '../events.ts';
import { apiField } from '../keys/neighbor-api.ts';
import type { MetricSource } from '../metrics/exposition.ts';
import { addSessionMetrics } from '../metrics/sessions.ts';
import { quote } from '../quote.ts';
import { Background } from './background.ts';
import { ExportReport } from './export-report.ts';
import { InboundRefreshes } from './inbound-refresh.ts';
import { Listings } from './listing.ts';
import { LocalRoutes } from './local-routes.ts';
import { addBackground, renderMetrics } from './metrics.ts';
import { Neighbor } from './neighbor.ts';
import { canonical, checkedNeighbor } from './new-neighbor.ts';
import { pathsOf } from './paths.ts';
import { Port } from './port.ts';
import { checkReason } from './shutdown-reason.ts';
import { Turns } from './turns.ts';
import { Watchers } from './watchers.ts';

export interface SpeakerOptions {
  readonly localAs: number;
  readonly routerId: string;
  readonly logger: Logger;
  readonly version: string;
  readonly onShutdown: (reason?: string) => void;
  readonly boundaries: Boundaries;
  /** Metrics of other parts of the daemon, for `metrics()`. Parts may join later. @default none */
  readonly metricSources?: readonly MetricSource[] | undefined;
  /** Options of the session library. @default the library's */
  readonly descriptorMax?: number | undefined;
  readonly halfOpenMax?: number | undefined;
}

export class Speaker implements ControlPlane {
  readonly #options: SpeakerOptions;
  readonly #logger: Logger;
  readonly #server: Server;
  readonly #rib: Rib;
  readonly #turns: Turns;
  readonly #background: Background = new Background();
  readonly #listings: Listings;
  readonly #watchers: Watchers;
  readonly #localRoutes: LocalRoutes;
  readonly #metricSources: readonly MetricSource[];
  readonly #neighbors: Map<string, Neighbor> = new Map();
  readonly events: EventLog = new EventLog();
  readonly #neighborOf: Map<RibPeer, Neighbor> = new Map();
  readonly #listen: Endpoint[] = [];
  readonly #startedAt: Date = new Date();
  /** By the monotonic clock. */
  readonly #startedMs: number = performance.now();
  readonly #exportReport: ExportReport;
  #corked: Port[] = [];

  constructor(options: SpeakerOptions) {
    this.#options = options;
    this.#logger = options.logger;
    this.#server = new Server({
      routerId: options.routerId,
      logger: options.logger,
      descriptorMax: options.descriptorMax,
      halfOpenMax: options.halfOpenMax,
      isFatal: (error) => error instanceof BrokenInvariant,
      onError: (error, { place, peer }) =>
        options.boundaries.caught('session', { neighbor: peer?.config.remoteAddress, state: peer?.state, callback: place }, error),
    });
    this.#exportReport = new ExportReport(options.logger, options.boundaries, this.events, (peer) =>
      this.#neighborOf.get(peer)?.exportFailed(),
    );
    this.#rib = new Rib({
      localAs: options.localAs,
      bgpIdentifier: readU32(parseIpv4(options.routerId) ?? new Uint8Array(4), 0),
      observer: {
        fault: (peer, fault) => this.#observed(peer, () => this.#reportFault(peer, fault)),
        endOfRib: (peer, family) => this.#observed(peer, () => this.#endOfRib(peer, family)),
        unusable: (peer, reason) => this.#observed(peer, () => this.#reportUnusable(peer, reason)),
      },
      exportObserver: this.#exportReport,
    });
    this.#rib.nowSeconds = Math.floor(Date.now() / 1000);
    this.#turns = new Turns(
      this.#rib,
      {
        pause: () => this.#eachPeer((peer) => peer.pauseReading()),
        resume: () => this.#eachPeer((peer) => peer.resumeReading()),
        turnEnded: () => this.#turnEnded(),
      },
      options.boundaries,
    );
    const rib = this.#rib;
    const background = this.#background;
    const schedule = (): void => this.#turns.schedule();
    this.#listings = new Listings(rib, (address) => this.#ribPeerOf(address), background);
    this.#watchers = new Watchers({ rib, listings: this.#listings, background, boundaries: options.boundaries, schedule });
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

  /** Cease/2 with `reason` to every peer; resolves when all is gone. */
  async close(reason?: string): Promise<void> {
    await this.#server.close(reason);
  }

  /** Cease/8 to every peer at once, and nothing more to anybody. For a state that cannot be trusted. */
  abandon(): Promise<void> {
    return this.#server.abandon();
  }

  global(): GlobalState {
    const { localAs, routerId, version } = this.#options;
    return { localAs, routerId, version, listen: [...this.#listen], startedAt: this.#startedAt };
  }

  addNeighbor(config: NeighborConfig): NeighborState {
    const address = canonicalAddress(config.address, 'neighbor.address');
    if (this.#neighbors.has(address)) {
      throw new ControlError('already-exists', 'neighbor.address', `neighbor ${address} exists already; delete it first to change it`);
    }
    const unsupported = config.families.find((family) => !this.#rib.has(family));
    if (unsupported !== undefined || config.families.length === 0) {
      const found = unsupported === undefined ? 'none' : formatFamily(unsupported);
      throw new ControlError(
        'invalid-argument',
        'neighbor.families',
        `neighbor.families: found ${found}, allowed are ipv4-unicast and ipv6-unicast`,
      );
    }
    const checked = checkedNeighbor(config, this.#options.localAs, this.#listen);
    const neighbor = new Neighbor(checked, this.#options.localAs);
    neighbor.peer = asControlError(() =>
      this.#server.addPeer(
        { remoteAddress: address, remoteAs: config.remoteAs, localAs: neighbor.localAs },
        this.#plugin(neighbor),
        peerOptions(checked),
      ),
    );
    this.#neighbors.set(address, neighbor);
    this.events.record({ type: 'neighbor-changed', neighbor: address, text: `neighbor added, AS ${config.remoteAs}` });
    return this.#state(neighbor);
  }

  async deleteNeighbor(address: string): Promise<void> {
    const neighbor = this.#find(address);
    this.#neighbors.delete(neighbor.config.address);
    this.events.record({ type: 'neighbor-changed', neighbor: neighbor.config.address, text: 'neighbor deleted' });
    await this.#server.deletePeer(neighbor.config.address);
  }

  listNeighbors(): NeighborState[] {
    return [...this.#neighbors.values()].map((neighbor) => this.#state(neighbor));
  }

  getNeighbor(address: string): NeighborState {
    return this.#state(this.#find(address));
  }

  enableNeighbor(address: string): void {
    const { peer, config } = this.#find(address);
    this.events.record({ type: 'neighbor-changed', neighbor: config.address, text: 'neighbor enabled' });
    peer.enable();
  }

  disableNeighbor(address: string, reason?: string): void {
    checkReason(reason);
    const { peer, config } = this.#find(address);
    this.events.record({ type: 'neighbor-changed', neighbor: config.address, text: 'neighbor disabled' });
    peer.disable(reason);
  }

  resetNeighbor(
    address: string,
    kind: ResetKind,
    options: { readonly reason?: string | undefined; readonly families?: readonly Family[] | undefined } = {},
  ): void {
    checkReason(options.reason);
    const neighbor = this.#find(address);
    if (kind === 'hard') {
      neighbor.peer.reset(CeaseSubcode.AdministrativeReset, options.reason);
      return;
    }
    const { session, ribPeer } = neighbor;
    if (session === undefined || ribPeer === undefined) {
      throw new ControlError('failed-precondition', 'address', `neighbor ${address} is not Established: there is nothing to reset softly`);
    }
    const families = options.families?.length ? options.families : ribPeer.options.families;
    const missing = families.find((family) => !ribPeer.options.families.includes(family));
    if (missing !== undefined) {
      throw new ControlError('failed-precondition', 'families', `${formatFamily(missing)} was not negotiated with ${address}`);
    }
    if (kind !== 'soft-out' && !session.routeRefresh) {
      throw new ControlError(
        'failed-precondition',
        'kind',
        `neighbor ${address} has no route refresh capability (RFC 2918); reset it hard`,
      );
    }
    for (const family of families) {
      if (kind !== 'soft-out') neighbor.peer.sendRouteRefresh(family);
      if (kind !== 'soft-in') this.#rib.resend(ribPeer, family);
    }
    this.#turns.schedule();
  }

  routes(query: RouteQuery, signal: AbortSignal): AsyncIterable<readonly Route[]> {
    return this.#listings.stream(this.#canonicalQuery(query), signal);
  }

  async routesPage(query: RouteQuery, limit: number): Promise<{ routes: Route[]; next?: RouteCursor | undefined }> {
    return this.#listings.page(this.#canonicalQuery(query), limit);
  }

  watch(query: WatchQuery, signal: AbortSignal): AsyncIterable<readonly RouteEvent[]> {
    return this.#watchers.watch(this.#canonicalQuery(query), signal);
  }

  addRoutes(routes: Batch<LocalRoute>): Promise<void> {
    return this.#localRoutes.add(routes);
  }

  deleteRoutes(keys: Batch<LocalRouteKey>): Promise<number> {
    return this.#localRoutes.delete(keys);
  }

  health(): Health {
    let established = 0;
    for (const { session } of this.#neighbors.values()) if (session !== undefined) established++;
    return {
      healthy: true,
      uptimeSeconds: Math.floor((performance.now() - this.#startedMs) / 1000),
      neighbors: this.#neighbors.size,
      established,
      routes: this.#rib.tables.reduce((sum, table) => sum + table.bestCount, 0),
      rssBytes: process.memoryUsage.rss(),
    };
  }

  metrics(): string {
    const states = this.listNeighbors();
    const sessions: MetricSource = (out) => addSessionMetrics(out, this.#server.statistics, states);
    const sources = [sessions, ...this.#metricSources, ...(this.#options.metricSources ?? [])];
    return renderMetrics(this.global(), [...this.#neighbors.values()], states, this.#rib, sources);
  }

  paths(query: PathQuery): PrefixPaths {
    return pathsOf(this.#rib, query);
  }

  shutdown(reason?: string): void {
    checkReason(reason);
    this.#options.onShutdown(reason);
  }

  #plugin(neighbor: Neighbor): Plugin {
    return {
      getCapabilities: () => neighbor.capabilities(),
      onEstablished: (_peer, session, writer) => {
        const port = new Port(writer, this.#corked, (error) => this.#exportReport.peerFailed(ribPeer, error));
        const ribPeer: RibPeer = this.#rib.addPeer(neighbor.ribOptions(session, port, this.#neighbors.keys()));
        neighbor.up(session, ribPeer, port, this.#refreshes(session, ribPeer));
        this.#neighborOf.set(ribPeer, neighbor);
        writer.onDrain = () => this.#turns.schedule();
        this.#turns.schedule();
        this.#recordUp(neighbor, ribPeer);
        this.#exportReport.peerUp(ribPeer);
        const rib = this.#rib;
        const turns = this.#turns;
        return (bytes, start, end) => {
          turns.schedule();
          const fault = rib.ingest(ribPeer, bytes, start, end);
          return fault === undefined ? undefined : notificationOf(fault);
        };
      },
      onClose: (_peer, reason) => this.#closed(neighbor, reason),
      onNotification: (_peer, message, direction) => this.events.record(neighbor.notified(message, direction)),
      onRouteRefresh: (_peer, message) => this.#refresh(neighbor, message.family, message.subtype),
    };
  }

  #closed(neighbor: Neighbor, reason: CloseReason): void {
    const { ribPeer } = neighbor;
    if (ribPeer === undefined) return;
    this.#neighborOf.delete(ribPeer);
    this.#rib.removePeer(ribPeer);
    neighbor.down(reason);
    this.events.record({ type: 'session-down', neighbor: neighbor.config.address, text: reason.text });
    this.#turns.schedule();
  }

  #refreshes(session: SessionInfo, peer: RibPeer): InboundRefreshes {
    return new InboundRefreshes({
      rib: this.#rib,
      peer,
      gracefulRestart: session.negotiated.gracefulRestart.remote !== undefined,
      logger: this.#logger,
      boundaries: this.#options.boundaries,
      schedule: () => this.#turns.schedule(),
    });
  }

  #endOfRib(peer: RibPeer, family: Family): void {
    this.#neighborOf.get(peer)?.refreshes?.endOfRib(family);
    this.#logger.info({ neighbor: peer.options.name, family: formatFamily(family) }, 'End-of-RIB received');
    this.events.record({ type: 'end-of-rib', neighbor: peer.options.name, family, text: 'End-of-RIB received' });
  }

  /** RFC 2918 §4; RFC 7313 §4.1: between the marks the peer may tell what is stale. */
  #refresh(neighbor: Neighbor, family: Family, subtype: number): void {
    const { ribPeer, session } = neighbor;
    if (ribPeer === undefined) return;
    if (subtype !== RefreshSubtype.Request) {
      neighbor.refreshes?.mark(family, subtype);
      return;
    }
    if (session?.enhancedRouteRefresh !== true) {
      this.#rib.resend(ribPeer, family);
    } else {
      this.#rib.resend(ribPeer, family, {
        begin: () => this.#observed(ribPeer, () => neighbor.peer.sendRouteRefresh(family, RefreshSubtype.Begin)),
        end: () => this.#observed(ribPeer, () => neighbor.peer.sendRouteRefresh(family, RefreshSubtype.End)),
      });
    }
    this.#turns.schedule();
  }

  #turnEnded(): void {
    for (const port of this.#corked) this.#options.boundaries.run('session', {}, () => port.uncork());
    this.#corked.length = 0;
    this.#watchers.flush();
  }

  #eachPeer(action: (peer: Peer) => void): void {
    for (const { peer, config } of this.#neighbors.values()) {
      this.#options.boundaries.run('session', { neighbor: config.address }, () => action(peer));
    }
  }

  /** Runs what the RIB calls back for. The RIB is in the middle of its work then: no exception may reach it. */
  #observed(peer: RibPeer, action: () => void): void {
    this.#options.boundaries.run('rib-observer', { neighbor: peer.options.name }, action);
  }

  #recordUp(neighbor: Neighbor, peer: RibPeer): void {
    const { address } = neighbor.config;
    const families = peer.options.families.map(formatFamily).join(', ');
    this.events.record({ type: 'session-up', neighbor: address, text: families === '' ? 'Established' : `Established: ${families}` });
    if (families !== '') return;
    const text = 'no address family in common: the session is up, and no routes are exchanged (RFC 4760 §8)';
    this.events.record({ type: 'warning', neighbor: address, text });
  }

  #reportFault(peer: RibPeer, fault: Fault): void {
    // A peer may send thousands of them: powers of ten are told.
    const count = fault.action === 'withdraw' ? peer.treatedAsWithdraw : peer.attributesDiscarded;
    if (!/^10*$/.test(String(count))) return;
    const answer = fault.action === 'withdraw' ? 'treated as withdraw' : 'attribute discarded';
    this.#logger.warn({ neighbor: peer.options.name, count, reason: fault.reason }, `malformed UPDATE: ${answer} (RFC 7606)`);
    const text = `malformed UPDATE, ${answer} (RFC 7606): ${fault.reason}${count > 1 ? `; ${count} by now` : ''}`;
    this.events.record({ type: 'malformed-update', neighbor: peer.options.name, text });
  }

  /** RFC 4271 §6.3, RFC 4456 §8: such routes are ignored, and an operator finds out why. Loops of the AS_PATH are nobody's mistake. */
  #reportUnusable(peer: RibPeer, reason: UnusableReason): void {
    const count = peer.unusable[reason];
    if (!/^10*$/.test(String(count))) return;
    const level = reason === 'as-loop' ? 'debug' : 'warn';
    this.#logger[level]({ neighbor: peer.options.name, count, reason }, `routes are not used: ${UNUSABLE[reason]}`);
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
    };
  }

  #find(address: string): Neighbor {
    const neighbor = this.#neighbors.get(canonicalAddress(address));
    if (neighbor !== undefined) return neighbor;
    const known = [...this.#neighbors.keys()];
    const hint = known.length === 0 ? 'there are none' : `known are ${known.slice(0, 5).join(', ')}${known.length > 5 ? ', …' : ''}`;
    throw new ControlError('not-found', 'address', `no neighbor ${canonical(address)}: ${hint}`);
  }

  #ribPeerOf(address: string): RibPeer | undefined {
    return this.#find(address).ribPeer;
  }

  #canonicalQuery<Query extends { readonly neighbor?: string | undefined }>(query: Query): Query {
    return query.neighbor ? { ...query, neighbor: this.#find(query.neighbor).config.address } : query;
  }
}

function canonicalAddress(text: string, field = 'address'): string {
  const address = canonical(text);
  if (parseAddress(address.split('%', 1)[0]!) !== undefined) return address;
  throw new ControlError('invalid-argument', field, `found ${quote(text)}, allowed is an IPv4 or IPv6 address, e.g. "192.0.2.1"`);
}

function peerOptions(config: NeighborConfig): PeerOptions {
  return {
    localAddress: config.localAddress,
    remotePort: config.remotePort,
    passive: config.passive,
    enabled: config.enabled,
    holdTimeSeconds: config.holdTimeSeconds,
    connectRetrySeconds: config.connectRetrySeconds,
    multihopTtl: config.multihopTtl,
  };
}

/** The session library's refusals in the control plane's words. */
function asControlError<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    const code = error.code === 'already-exists' || error.code === 'not-found' ? error.code : 'invalid-argument';
    // The session library calls the address by another name; its other names are those of NeighborConfig.
    const field = `neighbor.${error.field === 'remoteAddress' ? 'address' : apiField(error.field)}`;
    // The library's sentence begins with its own name of the field.
    const sentence = error.message.startsWith(`${error.field}: `) ? error.message.slice(error.field.length + 2) : error.message;
    throw new ControlError(code, field, `${field}: ${sentence}`, { cause: error });
  }
}

const UNUSABLE: Readonly<Record<UnusableReason, string>> = {
  'as-loop': 'our own AS is in their AS_PATH (RFC 4271 §9.1.2)',
  'originator-id': 'their ORIGINATOR_ID is our BGP Identifier (RFC 4456 §8)',
  'cluster-list': 'our cluster identifier is in their CLUSTER_LIST (RFC 4456 §8)',
  'next-hop': 'their next hop is our own address, or none that a host can have (RFC 4271 §6.3)',
};
