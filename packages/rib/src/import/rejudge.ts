/**
 * The rules of import changed for a peer: its paths are judged again as they were received, in slices, without asking the peer for them.
 *
 * What the peer announces meanwhile is judged by the new rules at once; to judge it again changes nothing.
 */
import { NONE } from '../columns.ts';
import type { RibPeer } from '../peer.ts';
import type { PathId, RibTable } from '../table.ts';
import { rejudgePath } from './rejudge-path.ts';
import type { ImportRules } from './rules.ts';

/** Path slots looked at in one slice. */
const SLOTS_SLICE = 65_536;
/** Paths judged in one slice. A judgement costs more than a look: after so many the slice ends early. */
const JUDGED_SLICE = 8192;

export class Rejudgements {
  readonly #rules: ImportRules;
  readonly #tables: readonly RibTable[];
  /** Peers whose paths are to be judged again, by the walk that runs. */
  #peers: Set<RibPeer> = new Set();
  /** Those that came while a walk ran: the next one is theirs. */
  #next: Set<RibPeer> = new Set();
  /** The walk: in which table, and the next path slot. */
  #at = 0;
  #cursor = 1;

  constructor(rules: ImportRules, tables: readonly RibTable[]) {
    this.#rules = rules;
    this.#tables = tables;
  }

  get isRunning(): boolean {
    return this.#peers.size > 0;
  }

  add(peer: RibPeer): void {
    if (this.#peers.size > 0) this.#next.add(peer);
    else this.#peers.add(peer);
  }

  /** The session is over: its paths are swept away. */
  remove(peer: RibPeer): void {
    this.#next.delete(peer);
    this.#peers.delete(peer);
    if (this.#peers.size === 0) this.#begin();
  }

  /** One slice of work. True when there was any. */
  slice(): boolean {
    if (this.#peers.size === 0) return false;
    const table = this.#tables[this.#at]!;
    const { pathPeer, pathNlri } = table;
    const end = Math.min(this.#cursor + SLOTS_SLICE, table.pathTop);
    let left = JUDGED_SLICE;
    for (; this.#cursor < end && left > 0; this.#cursor++) {
      const path = this.#cursor;
      if (pathNlri[path] === NONE) continue;
      const peer = table.peers[pathPeer[path]!];
      if (peer === undefined || !this.#peers.has(peer)) continue;
      left--;
      rejudgePath(this.#rules, table, path as PathId, peer);
    }
    if (this.#cursor < table.pathTop) return true;
    this.#cursor = 1;
    this.#at++;
    if (this.#at === this.#tables.length) this.#begin();
    return true;
  }

  #begin(): void {
    this.#peers = this.#next;
    this.#next = new Set();
    this.#at = 0;
    this.#cursor = 1;
  }
}
