/**
 * What a user of this package writes and gets: peers, plugins, the writer. Knows nothing of routes.
 */
import type { Capability, Family, Negotiated, NotificationMessage, OpenMessage, RouteRefreshMessage, WireContext } from '@tsbgp/wire';

/** The states of RFC 4271 §8.2.2. */
export type State = 'Idle' | 'Connect' | 'Active' | 'OpenSent' | 'OpenConfirm' | 'Established';

/** Who a peer is. Fixed as long as the peer exists. */
export interface PeerConfig {
  /** IPv4 or IPv6; a link-local one carries its interface: `fe80::1%eth0`. The key of the peer. */
  readonly remoteAddress: string;
  readonly remoteAs: number;
  readonly localAs: number;
}

/** `remotePort` of a peer that sets none: the port of BGP. */
export const REMOTE_PORT_DEFAULT = 179;
/** `holdTimeSeconds` of a peer that sets none. */
export const HOLD_TIME_SECONDS_DEFAULT = 90;
/** `connectRetrySeconds` of a peer that sets none. */
export const CONNECT_RETRY_SECONDS_DEFAULT = 10;
/** `idleHoldSeconds` of a peer that sets none. */
export const IDLE_HOLD_SECONDS_DEFAULT = 1;
/** `highWaterBytes` of a peer that sets none. */
export const HIGH_WATER_BYTES_DEFAULT = 1_048_576;
/** How long an accepted connection waits for the peer's OPEN. RFC 4271 §8.2.2 suggests four minutes; a peer that connects sends it at once. */
export const INCOMING_OPEN_WAIT_SECONDS = 60;
/** `halfOpenMax` of a server that sets none. */
export const HALF_OPEN_MAX_DEFAULT = 1024;
/** Connections of one peer that are negotiated at a time: RFC 4271 §6.8 needs two to resolve a collision. */
export const CONNECTIONS_PER_PEER_MAX = 2;
/** Closed connections of one peer that stay until the peer closes too; more are closed at once. */
export const LINGERING_PER_PEER_MAX = 2;
/** Octets of UTF-8 that a shutdown message may have (RFC 9003 §2). */
export const SHUTDOWN_MESSAGE_OCTETS_MAX = 255;

/** How to deal with a peer; each may be left out. */
export interface PeerOptions {
  /** Source of our connections and required destination of the peer's. @default any */
  readonly localAddress?: string | undefined;
  /** Source port of our connections. @default chosen by the kernel */
  readonly localPort?: number | undefined;
  /** @default 179 */
  readonly remotePort?: number | undefined;
  /** Never connects, only waits for the peer. @default false */
  readonly passive?: boolean | undefined;
  /** False: added in admin state down. @default true */
  readonly enabled?: boolean | undefined;
  /** What our OPEN proposes; 0 (no keepalives) or 3 to 65535. @default 90 */
  readonly holdTimeSeconds?: number | undefined;
  /** Interval of KEEPALIVEs, never more than a third of the negotiated hold time. @default a third of the hold time */
  readonly keepaliveSeconds?: number | undefined;
  /** Bound of one connection attempt and pause between two. RFC 4271 §10 suggests 120. @default 10 */
  readonly connectRetrySeconds?: number | undefined;
  /** Pause in Idle after a session ended, before we connect again. @default 1 */
  readonly idleHoldSeconds?: number | undefined;
  /**
   * RFC 4271 §8.1.1 DampPeerOscillations: after each protocol error the pause in Idle doubles from `minSeconds` to `maxSeconds`, and the
   * peer's own connections are refused meanwhile; a session that stays up for `maxSeconds` is forgiven. @default false
   */
  readonly damping?: { readonly minSeconds: number; readonly maxSeconds: number } | false | undefined;
  /** RFC 4271 §8.1.1 DelayOpen: how long to wait for the peer's OPEN before ours is sent. @default 0 (at once) */
  readonly delayOpenSeconds?: number | undefined;
  /** RFC 9687: how long nothing may leave although something waits. @default the larger of 480 and twice the hold time */
  readonly sendHoldSeconds?: number | undefined;
  /** BGP Identifier of our OPEN. @default the server's routerId */
  readonly bgpIdentifier?: string | undefined;
  /** `write` answers false while more than this waits for the kernel. Nothing is refused. @default 1048576 */
  readonly highWaterBytes?: number | undefined;
  /** RFC 4271 §6.8 CollisionDetectEstablishedState: a new connection of the peer replaces the Established one. @default false */
  readonly replaceEstablished?: boolean | undefined;
  /** Capabilities without which the session is refused with NOTIFICATION 2/7. Compared by their octets. @default none */
  readonly requiredCapabilities?: readonly Capability[] | undefined;
  /** RFC 9234 §4.2: refuse a peer that sends no role (2/11). Our role is one of the capabilities. @default false */
  readonly strictRole?: boolean | undefined;
  /** IP TTL (hop limit) of what we send, 1 to 255. Linux. @default the system's */
  readonly multihopTtl?: number | undefined;
  /** RFC 5082 GTSM: the peer is at most this many hops away (1: directly connected). Excludes `multihopTtl`. Linux. @default off */
  readonly ttlSecurityHops?: number | undefined;
  /** RFC 2385 key, 1 to 80 octets of UTF-8. Linux. @default none */
  readonly md5Key?: string | undefined;
  /** RFC 5925. Linux 6.7 and later. Excludes `md5Key`. @default none */
  readonly tcpAoKeys?: readonly TcpAoKey[] | undefined;
}

