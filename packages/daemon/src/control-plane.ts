/**
 * The daemon's one control plane, in process: what may be asked of it and told to it. Every adapter (gRPC, configuration file, metrics,
 * and those to come) translates to and from this interface and holds no routing logic. `Speaker` implements it.
 */
import type { DecisionStep } from '@tsbgp/rib';
import type { State } from '@tsbgp/session';
import type { Capability, Family, PathAttribute } from '@tsbgp/wire';
import type { Endpoint } from './endpoint.ts';
import type { EventLog } from './events.ts';
import type { NeighborConfig } from './keys/neighbor-keys.ts';
import { cutMessage } from './quote.ts';

export type { Endpoint } from './endpoint.ts';
export type { DefaultPolicy, NeighborConfig } from './keys/neighbor-keys.ts';

export interface ControlPlane {
  global(): GlobalState;

  /** Throws ControlError `already-exists`, `invalid-argument`. The session starts at once unless `enabled` is false. */
  addNeighbor(config: NeighborConfig): NeighborState;
  /** Sends Cease/3 and forgets the neighbour and its routes. Throws `not-found`. */
  deleteNeighbor(address: string): Promise<void>;
  listNeighbors(): NeighborState[];
  getNeighbor(address: string): NeighborState;
  enableNeighbor(address: string): void;
  /** Cease/2; `reason` goes to the peer as RFC 9003 text. Stays down until enabled. */
  disableNeighbor(address: string, reason?: string): void;
  /** `soft-in` needs the route refresh capability: `failed-precondition` without. `families` narrows a soft reset. */
  resetNeighbor(address: string, kind: ResetKind, options?: { readonly reason?: string; readonly families?: readonly Family[] }): void;

  /**
   * Routes in the order of prefixes, of one prefix the best first; up to 1,000 at a time, as the reader takes them. Rejects when `signal`
   * aborts. Throws `invalid-argument`, `not-found`, and `resource-exhausted` when too many listings are under way.
   */
  routes(query: RouteQuery, signal: AbortSignal): AsyncIterable<readonly Route[]>;
  /** At most `limit` routes (1 to 1,000) and where to go on; `next` is undefined at the end. Rejects as `routes` throws. */
  routesPage(query: RouteQuery, limit: number): Promise<{ readonly routes: readonly Route[]; readonly next?: RouteCursor | undefined }>;
  /**
   * What changes from this call on, as the reader takes it: a route that changes several times meanwhile is told once, as it is then. Ends
   * when the reader leaves or `signal` aborts, which rejects. Throws as `routes`; `resource-exhausted` when there are too many watchers.
   */
  watch(query: WatchQuery, signal: AbortSignal): AsyncIterable<readonly RouteEvent[]>;

  /**
   * All or none: rejects with `invalid-argument`, naming the bad routes, before anything is applied. Resolves when all are in the RIB.
   * Calls take effect in the order in which they were made.
   */
  addRoutes(routes: Batch<LocalRoute>): Promise<void>;
  /** Resolves with how many of them existed. All or none, as `addRoutes`. */
  deleteRoutes(keys: Batch<LocalRouteKey>): Promise<number>;

  /** All paths of one prefix, the best one first, and why each of the others is not. Throws `not-found`, `invalid-argument`. */
  paths(query: PathQuery): PrefixPaths;
  /** What happened to sessions lately. */
  readonly events: EventLog;
  health(): Health;
  /** Prometheus text exposition format 0.0.4. */
  metrics(): string;
  /** Cease/2 to every peer, then the process ends. */
  shutdown(reason?: string): void;
}

export interface GlobalState {
  readonly localAs: number;
  readonly routerId: string;
  readonly listen: readonly Endpoint[];
  readonly version: string;
  readonly startedAt: Date;
}

export type SessionState = State;

export interface NeighborState {
  readonly config: NeighborConfig;
  readonly state: SessionState;
  readonly adminState: 'up' | 'down';
  /** Present while Established. */
  readonly session?: NeighborSession | undefined;
  readonly counters: NeighborCounters;
  /** Per family that the neighbour is configured for. */
  readonly prefixes: readonly FamilyCounts[];
  /** Times the session left Established. */
  readonly flapCount: number;
  /** Last NOTIFICATION or connection failure, as a sentence. */
  readonly lastError?: string | undefined;
  readonly lastErrorAt?: Date | undefined;
  /** Stays when a failed attempt to connect comes after it. */
  readonly lastNotification?: NeighborNotification | undefined;
}

