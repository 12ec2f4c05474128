/**
 * One peer in an update group: in step with the shared stream, or behind in a cohort (cohort.ts).
 *
 * What is due once nothing is missed, in this order:
 *
 *   1. End-of-RIB, after the first routes of the session (RFC 4724 §2).
 *   2. The end of the enhanced refresh that runs (EoRR, RFC 7313 §4).
 *   3. The enhanced refresh that was asked for meanwhile begins (BoRR): after End-of-RIB, and never inside another. All requests that come
 *      in until then are answered by that one.
 */
import type { AttrId } from '../attributes/attribute-table.ts';
import { BrokenInvariant } from '../broken-invariant.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import type { AdjRibOut } from './adj-rib-out.ts';
import type { AudienceId, Audiences } from './audience.ts';
import { endOfRib, type UpdateEncoder } from './encoder.ts';
import { Entries } from './entries.ts';
import type { ExportExplanation, ExportQuestion } from './explain.ts';
import type { NotSent } from './not-sent.ts';
import type { ExportView } from './view.ts';

/** What tells the peer where an enhanced refresh begins and ends (RFC 7313 §4). */
export interface RefreshMarks {
  /** Sends BoRR. */
  begin(): void;
  /** Sends EoRR. */
  end(): void;
}

/** What a member knows of its group. */
export interface MemberGroup {
  readonly table: RibTable;
  readonly view: ExportView;
  readonly adjRibOut: AdjRibOut;
  readonly audiences: Audiences;
  readonly encoder: UpdateEncoder;
  /** Members of the group, and those of them that are behind. */
  readonly memberCount: number;
  /** Routes that policy lets out and that are not sent to any member, for this reason. */
  notSent(reason: NotSent): number;
  /** NLRI that a member which is behind still misses. */
  missedBy(member: Member): number;
  /** What a member gets of an NLRI, and why not the rest. */
  explain(member: Member, question: ExportQuestion): ExportExplanation;
  /** The member is to get everything again. */
  resendTo(member: Member): void;
}

/** One route that a member is sent. */
export interface SentRoute {
  readonly attr: AttrId;
  readonly source: RibPeer;
  /** RFC 7911; undefined without ADD-PATH. */
  readonly pathIdentifier: number | undefined;
}

/** Scratch of the questions below. */
const entries = new Entries();

/** One peer in an update group: in step with the shared stream, or behind. */
export class Member {
  readonly group: MemberGroup;
  readonly peer: RibPeer;
  /** What the audiences of the group call it. */
  readonly number: number;
  behind = true;
  /** Octets handed to the port. */
  bytes = 0;
  /** Routes that were announced and withdrawn since the member joined; what is sent again counts again. */
  announcements = 0;
  withdrawals = 0;
  /** Why nothing more is written to this member. */
  failure: { readonly error: unknown } | undefined = undefined;

  #endOfRibDue = true;
  #refresh: RefreshMarks | undefined;
  #nextRefresh: RefreshMarks | undefined;

  constructor(group: MemberGroup, peer: RibPeer, number: number) {
    this.group = group;
    this.peer = peer;
    this.number = number;
  }

  /** Goes on for another member of the same peer, which is written to no more: with what is due to it. */
  takeOver(from: Member): void {
    this.behind = from.behind;
    this.bytes = from.bytes;
    this.announcements = from.announcements;
    this.withdrawals = from.withdrawals;
    this.failure = from.failure;
    this.#endOfRibDue = from.#endOfRibDue;
    this.#refresh = from.#refresh;
    this.#nextRefresh = from.#nextRefresh;
  }

  /** Routes that the member is sent. */
  get advertised(): number {
    return this.group.audiences.routesTo(this.number);
  }

  /** NLRI that it has still to be told of. */
  get missedCount(): number {
    return this.group.missedBy(this);
  }

