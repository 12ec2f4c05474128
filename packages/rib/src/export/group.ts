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
import type { RibTable } from '../table.ts';
import { AdjRibOut } from './adj-rib-out.ts';
import { type AudienceId, Audiences, NOBODY } from './audience.ts';
import { Batch } from './batch.ts';
import { MembersBehind } from './behind.ts';
import type { ControlOptions } from './control-communities.ts';
import { deliver } from './delivery.ts';
import { noteDifference } from './difference.ts';
import { type ChunkSink, type Unsent, UpdateEncoder } from './encoder.ts';
import { Entries } from './entries.ts';
import { Member, type MemberGroup } from './member.ts';
import { alwaysOwnNextHop } from './next-hop.ts';
import { NotSent, PEER_INDEX_MAX } from './not-sent.ts';
import type { ExportGroup, ExportObserver } from './observer.ts';
import { Receivers } from './receivers.ts';
import { Reconsideration } from './reconsider.ts';
import { ExportRules } from './rules.ts';
import { Selection, type Strategy } from './select.ts';
import type { ExportView } from './view.ts';

/** A member whose backlog is above this leaves the shared stream. */
export const BACKLOG_BYTES_MAX: number = 4 << 20;
/** The bound falls as more members are behind, so that all backlogs together stay below this. */
export const BACKLOG_BYTES_TOTAL_MAX: number = 32 << 20;
const BACKLOG_BYTES_MIN = 128 << 10;
/** Comparisons of paths that are as much work as one step of deciding. */
const COMPARISONS_PER_STEP = 16;

export interface GroupOptions {
  readonly view: ExportView;
  /** Policy denies everything. */
  readonly denyAll: boolean;
  /** NO_EXPORT and the like are obeyed, not only passed on. */
  readonly obeysWellKnown: boolean;
  readonly strategy: Strategy;
  readonly control: ControlOptions | undefined;
}

/** The members of one family that get the same routes in the same form, with their Adj-RIB-Out. */
export class UpdateGroup implements MemberGroup, ExportGroup {
  readonly key: string;
  readonly table: RibTable;
  readonly view: ExportView;
  readonly strategy: Strategy;
  readonly members: Member[] = [];
  readonly audiences: Audiences = new Audiences();
  readonly adjRibOut: AdjRibOut;
  readonly receivers: Receivers;
  readonly encoder: UpdateEncoder;
  /** NLRI below this have been evaluated since the group began; changes above it are found when the walk gets there. */
  builtTo = 1;
  /** The Adj-RIB-Out is lost, and every member has failed: new members need a new group. */
  abandoned = false;

  readonly #observer: ExportObserver | undefined;
  readonly #rules: ExportRules;
  readonly #selection: Selection;
  readonly #reconsideration: Reconsideration;
  readonly #addPath: boolean;
  /** By `NotSent - PEER_INDEX_MAX - 1`: how many there were since the group began. */
  readonly #notSentTotal: number[] = [0, 0, 0];
  readonly #batch: Batch = new Batch();
  readonly #old: Entries = new Entries();
  readonly #now: Entries = new Entries();
  /** Members that wait until the group is built and their coming is reconsidered. */
  #joining: Member[] = [];
  /** Peers whose routes are to be evaluated again because members came or went. */
  #toReconsider: Set<number> = new Set();
  #reconsiderDue = false;
  /** Members at the front of `#joining` that the running reconsideration counts. */
  #admitted = 0;
  readonly #behind: MembersBehind;
  /** Numbers of members that left. They are given out again once no route of theirs is left. */
  readonly #freeNumbers: number[] = [];
  #numbers = 0;

