import type { Capability, Family, Negotiated, WireContext } from '@tsbgp/wire';

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
