/**
 * The speaker: sessions on one side, the RIB on the other, and the control plane over both. It connects its parts and decides nothing about
 * routes.
 *
 *     Neighbors -> Sessions -> Rib -> Listings, Watchers, LocalRoutes
 *                      Turns: when the RIB works        Background: when the others do
 */
import { dirname } from 'node:path';
import { BrokenInvariant, Rib } from '@tsbgp/rib';
import { type Logger, type Peer, Server } from '@tsbgp/session';
import { CeaseSubcode } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import type { DaemonConfig } from '../config/load.ts';
import type { ControlPlane, Endpoint, GlobalState, Health, NeighborConfig, NeighborState, ProcessState } from '../control-plane.ts';
import { formatEndpoint } from '../endpoint.ts';
import { EventLog } from '../events.ts';
import { completeDecision, type DecisionConfig } from '../keys/decision-keys.ts';
import type { Confederation } from '../keys/own-as.ts';
import { identifierOf } from '../keys/values.ts';
import type { MetricSource } from '../metrics/exposition.ts';
import { addSessionMetrics } from '../metrics/sessions.ts';
import { type MrtControl, NO_MRT } from '../mrt-control.ts';
import type { OwnConfig } from '../own-config.ts';
import { Policies } from '../policy/policies.ts';
import type { PolicyPlane } from '../policy-plane.ts';
import { Rpki } from '../rpki/rpki.ts';
import { hasSources, NO_RPKI, type RpkiConfig } from '../rpki-config.ts';
import { Background } from './background.ts';
import { dampenedRoutes } from './dampened.ts';
import { explainRoute } from './explanation.ts';
import { familyCounts } from './family-counts.ts';
import { GracefulShutdowns } from './graceful-shutdown.ts';
import { KernelMemory } from './kernel-memory.ts';
import { Listings } from './listing.ts';
import { LocalRoutes } from './local-routes.ts';
import { addBackground, renderMetrics } from './metrics.ts';
import type { Neighbor, NeighborPolicies } from './neighbor.ts';
import { Neighbors } from './neighbors.ts';
import { checkPolicies } from './new-neighbor.ts';
import { type OwnRestart, OwnRouting } from './own-routing.ts';
import { findPaths, prefixPaths } from './paths.ts';
import { NO_POLICIES, PolicyQueries, type PolicySource } from './policy-queries.ts';
import { ProgramPort } from './program-port.ts';
import { RouteReport } from './route-report.ts';
import { RpkiQueries } from './rpki-queries.ts';
import { Sessions } from './sessions.ts';
import { checkReason } from './shutdown-reason.ts';
import { StartHold } from './start-hold.ts';
import { TableDump } from './table-dump.ts';
import { Turns } from './turns.ts';
import { warmUp } from './warm-up.ts';
import { Watchers } from './watchers.ts';

export interface SpeakerOptions {
  readonly localAs: number;
  /** The confederation that `localAs` belongs to (RFC 5065). @default none */
  readonly confederation?: Confederation | undefined;
  readonly routerId: string;
  /** @default the defaults of the configuration */
  readonly decision?: DecisionConfig;
  /** Our cluster identifier as a route reflector (RFC 4456 §7), as a dotted quad. @default the router ID */
  readonly clusterId?: string | undefined;
  readonly logger: Logger;
  readonly version: string;
  /** Names of the policies that neighbors may have, besides those that are always there. @default none */
  readonly policyNames?: () => Iterable<string>;
  /** A client of the API asked the daemon to stop. */
  readonly onShutdown: (reason: string | undefined, isRestart: boolean) => void;
  readonly boundaries: Boundaries;
  /** Where policies and sets come from, for those who ask about them. @default there are none */
  readonly policySource?: PolicySource | undefined;
  /** We restarted, and these neighbors may keep routes of ours. @default we did not */
  readonly restart?: OwnRestart | undefined;
  /** Sessions came or went. @default nobody is told */
  readonly onSessions?: () => void;
  /** Metrics of other parts of the daemon, for `metrics()`. Parts may join later. @default none */
  readonly metricSources?: readonly MetricSource[] | undefined;
  /** The programs of the configuration. @default none */
  readonly processes?: (() => readonly ProcessState[]) | undefined;
  /** Options of the session library. @default the library's */
  readonly descriptorMax?: number | undefined;
  readonly halfOpenMax?: number | undefined;
}

