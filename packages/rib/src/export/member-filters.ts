/**
 * The prefix filters of the members of a group (ORF, RFC 5291): which members may have a prefix. Data of the members, not a group for each.
 *
 * Members with equal filters are asked about together. The answer for a prefix is everybody but the members of the filters that deny it, and
 * costs one look into each different filter, none where there are no filters.
 */
import type { BitSet } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import type { PrefixFilter } from '../prefix-filter.ts';
import type { RibTable } from '../table.ts';
import { type AudienceId, type Audiences, NOBODY, only } from './audience.ts';

interface Shared {
  readonly filter: PrefixFilter;
  members: bigint;
  /** Everybody but the members. */
  others: AudienceId;
}

/** What of a member counts here. */
interface Filtered {
  readonly number: number;
  readonly peer: RibPeer;
}

export class MemberFilters {
  readonly #audiences: Audiences;
  readonly #table: RibTable;
  /** All members, those without a filter too. */
  readonly #members: Set<Filtered> = new Set();
  #filters: Shared[] = [];
  readonly #nlri: Uint8Array = new Uint8Array(17);

  constructor(audiences: Audiences, table: RibTable) {
    this.#audiences = audiences;
    this.#table = table;
  }

  get isEmpty(): boolean {
    return this.#filters.length === 0;
  }

  has(peer: RibPeer): boolean {
    for (const member of this.#members) if (member.peer === peer) return true;
    return false;
  }

  /** Returns whether the member has a filter. */
  add(member: Filtered): boolean {
    this.#members.add(member);
    return this.#set(member);
  }

  /** Returns whether the member had a filter. */
  remove(member: Filtered): boolean {
    this.#members.delete(member);
    return this.#unset(member.number);
  }

  /** The peer has another filter, or none. Returns whether it is a member. */
  change(peer: RibPeer): boolean {
    let isMember = false;
    for (const member of this.#members) {
      if (member.peer !== peer) continue;
      isMember = true;
      this.#unset(member.number);
      this.#set(member);
    }
    return isMember;
  }

  /** Those of `receivers` whose filters permit the prefix. */
  restrict(receivers: AudienceId, nlri: NlriId): AudienceId {
    let left = receivers;
    this.#table.index.write(this.#nlri, 0, nlri);
    for (const { filter, others } of this.#filters) {
      if (!filter.permits(this.#nlri)) left = this.#audiences.and(left, others);
    }
    return left;
  }

  /** Whether the filter of a peer, if it has one, permits the prefix. */
  permits(peer: RibPeer, nlri: NlriId): boolean {
    const filter = peer.prefixFilters[this.#table.position];
    if (filter === undefined) return true;
    this.#table.index.write(this.#nlri, 0, nlri);
    return filter.permits(this.#nlri);
  }

  /** Adds the audiences that are remembered here, and returns them all. */
  addRemembered(ids: BitSet): BitSet {
    for (const { others } of this.#filters) ids.add(others);
    return ids;
  }

  #set({ number, peer }: Filtered): boolean {
    const filter = peer.prefixFilters[this.#table.position];
    if (filter === undefined) return false;
    let shared = this.#filters.find((each) => each.filter.equals(filter));
    if (shared === undefined) {
      shared = { filter, members: 0n, others: NOBODY };
      this.#filters.push(shared);
    }
    this.#give(shared, shared.members | only(number));
    return true;
  }

  #unset(number: number): boolean {
    const shared = this.#filters.find(({ members }) => (members & only(number)) !== 0n);
    if (shared === undefined) return false;
    this.#give(shared, shared.members & ~only(number));
    this.#filters = this.#filters.filter(({ members }) => members !== 0n);
    return true;
  }

  #give(shared: Shared, members: bigint): void {
    shared.members = members;
    shared.others = this.#audiences.intern(~members);
  }
}
