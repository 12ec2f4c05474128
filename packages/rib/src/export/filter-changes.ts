/** Prefix filters of peers (ORF) that are not obeyed for all routes yet, and who is told when they are. */
import type { RibPeer } from '../peer.ts';
import type { Member } from './member.ts';

interface FilterChange {
  readonly peer: RibPeer;
  /** Position of the family. */
  readonly position: number;
  /** All are true once what the peer is sent agrees with its filter. */
  readonly questions: readonly (() => boolean)[];
  readonly applied: () => void;
}

export class FilterChanges {
  #changes: FilterChange[] = [];

  add(change: FilterChange): void {
    change.peer.filterChanges.add(change.position);
    this.#changes.push(change);
  }

  /** The session of the peer is lost: nobody is to be told. */
  forget(peer: RibPeer): void {
    this.#changes = this.#changes.filter((change) => change.peer !== peer);
  }

  /** Tells of filters that are obeyed for all routes now. True when there are any: something may be due then. */
  tell(memberOf: (peer: RibPeer, position: number) => Member | undefined): boolean {
    const isOver = ({ peer, questions }: FilterChange): boolean => !peer.up || questions.every((question) => question());
    const over = this.#changes.filter(isOver);
    if (over.length === 0) return false;
    this.#changes = this.#changes.filter((change) => !over.includes(change));
    for (const { peer, position, applied } of over) {
      if (!peer.up) continue;
      if (!this.#changes.some((each) => each.peer === peer && each.position === position)) peer.filterChanges.delete(position);
      memberOf(peer, position)?.filterApplied();
      applied();
    }
    return true;
  }
}