  /** The routes that the member is sent for an NLRI: at most one, or several with ADD-PATH. */
  sent(nlri: NlriId): SentRoute[] {
    const { adjRibOut, audiences, table } = this.group;
    adjRibOut.load(nlri, entries);
    const routes: SentRoute[] = [];
    for (let at = 0; at < entries.count; at++) {
      if (!audiences.has(entries.receivers[at]! as AudienceId, this.number)) continue;
      const pathIdentifier = adjRibOut.addPath ? entries.path[at]! : undefined;
      routes.push({ attr: entries.attr[at]! as AttrId, source: table.peers[entries.source[at]!]!, pathIdentifier });
    }
    return routes;
  }

  /** What the member gets of an NLRI, and why not the rest. Cold. */
  explain(question: ExportQuestion): ExportExplanation {
    return this.group.explain(this, question);
  }

  /** Whether the member is sent a route for this NLRI. */
  isSent(nlri: number): boolean {
    return this.sent(nlri as NlriId).length > 0;
  }

  /** Routes that the group sends and this member does not get, as the next hop is its own address. */
  get withheldCount(): number {
    return this.group.audiences.routesWithheldFrom(this.number);
  }

  /** Whether the group sends this NLRI and this member does not get it, as the next hop is its own address. */
  isWithheld(nlri: number): boolean {
    const { adjRibOut, audiences } = this.group;
    adjRibOut.load(nlri, entries);
    for (let at = 0; at < entries.count; at++) {
      if (audiences.withheldFrom(entries.receivers[at]! as AudienceId) === this.number) return true;
    }
    return false;
  }

  /** Hands whole messages to the port of the peer. */
  write(bytes: Uint8Array): void {
    if (this.failure !== undefined) return;
    this.bytes += bytes.length;
    try {
      this.peer.options.port.write(bytes);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Counts routes of the messages that were written last. */
  wrote(announced: number, withdrawn: number): void {
    if (this.failure !== undefined) return;
    this.announcements += announced;
    this.withdrawals += withdrawn;
  }

  /** Octets that wait for the peer's socket. */
  get backlogBytes(): number {
    if (this.failure !== undefined) return 0;
    try {
      return this.peer.options.port.backlogBytes;
    } catch (error) {
      this.fail(error);
      return 0;
    }
  }

  /** What the peer got no longer agrees with the Adj-RIB-Out: nothing more is written to it, and no other member waits for it. */
  fail(error: unknown): void {
    if (error instanceof BrokenInvariant) throw error;
    this.failure ??= { error };
    this.behind = false;
    this.#endOfRibDue = false;
    this.#refresh = undefined;
    this.#nextRefresh = undefined;
  }

  /** Sends everything again; with marks as an enhanced refresh, which waits for End-of-RIB and for the end of one that runs. */
  resend(marks?: RefreshMarks): void {
    if (this.failure !== undefined) return;
    if (marks === undefined) this.group.resendTo(this);
    else if (this.#endOfRibDue || this.#refresh !== undefined) this.#nextRefresh = marks;
    else this.#begin(marks);
  }

  /** What the member is sent agrees with the prefix filter of its peer. End-of-RIB, if it waited for that, is sent once nothing is missed. */
  filterApplied(): void {
    if (!this.behind) this.caughtUp();
  }

  /** Nothing is missed. */
  caughtUp(): void {
    if (this.failure !== undefined) return;
    this.behind = false;
    // The routes that the peer asks for come first, and nobody knows yet which those are.
    if (this.#endOfRibDue && this.peer.awaitsFilter(this.group.table.position)) return;
    if (this.#endOfRibDue) {
      this.#endOfRibDue = false;
      this.write(endOfRib(this.group.table));
    }
    const ended = this.#refresh;
    this.#refresh = undefined;
    if (ended !== undefined) this.#tell(() => ended.end());
    const next = this.#nextRefresh;
    this.#nextRefresh = undefined;
    if (next !== undefined) this.#begin(next);
  }

  #begin(marks: RefreshMarks): void {
    this.#refresh = marks;
    this.#tell(() => marks.begin());
    if (this.failure === undefined) this.group.resendTo(this);
  }

  #tell(action: () => void): void {
    if (this.failure !== undefined) return;
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }
}
