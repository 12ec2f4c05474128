/**
 * Looks at the histories of all sessions in slices: prefixes that have been stable for long enough are used again, or forgotten. The caller
 * says when, as the RIB has no clock.
 */
import { NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import { judgePath } from './judge-path.ts';
import type { ImportRules } from './rules.ts';

/** Histories looked at in one slice. */
const HISTORIES_SLICE = 8192;

export class Reuse {
  readonly #rules: ImportRules;
  readonly #tables: readonly RibTable[];
  /** The rest of the walk: what is still to be looked at, and the next slot of the first of them. */
  #todo: { readonly peer: RibPeer; readonly table: RibTable }[] = [];
  #cursor = 0;

  constructor(rules: ImportRules, tables: readonly RibTable[]) {
    this.#rules = rules;
    this.#tables = tables;
  }

  get isRunning(): boolean {
    return this.#todo.length > 0;
  }

  /** Begins a walk over the histories of these peers, unless one runs. */
  begin(peers: readonly (RibPeer | undefined)[]): void {
    if (this.isRunning) return;
    this.#cursor = 0;
    this.#todo = peers.flatMap((peer) =>
      peer?.damping === undefined || !peer.up
        ? []
        : this.#tables.filter((table) => peer.damping!.historyOf(table.position) !== undefined).map((table) => ({ peer, table })),
    );
  }

  /** One slice of the walk. True when there was any. */
  slice(nowSeconds: number): boolean {
    const [next] = this.#todo;
    if (next === undefined) return false;
    const { peer, table } = next;
    const history = peer.damping!.historyOf(table.position);
    const end = Math.min(this.#cursor + HISTORIES_SLICE, history?.slots ?? 0);
    for (; this.#cursor < end; this.#cursor++) {
      const fate = history!.age(this.#cursor, nowSeconds);
      if (fate === 'reused') rejudgePaths(this.#rules, table, history!.aged, peer);
      else if (fate === 'forgotten') table.held.letGo(history!.aged);
    }
    if (this.#cursor >= (history?.slots ?? 0)) {
      this.#todo.shift();
      this.#cursor = 0;
    }
    return true;
  }
}

/** Judges the paths of a peer to one prefix again. */
export function rejudgePaths(rules: ImportRules, table: RibTable, nlri: NlriId, peer: RibPeer): void {
  for (let path = table.firstPath(nlri); path !== NONE; path = table.nextPath(path)) {
    if (table.peerIndexOf(path) === peer.index) table.rejudge(path, peer, judgePath(rules, table, path, peer));
  }
}