export interface NeighborNotification {
  readonly direction: 'sent' | 'received';
  readonly code: number;
  readonly subcode: number;
  /** Names of code and subcode, and the text that came with them. */
  readonly text: string;
  readonly at: Date;
}

export interface NeighborSession {
  readonly establishedAt: Date;
  readonly remoteBgpIdentifier: string;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly peerType: 'ebgp' | 'ibgp';
  readonly holdTimeSeconds: number;
  readonly keepaliveSeconds: number;
  readonly families: readonly Family[];
  readonly localCapabilities: readonly Capability[];
  readonly remoteCapabilities: readonly Capability[];
  readonly backlogBytes: number;
}

export interface NeighborCounters {
  readonly opensSent: number;
  readonly opensReceived: number;
  readonly updatesSent: number;
  readonly updatesReceived: number;
  readonly keepalivesSent: number;
  readonly keepalivesReceived: number;
  readonly notificationsSent: number;
  readonly notificationsReceived: number;
  /** By `code/subcode`, e.g. `6/2`; those that IANA's registry does not have are under `other`. */
  readonly notificationsSentByCode?: ReadonlyMap<string, number> | undefined;
  readonly notificationsReceivedByCode?: ReadonlyMap<string, number> | undefined;
  readonly routeRefreshesSent: number;
  readonly routeRefreshesReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface FamilyCounts {
  readonly family: Family;
  readonly received: number;
  readonly accepted: number;
  readonly advertised: number;
}

export type ResetKind = 'hard' | 'soft-in' | 'soft-out' | 'soft';

export interface Route {
  readonly family: Family;
  /** "192.0.2.0/24". */
  readonly prefix: string;
  readonly pathIdentifier?: number | undefined;
  /** The neighbour it came from; '' for one injected here. */
  readonly neighbor: string;
  readonly nextHop: string;
  readonly attributes: readonly PathAttribute[];
  readonly best: boolean;
  /** Received, but kept out of the decision process by policy, an AS loop, or an unusable next hop. */
  readonly filtered: boolean;
  readonly learnedAt: Date;
}

export interface RouteFilter {
  readonly family?: Family | undefined;
  readonly prefix?: { readonly value: string; readonly match: 'exact' | 'longer' | 'shorter' } | undefined;
  readonly originAs?: number | undefined;
  /** Text of a standard, extended or large community; well-known names allowed. */
  readonly community?: string | undefined;
}

export interface RouteQuery extends RouteFilter {
  /** Adj-RIB-In, Loc-RIB, or Adj-RIB-Out. `advertised` needs a neighbour. */
  readonly table: 'received' | 'best' | 'advertised';
  readonly neighbor?: string | undefined;
  /** Goes on after this place: the `cursor` of an earlier answer. */
  readonly after?: string | undefined;
}

export interface PathQuery {
  /** A prefix; or an address, which asks for the longest prefix that covers it. */
  readonly prefix: string;
  /** Also a prefix asks for the longest one that covers it, itself included. */
  readonly longestMatch?: boolean | undefined;
}

/** The paths of one prefix in order of preference: the best one first, filtered ones last. */
export interface PrefixPaths {
  readonly family: Family;
  readonly prefix: string;
  readonly paths: readonly ExplainedRoute[];
  /** More than `paths` holds only where there are very many. */
  readonly pathCount: number;
}

export interface ExplainedRoute {
  readonly route: Route;
  /** Why it takes no part in the decision process, where that is known. */
  readonly filterReason?: FilterReason | undefined;
  /** Why it lost; absent for the best one and for filtered ones. */
  readonly defeat?: RouteDefeat | undefined;
}

export type FilterReason = 'import-policy' | 'as-loop' | 'originator-id' | 'cluster-list' | 'next-hop';

/** The first step of the decision process on which a path and the one that beat it differ, with what each has there. */
export interface RouteDefeat {
  readonly step: DecisionStep;
  readonly value: string;
  readonly betterValue: string;
  /** '' for a route injected here. */
  readonly betterNeighbor: string;
  readonly betterPathIdentifier: number;
}

/** Where a listing stands after a route: opaque, valid as long as the daemon runs. */
export type RouteCursor = string;

export interface WatchQuery extends RouteFilter {
  /** `best` (default): changes of the Loc-RIB; `received`: every change of the Adj-RIBs-In. */
  readonly table?: 'best' | 'received' | undefined;
  readonly neighbor?: string | undefined;
  /** Starts with an `announce` event for everything that is there, then `end-of-initial`. */
  readonly initial?: boolean | undefined;
}

export type RouteEvent =
  | { readonly type: 'announce'; readonly route: Route }
  | {
      readonly type: 'withdraw';
      readonly family: Family;
      readonly prefix: string;
      readonly pathIdentifier?: number | undefined;
      readonly neighbor: string;
    }
  | { readonly type: 'end-of-initial' }
  /** The reader was too slow: so many changes were dropped, before those that follow. Start again. */
  | { readonly type: 'lost'; readonly count: number };

/** What an array is to its reader: a batch may make its items when they are asked for. `at` may throw ControlError. */
export interface Batch<T> {
  readonly length: number;
  at(index: number): T | undefined;
}

export interface LocalRouteKey {
  readonly family: Family;
  readonly prefix: string;
  readonly pathIdentifier?: number | undefined;
}

export interface LocalRoute extends LocalRouteKey {
  readonly nextHop: string;
  /**
   * Without NEXT_HOP and MP_REACH_NLRI. ORIGIN defaults to IGP, AS_PATH to empty. Routes of a batch that have the same array here are
   * encoded once.
   */
  readonly attributes: readonly PathAttribute[];
}

export interface Health {
  readonly healthy: boolean;
  readonly uptimeSeconds: number;
  readonly neighbors: number;
  readonly established: number;
  readonly routes: number;
  readonly rssBytes: number;
}

export type ControlErrorCode = 'not-found' | 'already-exists' | 'invalid-argument' | 'failed-precondition' | 'resource-exhausted';

/** One thing that is wrong with a request. */
export interface ControlProblem {
  /** Path of the offending field, e.g. `neighbor.hold_time`; '' where no field is to blame. */
  readonly field: string;
  /** What was found and what is allowed, without the field. Long values in it are cut (`ERROR_MESSAGE_MAX`). */
  readonly sentence: string;
}

export interface ControlErrorOptions extends ErrorOptions {
  /** What else is wrong. @default nothing */
  readonly further?: readonly ControlProblem[] | undefined;
  /** A last line of the message, e.g. how much more is wrong. @default none */
  readonly more?: string | undefined;
}

/**
 * A refused request: names the place, what was found and what is allowed. Nothing was changed.
 *
 * The rule for the place: `message` has a line for each problem that begins with `field: ` (where there is a field), and this constructor is
 * the one place that puts it there. Callers pass the sentence alone. Whoever shows the error (log, gRPC status, command line) shows `message`
 * and adds nothing; `problems` are for those that show the field in a place of its own.
 */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly code: ControlErrorCode;
  /** The first problem, and all of them. */
  readonly field: string;
  readonly sentence: string;
  readonly problems: readonly ControlProblem[];
  readonly more: string | undefined;

  constructor(code: ControlErrorCode, field: string, sentence: string, options?: ControlErrorOptions) {
    const problems = [{ field, sentence }, ...(options?.further ?? [])].map(alone);
    const lines = problems.map((problem) => prefixOf(problem) + problem.sentence);
    super([...lines, ...(options?.more === undefined ? [] : [options.more])].join('\n'), options);
    this.code = code;
    this.field = field;
    this.sentence = problems[0]!.sentence;
    this.problems = problems;
    this.more = options?.more;
  }
}

function prefixOf({ field }: ControlProblem): string {
  return field === '' ? '' : `${field}: `;
}

/** Sentences of libraries may bring the field already. */
function alone(problem: ControlProblem): ControlProblem {
  const { field, sentence } = problem;
  const prefix = prefixOf(problem);
  return { field, sentence: cutMessage(sentence.startsWith(prefix) ? sentence.slice(prefix.length) : sentence) };
}
