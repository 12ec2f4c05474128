/** A peer as the user of this package sees it. */
import type { State } from '@tsbgp/fsm';
import type { Family, NotificationMessage } from '@tsbgp/wire';
import type { PeerCounters } from './counters.ts';
import type { PeerConfig, PeerOptions } from './peer-options.ts';
import type { SessionInfo } from './session-info.ts';

/** A BGP neighbor. Lives from `addPeer` to `deletePeer`, over any number of sessions. */
export interface Peer {
  readonly config: PeerConfig;
  readonly options: PeerOptions;
  readonly state: State;
  readonly adminState: 'up' | 'down';
  readonly counters: PeerCounters;
  readonly lastError?: PeerLastError | undefined;
  /** When the present session came up, by the wall clock. */
  readonly establishedAt?: Date | undefined;
  /** How long the present session has been up. Monotonic: a clock that is set does not change it. */
  readonly establishedSeconds?: number | undefined;
  /** The present session; undefined unless Established. */
  readonly session?: SessionInfo | undefined;
  /** Sets the admin state to up and starts at once. Does nothing when it is up already. */
  enable(): void;
  /**
   * Ends the session with Cease/2 and an RFC 9003 text; the peer stays down until `enable`. Throws PeerError `invalid-argument` for a text of
   * more than 255 octets.
   */
  disable(shutdownMessage?: string): void;
  /**
   * Ends the session with Cease and this subcode (4, administrative reset); starts again after the idle hold time. Throws PeerError
   * `invalid-argument` for a text of more than 255 octets.
   */
  reset(subcode?: number, message?: string): void;
  /** False when there is no session, or the peer lacks the capability (RFC 2918; RFC 7313 for subtypes 1 and 2). */
  sendRouteRefresh(family: Family, subtype?: number): boolean;
  /** Delivers no UPDATE after the present one, and soon stops reading from the socket. The hold timer does not expire during the pause. */
  pauseReading(): void;
  /** Continues where `pauseReading` stopped; no message is lost. */
  resumeReading(): void;
}

/** Why the last session or attempt ended. */
export interface PeerLastError {
  /** 'local': no NOTIFICATION was exchanged, e.g. connection refused. */
  readonly direction: 'sent' | 'received' | 'local';
  readonly notification?: NotificationMessage | undefined;
  readonly text: string;
  readonly at: Date;
}
