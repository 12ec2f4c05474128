/**
 * The policy of a neighbor that has no statements: it accepts or rejects everything.
 */
import { Change } from './change/change.ts';
import type { Accepted, Rejected } from './engine/verdict.ts';

export type DefaultAction = 'accept-all' | 'deny-all';
export type Direction = 'import' | 'export';
export type PeerType = 'ebgp' | 'ibgp';

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

export function compilePolicy({ direction, peerType, defaultAction }: DefaultPolicyConfig): DefaultPolicy {
  return { direction, constant: (defaultAction ?? defaultActionOf(peerType)) === 'accept-all' ? ACCEPT : REJECT };
}
