/**
 * Why a route that policy lets out is not sent to a group. The reason is in the source column of the Adj-RIB-Out, beside no attribute set,
 * above the indexes of peers.
 */
export const NotSent = {
  /** No message of the session holds it, or none once it is rewritten for the peers (RFC 8654 §5). */
  TooLarge: 65_535,
  /** The next hop is of no use to the peers, and we have none of our own in this family (RFC 4271 §5.1.3). */
  NoNextHop: 65_534,
  /** An exception was thrown while it was rewritten or encoded: a mistake of ours. */
  Failed: 65_533,
  /** An aggregate of ours with summary-only stands for it (aggregates/). */
  Summarized: 65_532,
} as const;
export type NotSent = (typeof NotSent)[keyof typeof NotSent];

/** Indexes of peers are up to this. */
export const PEER_INDEX_MAX = 65_531;
