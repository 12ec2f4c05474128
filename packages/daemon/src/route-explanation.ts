/**
 * Routes in the terms of the control plane, and why those of a prefix are where they are: its paths, how they compare, what each neighbor gets.
 */
import type { AspaState, DecisionStep, ExportPending, ExportReason, FilterReason, LocalOrigin, RovState } from '@tsbgp/rib';
import type { Family, Nlri, PathAttribute } from '@tsbgp/wire';

export interface Route {
  readonly family: Family;
  /** "192.0.2.0/24"; empty where the NLRI of the family are no plain prefixes. */
  readonly prefix: string;
  /** Where `prefix` is empty. */
  readonly nlri?: Nlri | undefined;
  readonly pathIdentifier?: number | undefined;
  /** The neighbor it came from; '' for a local route. */
  readonly neighbor: string;
  readonly nextHop: string;
  readonly attributes: readonly PathAttribute[];
  readonly best: boolean;
  /** Whether import policy, an AS loop or an unusable next hop keeps the route out of the decision process. */
  readonly filtered: boolean;
  /** Why, if that is known. */
  readonly filterReason?: FilterReason | undefined;
  /** The reason that the import policy names, where it does. */
  readonly policyReason?: string | undefined;
  /** What RPKI says of its origin, and of its AS_PATH. Undefined: it is not asked. */
  readonly rov?: RovState | undefined;
  readonly aspa?: AspaState | undefined;
  readonly learnedAt: Date;
  /** The neighbor has to send it again: after the loss of its session, or in a route refresh. */
  readonly stale?: boolean | undefined;
  /** Where a local route comes from. */
  readonly localOrigin?: LocalOrigin | undefined;
  /** Who injected it, as the client said. */
  readonly addedBy?: string | undefined;
}

export interface PathQuery {
  /** A prefix, or an address, for which the longest prefix that covers it is taken. */
  readonly prefix: string;
  /** Take the longest prefix that covers `prefix`, which may be `prefix` itself. */
  readonly longestMatch?: boolean | undefined;
}

/** The paths of one prefix in order of preference: the best one first, filtered ones last. */
export interface PrefixPaths {
  readonly family: Family;
  readonly prefix: string;
  readonly paths: readonly ExplainedRoute[];
  /** How many paths there are. Larger than `paths.length` only when there are more than PATHS_MAX of them. */
  readonly pathCount: number;
}

export interface ExplainedRoute {
  readonly route: Route;
  /** Why the path takes no part in the decision process, if that is known. */
  readonly filterReason?: FilterReason | undefined;
  /** The policy and the statement that reject it, where import policy does. */
  readonly policyStatement?: string | undefined;
  /** Among the paths that may be used beside the best one, itself included, if there may be more than one. */
  readonly multipath?: boolean | undefined;
  /** Why the path lost; absent for the best path and for filtered ones. */
  readonly defeat?: RouteDefeat | undefined;
}

/** The first step of the decision process in which a path and the better one differ, with the values of both. */
export interface RouteDefeat {
  readonly step: DecisionStep;
  readonly value: string;
  readonly betterValue: string;
  /** '' for a local route. */
  readonly betterNeighbor: string;
  readonly betterPathIdentifier: number;
}

export interface ExplainQuery extends PathQuery {
  /** Explain what this neighbor gets. @default all neighbors */
  readonly neighbor?: string | undefined;
  /** Compare the paths in pairs too. @default false */
  readonly pairwise?: boolean | undefined;
}

/** `better`, `worse` and `path` below are places in `paths`, from 0. */
export interface RouteExplanation extends PrefixPaths {
  /** Each pair of the first paths that are in the decision process; none unless they were asked for. */
  readonly comparisons: readonly PathComparison[];
  readonly neighbors: readonly NeighborExplanation[];
}

/** How two paths compare when they are alone. */
export interface PathComparison {
  readonly better: number;
  readonly worse: number;
  readonly step: DecisionStep;
  readonly betterValue: string;
  readonly worseValue: string;
}

export interface NeighborPath {
  /** Its place among the paths of the prefix. */
  readonly path: number;
  /** Undefined: it is sent. */
  readonly reason?: ExportReason | undefined;
  /** With `export-policy`: the word with which the policy rejects it, and the policy and the statement that do. */
  readonly policyReason?: string | undefined;
  readonly policyStatement?: string | undefined;
}

export interface NeighborExplanation {
  readonly neighbor: string;
  /** Why the neighbor gets no route of the family at all. */
  readonly cause?: 'no-session' | 'no-family' | undefined;
  /** Paths in the decision process, and why they are not sent. Of very many, the best ones and those that are sent. */
  readonly paths: readonly NeighborPath[];
  /** Why the neighbor may not have yet what is sent. */
  readonly pending?: ExportPending | undefined;
}
