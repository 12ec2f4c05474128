/** Peers by the small index that columns name them with. It is used again when nothing names the peer any more. */
import type { Family } from '@tsbgp/wire';
import { invariant } from './broken-invariant.ts';
import { PEER_INDEX_MAX } from './export/not-sent.ts';
import { type PeerIndex, type PeerOptions, RibPeer } from './peer.ts';

export class PeerIndexes {
  /** 0 is nobody. */
  readonly peers: (RibPeer | undefined)[] = [undefined];
  readonly #free: number[] = [];
  /** Peers ever made: no two have the same token. */
  #tokens = 0;

  add(options: PeerOptions, families: readonly Family[], clusterId: number): RibPeer {
    const index = this.#free.pop() ?? this.peers.length;
    invariant(index <= PEER_INDEX_MAX, 'more sessions than a column can name');
    const peer = new RibPeer(index as PeerIndex, options, families, ++this.#tokens, clusterId);
    this.peers[index] = peer;
    return peer;
  }

  /** Nothing names the peer any more. */
  free({ index }: RibPeer): void {
    this.peers[index] = undefined;
    this.#free.push(index);
  }
}
