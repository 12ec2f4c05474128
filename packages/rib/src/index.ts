/**
 * @tsbgp/rib: BGP routing state in columns. Synchronous, no I/O, no clock of its own.
 */
export type { AggregateOptions, Aggregates } from './aggregates/aggregates.ts';
export type { AttrId, AttributeTable } from './attributes/attribute-table.ts';
export { AttrFlag, DEFAULT_LOCAL_PREF, LONG_PATH_ASNS } from './attributes/facts.ts';
export type { NextHopCost } from './attributes/next-hop-costs.ts';
export { BrokenInvariant, invariant } from './broken-invariant.ts';
export { grown, NONE } from './columns.ts';
export { DAMPING_DEFAULTS, type DampingOptions, type Flapping, penaltyMax } from './damping/flap-history.ts';
export { type Defeat, type ExplainedPath, explain, explainPair } from './decision/explain.ts';
export { type MultipathOptions, multipath } from './decision/multipath.ts';
export { type DecisionStep, STEPS, type Step } from './decision/steps.ts';
export { DECISION_DEFAULTS, type DecisionOptions } from './decision-options.ts';
export type { BestObserver } from './decisions.ts';
export { endOfRib } from './export/encoder.ts';
export type { ExportExplanation, ExportedPath, ExportPending, ExportReason } from './export/explain.ts';
export type { UpdateGroup } from './export/group.ts';
export type { Member, RefreshMarks, SentRoute } from './export/member.ts';
export { NotSent } from './export/not-sent.ts';
export type { ExportGroup, ExportObserver } from './export/observer.ts';
export { AttributeRewriter } from './export/rewrite.ts';
export { countOf, FILTER_REASONS, type FilterReason, POLICY_REASONS_MAX, type UnusableReason } from './filter-reason.ts';
export type { IngestObserver } from './ingest.ts';
export type { LimitAction, LimitName, LimitNotice, LimitOptions, LimitState, RouteLimits } from './limits.ts';
export { checkLocal, type LocalRoute } from './local.ts';
export { longestMatch } from './longest-match.ts';
export type { NlriId, NlriIndex } from './nlri/nlri-index.ts';
export { NlriWindow } from './nlri/window.ts';
export type { RouteOwner } from './own-routes.ts';
export type { OwnedKey, Owners, OwnersOptions } from './owners.ts';
export { policyReason } from './path-knowledge.ts';
export {
  type AsPathOptions,
  Horizon,
  LOCAL_ORIGINS,
  type LocalOrigin,
  type PeerIndex,
  PeerKind,
  type PeerOptions,
  type PeerPort,
  RibPeer,
  type RouteAudience,
  type RouteServerOptions,
  type StaleExport,
} from './peer.ts';
export {
  type ExportPolicy,
  type ImportPolicy,
  type JudgedRoute,
  type MembersAnswer,
  type MembersPolicy,
  type PolicyChange,
  type PolicyMember,
  type PolicyPending,
  PolicyReads,
  type PolicySubject,
  type PolicyVerdict,
} from './policy/policy.ts';
export { FILTER_ENTRIES_MAX, PrefixFilter, type PrefixFilterEntry } from './prefix-filter.ts';
export { EVERYTHING, type Validation, type ValidationChange } from './revalidation/validation.ts';
export { Rib } from './rib.ts';
export type { RibOptions } from './rib-options.ts';
export type { PrefixRanges } from './rpki/range-set.ts';
export type { RouteStates } from './rpki/route-states.ts';
export type { SentObserver } from './sent-observer.ts';
export { isStale } from './stale-routes.ts';
export type { PathId, PathObserver, RibTable } from './table.ts';
export { AspaState, type RouteValidator, RovState, Validates, type ValidationMode, type ValidationOptions } from './validation-options.ts';
export { type ImportVerdict, Verdict } from './verdict.ts';
export { WarmUp } from './warm-up.ts';
