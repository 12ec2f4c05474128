/** Tells of members to whom nothing more is written: their sessions must end. */
import type { RibPeer } from '../peer.ts';
import type { UpdateGroups } from './groups.ts';
import type { ExportObserver } from './observer.ts';

export class FailedPeers {
  readonly #observer: ExportObserver | undefined;
  /** Peers of whose failure the observer was told. */
  readonly #told: WeakSet<RibPeer> = new WeakSet();

  constructor(observer: ExportObserver | undefined) {
    this.#observer = observer;
  }

  /** Tells of those that failed since the last call, when no loop over members is running: the observer may remove them. */
  tell(all: readonly UpdateGroups[]): void {
    let failed: Map<RibPeer, unknown> | undefined;
    for (const groups of all) {
      for (const group of groups.all) {
        for (const { failure, peer } of group.members) {
          if (failure === undefined || this.#told.has(peer)) continue;
          this.#told.add(peer);
          failed ??= new Map();
          failed.set(peer, failure.error);
        }
      }
    }
    if (failed === undefined) return;
    for (const [peer, error] of failed) this.#observer?.peerFailed(peer, error);
  }
}
