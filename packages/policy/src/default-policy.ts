/**
 * The policy of a neighbor that has no statements: it accepts or rejects everything.
 */
import { Change } from './change/change.ts';
import type { Accepted, Rejected } from './engine/verdict.ts';

/** Words of the keys `import` and `export` of a neighbor. */
export type DefaultAction = 'accept-all' | 'deny-all';
/** Whether routes come in or go out. */
export type Direction = 'import' | 'export';
/** Whether the neighbor is in another AS. */
export type PeerType = 'ebgp' | 'ibgp';

/** What decides about a neighbor without statements. */
export interface DefaultPolicyConfig {
  readonly direction: Direction;
  readonly peerType: PeerType;
  /** Undefined: what RFC 8212 demands. */
  readonly defaultAction?: DefaultAction | undefined;
}

/** A policy that looks at nothing: its verdict holds for every route. */
export interface DefaultPolicy {
  readonly direction: Direction;
  readonly constant: Accepted | Rejected;
}

/** The verdict of a policy that lets every route pass as it is. */
export const ACCEPT: Accepted = Object.freeze({ type: 'accept', change: Change.root(), place: 0 });
/** The verdict of a policy that lets no route pass. */
export const REJECT: Rejected = Object.freeze({ type: 'reject', reason: undefined, place: 0 });

/** RFC 8212 §2: without policy an eBGP session imports and exports nothing; iBGP is not concerned. */
export function defaultActionOf(peerType: PeerType): DefaultAction {
  return peerType === 'ebgp' ? 'deny-all' : 'accept-all';
}

/** The policy of a neighbor without statements. */
export function compilePolicy({ direction, peerType, defaultAction }: DefaultPolicyConfig): DefaultPolicy {
  return { direction, constant: (defaultAction ?? defaultActionOf(peerType)) === 'accept-all' ? ACCEPT : REJECT };
}
