/**
 * Members that are behind together. They share one bit per NLRI of what they miss, one pass over the Adj-RIB-Out and one encoding.
 *
 *     missed   NLRI to be sent as the Adj-RIB-Out has them now
 *     changed  those of them that changed since the members last heard: where a member gets no route now, it may hold one, and is told
 *
 * New members and members that asked for a refresh miss everything; members whose sockets are full miss what changes from then on. A member
 * whose socket fills while the others go on leaves with a copy of the bits (`split`). Memory is bounded however long a member stays behind.
 */
import { BitSet, NONE } from '../columns.ts';
import type { AdjRibOut } from './adj-rib-out.ts';
import { type AudienceId, type Audiences, NOBODY, only } from './audience.ts';
import type { Batch } from './batch.ts';
import { Entries } from './entries.ts';
import type { Member } from './member.ts';

/** NLRI looked at in one step of catching up: enough to fill messages, few enough for a fair turn. */
const CATCH_UP_NLRI = 4096;

const entries = new Entries();
const NO_PATHS: ReadonlySet<number> = new Set();

/** Paths that went, by NLRI, for members that hold several paths of one (RFC 7911). */
export type GonePaths = ReadonlyMap<number, ReadonlySet<number>>;

export class Cohort {
  readonly members: Member[];
  /** The members are in the group since the cohort began. */
  readonly isNew: boolean;
  readonly missed: BitSet;
  readonly changed: BitSet;
  /** Everything is missed, and nothing of it was sent yet: more members can join. */
  missesAll = false;
  #cursor = 0;
  /** The members never held anything: at and after the cursor there is nothing to withdraw. */
  #isFirstPass: boolean;

  constructor(members: Member[], isNew: boolean, missed: BitSet = new BitSet(0), changed: BitSet = new BitSet(0)) {
    this.members = members;
    this.isNew = isNew;
    this.#isFirstPass = isNew;
    this.missed = missed;
    this.changed = changed;
    for (const member of members) member.behind = true;
  }

  add(member: Member): void {
    member.behind = true;
    this.members.push(member);
  }

  remove(member: Member): void {
    const at = this.members.indexOf(member);
    if (at !== -1) this.members.splice(at, 1);
  }

  /** Those members leave and form a cohort that misses the same. */
  split(members: readonly Member[]): Cohort {
    for (const member of members) this.remove(member);
    const other = new Cohort([...members], this.#isFirstPass, this.missed.copy(), this.changed.copy());
    other.missesAll = this.missesAll;
    other.#cursor = this.#cursor;
    return other;
  }

  /** Other members go on in the place of these. */
  replace(successorOf: (member: Member) => Member): void {
    for (const [at, member] of this.members.entries()) this.members[at] = successorOf(member);
  }

  /** Takes in the members of another one, who then miss what either missed. */
  merge(other: Cohort): void {
    for (const member of other.members) this.members.push(member);
    this.missed.unite(other.missed);
    this.changed.unite(other.changed);
    this.missesAll ||= other.missesAll;
    this.#isFirstPass = false;
  }

  /** Everything that the Adj-RIB-Out has for one of the members is to be sent. */
  #missAll(adjRibOut: AdjRibOut, audiences: Audiences): void {
    const { attr, receivers } = adjRibOut;
    const own = this.audience(audiences);
    const { missed } = this;
    let last: AudienceId = NOBODY;
    let concerned = false;
    for (let nlri = 1; nlri < adjRibOut.top; nlri++) {
      if (attr[nlri] === NONE) continue;
      if (receivers[nlri] !== last) {
        last = receivers[nlri]! as AudienceId;
        concerned = audiences.and(own, last) !== NOBODY;
      }
      if (concerned || adjRibOut.hasMore(nlri)) missed.add(nlri);
    }
    // What was sent of a first pass that begins anew can have gone since.
    if (this.#cursor > 0) this.#isFirstPass = false;
    this.#cursor = 0;
    this.missesAll = false;
  }

  /** NLRI that the members have still to be told of. */
  missedCount(adjRibOut: AdjRibOut): number {
    return this.missesAll ? adjRibOut.count : this.missed.count;
  }

  get hasCaughtUp(): boolean {
    return !this.missesAll && this.missed.count === 0;
  }

  /** An NLRI that changed. Returns whether it is the first change since the members were told of it. */
  miss(nlri: number): boolean {
    this.missed.add(nlri);
    if (this.changed.has(nlri)) return false;
    this.changed.add(nlri);
    return true;
  }

  /** The members as an audience. */
  audience(audiences: Audiences): AudienceId {
    let set = 0n;
    for (const { number } of this.members) set |= only(number);
    return audiences.intern(set);
  }

  /** Moves some of what is missed into `batch`. `gone` is given with ADD-PATH only; `told` hears of the NLRI for which it counted. */
  take(batch: Batch, adjRibOut: AdjRibOut, audiences: Audiences, gone: GonePaths | undefined, told: (nlri: number) => void): void {
    const { missed, changed } = this;
    const own = this.audience(audiences);
    if (this.missesAll) this.#missAll(adjRibOut, audiences);
    let nlri = missed.next(this.#cursor);
    if (nlri === -1) {
      this.#isFirstPass = false;
      nlri = missed.next(0);
    }
    for (let left = CATCH_UP_NLRI; nlri !== -1 && left > 0; left--) {
      missed.delete(nlri);
      adjRibOut.load(nlri, entries);
      let receivers: AudienceId = NOBODY;
      for (let at = 0; at < entries.count; at++) {
        const toEntry = audiences.and(entries.receivers[at]! as AudienceId, own);
        if (toEntry === NOBODY) continue;
        batch.announce(nlri, entries.attr[at]!, entries.source[at]!, toEntry, entries.path[at]!);
        receivers = audiences.or(receivers, toEntry);
      }
      if (changed.has(nlri)) {
        changed.delete(nlri);
        if (this.#isFirstPass) {
          // Nothing was sent yet.
        } else if (gone !== undefined) {
          for (const path of gone.get(nlri) ?? NO_PATHS) withdrawPath(batch, audiences, nlri, own, path);
        } else {
          // Whoever gets a route replaces by it what it holds.
          const withoutRoute = audiences.minus(own, receivers);
          if (withoutRoute !== NOBODY) batch.withdraw(nlri, withoutRoute, 0);
        }
        if (gone !== undefined) told(nlri);
      }
      this.#cursor = nlri + 1;
      nlri = missed.next(this.#cursor);
    }
  }
}

/** Tells the members `own` that the path of an NLRI which they may hold is gone (RFC 7911), but for those who get it still or again. */
function withdrawPath(batch: Batch, audiences: Audiences, nlri: number, own: AudienceId, path: number): void {
  let gone = own;
  for (let at = 0; at < entries.count; at++) {
    if (entries.path[at] === path) gone = audiences.minus(gone, entries.receivers[at]! as AudienceId);
  }
  if (gone !== NOBODY) batch.withdraw(nlri, gone, path);
}
