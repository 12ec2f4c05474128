/** What a policy says about a route. The same verdict of one policy is the same object. */
import type { Change } from '../change/change.ts';
import type { WorkingRoute } from './state.ts';

/** The route is accepted, with these changes. */
export interface Accepted {
  readonly type: 'accept';
  /** What is done to the attributes; without edits the route stays as it is. */
  readonly change: Change;
  /** Which place of the policy decided: an index into `Policy.places`. */
  readonly place: number;
}

/** The route is rejected. Import keeps it as filtered; export does not send it. */
export interface Rejected {
  readonly type: 'reject';
  /** As the statement says it; undefined where it does not. */
  readonly reason: string | undefined;
  readonly place: number;
}

/**
 * Not decided without the prefix or the path identifier: `resume` goes on from here with them. The statements before were run, and need not
 * run again for other routes with the same attribute set.
 */
export interface Pending {
  readonly type: 'pending';
  readonly change: Change;
  /** The instruction to go on with. */
  readonly at: number;
  /** What `resume` found out about the attribute set, so that it need not ask again for the next route. */
  readonly memory: PendingMemory;
}

/** What is remembered of a pending verdict. */
export interface PendingMemory {
  /** By instruction: whether its condition holds, of conditions that look at nothing that differs between routes. */
  answers: Uint8Array | undefined;
  state: WorkingRoute | undefined;
}

/** What a policy says about a route. */
export type Verdict = Accepted | Rejected;

/** A verdict, and the neighbors whom it concerns. */
export interface MembersVerdict<V> {
  readonly verdict: V;
  readonly members: bigint;
}

/**
 * What becomes of the canonical attribute block `bytes[start, end)`: changed octets; undefined when it stays as it is; or a rejection, the
 * policy's or because its changes cannot be made.
 */
export function settle(verdict: Verdict, bytes: Uint8Array, start = 0, end: number = bytes.length): Uint8Array | Rejected | undefined {
  if (verdict.type === 'reject') return verdict;
  const octets = verdict.change.apply(bytes, start, end);
  return typeof octets === 'string' ? { type: 'reject', reason: octets, place: verdict.place } : octets;
}
