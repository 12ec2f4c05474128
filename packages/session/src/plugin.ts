/** What the user of this package writes: callbacks for the sessions of a peer. */
import type { State } from '@tsbgp/fsm';
import type { Capability, NotificationMessage, OpenMessage, RouteRefreshMessage } from '@tsbgp/wire';
import type { CloseReason } from './close-reason.ts';
import type { Peer } from './peer.ts';
import type { SessionInfo } from './session-info.ts';

/**
 * What the user does with a peer. One object may serve many peers. Callbacks run between two messages and must not block; what one throws
 * goes to the server's `onError` and ends that session with Cease/8.
 */
export interface Plugin {
  /** Called for each OPEN about to be sent. Four-octet AS (65) is added by the library. @default IPv4 unicast and route refresh */
  getCapabilities?(peer: Peer): readonly Capability[];
  /** After the OPEN passed all checks; a notification refuses the session. May be called for both connections of a collision. */
  onOpenMessage?(peer: Peer, open: OpenMessage): NotificationMessage | undefined;
  /** Returns the handler of this session's UPDATEs. `writer` is good until `onClose`. */
  onEstablished(peer: Peer, session: SessionInfo, writer: UpdateWriter): UpdateHandler;
  /** Exactly once per `onEstablished`. */
  onClose?(peer: Peer, reason: CloseReason): void;
  /** Each transition of the state machine (RFC 4271 §8.2.2). */
  onStateChange?(peer: Peer, from: State, to: State): void;
  /** ROUTE-REFRESH for a negotiated family. */
  onRouteRefresh?(peer: Peer, message: RouteRefreshMessage): void;
  /** Each NOTIFICATION, before the session ends for it. */
  onNotification?(peer: Peer, message: NotificationMessage, direction: 'sent' | 'received'): void;
}

/**
 * `bytes[start, end)` is the UPDATE body without header, borrowed until the call returns; its header stands right before, in the 19 octets
 * from `start - 19`. A returned notification ends the session.
 */
export type UpdateHandler = (bytes: Uint8Array, start: number, end: number) => NotificationMessage | undefined;

/** The way out of one session. */
export interface UpdateWriter {
  /**
   * Queues one or more whole messages, headers included. `messages` is kept, not copied, until it is written: do not change it; the same
   * octets may go to many peers. False: more than `highWaterBytes` wait; better stop until `onDrain`. After `onClose`: nothing, false.
   */
  write(messages: Uint8Array): boolean;
  /** Octets accepted but not yet taken by the kernel. */
  readonly backlogBytes: number;
  /** Called when `backlogBytes` came down to 0. Not called when it never rose. */
  onDrain: (() => void) | undefined;
  /** Resolves when all that was written so far was taken by the kernel; rejects when the session ends before. */
  flushed(): Promise<void>;
  /** Between cork and uncork writes are collected for one system call. */
  cork(): void;
  /** Writes what was collected since `cork`. */
  uncork(): void;
}
