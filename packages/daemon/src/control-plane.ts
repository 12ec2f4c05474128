/**
 * The daemon's control plane, in process: everything that the daemon can be asked for or told to do. Every adapter (gRPC, configuration file,
 * metrics) translates to and from this interface and holds no routing logic. `Speaker` implements it.
 */

import type { FilterReason, LimitState } from '@tsbgp/rib';
import type { State } from '@tsbgp/session';
import type { Capability, Family, Nlri, PathAttribute } from '@tsbgp/wire';
import type { Endpoint } from './endpoint.ts';
import type { EventLog } from './events.ts';
import type { DecisionConfig } from './keys/decision-keys.ts';
import type { NeighborConfig } from './keys/neighbor-keys.ts';
import type { Confederation } from './keys/own-as.ts';
import type { MrtControl } from './mrt-control.ts';
import type { Condition, ConfiguredAggregate } from './own-config.ts';
import type { PolicyPlane } from './policy-plane.ts';
import type { ExplainQuery, PathQuery, PrefixPaths, Route, RouteExplanation } from './route-explanation.ts';
import type { RpkiControl } from './rpki-control.ts';

export type { FilterReason, LimitState, LocalOrigin } from '@tsbgp/rib';
export { ControlError, type ControlErrorCode, type ControlProblem, invalidArgument } from './control-error.ts';
export type { Endpoint } from './endpoint.ts';
export type { DecisionConfig } from './keys/decision-keys.ts';
export type { NeighborConfig } from './keys/neighbor-keys.ts';
export type {
  ExplainedRoute,
  ExplainQuery,
  NeighborExplanation,
  PathComparison,
  PathQuery,
  PrefixPaths,
  Route,
  RouteDefeat,
  RouteExplanation,
} from './route-explanation.ts';

/** Which of the sides of a session a change touches. */
export type Touched = 'import' | 'export' | 'session';

export interface ChangedNeighbor {
  readonly neighbor: NeighborState;
  readonly touched: readonly Touched[];
}

export interface ControlPlane {
  global(): GlobalState;

  /** Throws ControlError `already-exists`, `invalid-argument`. The session starts at once unless `enabled` is false. */
  addNeighbor(config: NeighborConfig): NeighborState;
  /**
   * Gives the neighbor with this address another configuration. Its session stays, unless keys change that need another one: then it is reset
   * where it may be. Throws as `addNeighbor`, and `not-found`, `failed-precondition`.
   */
  changeNeighbor(config: NeighborConfig, mayReset: boolean): Promise<ChangedNeighbor>;
  /** Sends Cease/3 and forgets the neighbor and its routes. Throws `not-found`. */
  deleteNeighbor(address: string): Promise<void>;
  listNeighbors(): NeighborState[];
  getNeighbor(address: string): NeighborState;
  enableNeighbor(address: string): void;
  /**
   * Sends Cease/2 with `reason` as RFC 9003 text. The neighbor stays down until it is enabled. With `gracefulSeconds` an Established session is
   * closed only after that time, and is announced to end until then (RFC 8326); enabling the neighbor calls it off.
   */
  disableNeighbor(address: string, reason?: string, gracefulSeconds?: number): void;
  /**
   * `families` restricts a soft reset and a refresh. `soft-in` judges routes from the Adj-RIB-In where it holds all of them, and else asks the
   * neighbor. Throws `failed-precondition` where the neighbor is to be asked and has no route refresh capability.
   */
  resetNeighbor(address: string, kind: ResetKind, options?: { readonly reason?: string; readonly families?: readonly Family[] }): void;

  /**
   * Routes in the order of prefixes, the best route of a prefix first. They come in arrays of at most 1,000, as fast as the reader takes them.
   * Rejects when `signal` aborts. Throws `invalid-argument`, `not-found`, and `resource-exhausted` when too many listings are under way.
   */
  routes(query: RouteQuery, signal: AbortSignal): AsyncIterable<readonly Route[]>;
  /** At most `limit` routes (1 to 1,000) and where the next page begins; `next` is undefined at the end. Rejects with what `routes` throws. */
  routesPage(query: RouteQuery, limit: number): Promise<{ readonly routes: readonly Route[]; readonly next?: RouteCursor | undefined }>;
  /**
   * Changes of routes from this call on, or after an earlier one with `resume`. A route that changes several times before the reader takes it is reported once, as it is then. Ends
   * when the reader leaves; rejects when `signal` aborts. Throws as `routes` does, and `resource-exhausted` when there are too many watchers.
   */
  watch(query: WatchQuery, signal: AbortSignal): AsyncIterable<RouteChanges>;

