/**
 * Ranges of addresses that a change of VRPs concerns: the routes in them, more specific ones included, may have another state now. A VRP
 * concerns its own prefix and everything below it (RFC 6811 §2), so that a range is a prefix. Ranges do not overlap.
 */
import { formatPrefix } from './vrp.ts';
import type { VrpRows } from './vrp-rows.ts';

/** Beyond this many changed VRPs of a family, a change concerns the whole family: walking it once costs less than so many look-ups. */
export const RANGES_MAX = 65_536;

/** The ranges of one family. */
export interface FamilyRanges {
  /** All routes of the family. `count` is 0 then. */
  readonly all: boolean;
  readonly count: number;
  /** In bits, by range. */
  readonly lengths: Uint8Array;
  /** By range, 4 or 16 octets each. */
  readonly addresses: Uint8Array;
}

/** The ranges of both families. */
export interface ChangedRanges {
  readonly ipv4: FamilyRanges;
  readonly ipv6: FamilyRanges;
}

const NOTHING: FamilyRanges = { all: false, count: 0, lengths: new Uint8Array(0), addresses: new Uint8Array(0) };
const EVERYTHING: FamilyRanges = { ...NOTHING, all: true };

/** Whether no route is concerned. */
export function isEmpty({ ipv4, ipv6 }: ChangedRanges): boolean {
  return !ipv4.all && !ipv6.all && ipv4.count === 0 && ipv6.count === 0;
}

/** The ranges as text, in order: "192.0.2.0/24". A family of which everything changed is "0.0.0.0/0" or "::/0". */
export function formatRanges({ ipv4, ipv6 }: ChangedRanges): string[] {
  return [...texts(ipv4, 4), ...texts(ipv6, 16)];
}

function texts(ranges: FamilyRanges, size: number): string[] {
  if (ranges.all) return [formatPrefix(new Uint8Array(size), 0)];
  return Array.from({ length: ranges.count }, (_, index) =>
    formatPrefix(ranges.addresses.subarray(size * index, size * (index + 1)), ranges.lengths[index]!),
  );
}

/** Collects rows whose VRP came or went. */
export class RangeCollector {
  readonly #table: VrpRows;
  #rows: number[] = [];
  #all = false;
  readonly #outer: Uint32Array = new Uint32Array(4);

  constructor(table: VrpRows) {
    this.#table = table;
  }

  add(row: number): void {
    if (this.#all) return;
    this.#rows.push(row);
    if (this.#rows.length <= RANGES_MAX) return;
    this.#all = true;
    this.#rows = [];
  }

  take(): FamilyRanges {
    if (this.#all) return EVERYTHING;
    if (this.#rows.length === 0) return NOTHING;
    const { addressWords } = this.#table;
    const rows = this.#rows.toSorted((a, b) => {
      for (let word = 0; word < addressWords; word++) {
        const difference = this.#table.addressWord(a, word) - this.#table.addressWord(b, word);
        if (difference !== 0) return difference;
      }
      return this.#table.prefixLength(a) - this.#table.prefixLength(b);
    });
    // In this order a prefix comes right before all that it covers.
    const kept: number[] = [];
    for (const row of rows) if (kept.length === 0 || !this.#covers(kept.at(-1)!, row)) kept.push(row);
    const addresses = new Uint8Array(kept.length * addressWords * 4);
    kept.forEach((row, index) => addresses.set(this.#table.addressOf(row), index * addressWords * 4));
    return { all: false, count: kept.length, lengths: Uint8Array.from(kept, (row) => this.#table.prefixLength(row)), addresses };
  }

  #covers(outer: number, inner: number): boolean {
    const { addressWords } = this.#table;
    const bits = this.#table.prefixLength(outer);
    if (bits > this.#table.prefixLength(inner)) return false;
    for (let word = 0; word < addressWords; word++) this.#outer[word] = this.#table.addressWord(outer, word);
    return this.#table.startsWith(inner, this.#outer, bits);
  }
}