  constructor(key: string, table: RibTable, options: GroupOptions, buffer: Uint8Array, observer?: ExportObserver) {
    const { view, strategy } = options;
    this.key = key;
    this.table = table;
    this.view = view;
    this.strategy = strategy;
    this.#observer = observer;
    this.#addPath = view.context.addPath.has(table.family);
    this.adjRibOut = new AdjRibOut(table, this.audiences, this.#addPath);
    this.receivers = new Receivers(table.attributes, this.audiences, {
      keepsNextHops: [0, 1, 2].some((kind) => !alwaysOwnNextHop(view, kind as 0 | 1 | 2)),
      separatesOwnAs: view.routeServerClient,
      control: options.control,
    });
    this.encoder = new UpdateEncoder(table, view, buffer);
    this.#behind = new MembersBehind(this.adjRibOut, this.audiences, this.encoder);
    const failed = (error: unknown): void => this.#observer?.exportFailed(this, error);
    this.#rules = new ExportRules(table, options, this.encoder, this.receivers, failed);
    this.#selection = new Selection(table, strategy, this.#rules, this.receivers, this.audiences);
    this.#reconsideration = new Reconsideration(table, this.receivers);
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
    return this.#behind.missedBy(member) ?? (this.#joining.includes(member) ? this.adjRibOut.count : 0);
  }

  /** Whether a member that is behind has still to be told of this NLRI. */
  isMissed(nlri: number): boolean {
    return this.#behind.isMissed(nlri);
  }

  // Members

  /** A new member, behind by every route of the Adj-RIB-Out. */
  add(peer: RibPeer): Member {
    const member = new Member(this, peer, this.#freeNumbers.pop() ?? this.#numbers++);
    this.members.push(member);
    this.#joining.push(member);
    this.receivers.add(member);
    this.#reconsider(member);
    return member;
  }

  /** The session of the member is over. Its number is kept until `releaseNumber`. */
  remove(member: Member): void {
    this.members.splice(this.members.indexOf(member), 1);
    const waiting = this.#joining.indexOf(member);
    if (waiting !== -1) this.#joining.splice(waiting, 1);
    if (waiting !== -1 && waiting < this.#admitted) this.#admitted--;
    this.#behind.remove(member);
    this.table.toldMembers();
    this.receivers.remove(member);
    this.#reconsider(member);
  }

  /** No route that the member was the source of is left. */
  releaseNumber(member: Member): void {
    this.#freeNumbers.push(member.number);
  }

  resendTo(member: Member): void {
    if (!this.#joining.includes(member)) this.#behind.resend(member);
  }

  // Routes

  /** Evaluates up to `count` more NLRI of a new group; true when there is nothing left to do. */
  build(count: number): boolean {
    if (this.built || this.abandoned) return true;
    const end = Math.min(this.builtTo + count, this.table.index.top);
    const { best } = this.table;
    const from = this.builtTo;
    let left = count;
    let nlri = from;
    for (; nlri < end && left > 0; nlri++) {
      this.builtTo = nlri + 1;
      left--;
      if (best[nlri] !== NONE) left -= this.evaluate(nlri as NlriId);
    }
    this.#batch.clear(); // no member is in step yet: they miss everything when the group is built
    this.#rules.endBatch();
    if (nlri < this.table.index.top) return false;
    this.builtTo = Number.POSITIVE_INFINITY;
    return true;
  }

  /** Compares what the Loc-RIB has for an NLRI with the Adj-RIB-Out, and notes the difference. Returns the entries that it took. */
  evaluate(nlri: NlriId): number {
    if (nlri >= this.builtTo || this.abandoned) return 0;
    const { table, adjRibOut } = this;
    if (nlri >= adjRibOut.capacity) adjRibOut.grow(table.head.length);
    const path = table.best[nlri]!;
    if (path !== NONE && this.strategy.type !== 'best' && (table.pathNext[path] !== NONE || table.head[nlri] !== path)) {
      return this.#select(nlri);
    }
    let attr: number = NONE;
    let source = 0;
    let receivers: AudienceId = NOBODY;
    if (path !== NONE) {
      receivers = this.#rules.receiversOf(path);
      if (receivers === NOBODY) {
        source = this.#rules.reason;
      } else {
        attr = table.pathAttr[path]!;
        source = table.pathPeer[path]!;
        if (this.receivers.marked(attr) !== undefined) return this.#select(nlri);
      }
    }
    const identifier = this.#addPath ? path : 0;
    if (
      attr === adjRibOut.attr[nlri] &&
      source === adjRibOut.source[nlri] &&
      receivers === adjRibOut.receivers[nlri] &&
      !adjRibOut.hasMore(nlri) &&
      (!this.#addPath || identifier === adjRibOut.path![nlri])
    ) {
      return 1;
    }
    if (this.#addPath || adjRibOut.hasMore(nlri)) {
      this.#now.count = 0;
      if (attr !== NONE) this.#now.add(attr, source, receivers, identifier);
      this.#change(nlri, source);
      return 1;
    }
    this.#changeOne(nlri, attr, source, receivers);
    return 1;
  }

  #select(nlri: NlriId): number {
    const reason = this.#selection.select(nlri, this.#now);
    this.adjRibOut.load(nlri, this.#old);
    if (!this.#now.equals(this.#old) || this.#now.count === 0) this.#change(nlri, reason);
    return this.#now.count + Math.floor(this.#selection.comparisons / COMPARISONS_PER_STEP);
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
    if (attr === NONE && source > PEER_INDEX_MAX) this.#tellNotSent(source as NotSent, nlri);
  }

  /** Puts the entries in `#now` into the Adj-RIB-Out, and notes the difference. Without any, `reason` says why. */
  #change(nlri: NlriId, reason: number): void {
    const now = this.#now;
    const old = this.#old;
    this.adjRibOut.load(nlri, old);
    noteDifference(this.#batch, this.audiences, nlri, old, now, this.#addPath);
    if (old.count > 0 || now.count > 0) this.#behind.noteChange(nlri, old);
    const before = old.count === 0 ? this.adjRibOut.source[nlri] : 0;
    this.adjRibOut.store(nlri, now, reason);
    if (now.count === 0 && reason > PEER_INDEX_MAX && reason !== before) this.#tellNotSent(reason as NotSent, nlri);
  }

  /** Sends the changes noted since the last call to the members in step. */
  send(): void {
    const batch = this.#batch;
    if (batch.isEmpty) return;
    this.#rules.endBatch();
    this.#checkBacklogs();
    const inStep = this.members.filter(({ behind, failure }) => !behind && failure === undefined);
    if (inStep.length > 0) {
      const sink: ChunkSink = (bytes, segments) => deliver(bytes, segments, inStep, this.audiences);
      this.encoder.write(batch, sink);
    }
    batch.clear();
    if (this.audiences.collectDue) this.#collectAudiences();
    this.#dropFailures();
  }

  /** One slice of what is not changes: joining, and sending to members that are behind. True when there is more to do at once. */
  work(): boolean {
    const waits = this.#admit();
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
    this.#rules.endBatch();
    this.#behind.clear();
    this.#joining = [];
    this.dispose();
    for (const member of this.members) member.fail(error);
  }

  /** Gives back every reference; the group must not be used afterwards. */
  dispose(): void {
    this.adjRibOut.clear(this.#now);
    this.receivers.dispose();
  }

  // Members behind

  readonly #endBatch = (): void => {
    this.#rules.endBatch();
    this.#dropFailures();
  };

  /** Lets members in that wait, once what is remembered of receivers counts them. True when there is more to do at once. */
  #admit(): boolean {
    if (!this.built) return false;
    const job = this.#reconsideration;
    if (!job.isRunning && this.#reconsiderDue) {
      this.#reconsiderDue = false;
      job.begin(this.#toReconsider);
      this.#toReconsider = new Set();
      this.#admitted = this.#joining.length;
    }
    if (job.isRunning) {
      job.slice();
      if (job.isRunning) return true;
    }
    const count = this.#reconsiderDue ? this.#admitted : this.#joining.length;
    this.#admitted = 0;
    if (count > 0) this.#behind.join(this.#joining.splice(0, count));
    return this.#reconsiderDue;
  }

  #reconsider(member: Member): void {
    // The routes of others of its AS: they go to other members now, or do not.
    for (const peer of this.table.peers) {
      if (peer !== undefined && peer !== member.peer && this.receivers.isSeparatedFrom(peer, member)) this.#toReconsider.add(peer.index);
    }
    // What goes out with our own next hop is not remembered by its set: it may name the member in a control community.
    if (this.receivers.readsControl) {
      for (const peer of this.table.peers) {
        if (peer === undefined || !alwaysOwnNextHop(this.view, peer.kind)) continue;
        if (peer.received[this.table.position]! > 0) this.#toReconsider.add(peer.index);
      }
    }
    // Those of a new member itself, if it brought any along. Those of one whose session is over are swept away.
    if (member.peer.up && member.peer.received[this.table.position]! > 0) this.#toReconsider.add(member.peer.index);
    if (this.receivers.selective || this.#toReconsider.size > 0) this.#reconsiderDue = true;
  }

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

  #tellNotSent(reason: NotSent, nlri: NlriId): void {
    const at = reason - PEER_INDEX_MAX - 1;
    const total = ++this.#notSentTotal[at]!;
    if (this.#observer !== undefined && isPowerOfTen(total)) this.#observer.notSent(this, reason, nlri, total);
  }

  #collectAudiences(): void {
    this.audiences.collect(this.receivers.remembered());
  }
}

function isPowerOfTen(count: number): boolean {
  let power = 1;
  while (power < count) power *= 10;
  return power === count;
}
