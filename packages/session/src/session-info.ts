import type { Capability, Family, Negotiated, WireContext } from '@tsbgp/wire';

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
   * Families both sides advertised; IPv4 unicast when a side sent no multiprotocol capability at all (RFC 4760 §8). Empty when they
   * have no family in common: then the session is Established, no routes are exchanged, and the log has a warning.
   */
  readonly families: ReadonlySet<Family>;
  readonly routeRefresh: boolean;
  /** RFC 7313. */
  readonly enhancedRouteRefresh: boolean;
  /** How to decode what the peer sends. */
  readonly receive: WireContext;
  /** How to encode what we send. */
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
