/**
 * The update groups of one table: which peer is in which, and what happens to all of them.
 *
 * An exception on the way out costs the peers that it concerns, not the RIB: their group is abandoned.
 */
import { usesAigp } from '@tsbgp/wire';
import { BrokenInvariant } from '../broken-invariant.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import { UpdateGroup } from './group.ts';
import { groupKey, groupOptionsOf } from './group-options.ts';
import type { Member } from './member.ts';
import { Moves, type MovingGroups } from './moves.ts';
import type { ExportObserver } from './observer.ts';

/** NLRI evaluated in one slice for a new group, or for one with new options. */
const BUILD_SLICE = 32_768;

export class UpdateGroups implements MovingGroups {
  readonly table: RibTable;
  readonly #buffer: Uint8Array;
  readonly #buildSlice: number;
  readonly #observer: ExportObserver | undefined;
  readonly #groups: UpdateGroup[] = [];
  /** Members that left a group which goes on: their numbers wait. */
  #left: { readonly group: UpdateGroup; readonly member: Member }[] = [];

  readonly #moves: Moves = new Moves(this);
  readonly replaced: (member: Member, successor: Member) => void;

  /** The encoders of all groups take turns in `buffer`. `replaced` is told when a peer has another member. */
  constructor(
    table: RibTable,
    buffer: Uint8Array,
    observer: ExportObserver | undefined,
    replaced: (member: Member, successor: Member) => void,
    buildSlice: number = BUILD_SLICE,
  ) {
    this.table = table;
    this.#buildSlice = buildSlice;
    this.replaced = replaced;
    this.#buffer = buffer;
    this.#observer = observer;
  }

  get all(): readonly UpdateGroup[] {
    return this.#groups;
  }

  /** Members that are in step. */
  get inStep(): number {
    let count = 0;
    for (const group of this.#groups) count += group.memberCount - group.membersBehind;
    return count;
  }

  /** A new member, in the group of its like. */
  add(peer: RibPeer): Member {
    const options = groupOptionsOf(this.table, peer);
    const key = groupKey(this.table, options);
    let group = this.#groups.find((each) => each.key === key && !each.abandoned);
    if (group === undefined) {
      group = new UpdateGroup(key, this.table, options, this.#buffer, this.#observer);
      this.include(group);
    }
    return group.add(peer);
  }

  include(group: UpdateGroup): void {
    this.#groups.push(group);
    this.chooseDemands();
  }

  /** The session of the member is over. */
  remove(member: Member): void {
    this.#moves.remove(member);
    this.leave(member);
  }

  /** The options of the member's peer are others than before. `slice` moves it to the group of its like, and sends it the difference. */
  change(member: Member): void {
    this.#moves.add(member);
  }

  /** Whether the member still gets what the options before say. */
  isMoving(member: Member): boolean {
    return this.#moves.isMoving(member);
  }

  /** A peer has another prefix filter. Returns questions, all of which are true once what it is sent agrees with it. */
  filterChanged(peer: RibPeer): (() => boolean)[] {
    return this.#groups.map((group) => group.filterChanged(peer)).filter((question) => question !== undefined);
  }

  leave(member: Member): void {
    const group = this.#groups.find((each) => each === member.group)!;
    group.remove(member);
    if (group.members.length > 0) {
      if (!member.peer.up) this.#left.push({ group, member });
      return;
    }
    group.dispose();
    this.#groups.splice(this.#groups.indexOf(group), 1);
    this.#moves.forget(group);
    this.chooseDemands();
  }

  /** Every Adj-RIB-Out agrees with what was decided. */
  get settled(): boolean {
    return !this.#moves.isDue && this.#groups.every(({ built, abandoned }) => built || abandoned);
  }

  /** The index of a peer is free, and may be given to another one. */
  forgetSource(index: number): void {
    for (const group of this.#groups) group.receivers.forgetSource(index);
  }

  /** Of the peers whose sessions are over no entry and no path is left: their numbers can be given out again. */
  releaseNumbers(): void {
    for (const { group, member } of this.#left) group.releaseNumber(member);
    this.#left = [];
  }

  /** The decision for an NLRI was made. Returns the work that it was, in steps. */
  evaluate(nlri: NlriId): number {
    const groups = this.#groups;
    let steps = 0;
    let at = 0;
    while (at < groups.length) {
      try {
        for (; at < groups.length; at++) steps += groups[at]!.evaluate(nlri);
      } catch (error) {
        this.#abandon(groups[at++]!, error);
      }
    }
    return steps;
  }

  /** Sends what was evaluated since the last call to the members in step. */
  send(): void {
    for (const group of this.#groups) {
      try {
        group.send();
      } catch (error) {
        this.#abandon(group, error);
      }
    }
  }

  /** Evaluates more of new groups, and sends to members that are behind. True when there is more to do at once. */
  slice(): boolean {
    let more = false;
    this.#moves.slice();
    for (const group of this.#groups.slice()) {
      try {
        if (!group.build(this.#buildSlice)) more = true;
        if (group.work()) more = true;
      } catch (error) {
        this.#abandon(group, error);
      }
    }
    return more || this.#moves.isDue;
  }

  /** Sends everything again where the metric of AIGP contains our cost to the next hop (RFC 7311 §3.4). */
  resendAigp(): void {
    for (const { view, members } of this.#groups) if (usesAigp(view.context)) for (const member of members) member.resend();
  }

  /** Whether an export policy of any group looks at this: bits of `PolicyReads`. */
  policiesRead(what: number): boolean {
    return this.#groups.some((group) => (group.receivers.policyReads & what) !== 0);
  }

  /** Whether a member that is behind has still to be told of this NLRI. */
  readonly isMissed = (nlri: number): boolean => this.#groups.some((group) => group.isMissed(nlri));

  #abandon(group: UpdateGroup, error: unknown): void {
    if (error instanceof BrokenInvariant) throw error;
    group.abandon(error);
    this.#observer?.exportFailed(group, error);
  }

  /** What the groups demand of the table. */
  chooseDemands(): void {
    this.table.everyPathMatters = this.#groups.some(({ strategy }) => strategy.type !== 'best');
  }
}
