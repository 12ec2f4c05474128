/** What routes look like to the peers of an update group: everything that the octets of an UPDATE depend on. */
import type { WireContext } from '@tsbgp/wire';
import type { PeerKind } from '../peer.ts';

export interface ExportView {
  readonly kind: PeerKind;
  readonly localAs: number;
  readonly routeServerClient: boolean;
  /** Our AS is in front of AS_PATH even for clients of a route server. */
  readonly ownAsInFront: boolean;
  readonly nextHopSelfAlways: boolean;
  /** Our own next hop for the family of the group; undefined where we have none. */
  readonly nextHopSelf: Uint8Array | undefined;
  /** The link that the peers are on (`PeerOptions.link`). */
  readonly link: string | undefined;
  readonly context: WireContext;
}
