/**
 * An update group: the members of one family whose UPDATEs have the same octets. They share one Adj-RIB-Out and one stream.
 *
 * What differs between members is who gets a route, and that is data: each entry of the Adj-RIB-Out has its receivers (audience.ts). A change
 * is evaluated once (rules.ts, select.ts), compared with what the Adj-RIB-Out had (difference.ts), encoded once (encoder.ts), and written to
 * those whom it concerns (delivery.ts).
 *
 * A member is in step, and gets the shared stream, or behind, and catches up from the Adj-RIB-Out at its own pace (cohort.ts). A new session
 * begins behind; so does a route refresh, and a member whose socket is full.
 */
import { NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import { isRestated } from '../restated.ts';
import type { PathId, RibTable } from '../table.ts';
import { AdjRibOut } from './adj-rib-out.ts';
import { Admission } from './admission.ts';
import { type AudienceId, Audiences, NOBODY } from './audience.ts';
import { Batch } from './batch.ts';
import { MembersBehind } from './behind.ts';
import { deliver } from './delivery.ts';
import { type Comparison, noteDifference, RESTATED, restatedComparison } from './difference.ts';
import type { ChunkSink, Unsent, UpdateEncoder } from './encoder.ts';
import { Entries } from './entries.ts';
import { Evaluation, Reform } from './evaluation.ts';
import { type ExportExplanation, type ExportPending, type ExportQuestion, explainExport } from './explain.ts';
import type { GroupOptions } from './group-options.ts';
import { Member, type MemberGroup } from './member.ts';
import { MemberFilters } from './member-filters.ts';
import { NotSent, PEER_INDEX_MAX } from './not-sent.ts';
import { NotSentReport } from './not-sent-report.ts';
import type { ExportGroup, ExportObserver } from './observer.ts';
import type { Receivers } from './receivers.ts';
import type { Strategy } from './select.ts';
import { tellSent } from './tell-sent.ts';
import type { ExportView } from './view.ts';

/** A member whose backlog is above this leaves the shared stream. */
export const BACKLOG_BYTES_MAX: number = 4 << 20;
/** The bound falls as more members are behind, so that all backlogs together stay below this. */
export const BACKLOG_BYTES_TOTAL_MAX: number = 32 << 20;
const BACKLOG_BYTES_MIN = 128 << 10;
/** Members to whom a route is delivered in one step of deciding, and comparisons of paths. */
const MEMBERS_PER_STEP = 200;
const COMPARISONS_PER_STEP = 16;

/** The members of one family that get the same routes in the same form, with their Adj-RIB-Out. */
export class UpdateGroup implements MemberGroup, ExportGroup {
  key: string;
  readonly table: RibTable;
  readonly members: Member[] = [];
  readonly audiences: Audiences;
  readonly adjRibOut: AdjRibOut;
  /** NLRI below this have been evaluated since the group or its options began; changes above it are found when the walk gets there. */
  builtTo = 1;
  /** The Adj-RIB-Out is lost, and every member has failed: new members need a new group. */
  abandoned = false;

  readonly #observer: ExportObserver | undefined;
  readonly #buffer: Uint8Array;
  readonly #filters: MemberFilters;
  #evaluation: Evaluation;
  /** While the walk compares what the members hold with what they get by other options. */
  #reform: Reform | undefined;
  readonly #notSent: NotSentReport;
  readonly #batch: Batch = new Batch();
  readonly #old: Entries = new Entries();
  readonly #now: Entries = new Entries();
  readonly #admission: Admission;
  readonly #behind: MembersBehind;

  /** `held` is what the members hold already, who have numbers below `numbers` there. */
  constructor(
    key: string,
    table: RibTable,
    options: GroupOptions,
    buffer: Uint8Array,
    observer?: ExportObserver,
    held?: AdjRibOut,
    numbers?: number,
  ) {
    this.key = key;
    this.table = table;
    this.#buffer = buffer;
    this.#observer = observer;
    this.#notSent = new NotSentReport(observer);
    this.audiences = held?.audiences ?? new Audiences();
    this.adjRibOut = held ?? new AdjRibOut(table, this.audiences, options.view.context.addPath.has(table.family));
    this.#filters = new MemberFilters(this.audiences, table);
    this.#evaluation = this.#evaluateBy(options);
    this.#behind = new MembersBehind(table, this.adjRibOut, this.audiences, this.encoder);
    this.#admission = new Admission(table, () => this.#evaluation, numbers);
  }

  get view(): ExportView {
    return this.#evaluation.options.view;
  }

  get strategy(): Strategy {
    return this.#evaluation.options.strategy;
  }

  get receivers(): Receivers {
    return this.#evaluation.receivers;
  }

  get encoder(): UpdateEncoder {
    return this.#evaluation.encoder;
  }

  get built(): boolean {
    return this.builtTo === Number.POSITIVE_INFINITY;
  }

  get memberCount(): number {
    return this.members.length;
  }

  get membersBehind(): number {
    let behind = 0;
    for (const member of this.members) if (member.behind) behind++;
    return behind;
  }

  notSent(reason: NotSent): number {
    return this.adjRibOut.notSent.get(reason) ?? 0;
  }

  missedBy(member: Member): number {
    return this.#behind.missedBy(member) ?? (this.isJoining(member) ? this.adjRibOut.count : 0);
  }

  explain(member: Member, question: ExportQuestion): ExportExplanation {
    const { table, adjRibOut, audiences } = this;
    const { rules, receivers, selection } = this.#evaluation;
    const bestPathOnly = this.view.routeServerClient && this.strategy.type === 'best';
    const asked = { table, adjRibOut, audiences, receivers, bestPathOnly, rules, selection };
    const paths = explainExport(asked, member, question);
    // What was remembered of large sets must not outlive them.
    rules.endBatch();
    return { paths, pending: this.#pending(member, question.nlri) };
  }

  /** Why what a member holds of an NLRI may not be what the Adj-RIB-Out says. */
  #pending(member: Member, nlri: NlriId): ExportPending | undefined {
    if (this.abandoned || member.failure !== undefined) return 'failed';
    if (this.isJoining(member)) return 'behind';
    const isEvaluated = nlri < this.builtTo && !this.#admission.isReconsidering;
    if (this.table.isDecisionDue(nlri) || !isEvaluated) return 'decision';
    // The session that a path came from is over, and the sweep has not come to it.
    for (let path = this.table.head[nlri]!; path !== NONE; path = this.table.pathNext[path]!) {
      if (this.table.peerOf(path as PathId)?.up !== true) return 'decision';
    }
    return this.#behind.misses(member, nlri) ? 'behind' : undefined;
  }

  /** Whether a member that is behind has still to be told of this NLRI. */
  isMissed(nlri: number): boolean {
    return this.#behind.isMissed(nlri) || (this.#reform !== undefined && nlri >= this.builtTo && !this.adjRibOut.isBlank(nlri));
  }

  // Members

  /** A new member, behind by every route of the Adj-RIB-Out. */
  add(peer: RibPeer): Member {
    const member = new Member(this, peer, this.#admission.newNumber());
    this.members.push(member);
    this.#admission.joining.members.push(member);
    this.receivers.add(member);
    this.#admission.reconsider(member);
    if (this.#filters.add(member)) this.#admission.reconsiderAll(); // entries name everybody, those to come included
    return member;
  }

  /** The member's session is over, or it goes on in another group, or it does not come. Its number is kept until `releaseNumber`. */
  remove(member: Member): void {
    const at = this.members.indexOf(member);
    if (at !== -1) this.members.splice(at, 1);
    this.#admission.remove(member);
    this.#behind.remove(member);
    this.table.toldMembers();
    this.receivers.remove(member);
    this.#admission.reconsider(member);
    if (this.#filters.remove(member)) this.#admission.reconsiderAll(); // its number will be another one's
  }

  /** A peer has another prefix filter. The answer, if it is a member: whether that is sent what the filter says, or is gone. */
  filterChanged(peer: RibPeer): (() => boolean) | undefined {
    if (!this.#filters.change(peer)) return undefined;
    const awaited = this.#admission.reconsiderAll();
    return () => this.abandoned || !this.#filters.has(peer) || (this.built && this.#admission.hasReconsidered(awaited));
  }

  /** What is special of a member, and does not make it one of another group, is another now. */
  memberChanged(member: Member): void {
    this.receivers.forgetMembers();
    this.#admission.reconsider(member);
  }

  /** Whether a member has not had its first route yet. */
  isJoining(member: Member): boolean {
    return this.#admission.joining.has(member);
  }

  /** No entry is left that was made while the number was the member's. */
  releaseNumber(member: Member): void {
    this.#admission.releaseNumber(member.number);
  }

  resendTo(member: Member): void {
    if (!this.isJoining(member)) this.#behind.resend(member);
  }

  // Routes

  /** Evaluates up to `count` more NLRI of a new group, or of one with new options; true when there is nothing left to do. */
  build(count: number): boolean {
    if (this.built || this.abandoned) return true;
    // An NLRI above the columns was freed before it had a path.
    const top = Math.min(this.table.index.top, this.table.nlriCapacity);
    const end = Math.min(this.builtTo + count, top);
    const { best } = this.table;
    const reform = this.#reform;
    reform?.beginSlice(this.audiences.of(this.members));
    let left = count;
    let nlri = this.builtTo;
    for (; nlri < end && left > 0; nlri++) {
      this.builtTo = nlri + 1;
      left--;
      if (reform !== undefined) left -= this.#reevaluate(nlri as NlriId, reform);
      else if (best[nlri] !== NONE || nlri === this.table.ownDefault) left -= this.evaluate(nlri as NlriId);
    }
    if (reform === undefined) {
      this.#batch.clear(); // no member is in step yet: they miss everything when the group is built
      this.#evaluation.rules.endBatch();
    } else {
      this.send();
    }
    if (nlri < top) return false;
    this.builtTo = Number.POSITIVE_INFINITY;
    this.#reform = undefined;
    this.table.toldMembers();
    return true;
  }

  /** Compares what the Loc-RIB has for an NLRI with the Adj-RIB-Out, and notes the difference. Returns the entries that it took. */
  evaluate(nlri: NlriId): number {
    if (nlri >= this.builtTo || this.abandoned) return this.#reform?.note(nlri) ?? 0;
    const { table, adjRibOut } = this;
    if (nlri >= adjRibOut.capacity) adjRibOut.grow(table.head.length);
    if (nlri === table.ownDefault) return this.#select(nlri);
    const path = table.best[nlri]!;
    if (path !== NONE && this.#evaluation.selection.looksFurther && (table.pathNext[path] !== NONE || table.head[nlri] !== path)) {
      return this.#select(nlri);
    }
    let attr: number = NONE;
    let source = 0;
    let receivers: AudienceId = NOBODY;
    if (path !== NONE) {
      receivers = this.#evaluation.rules.receiversOf(path);
      if (receivers === NOBODY) {
        source = this.#evaluation.rules.reason;
      } else {
        attr = table.pathAttr[path]!;
        source = table.pathPeer[path]!;
        if (!this.receivers.isPlain(path, attr)) return this.#select(nlri);
      }
    }
    const identifier = adjRibOut.path === undefined ? 0 : path;
    if (
      attr === adjRibOut.attr[nlri] &&
      source === adjRibOut.source[nlri] &&
      receivers === adjRibOut.receivers[nlri] &&
      !adjRibOut.hasMore(nlri) &&
      (adjRibOut.path === undefined || (identifier === adjRibOut.path[nlri] && !isRestated(table, nlri)))
    ) {
      return 1;
    }
    if (adjRibOut.path !== undefined || adjRibOut.hasMore(nlri)) {
      this.#now.count = 0;
      if (attr !== NONE) this.#now.add(attr, source, receivers, identifier);
      this.#change(nlri, source, restatedComparison(table, nlri));
      return 1;
    }
    this.#changeOne(nlri, attr, source, receivers);
    return 1;
  }

  #select(nlri: NlriId): number {
    const reason = this.#evaluation.selection.select(nlri, this.#now);
    this.adjRibOut.load(nlri, this.#old);
    const restated = restatedComparison(this.table, nlri);
    if (restated !== undefined || !this.#now.equals(this.#old) || this.#now.count === 0) this.#change(nlri, reason, restated);
    return this.#now.count + Math.floor(this.#evaluation.selection.comparisons / COMPARISONS_PER_STEP);
  }

  /** Compares what the members hold of an NLRI by the options before with what they get by those of now. Returns the work in steps. */
  #reevaluate(nlri: NlriId, reform: Reform): number {
    if (this.adjRibOut.isBlank(nlri) && (this.table.best[nlri] ?? NONE) === NONE && nlri !== this.table.ownDefault) return 0;
    if (nlri >= this.adjRibOut.capacity) this.adjRibOut.grow(this.table.head.length);
    const reason = this.#evaluation.selection.select(nlri, this.#now);
    this.#change(nlri, reason, reform.of(nlri));
    return this.#now.count + 1 + Math.floor(this.members.length / MEMBERS_PER_STEP);
  }

  /** The quick way of `#change`: at most one entry before and after, and no ADD-PATH. */
  #changeOne(nlri: NlriId, attr: number, source: number, now: AudienceId): void {
    const { adjRibOut, audiences } = this;
    const batch = this.#batch;
    const oldAttr = adjRibOut.attr[nlri]!;
    const old = adjRibOut.receivers[nlri]! as AudienceId;
    if (attr !== NONE) {
      const told = oldAttr === attr && adjRibOut.source[nlri] === source ? audiences.minus(now, old) : now;
      if (told !== NOBODY) batch.announce(nlri, attr, source, told, 0);
    }
    if (oldAttr !== NONE && old !== now) {
      const gone = audiences.minus(old, now);
      if (gone !== NOBODY) batch.withdraw(nlri, gone, 0);
    }
    adjRibOut.storeOne(nlri, attr, source, now, 0);
    if (oldAttr !== NONE || attr !== NONE) this.#behind.noteChange(nlri, undefined);
    if (attr === NONE && source > PEER_INDEX_MAX) this.#notSent.tell(this, source as NotSent, nlri);
  }

  /** Puts the entries in `#now` into the Adj-RIB-Out, and notes the difference. Without any, `reason` says why. */
  #change(nlri: NlriId, reason: number, comparison?: Comparison): void {
    const now = this.#now;
    const old = this.#old;
    const batch = this.#batch;
    this.adjRibOut.load(nlri, old);
    const said = batch.count + batch.withdrawals;
    noteDifference(batch, this.audiences, nlri, old, now, this.adjRibOut.addPath, comparison);
    const differs = batch.count + batch.withdrawals > said;
    if (comparison === undefined || comparison === RESTATED ? old.count > 0 || now.count > 0 : differs) this.#behind.noteChange(nlri, old);
    const before = old.count === 0 ? this.adjRibOut.source[nlri] : 0;
    this.adjRibOut.store(nlri, now, reason);
    if (now.count === 0 && reason > PEER_INDEX_MAX && reason !== before) this.#notSent.tell(this, reason as NotSent, nlri);
  }

  /** Sends the changes noted since the last call to the members in step. */
  send(): void {
    const batch = this.#batch;
    if (batch.isEmpty) return;
    this.#evaluation.rules.endBatch();
    this.#checkBacklogs();
    const inStep = this.members.filter(({ behind, failure }) => !behind && failure === undefined);
    if (inStep.length > 0) {
      tellSent(this.table, batch, inStep, this.audiences, this.adjRibOut.addPath);
      const sink: ChunkSink = (bytes, segments) => deliver(bytes, segments, inStep, this.audiences);
      this.encoder.write(batch, sink);
    }
    batch.clear();
    if (this.audiences.collectDue) this.#collectAudiences();
    this.#dropFailures();
  }

  /** One slice of what is not changes: joining, and sending to members that are behind. True when there is more to do at once. */
  work(): boolean {
    // By the options before, the routes that are missed may be others.
    if (!this.built || this.abandoned) return false;
    // What the Adj-RIB-Out has is sent with the octets of its paths: they must be there.
    if (this.table.octets !== undefined && this.table.dirtyCount > 0) return false;
    const waits = this.#admission.slice((members) => this.#behind.join(members));
    const caughtUp = this.membersBehind;
    const more = this.#behind.catchUp(this.#batch, this.#endBatch);
    if (this.membersBehind < caughtUp) this.table.toldMembers();
    if (this.audiences.collectDue) this.#collectAudiences();
    return waits || more;
  }

  /** An exception ended a batch, and what the members got is not known: they get nothing more, and their sessions must end. */
  abandon(error: unknown): void {
    this.abandoned = true;
    this.encoder.reset();
    this.#batch.clear();
    this.#evaluation.rules.endBatch();
    this.#behind.clear();
    this.dispose();
    for (const member of this.members) member.fail(error);
  }

  /** Gives back every reference; the group must not be used afterwards. */
  dispose(): void {
    this.adjRibOut.clear(this.#now);
    this.receivers.dispose();
  }

  // Other options

  /** From now on the members get what these options say. The walk that this begins sends them the difference. */
  reform(key: string, options: GroupOptions): void {
    const before = this.#evaluation;
    before.receivers.dispose();
    this.key = key;
    this.#evaluation = this.#evaluateBy(options);
    for (const member of this.members) this.receivers.add(member);
    this.#behind.encoder = this.encoder;
    this.#reform = new Reform(this.table, before.encoder, this.encoder);
    this.builtTo = 1;
    // All routes are evaluated again, for all members.
    this.#admission.allIsReconsidered();
  }

  /** Members leave together for a group of their own, which holds the same as this one. `successors` gets who goes on there for whom. */
  split(members: readonly Member[], successors: Map<Member, Member>): UpdateGroup {
    const held = this.adjRibOut.copy(this.audiences.copy());
    const other = new UpdateGroup(
      this.key,
      this.table,
      this.#evaluation.options,
      this.#buffer,
      this.#observer,
      held,
      this.#admission.numbers,
    );
    other.builtTo = Number.POSITIVE_INFINITY;
    for (const member of members) {
      const successor = new Member(other, member.peer, member.number);
      successor.takeOver(member);
      successors.set(member, successor);
      other.members.push(successor);
      other.receivers.add(successor);
      other.#filters.add(successor);
    }
    other.#behind.adopt(this.#behind, successors);
    for (const member of members) this.remove(member);
    return other;
  }

  /** Counts one among its receivers who is to come from a group that holds the same. */
  expect(peer: RibPeer): Member {
    const member = new Member(this, peer, this.#admission.newNumber());
    this.receivers.add(member);
    this.#admission.expected.members.push(member);
    this.#admission.reconsider(member);
    if (this.#filters.add(member)) this.#admission.reconsiderAll();
    return member;
  }

  /** Whether the routes of the group are evaluated with an expected member among their receivers. */
  isReadyFor(member: Member): boolean {
    return this.built && this.#admission.isReady(member);
  }

  /** An expected member comes, in step, and goes on for `from`. */
  receive(member: Member, from: Member): void {
    this.#admission.came(member);
    member.takeOver(from);
    this.members.push(member);
  }

  #evaluateBy(options: GroupOptions): Evaluation {
    const failed = (error: unknown): void => this.#observer?.exportFailed(this, error);
    return new Evaluation(this.table, options, this.audiences, this.#filters, this.#buffer, failed);
  }

  // Members behind

  readonly #endBatch = (): void => {
    this.#evaluation.rules.endBatch();
    this.#dropFailures();
  };

  /** Members whose sockets take no more leave the stream together. They miss what the batch holds. */
  #checkBacklogs(): void {
    const limit = Math.max(BACKLOG_BYTES_MIN, Math.min(BACKLOG_BYTES_MAX, BACKLOG_BYTES_TOTAL_MAX / (1 + this.membersBehind)));
    const full = this.members.filter((member) => !member.behind && member.backlogBytes > limit && member.failure === undefined);
    if (full.length > 0) this.#behind.fallBehind(full, this.#batch);
  }

  // Faults

  /**
   * Takes out of the Adj-RIB-Out what the encoder could not write, and withdraws it: better no route than one that is out of date. Tried
   * again when the route changes.
   */
  #dropFailures(): void {
    const failures = this.encoder.takeFailures();
    if (failures === undefined) return;
    for (const unsent of failures.tooLarge) this.#drop(unsent, NotSent.TooLarge);
    for (const unsent of failures.thrown) this.#drop(unsent, NotSent.Failed);
    if (failures.thrown.length > 0) this.#observer?.exportFailed(this, failures.error);
    this.send();
  }

  #drop({ nlri, attr }: Unsent, reason: NotSent): void {
    this.adjRibOut.load(nlri, this.#old);
    const now = this.#now;
    now.count = 0;
    for (let at = 0; at < this.#old.count; at++) {
      const { attr: attrs, source, receivers, path } = this.#old;
      if (attrs[at] !== attr) now.add(attrs[at]!, source[at]!, receivers[at]! as AudienceId, path[at]!);
    }
    if (now.count < this.#old.count) this.#change(nlri, reason);
  }

  #collectAudiences(): void {
    this.audiences.collect(this.#filters.addRemembered(this.receivers.remembered()));
  }
}
