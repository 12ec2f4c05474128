/** The VRPs of one address family: rows, filters, and how the set of VRPs of a source is replaced by another one. */
import { BitSet } from './bit-set.ts';
import { FilterIndex, type VrpFilter } from './filter.ts';
import { type FamilyRanges, RangeCollector } from './ranges.ts';
import type { VrpOctets } from './vrp.ts';
import { VrpRows } from './vrp-rows.ts';

export class VrpFamily {
  readonly rows: VrpRows;
  #filters: FilterIndex;
  /** Rows that a filter removes. */
  #filtered: BitSet = new BitSet();
  /** Where `collect` goes on; 0 when nothing can be freed. */
  #sweepAt = 0;

  constructor(addressWords: 1 | 4) {
    this.rows = new VrpRows(addressWords);
    this.#filters = new FilterIndex(this.rows);
  }

  /** The row of a VRP, which is made if there is none. */
  place({ bytes, offset, length, maxLength, asn }: VrpOctets): number {
    const { rows } = this;
    const { used } = rows;
    rows.readKey(bytes, offset, length);
    const row = rows.insert(length, maxLength, asn);
    if (rows.used !== used) {
      if (this.#filters.matches(row)) this.#filtered.add(row);
      else this.#filtered.delete(row);
    }
    return row;
  }

  /** The row of a VRP, or NONE. */
  find({ bytes, offset, length, maxLength, asn }: VrpOctets): number {
    this.rows.readKey(bytes, offset, length);
    return this.rows.find(length, maxLength, asn);
  }

  isFiltered(row: number): boolean {
    return this.#filtered.has(row);
  }

  /** A source that gave the rows `before` gives the rows `after` from now on. */
  replaceRows(before: BitSet, after: BitSet, filterable: boolean): FamilyRanges {
    const collector = new RangeCollector(this.rows);
    before.forEachDifference(after, (row) => {
      if (!(filterable && this.#filtered.has(row))) this.#count(row, after.has(row) ? 1 : -1, collector);
    });
    this.#sweepAt = 1;
    return collector.take();
  }

  /** Replaces the filters. `sets` are the rows of the sources to which they apply. */
  setFilters(filters: readonly VrpFilter[], sets: readonly BitSet[]): FamilyRanges {
    const { rows } = this;
    const before = this.#filtered;
    this.#filters = new FilterIndex(rows, filters);
    this.#filtered = new BitSet();
    for (let row = 1; row < rows.top; row++) if (rows.isUsed(row) && this.#filters.matches(row)) this.#filtered.add(row);
    const collector = new RangeCollector(rows);
    before.forEachDifference(this.#filtered, (row) => {
      if (!rows.isUsed(row)) return;
      const sources = sets.filter((set) => set.has(row)).length;
      this.#count(row, this.#filtered.has(row) ? -sources : sources, collector);
    });
    return collector.take();
  }

  /** After a transfer was given up: its rows may have to be freed. */
  sweep(): void {
    this.#sweepAt = 1;
  }

  /** Frees rows that no source has, looking at `rowsMax` rows. Returns whether there are more to look at. */
  collect(rowsMax: number, sets: readonly BitSet[]): boolean {
    const { rows } = this;
    if (this.#sweepAt === 0) return false;
    const end = Math.min(rows.top, this.#sweepAt + rowsMax);
    for (let row = this.#sweepAt; row < end; row++) {
      // A row without references may be a filtered one, which its sources still have.
      if (rows.references(row) === 0 && rows.isUsed(row) && !sets.some((set) => set.has(row))) rows.free(row);
    }
    this.#sweepAt = end === rows.top ? 0 : end;
    return this.#sweepAt !== 0;
  }

  #count(row: number, by: number, collector: RangeCollector): void {
    if (by === 0) return;
    const { rows } = this;
    const before = rows.references(row);
    const after = before + by;
    rows.setReferences(row, after);
    if (before > 0 === after > 0) return;
    rows.active += after > 0 ? 1 : -1;
    collector.add(row);
  }
}
