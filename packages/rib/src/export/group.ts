/**
 * An update group: the members of one family that get the same routes in the same form. They share one Adj-RIB-Out and one stream.
 *
 *     Adj-RIB-Out   NlriId -> attribute set, source peer
 *     a member's own view = the group's, less what the member itself is the source of (split horizon, RFC 4271 §9.2.1), and less what
 *                           has the member's own address as next hop (§5.1.3)
 *
 * The Adj-RIB-Out holds only what can be sent: a route whose attribute set no message holds, that has no next hop for the peers, or that
 * cannot be encoded is not in it. The source column then says why (`NotSent`).
 *
 * A member is in step, and gets the shared stream, or behind: then it has one bit per NLRI of what it misses and catches up from the
 * Adj-RIB-Out at its own pace. A new session starts behind with a bit for each route; so does a route refresh, and a member whose socket is
 * full. Memory is bounded however long a member stays behind.
 */
import { IPV4_UNICAST } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { BrokenInvariant } from '../broken-invariant.ts';
import { grown, NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import { type ChunkSink, UpdateEncoder } from './encoder.ts';
import { Member } from './member.ts';
import { alwaysOwnNextHop, MembersByAddress, NextHopUse, nextHopUse, sameLink } from './next-hop.ts';
import { type ExportObserver, NotSent, PEER_INDEX_MAX } from './observer.ts';
import type { ExportView } from './rewrite.ts';

/** A member whose backlog is above this leaves the shared stream. */
export const BACKLOG_BYTES_MAX: number = 4 << 20;
/** The bound falls as more members are behind, so that all backlogs together stay below this. */
export const BACKLOG_BYTES_TOTAL_MAX: number = 32 << 20;
const BACKLOG_BYTES_MIN = 128 << 10;

/** `verdict` of a route that is sent, and of one that policy or split horizon keeps back: not a `NotSent`. */
const SENT = -1;
const DENIED = 0;
/** Message length of a set that could not be rewritten. */
const FAILED = -1;

export interface GroupOptions extends ExportView {
  /** Policy denies everything. */
  readonly denyAll: boolean;
}

/** The members of one family that get the same routes in the same form, with their Adj-RIB-Out. */
export class UpdateGroup {
  readonly key: string;
  readonly table: RibTable;
  readonly options: GroupOptions;
  readonly encoder: UpdateEncoder;
  readonly members: Member[] = [];

  /** Adj-RIB-Out. A set that is held here is referenced. */
  attr: Int32Array;
  /** The source peer, or beside no attribute set why there is none (`NotSent`), or 0. */
  source: Uint16Array;
  /** Routes in the Adj-RIB-Out, and how many of them each peer is the source of; by `NotSent`, routes that are not in it. */
  count = 0;
  readonly countBySource: Uint32Array = new Uint32Array(65_536);
  /** NLRI below this have been evaluated since the group began; changes above it are found when the walk gets there. */
  builtTo = 1;
  /** The Adj-RIB-Out is lost, and every member has failed: new members need a new group. */
  abandoned = false;

  readonly #denied: number;
  /** Flags of sets, and a bit for each kind of source, that may keep a route from being sent. Everything else is. */
  readonly #unusual: number;
  readonly #unusualKinds: number;
  readonly #attributes: AttributeTable;
  readonly #observer: ExportObserver | undefined;
  readonly #owners: MembersByAddress = new MembersByAddress();
  /** Of the running batch: attribute set and form -> octets of a message without NLRI. For large sets only. */
  readonly #messageLengths: Map<number, number> = new Map();
  /** By `NotSent - PEER_INDEX_MAX - 1`: how many there were since the group began. */
  readonly #notSentTotal: number[] = [0, 0, 0];
  /** Changed NLRI of the running batch with the source they had before. */
  #changed: Int32Array = new Int32Array(1024);
  #changedFrom: Uint16Array = new Uint16Array(1024);
  #changedCount = 0;
  /** Withdrawals of the batch, with the source they had. */
  #withdrawn: Int32Array = new Int32Array(1024);
  #withdrawnFrom: Uint16Array = new Uint16Array(1024);

  constructor(key: string, table: RibTable, options: GroupOptions, observer?: ExportObserver) {
    this.key = key;
    this.#observer = observer;
    this.table = table;
    this.options = options;
    this.encoder = new UpdateEncoder(table, options);
    this.attr = new Int32Array(table.head.length);
    this.source = new Uint16Array(table.head.length);
    this.#attributes = table.attributes;
    this.#denied = AttrFlag.NoAdvertise | (options.kind === PeerKind.External ? AttrFlag.NoExport : 0);
    // Routes of IPv4 unicast need NEXT_HOP, which a set with MP_REACH_NLRI does not have.
    this.#unusual =
      this.#denied |
      AttrFlag.Large |
      AttrFlag.LinkLocalNextHop |
      AttrFlag.BadNextHop |
      (table.family === IPV4_UNICAST ? AttrFlag.MpNextHop : 0);
    this.#unusualKinds = [PeerKind.Local, PeerKind.External, PeerKind.Internal]
      .filter((kind) => {
        const withoutNextHop = options.nextHopSelf === undefined && alwaysOwnNextHop(options, kind);
        return options.denyAll || withoutNextHop || (kind === PeerKind.Internal && options.kind === PeerKind.Internal);
      })
      .reduce<number>((bits, kind) => bits | (1 << kind), 0);
  }

  get built(): boolean {
    return this.builtTo === Number.POSITIVE_INFINITY;
  }

  /** Evaluates up to `count` more NLRI of a new group; true when there is nothing left to do. */
  build(count: number): boolean {
    if (this.built || this.abandoned) return true;
    const end = Math.min(this.builtTo + count, this.table.index.top);
    const { best } = this.table;
    const from = this.builtTo;
    this.builtTo = end;
    for (let nlri = from; nlri < end; nlri++) if (best[nlri] !== NONE) this.evaluate(nlri as NlriId);
    this.#changedCount = 0; // no member is in step yet: their bits are set when the group is built
    this.#forgetMessageLengths();
    if (end < this.table.index.top) return false;
    this.builtTo = Number.POSITIVE_INFINITY;
    for (const member of this.members) member.missAll();
    return true;
  }

  /** Compares what the Loc-RIB has for an NLRI with the Adj-RIB-Out, and notes the change. */
  evaluate(nlri: NlriId): void {
    if (nlri >= this.builtTo || this.abandoned) return;
    if (nlri >= this.attr.length) this.#grow();
    const { table } = this;
    const path = table.best[nlri]!;
    let attr: number = NONE;
    let source = 0;
    if (path !== NONE) {
      source = table.pathPeer[path]!;
      attr = table.pathAttr[path]!;
      const flags = this.#attributes.flags[attr]!;
      const from = table.peers[source] as RibPeer;
      if ((flags & this.#unusual) !== 0 || ((this.#unusualKinds >>> from.kind) & 1) !== 0) {
        const verdict = this.#verdict(attr, flags, from, nlri);
        if (verdict !== SENT) {
          attr = NONE;
          source = verdict;
        }
      }
    }
    if (attr === this.attr[nlri] && source === this.source[nlri]) return;
    this.#change(nlri, attr, source);
  }

  /** Puts an entry into the Adj-RIB-Out, and notes the change. */
  #change(nlri: NlriId, attr: number, source: number): void {
    const attributes = this.#attributes;
    const oldAttr = this.attr[nlri]!;
    const oldSource = this.source[nlri]!;
    const at = this.#changedCount;
    if (at === this.#changed.length) {
      this.#changed = grown(this.#changed, at * 2, at);
      this.#changedFrom = grown(this.#changedFrom, at * 2, at);
    }
    if (oldSource !== 0) this.countBySource[oldSource]!--;
    if (source !== 0) this.countBySource[source]!++;
    this.attr[nlri] = attr;
    this.source[nlri] = source;
    if (attr !== NONE) {
      attributes.references[attr] = attributes.references[attr]! + 1;
      this.count++;
    }
    // Where nothing is sent before and after, only the reason is another.
    if (attr !== NONE || oldAttr !== NONE) {
      this.#changed[at] = nlri;
      this.#changedFrom[at] = oldAttr === NONE ? 0 : oldSource;
      this.#changedCount = at + 1;
    }
    if (oldAttr !== NONE) {
      this.count--;
      attributes.release(oldAttr);
    }
    if (source > PEER_INDEX_MAX) this.#tellNotSent(source as NotSent, nlri);
  }

  /** Sends the changes noted since the last call to the members in step, and notes them as missed for the others. */
  send(): void {
    const count = this.#changedCount;
    if (count === 0) return;
    this.#changedCount = 0;
    this.#forgetMessageLengths();
    this.#checkBacklogs();
    let inStep = 0;
    for (const member of this.members) {
      member.unwithhold(this.#changed, count);
      if (member.behind) member.missChanges(this.#changed, this.#changedFrom, count);
      else inStep++;
    }
    if (inStep === 0) return;
    this.#sendToMembersInStep(count);
    this.dropFailures();
  }

  /**
   * Takes out of the Adj-RIB-Out what the encoder could not write, and withdraws it: better no route than one that is out of date. Tried
   * again when the route changes.
   */
  dropFailures(): void {
    const failures = this.encoder.takeFailures();
    if (failures === undefined) return;
    for (const nlri of failures.tooLarge) this.#drop(nlri, NotSent.TooLarge);
    for (const nlri of failures.thrown) this.#drop(nlri, NotSent.Failed);
    if (failures.thrown.length > 0) this.#observer?.exportFailed(this, failures.error);
    this.send();
  }

  #drop(nlri: NlriId, reason: NotSent): void {
    if (this.attr[nlri] !== NONE) this.#change(nlri, NONE, reason);
  }

  /** An exception ended a batch, and nobody knows what the members got: they get nothing more, and their sessions must end. */
  abandon(error: unknown): void {
    this.abandoned = true;
    this.encoder.reset();
    this.#changedCount = 0;
    this.#forgetMessageLengths();
    this.dispose();
    this.attr.fill(NONE);
    this.source.fill(0);
    this.count = 0;
    this.countBySource.fill(0);
    for (const member of this.members) member.fail(error);
  }

  /** A new member, behind by every route of the Adj-RIB-Out. */
  add(peer: RibPeer): Member {
    const member = new Member(this, peer);
    this.members.push(member);
    this.#owners.add(member);
    if (this.built) member.missAll();
    return member;
  }

  /** The session of the member is over. */
  remove(member: Member): void {
    this.members.splice(this.members.indexOf(member), 1);
    this.#owners.remove(member);
  }

  /** Gives back every reference; the group must not be used afterwards. */
  dispose(): void {
    for (let nlri = 1; nlri < this.table.index.top && nlri < this.attr.length; nlri++) {
      if (this.attr[nlri] !== NONE) this.#attributes.release(this.attr[nlri]!);
    }
  }

  /** Routes that policy lets out and that are not sent to any member, for this reason. */
  notSent(reason: NotSent): number {
    return this.countBySource[reason]!;
  }

  get membersBehind(): number {
    let behind = 0;
    for (const member of this.members) if (member.behind) behind++;
    return behind;
  }

  /** Whether a route that is not plainly sent goes out: SENT, DENIED by policy or split horizon, or why it is not sent. */
  #verdict(attr: number, flags: number, source: RibPeer, nlri: NlriId): number {
    const { options } = this;
    if (options.denyAll || (flags & this.#denied) !== 0) return DENIED;
    // RFC 4271 §9.2: not from internal to internal.
    if (options.kind === PeerKind.Internal && source.kind === PeerKind.Internal) return DENIED;
    if (this.table.family === IPV4_UNICAST && (flags & AttrFlag.MpNextHop) !== 0) return NotSent.NoNextHop;
    if (nextHopUse(this.options, flags, source) === NextHopUse.None) return NotSent.NoNextHop;
    if (this.#attributes.length[attr]! <= this.encoder.fittingLength) return SENT;
    const messageLength = this.#messageLength(attr, source);
    if (messageLength === FAILED) return NotSent.Failed;
    return this.encoder.fits(messageLength, nlri) ? SENT : NotSent.TooLarge;
  }

  /** Octets of a message with a large set and without NLRI, worked out once in a batch; FAILED after an exception. */
  #messageLength(attr: number, source: RibPeer): number {
    const form = (source.kind === PeerKind.Local ? 1 : 0) + (sameLink(this.options, source) ? 2 : 0);
    const key = attr * 4 + form;
    const known = this.#messageLengths.get(key);
    if (known !== undefined) return known;
    let length = FAILED;
    try {
      length = this.encoder.messageLength(attr, source);
    } catch (error) {
      if (error instanceof BrokenInvariant) throw error;
      this.#observer?.exportFailed(this, error);
    }
    this.#messageLengths.set(key, length);
    return length;
  }

  #forgetMessageLengths(): void {
    if (this.#messageLengths.size > 0) this.#messageLengths.clear();
  }

  #tellNotSent(reason: NotSent, nlri: NlriId): void {
    const at = reason - PEER_INDEX_MAX - 1;
    const total = ++this.#notSentTotal[at]!;
    if (this.#observer !== undefined && isPowerOfTen(total)) this.#observer.notSent(this, reason, nlri, total);
  }

  #sendToMembersInStep(count: number): void {
    const { encoder, attr, source } = this;
    const changed = this.#changed;
    const changedFrom = this.#changedFrom;
    if (this.#withdrawn.length < count) {
      this.#withdrawn = new Int32Array(this.#changed.length);
      this.#withdrawnFrom = new Uint16Array(this.#changed.length);
    }
    const withdrawn = this.#withdrawn;
    const withdrawnFrom = this.#withdrawnFrom;
    let withdrawnCount = 0;
    let moved = false;
    for (let i = 0; i < count; i++) {
      const nlri = changed[i]!;
      if (attr[nlri] === NONE) {
        withdrawn[withdrawnCount] = nlri;
        withdrawnFrom[withdrawnCount++] = changedFrom[i]!;
      } else {
        encoder.add(nlri as NlriId, attr[nlri]!);
        if (changedFrom[i] !== 0 && changedFrom[i] !== source[nlri]) moved = true;
      }
    }
    if (moved) this.#withdrawFromNewSources(count);
    const sink = this.#sink;
    for (let start = 0; start < withdrawnCount; ) {
      const from = withdrawnFrom[start]!;
      let end = start + 1;
      while (end < withdrawnCount && withdrawnFrom[end] === from) end++;
      encoder.withdraw(withdrawn, start, end, from, sink);
      start = end;
    }
    encoder.announce(source, this.#owners, sink);
    encoder.flush(sink);
    this.#withdrawWithheld(count);
  }

  /** A member that has become the source of a route must no longer hold it from us. */
  #withdrawFromNewSources(count: number): void {
    const bySource = new Map<number, number[]>();
    for (let i = 0; i < count; i++) {
      const nlri = this.#changed[i]!;
      const from = this.#changedFrom[i]!;
      const source = this.source[nlri]!;
      if (this.attr[nlri] === NONE || from === 0 || from === source) continue;
      const list = bySource.get(source);
      if (list === undefined) bySource.set(source, [nlri]);
      else list.push(nlri);
    }
    for (const member of this.members) {
      const list = member.behind ? undefined : bySource.get(member.peer.index);
      if (list === undefined) continue;
      this.#withdrawFrom(member, list);
    }
  }

  /** What members in step held and what is withheld from them now, they must hold no longer. */
  #withdrawWithheld(count: number): void {
    for (const member of this.members) {
      const withheld = member.takeWithheld();
      if (withheld.length === 0) continue;
      const isWithheld = new Set<number>(withheld);
      const held: number[] = [];
      for (let i = 0; i < count; i++) {
        const from = this.#changedFrom[i]!;
        if (from !== 0 && from !== member.peer.index && isWithheld.has(this.#changed[i]!)) held.push(this.#changed[i]!);
      }
      this.#withdrawFrom(member, held);
    }
  }

  #withdrawFrom(member: Member, nlris: readonly number[]): void {
    const toMember: ChunkSink = (bytes) => member.write(bytes);
    this.encoder.withdraw(nlris, 0, nlris.length, 0, toMember);
    this.encoder.flush(toMember);
  }

  readonly #sink: ChunkSink = (bytes, segments) => {
    const concerned = new Set<number>(segments.sources);
    for (const members of segments.withheldFrom) for (const member of members ?? []) concerned.add(member.peer.index);
    for (const member of this.members) {
      if (member.behind) continue;
      if (concerned.has(member.peer.index)) member.writeSegments(bytes, segments);
      else member.write(bytes);
    }
  };

  #checkBacklogs(): void {
    const limit = Math.max(BACKLOG_BYTES_MIN, Math.min(BACKLOG_BYTES_MAX, BACKLOG_BYTES_TOTAL_MAX / (1 + this.membersBehind)));
    for (const member of this.members) if (!member.behind && member.backlogBytes > limit) member.behind = true;
  }

  #grow(): void {
    const used = this.attr.length;
    const capacity = this.table.head.length;
    this.attr = grown(this.attr, capacity, used);
    this.source = grown(this.source, capacity, used);
  }
}

function isPowerOfTen(count: number): boolean {
  let power = 1;
  while (power < count) power *= 10;
  return power === count;
}
