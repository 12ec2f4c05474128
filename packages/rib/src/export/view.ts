/** What routes look like to the peers of an update group: everything that the octets of an UPDATE depend on. */
import type { Family, WireContext } from '@tsbgp/wire';
import type { NextHopMeaning } from '@tsbgp/wire/scan';
import { Horizon, type PeerKind, type RibPeer, type StaleExport } from '../peer.ts';

export interface ExportView {
  readonly family: Family;
  readonly kind: PeerKind;
  readonly horizon: Horizon;
  readonly localAs: number;
  readonly routeServerClient: boolean;
  /** Our AS is in front of AS_PATH even for clients of a route server. */
  readonly ownAsInFront: boolean;
  readonly asPath: AsPathView;
  /** Our cluster identifier; only of clients, who are in the cluster. */
  readonly clusterId: number | undefined;
  /** Clients get routes of other clients of their cluster. */
  readonly clientToClient: boolean;
  /** Our role towards external peers (RFC 9234): one of wire's `Role`. */
  readonly role: number | undefined;
  /** What the next hops of the family mean: whether ours may take their place. */
  readonly nextHopMeaning: NextHopMeaning;
  readonly nextHopSelfAlways: boolean;
  /** External peers get next hops as they came in. */
  readonly nextHopUnchanged: boolean;
  /** The peers take IPv6 next hops in this family: always, but for IPv4 unicast only where that was agreed upon (RFC 8950). */
  readonly ipv6NextHops: boolean;
  /** Routes go out with GRACEFUL_SHUTDOWN (RFC 8326 §4.2). */
  readonly gracefulShutdown: boolean;
  /** Which routes with LLGR_STALE go out, and how. */
  readonly staleRoutes: StaleExport;
  /** Our own next hop for the family of the group, as its field has it; undefined where we have none. */
  readonly nextHopSelf: Uint8Array | undefined;
  /** The link that the peers are on (`PeerOptions.link`). */
  readonly link: string | undefined;
  readonly context: WireContext;
}

/** What becomes of AS_PATH on its way out (as-path.ts). */
export interface AsPathView {
  /** Our ASes that go in front, the first one first; empty for peers of our AS. */
  readonly front: readonly number[];
  /** They go into an AS_CONFED_SEQUENCE: the peers are in another AS of our confederation. */
  readonly isConfederation: boolean;
  readonly removePrivate: 'remove' | 'all' | 'replace' | undefined;
  /** Our AS takes the place of that of the peers. */
  readonly override: boolean;
  /** The AS of the peers; undefined where nothing depends on it. */
  readonly remoteAs: number | undefined;
}

/** How many cluster identifiers go in front of CLUSTER_LIST when a route from `source` is reflected (RFC 4456 §8). 0: it is not reflected. */
export function clustersPassed(view: ExportView, source: RibPeer): 0 | 1 | 2 {
  const fromClient = source.horizon === Horizon.Client;
  const toClient = view.horizon === Horizon.Client;
  if (fromClient && toClient) return view.clusterId === source.clusterId ? 1 : 2;
  return (fromClient && view.horizon === Horizon.NonClient) || (toClient && source.horizon === Horizon.NonClient) ? 1 : 0;
}

/** Whether split horizon keeps routes from such a peer from the peers of the view (RFC 4271 §9.2, RFC 4456 §6). */
export function isBeyondHorizon(view: ExportView, source: RibPeer): boolean {
  if (view.horizon === Horizon.NonClient) return source.horizon === Horizon.NonClient;
  return (
    view.horizon === Horizon.Client && source.horizon === Horizon.Client && !view.clientToClient && view.clusterId === source.clusterId
  );
}
