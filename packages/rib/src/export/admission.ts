/**
 * Members that come to a group and leave it: what they are called there, and when they may have their first route.
 *
 * After members came or went, what is remembered of receivers is reconsidered (reconsider.ts). A member that comes waits for a
 * reconsideration that counts it: before, it could get a route that it may not have. The number of one that left is given out again when no
 * entry is left that was made for it.
 */
import { NONE } from '../columns.ts';
import type { RibTable } from '../table.ts';
import type { Evaluation } from './evaluation.ts';
import type { Member } from './member.ts';
import { alwaysOwnNextHop } from './next-hop.ts';

/** Members that wait, in the order in which they came: those in front are counted by the reconsideration that runs. */
class WaitingMembers {
  readonly members: Member[] = [];
  #counted = 0;

  has(member: Member): boolean {
    return this.members.includes(member);
  }

  remove(member: Member): void {
    const at = this.members.indexOf(member);
    if (at === -1) return;
    this.members.splice(at, 1);
    if (at < this.#counted) this.#counted--;
  }

  /** A reconsideration counts `count` of them. */
  count(count: number): void {
    this.#counted = count;
  }

  /** Those that a reconsideration which is over has counted wait no more. */
  take(): Member[] {
    return this.members.splice(0, this.#counted);
  }
}

export class Admission {
  /** New members. */
  readonly joining: WaitingMembers = new WaitingMembers();
  /** Members that come from a group that holds the same, where they are served until then. */
  readonly expected: WaitingMembers = new WaitingMembers();
  /** Those of them that may come. */
  readonly #ready: Set<Member> = new Set();

  readonly #table: RibTable;
  readonly #evaluation: () => Evaluation;
  /** Peers whose routes are to be evaluated again. */
  #toReconsider: Set<number> = new Set();
  #isDue = false;
  /** The routes of all peers are to be evaluated again. */
  #isAllDue = false;
  /** Reconsiderations that began, and whether the last of them runs. */
  #begun = 0;
  #isRunning = false;
  /** Numbers of members that go on elsewhere: entries were made for them until all is reconsidered. */
  #leavers: number[] = [];
  readonly #freeNumbers: number[] = [];
  #numbers: number;

  /** Numbers below `numbers` are taken. */
  constructor(table: RibTable, evaluation: () => Evaluation, numbers = 0) {
    this.#table = table;
    this.#evaluation = evaluation;
    this.#numbers = numbers;
  }

  /** Numbers ever given out are below this. */
  get numbers(): number {
    return this.#numbers;
  }

  newNumber(): number {
    return this.#freeNumbers.pop() ?? this.#numbers++;
  }

  /** No entry is left that was made while the number was given out. */
  releaseNumber(number: number): void {
    this.#freeNumbers.push(number);
  }

  /** Whether an expected member may come: the routes are evaluated with it among their receivers. */
  isReady(member: Member): boolean {
    return this.#ready.has(member);
  }

  /** An expected member came. */
  came(member: Member): void {
    this.#ready.delete(member);
  }

  /** The member is gone, or does not come. */
  remove(member: Member): void {
    if (member.peer.up) this.#leavers.push(member.number);
    this.joining.remove(member);
    this.expected.remove(member);
    this.#ready.delete(member);
  }

  /** Whether what is remembered of receivers may be out of date. */
  get isReconsidering(): boolean {
    return this.#isDue || this.#evaluation().reconsideration.isRunning;
  }

  /** All routes are evaluated again for all members, before `slice` is called the next time. */
  allIsReconsidered(): void {
    this.#toReconsider = new Set();
    this.#isDue = this.#isAllDue; // somebody may wait for it to end
  }

  /** The member came or went, or what is special of it is another: routes that it makes a difference for are evaluated again. */
  reconsider(member: Member): void {
    const { receivers, options } = this.#evaluation();
    const { peers, position, ownDefaultPath, pathPeer } = this.#table;
    // The routes of others of its AS: they go to other members now, or do not.
    for (const peer of peers) {
      if (peer !== undefined && peer !== member.peer && receivers.isSeparatedFrom(peer, member)) this.#toReconsider.add(peer.index);
    }
    // What goes out with our own next hop is not remembered by its set: it may name the member in a control community.
    if (receivers.readsControl) {
      for (const peer of peers) {
        if (peer === undefined || !alwaysOwnNextHop(options.view, peer.kind)) continue;
        if (peer.received[position]! > 0) this.#toReconsider.add(peer.index);
      }
    }
    if (ownDefaultPath !== NONE && member.peer.originatesDefault.has(position)) this.#toReconsider.add(pathPeer[ownDefaultPath]!);
    // Its own, if it brought any along. Those of one whose session is over are swept away.
    if (member.peer.up && member.peer.received[position]! > 0) this.#toReconsider.add(member.peer.index);
    if (receivers.selective || this.#toReconsider.size > 0) this.#isDue = true;
  }

  /** All routes are evaluated again, in slices. Returns the number of the reconsideration that does it, for `hasReconsidered`. */
  reconsiderAll(): number {
    this.#isAllDue = true;
    this.#isDue = true;
    return this.#begun + 1;
  }

  /** Whether a reconsideration is over. */
  hasReconsidered(number: number): boolean {
    return this.#isRunning ? number < this.#begun : number <= this.#begun;
  }

  /** A slice of reconsidering. `admit` takes the members that may have their first route. True when there is more to do at once. */
  slice(admit: (members: Member[]) => void): boolean {
    const { reconsideration } = this.#evaluation();
    if (!reconsideration.isRunning && this.#isDue) {
      this.#isDue = false;
      reconsideration.begin(this.#toReconsider, this.#isAllDue);
      this.#toReconsider = new Set();
      this.#isAllDue = false;
      this.#begun++;
      this.#isRunning = true;
      for (const waiting of [this.joining, this.expected]) waiting.count(waiting.members.length);
    }
    if (reconsideration.isRunning) {
      reconsideration.slice();
      if (reconsideration.isRunning) return true;
    }
    this.#isRunning = false;
    if (!this.#isDue) {
      // Nothing is to be reconsidered: nobody needs to be counted.
      for (const waiting of [this.joining, this.expected]) waiting.count(waiting.members.length);
      if (this.#table.dirtyCount === 0) this.#freeNumbers.push(...this.#leavers.splice(0));
    }
    for (const member of this.expected.take()) this.#ready.add(member);
    const admitted = this.joining.take();
    if (admitted.length > 0) admit(admitted);
    return this.#isDue;
  }
}
