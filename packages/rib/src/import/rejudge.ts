/**
 * The rules of import changed for a peer: its paths are judged again as they were received, in slices, without asking the peer for them.
 *
 * What the peer announces meanwhile is judged by the new rules at once; to judge it again changes nothing.
 */
import { NONE } from '../columns.ts';
import { codeOf, NO_REASON } from '../filter-reason.ts';
import type { RibPeer } from '../peer.ts';
import type { PathId, RibTable } from '../table.ts';
import { judgePath } from './judge-path.ts';
import type { ImportRules } from './rules.ts';

const DAMPED = codeOf('damped');
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
      this.#judge(table, path as PathId, peer);
    }
    if (this.#cursor < table.pathTop) return true;
    this.#cursor = 1;
    this.#at++;
    if (this.#at === this.#tables.length) this.#begin();
    return true;
  }

  #judge(table: RibTable, path: PathId, peer: RibPeer): void {
    const verdict = judgePath(this.#rules, table, path, peer);
    const { limits } = peer;
    // Judged again, as many routes as may be are accepted: those beyond are rejected, whatever the action of the limit was.
    if (limits !== undefined && limits.action !== 'warn') {
      const passed = limits.passedByAccepted(peer, table.position, verdict.flags, table.pathFlags[path]);
      if (passed !== undefined) verdict.rejectAs(verdict, codeOf('max-prefix'));
    }
    // What is suppressed is held in any case: it is used again later.
    if (verdict.reason === NO_REASON || verdict.reason === DAMPED || peer.keepsRejected) {
      table.rejudge(path, peer, verdict);
    } else {
      peer.discard(table.position, verdict.reason, 1);
      table.removePath(path, peer);
    }
  }

  #begin(): void {
    this.#peers = this.#next;
    this.#next = new Set();
    this.#at = 0;
    this.#cursor = 1;
  }
}
