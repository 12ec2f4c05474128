/**
 * One peer in an update group: in step with the shared stream, or behind with a bit for each NLRI it misses.
 */
import { BitSet, NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import { type ChunkSink, endOfRib } from './encoder.ts';
import type { UpdateGroup } from './group.ts';

/** A member that is behind is written to while its backlog is below this. */
const CATCH_UP_BACKLOG_BYTES = 512 << 10;
/** NLRI looked at in one step of catching up: enough to fill messages, few enough for a fair turn. */
const CATCH_UP_NLRI = 4096;
/** Scratch of one step, which no two members take at once. */
const withdrawn = new Int32Array(CATCH_UP_NLRI);

/** One peer in an update group: in step with the shared stream, or behind. */
export class Member {
  readonly group: UpdateGroup;
  readonly peer: RibPeer;
  behind = true;
  /** Octets handed to the port. */
  bytes = 0;

  readonly #missed: BitSet = new BitSet();
  #cursor = 0;
  /** What is due when everything missed has gone out: End-of-RIB, or the end of an enhanced refresh. */
  #after: (() => void) | undefined;
  #ready = false;

  constructor(group: UpdateGroup, peer: RibPeer) {
    this.group = group;
    this.peer = peer;
    this.#after = () => this.write(endOfRib(group.table));
  }

  /** Hands whole messages to the port of the peer. */
  write(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    this.peer.options.port.write(bytes);
  }

  /** Everything of the Adj-RIB-Out is to be sent; then `after` is called. */
  missAll(after?: () => void): void {
    const { group, peer } = this;
    this.#after = after ?? this.#after;
    this.behind = true;
    this.#ready = group.built;
    if (!this.#ready) return;
    const { attr, source } = group;
    const end = Math.min(group.table.index.top, attr.length);
    for (let nlri = 1; nlri < end; nlri++) if (attr[nlri] !== NONE && source[nlri] !== peer.index) this.#missed.add(nlri);
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

  /** Writes some of what is missed. True when there is more that could be written now. */
  catchUp(): boolean {
    if (!this.behind || !this.#ready) return false;
    const { group, peer } = this;
    if (peer.options.port.backlogBytes >= CATCH_UP_BACKLOG_BYTES) return false;
    const missed = this.#missed;
    const { encoder, attr, source } = group;
    let withdrawnCount = 0;
    let budget = CATCH_UP_NLRI;
    let nlri = missed.count === 0 ? -1 : missed.next(this.#cursor);
    if (nlri === -1 && missed.count > 0) nlri = missed.next(0);
    while (nlri !== -1 && budget-- > 0) {
      missed.delete(nlri);
      if (attr[nlri] === NONE || source[nlri] === peer.index) withdrawn[withdrawnCount++] = nlri;
      else encoder.add(nlri as NlriId, attr[nlri]!);
      this.#cursor = nlri + 1;
      nlri = missed.next(this.#cursor);
    }
    const toMember: ChunkSink = (bytes) => this.write(bytes);
    encoder.withdraw(withdrawn, 0, withdrawnCount, 0, toMember);
    encoder.announce(source, toMember);
    encoder.flush(toMember);
    if (missed.count > 0) return true;
    this.behind = false;
    const after = this.#after;
    this.#after = undefined;
    after?.();
    return false;
  }

  get missedCount(): number {
    return this.#missed.count;
  }
}
