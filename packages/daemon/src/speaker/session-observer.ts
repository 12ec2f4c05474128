/** Who is told what happens in sessions: the programs of the configuration, and the log of messages. While there is none, a session pays for a comparison. */
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

/** One that tells both; where there is one only, that one. */
export function observers(a: SessionObserver | undefined, b: SessionObserver | undefined): SessionObserver | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    stateChanged(neighbor, from, to) {
      a.stateChanged(neighbor, from, to);
      b.stateChanged(neighbor, from, to);
    },
    established(neighbor, session) {
      a.established(neighbor, session);
      b.established(neighbor, session);
    },
    closed(neighbor, reason) {
      a.closed(neighbor, reason);
      b.closed(neighbor, reason);
    },
    message(neighbor, direction, octets) {
      a.message(neighbor, direction, octets);
      b.message(neighbor, direction, octets);
    },
    update(neighbor, session, bytes, start, end) {
      a.update(neighbor, session, bytes, start, end);
      b.update(neighbor, session, bytes, start, end);
    },
    sent(neighbor, messages) {
      a.sent(neighbor, messages);
      b.sent(neighbor, messages);
    },
    pause(isPaused) {
      a.pause(isPaused);
      b.pause(isPaused);
    },
  };
}
