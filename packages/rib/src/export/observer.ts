/**
 * What the caller of the RIB is told of routes that do not go out, and of members that get nothing more.
 */
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import type { UpdateGroup } from './group.ts';

/**
 * Why a route that policy lets out is not sent to a group. Stands in the source column of the Adj-RIB-Out, beside no attribute set; above
 * the indexes of peers.
 */
export const NotSent = {
  /** No message of the session holds it, or none once it is rewritten for the peers (RFC 8654 §5). */
  TooLarge: 65_535,
  /** The next hop is of no use to the peers, and we have none of our own in this family (RFC 4271 §5.1.3). */
  NoNextHop: 65_534,
  /** An exception was thrown while it was rewritten or encoded: a mistake of ours. */
  Failed: 65_533,
} as const;
export type NotSent = (typeof NotSent)[keyof typeof NotSent];

/** Indexes of peers are up to this. */
export const PEER_INDEX_MAX = 65_532;

/** Told of what does not go out. Called between columns that agree, but must not change the RIB before `work` has returned. */
export interface ExportObserver {
  /**
   * Another route of the group's table is not sent to its members. Called for the first, the tenth, the hundredth route of a reason, and
   * so on; `total` is how many there were since the group began, `group.notSent` how many there are.
   */
  notSent(group: UpdateGroup, reason: NotSent, nlri: NlriId, total: number): void;
  /** An exception kept routes of an attribute set from the members of a group. They do not hold these routes. */
  exportFailed(group: UpdateGroup, error: unknown): void;
  /**
   * What the peer got no longer agrees with its Adj-RIB-Out, as its port or the encoder threw. Nothing more is written to it: its session
   * must end. Called once for a peer, at the end of `work`, and may call `removePeer`.
   */
  peerFailed(peer: RibPeer, error: unknown): void;
}
