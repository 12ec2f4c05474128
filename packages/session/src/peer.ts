/** A peer as the user of this package configures it, and as the user sees it. */
import type { State } from '@tsbgp/fsm';
import type { Capability, Family, Negotiated, NotificationMessage, WireContext } from '@tsbgp/wire';
import type { PeerCounters } from './counters.ts';

/** `remotePort` of a peer that sets none (RFC 4271 §8.2.1). */
export const REMOTE_PORT_DEFAULT = 179;
/** `holdTimeSeconds` of a peer that sets none. */
export const HOLD_TIME_SECONDS_DEFAULT = 90;
/** `connectRetrySeconds` of a peer that sets none. */
export const CONNECT_RETRY_SECONDS_DEFAULT = 10;
/** `idleHoldSeconds` of a peer that sets none. */
export const IDLE_HOLD_SECONDS_DEFAULT = 1;
/** `highWaterBytes` of a peer that sets none. */
export const HIGH_WATER_BYTES_DEFAULT = 1_048_576;

/** Identifies a peer. Does not change while the peer exists. */
export interface PeerConfig {
  /** IPv4 or IPv6; a link-local one carries its interface: `fe80::1%eth0`. The key of the peer. */
  readonly remoteAddress: string;
  readonly remoteAs: number;
  readonly localAs: number;
}

/** How to treat a peer. Every option may be left out. */
export interface PeerOptions {
  /** Source of our connections and required destination of the peer's. @default any */
  readonly localAddress?: string | undefined;
  /** Source port of our connections. @default chosen by the kernel */
  readonly localPort?: number | undefined;
  /** @default 179 */
  readonly remotePort?: number | undefined;
  /** Never connects, only waits for the peer. @default false */
  readonly passive?: boolean | undefined;
  /** False: the peer is added in admin state down. @default true */
  readonly enabled?: boolean | undefined;
  /** What our OPEN proposes; 0 (no keepalives) or 3 to 65535. @default 90 */
  readonly holdTimeSeconds?: number | undefined;
  /** Interval of KEEPALIVEs, never more than a third of the negotiated hold time. @default a third of the hold time */
  readonly keepaliveSeconds?: number | undefined;
  /** Longest connection attempt, and pause between two. RFC 4271 §10 suggests 120. @default 10 */
  readonly connectRetrySeconds?: number | undefined;
  /** Pause in Idle after a session ended, before we connect again. @default 1 */
  readonly idleHoldSeconds?: number | undefined;
  /**
   * RFC 4271 §8.1.1 DampPeerOscillations: after each protocol error the pause in Idle doubles, from `minSeconds` to `maxSeconds`. During
   * the pause the peer's connections are refused. A session that stays up for `maxSeconds` ends the doubling. @default false
   */
  readonly damping?: { readonly minSeconds: number; readonly maxSeconds: number } | false | undefined;
  /** RFC 4271 §8.1.1 DelayOpen: how long to wait for the peer's OPEN before ours is sent. @default 0 (at once) */
  readonly delayOpenSeconds?: number | undefined;
  /** RFC 9687: how long the peer may take nothing of what waits for it. @default the larger of 480 and twice the hold time */
  readonly sendHoldSeconds?: number | undefined;
  /** BGP Identifier of our OPEN. @default the server's routerId */
  readonly bgpIdentifier?: string | undefined;
  /** `write` returns false while more than this waits for the kernel; it refuses nothing. @default 1048576 */
  readonly highWaterBytes?: number | undefined;
  /** RFC 4271 §6.8 CollisionDetectEstablishedState: a new connection of the peer replaces the Established one. @default false */
  readonly replaceEstablished?: boolean | undefined;
  /** Capabilities without which the session is refused with NOTIFICATION 2/7. Compared by their octets. @default none */
  readonly requiredCapabilities?: readonly Capability[] | undefined;
  /**
   * Our OPEN has exactly the capabilities of `getCapabilities`, in their order, each in an optional parameter of its own. Four-octet AS is not
   * added. @default false
   */
  readonly exactCapabilities?: boolean | undefined;
  /** Accepts any AS in the peer's OPEN; `remoteAs` is only a first guess. @default false */
  readonly anyRemoteAs?: boolean | undefined;
  /** Our AS is that of the peer's OPEN, whatever it is. Needs `delayOpenSeconds`, so that the peer's OPEN comes first. @default false */
  readonly adoptRemoteAs?: boolean | undefined;
  /** Message types beyond RFC 2918's that are accepted; `onMessage` of the plugin gets them. @default none: such a message ends the session */
  readonly otherMessageTypes?: readonly number[] | undefined;
  /** RFC 9234 §4.2: refuses a peer that sends no role (2/11). Our role is one of the capabilities. @default false */
  readonly strictRole?: boolean | undefined;
  /**
   * Another AS number of ours, by which the peer may know us: when it refuses our OPEN because of its AS (2/2), the next attempt is with the
   * other of the two. @default none
   */
  readonly alternateLocalAs?: number | undefined;
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

/** The two pauses of `PeerOptions`. */
export type RetryTimes = Required<Pick<PeerOptions, 'connectRetrySeconds' | 'idleHoldSeconds'>>;

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
  /** Ends the session, and attempts at one, with this NOTIFICATION; starts again after the idle hold time. */
  end(notification: NotificationMessage): void;
  /** Ends the session, and attempts at one, as if the connection had been lost: without a NOTIFICATION (RFC 4724 §4.1). */
  drop(): void;
  /** Changes the pauses before the next attempts. Throws PeerError `invalid-config`. */
  setRetry(times: RetryTimes): void;
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

/** What both sides agreed on in their OPENs. It stays the same as long as the session lasts. */
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
   * Families that both sides advertised. A side that sent no multiprotocol capability counts as having advertised IPv4 unicast (RFC 4760 §8).
   * If no family is in common, the session becomes Established, exchanges no routes, and the log has a warning.
   */
  readonly families: ReadonlySet<Family>;
  readonly routeRefresh: boolean;
  /** RFC 7313. */
  readonly enhancedRouteRefresh: boolean;
  /** How to decode what the peer sends. */
  readonly receive: WireContext;
  /** How to encode what we send. */
  readonly send: WireContext;
  /** IPv4 families whose routes may have IPv6 next hops, as both sides advertised (RFC 8950). */
  readonly extendedNextHop: ReadonlySet<Family>;
  /** Everything that was negotiated: ADD-PATH by direction, roles, graceful restart, ORF … */
  readonly negotiated: Negotiated;
  readonly localCapabilities: readonly Capability[];
  readonly remoteCapabilities: readonly Capability[];
  /** Both OPEN messages as they were on the wire, headers included. BMP needs them. */
  readonly localOpen: Uint8Array;
  readonly remoteOpen: Uint8Array;
}
