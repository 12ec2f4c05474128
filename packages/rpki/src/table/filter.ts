/**
 * Filters of VRPs (RFC 8416 §3.3.1). A filter has a prefix, an AS or both. It removes a VRP if the VRP's prefix is the filter's or a more
 * specific one, and the AS is the same, as far as the filter has them.
 */
import { readU32 } from '@tsbgp/wire';
import type { VrpRows } from './vrp-rows.ts';

/** A filter, with a prefix, an AS or both. */
export interface VrpFilter {
  readonly prefix?: { readonly address: Uint8Array; readonly bits: number } | undefined;
  readonly asn?: number | undefined;
}

/** A filter with a prefix, the address in words as the rows have it. */
interface PrefixFilter {
  readonly words: Uint32Array;
  readonly bits: number;
  readonly asn: number | undefined;
}

/** The filters that may concern one family, in a form that is quick to ask. Those with a prefix are few: they are tried in turn. */
export class FilterIndex {
  readonly #rows: VrpRows;
  readonly #asns: ReadonlySet<number>;
  readonly #prefixes: readonly PrefixFilter[];

  constructor(rows: VrpRows, filters: readonly VrpFilter[] = []) {
    this.#rows = rows;
    this.#asns = new Set(filters.flatMap(({ prefix, asn }) => (prefix === undefined && asn !== undefined ? [asn] : [])));
    this.#prefixes = filters.flatMap(({ prefix, asn }) => {
      if (prefix?.address.length !== rows.addressWords * 4) return [];
      const words = Uint32Array.from({ length: rows.addressWords }, (_, word) => readU32(prefix.address, 4 * word));
      return [{ words, bits: prefix.bits, asn }];
    });
  }

  /** Whether a filter removes the VRP of this row. Allocates nothing. */
  matches(row: number): boolean {
    const asn = this.#rows.asn(row);
    if (this.#asns.size > 0 && this.#asns.has(asn)) return true;
    for (const filter of this.#prefixes) {
      if (filter.asn !== undefined && filter.asn !== asn) continue;
      if (filter.bits <= this.#rows.prefixLength(row) && this.#rows.startsWith(row, filter.words, filter.bits)) return true;
    }
    return false;
  }
}