  /**
   * Adds all routes or none. Rejects with `invalid-argument`, which names the wrong routes, before anything is applied. Resolves when all
   * routes are in the RIB. Calls take effect in the order in which they were made. `addedBy` is shown in listings.
   */
  addRoutes(routes: Batch<LocalRoute>, options?: { readonly addedBy?: string }): Promise<void>;
  /** Deletes all of these routes or none. Resolves with how many of them existed. Rejects as `addRoutes` does. */
  deleteRoutes(keys: Batch<LocalRouteKey>): Promise<number>;

  /** All paths of one prefix, the best one first, and why each of the others is not. Throws `not-found`, `invalid-argument`. */
  paths(query: PathQuery): PrefixPaths;
  /** The paths of one prefix, how they compare, and which of them each neighbor gets, and why not the others. Throws as `paths`. */
  explain(query: ExplainQuery): RouteExplanation;
  /** Routes that flapped lately, of neighbors with route flap damping (RFC 2439). Throws `not-found`. */
  dampened(query: DampenedQuery): DampenedRoutes;
  /** The aggregates of the configuration, in its order. */
  aggregates(): readonly AggregateState[];
  /** The conditions of the configuration, in its order. */
  conditions(): readonly ConditionState[];
  /** Policies and sets, and what they decide. */
  readonly policies: PolicyPlane;
  /** RPKI: the sources, the data, and what they say of a route. */
  readonly rpki: RpkiControl;
  /** MRT files that the daemon writes. */
  readonly mrt: MrtControl;
  /** The programs of the configuration, in its order. */
  processes(): readonly ProcessState[];
  /** The latest events of sessions. */
  readonly events: EventLog;
  health(): Health;
  /** Prometheus text exposition format 0.0.4. */
  metrics(): string;
  /** Sends Cease/2 to every peer; then the process ends. `isRestart`: peers that keep our routes for a restart are not told. */
  shutdown(reason?: string, isRestart?: boolean): void;
}

export interface GlobalState {
  readonly localAs: number;
  readonly routerId: string;
  readonly clusterId: string;
  readonly confederation?: Confederation | undefined;
  readonly listen: readonly Endpoint[];
  readonly version: string;
  readonly startedAt: Date;
  readonly decision: DecisionConfig;
}

export type SessionState = State;

export interface NeighborState {
  readonly config: NeighborConfig;
  readonly state: SessionState;
  readonly adminState: 'up' | 'down';
  /** Present while Established. */
  readonly session?: NeighborSession | undefined;
  readonly counters: NeighborCounters;
  /** A row for each family that the neighbor is configured for. */
  readonly prefixes: readonly FamilyCounts[];
  /** Times the session left Established. */
  /** When the session will be closed, while it is shut down gracefully (RFC 8326). */
  readonly leavesAt?: Date | undefined;
  /** What the session waits for after the start, as part of a sentence. Undefined: it does not wait. */
  readonly waitsFor?: string | undefined;
  /** When the last session was lost, while routes of it are stale (RFC 4724). */
  readonly restartingSince?: Date | undefined;
  readonly flapCount: number;
  /** Last NOTIFICATION or connection failure, as a sentence. */
  readonly lastError?: string | undefined;
  readonly lastErrorAt?: Date | undefined;
  /** The last NOTIFICATION. A later failure to connect does not replace it. */
  readonly lastNotification?: NeighborNotification | undefined;
  /** Present while a limit keeps the session down. */
  readonly limitShutdown?: { readonly text: string; readonly restartAt?: Date | undefined } | undefined;
  /** Paths of all families, and attribute sets in use that the neighbor was the first to bring. */
  readonly paths: number;
  readonly attributeSets: number;
}

