/** Bounds that cannot be configured. */

/** How long an accepted connection waits for the peer's OPEN. RFC 4271 §8.2.2 suggests four minutes; a peer that connects sends it at once. */
export const INCOMING_OPEN_WAIT_SECONDS = 60;
/** Connections of one peer that are negotiated at a time: RFC 4271 §6.8 needs two to resolve a collision. */
export const CONNECTIONS_PER_PEER_MAX = 2;
/** Closed connections of one peer that wait until the peer closes too; more do not wait. */
export const LINGERING_PER_PEER_MAX = 2;
/** Refused connections that are answered, at a time. A misconfigured speaker makes one or two. */
export const REFUSED_MAX = 64;
/** Octets of UTF-8 that a shutdown message may have (RFC 9003 §2). */
export const SHUTDOWN_MESSAGE_OCTETS_MAX = 255;