export class Speaker implements ControlPlane {
  readonly events: EventLog = new EventLog();
  readonly programPort: ProgramPort;
  readonly policies: PolicyPlane;
  /** Set by who writes files. */
  mrt: MrtControl = NO_MRT;
  readonly #options: SpeakerOptions;
  #decision: DecisionConfig;
  readonly #server: Server;
  readonly #rib: Rib;
  readonly #turns: Turns;
  readonly #sessions: Sessions;
  readonly #neighbors: Neighbors;
  readonly #listings: Listings;
  readonly #watchers: Watchers;
  readonly #localRoutes: LocalRoutes;
  readonly #own: OwnRouting;
  readonly rpki: RpkiQueries;
  readonly #rpki: Rpki;
  #hold: StartHold;
  readonly #policies: Policies;
  readonly #gracefulShutdowns: GracefulShutdowns = new GracefulShutdowns((neighbor) => this.#sessions.changed(neighbor));
  readonly #metricSources: readonly MetricSource[];
  readonly #background: Background;
  /** The bound addresses. */
  readonly #listen: Endpoint[] = [];
  /** By the endpoint that was asked for. */
  readonly #bound: Map<string, Endpoint> = new Map();
  readonly #startedAt: Date = new Date();
  /** The neighbors of the configuration are there. */
  #isStarted = false;
  /** By the monotonic clock. */
  readonly #startedMs: number = performance.now();

