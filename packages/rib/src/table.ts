/**
 * Routing state of one family: destinations, the paths to them, and which of them await a decision.
 *
 *     NlriId -> head of its path chain, best path, flags     key columns are the index's
 *     PathId -> NLRI, peer, attribute set, next in chain, path identifier, flags, learned at
 *            -> attribute set as received, where it is another; reason, where it is not used
 *
 *     NLRI 7 --head--> path 12 --next--> path 3 --next--> NONE
 *              best ------------------------^
 *
 * An announcement or withdrawal changes the chain and marks the NLRI dirty; nothing is decided until `decide` walks the queue of dirty ones.
 */
import type { Family } from '@tsbgp/wire';
import type { AttrId, AttributeTable } from './attributes/attribute-table.ts';
import { type BitSet, grown, grownSparse, NONE } from './columns.ts';
import { Doomed } from './doomed.ts';
import { type FilterReason, type ReasonCode, reasonOf } from './filter-reason.ts';
import { HeldNlri } from './held.ts';
import type { NlriId, NlriIndex } from './nlri/nlri-index.ts';
import type { PathOctets } from './nlri/path-octets.ts';
import { GENERATION_MASK, NlriFlag, PathFlag, UNCOMMON } from './path-flags.ts';
import type { PeerIndex, RibPeer } from './peer.ts';
import { forgetOctets } from './restated.ts';
import type { SentObserver } from './sent-observer.ts';
import type { ImportVerdict } from './verdict.ts';

/** One path to one destination; small, and used again when the path is gone. */
export type PathId = number & { readonly __id: 'PathId' };

/** Told of each change of an Adj-RIB-In; unset, it costs one comparison per route. */
export type PathObserver = (nlri: NlriId, path: PathId, announced: boolean) => void;

/** Routing state of one family, in columns: destinations, the paths to them, and which of them await a decision. */
export class RibTable {
  readonly family: Family;
  /** Position of the family in the RIB. */
  readonly position: number;
  readonly index: NlriIndex;
  /** The NLRI of single paths, in families whose NLRI are no plain prefixes. */
  readonly octets: PathOctets | undefined;
  readonly attributes: AttributeTable;
  readonly peers: readonly (RibPeer | undefined)[];

  // Columns by NLRI, then by path. Only this package reads them; the methods at the end answer for others.
  head: Int32Array;
  best: Int32Array;
  nlriFlags: Uint8Array;

  pathNlri: Int32Array;
  pathPeer: Uint16Array;
  pathAttr: Int32Array;
  pathNext: Int32Array;
  pathFlags: Uint8Array;
  /** The attribute set as the peer sent it; only of paths with `PathFlag.Changed`. */
  pathReceived: Int32Array;
  /** Why a path is not used; only of paths with `PathFlag.Filtered`. */
  pathReason: Uint8Array;
  /** Seconds since 1970. */
  pathLearned: Uint32Array;
  /** RFC 7911; a column only once a peer sends path identifiers. */
  pathIdentifier: Uint32Array | undefined = undefined;
  pathTop = 1;
  pathCount = 0;
  #pathFree: number = NONE;

  /** Dirty NLRI, a ring: each is in it at most once, so the capacity of the NLRI columns is enough. */
  #queue: Int32Array;
  #queueHead = 0;
  dirtyCount = 0;
  /** NLRI ever taken off the queue. */
  decisions = 0;
  /** Every path that takes part in the decision process matters, not only one that can be the best. */
  everyPathMatters = false;
  readonly #doomed: Doomed = new Doomed();
  /** Destinations that have a best path. */
  bestCount = 0;
  observer: PathObserver | undefined;
  sentObserver: SentObserver | undefined;
  /** Asked before an NLRI without paths is freed. Who answers true still needs the prefix, and must call `doom` when it no longer does. */
  keeps: ((nlri: NlriId) => boolean) | undefined = undefined;
  /** Told of each NLRI that was freed, before its id is given out again. */
  freed: ((nlri: NlriId) => void) | undefined = undefined;
  readonly held: HeldNlri = new HeldNlri((nlri) => this.head[nlri] === NONE && this.doom(nlri as NlriId));
  /** NLRI that are not sent, as an aggregate with summary-only stands for them; undefined while there is no such aggregate. */
  summarized: BitSet | undefined = undefined;
  /** The default route, and our own path to it, while some neighbor is sent one of ours (own-routes.ts). */
  ownDefault: number = NONE;
  ownDefaultPath: number = NONE;

