/** The members of a group that are behind: their cohorts (cohort.ts), who joins which, and when two become one. */
import type { RibTable } from '../table.ts';
import type { AdjRibOut } from './adj-rib-out.ts';
import type { Audiences } from './audience.ts';
import type { Batch } from './batch.ts';
import { Cohort } from './cohort.ts';
import { deliver } from './delivery.ts';
import type { UpdateEncoder } from './encoder.ts';
import { Entries } from './entries.ts';
import type { Member } from './member.ts';
import { tellSent } from './tell-sent.ts';

/** A member that is behind is written to while its backlog is below this. */
const CATCH_UP_BACKLOG_BYTES = 512 << 10;
/** With more cohorts than this, the two that miss least become one. */
const COHORTS_MAX = 32;
/** Cohorts that are written to in one slice of work. */
const COHORTS_PER_SLICE = 2;

/** Scratch. */
const entries = new Entries();

export class MembersBehind {
  readonly #adjRibOut: AdjRibOut;
  readonly #audiences: Audiences;
  encoder: UpdateEncoder;
  #cohorts: Cohort[] = [];
  /** The cohort that is being written to: it stays as it is. */
  #current: Cohort | undefined;
  /** With ADD-PATH (RFC 7911): the paths that went while members were behind, by NLRI. */
  readonly #gone: Map<number, Set<number>> | undefined;

  readonly #table: RibTable;

  constructor(table: RibTable, adjRibOut: AdjRibOut, audiences: Audiences, encoder: UpdateEncoder) {
    this.#table = table;
    this.#adjRibOut = adjRibOut;
    this.#audiences = audiences;
    this.encoder = encoder;
    this.#gone = adjRibOut.addPath ? new Map() : undefined;
  }