  constructor(options: SpeakerOptions) {
    const { localAs, confederation, routerId, clusterId = routerId, logger, boundaries } = options;
    const { events } = this;
    this.#options = options;
    this.#decision = options.decision ?? completeDecision();
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
      onLimitPassed: (peer, text) => this.#sessions.limitPassed(peer, text),
      endSession: (peer) => this.#sessions.exportFailed(peer),
    });
    this.#rpki = new Rpki({
      logger,
      boundaries,
      events,
      changed: (change) => {
        this.#turns.schedule();
        this.#rib.validation?.change(change);
      },
      statusChanged: () => this.#hold.look(),
    });
    this.#hold = this.#newHold(NO_RPKI);
    const rib = new Rib({
      localAs,
      bgpIdentifier: identifierOf(routerId),
      clusterId: identifierOf(clusterId),
      confederation: confederation?.identifier,
      decision: this.#decision,
      observer: report,
      exportObserver: report,
      validator: this.#rpki.validator,
    });
    rib.nowSeconds = Math.floor(Date.now() / 1000);
    this.#rib = rib;
    const kernelMemory = new KernelMemory();
    this.#turns = new Turns(
      rib,
      {
        pause: () => {
          this.#eachPeer((peer) => peer.pauseReading());
          this.#sessions.observer?.pause(true);
        },
        resume: () => {
          this.#eachPeer((peer) => peer.resumeReading());
          this.#sessions.observer?.pause(false);
        },
        turnEnded: () => this.#turnEnded(),
        mustHold: () => kernelMemory.isFull(rib.sessionCount),
      },
      boundaries,
    );
    const schedule = (): void => this.#turns.schedule();
    const isNeighbor = (octets: Uint8Array): boolean => this.#neighbors.isHost(octets);
    this.#own = new OwnRouting({ rib, neighbors: () => this.#neighbors.all(), logger, boundaries, schedule, restart: options.restart });
    this.#policies = new Policies({
      onFault: (text) => logger.error({}, `policy: ${text}`),
      onKept: (text) => logger.error({}, text),
    });
    const policiesOf = (neighbor: Neighbor): NeighborPolicies => this.#policiesOf(neighbor);
    this.#sessions = new Sessions({
      rib,
      logger,
      boundaries,
      events,
      report,
      schedule,
      isNeighbor,
      policiesOf,
      own: this.#own,
      rpki: this.#rpki,
    });
    this.#neighbors = new Neighbors({
      ours: { as: localAs, confederation },
      server: this.#server,
      rib,
      events,
      listen: this.#listen,
      changed: (neighbor) => this.#sessions.changed(neighbor),
      forget: (neighbor) => this.#sessions.forget(neighbor),
      plugin: (neighbor) => this.#sessions.plugin(neighbor),
      addFamily: (family) => void this.#watchers.addFamily(family),
      isHolding: () => this.#hold.isRunning,
      check: (config) => {
        checkPolicies(config, options.policyNames?.() ?? []);
        this.#own.check(config);
      },
    });
    if (options.onSessions !== undefined) events.listen(options.onSessions);
    this.programPort = new ProgramPort({ rib, sessions: this.#sessions, neighbors: this.#neighbors, schedule });
    const background = new Background();
    this.#background = background;
    this.rpki = new RpkiQueries({ rpki: this.#rpki, rib, background });
    this.#listings = new Listings(rib, (address) => this.#neighbors.find(address).ribPeer, background);
    this.#watchers = new Watchers({ rib, listings: this.#listings, background, boundaries, schedule });
    this.#localRoutes = new LocalRoutes({ rib, background, schedule, addFamily: (family) => this.#watchers.addFamily(family) });
    this.policies = new PolicyQueries({ rib, neighbors: () => this.#neighbors, background, source: options.policySource ?? NO_POLICIES });
    this.#metricSources = [
      (out) => addBackground(out, background),
      this.#listings.addMetrics,
      this.#watchers.addMetrics,
      this.#localRoutes.addMetrics,
      this.#own.addMetrics,
      this.#rpki.addMetrics,
      (out) => this.#hold.addMetrics(out),
    ];
  }

  /** A dump of the tables as MRT, which begins when it is read. `timestamp`: seconds since 1970. */
  readonly tableDump = (timestamp: number): TableDump => new TableDump(this.#rib, this.#background, this.#options, timestamp);

  async listen(endpoint: Endpoint): Promise<Endpoint> {
    const bound = await this.#server.listen({ ...endpoint, ipv6Only: true });
    this.#listen.push(bound);
    this.#bound.set(formatEndpoint(endpoint), bound);
    return bound;
  }

  /** Closes the listener that `listen` opened for this endpoint, if there is one. Its sessions stay. */
  async unlisten(endpoint: Endpoint): Promise<void> {
    const bound = this.#bound.get(formatEndpoint(endpoint));
    if (bound === undefined) return;
    this.#bound.delete(formatEndpoint(endpoint));
    this.#listen.splice(this.#listen.indexOf(bound), 1);
    await this.#server.unlisten(bound);
  }

  /** Throws ControlError where a neighbor of the configuration is not acceptable beside these listeners. `before`: what it was. */
  checkNeighbor(config: NeighborConfig, listen: readonly Endpoint[], before?: NeighborConfig): void {
    this.#neighbors.check(config, listen, before);
  }

  /** Adds a neighbor that was checked, or gives it this configuration, with another session where that is needed. */
  readonly putNeighbor = async (config: NeighborConfig): Promise<void> => this.#neighbors.put(config);

  /** Deletes a neighbor if it is there. */
  async removeNeighbor(address: string): Promise<void> {
    if (this.#neighbors.has(address)) await this.deleteNeighbor(address);
  }

  /**
   * Routes of our own and pacing, at the start and whenever they are others. Throws ControlError that names a route which is not acceptable;
   * then nothing has changed.
   */
  configure(config: OwnConfig): void {
    this.#own.configure(config);
  }

  /**
   * The policies of the configuration, at the start and whenever they are others: routes are judged again of neighbors whose policy became another
   * one. Rejects with ControlError; then nothing has changed.
   */
  async usePolicies({ policy, file }: Pick<DaemonConfig, 'policy' | 'file'>): Promise<void> {
    await this.#policies.use(policy, dirname(file));
    for (const neighbor of this.#neighbors.all()) {
      const options = neighbor.ribPeer?.options;
      if (options === undefined) continue;
      const wanted = this.#policiesOf(neighbor);
      const isImportSame = options.importAccept === wanted.import.accepts && options.importPolicy === wanted.import.policy;
      const isExportSame = options.exportAccept === wanted.export.accepts && options.exportPolicy === wanted.export.policy;
      if (!isImportSame || !isExportSame) this.#sessions.changed(neighbor);
    }
  }

  #policiesOf(neighbor: Neighbor): NeighborPolicies {
    return {
      import: this.#policies.import(neighbor.config.importPolicy, neighbor.policyDefault),
      export: this.#policies.export(neighbor.config.exportPolicy, neighbor.policyDefault),
      subject: neighbor.policySubject(this.#neighbors.all()),
    };
  }

  /** What counts in the decision process is another thing from now on. */
  changeDecision(decision: DecisionConfig): void {
    this.#decision = decision;
    this.#rib.changeDecision(decision);
    this.#turns.schedule();
  }

  /** Where RPKI data come from. At the start, before the neighbors, it makes their sessions wait for the data. */
  configureRpki(config: RpkiConfig): void {
    if (!this.#isStarted) {
      this.#hold.close();
      this.#hold = this.#newHold(config);
    }
    const hadRpki = this.#rpki.isConfigured;
    void this.#rpki.configure(config);
    if (this.#rpki.isConfigured === hadRpki) return;
    for (const neighbor of this.#neighbors.all()) this.#sessions.changed(neighbor);
  }

  /** The neighbors of the configuration are there. */
  started(): void {
    this.#isStarted = true;
    this.#own.started();
    warmUp(this.#rib, this.#background).catch((error: unknown) => this.#options.boundaries.caught('rib', {}, error));
  }

  /**
   * Cease/2 with `reason` to every peer; resolves when every session and listener is closed. `isRestart`: those that keep our routes are not told
   * (RFC 4724 §4.1).
   */
  close(reason?: string, isRestart = false): Promise<void> {
    this.#own.close();
    this.#hold.close();
    this.#rpki.close();
    return this.#server.close(reason, isRestart);
  }

  /** Neighbors that keep our routes when we restart. */
  keepers(): string[] {
    return this.#neighbors.all().flatMap(({ config, keepsOurs }) => (keepsOurs ? [config.address] : []));
  }

  /** For a state that cannot be trusted: Cease/8 to every peer at once, and no route to any of them from here on. */
  abandon(): Promise<void> {
    return this.#server.abandon();
  }

  global(): GlobalState {
    const { localAs, routerId, clusterId = routerId, confederation, version } = this.#options;
    return {
      localAs,
      routerId,
      clusterId,
      confederation,
      version,
      listen: [...this.#listen],
      startedAt: this.#startedAt,
      decision: this.#decision,
    };
  }

  readonly addNeighbor: ControlPlane['addNeighbor'] = (config) => this.#state(this.#neighbors.add(config));
  readonly changeNeighbor: ControlPlane['changeNeighbor'] = async (config, mayReset) => {
    const touched = await this.#neighbors.change(config, mayReset);
    // A stream is a form of what is exported.
    const sides = (['import', 'export', 'session'] as const).filter(
      (side) => touched.has(side) || (side === 'export' && touched.has('stream')),
    );
    return { neighbor: this.#state(this.#neighbors.find(config.address)), touched: sides };
  };
  readonly deleteNeighbor: ControlPlane['deleteNeighbor'] = async (address) => {
    this.#gracefulShutdowns.cancel(this.#neighbors.find(address));
    await this.#neighbors.delete(address);
  };
  readonly listNeighbors: ControlPlane['listNeighbors'] = () => this.#neighbors.all().map((neighbor) => this.#state(neighbor));
  readonly getNeighbor: ControlPlane['getNeighbor'] = (address) => this.#state(this.#neighbors.find(address));

  enableNeighbor(address: string): void {
    const neighbor = this.#neighbors.find(address);
    const { peer, config } = neighbor;
    this.events.record({ type: 'neighbor-changed', neighbor: config.address, text: 'neighbor enabled' });
    neighbor.forgetLimitShutdown();
    neighbor.isHeld = false;
    this.#gracefulShutdowns.cancel(neighbor);
    neighbor.config = { ...config, enabled: true };
    peer.enable();
  }

  disableNeighbor(address: string, reason?: string, gracefulSeconds = 0): void {
    checkReason(reason);
    const neighbor = this.#neighbors.find(address);
    const { config, session } = neighbor;
    const record = (text: string): void => this.events.record({ type: 'neighbor-changed', neighbor: config.address, text });
    const end = (): void => {
      record('neighbor disabled');
      // Another one than before, where its configuration was changed meanwhile.
      const current = this.#neighbors.find(config.address);
      current.leavesAt = undefined;
      current.isHeld = false;
      current.forgetLimitShutdown();
      current.peer.disable(reason);
      this.#sessions.forget(current);
    };
    if (gracefulSeconds === 0 || session === undefined) {
      this.#gracefulShutdowns.cancel(neighbor);
      return end();
    }
    record(`graceful shutdown begins, the session is closed in ${gracefulSeconds} s`);
    this.#gracefulShutdowns.begin(neighbor, gracefulSeconds, () => {
      this.#options.boundaries.run('session', { neighbor: config.address }, end);
    });
  }

  readonly resetNeighbor: ControlPlane['resetNeighbor'] = (address, kind, { reason, families } = {}) => {
    checkReason(reason);
    const neighbor = this.#neighbors.find(address);
    if (kind === 'hard') neighbor.peer.reset(CeaseSubcode.AdministrativeReset, reason);
    else this.#sessions.resetSoftly(neighbor, kind, families);
  };

  readonly routes: ControlPlane['routes'] = (query, signal) => this.#listings.stream(this.#canonicalQuery(query), signal);
  readonly routesPage: ControlPlane['routesPage'] = async (query, limit) => this.#listings.page(this.#canonicalQuery(query), limit);
  readonly watch: ControlPlane['watch'] = (query, signal) => this.#watchers.watch(this.#canonicalQuery(query), signal);
  readonly paths: ControlPlane['paths'] = (query) => prefixPaths(findPaths(this.#rib, query, this.#own.whyAbsent), this.#decision);
  readonly explain: ControlPlane['explain'] = (query) => {
    const neighbors = query.neighbor === undefined ? this.#neighbors.all() : [this.#neighbors.find(query.neighbor)];
    const found = findPaths(this.#rib, query, this.#own.whyAbsent);
    return explainRoute(found, { rib: this.#rib, query, decision: this.#decision, neighbors });
  };
  readonly addRoutes: ControlPlane['addRoutes'] = (routes, { addedBy } = {}) => this.#localRoutes.add(routes, addedBy);
  readonly dampened: ControlPlane['dampened'] = (query) => {
    if (!query.neighbor) return dampenedRoutes(this.#rib, query, undefined);
    const { ribPeer } = this.#neighbors.find(query.neighbor);
    return ribPeer === undefined ? { routes: [], count: 0 } : dampenedRoutes(this.#rib, query, ribPeer);
  };
  readonly aggregates: ControlPlane['aggregates'] = () => this.#own.aggregates();
  readonly conditions: ControlPlane['conditions'] = () => this.#own.conditions();
  readonly processes: ControlPlane['processes'] = () => this.#options.processes?.() ?? [];
  readonly deleteRoutes: ControlPlane['deleteRoutes'] = (keys) => this.#localRoutes.delete(keys);

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

  shutdown(reason?: string, isRestart = false): void {
    checkReason(reason);
    this.#options.onShutdown(reason, isRestart);
  }

  #newHold(config: RpkiConfig): StartHold {
    const { logger, boundaries } = this.#options;
    return new StartHold({
      seconds: hasSources(config) ? config.waitSeconds : 0,
      isReady: () => this.#rpki.isReady,
      logger,
      boundaries,
      events: this.events,
      over: () => this.#neighbors.release(),
    });
  }

  #turnEnded(): void {
    this.#sessions.uncork();
    this.programPort.turnEnded();
    this.#own.turnEnded();
    this.#watchers.flush();
  }

  #eachPeer(action: (peer: Peer) => void): void {
    for (const { peer, config } of this.#neighbors.all()) {
      this.#options.boundaries.run('session', { neighbor: config.address }, () => action(peer));
    }
  }

  #state(neighbor: Neighbor): NeighborState {
    const state = neighbor.state((family) => familyCounts(this.#rib, neighbor, family));
    return neighbor.isHeld ? { ...state, waitsFor: this.#hold.waitsFor } : state;
  }

  #canonicalQuery<Query extends { readonly neighbor?: string | undefined }>(query: Query): Query {
    return query.neighbor ? { ...query, neighbor: this.#neighbors.find(query.neighbor).config.address } : query;
  }
}
