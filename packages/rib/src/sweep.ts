/**
 * Removes paths in slices: all paths of a session that is over, and the stale paths of a family after a route refresh or a restart.
 *
 * A sweep walks the path columns once. What is announced meanwhile is not swept: a session that is over announces nothing, and a path that is
 * announced during a refresh has a generation that the sweep spares (refresh.ts).
 */
import { GENERATION_MASK } from './path-flags.ts';
import type { RibPeer } from './peer.ts';
import type { PathId, RibTable } from './table.ts';

/** Path slots looked at in one slice. */
const SLOTS_SLICE = 65_536;
/** Paths removed in one slice. Removing costs more than looking: after so many the slice ends early. */
const REMOVALS_SLICE = 8192;

interface Sweep {
  readonly peer: RibPeer;
  /** Paths of older generations go; undefined: all go. */
  readonly below: number | undefined;
  /** Tables that are still to be swept. `cursor` is the next path slot in the first of them. */
  readonly tables: RibTable[];
  cursor: number;
}

export class Sweeps {
  readonly #sweeps: Sweep[] = [];
  readonly #departed: (peer: RibPeer) => void;

  /** Calls `departed` after removing the last path of a session that is over. */
  constructor(departed: (peer: RibPeer) => void) {
    this.#departed = departed;
  }

  get count(): number {
    return this.#sweeps.length;
  }

  /** The session is over. Sweeps of its stale paths are no longer needed. */
  addDeparted(peer: RibPeer, tables: readonly RibTable[]): void {
    const others = this.#sweeps.filter((sweep) => sweep.peer !== peer);
    this.#sweeps.splice(0, this.#sweeps.length, ...others, { peer, below: undefined, tables: [...tables], cursor: 1 });
  }

  /** The peer sent all its paths of a family again: removes those that were not announced since they became stale. */
  addStale(peer: RibPeer, table: RibTable): void {
    this.#sweeps.push({ peer, below: peer.refresh[table.position]!.current, tables: [table], cursor: 1 });
  }

  /** One slice of the first sweep. True when there was one. */
  slice(): boolean {
    const [sweep] = this.#sweeps;
    if (sweep === undefined) return false;
    if (this.#advance(sweep, SLOTS_SLICE, REMOVALS_SLICE)) this.#sweeps.shift();
    return true;
  }

  /** Ends the sweeps of stale paths of a peer and family, at once. */
  finishStale(peer: RibPeer, table: RibTable): void {
    for (const sweep of this.#sweeps.filter((each) => each.peer === peer && each.tables[0] === table && each.below !== undefined)) {
      while (!this.#advance(sweep, Infinity, Infinity));
      this.#sweeps.splice(this.#sweeps.indexOf(sweep), 1);
    }
  }

  /** True when the sweep is at its end. */
  #advance(sweep: Sweep, slots: number, removals: number): boolean {
    const { peer, below } = sweep;
    const table = sweep.tables[0]!;
    const { pathPeer, pathFlags } = table;
    const refresh = peer.refresh[table.position]!;
    const end = Math.min(sweep.cursor + slots, table.pathTop);
    let path = sweep.cursor;
    let left = removals;
    for (; path < end && left > 0; path++) {
      if (pathPeer[path] !== peer.index) continue;
      if (below !== undefined && refresh.generationOf(pathFlags[path]!) >= below) continue;
      sweep.cursor = path + 1; // in case an observer throws: the path is gone then too
      table.removePath(path as PathId, peer);
      if (below !== undefined) peer.withdrawn[table.position]!++;
      left--;
    }
    sweep.cursor = path;
    if (path < table.pathTop && peer.received[table.position]! > 0) return false;
    if (below !== undefined) refresh.oldest = Math.max(refresh.oldest, below);
    sweep.tables.shift();
    sweep.cursor = 1;
    if (sweep.tables.length > 0) return false;
    if (below === undefined) this.#departed(peer);
    return true;
  }
}

/** Gives all stale paths of a peer the same generation, so that others can be used again. A walk over all paths of the family. */
export function unifyStale(table: RibTable, peer: RibPeer): void {
  const refresh = peer.refresh[table.position]!;
  const { pathPeer, pathFlags } = table;
  for (let path = 1; path < table.pathTop; path++) {
    if (pathPeer[path] !== peer.index || (pathFlags[path]! & GENERATION_MASK) === refresh.bits) continue;
    pathFlags[path] = (pathFlags[path]! & ~GENERATION_MASK) | refresh.staleBits;
  }
  refresh.unify();
}
