/**
 * After members came or went: what is remembered of who may have which route is worked out again, and the routes for which it changed are
 * evaluated again.
 *
 *   1. Every attribute set whose audience is remembered is looked at. Those that name a member in a control community, or have its address
 *      as next hop, have another audience now.
 *   2. The paths with such a set, and those of peers that are concerned themselves, are marked for a decision.
 *   3. The decision process has taken all of them off its queue.
 *
 * Only then does a new member get its first route: before, it could get one that it may not have.
 */
import { BitSet, NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibTable } from '../table.ts';
import type { Receivers } from './receivers.ts';

/** Attribute sets looked at in one slice. */
const SETS_SLICE = 8192;
/** Path slots looked at in one slice. */
const PATHS_SLICE = 65_536;

type Step = 'idle' | 'sets' | 'paths' | 'decisions';

export class Reconsideration {
  readonly #table: RibTable;
  readonly #receivers: Receivers;
  #step: Step = 'idle';
  #cursor = 1;
  readonly #sets: BitSet = new BitSet(0);
  #peers: Set<number> = new Set();
  #isOfAll = false;
  /** How many decisions were to be made when the last path was marked. */
  #decisions = 0;

  constructor(table: RibTable, receivers: Receivers) {
    this.#table = table;
    this.#receivers = receivers;
  }

  get isRunning(): boolean {
    return this.#step !== 'idle';
  }

  /** Begins; only while none is running. The routes of `peers` (their indexes), or all, are evaluated again in any case. */
  begin(peers: Set<number>, all = false): void {
    this.#peers = peers;
    this.#isOfAll = all;
    this.#sets.clear();
    this.#cursor = 1;
    this.#step = this.#receivers.selective ? 'sets' : 'paths';
  }

  /** A slice of work. */
  slice(): void {
    if (this.#step === 'sets') this.#lookAtSets();
    else if (this.#step === 'paths') this.#markPaths();
    else if (this.#step === 'decisions' && this.#table.decisions >= this.#decisions) this.#step = 'idle';
  }

  #lookAtSets(): void {
    const { offset } = this.#table.attributes;
    const end = Math.min(this.#cursor + SETS_SLICE, offset.length);
    for (let attr = this.#cursor; attr < end; attr++) {
      if (offset[attr] !== NONE && this.#receivers.recompute(attr)) this.#sets.add(attr);
    }
    this.#cursor = end;
    if (end < offset.length && end < this.#table.attributes.top) return;
    this.#cursor = 1;
    this.#step = 'paths';
  }

  #markPaths(): void {
    const { pathPeer, pathAttr, pathNlri, pathTop } = this.#table;
    const peers = this.#peers;
    const sets = this.#sets;
    const all = this.#isOfAll;
    const end = !all && sets.count === 0 && peers.size === 0 ? pathTop : Math.min(this.#cursor + PATHS_SLICE, pathTop);
    if (all || sets.count > 0 || peers.size > 0) {
      for (let path = this.#cursor; path < end; path++) {
        if (pathNlri[path] === NONE) continue;
        if (all || sets.has(pathAttr[path]!) || (peers.size > 0 && peers.has(pathPeer[path]!))) this.#table.mark(pathNlri[path]! as NlriId);
      }
    }
    this.#cursor = end;
    if (end < pathTop) return;
    this.#decisions = this.#table.decisions + this.#table.dirtyCount;
    this.#step = 'decisions';
  }
}