/** A master key tuple (RFC 5925 §3.1). */
export interface TcpAoKey {
  /** Identifies the key in what we send; 0 to 255. */
  readonly sendId: number;
  /** Identifies the key in what the peer sends; 0 to 255. */
  readonly receiveId: number;
  /** 1 to 80 octets of UTF-8. */
  readonly key: string;
  /** @default 'hmac-sha-1-96' */
  readonly algorithm?: 'hmac-sha-1-96' | 'aes-128-cmac-96' | undefined;
  /** The key we sign with first. @default the first of the list */
  readonly preferred?: boolean | undefined;
}

/** Since the peer was added: messages by type, octets, connections. */
export interface PeerCounters {
  readonly openSent: number;
  readonly openReceived: number;
  readonly updateSent: number;
  readonly updateReceived: number;
  readonly notificationSent: number;
  readonly notificationReceived: number;
  readonly keepaliveSent: number;
  readonly keepaliveReceived: number;
  readonly routeRefreshSent: number;
  readonly routeRefreshReceived: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly establishedCount: number;
  readonly connectAttempts: number;
  readonly connectFailures: number;
  readonly connectionsAccepted: number;
  readonly collisions: number;
  /** NOTIFICATIONs by `code/subcode`, e.g. `6/2`; those without a name in the registry of IANA are under `other`. */
  readonly notificationsSentByCode: ReadonlyMap<string, number>;
  readonly notificationsReceivedByCode: ReadonlyMap<string, number>;
}

/** Why the last session or attempt ended. */
export interface PeerLastError {
  /** 'local': no NOTIFICATION was exchanged, e.g. connection refused. */
  readonly direction: 'sent' | 'received' | 'local';
  readonly notification?: NotificationMessage | undefined;
  readonly text: string;
  readonly at: Date;
}

