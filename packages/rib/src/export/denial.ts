/** Why a path may not go to a member, whatever other paths there are: what rules.ts and receivers.ts decide. */
export type ExportDenial =
  /** The export policy of the neighbor rejects everything. */
  | 'export-policy'
  /** NO_ADVERTISE (RFC 1997). */
  | 'no-advertise'
  /** NO_EXPORT or NO_EXPORT_SUBCONFED towards an external peer (RFC 1997). */
  | 'no-export'
  /** NOPEER, and the member is a peer by its role (RFC 3765). */
  | 'no-peer'
  /** LLGR_STALE, and the session of the member is without the capability (RFC 9494 §4.3). */
  | 'llgr-stale'
  /** Both the source and the member are internal (RFC 4271 §9.2), and neither is a client of ours that may have it (RFC 4456 §6). */
  | 'internal-to-internal'
  /** ONLY_TO_CUSTOMER, and the member is no customer (RFC 9234 §5). */
  | 'only-to-customer'
  /** An aggregate with summary-only stands for the prefix. */
  | 'summarized'
  /** The member is sent a default route of our own in its place. */
  | 'own-default'
  /** The next hop is of no use to the peers, and we have none of our own in this family (RFC 4271 §5.1.3). */
  | 'no-next-hop'
  /** No message of the session holds it (RFC 8654 §5). */
  | 'too-large'
  /** An exception was thrown while it was rewritten or encoded. */
  | 'failed'
  /** It came from the member itself. */
  | 'own-route'
  /** It came from another client of the member's AS, which does not ask for such routes. */
  | 'same-as'
  /** It is a route of our own for other neighbors (`RouteAudience`). */
  | 'not-selected'
  /** Its next hop is the member's own address (RFC 4271 §5.1.3). */
  | 'own-next-hop'
  /** A control community keeps it from the member. */
  | 'control-community'
  /** The prefix filter that the peer sent denies it (RFC 5292), or has not come yet. */
  | 'prefix-filter';
