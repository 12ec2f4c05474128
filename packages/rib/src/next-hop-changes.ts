/**
 * Interior costs changed: looks, in slices, for the attribute sets whose cost is another one now, then for their paths, and has only their
 * destinations decided again. A path whose next hop can now be reached, or no longer, is judged again.
 */
import { AttributeCode } from '@tsbgp/wire';
import type { AttributeTable } from './attributes/attribute-table.ts';
import { findAttribute } from './attributes/block.ts';
import { AttrFlag } from './attributes/facts.ts';
import { keyOf, type NextHopCosts } from './attributes/next-hop-costs.ts';
import { BitSet, NONE } from './columns.ts';
import { judgePath } from './import/judge-path.ts';
import type { ImportRules } from './import/rules.ts';
import { PeerKind } from './peer.ts';
import type { PathId, RibTable } from './table.ts';

const SETS_SLICE = 8192;
const PATHS_SLICE = 65_536;
/** Paths judged in one slice: a judgement costs more than a look. */
const JUDGED_SLICE = 8192;

export class NextHopChanges {
  readonly #costs: NextHopCosts;
  readonly #attributes: AttributeTable;
  readonly #tables: readonly RibTable[];
  readonly #rules: ImportRules;
  /** Those whose costs changed; 'all' where it is not said which; undefined while nothing is to be done. */
  #nextHops: Set<string> | 'all' | undefined;
  /** Sets whose cost is another one. */
  readonly #changed: BitSet = new BitSet();
  #set = 1;
  #table = 0;
  #path = 1;
  readonly #resendAigp: () => void;
  #aigpChanged = false;

  /**
   * Calls `resendAigp` after the metric of routes with AIGP changed by the cost: with our own next hop the metric contains it, so that the
   * octets are others where no attribute set is (RFC 7311 §3.4).
   */
  constructor(costs: NextHopCosts, attributes: AttributeTable, tables: readonly RibTable[], rules: ImportRules, resendAigp: () => void) {
    this.#resendAigp = resendAigp;
    this.#costs = costs;
    this.#attributes = attributes;
    this.#tables = tables;
    this.#rules = rules;
  }

  get isRunning(): boolean {
    return this.#nextHops !== undefined;
  }

  /** What changes while a walk runs makes it begin anew. */
  begin(nextHops: readonly Uint8Array[] | undefined): void {
    if (nextHops === undefined || this.#nextHops === 'all') this.#nextHops = 'all';
    else this.#nextHops = new Set([...(this.#nextHops ?? []), ...nextHops.map(keyOf)]);
    this.#set = 1;
    this.#table = 0;
    this.#path = 1;
  }

  /** One slice of work. True when there was any. */
  slice(): boolean {
    if (this.#nextHops === undefined) return false;
    if (this.#set < this.#attributes.top) this.#lookAtSets(this.#nextHops === 'all' ? undefined : this.#nextHops);
    else if (this.#changed.count > 0 && this.#table < this.#tables.length) this.#lookAtPaths(this.#tables[this.#table]!);
    else {
      this.#nextHops = undefined;
      this.#changed.clear();
      if (this.#aigpChanged) this.#resendAigp();
      this.#aigpChanged = false;
    }
    return true;
  }

  #lookAtSets(nextHops: ReadonlySet<string> | undefined): void {
    const { top, offset } = this.#attributes;
    const end = Math.min(this.#set + SETS_SLICE, top);
    for (; this.#set < end; this.#set++) {
      const attr = this.#set;
      if (offset[attr] === NONE || !this.#costs.refresh(attr, nextHops)) continue;
      this.#changed.add(attr);
      if (this.#holdsAigp(attr)) this.#aigpChanged = true;
    }
  }

  #holdsAigp(attr: number): boolean {
    const { arena, offset, length, flags } = this.#attributes;
    if ((flags[attr]! & AttrFlag.InternalOnly) === 0) return false;
    return findAttribute(arena.data, offset[attr]!, offset[attr]! + length[attr]!, AttributeCode.Aigp) !== NONE;
  }

  #lookAtPaths(table: RibTable): void {
    const { pathNlri, pathAttr, pathPeer, pathTop } = table;
    const end = Math.min(this.#path + PATHS_SLICE, pathTop);
    let left = JUDGED_SLICE;
    for (; this.#path < end && left > 0; this.#path++) {
      const path = this.#path as PathId;
      if (pathNlri[path] === NONE) continue;
      const received = table.receivedAttrOf(path);
      if (!this.#changed.has(received) && !this.#changed.has(pathAttr[path]!)) continue;
      const peer = table.peers[pathPeer[path]!];
      if (peer === undefined || peer.kind === PeerKind.Local) continue;
      left--;
      table.rejudge(path, peer, judgePath(this.#rules, table, path, peer));
      // Where there is no other path, its cost decides nothing.
      const nlri = table.nlriOf(path);
      if (table.nextPath(table.firstPath(nlri)) !== NONE) table.mark(nlri);
    }
    if (this.#path < pathTop) return;
    this.#path = 1;
    this.#table++;
  }
}
