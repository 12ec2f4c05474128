/** What the user of this package configures of a server, and the statistics of a server. */
import type { Clock } from './clock.ts';
import type { Peer } from './peer.ts';

/** `halfOpenMax` of a server that sets none. */
export const HALF_OPEN_MAX_DEFAULT = 1024;
/** `turnBudgetMs` of a server that sets none. */
export const TURN_BUDGET_MS_DEFAULT = 8;

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
  /** Most accepted connections that are not Established, over all peers. More are closed at once. @default 1024 */
  readonly halfOpenMax?: number | undefined;
  /**
   * Accepted connections whose file descriptor has this number or a higher one are closed at once. So these descriptors stay free for other
   * uses: the kernel always gives the lowest free number. @default none
   */
  readonly descriptorMax?: number | undefined;
  /**
   * Called for each exception that was contained: the plugin threw it, or this library by mistake. It has ended one session at most. The
   * hook should count or log it. @default one line of `logger.error` each
   */
  readonly onError?: ((error: unknown, where: ErrorOrigin) => void) | undefined;
  /** Exceptions for which this is true are not contained: the event loop gets them. @default none */
  readonly isFatal?: ((error: unknown) => boolean) | undefined;
}

/** Where the library logs: fields for machines, a message for people. A pino logger fits. */
export interface Logger {
  /** Steps of a session. */
  debug(fields: object, message: string): void;
  /** What an operator wants to know. */
  info(fields: object, message: string): void;
  /** What an operator may have to look into. */
  warn(fields: object, message: string): void;
  /** What went wrong in this process. */
  error(fields: object, message: string): void;
}

export const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Which code threw an exception: a callback of the plugin, the logger, or what a timer, a socket or a listener called here. */
export type ErrorPlace =
  | 'getCapabilities'
  | 'onOpenMessage'
  | 'onEstablished'
  | 'update-handler'
  | 'onDrain'
  | 'onRouteRefresh'
  | 'onStateChange'
  | 'onMessage'
  | 'onNotification'
  | 'onClose'
  | 'logger'
  | 'timer'
  | 'socket'
  | 'listener';

/** Where an exception was contained. */
export interface ErrorOrigin {
  readonly place: ErrorPlace;
  /** The peer whose session it belonged to; undefined when it belonged to none. */
  readonly peer?: Peer | undefined;
}

/** Every reason for which an incoming connection is refused, as in metrics. */
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
/** Why an incoming connection was refused. `replaced`: the peer opened a newer one before it sent an OPEN. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What a server counts over all peers. */
export interface ServerStatistics {
  /** Accepted connections that are not Established, and their limit. */
  readonly halfOpen: number;
  readonly halfOpenMax: number;
  /** Incoming connections refused since the start. */
  readonly refused: Readonly<Record<RefusalReason, number>>;
  /** Exceptions contained since the start. */
  readonly containedErrors: number;
}

/** Where to listen. */
export interface ListenOptions {
  /** `::` accepts IPv4 as well. */
  readonly host: string;
  /** 0: the kernel chooses one, see the result. */
  readonly port: number;
  /** Only IPv6 on `::`. @default false */
  readonly ipv6Only?: boolean | undefined;
}

/** Where a listener listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How `deletePeer` ends the session. */
export interface DeletePeerOptions {
  /** Tells the peer why. Cease/3 cannot carry text, so Cease/2 is sent instead (RFC 9003 §2). */
  readonly message?: string | undefined;
  /** The peer is to be added again with other options: Cease/6 (RFC 4486 §4) is sent. @default false */
  readonly reconfigured?: boolean | undefined;
}