  /** Whether a member has still to be told of this NLRI. */
  isMissed(nlri: number): boolean {
    for (const cohort of this.#cohorts) if (cohort.missed.has(nlri)) return true;
    return false;
  }

  /** NLRI that a member has still to be told of; undefined where it is not behind. */
  missedBy(member: Member): number | undefined {
    return this.#cohortOf(member)?.missedCount(this.#adjRibOut);
  }

  /** Whether a member has still to be told of an NLRI. */
  misses(member: Member, nlri: number): boolean {
    const cohort = this.#cohortOf(member);
    return cohort !== undefined && (cohort.missesAll || cohort.missed.has(nlri));
  }

  /** New members, who miss everything. */
  join(members: Member[]): void {
    const cohort = new Cohort(members, true);
    cohort.missesAll = true;
    this.#add(cohort);
  }

  /** The member is to get everything again. Those who ask in one turn share one pass. */
  resend(member: Member): void {
    const own = this.#cohortOf(member);
    if (own?.missesAll === true) return;
    if (own !== undefined) {
      const alone = own.members.length === 1 ? own : own.split([member]);
      alone.missesAll = true;
      if (alone !== own) this.#add(alone);
      return;
    }
    const waiting = this.#cohorts.find(({ missesAll, isNew }) => missesAll && !isNew);
    if (waiting !== undefined) {
      // It holds what is there now, where the others hold what was there before it changed.
      if (this.#gone !== undefined) for (const nlri of waiting.changed.ids()) this.#noteHeld(nlri);
      return waiting.add(member);
    }
    const cohort = new Cohort([member], false);
    cohort.missesAll = true;
    this.#add(cohort);
  }

  /** Members leave the shared stream together. They miss what the batch holds. */
  fallBehind(members: Member[], batch: Batch): void {
    const cohort = new Cohort(members, false);
    for (let at = 0; at < batch.count; at++) this.#missHeld(cohort, batch.nlri[at]!);
    for (let at = 0; at < batch.withdrawals; at++) {
      this.#missHeld(cohort, batch.withdrawnNlri[at]!);
      this.#noteGone(batch.withdrawnNlri[at]!, batch.withdrawnPath[at]!);
    }
    this.#add(cohort);
  }

  /** An NLRI is about to change; `old` is what the Adj-RIB-Out has for it, which counts only with ADD-PATH. */
  noteChange(nlri: number, old: Entries | undefined): void {
    let isFirst = false;
    for (const cohort of this.#cohorts) if (cohort.miss(nlri)) isFirst = true;
    // What came after the first change, no member was told of.
    if (old === undefined || !isFirst) return;
    for (let at = 0; at < old.count; at++) this.#noteGone(nlri, old.path[at]!);
  }

  /** Takes over what members miss in another group, as their successors: those go on here, and no longer there. */
  adopt(from: MembersBehind, successors: ReadonlyMap<Member, Member>): void {
    for (const cohort of from.#cohorts.slice()) {
      const leaving = cohort.members.filter((member) => successors.has(member));
      if (leaving.length === 0) continue;
      const own = cohort.split(leaving);
      own.replace((member) => successors.get(member)!);
      this.#cohorts.push(own);
    }
    if (this.#gone !== undefined && from.#gone !== undefined) {
      for (const [nlri, paths] of from.#gone) this.#gone.set(nlri, new Set(paths));
    }
    from.#dropEmpty();
  }

  remove(member: Member): void {
    this.#cohortOf(member)?.remove(member);
    this.#dropEmpty();
  }

  clear(): void {
    this.#cohorts = [];
    this.#gone?.clear();
  }

  /** Writes some of what each cohort misses; `written` is called after each. True when there is more that could be written now. */
  catchUp(batch: Batch, written: () => void): boolean {
    let more = false;
    let turns = COHORTS_PER_SLICE;
    for (const cohort of this.#cohorts.slice()) {
      if (!this.#cohorts.includes(cohort)) continue; // it became one with another meanwhile
      if (turns === 0) return true;
      this.#current = cohort;
      try {
        if (!this.#catchUp(cohort, batch, written)) continue;
      } finally {
        this.#current = undefined;
      }
      more = true;
      turns--;
      // The others come first the next time.
      if (this.#cohorts.includes(cohort)) this.#cohorts = [...this.#cohorts.filter((each) => each !== cohort), cohort];
    }
    return more;
  }

  #catchUp(cohort: Cohort, batch: Batch, written: () => void): boolean {
    const full = cohort.members.filter((member) => member.backlogBytes >= CATCH_UP_BACKLOG_BYTES);
    for (const member of cohort.members.filter(({ failure }) => failure !== undefined)) cohort.remove(member);
    if (full.length === cohort.members.length) {
      this.#dropEmpty();
      return false;
    }
    if (full.length > 0 && !cohort.hasCaughtUp) this.#add(cohort.split(full));
    const { members } = cohort;
    cohort.take(batch, this.#adjRibOut, this.#audiences, this.#gone, this.#told);
    tellSent(this.#table, batch, members, this.#audiences, this.#adjRibOut.addPath);
    this.encoder.write(batch, (bytes, segments) => deliver(bytes, segments, members, this.#audiences));
    batch.clear();
    written();
    // What could not be written is missed again, as a withdrawal.
    if (!cohort.hasCaughtUp) return true;
    this.#cohorts = this.#cohorts.filter((other) => other !== cohort);
    for (const member of members) member.caughtUp();
    this.#dropEmpty();
    return members.some(({ behind }) => behind);
  }

  #add(cohort: Cohort): void {
    this.#cohorts.push(cohort);
    if (this.#cohorts.length <= COHORTS_MAX) return;
    const missed = (each: Cohort): number => each.missedCount(this.#adjRibOut);
    const others = this.#cohorts.filter((each) => each !== this.#current);
    const [least, next] = others.toSorted((a, b) => missed(a) - missed(b)) as [Cohort, Cohort];
    if (this.#gone !== undefined) {
      for (const nlri of least.changed.ids()) if (!next.changed.has(nlri)) this.#noteHeld(nlri);
      for (const nlri of next.changed.ids()) if (!least.changed.has(nlri)) this.#noteHeld(nlri);
    }
    next.merge(least);
    this.#cohorts = this.#cohorts.filter((other) => other !== least);
  }

  #dropEmpty(): void {
    this.#cohorts = this.#cohorts.filter(({ members }) => members.length > 0);
    if (this.#cohorts.length === 0) this.#gone?.clear();
  }

  #cohortOf(member: Member): Cohort | undefined {
    return this.#cohorts.find(({ members }) => members.includes(member));
  }

  /** An NLRI that a batch changed which the members did not get: of what is there now they can hold paths that go before they are told. */
  #missHeld(cohort: Cohort, nlri: number): void {
    if (cohort.miss(nlri) && this.#gone !== undefined) this.#noteHeld(nlri);
  }

  /** Notes the paths that an NLRI has now, as some who are behind hold them. */
  #noteHeld(nlri: number): void {
    this.#adjRibOut.load(nlri, entries);
    for (let at = 0; at < entries.count; at++) this.#noteGone(nlri, entries.path[at]!);
  }

  /** Members were told of an NLRI: its paths that went are forgotten unless others have still to be told. */
  readonly #told = (nlri: number): void => {
    if (this.#gone !== undefined && !this.#cohorts.some(({ changed }) => changed.has(nlri))) this.#gone.delete(nlri);
  };

  #noteGone(nlri: number, path: number): void {
    if (this.#gone === undefined) return;
    const paths = this.#gone.get(nlri);
    if (paths === undefined) this.#gone.set(nlri, new Set([path]));
    else paths.add(path);
  }
}
