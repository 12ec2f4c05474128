/**
 * What the RIB asks of import and export policy. Who makes policies implements this. The RIB knows nothing of statements or functions.
 *
 *     judge    one answer for an attribute set: it holds for all routes with the set, until the set is gone
 *     resume   for one route, where `judge` said that the answer depends on its NLRI or path identifier
 *
 * A policy is pure: the same values give the same answer. It is compared by identity. Neighbors with the same policy have the same object, so
 * that the RIB asks once for all of them. A policy that is to answer otherwise is another object (`Rib.changePeer`).
 *
 * Policies do not throw. What they answer is kept, so that the same answer should be the same object.
 */
import type { Family } from '@tsbgp/wire';

/** A peer as policies see it. The RIB hands it on, and looks at nothing of it. */
export type PolicySubject = object;

/** What a policy may look at beside the attribute set and the family. Answers are kept for each value of these. */
export const PolicyReads = {
  /** Origin validation state (RFC 6811). */
  Rov: 1,
  /** State of the AS_PATH (ASPA). */
  Aspa: 2,
  /** In export policy: the peer that the route came from. */
  Source: 4,
} as const;

/** The route that is judged. One object, filled anew for each question: valid until the policy returns. */
export interface JudgedRoute {
  /** The attribute set is `bytes[start, end)`, in canonical form (attributes/canonical.ts). */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** As in the question before: the attribute set is the same, so that what was found out about it still holds. */
  readonly token: number;
  readonly family: Family;
  /** The NLRI in wire form begins at `nlri[nlriOffset]`. In `judge` it is that of any route with the set. */
  readonly nlri: Uint8Array;
  readonly nlriOffset: number;
  /** RFC 7911; 0 where none is sent. */
  readonly pathIdentifier: number;
  /** `RovState` and `AspaState`; 0 (not checked) where the policy does not read them. */
  readonly rov: number;
  readonly aspa: number;
  /** The peer that the route came from; undefined for a route of our own. */
  readonly source: PolicySubject | undefined;
}

/** What becomes of an attribute set. Equal changes are the same object, whichever policy they are of. */
export interface PolicyChange {
  /**
   * The changed set, canonical again; undefined where it stays as it is. A text says why the change cannot be made: the route is rejected for
   * that reason.
   */
  readonly apply: (bytes: Uint8Array, start: number, end: number) => Uint8Array | string | undefined;
  /**
   * How the next hop goes out, where policy decides that: `given`, as the changed set has it; `self`, our own; `unchanged`, as it came.
   * Export only.
   */
  readonly nextHop: 'given' | 'self' | 'unchanged' | undefined;
  /** The MULTI_EXIT_DISC of the changed set is ours, so that external peers get it (RFC 4271 §5.1.4). Export only. */
  readonly setsMed: boolean;
}

/** A decision. */
export interface PolicyVerdict {
  readonly type: 'verdict';
  readonly accepts: boolean;
  /** Why it rejects, in a word; undefined where it does not say. */
  readonly reason: string | undefined;
  /** Undefined: the set stays as it is. */
  readonly change: PolicyChange | undefined;
  /** Who decided, for people: the policy and its statement. @default not told */
  readonly by?: string | undefined;
}

/** Not decided without the NLRI or the path identifier. What `resume` needs is the policy's matter. */
export interface PolicyPending {
  readonly type: 'pending';
}

/** Who may come in with what. */
export interface ImportPolicy {
  /** Bits of `PolicyReads`. */
  readonly reads: number;
  /** Peers with equal numbers get equal answers. Asked once in a session. */
  classOf(peer: PolicySubject | undefined): number;
  /** The answer for every route with this attribute set, or that it depends on the NLRI. */
  judge(route: JudgedRoute): PolicyVerdict | PolicyPending;
  /** The answer for one route, after `judge` answered `pending` for its attribute set. */
  resume(pending: PolicyPending, route: JudgedRoute): PolicyVerdict;
}

/** What goes out, and to whom. */
export interface ExportPolicy {
  /** Bits of `PolicyReads`. */
  readonly reads: number;
  /** The policy for these members of an update group: all that have it. Asked again when members come or go. */
  forMembers(members: readonly PolicyMember[]): MembersPolicy;
}

/** A member of an update group, as sets of members name it: bit n is the one with the number n. */
export interface PolicyMember {
  readonly number: number;
  readonly subject: PolicySubject | undefined;
}

/** An export policy for all members that have it at once. Every member is in exactly one answer. */
export interface MembersPolicy {
  /** The answers for every route with this attribute set; of some members they may depend on the NLRI. */
  judge(route: JudgedRoute): readonly MembersAnswer<PolicyVerdict | PolicyPending>[];
  /** The answers for one route, of the members for which `judge` answered `pending`. */
  resume(pending: PolicyPending, members: bigint, route: JudgedRoute): readonly MembersAnswer<PolicyVerdict>[];
}

/** An answer, and the members that it is for. */
export interface MembersAnswer<Answer> {
  readonly answer: Answer;
  readonly members: bigint;
}