  constructor(
    position: number,
    index: NlriIndex,
    attributes: AttributeTable,
    peers: readonly (RibPeer | undefined)[],
    nlriCapacity: number,
    pathCapacity: number,
    octets?: PathOctets,
  ) {
    this.family = index.family;
    this.octets = octets;
    this.position = position;
    this.index = index;
    this.attributes = attributes;
    this.peers = peers;
    this.head = new Int32Array(nlriCapacity);
    this.best = new Int32Array(nlriCapacity);
    this.nlriFlags = new Uint8Array(nlriCapacity);
    this.#queue = new Int32Array(nlriCapacity);
    this.pathNlri = new Int32Array(pathCapacity);
    this.pathPeer = new Uint16Array(pathCapacity);
    this.pathAttr = new Int32Array(pathCapacity);
    this.pathNext = new Int32Array(pathCapacity);
    this.pathFlags = new Uint8Array(pathCapacity);
    this.pathReceived = new Int32Array(pathCapacity);
    this.pathReason = new Uint8Array(pathCapacity);
    this.pathLearned = new Uint32Array(pathCapacity);
  }

  /**
   * The path of (NLRI, peer, path identifier) now has this verdict. Returns whether that path changed.
   * The caller owns no reference afterwards; the table holds those of a path.
   */
  announce(nlri: NlriId, peer: RibPeer, identifier: number, verdict: ImportVerdict, nowSeconds: number): boolean {
    if (nlri >= this.head.length) this.#growNlri();
    const path = this.find(nlri, peer.index, identifier);
    const { used: attr, flags } = verdict;
    const { references } = this.attributes;
    if (path !== NONE) {
      const oldFlags = this.pathFlags[path]!;
      if (this.pathAttr[path] === attr && ((oldFlags ^ flags) & ~GENERATION_MASK) === 0 && this.#isPlain(path, verdict)) {
        if (oldFlags !== flags) this.#renew(path, peer, flags); // no longer stale, and nothing else
        return false;
      }
      // Where only the verdict is another one, the path is as old as before.
      if (this.receivedAttrOf(path as PathId) !== verdict.received) this.pathLearned[path] = nowSeconds;
      this.#change(path as PathId, peer, verdict);
      this.observer?.(nlri, path as PathId, true);
      return true;
    }
    const added = this.#allocatePath();
    references[attr] = references[attr]! + 1;
    this.pathNlri[added] = nlri;
    this.pathPeer[added] = peer.index;
    this.pathAttr[added] = attr;
    this.pathFlags[added] = flags;
    this.pathLearned[added] = nowSeconds;
    if (this.pathIdentifier !== undefined) this.pathIdentifier[added] = identifier;
    this.pathNext[added] = this.head[nlri]!;
    this.head[nlri] = added;
    this.pathCount++;
    if (this.octets !== undefined) this.octets.added(added, nlri);
    peer.received[this.position]!++;
    if ((flags & UNCOMMON) === 0) peer.accepted[this.position]!++;
    else this.#takeUncommon(added, peer, verdict);
    if (this.#matters(nlri, attr, flags)) this.mark(nlri);
    this.observer?.(nlri, added as PathId, true);
    return true;
  }

  /** The rules of import changed for a path that stays as it was received. Returns whether anything became of it. */
  rejudge(path: PathId, peer: RibPeer, verdict: ImportVerdict): boolean {
    const flags = (verdict.flags & ~GENERATION_MASK) | (this.pathFlags[path]! & GENERATION_MASK);
    if (this.pathAttr[path] === verdict.used && this.pathFlags[path] === flags && this.#isPlain(path, verdict)) return false;
    this.#change(path, peer, { ...verdict, flags });
    this.observer?.(this.pathNlri[path]! as NlriId, path, true);
    return true;
  }

  /** Whether a path with the flags of the verdict has its reason and its set as received too. */
  #isPlain(path: number, { flags, received, reason }: ImportVerdict): boolean {
    return (
      (flags & UNCOMMON) === 0 ||
      (((flags & PathFlag.Changed) === 0 || this.pathReceived[path] === received) &&
        ((flags & PathFlag.Filtered) === 0 || this.pathReason[path] === reason))
    );
  }

  /** A path that is there gets another verdict. */
  #change(path: PathId, peer: RibPeer, verdict: ImportVerdict): void {
    const { references } = this.attributes;
    const { used: attr, flags } = verdict;
    const nlri = this.pathNlri[path]! as NlriId;
    const old = this.pathAttr[path]!;
    const oldFlags = this.pathFlags[path]!;
    const oldReceived = (oldFlags & PathFlag.Changed) === 0 ? NONE : this.pathReceived[path]!;
    references[attr] = references[attr]! + 1;
    if (this.best[nlri] === path) this.nlriFlags[nlri]! |= NlriFlag.Touched;
    if (this.best[nlri] === path || this.#matters(nlri, attr, flags) || this.#matters(nlri, old, oldFlags)) this.mark(nlri);
    this.pathAttr[path] = attr;
    if ((oldFlags & PathFlag.Filtered) === 0) peer.accepted[this.position]!--;
    else peer.rejected[this.position]![this.pathReason[path]!]!--;
    this.#renew(path, peer, flags);
    if ((flags & UNCOMMON) === 0) peer.accepted[this.position]!++;
    else this.#takeUncommon(path, peer, verdict);
    // After the new set is held: the old one may be the same one with other flags.
    this.attributes.release(old);
    if (oldReceived !== NONE) this.attributes.release(oldReceived);
  }

  /** A path gets these flags. One that is announced again is no longer stale. */
  #renew(path: number, peer: RibPeer, flags: number): void {
    if (((this.pathFlags[path]! ^ flags) & GENERATION_MASK) !== 0) peer.refresh[this.position]!.stale--;
    this.pathFlags[path] = flags;
  }

