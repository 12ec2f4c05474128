/**
 * What the caller of the RIB is told of routes that do not go out, and of members that get nothing more.
 */
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import type { NotSent } from './not-sent.ts';

/** What an observer may ask of an update group. */
export interface ExportGroup {
  readonly table: RibTable;
  readonly members: readonly { readonly peer: RibPeer }[];
  /** Routes that policy lets out and that are not sent to any member, for this reason. */
  notSent(reason: NotSent): number;
}

/** Told of what does not go out. Called between columns that agree, but must not change the RIB before `work` has returned. */
export interface ExportObserver {
  /**
   * Another route of the group's table is not sent to its members. Called for the first, the tenth, the hundredth route of a reason, and
   * so on; `total` is how many there were since the group began, `group.notSent` how many there are.
   */
  notSent(group: ExportGroup, reason: NotSent, nlri: NlriId, total: number): void;
  /** An exception kept routes of an attribute set from the members of a group. They do not hold these routes. */
  exportFailed(group: ExportGroup, error: unknown): void;
  /**
   * What the peer got no longer agrees with its Adj-RIB-Out, as its port or the encoder threw. Nothing more is written to it: its session
   * must end. Called once for a peer, at the end of `work`, and may call `removePeer`.
   */
  peerFailed(peer: RibPeer, error: unknown): void;
}
