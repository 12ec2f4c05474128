/**
 * All VRPs, and which source gave which. A source is a cache or a file; several may give the same VRP, which goes when the last one withdraws it.
 *
 * A source changes its VRPs in transfers: `begin`, any number of `announce` and `withdraw`, then `commit` or `abort`. Until `commit` nothing of
 * it is seen, and `commit` makes all of it valid at once: sets of rows are compared 32 rows at a time, and only those that differ are touched.
 */
import { assert, parsePrefixOrAddress } from '@tsbgp/wire';
import { BitSet } from './bit-set.ts';
import { FilterIndex, type VrpFilter } from './filter.ts';
import type { ChangedRanges } from './ranges.ts';
import { formatPrefix, type Vrp, type VrpOctets } from './vrp.ts';
import { VrpFamily } from './vrp-family.ts';
import { NONE, type RovState } from './vrp-rows.ts';

/** Sources of one table at a time: a row counts its sources in one octet. */
export const SOURCES_MAX = 255;

/** A VRP with the names of the sources that give it. */
export interface SourcedVrp extends Vrp {
  readonly sources: readonly string[];
}

/** Where VRPs come from. */
export interface VrpSource {
  readonly name: string;
  /** Whether filters (RFC 8416 §3.3) apply to it. They do not apply to assertions (RFC 8416 §3.4). */
  readonly filterable: boolean;
  /** VRPs that it gives, also those that filters remove. */
  readonly count: { readonly ipv4: number; readonly ipv6: number };
}

/** A change of a source's VRPs, not seen until it is committed. */
export interface VrpTransfer {
  readonly source: VrpSource;
  /** VRPs that the source will give. */
  readonly count: { readonly ipv4: number; readonly ipv6: number };
  /** False, and nothing changes, when the source has this VRP already. */
  announce(vrp: VrpOctets): boolean;
  /** False when the source does not have this VRP. */
  withdraw(vrp: VrpOctets): boolean;
}

/** Which VRPs are looked for. They match everything that is given. */
export interface VrpQuery {
  /** VRPs for this prefix and for prefixes within it. */
  readonly prefix?: { readonly address: Uint8Array; readonly bits: number } | undefined;
  readonly asn?: number | undefined;
}

/** VRPs that a scan found, and where the next one goes on; undefined at the end. */
export interface VrpScan {
  readonly vrps: readonly SourcedVrp[];
  readonly next: number | undefined;
}

/** Places of a scan from here on are rows of IPv6, those before it rows of IPv4. */
const PLACE_IPV6 = 2 ** 27;

/** All VRPs of all sources. */
export class VrpTable {
  /** Changes with each change of the VRPs: a state that was remembered under another generation may be old. */
  generation = 0;
  readonly #ipv4: VrpFamily = new VrpFamily(1);
  readonly #ipv6: VrpFamily = new VrpFamily(4);
  readonly #sources = new Set<Source>();
  readonly #open = new Set<Transfer>();