  /** What few paths have: a set that is not the one received, a reason for not being used. */
  #takeUncommon(path: number, peer: RibPeer, { flags, received, reason }: ImportVerdict): void {
    if ((flags & PathFlag.Changed) !== 0) {
      this.attributes.hold(received);
      this.pathReceived[path] = received;
    }
    if ((flags & PathFlag.Filtered) === 0) {
      peer.accepted[this.position]!++;
      return;
    }
    this.pathReason[path] = reason;
    peer.rejected[this.position]![reason]!++;
  }

  /** The path of (NLRI, peer, path identifier) is gone. Returns whether there was one. */
  withdraw(nlri: NlriId, peer: RibPeer, identifier: number): boolean {
    let before: number = NONE;
    let path = nlri < this.head.length ? this.head[nlri]! : NONE;
    while (path !== NONE && (this.pathPeer[path] !== peer.index || this.identifierOf(path) !== identifier)) {
      before = path;
      path = this.pathNext[path]!;
    }
    if (path === NONE) return false;
    this.#unlink(nlri, before, path, peer);
    return true;
  }

  /** Takes one path out by its id; for sweeps over the path columns. */
  removePath(path: PathId, peer: RibPeer): void {
    const nlri = this.pathNlri[path]! as NlriId;
    let before: number = NONE;
    for (let at = this.head[nlri]!; at !== path; at = this.pathNext[at]!) before = at;
    this.#unlink(nlri, before, path, peer);
  }

  /**
   * Frees an NLRI that was put into the index for a path that then was not added. One that has a path, or of which the decision process or a
   * member still has to be told, stays.
   */
  dropUnused(nlri: NlriId): void {
    if (nlri === NONE || !this.index.isLive(nlri)) return;
    const isKnown =
      nlri < this.head.length && (this.head[nlri] !== NONE || (this.nlriFlags[nlri]! & (NlriFlag.Dirty | NlriFlag.Doomed)) !== 0);
    if (!isKnown && !this.held.has(nlri)) this.#free(nlri);
  }

  /** Puts the destination into the queue of those to be decided, if it is not there. */
  mark(nlri: NlriId): void {
    if ((this.nlriFlags[nlri]! & NlriFlag.Dirty) !== 0) return;
    this.nlriFlags[nlri]! |= NlriFlag.Dirty;
    let at = this.#queueHead + this.dirtyCount;
    if (at >= this.#queue.length) at -= this.#queue.length;
    this.#queue[at] = nlri;
    this.dirtyCount++;
  }

  /** Takes the next dirty NLRI off the queue; only while `dirtyCount` is not 0. */
  takeDirty(): NlriId {
    const nlri = this.#queue[this.#queueHead]!;
    this.#queueHead = this.#queueHead + 1 === this.#queue.length ? 0 : this.#queueHead + 1;
    this.dirtyCount--;
    this.decisions++;
    this.nlriFlags[nlri]! &= ~NlriFlag.Dirty;
    return nlri as NlriId;
  }

  /** Whether the decision just made changed what the Loc-RIB holds; asked at most once per decision. */
  takeTouched(nlri: NlriId, best: PathId, before: PathId): boolean {
    const touched = (this.nlriFlags[nlri]! & NlriFlag.Touched) !== 0;
    this.nlriFlags[nlri]! &= ~NlriFlag.Touched;
    return touched || best !== before;
  }

  /** Notes that an NLRI has no path left; it is freed by `bury` when no member still has to be told. */
  doom(nlri: NlriId): void {
    if ((this.nlriFlags[nlri]! & NlriFlag.Doomed) !== 0) return;
    this.nlriFlags[nlri]! |= NlriFlag.Doomed;
    this.#doomed.add(nlri);
  }

  /**
   * A slice of work: frees the doomed NLRI that still have no path, but for those that a member still has to be told of: `isMissed`. Only
   * when every Adj-RIB-Out is up to date.
   */
  bury(isMissed: (nlri: number) => boolean): void {
    const stays = (nlri: number): boolean => this.head[nlri] === NONE && isMissed(nlri);
    this.#doomed.slice(stays, (nlri) => {
      this.nlriFlags[nlri]! &= ~NlriFlag.Doomed;
      if (this.head[nlri] !== NONE || (this.nlriFlags[nlri]! & NlriFlag.Dirty) !== 0 || this.held.has(nlri)) return;
      if (this.keeps === undefined || !this.keeps(nlri as NlriId)) this.#free(nlri as NlriId);
    });
  }

  /** Whether some NLRI without paths may be ready to be freed. */
  get buryDue(): boolean {
    return this.#doomed.isDue;
  }

  /** A member was told of what it missed: all doomed NLRI are to be looked at again. */
  toldMembers(): void {
    this.#doomed.lookAgain();
  }

  get doomedCount(): number {
    return this.#doomed.count;
  }

  /** From now on paths are told apart by their identifier (RFC 7911). */
  keepPathIdentifiers(): void {
    this.pathIdentifier ??= new Uint32Array(this.pathNlri.length);
  }

  /** The path identifier (RFC 7911) of a path; 0 where none are kept. */
  identifierOf(path: number): number {
    return this.pathIdentifier === undefined ? 0 : this.pathIdentifier[path]!;
  }

  /** The path of an NLRI below `nlriCapacity` that came from a peer (its index) with this path identifier, or NONE. */
  find(nlri: NlriId, peer: number, identifier: number): number {
    const pathPeer = this.pathPeer;
    let path = this.head[nlri]!;
    while (path !== NONE && (pathPeer[path] !== peer || this.identifierOf(path) !== identifier)) path = this.pathNext[path]!;
    return path;
  }

  /**
   * Whether a path with this set that comes or goes can change the decision. It cannot while it ranks strictly behind a best path that
   * stands: it is out before MULTI_EXIT_DISC is looked at, so that it does not change which others survive that step either.
   */
  #matters(nlri: NlriId, attr: number, flags: number): boolean {
    if ((flags & PathFlag.Filtered) !== 0) return false;
    if (this.everyPathMatters || this.attributes.audienceCount > 0) return true;
    const best = this.best[nlri]!;
    const { rank } = this.attributes;
    return best === NONE || rank[attr]! <= rank[this.pathAttr[best]!]!;
  }

  #unlink(nlri: NlriId, before: number, path: number, peer: RibPeer): void {
    if (this.observer === undefined) return this.#remove(nlri, before, path, peer);
    try {
      this.observer(nlri, path as PathId, false);
    } finally {
      this.#remove(nlri, before, path, peer);
    }
  }

  #remove(nlri: NlriId, before: number, path: number, peer: RibPeer): void {
    if (before === NONE) this.head[nlri] = this.pathNext[path]!;
    else this.pathNext[before] = this.pathNext[path]!;
    const attr = this.pathAttr[path]!;
    const flags = this.pathFlags[path]!;
    if (this.best[nlri] === path) {
      // The slot may be reused before the decision: nothing must take it for the best path.
      this.best[nlri] = NONE;
      this.bestCount--;
      this.nlriFlags[nlri]! |= NlriFlag.Touched;
      this.mark(nlri);
    } else if (this.head[nlri] === NONE || this.#matters(nlri, attr, flags)) {
      this.mark(nlri); // also when the last path went that was never best: the NLRI is to be freed
    }
    this.attributes.release(attr);
    if ((flags & PathFlag.Changed) !== 0) this.attributes.release(this.pathReceived[path]!);
    peer.received[this.position]!--;
    if (peer.refresh[this.position]!.isStale(flags)) peer.refresh[this.position]!.stale--;
    if ((flags & PathFlag.Filtered) === 0) peer.accepted[this.position]!--;
    else peer.rejected[this.position]![this.pathReason[path]!]!--;
    if (this.octets !== undefined) forgetOctets(this, path, nlri);
    this.pathPeer[path] = 0;
    this.pathNlri[path] = NONE;
    this.pathNext[path] = this.#pathFree;
    this.#pathFree = path;
    this.pathCount--;
  }

  #free(nlri: NlriId): void {
    this.index.remove(nlri);
    this.freed?.(nlri);
  }

  #allocatePath(): number {
    if (this.#pathFree !== NONE) {
      const path = this.#pathFree;
      this.#pathFree = this.pathNext[path]!;
      return path;
    }
    if (this.pathTop === this.pathNlri.length) this.#growPaths();
    return this.pathTop++;
  }

  /** All columns or none: where one finds no memory, the others stay as they are. */
  #growNlri(): void {
    const used = this.head.length;
    const capacity = used * 2;
    const queue = new Int32Array(capacity);
    for (let i = 0; i < this.dirtyCount; i++) queue[i] = this.#queue[(this.#queueHead + i) % used]!;
    Object.assign(this, {
      head: grown(this.head, capacity, used),
      best: grown(this.best, capacity, used),
      nlriFlags: grown(this.nlriFlags, capacity, used),
    } satisfies Partial<RibTable>);
    this.#queue = queue;
    this.#queueHead = 0;
  }

  #growPaths(): void {
    const used = this.pathTop;
    const capacity = used * 2;
    Object.assign(this, {
      pathNlri: grown(this.pathNlri, capacity, used),
      pathPeer: grown(this.pathPeer, capacity, used),
      pathAttr: grown(this.pathAttr, capacity, used),
      pathNext: grown(this.pathNext, capacity, used),
      pathFlags: grown(this.pathFlags, capacity, used),
      pathReceived: grownSparse(this.pathReceived, capacity, used),
      pathReason: grownSparse(this.pathReason, capacity, used),
      pathLearned: grown(this.pathLearned, capacity, used),
      pathIdentifier: this.pathIdentifier && grown(this.pathIdentifier, capacity, used),
    } satisfies Partial<RibTable>);
  }

  /** The best path of a destination; NONE when it has none, or when the decision is still due. */
  bestPath(nlri: NlriId): PathId {
    return this.best[nlri]! as PathId;
  }

  /** Whether the decision for a destination is due. */
  isDecisionDue(nlri: NlriId): boolean {
    return (this.nlriFlags[nlri]! & NlriFlag.Dirty) !== 0;
  }

  /** Whether a destination has any path, best or not. */
  hasPaths(nlri: NlriId): boolean {
    return this.head[nlri] !== NONE;
  }

  /** The first path of a destination, or NONE; `nextPath` gives the others, in no order that means anything. */
  firstPath(nlri: NlriId): PathId {
    return this.head[nlri]! as PathId;
  }

  /** The path of the same destination after `path`, or NONE. */
  nextPath(path: PathId): PathId {
    return this.pathNext[path]! as PathId;
  }

  /** The destination of a path. */
  nlriOf(path: PathId): NlriId {
    return this.pathNlri[path]! as NlriId;
  }

  /** The peer that a path came from. */
  peerOf(path: PathId): RibPeer | undefined {
    return this.peers[this.pathPeer[path]!];
  }

  /** The index of the peer that a path came from. */
  peerIndexOf(path: PathId): PeerIndex {
    return this.pathPeer[path]! as PeerIndex;
  }

  /** The attribute set of a path, after import; held as long as the path has it. */
  attrOf(path: PathId): AttrId {
    return this.pathAttr[path]! as AttrId;
  }

  /** The attribute set of a path as the peer sent it. The table holds it as long as the path has it. */
  receivedAttrOf(path: PathId): AttrId {
    return ((this.pathFlags[path]! & PathFlag.Changed) === 0 ? this.pathAttr[path]! : this.pathReceived[path]!) as AttrId;
  }

  /** Why a path is kept out of the decision process; undefined where it takes part. */
  filterReason(path: PathId): FilterReason | undefined {
    return this.isFiltered(path) ? reasonOf(this.pathReason[path]! as ReasonCode) : undefined;
  }

  /** Whether a path is kept out of the decision process. */
  isFiltered(path: PathId): boolean {
    return (this.pathFlags[path]! & PathFlag.Filtered) !== 0;
  }

  /** When a path was announced or last changed, in seconds since 1970. */
  learnedSeconds(path: PathId): number {
    return this.pathLearned[path]!;
  }

  /** Whether a peer sends path identifiers (RFC 7911), so that paths of this family have them. */
  get hasPathIdentifiers(): boolean {
    return this.pathIdentifier !== undefined;
  }

  /** Every NLRI that has or had a path is below this. */
  get nlriCapacity(): number {
    return this.head.length;
  }
}
