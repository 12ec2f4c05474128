/**
 * One peer in an update group: in step with the shared stream, or behind with a bit for each NLRI it misses.
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
import { BitSet, NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import { type ChunkSink, endOfRib, type Segments } from './encoder.ts';
import type { UpdateGroup } from './group.ts';
import { isNextHopOf, type NextHopOwners } from './next-hop.ts';

/** A member that is behind is written to while its backlog is below this. */
const CATCH_UP_BACKLOG_BYTES = 512 << 10;
/** NLRI looked at in one step of catching up: enough to fill messages, few enough for a fair turn. */
const CATCH_UP_NLRI = 4096;
/** Scratch of one step, which no two members take at once. */
const withdrawn = new Int32Array(CATCH_UP_NLRI);

/** What tells the peer where an enhanced refresh begins and ends (RFC 7313 §4). */
export interface RefreshMarks {
  /** Sends BoRR. */
  begin(): void;
  /** Sends EoRR. */
  end(): void;
}

/** One peer in an update group: in step with the shared stream, or behind. */
export class Member implements NextHopOwners {
  readonly group: UpdateGroup;
  readonly peer: RibPeer;
  behind = true;
  /** Octets handed to the port. */
  bytes = 0;
  /** Why nothing more is written to this member. */
  failure: { readonly error: unknown } | undefined = undefined;

  readonly #missed: BitSet = new BitSet();
  /** NLRI that the group sends and this member does not get, as the next hop is its own address (RFC 4271 §5.1.3). */
  readonly #withheld: BitSet = new BitSet(0);
  /** Withheld since `takeWithheld`. */
  #newlyWithheld: NlriId[] = [];
  #cursor = 0;
  /** Nothing at or after the cursor was ever sent. */
  #firstPass = true;
  #ready = false;
  #endOfRibDue = true;
  #refresh: RefreshMarks | undefined;
  #nextRefresh: RefreshMarks | undefined;

  constructor(group: UpdateGroup, peer: RibPeer) {
    this.group = group;
    this.peer = peer;
  }

  /** Routes that the member is sent: those of the group, less its own and what is withheld from it. */
  get advertised(): number {
    return this.group.count - this.group.countBySource[this.peer.index]! - this.#withheld.count;
  }

  /** Whether the member is sent what the Adj-RIB-Out has for this NLRI. */
  isSent(nlri: number): boolean {
    const { attr, source } = this.group;
    return nlri < attr.length && attr[nlri] !== NONE && source[nlri] !== this.peer.index && !this.#withheld.has(nlri);
  }

  /** The attribute set that the member is sent for this NLRI, before it is rewritten; NONE when it is sent nothing. Not a new reference. */
  sentAttr(nlri: NlriId): AttrId {
    return (this.isSent(nlri) ? this.group.attr[nlri]! : NONE) as AttrId;
  }

  /** The peer that the route sent for this NLRI came from; undefined when the member is sent nothing. */
  sentSource(nlri: NlriId): RibPeer | undefined {
    return this.isSent(nlri) ? this.group.table.peers[this.group.source[nlri]!] : undefined;
  }

  /** Routes that the group sends and this member does not get, as the next hop is its own address. */
  get withheldCount(): number {
    return this.#withheld.count;
  }

  /** Whether the group sends this NLRI and this member does not get it. */
  isWithheld(nlri: number): boolean {
    return this.#withheld.has(nlri);
  }

