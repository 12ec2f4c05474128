/**
 * Members whose options change while their sessions last move between the update groups of a table. Each is sent exactly the difference.
 *
 *   1. Those that leave a group for the same options leave it together, with a copy of its Adj-RIB-Out. Where nobody stays, they keep it.
 *   2. The copy gets the new options. A walk compares what the members hold with what they get now, and sends the difference (`reform`).
 *   3. Where there is a group with these options already, the members go on in that one. It holds the same for them by then, so that
 *      nothing is sent: once it counts them among its receivers, nothing waits to be decided, and they have been told all.
 */
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import type { UpdateGroup } from './group.ts';
import { type GroupOptions, groupKey, groupOptionsOf } from './group-options.ts';
import type { Member } from './member.ts';

/** What moving needs of the groups of a table. */
export interface MovingGroups {
  readonly table: RibTable;
  readonly all: readonly UpdateGroup[];
  /** A new member in the group of its like. */
  add(peer: RibPeer): Member;
  include(group: UpdateGroup): void;
  /** The member leaves its group, which ends with its last one. */
  leave(member: Member): void;
  /** `successor` is the member of the peer from now on. */
  replaced(member: Member, successor: Member): void;
  /** The strategy of a group is another one. */
  chooseDemands(): void;
}

/** Members of one group that go on in another. */
interface Union {
  readonly from: UpdateGroup;
  readonly into: UpdateGroup;
  readonly successors: Map<Member, Member>;
}

export class Moves {
  readonly #groups: MovingGroups;
  /** Members whose options changed since. */
  #moving: Set<Member> = new Set();
  /** Groups that came from a move, for which there may be another with the same options. */
  #moved: Set<UpdateGroup> = new Set();
  #unions: Union[] = [];

  constructor(groups: MovingGroups) {
    this.#groups = groups;
  }

  /** Whether `slice` has something to do. What waits for a member that is behind, or for a group that is built, is not counted. */
  get isDue(): boolean {
    if (this.#groups.table.dirtyCount > 0) return false;
    for (const member of this.#moving) if (this.#groupOf(member)?.built === true) return true;
    for (const group of this.#moved) if (canLeave(group) && this.#twinOf(group)?.built !== false) return true;
    return this.#unions.some(({ into, successors }) =>
      [...successors].some(([member, successor]) => !member.behind && into.isReadyFor(successor)),
    );
  }

  /** Whether the member still gets what the options before say. */
  isMoving(member: Member): boolean {
    return this.#moving.has(member);
  }

  /** The options of the member's peer are others now. */
  add(member: Member): void {
    this.#cancel(member);
    this.#moving.add(member);
  }

  /** The member's session is over. */
  remove(member: Member): void {
    this.#cancel(member);
    this.#moving.delete(member);
  }

  /** The group is gone. */
  forget(group: UpdateGroup): void {
    this.#moved.delete(group);
    this.#dissolve(group, true);
  }

  /** Moves those that can be moved now. Between slices of deciding: nothing that was evaluated waits to be sent. */
  slice(): void {
    if (this.#moving.size > 0) this.#move();
    for (const group of this.#moved) this.#unite(group);
    for (const union of this.#unions.slice()) this.#complete(union);
  }

  #move(): void {
    const { table } = this.#groups;
    const batches = new Map<UpdateGroup, Map<string, { readonly options: GroupOptions; readonly members: Member[] }>>();
    for (const member of this.#moving) {
      const group = this.#groupOf(member);
      if (group === undefined || group.abandoned) this.#moving.delete(member);
      if (group?.built !== true) continue; // later
      this.#moving.delete(member);
      const options = groupOptionsOf(table, member.peer);
      const key = groupKey(table, options);
      if (key === group.key) {
        group.memberChanged(member);
        continue;
      }
      const ofGroup = batches.get(group) ?? new Map<string, { readonly options: GroupOptions; readonly members: Member[] }>();
      batches.set(group, ofGroup);
      const batch = ofGroup.get(key) ?? { options, members: [] };
      ofGroup.set(key, batch);
      batch.members.push(member);
    }
    for (const [group, byKey] of batches) {
      for (const [key, { options, members }] of byKey) this.#moveTogether(group, key, options, members);
    }
  }

  #moveTogether(group: UpdateGroup, key: string, options: GroupOptions, members: readonly Member[]): void {
    const groups = this.#groups;
    if (members.length === group.members.length) {
      this.#dissolve(group, false);
      group.reform(key, options);
      this.#moved.add(group);
      groups.chooseDemands();
      return;
    }
    const joining = members.filter((member) => group.isJoining(member));
    for (const member of joining) {
      groups.leave(member);
      groups.replaced(member, groups.add(member.peer));
    }
    const held = members.filter((member) => !joining.includes(member));
    if (held.length === 0) return;
    const successors = new Map<Member, Member>();
    const other = group.split(held, successors);
    groups.include(other);
    for (const [member, successor] of successors) groups.replaced(member, successor);
    other.reform(key, options);
    this.#moved.add(other);
    groups.chooseDemands();
  }

  /** Where another group has the same options, its receivers are told of the members to come. */
  #unite(from: UpdateGroup): void {
    if (!canLeave(from)) return;
    const into = this.#twinOf(from);
    if (into?.built === false) return;
    this.#moved.delete(from);
    if (into === undefined) return;
    this.#unions.push({ from, into, successors: new Map(from.members.map((member) => [member, into.expect(member.peer)])) });
  }

  #complete(union: Union): void {
    const { from, into, successors } = union;
    const groups = this.#groups;
    if (into.abandoned || from.abandoned) return this.#dissolve(into.abandoned ? into : from, false);
    if (groups.table.dirtyCount > 0) return;
    for (const [member, successor] of successors) {
      if (member.behind || !into.isReadyFor(successor)) continue;
      successors.delete(member);
      into.receive(successor, member);
      groups.replaced(member, successor);
      groups.leave(member);
    }
    if (successors.size > 0) return;
    this.#unions = this.#unions.filter((each) => each !== union);
    if (from.members.length > 0) this.#moved.add(from); // some joined meanwhile
  }

  #cancel(member: Member): void {
    for (const union of this.#unions) {
      const successor = union.successors.get(member);
      if (successor === undefined) continue;
      union.successors.delete(member);
      union.into.remove(successor);
    }
  }

  /** Who was to come to a group or to leave it stays where it is. */
  #dissolve(group: UpdateGroup, isGone: boolean): void {
    for (const union of this.#unions.filter(({ from, into }) => from === group || into === group)) {
      const { from, into, successors } = union;
      this.#unions = this.#unions.filter((each) => each !== union);
      if (into !== group || !isGone) for (const successor of successors.values()) into.remove(successor);
      if (from !== group || !isGone) this.#moved.add(from);
    }
  }

  #groupOf(member: Member): UpdateGroup | undefined {
    return this.#groups.all.find((each) => each === member.group);
  }

  /** Another group with the same options, which stays. */
  #twinOf(group: UpdateGroup): UpdateGroup | undefined {
    return this.#groups.all.find(
      (each) => each !== group && each.key === group.key && !each.abandoned && this.#unions.every(({ from }) => from !== each),
    );
  }
}

function canLeave({ built, abandoned, members }: UpdateGroup): boolean {
  return built && !abandoned && members.length > 0 && members.every(({ behind }) => !behind);
}
