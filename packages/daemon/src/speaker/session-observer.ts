/** Who is told what happens in sessions: the programs of the configuration. While there is none, a session pays for a comparison. */
import type { CloseReason, SessionInfo } from '@tsbgp/session';
import type { Neighbor } from './neighbor.ts';

/** None of these may throw for what a peer or a program does; what they throw all the same is contained by the boundary of the session. */
export interface SessionObserver {
  stateChanged(neighbor: Neighbor, from: string, to: string): void;
  established(neighbor: Neighbor, session: SessionInfo): void;
  closed(neighbor: Neighbor, reason: CloseReason): void;
  /** A whole message that is no UPDATE of an Established session; borrowed. */
  message(neighbor: Neighbor, direction: 'sent' | 'received', octets: Uint8Array): void;
  /** The body of an UPDATE, with its header before `start`; borrowed. */
  update(neighbor: Neighbor, session: SessionInfo, bytes: Uint8Array, start: number, end: number): void;
  /** Whole messages that were sent to the neighbor; borrowed. */
  sent(neighbor: Neighbor, messages: Uint8Array): void;
  /** The RIB is too far behind its input, or has caught up. */
  pause(isPaused: boolean): void;
}