  /** VRPs that take part in validation. */
  get count(): { readonly ipv4: number; readonly ipv6: number } {
    return { ipv4: this.#ipv4.rows.active, ipv6: this.#ipv6.rows.active };
  }

  /** Memory of the rows. */
  get octets(): number {
    return this.#ipv4.rows.octets + this.#ipv6.rows.octets;
  }

  /**
   * RFC 6811 §2: the state of a route to the first `length` bits of the address of 4 or 16 octets at `offset`. `origin` is the last AS of the
   * AS_PATH; 0 is "none", as when it ends in an AS_SET. Allocates nothing. The answer holds for as long as `generation` is the same.
   */
  validate(bytes: Uint8Array, offset: number, ipv6: boolean, length: number, origin: number): RovState {
    return this.#family(ipv6).rows.validate(bytes, offset, length, origin);
  }

  /** The VRPs that cover a prefix or address, the most specific first; undefined when the text is neither. */
  covering(prefix: string): SourcedVrp[] | undefined {
    const parsed = parsePrefixOrAddress(prefix);
    if (parsed === undefined) return undefined;
    const ipv6 = parsed.address.length === 16;
    const { rows } = this.#family(ipv6);
    return rows.covering(parsed.address, 0, parsed.bits).map((row) => this.#vrp(ipv6, row));
  }

  /** Every VRP that takes part in validation, in no particular order. The table must not change meanwhile. */
  *vrps(): IterableIterator<SourcedVrp> {
    for (const ipv6 of [false, true]) {
      const { rows } = this.#family(ipv6);
      for (let row = 1; row < rows.top; row++) if (rows.isUsed(row) && rows.references(row) !== 0) yield this.#vrp(ipv6, row);
    }
  }

  /**
   * VRPs in no particular order, in slices: looks at `rows` rows from `place` on, 1 being the first one, and gives up to `vrps` VRPs. Between two
   * slices the table may change: a VRP that stays is found once.
   */
  scan(query: VrpQuery, place: number, max: { readonly rows: number; readonly vrps: number }): VrpScan {
    const ipv6 = place >= PLACE_IPV6;
    const family = this.#family(ipv6);
    const { rows } = family;
    const first = Math.max(1, ipv6 ? place - PLACE_IPV6 : place);
    const isOther = query.prefix !== undefined && (query.prefix.address.length === 16) !== ipv6;
    const end = isOther ? first : Math.min(rows.top, first + max.rows);
    const filter = query.prefix === undefined && query.asn === undefined ? undefined : new FilterIndex(rows, [query]);
    const vrps: SourcedVrp[] = [];
    let row = first;
    for (; row < end && vrps.length < max.vrps; row++) {
      if (rows.isUsed(row) && rows.references(row) !== 0 && filter?.matches(row) !== false) vrps.push(this.#vrp(ipv6, row));
    }
    if (row < rows.top && !isOther) return { vrps, next: ipv6 ? PLACE_IPV6 + row : row };
    return { vrps, next: ipv6 ? undefined : PLACE_IPV6 };
  }

  /** A new source, without VRPs. */
  addSource(name: string, options: { readonly filterable?: boolean } = {}): VrpSource {
    assert(this.#sources.size < SOURCES_MAX, `more than ${SOURCES_MAX} sources of VRPs`);
    const source = new Source(name, options.filterable ?? true);
    this.#sources.add(source);
    return source;
  }

  /** Withdraws all VRPs of a source, and forgets the source. */
  removeSource(source: VrpSource): ChangedRanges {
    const changed = this.clear(source);
    this.#sources.delete(source as Source);
    return changed;
  }

  /** Withdraws all VRPs of a source, and gives up its transfer. */
  clear(source: VrpSource): ChangedRanges {
    for (const open of this.#open) if (open.source === source) this.abort(open);
    return this.commit(this.begin(source, 'full'));
  }

  /** Starts a transfer: of all VRPs of the source (`full`), or of changes to those that it has (`delta`). A source has one at a time. */
  begin(source: VrpSource, kind: 'full' | 'delta'): VrpTransfer {
    for (const open of this.#open) assert(open.source !== source, `two transfers of ${source.name}`);
    const transfer = new Transfer(source as Source, this.#ipv4, this.#ipv6, kind);
    this.#open.add(transfer);
    return transfer;
  }

  /** Gives a transfer up. */
  abort(transfer: VrpTransfer): void {
    if (!this.#open.delete(transfer as Transfer)) return;
    this.#ipv4.sweep();
    this.#ipv6.sweep();
  }

  /** Makes a transfer valid. The result says which routes to look at again. */
  commit(transfer: VrpTransfer): ChangedRanges {
    assert(this.#open.delete(transfer as Transfer), 'a transfer that is over');
    const { source, ipv4, ipv6, count } = transfer as Transfer;
    const changed = {
      ipv4: this.#ipv4.replaceRows(source.ipv4, ipv4, source.filterable),
      ipv6: this.#ipv6.replaceRows(source.ipv6, ipv6, source.filterable),
    };
    source.ipv4 = ipv4;
    source.ipv6 = ipv6;
    source.count = count;
    this.generation++;
    return changed;
  }

  /** Replaces the filters of RFC 8416 §3.3.1, for all sources that are filterable. Looks at every VRP once. */
  setFilters(filters: readonly VrpFilter[]): ChangedRanges {
    const sources = [...this.#sources].filter(({ filterable }) => filterable);
    this.generation++;
    return {
      ipv4: this.#ipv4.setFilters(
        filters,
        sources.map(({ ipv4 }) => ipv4),
      ),
      ipv6: this.#ipv6.setFilters(
        filters,
        sources.map(({ ipv6 }) => ipv6),
      ),
    };
  }

  /**
   * Frees rows of VRPs that are gone, looking at up to `rowsMax` rows of each family. Returns whether to call it again. While a transfer is open
   * it does nothing, because rows of VRPs to come look the same.
   */
  collect(rowsMax: number): boolean {
    if (this.#open.size > 0) return false;
    const sources = [...this.#sources];
    const more4 = this.#ipv4.collect(
      rowsMax,
      sources.map(({ ipv4 }) => ipv4),
    );
    const more6 = this.#ipv6.collect(
      rowsMax,
      sources.map(({ ipv6 }) => ipv6),
    );
    return more4 || more6;
  }

  #family(ipv6: boolean): VrpFamily {
    return ipv6 ? this.#ipv6 : this.#ipv4;
  }

  #vrp(ipv6: boolean, row: number): SourcedVrp {
    const { rows } = this.#family(ipv6);
    const prefix = formatPrefix(rows.addressOf(row), rows.prefixLength(row));
    const filtered = this.#family(ipv6).isFiltered(row);
    const giving = [...this.#sources].filter((source) => (ipv6 ? source.ipv6 : source.ipv4).has(row) && !(filtered && source.filterable));
    return { prefix, maxLength: rows.maxLength(row), asn: rows.asn(row), sources: giving.map(({ name }) => name) };
  }
}

class Source implements VrpSource {
  readonly name: string;
  readonly filterable: boolean;
  count = { ipv4: 0, ipv6: 0 };
  /** Its rows in each family. */
  ipv4: BitSet = new BitSet();
  ipv6: BitSet = new BitSet();

  constructor(name: string, filterable: boolean) {
    this.name = name;
    this.filterable = filterable;
  }
}

class Transfer implements VrpTransfer {
  readonly source: Source;
  /** The rows of the source as they will be. */
  readonly ipv4: BitSet;
  readonly ipv6: BitSet;
  readonly count: { ipv4: number; ipv6: number };
  readonly #ipv4: VrpFamily;
  readonly #ipv6: VrpFamily;

  constructor(source: Source, ipv4: VrpFamily, ipv6: VrpFamily, kind: 'full' | 'delta') {
    this.source = source;
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
    this.ipv4 = kind === 'full' ? new BitSet() : source.ipv4.copy();
    this.ipv6 = kind === 'full' ? new BitSet() : source.ipv6.copy();
    this.count = kind === 'full' ? { ipv4: 0, ipv6: 0 } : { ...source.count };
  }

  announce(vrp: VrpOctets): boolean {
    const rows = vrp.ipv6 ? this.ipv6 : this.ipv4;
    const row = (vrp.ipv6 ? this.#ipv6 : this.#ipv4).place(vrp);
    if (rows.has(row)) return false;
    rows.add(row);
    this.count[vrp.ipv6 ? 'ipv6' : 'ipv4']++;
    return true;
  }

  withdraw(vrp: VrpOctets): boolean {
    const rows = vrp.ipv6 ? this.ipv6 : this.ipv4;
    const row = (vrp.ipv6 ? this.#ipv6 : this.#ipv4).find(vrp);
    if (row === NONE || !rows.has(row)) return false;
    rows.delete(row);
    this.count[vrp.ipv6 ? 'ipv6' : 'ipv4']--;
    return true;
  }
}
