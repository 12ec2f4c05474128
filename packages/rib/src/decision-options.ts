/**
 * What operators can switch in the decision process (decision/steps.ts). Those that change what is derived from an attribute set are read once
 * per set, when it is interned; the others count only among paths that are equal in everything before.
 */
export interface DecisionOptions {
  /** AIGP counts before the AS_PATH length (RFC 7311 §4.1). @default true */
  readonly aigp: boolean;
  /** The AS_PATH length does not count (against RFC 4271 §9.1.2.2 a). @default false */
  readonly ignoreAsPathLength: boolean;
  /** Confederation segments count in the AS_PATH length (against RFC 5065 §5.3). @default false */
  readonly countConfederations: boolean;
  /** MULTI_EXIT_DISC is compared between all paths, also those through different neighboring ASes. @default false */
  readonly alwaysCompareMed: boolean;
  /**
   * The lowest MULTI_EXIT_DISC of each neighboring AS is found first, and removes the others of that AS (RFC 4271 §9.1.2.2 c). Without it paths
   * are compared in pairs in the order in which they first came, latest first, and a path that loses is not looked at again: the result can
   * then depend on the order of arrival (RFC 3345). @default true
   */
  readonly deterministicMed: boolean;
  /** A missing MULTI_EXIT_DISC counts as the highest one instead of as 0. @default false */
  readonly missingMedAsWorst: boolean;
  /** Of external paths the one that has been as it is for longer, before BGP Identifiers are compared. @default false */
  readonly preferOldest: boolean;
  /** The lower BGP Identifier or ORIGINATOR_ID (RFC 4271 §9.1.2.2 f). @default true */
  readonly compareRouterId: boolean;
}

/** What counts unless it is switched. */
export const DECISION_DEFAULTS: DecisionOptions = {
  aigp: true,
  ignoreAsPathLength: false,
  countConfederations: false,
  alwaysCompareMed: false,
  deterministicMed: true,
  missingMedAsWorst: false,
  preferOldest: false,
  compareRouterId: true,
};
