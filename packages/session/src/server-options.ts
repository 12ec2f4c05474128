/** What the user of this package configures of a server, and what a server tells. */
import type { Clock } from './clock.ts';
import type { ErrorOrigin } from './containment.ts';
import type { Logger } from './logger.ts';
import type { RefusalReason } from './refusals.ts';

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
