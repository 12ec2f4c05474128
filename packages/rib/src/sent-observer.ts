/** Who is told what single peers are sent, as it is sent (export/tell-sent.ts). */
import type { NlriId } from './nlri/nlri-index.ts';
import type { RibPeer } from './peer.ts';

/** Told of routes that are announced to peers and withdrawn from them. It must not throw, and not change the RIB. */
export interface SentObserver {
  /** Whether it wants to hear of this peer. */
  wants(peer: RibPeer): boolean;
  /**
   * The peer is told of an NLRI of the table at `position`. `path` is the path identifier that it gets, 0 without ADD-PATH.
   */
  sent(peer: RibPeer, position: number, nlri: NlriId, path: number): void;
}
