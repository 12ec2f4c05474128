/**
 * All ASPAs, and which source gave which (draft-ietf-sidrops-aspa-profile). A source has at most one ASPA of a customer; where several sources
 * have one, the customer's providers are those of all of them. ASPAs are few (one per AS), so they are ordinary objects.
 *
 * As in the table of VRPs, a source changes its ASPAs in transfers, of which nothing is seen before `commit`.
 */

/** An ASPA as a value: the ASes that the customer says are its providers. 0 alone: it has none. */
export interface Aspa {
  readonly customer: number;
  /** Ascending, without repetition. */
  readonly providers: readonly number[];
}

/** An ASPA with the names of the sources that give it. */
export interface SourcedAspa extends Aspa {
  readonly sources: readonly string[];
}

/** Whether an AS is a provider of another one (draft-ietf-sidrops-aspa-verification §5). */
export type Hop = 'provider' | 'not-provider' | 'no-attestation';

/** Where ASPAs come from. */
export interface AspaSource {
  readonly name: string;
  /** Whether filters apply to it. They do not apply to assertions. */
  readonly filterable: boolean;
  /** ASPAs that it gives, also those that filters remove. */
  readonly count: number;
}

/** A change of a source's ASPAs, not seen until it is committed. */
export interface AspaTransfer {
  readonly source: AspaSource;
  /** ASPAs that the source will give. */
  readonly count: number;
  /** Replaces the ASPA of the same customer, if the source has one. */
  announce(customer: number, providers: Iterable<number>): void;
  /** False when the source has no ASPA of the customer. */
  withdraw(customer: number): boolean;
}

/** Customers whose providers a change concerns: AS_PATHs with one of them may have another state now. */
export type ChangedCustomers = ReadonlySet<number>;

/** All ASPAs of all sources. */
export class AspaTable {
  /** Changes with each change of the ASPAs. */
  generation = 0;
  /** Customer -> providers of all sources, ascending. */
  readonly #providers = new Map<number, Uint32Array>();
  readonly #sources = new Set<Source>();
  #filtered: ReadonlySet<number> = new Set();

  /** Customers that have an ASPA. */
  get count(): number {
    return this.#providers.size;
  }

  /** Whether `provider` is one of `customer`. Allocates nothing. */
  hop(customer: number, provider: number): Hop {
    const providers = this.#providers.get(customer);
    if (providers === undefined) return 'no-attestation';
    let low = 0;
    let high = providers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (providers[middle]! < provider) low = middle + 1;
      else high = middle;
    }
    return providers[low] === provider ? 'provider' : 'not-provider';
  }

  /** The ASPA of a customer, with the providers of all sources that count; undefined when there is none. */
  get(customer: number): SourcedAspa | undefined {
    const providers = this.#providers.get(customer);
    if (providers === undefined) return undefined;
    const sources = this.#counting(customer).map(({ name }) => name);
    return { customer, providers: [...providers], sources };
  }

  /** Customers that have an ASPA, in no particular order. */
  customers(): number[] {
    return [...this.#providers.keys()];
  }

  /** Every ASPA that counts, in no particular order. The table must not change meanwhile. */
  *aspas(): IterableIterator<SourcedAspa> {
    for (const customer of this.#providers.keys()) yield this.get(customer)!;
  }

  /** A new source, without ASPAs. */
  addSource(name: string, options: { readonly filterable?: boolean } = {}): AspaSource {
    const source = new Source(name, options.filterable ?? true);
    this.#sources.add(source);
    return source;
  }

  /** Withdraws all ASPAs of a source, and forgets the source. */
  removeSource(source: AspaSource): ChangedCustomers {
    const changed = this.clear(source);
    this.#sources.delete(source as Source);
    return changed;
  }

  /** Withdraws all ASPAs of a source. */
  clear(source: AspaSource): ChangedCustomers {
    return this.commit(this.begin(source, 'full'));
  }

  /** Starts a transfer: of all ASPAs of the source (`full`), or of changes to those that it has (`delta`). Forget it to give it up. */
  begin(source: AspaSource, kind: 'full' | 'delta'): AspaTransfer {
    return new Transfer(source as Source, kind === 'full' ? new Map() : new Map((source as Source).aspas));
  }

  /** Makes a transfer valid. The result says which AS_PATHs to look at again. */
  commit(transfer: AspaTransfer): ChangedCustomers {
    const { source, aspas } = transfer as Transfer;
    const before = source.aspas;
    source.aspas = aspas;
    const touched = new Set<number>();
    for (const [customer, providers] of aspas) if (before.get(customer) !== providers) touched.add(customer);
    for (const customer of before.keys()) if (!aspas.has(customer)) touched.add(customer);
    return this.#merge(touched);
  }

  /** Customers whose ASPAs count only if they are asserted locally (draft-ietf-sidrops-aspa-slurm). */
  setFilters(customers: readonly number[]): ChangedCustomers {
    const touched = new Set([...this.#filtered, ...customers]);
    this.#filtered = new Set(customers);
    return this.#merge(touched);
  }

  #counting(customer: number): Source[] {
    const filtered = this.#filtered.has(customer);
    return [...this.#sources].filter((source) => source.aspas.has(customer) && !(filtered && source.filterable));
  }

  /** Joins the ASPAs of these customers anew. Returns those whose providers are others now. */
  #merge(customers: ReadonlySet<number>): ChangedCustomers {
    const changed = new Set<number>();
    for (const customer of customers) {
      const lists = this.#counting(customer).map((source) => source.aspas.get(customer)!);
      const before = this.#providers.get(customer);
      const after = lists.length <= 1 ? lists[0] : ascending(lists.flatMap((list) => [...list]));
      if (before === after || (before !== undefined && after !== undefined && sameNumbers(before, after))) continue;
      if (after === undefined) this.#providers.delete(customer);
      else this.#providers.set(customer, after);
      changed.add(customer);
    }
    if (changed.size > 0) this.generation++;
    return changed;
  }
}

class Source implements AspaSource {
  readonly name: string;
  readonly filterable: boolean;
  aspas: ReadonlyMap<number, Uint32Array> = new Map();

  constructor(name: string, filterable: boolean) {
    this.name = name;
    this.filterable = filterable;
  }

  get count(): number {
    return this.aspas.size;
  }
}

class Transfer implements AspaTransfer {
  readonly source: Source;
  readonly aspas: Map<number, Uint32Array>;

  constructor(source: Source, aspas: Map<number, Uint32Array>) {
    this.source = source;
    this.aspas = aspas;
  }

  get count(): number {
    return this.aspas.size;
  }

  announce(customer: number, providers: Iterable<number>): void {
    this.aspas.set(customer, ascending(providers));
  }

  withdraw(customer: number): boolean {
    return this.aspas.delete(customer);
  }
}

function ascending(numbers: Iterable<number>): Uint32Array {
  return Uint32Array.from(new Set(numbers)).sort();
}

function sameNumbers(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
