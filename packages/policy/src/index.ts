/** @tsbgp/policy: what may come in and what may go out. Pure, no I/O. Nothing runs on import. */

export { AsSet, parseAsRange } from './as-path/as-set.ts';
export { type AsPathDialect, type AsPathPattern, compileAsPathPattern } from './as-path/pattern.ts';
export { type AsNotation, formatAs, type PathTextForm } from './as-path/text.ts';
export { Change } from './change/change.ts';
export type { Action, Edit, EditFailure, NextHopMode } from './change/edit.ts';
export type { Community, CommunityKind } from './community/community.ts';
export { gobgpCommunityPattern } from './community/gobgp.ts';
export type { OwnNumbers } from './community/own-numbers.ts';
export { type CommunityPattern, parseCommunityPattern } from './community/pattern.ts';
export { CommunitySet, type SetMatch } from './community/set.ts';
export type { Condition, RouteState } from './condition/condition.ts';
export {
  formatPath,
  formatProblem,
  type PolicyWarning,
  PROBLEM_CODES,
  PROBLEM_WARNING_CODES,
  type Problem,
  type ProblemCode,
} from './config/problems.ts';
export { type PolicyConfigResult, type ReadOptions, readPolicies, readPolicy, stepsOf } from './config/read.ts';
export { NamedSets, type SetKind } from './config/sets.ts';
export {
  ACCEPT,
  compilePolicy,
  type DefaultAction,
  type DefaultPolicy,
  type DefaultPolicyConfig,
  type Direction,
  defaultActionOf,
  type PeerType,
  REJECT,
} from './default-policy.ts';
export type { Counters } from './engine/counters.ts';
export { type ChainDefinition, type Outcome, type PolicyDefinition, PolicyError, type StatementDefinition } from './engine/definition.ts';
export { PolicyEngine } from './engine/engine.ts';
export { type ExplainedCondition, type ExplainedStatement, type Explanation, explain, formatExplanation } from './engine/explain.ts';
export { type Coverage, coverageOf, type Unreachable, unreachableStatements } from './engine/lint.ts';
export { Policy, type Tracer } from './engine/policy.ts';
export type { Place } from './engine/program.ts';
export { type Accepted, type MembersVerdict, type Pending, type Rejected, settle, type Verdict } from './engine/verdict.ts';
export { type BgpggDefinedSets, type BgpggSetRef, type BgpggStatement, bgpggChain, bgpggPolicy } from './models/bgpgg.ts';
export { type RustbgpdNeighborSet, type RustbgpdStatement, rustbgpdChain, rustbgpdPolicy } from './models/rustbgpd.ts';
export { type PrefixEntry, parsePrefixEntry } from './prefix/entry.ts';
export { PrefixSet, PrefixSetBuilder, PrefixSetPool, prefixSet } from './prefix/set.ts';
export { BOGON_ASNS, BOGON_PREFIXES, IPV6_GLOBAL_UNICAST, TRANSIT_FREE_ASNS } from './ready/bogons.ts';
export type { Overrides, PrefixLengths } from './ready/checks.ts';
export { type CustomerOptions, customerEdgePolicies, type EdgeOptions, transitEdgePolicies } from './ready/edge.ts';
export { PRESETS, type Preset } from './ready/presets.ts';
export { REJECT_REASONS, type RejectReason } from './ready/reasons.ts';
export { type RouteServerOptions, routeServerPolicies } from './ready/route-server.ts';
export { type MemberSet, Members, numbersOf } from './route/members.ts';
export { type Peer, type PeerKind, type PeerRole, peerValues } from './route/peer.ts';
export { PEER_READS, type ReadBits, Reads, ROUTE_READS, readNames } from './route/reads.ts';
export { AspaState, NO_PREFIX, Route, type RouteType, RovState } from './route/route.ts';
export { BUILT_IN_POLICIES, type ChainLink, type ChainOptions, compileChain } from './script/chain.ts';
export {
  type AspaWord,
  definePolicy,
  type OriginWord,
  type RovWord,
  type ScriptDecision,
  type ScriptDefinition,
  type ScriptFunction,
  type ScriptPeer,
  type ScriptRoute,
  type ScriptTell,
} from './script/define.ts';
export { type FaultLog, formatFault, type ScriptFault, type ScriptPlace } from './script/faults.ts';
export { formatLoadFailure, type LoaderOptions, type LoadResult, ScriptLoader } from './script/loader.ts';
export {
  BATCH_BUDGET_MILLISECONDS_DEFAULT,
  BUDGET_MILLISECONDS_DEFAULT,
  type ChainPart,
  METRICS_MAX,
  type ScriptOptions,
  type ScriptPart,
  ScriptPolicy,
  type ScriptVerdict,
  STOPS_MAX,
} from './script/script-policy.ts';
export type { PolicySections } from './sections.ts';
export { SetFileFault } from './set-file/fault.ts';
export type { FileSetKind, FileSetKinds } from './set-file/lists.ts';
export { readSetFile, type SetFile } from './set-file/read.ts';
export { type FindLists, type FoundList, type ResolvedSets, resolveSets, type SetFileUse } from './set-file/uses.ts';
export type { ExpectedAttributes } from './testing/expected-attributes.ts';
export {
  type Expectation,
  type PolicyTest,
  type PolicyTestFile,
  type PolicyTestsResult,
  readPolicyTestFile,
} from './testing/read-tests.ts';
export { type CoveredStatement, type PolicyTestResult, PolicyTestRun, type TestedPolicies } from './testing/run-tests.ts';
export { blockOf } from './testing/written-route.ts';
