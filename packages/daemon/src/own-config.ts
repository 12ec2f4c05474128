/** What the configuration says about routes of our own, and about when and how often routes are told, in the types of the control plane. */
import type { DampingOptions } from '@tsbgp/rib';
import type { Family, PathAttribute } from '@tsbgp/wire';

/** A route of the configuration file. */
export interface ConfiguredRoute {
  readonly family: Family;
  readonly prefix: string;
  /** The unspecified address means our own towards each neighbor. */
  readonly nextHop: string;
  readonly attributes: readonly PathAttribute[];
  /** Name of a condition: the route is announced only while it holds. Undefined: always. */
  readonly while: string | undefined;
}

/** An aggregate (RFC 4271 §9.2.2.2). */
export interface ConfiguredAggregate {
  readonly family: Family;
  readonly prefix: string;
  readonly summaryOnly: boolean;
  readonly mergeCommunities: boolean;
  readonly attributes: readonly PathAttribute[];
}

/** Holds while prefixes are, or are not, in the Loc-RIB. */
export interface Condition {
  readonly name: string;
  /** `present`: one of the prefixes is there. `absent`: none of them is. */
  readonly type: 'present' | 'absent';
  readonly prefixes: readonly string[];
  /** The time for which it must be so, or no longer be so, before it counts. */
  readonly holdSeconds: number;
}

export interface OwnConfig {
  readonly routes: readonly ConfiguredRoute[];
  readonly aggregates: readonly ConfiguredAggregate[];
  readonly conditions: readonly Condition[];
  /** For neighbors with `damping`. */
  readonly damping: DampingOptions;
  /** How long the first advertisement waits for End-of-RIB of all neighbors; 0: not at all. */
  readonly updateDelaySeconds: number;
}

/** Seconds for which a condition must be met, or not be met, before that counts. */
export const CONDITION_HOLD_SECONDS_DEFAULT = 5;
