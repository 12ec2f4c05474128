/** What can be asked about policies: a part of the control plane. `PolicyQueries` (speaker/policy-queries.ts) implements it. */
import type { SetFileState } from '@tsbgp/policy/node';
import type { Family, PathAttribute } from '@tsbgp/wire';

export interface PolicyPlane {
  policies(): PolicySummary[];
  /** Throws `not-found`. */
  policy(name: string): PolicyDetails;
  sets(): SetSummary[];
  /** Entries from `after` on, at most `limit`. Throws `not-found`. */
  set(kind: string, name: string, after: number, limit: number): SetDetails;
  /** Reads the files of sets again. Resolves with those that are another generation now, and those that cannot be used. */
  reload(): Promise<{ readonly changed: readonly SetFileState[]; readonly faults: readonly string[] }>;
  /** Throws `not-found`, `invalid-argument`, and `failed-precondition` where a chain cannot be explained. */
  explain(query: PolicyQuery): PolicyExplanation[];
  /** `text` is a whole configuration file. Rejects with `invalid-argument` for its mistakes, and as `explain`. */
  diff(text: string, options?: { readonly neighbor?: string | undefined; readonly examplesMax?: number | undefined }): Promise<PolicyDiff>;
}

export interface PolicySummary {
  readonly name: string;
  /** Those inside others included. */
  readonly statements: number;
  /** Of a policy in TypeScript. */
  readonly file?: string | undefined;
  readonly uses: readonly { readonly neighbor: string; readonly import: boolean; readonly export: boolean }[];
  /** Policies with statements that call it. */
  readonly calledBy: readonly string[];
}

export interface PolicyDetails extends PolicySummary {
  /** In YAML. */
  readonly text: string;
  readonly listing: readonly StatementSummary[];
}

export interface StatementSummary {
  readonly name: string;
  readonly depth: number;
  /** For the routes that do not match the statement around it. */
  readonly otherwise: boolean;
  readonly conditions: readonly string[];
  readonly changes: readonly string[];
  readonly call: string;
  readonly action: string;
  readonly reason: string;
}

export interface SetSummary {
  readonly kind: string;
  readonly name: string;
  readonly entries: number;
  readonly file?: { readonly file: string; readonly list: string; readonly state: SetFileState | undefined } | undefined;
}

export interface SetDetails extends SetSummary {
  readonly page: readonly string[];
  /** Where the next page begins; undefined at the end. */
  readonly next: number | undefined;
}

export type PolicyDirection = 'import' | 'export';

/** A route that need not be there. */
export interface GivenRoute {
  readonly family: Family;
  readonly prefix: string;
  readonly pathIdentifier?: number | undefined;
  readonly nextHop: string;
  /** All but the next hop. ORIGIN defaults to IGP, AS_PATH to an empty one. */
  readonly attributes: readonly PathAttribute[];
}

export interface PolicyQuery {
  readonly neighbor: string;
  /** @default both */
  readonly direction?: PolicyDirection | undefined;
  /** A prefix or an address whose routes are explained; or a route that need not be there. */
  readonly subject: { readonly prefix: string } | { readonly route: GivenRoute };
}

export interface PolicyExplanation {
  readonly direction: PolicyDirection;
  readonly chain: string;
  readonly prefix: string;
  readonly pathIdentifier: number;
  /** The neighbor that the route came from; '' for one of our own. */
  readonly source: string;
  readonly accepted: boolean;
  readonly reason: string;
  /** Where it was decided. */
  readonly policy: string;
  readonly statement: string;
  readonly changes: string;
  readonly statements: readonly ExplainedStatement[];
}

export interface ExplainedStatement {
  readonly policy: string;
  readonly statement: string;
  readonly matched: boolean;
  readonly conditions: readonly { readonly text: string; readonly holds: boolean; readonly found: string }[];
  readonly changes: readonly string[];
}

export interface PolicyDiff {
  /** Neighbors with chains of another meaning. */
  readonly compared: number;
  /** Those of them with a difference. */
  readonly neighbors: readonly NeighborDifference[];
}

/** What would become of routes, kind by kind. */
export const DIFFERENCES = ['admitted', 'rejected', 'importChanged', 'announced', 'withdrawn', 'exportChanged'] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];

export interface RouteDifference {
  readonly count: number;
  readonly examples: readonly string[];
}

export interface NeighborDifference extends Readonly<Record<DifferenceKind, RouteDifference>> {
  readonly neighbor: string;
}