export interface NeighborNotification {
  readonly direction: 'sent' | 'received';
  readonly code: number;
  readonly subcode: number;
  /** Names of code and subcode, and the text of the sender, if any. */
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

type Counted = 'opens' | 'updates' | 'keepalives' | 'notifications' | 'routeRefreshes' | 'bytes';

export interface NeighborCounters extends Readonly<Record<`${Counted}${'Sent' | 'Received'}`, number>> {
  /** By `code/subcode`, e.g. `6/2`. Codes that are not in IANA's registry are counted under `other`. */
  readonly notificationsSentByCode?: ReadonlyMap<string, number> | undefined;
  readonly notificationsReceivedByCode?: ReadonlyMap<string, number> | undefined;
}

export interface FamilyCounts {
  readonly family: Family;
  readonly received: number;
  readonly accepted: number;
  readonly advertised: number;
  /** Routes of the Adj-RIB-In that are rejected, by reason. */
  readonly rejected: readonly ReasonCount[];
  /** Announcements of this session that were rejected and not held, by reason. */
  readonly discarded: readonly ReasonCount[];
  /** Routes that the neighbor withdrew in this session. */
  readonly withdrawn: number;
  /** Routes that were announced to the neighbor and withdrawn from it in this session; what is sent again counts again. */
  readonly announcementsSent: number;
  readonly withdrawalsSent: number;
  /** How much of the prefix limits is in use. Absent without limits or without a session. */
  readonly limitState?: LimitState | undefined;
  /** The neighbor sends its routes again (RFC 7313). */
  readonly refreshing: boolean;
  /** Routes of the Adj-RIB-In that the neighbor has to send again. */
  readonly stale: number;
  /** What becomes of them after a restart, and when they go at the latest or become the last choice. */
  readonly staleRoutes?: { readonly phase: StalePhase; readonly endsAt: Date } | undefined;
  /** Prefix filters of the neighbor (RFC 5292), in the order in which they are looked at. Without any every route passes. */
  readonly prefixFilter: readonly PrefixFilterEntry[];
  /** The first routes wait for these filters. */
  readonly awaitsPrefixFilter: boolean;
  /** Neighbors whose UPDATEs are encoded together with this one's, itself among them. Absent without a session. */
  readonly groupMembers?: number | undefined;
  /** Prefixes that the neighbor has still to be told of, as it takes less than the others of its group. Absent where it is not behind. */
  readonly behind?: number | undefined;
}

/** Stale routes of a session that was lost, those that are the last choice (RFC 9494), and those of a neighbor that is back. */
export type StalePhase = 'restart' | 'long-lived' | 'resync';

/** An entry of a prefix filter as the neighbor sent it; lengths of 0 are not given (RFC 5292 §2). */
export interface PrefixFilterEntry {
  readonly sequence: number;
  readonly match: 'permit' | 'deny';
  readonly prefix: string;
  readonly minLength: number;
  readonly maxLength: number;
}

/** How many routes are rejected for a reason. */
export interface ReasonCount {
  readonly reason: FilterReason;
  /** Where an import policy names a reason. */
  readonly policyReason?: string | undefined;
  readonly count: number;
}

/** `soft-in` judges the routes of the neighbor again, `refresh` asks the neighbor for them. */
export type ResetKind = 'hard' | 'soft-in' | 'soft-out' | 'soft' | 'refresh';

export interface AggregateState extends ConfiguredAggregate {
  /** More specific prefixes in the Loc-RIB. 0: the aggregate is not announced. */
  readonly contributors: number;
}

export interface ConditionState extends Condition {
  readonly holds: boolean;
  /** What is seen differs from `holds`, and will count if it lasts. */
  readonly isChanging: boolean;
  /** Routes of the configuration, and neighbors with a default route, that depend on it. */
  readonly routes: number;
  readonly neighbors: number;
}

/** A program of the configuration, and what became of it. */
export interface ProcessState {
  readonly name: string;
  readonly command: readonly string[];
  readonly apiVersion: number;
  /** Undefined: it does not run, and is not started again. */
  readonly pid: number | undefined;
  readonly restarts: number;
  readonly startedAt: Date;
  /** How it ended last: "code 1". */
  readonly lastEnd: string | undefined;
  /** Commands that it wrote, and those of them that failed. */
  readonly commands: number;
  readonly errors: number;
  readonly lastError: string | undefined;
  readonly routes: number;
  readonly backlogBytes: number;
  readonly droppedLines: number;
}

export interface DampenedQuery {
  /** Only of this neighbor. */
  readonly neighbor?: string | undefined;
  /** Also those that are not suppressed. @default false */
  readonly all?: boolean | undefined;
}

/** Suppressed routes first, the highest penalty first. */
export interface DampenedRoutes {
  readonly routes: readonly DampenedRoute[];
  /** How many there are. Larger than `routes.length` only when there are more than DAMPENED_MAX. */
  readonly count: number;
}

export interface DampenedRoute {
  readonly family: Family;
  readonly prefix: string;
  readonly neighbor: string;
  readonly penalty: number;
  /** Withdrawals and changes of attributes since the history began. */
  readonly flaps: number;
  readonly suppressed: boolean;
  /** The neighbor announces the prefix now. */
  readonly announced: boolean;
  /** Until a suppressed route is used again if it is stable; 0 for others. */
  readonly reuseSeconds: number;
}

export interface RouteFilter {
  readonly family?: Family | undefined;
  readonly prefix?: { readonly value: string; readonly match: 'exact' | 'longer' | 'shorter' } | undefined;
  readonly originAs?: number | undefined;
  /** Text of a standard, extended or large community; a well-known name is allowed. */
  readonly community?: string | undefined;
  /** Only routes that are kept out of the decision process: all of them, or those with this reason. For `received` only. */
  readonly rejected?: boolean | FilterReason | undefined;
}

export interface RouteQuery extends RouteFilter {
  /** Adj-RIB-In, Loc-RIB, or Adj-RIB-Out. `advertised` needs `neighbor`. */
  readonly table: 'received' | 'best' | 'advertised';
  readonly neighbor?: string | undefined;
  /** Continue after this place: `next` of an earlier page. */
  readonly after?: string | undefined;
}

/** The place of a listing after a route. Opaque, and valid as long as the daemon runs. */
export type RouteCursor = string;

export interface WatchQuery extends RouteFilter {
  /** `best` (default): changes of the Loc-RIB; `received`: every change of the Adj-RIBs-In; `advertised`: what `neighbor` is sent, as it is sent. */
  readonly table?: 'best' | 'received' | 'advertised' | undefined;
  readonly neighbor?: string | undefined;
  /** First report every route that exists as `announce`, then `end-of-initial`. With `resume`: only when changes are lost. */
  readonly initial?: boolean | undefined;
  /** Go on after this change. Changes in between that the daemon no longer has are reported as `lost`. */
  readonly resume?: ChangePosition | undefined;
}

/** A place in the sequence of changes: `sequence` and `instance` of RouteChanges. */
export interface ChangePosition {
  readonly instance: string;
  readonly after: number;
}

/** Some changes, and how far the reader has come with them. */
export interface RouteChanges {
  /** May be empty: then `sequence` is the news. */
  readonly events: readonly RouteEvent[];
  /** Identifies the run of the daemon, within which the numbers are valid. */
  readonly instance: string;
  /** The reader has been told of all changes up to this number. 0 before `end-of-initial`: the reader cannot resume yet. */
  readonly sequence: number;
  /** Number of the latest change of any table. */
  readonly latest: number;
  /** To resume after a lower number would lose changes. */
  readonly resumableAfter: number;
}

/** Changes of all families and tables are numbered in one order. A route that existed at the beginning has no number. */
export type RouteEvent =
  | { readonly type: 'announce'; readonly sequence?: number | undefined; readonly route: Route }
  | {
      readonly type: 'withdraw';
      readonly sequence: number;
      readonly family: Family;
      /** Empty where the NLRI of the family are no plain prefixes: `nlri` is there then. */
      readonly prefix: string;
      readonly nlri?: Nlri | undefined;
      readonly pathIdentifier?: number | undefined;
      readonly neighbor: string;
    }
  | { readonly type: 'end-of-initial'; readonly sequence: number }
  /**
   * Changes were dropped before the events that follow, because the reader was too slow or resumed too late. Its picture is incomplete unless
   * all routes follow: watch anew. `count` is exact for a slow reader, the largest possible number for one that resumed, and undefined
   * when nothing was counted: the daemon was restarted, or noted no changes for some time.
   */
  | { readonly type: 'lost'; readonly sequence: number; readonly count: number | undefined };

/** A read-only array that may make its items when `at` is called. `at` may throw ControlError. */
export interface Batch<T> {
  readonly length: number;
  at(index: number): T | undefined;
}

export interface LocalRouteKey {
  readonly family: Family;
  /** '' where `nlri` says which route it is. */
  readonly prefix: string;
  /** Of families whose NLRI are no plain prefixes. */
  readonly nlri?: Nlri | undefined;
  readonly pathIdentifier?: number | undefined;
}

export interface LocalRoute extends LocalRouteKey {
  /** '' where the family needs none. */
  readonly nextHop: string;
  /**
   * All attributes but NEXT_HOP and MP_REACH_NLRI. ORIGIN defaults to IGP, AS_PATH to an empty one. Routes of a batch that share an array are
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
