/** Why a path is held but kept out of the decision process: the words, and the octet that the path columns hold. */

/** In the order in which they are looked for: the first that holds is the reason. Their places are what columns and counters hold. */
export const FILTER_REASONS = [
  /** The AS_PATH has the AS we use on that session, or our global one (RFC 4271 §9.1.2). */
  'as-loop',
  /** ORIGINATOR_ID is our BGP Identifier (RFC 4456 §8). */
  'originator-id',
  /** CLUSTER_LIST has our cluster identifier (RFC 4456 §8). */
  'cluster-list',
  /** The next hop is our own address, or none that a host of the family can have (RFC 4271 §6.3). */
  'next-hop',
  /** The next hop cannot be reached, as who knows the interior costs says (RFC 4271 §9.1.2). */
  'next-hop-unreachable',
  /** The first AS of AS_PATH is not that of the external peer (RFC 4271 §6.3). */
  'first-as',
  /** AS_PATH has an AS_SET or AS_CONFED_SET (RFC 9774). */
  'as-set',
  /** AS_PATH has more than LONG_PATH_ASNS AS numbers (attributes/facts.ts). */
  'as-path-length',
  /** ONLY_TO_CUSTOMER says that the peer should not have sent it: a route leak (RFC 9234 §5). */
  'route-leak',
  /** No ROA permits its origin AS, but other ones cover its prefix (RFC 6811). */
  'rpki-invalid',
  /** Its AS_PATH is a route leak or forged, as ASPAs say. */
  'aspa-invalid',
  /** The import policy of the neighbor rejects it. */
  'import-policy',
  /** It came after as many as the peer may bring, or may have accepted (limits.ts). */
  'max-prefix',
  /** Its attribute set is a new one, after as many as the peer may bring (limits.ts). */
  'attribute-sets',
  /** A default route of our own that only neighbors with default-originate are sent. */
  'default-originate',
  /** It flapped, and is suppressed until it has been stable for some time (RFC 2439). */
  'damped',
] as const;

/** Why a path does not take part in the decision process. */
export type FilterReason = (typeof FILTER_REASONS)[number];

type OtherReason =
  | 'rpki-invalid'
  | 'aspa-invalid'
  | 'import-policy'
  | 'next-hop-unreachable'
  | 'max-prefix'
  | 'attribute-sets'
  | 'default-originate'
  | 'damped';
const OTHERS: ReadonlySet<FilterReason> = new Set<OtherReason>([
  'rpki-invalid',
  'aspa-invalid',
  'import-policy',
  'next-hop-unreachable',
  'max-prefix',
  'attribute-sets',
  'default-originate',
  'damped',
]);

/** Those that follow from BGP itself, not from policy or limits, nor from what is around us. */
export type UnusableReason = Exclude<FilterReason, OtherReason>;

export function isUnusableReason(reason: FilterReason): reason is UnusableReason {
  return !OTHERS.has(reason);
}

/** A reason as columns hold it; 0 is none. Above those of FILTER_REASONS are the reasons that import policies name (policy/policy-reasons.ts). */
export type ReasonCode = number & { readonly __id: 'ReasonCode' };

export const NO_REASON = 0 as ReasonCode;

/** The most reasons of import policies that are told apart. A column holds a reason in one octet. */
export const POLICY_REASONS_MAX = 200;
/** Codes are below. */
export const REASON_CODES: number = FILTER_REASONS.length + 1 + POLICY_REASONS_MAX;
/** The first code of a reason that a policy names. */
export const FIRST_POLICY_REASON: number = FILTER_REASONS.length + 1;

const CODES: ReadonlyMap<FilterReason, ReasonCode> = new Map(FILTER_REASONS.map((reason, at) => [reason, (at + 1) as ReasonCode]));

const IMPORT_POLICY: ReasonCode = CODES.get('import-policy')!;

export function codeOf(reason: FilterReason): ReasonCode {
  return CODES.get(reason)!;
}

export function reasonOf(code: ReasonCode): FilterReason | undefined {
  return code >= FIRST_POLICY_REASON ? 'import-policy' : FILTER_REASONS[code - 1];
}

/** Whether an import policy rejected the route. */
export function isPolicyReason(code: ReasonCode): boolean {
  return code >= FIRST_POLICY_REASON || code === IMPORT_POLICY;
}

/** How many of `counts`, which are by code, are of a reason. Those of policies that name a reason of their own are of `import-policy` too. */
export function countOf(counts: ArrayLike<number>, reason: FilterReason): number {
  let count = counts[codeOf(reason)] ?? 0;
  if (reason === 'import-policy') for (let code = FIRST_POLICY_REASON; code < counts.length; code++) count += counts[code]!;
  return count;
}
