/**
 * An update group: the members of one family that get the same routes in the same form. They share one Adj-RIB-Out and one stream.
 *
 *     Adj-RIB-Out   NlriId -> attribute set, source peer
 *     a member's own view = the group's, less what the member itself is the source of (split horizon, RFC 4271 §9.2.1)
 *
 * A member is in step, and gets the shared stream, or behind: then it has one bit per NLRI of what it misses and catches up from the
 * Adj-RIB-Out at its own pace. A new session starts behind with a bit for each route; so does a route refresh, and a member whose socket is
 * full. Memory is bounded however long a member stays behind.
 */
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { grown, NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { PeerKind, type RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import { type ChunkSink, UpdateEncoder } from './encoder.ts';
import { Member } from './member.ts';
import type { ExportView } from './rewrite.ts';

/** A member whose backlog is above this leaves the shared stream. */
export const BACKLOG_BYTES_MAX: number = 4 << 20;
/** The bound falls as more members are behind, so that all backlogs together stay below this. */
export const BACKLOG_BYTES_TOTAL_MAX: number = 32 << 20;
const BACKLOG_BYTES_MIN = 128 << 10;

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
  source: Uint16Array;
  /** Routes in the Adj-RIB-Out, and how many of them each peer is the source of. */
  count = 0;
  readonly countBySource: Uint32Array = new Uint32Array(65_536);
  /** NLRI below this have been evaluated since the group began; changes above it are found when the walk gets there. */
  builtTo = 1;

  readonly #denied: number;
  readonly #attributes: AttributeTable;
  /** Changed NLRI of the running batch with the source they had before. */
  #changed: Int32Array = new Int32Array(1024);
  #changedFrom: Uint16Array = new Uint16Array(1024);
  #changedCount = 0;
  /** Withdrawals of the batch, with the source they had. */
  #withdrawn: Int32Array = new Int32Array(1024);
  #withdrawnFrom: Uint16Array = new Uint16Array(1024);

  constructor(key: string, table: RibTable, options: GroupOptions) {
    this.key = key;
    this.table = table;
    this.options = options;
    this.encoder = new UpdateEncoder(table, options);
    this.attr = new Int32Array(table.head.length);
    this.source = new Uint16Array(table.head.length);
    this.#attributes = table.attributes;
    this.#denied = AttrFlag.NoAdvertise | (options.kind === PeerKind.External ? AttrFlag.NoExport : 0);
  }

  get built(): boolean {
    return this.builtTo === Number.POSITIVE_INFINITY;
  }

  /** Evaluates up to `count` more NLRI of a new group; true when there is nothing left to do. */
  build(count: number): boolean {
    if (this.built) return true;
    const end = Math.min(this.builtTo + count, this.table.index.top);
    const { best } = this.table;
    const from = this.builtTo;
    this.builtTo = end;
    for (let nlri = from; nlri < end; nlri++) if (best[nlri] !== NONE) this.evaluate(nlri as NlriId);
    this.#changedCount = 0; // no member is in step yet: their bits are set when the group is built
    if (end < this.table.index.top) return false;
    this.builtTo = Number.POSITIVE_INFINITY;
    for (const member of this.members) member.missAll();
    return true;
  }

  /** Compares what the Loc-RIB has for an NLRI with the Adj-RIB-Out, and notes the change. */
  evaluate(nlri: NlriId): void {
    if (nlri >= this.builtTo) return;
    if (nlri >= this.attr.length) this.#grow();
    const { table } = this;
    const path = table.best[nlri]!;
    let attr: number = NONE;
    let source = 0;
    if (path !== NONE) {
      source = table.pathPeer[path]!;
      const pathAttr = table.pathAttr[path]!;
      if (this.#exports(pathAttr, table.peers[source] as RibPeer)) attr = pathAttr;
      else source = 0;
    }
    const oldAttr = this.attr[nlri]!;
    const oldSource = this.source[nlri]!;
    if (attr === oldAttr && source === oldSource) return;
    const attributes = this.#attributes;
    if (attr !== NONE) {
      attributes.references[attr] = attributes.references[attr]! + 1;
      this.count++;
      this.countBySource[source]!++;
    }
    if (oldAttr !== NONE) {
      this.count--;
      this.countBySource[oldSource]!--;
    }
    this.attr[nlri] = attr;
    this.source[nlri] = source;
    if (oldAttr !== NONE) attributes.release(oldAttr);
    const at = this.#changedCount++;
    if (at === this.#changed.length) {
      this.#changed = grown(this.#changed, at * 2, at);
      this.#changedFrom = grown(this.#changedFrom, at * 2, at);
    }
    this.#changed[at] = nlri;
    this.#changedFrom[at] = oldAttr === NONE ? 0 : oldSource;
  }

  /** Sends the changes noted since the last call to the members in step, and notes them as missed for the others. */
  send(): void {
    const count = this.#changedCount;
    if (count === 0) return;
    this.#changedCount = 0;
    this.#checkBacklogs();
    let inStep = 0;
    for (const member of this.members) {
      if (member.behind) member.missChanges(this.#changed, this.#changedFrom, count);
      else inStep++;
    }
    if (inStep === 0) return;
    this.#sendToMembersInStep(count);
  }

  /** A new member, behind by every route of the Adj-RIB-Out. */
  add(peer: RibPeer): Member {
    const member = new Member(this, peer);
    this.members.push(member);
    if (this.built) member.missAll();
    return member;
  }

  /** The session of the member is over. */
  remove(member: Member): void {
    this.members.splice(this.members.indexOf(member), 1);
  }

  /** Gives back every reference; the group must not be used afterwards. */
  dispose(): void {
    for (let nlri = 1; nlri < this.table.index.top && nlri < this.attr.length; nlri++) {
      if (this.attr[nlri] !== NONE) this.#attributes.release(this.attr[nlri]!);
    }
  }

  /** Routes that a member is sent. */
  advertisedTo(peer: RibPeer): number {
    return this.count - this.countBySource[peer.index]!;
  }

  get membersBehind(): number {
    let behind = 0;
    for (const member of this.members) if (member.behind) behind++;
    return behind;
  }

  #exports(attr: number, source: RibPeer): boolean {
    const { options } = this;
    if (options.denyAll || (this.#attributes.flags[attr]! & this.#denied) !== 0) return false;
    if (options.kind === PeerKind.Internal) return source.kind !== PeerKind.Internal; // RFC 4271 §9.2: not from internal to internal
    // An external peer gets our own next hop; where we have none in this family there is nothing to send.
    return options.nextHopSelf !== undefined || (options.routeServerClient && source.kind !== PeerKind.Local);
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
    encoder.announce(source, sink);
    encoder.flush(sink);
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
      const toMember: ChunkSink = (bytes) => member.write(bytes);
      this.encoder.withdraw(list, 0, list.length, 0, toMember);
      this.encoder.flush(toMember);
    }
  }

  readonly #sink: ChunkSink = (bytes, segmentEnds, segmentSources) => {
    const sources = new Set(segmentSources);
    for (const member of this.members) {
      if (member.behind) continue;
      if (!sources.has(member.peer.index)) {
        member.write(bytes);
        continue;
      }
      let from = 0;
      for (let i = 0; i < segmentEnds.length; i++) {
        if (segmentSources[i] !== member.peer.index) continue;
        const start = i === 0 ? 0 : segmentEnds[i - 1]!;
        if (start > from) member.write(bytes.subarray(from, start));
        from = segmentEnds[i]!;
      }
      if (from < bytes.length) member.write(bytes.subarray(from));
    }
  };

  #checkBacklogs(): void {
    const limit = Math.max(BACKLOG_BYTES_MIN, Math.min(BACKLOG_BYTES_MAX, BACKLOG_BYTES_TOTAL_MAX / (1 + this.membersBehind)));
    for (const member of this.members) if (!member.behind && member.peer.options.port.backlogBytes > limit) member.behind = true;
  }

  #grow(): void {
    const used = this.attr.length;
    const capacity = this.table.head.length;
    this.attr = grown(this.attr, capacity, used);
    this.source = grown(this.source, capacity, used);
  }
}
