/**
 * A broken invariant of the RIB: the routing state contradicts itself. Nothing after it can be trusted, so it is the one error that stops
 * the daemon. Every other exception costs the peer, the route or the call it belongs to.
 */

/** Thrown by `invariant`. `message` names the invariant. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Throws BrokenInvariant unless `condition` holds. `statement` says what must be true. */
export function invariant(condition: unknown, statement: string): asserts condition {
  if (!condition) throw new BrokenInvariant(`broken invariant of the RIB: ${statement}`);
}
