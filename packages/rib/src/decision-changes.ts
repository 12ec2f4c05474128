/**
 * Other switches of the decision process: what is derived from attribute sets by them is worked out again, then every destination with more than
 * one path is decided again; both in slices. Until the end of the walk a destination may be decided by ranks of which some are those from before.
 * All such destinations are looked at afterwards.
 */
import type { AttributeTable } from './attributes/attribute-table.ts';
import { NONE } from './columns.ts';
import type { DecisionOptions } from './decision-options.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import type { RibTable } from './table.ts';

const SETS_SLICE = 8192;
const NLRI_SLICE = 65_536;

export class DecisionChanges {
  readonly #attributes: AttributeTable;
  readonly #tables: readonly RibTable[];
  /** The attribute set to go on with; NONE when all were looked at. */
  #set: number = NONE;
  /** The table and the NLRI to go on with. */
  #table: number;
  #nlri = 1;

  constructor(attributes: AttributeTable, tables: readonly RibTable[]) {
    this.#attributes = attributes;
    this.#tables = tables;
    this.#table = tables.length;
  }

  get isRunning(): boolean {
    return this.#set !== NONE || this.#table < this.#tables.length;
  }

  /** What changes while a walk runs makes it begin anew. */
  begin(options: DecisionOptions): void {
    this.#attributes.changeDecision(options);
    this.#set = 1;
    this.#table = 0;
    this.#nlri = 1;
  }

  /** One slice of work. True when there was any. */
  slice(): boolean {
    if (this.#set !== NONE) this.#set = this.#attributes.deriveAgain(this.#set, SETS_SLICE);
    else if (this.#table < this.#tables.length) this.#markSlice(this.#tables[this.#table]!);
    else return false;
    return true;
  }

  #markSlice(table: RibTable): void {
    const end = Math.min(this.#nlri + NLRI_SLICE, table.nlriCapacity);
    for (; this.#nlri < end; this.#nlri++) {
      const nlri = this.#nlri as NlriId;
      const first = table.firstPath(nlri);
      if (first !== NONE && table.nextPath(first) !== NONE) table.mark(nlri);
    }
    if (this.#nlri < table.nlriCapacity) return;
    this.#nlri = 1;
    this.#table++;
  }
}
