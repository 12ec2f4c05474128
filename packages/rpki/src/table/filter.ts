/**
 * Filters of VRPs (RFC 8416 §3.3.1). A filter has a prefix, an AS or both. It removes a VRP if the VRP's prefix is the filter's or a more
 * specific one, and the AS is the same, as far as the filter has them.
 */
import { sharesBits } from '@tsbgp/wire';
import type { VrpRows } from './vrp-rows.ts';

/** A filter, with a prefix, an AS or both. */
export interface VrpFilter {
  readonly prefix?: { readonly address: Uint8Array; readonly bits: number } | undefined;
  readonly asn?: number | undefined;
}

/** The filters that may concern one family, in a form that is quick to ask. Filters with a prefix are few: they are tried in turn. */
export class FilterIndex {
  readonly #rows: VrpRows;
  readonly #asns: ReadonlySet<number>;
  readonly #prefixes: readonly VrpFilter[];

  constructor(rows: VrpRows, filters: readonly VrpFilter[] = []) {
    this.#rows = rows;
    this.#asns = new Set(filters.flatMap(({ prefix, asn }) => (prefix === undefined && asn !== undefined ? [asn] : [])));
    this.#prefixes = filters.filter(({ prefix }) => prefix?.address.length === rows.addressWords * 4);
  }

  /** Whether a filter removes the VRP of this row. */
  matches(row: number): boolean {
    const asn = this.#rows.asn(row);
    if (this.#asns.size > 0 && this.#asns.has(asn)) return true;
    if (this.#prefixes.length === 0) return false;
    const address = this.#rows.addressOf(row);
    return this.#prefixes.some(
      (filter) =>
        (filter.asn === undefined || filter.asn === asn) &&
        filter.prefix!.bits <= this.#rows.prefixLength(row) &&
        sharesBits(filter.prefix!.address, 0, address, 0, filter.prefix!.bits),
    );
  }
}