/** One neighbour. Lives from `addPeer` to `deletePeer`, over any number of sessions. */
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
  /** Admin state up: starts at once. Nothing happens when it is up already. */
  enable(): void;
  /** Cease/2 with RFC 9003 text; stays down until `enable`. Throws PeerError `invalid-argument` for a text of more than 255 octets. */
  disable(shutdownMessage?: string): void;
  /**
   * Ends the session with Cease and this subcode (4, administrative reset); starts again after the idle hold time. Throws PeerError
   * `invalid-argument` for a text of more than 255 octets.
   */
  reset(subcode?: number, message?: string): void;
  /** False when there is no session or the peer has not the capability (RFC 2918; RFC 7313 for subtypes 1 and 2). */
  sendRouteRefresh(family: Family, subtype?: number): boolean;
  /** Stops delivery of UPDATEs after the present one, and soon reading from the socket; the hold timer does not expire meanwhile. */
  pauseReading(): void;
  /** Goes on where `pauseReading` stopped; no message is lost. */
  resumeReading(): void;
}

/** What was agreed at the start of a session. Does not change while it lasts. */
export interface SessionInfo {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Who opened the connection: 'out' is us. */
  readonly direction: 'in' | 'out';
  readonly localAs: number;
  readonly remoteAs: number;
  readonly peerType: 'ebgp' | 'ibgp';
  readonly localBgpIdentifier: string;
  readonly remoteBgpIdentifier: string;
  /** 0: no keepalives, no hold timer. */
  readonly holdTimeSeconds: number;
  readonly keepaliveSeconds: number;
  /**
   * Families both sides advertised; IPv4 unicast when a side sent no multiprotocol capability at all (RFC 4760 §8). Empty when the two have
   * none in common: the session is Established, no routes are exchanged, and the log has a warning.
   */
  readonly families: ReadonlySet<Family>;
  readonly routeRefresh: boolean;
  /** RFC 7313. */
  readonly enhancedRouteRefresh: boolean;
  /** For what the peer sends to us. */
  readonly receive: WireContext;
  /** For what we send to the peer. */
  readonly send: WireContext;
  /** Families whose IPv4 NLRI may have IPv6 next hops (RFC 8950), both sides. */
  readonly extendedNextHop: ReadonlySet<Family>;
  /** Everything that was negotiated: ADD-PATH by direction, roles, graceful restart, ORF … */
  readonly negotiated: Negotiated;
  readonly localCapabilities: readonly Capability[];
  readonly remoteCapabilities: readonly Capability[];
  /** Both OPEN messages as they were on the wire, headers included (BMP wants them). */
  readonly localOpen: Uint8Array;
  readonly remoteOpen: Uint8Array;
}

/** Who or what ended a session. */
export type CloseReasonType =
  | 'notification-received'
  | 'notification-sent'
  | 'connection-lost'
  | 'hold-timer'
  | 'send-hold-timer'
  /** `disable`, `deletePeer` or `close`. */
  | 'stopped'
  /** The peer opened a new connection in place of this one (RFC 4724 §4.2, or `replaceEstablished`). */
  | 'replaced';

/** Why a session ended. */
export interface CloseReason {
  readonly type: CloseReasonType;
  readonly notification?: NotificationMessage | undefined;
  /** One sentence for people. */
  readonly text: string;
}

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

/** Where the library logs: fields for machines, a message for people. A pino logger fits. */
export interface Logger {
  /** Steps of a session. */
  debug(fields: object, message: string): void;
  /** What an operator wants to know. */
  info(fields: object, message: string): void;
  /** What an operator may have to look into. */
  warn(fields: object, message: string): void;
  /** What went wrong here. */
  error(fields: object, message: string): void;
}

/** Time as an argument: tests move it. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls back once, after that many milliseconds; the result is for `clearTimeout`. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Takes back what `setTimeout` returned. */
  clearTimeout(handle: unknown): void;
  /** In [0, 1), for jitter. */
  random(): number;
}

