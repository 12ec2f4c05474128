/** What the user of this package writes: callbacks for the sessions of a peer. */
import type { State } from '@tsbgp/fsm';
import type { Capability, NotificationMessage, OpenMessage, RouteRefreshMessage } from '@tsbgp/wire';
import type { CloseReason } from './close-reason.ts';
import type { Peer, SessionInfo } from './peer.ts';

/**
 * What the user does with a peer. One object may serve many peers. Callbacks run between two messages and must not block. An exception in
 * one goes to the server's `onError` and ends that session with Cease/8.
 */
export interface Plugin {
  /** Called before each OPEN is sent. Four-octet AS (65) is added by the library. @default IPv4 unicast and route refresh */
  getCapabilities?(peer: Peer): readonly Capability[];
  /** Called after the OPEN passed all checks. A returned notification refuses the session. A collision calls it for both connections. */
  onOpenMessage?(peer: Peer, open: OpenMessage): NotificationMessage | undefined;
  /** Returns the handler of this session's UPDATEs. `writer` is good until `onClose`. */
  onEstablished(peer: Peer, session: SessionInfo, writer: UpdateWriter): UpdateHandler;
  /** Called exactly once per `onEstablished`. */
  onClose?(peer: Peer, reason: CloseReason): void;
  /** Called on each transition of the state machine (RFC 4271 §8.2.2). */
  onStateChange?(peer: Peer, from: State, to: State): void;
  /** Called on a ROUTE-REFRESH for a negotiated family. */
  onRouteRefresh?(peer: Peer, message: RouteRefreshMessage): void;
  /**
   * Called for each message that the library itself sends or receives, before it acts on it: all but the UPDATEs of an Established session,
   * which the handler and the writer see. `message` is whole, with its header, and borrowed until the call returns.
   */
  onMessage?(peer: Peer, direction: 'sent' | 'received', message: Uint8Array): void;
  /** Called on each NOTIFICATION, before it ends the session. */
  onNotification?(peer: Peer, message: NotificationMessage, direction: 'sent' | 'received'): void;
}

/**
 * `bytes[start, end)` is the UPDATE body without header, borrowed until the call returns. The 19 octets before `start` are its header. A
 * returned notification ends the session.
 */
export type UpdateHandler = (bytes: Uint8Array, start: number, end: number) => NotificationMessage | undefined;

/** Sends the UPDATEs of one session. */
export interface UpdateWriter {
  /**
   * Queues one or more whole messages, headers included. `messages` is kept, not copied, until it is written: do not change it. The same
   * octets may go to many peers. False: more than `highWaterBytes` wait, so better stop until `onDrain`. After `onClose` it does nothing and
   * returns false.
   */
  write(messages: Uint8Array): boolean;
  /** Octets accepted but not yet taken by the kernel. */
  readonly backlogBytes: number;
  /** Called when `backlogBytes` is 0 again. Not called when it never rose. */
  onDrain: (() => void) | undefined;
  /** Resolves when the kernel has taken all that was written so far; rejects when the session ends first. */
  flushed(): Promise<void>;
  /** Collects writes, until `uncork`, for one system call. */
  cork(): void;
  /** Writes what was collected since `cork`. */
  uncork(): void;
}
