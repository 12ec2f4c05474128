/**
 * After something else has become ours (an AS number, an address, a cluster identifier), it is looked for in the attribute sets that are
 * interned already, in slices. Sets that are interned from then on are judged by it at once.
 */
import type { AttributeTable } from './attributes/attribute-table.ts';
import { NONE } from './columns.ts';
import { PeerKind, type RibPeer } from './peer.ts';

/** Attribute sets looked at in one slice. */
const SLICE = 16_384;

export class OwnSearch {
  readonly #attributes: AttributeTable;
  readonly #rejudge: (peer: RibPeer) => void;
  /** The attribute set to go on with; NONE when all were looked at. */
  #cursor: number = NONE;

  /** Calls `rejudge` for peers whose routes are to be judged again. */
  constructor(attributes: AttributeTable, rejudge: (peer: RibPeer) => void) {
    this.#attributes = attributes;
    this.#rejudge = rejudge;
  }

  /** What is ours towards this peer is looked for from now on. `peers` are all there are. */
  begin(peer: RibPeer, peers: readonly (RibPeer | undefined)[]): void {
    const { own } = this.#attributes;
    const up = peers.filter((each) => each?.up === true) as RibPeer[];
    const towards = (each: RibPeer) => ({ localAs: each.localAs, addresses: each.ownAddresses });
    if (peer.kind === PeerKind.Internal && own.learnClusterId(peer.clusterId)) {
      this.#start();
      for (const each of up) if (each.kind === PeerKind.Internal) this.#rejudge(each);
    }
    if (own.covers(towards(peer))) return;
    own.unite(up.map(towards));
    this.#start();
  }

  /** One slice of work, while what is ours is not settled. */
  slice(): void {
    this.#cursor = this.#attributes.deriveAgain(this.#cursor, SLICE);
    if (this.#cursor === NONE) this.#attributes.own.settled = true;
  }

  #start(): void {
    this.#attributes.own.settled = false;
    this.#cursor = 1;
  }
}