  get missedCount(): number {
    return this.#missed.count;
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

  /** Hands a chunk to the port, less the segments that this member is the source of or that are withheld from it. */
  writeSegments(bytes: Uint8Array, segments: Segments): void {
    const { ends, sources, withheldFrom } = segments;
    let from = 0;
    for (let i = 0; i < ends.length; i++) {
      if (sources[i] !== this.peer.index && withheldFrom[i]?.includes(this) !== true) continue;
      const start = i === 0 ? 0 : ends[i - 1]!;
      if (start > from) this.write(bytes.subarray(from, start));
      from = ends[i]!;
    }
    if (from === 0) this.write(bytes);
    else if (from < bytes.length) this.write(bytes.subarray(from));
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

  /** What the peer got no longer agrees with the Adj-RIB-Out: nothing more is written to it, and it holds up nobody. */
  fail(error: unknown): void {
    if (error instanceof BrokenInvariant) throw error;
    this.failure ??= { error };
    this.behind = false;
    this.#missed.clear();
    this.#newlyWithheld = [];
    this.#endOfRibDue = false;
    this.#refresh = undefined;
    this.#nextRefresh = undefined;
  }

  /** Sends everything again; with marks as an enhanced refresh, which waits for End-of-RIB and for the end of one that runs. */
  resend(marks?: RefreshMarks): void {
    if (this.failure !== undefined) return;
    if (marks === undefined) this.missAll();
    else if (this.#endOfRibDue || this.#refresh !== undefined) this.#nextRefresh = marks;
    else this.#begin(marks);
  }

  /** Everything of the Adj-RIB-Out is to be sent. */
  missAll(): void {
    if (this.failure !== undefined) return;
    const { group, peer } = this;
    this.behind = true;
    if (this.#ready) this.#firstPass = false;
    this.#ready = group.built;
    if (!this.#ready) return;
    const { attr, source } = group;
    const end = Math.min(group.table.index.top, attr.length);
    for (let nlri = 1; nlri < end; nlri++) {
      if (attr[nlri] !== NONE && source[nlri] !== peer.index && !this.#withheld.has(nlri)) this.#missed.add(nlri);
    }
    this.#cursor = 0;
  }

  /** Notes `changed[0, count)`, except what this member was and is the source of: it holds nothing there. */
  missChanges(changed: Int32Array, changedFrom: Uint16Array, count: number): void {
    const own = this.peer.index;
    const { source } = this.group;
    for (let i = 0; i < count; i++) {
      const nlri = changed[i]!;
      const held = changedFrom[i] !== 0 && changedFrom[i] !== own;
      const due = this.group.attr[nlri] !== NONE && source[nlri] !== own;
      if (held || due) this.#missed.add(nlri);
    }
  }

  /** Forgets that these were withheld: something else is to be sent now, or nothing. */
  unwithhold(changed: Int32Array, count: number): void {
    if (this.#withheld.count === 0) return;
    for (let i = 0; i < count; i++) this.#withheld.delete(changed[i]!);
  }

  /** The group sends this NLRI with the member's own address as next hop: it does not get it. */
  withhold(nlri: NlriId): void {
    if (this.failure !== undefined) return;
    this.#withheld.add(nlri);
    this.#newlyWithheld.push(nlri);
  }

  /** The NLRI withheld since the last call. What the member holds for them is out of date. */
  takeWithheld(): readonly NlriId[] {
    const taken = this.#newlyWithheld;
    if (taken.length > 0) this.#newlyWithheld = [];
    return taken;
  }

  /** The member itself, if the next hop is its address. */
  find(nextHop: Uint8Array, length: number, source: number): readonly Member[] | undefined {
    return source !== this.peer.index && isNextHopOf(this.peer, nextHop, length) ? [this] : undefined;
  }

  /** Writes some of what is missed. True when there is more that could be written now. */
  catchUp(): boolean {
    if (!this.behind || !this.#ready) return false;
    if (this.backlogBytes >= CATCH_UP_BACKLOG_BYTES || this.failure !== undefined) return false;
    const { group, peer } = this;
    const missed = this.#missed;
    const { encoder, attr, source } = group;
    let withdrawnCount = 0;
    let budget = CATCH_UP_NLRI;
    let nlri = missed.count === 0 ? -1 : missed.next(this.#cursor);
    if (nlri === -1) this.#firstPass = false;
    if (nlri === -1 && missed.count > 0) nlri = missed.next(0);
    const firstPass = this.#firstPass;
    while (nlri !== -1 && budget-- > 0) {
      missed.delete(nlri);
      this.#withheld.delete(nlri);
      if (attr[nlri] !== NONE && source[nlri] !== peer.index) encoder.add(nlri as NlriId, attr[nlri]!);
      else if (!firstPass) withdrawn[withdrawnCount++] = nlri;
      this.#cursor = nlri + 1;
      nlri = missed.next(this.#cursor);
    }
    const toMember: ChunkSink = (bytes, segments) => this.writeSegments(bytes, segments);
    encoder.withdraw(withdrawn, 0, withdrawnCount, 0, toMember);
    encoder.announce(source, this, toMember);
    const withheld = this.takeWithheld();
    if (!firstPass) encoder.withdraw(withheld, 0, withheld.length, 0, toMember);
    encoder.flush(toMember);
    // What could not be written is missed again, as a withdrawal.
    group.dropFailures();
    if (missed.count > 0) return true;
    if (this.failure === undefined) this.#caughtUp();
    return this.behind;
  }

  /** Nothing is missed. */
  #caughtUp(): void {
    this.behind = false;
    this.#firstPass = false;
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
    this.missAll();
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
