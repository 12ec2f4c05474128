/**
 * Connection collision (RFC 4271 §6.8, RFC 6286 §2.3): two connections with one peer, one of which must go.
 *
 *   1. The speaker with the higher BGP identifier is dominant; with equal ones, the higher AS. The connection that it opened survives.
 *   2. An Established connection survives and the new one goes, unless configured otherwise.
 *   3. Each side judges when an OPEN arrives. The two may see (1) and (2) differently, and both connections would go. So while the dominant
 *      peer may still choose either connection, we do not choose: we wait for its Cease, for a bounded time.
 *   4. When both connections have the same direction, the newer survives: the peer gave the older one up.
 */
import type { State } from '@tsbgp/fsm';
import { parseIpv4, readU32 } from '@tsbgp/wire';

export interface Identity {
  readonly bgpIdentifier: string;
  readonly as: number;
}

export type Direction = 'in' | 'out';

export interface Rival {
  readonly direction: Direction;
  readonly state: State;
  /** Opened after the connection that is judged. */
  readonly newer: boolean;
}

export type Verdict = 'keep-both' | 'drop-this' | 'drop-other' | 'replace-other' | 'wait';

/** RFC 6286 §2.3. */
export function dominates(local: Identity, remote: Identity): boolean {
  const ours = identifierNumber(local.bgpIdentifier);
  const theirs = identifierNumber(remote.bgpIdentifier);
  return ours === theirs ? local.as > remote.as : ours > theirs;
}

function identifierNumber(identifier: string): number {
  const bytes = parseIpv4(identifier);
  return bytes === undefined ? 0 : readU32(bytes, 0);
}

/** Decides between this connection, whose OPEN just came, and the other. `patience`: there is still time to wait for the peer. */
export function collide(
  direction: Direction,
  other: Rival,
  localDominates: boolean,
  replaceEstablished: boolean,
  patience: boolean,
): Verdict {
  if (other.state !== 'OpenConfirm' && other.state !== 'Established') return 'keep-both'; // judged when the other's OPEN comes
  if (other.state === 'Established' && replaceEstablished) return 'replace-other';
  if (other.direction === direction) {
    if (other.state === 'Established') return 'drop-this';
    return other.newer ? 'drop-this' : 'drop-other';
  }
  const favored = (direction === 'out') === localDominates;
  if (!favored) return 'drop-this';
  if (!localDominates && patience) return 'wait';
  return other.state === 'Established' ? 'drop-this' : 'drop-other';
}

/**
 * Whether to hold the KEEPALIVE that would make this connection Established: the OPEN of the other connection is due, and the dominant peer
 * may choose that one.
 */
export function mustAwait(direction: Direction, other: Rival, localDominates: boolean): boolean {
  return other.state === 'OpenSent' && other.direction !== direction && (direction === 'out') !== localDominates;
}

/** How a peer settles collisions. */
export interface CollisionRules {
  readonly collide: typeof collide;
  readonly mustAwait: typeof mustAwait;
}

export const COLLISION_RULES: CollisionRules = { collide, mustAwait };
