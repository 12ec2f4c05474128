/** The data of one source, VRPs and ASPAs, which change together: what a cache or a file says at one time. */
import type { AspaSource, AspaTable, AspaTransfer, ChangedCustomers } from '../aspa/aspa-table.ts';
import type { ChangedRanges } from '../table/ranges.ts';
import type { VrpSource, VrpTable, VrpTransfer } from '../table/vrp-table.ts';

export interface Tables {
  readonly vrps: VrpTable;
  readonly aspas: AspaTable;
}

/** What changed: routes in these ranges may have another origin validation state, AS_PATHs with these customers another ASPA state. */
export interface RpkiChange {
  readonly ranges: ChangedRanges;
  readonly customers: ChangedCustomers;
}

/** A change of both tables that is not seen yet. */
export interface SourceTransfer {
  readonly vrps: VrpTransfer;
  readonly aspas: AspaTransfer;
}

export class SourceData {
  readonly vrpSource: VrpSource;
  readonly aspaSource: AspaSource;
  readonly #tables: Tables;
  #transfer: SourceTransfer | undefined;

  constructor(name: string, tables: Tables, options: { readonly filterable?: boolean } = {}) {
    this.#tables = tables;
    this.vrpSource = tables.vrps.addSource(name, options);
    this.aspaSource = tables.aspas.addSource(name, options);
  }

  /** The transfer that is open. */
  get transfer(): SourceTransfer | undefined {
    return this.#transfer;
  }

  /** Starts a transfer. One that is open is void. */
  begin(kind: 'full' | 'delta'): SourceTransfer {
    this.abort();
    const { vrps, aspas } = this.#tables;
    this.#transfer = { vrps: vrps.begin(this.vrpSource, kind), aspas: aspas.begin(this.aspaSource, kind) };
    return this.#transfer;
  }

  abort(): void {
    if (this.#transfer !== undefined) this.#tables.vrps.abort(this.#transfer.vrps);
    this.#transfer = undefined;
  }

  /** Makes the open transfer valid. Undefined when none is open. */
  commit(): RpkiChange | undefined {
    const transfer = this.#transfer;
    this.#transfer = undefined;
    if (transfer === undefined) return undefined;
    return { ranges: this.#tables.vrps.commit(transfer.vrps), customers: this.#tables.aspas.commit(transfer.aspas) };
  }

  /** Withdraws everything. A transfer that is open is void. */
  clear(): RpkiChange {
    this.abort();
    return { ranges: this.#tables.vrps.clear(this.vrpSource), customers: this.#tables.aspas.clear(this.aspaSource) };
  }

  /** Withdraws everything, and leaves the tables. */
  remove(): RpkiChange {
    this.abort();
    return { ranges: this.#tables.vrps.removeSource(this.vrpSource), customers: this.#tables.aspas.removeSource(this.aspaSource) };
  }
}