/** What all peers of a server share. */
export interface ServerOptions {
  /** Our BGP Identifier, a dotted quad other than 0.0.0.0 (RFC 6286). */
  readonly routerId: string;
  /** @default silent */
  readonly logger?: Logger | undefined;
  /** Aborting it is `close()`. */
  readonly signal?: AbortSignal | undefined;
  /** @default the system's */
  readonly clock?: Clock | undefined;
  /** How long one turn of the event loop may deliver input, over all peers. @default 8 */
  readonly turnBudgetMs?: number | undefined;
  /** Accepted connections that are not Established, over all peers. Beyond it new ones are closed at once. @default 1024 */
  readonly halfOpenMax?: number | undefined;
  /**
   * Accepted connections whose file descriptor has this number or a higher one are closed at once, so that the descriptors from here on stay
   * free for others. The kernel gives the lowest free number. @default none
   */
  readonly descriptorMax?: number | undefined;
  /**
   * Told of each exception that was contained: the plugin threw it, or this library by mistake. It has cost one session at most. The hook
   * counts and logs it. @default one line of `logger.error` each
   */
  readonly onError?: ((error: unknown, where: ErrorOrigin) => void) | undefined;
  /** Exceptions for which this is true are not contained: they are thrown on to the event loop. @default none */
  readonly isFatal?: ((error: unknown) => boolean) | undefined;
}

/** Which code threw an exception: a callback of the plugin, the logger, or what a timer, a socket or a listener called here. */
export type ErrorPlace =
  | 'getCapabilities'
  | 'onOpenMessage'
  | 'onEstablished'
  | 'update-handler'
  | 'onDrain'
  | 'onRouteRefresh'
  | 'onStateChange'
  | 'onNotification'
  | 'onClose'
  | 'logger'
  | 'timer'
  | 'socket'
  | 'listener';

/** Where an exception was contained. */
export interface ErrorOrigin {
  readonly place: ErrorPlace;
  /** Whose session it belonged to; undefined when it belonged to none. */
  readonly peer?: Peer | undefined;
}

/** Why an incoming connection was refused, in the words of metrics. */
export const REFUSAL_REASONS = [
  'unknown-peer',
  'range-full',
  'peer-disabled',
  'peer-damped',
  'wrong-local-address',
  'unprotected',
  'negotiating',
  'replaced',
  'half-open-limit',
  'descriptor-limit',
  'internal-error',
] as const;
/** Why an incoming connection was refused, in the words of metrics. `replaced`: the peer opened a newer one before it sent an OPEN. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What a server counts over all peers. */
export interface ServerStatistics {
  /** Accepted connections that are not Established, and how many may be. */
  readonly halfOpen: number;
  readonly halfOpenMax: number;
  /** Incoming connections refused since the start. */
  readonly refused: Readonly<Record<RefusalReason, number>>;
  /** Exceptions contained since the start. */
  readonly containedErrors: number;
}

/** Where to listen. */
export interface ListenOptions {
  /** Address to listen on; `::` takes IPv4 as well. */
  readonly host: string;
  /** 0: chosen by the kernel, see the result. */
  readonly port: number;
  /** Only IPv6 on `::`. @default false */
  readonly ipv6Only?: boolean | undefined;
}

/** Where a listener listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How a peer is told that it is no longer wanted. */
export interface DeletePeerOptions {
  /** Says why. Cease/3 has no room for text, so that Cease/2 is sent in its place (RFC 9003 §2). */
  readonly message?: string | undefined;
}

/** Peers that need no configuration of their own: whoever connects from this range. Such a peer is passive and is gone when its session ends. */
export interface PeerRangeConfig {
  /** e.g. `192.0.2.0/24` */
  readonly prefix: string;
  /** One AS, several, or any (undefined). Unless it is one, a peer's `config.remoteAs` is 0 until its OPEN came. */
  readonly remoteAs?: number | readonly number[] | undefined;
  readonly localAs: number;
  /** Peers at a time; beyond it connections are refused with Cease/8. @default 100 */
  readonly limit?: number | undefined;
}

/** A range as `addPeerRange` made it. */
export interface PeerRange {
  readonly config: PeerRangeConfig;
  readonly options: PeerOptions;
  /** The peers that have come from it and are here now. */
  listPeers(): Peer[];
}
