/**
 * The aggregates of one family (RFC 4271 §9.2.2.2): routes of our own that are there while a more specific prefix is in the Loc-RIB.
 *
 *     NlriId -> contributed    the attribute set with which the NLRI contributes; it is held as long
 *     length -> index -> aggregate -> contributions (contributions.ts) -> attributes (attributes.ts) -> route
 *
 *   1. A decision was made: the NLRI contributes with another set than before, or no longer. The aggregates that cover it are found by
 *      its prefix, one look-up for each length that aggregates have.
 *   2. Aggregates whose attributes changed are announced or withdrawn at the end of the slice.
 *   3. When the operator changes the aggregates, a walk over all NLRI counts anew. Until its end the routes stay as they were.
 *
 * A contributor is an NLRI that is longer than the aggregate and whose best path is no aggregate itself. With summary-only it is not sent to
 * anybody (`RibTable.summarized`), whatever the attributes of the aggregate are.
 */
import { Fault, IPV4_UNICAST, type PathAttribute } from '@tsbgp/wire';
import { invariant } from '../broken-invariant.ts';
import { BitSet, grown, NONE } from '../columns.ts';
import { announceLocal, internLocal, withdrawLocal } from '../local.ts';
import { Ipv4Index } from '../nlri/ipv4-index.ts';
import { Ipv6Index } from '../nlri/ipv6-index.ts';
import type { NlriId, NlriIndex } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import { type Aggregator, aggregateAttributes } from './attributes.ts';
import { Contributions } from './contributions.ts';

/** An aggregate as the operator wants it. */
export interface AggregateOptions {
  /** In wire form: the length in bits, then all octets of the address. */
  readonly prefix: Uint8Array;
  /** More specific prefixes are not sent. @default false */
  readonly summaryOnly?: boolean;
  /** The aggregate carries the communities of its contributors. @default false */
  readonly mergeCommunities?: boolean;
  /** Attributes that the operator gives it; no next hop. @default none */
  readonly attributes?: readonly PathAttribute[];
}

/** NLRI looked at in one slice of the walk. */
const WALK_SLICE = 16_384;
/** Octets of a prefix in wire form: its length, then the whole address. */
const PREFIX_OCTETS = 17;
/** An index of few prefixes. */
const INDEX_CAPACITY = 64;

export interface AggregatesOptions {
  readonly table: RibTable;
  /** Who the routes come from. */
  readonly peer: RibPeer;
  readonly aggregator: Aggregator;
  /** Seconds since 1970. */
  readonly nowSeconds: () => number;
}

interface Aggregate {
  readonly options: AggregateOptions;
  readonly contributions: Contributions;
}

export class Aggregates {
  readonly #table: RibTable;
  /** Who the routes come from. */
  readonly #peer: RibPeer;
  readonly #aggregator: Aggregator;
  readonly #nowSeconds: () => number;
  #index: NlriIndex;
  /** By id of the index. */
  #aggregates: (Aggregate | undefined)[] = [];
  /** Lengths of the aggregates, the longest first. */
  #lengths: readonly number[] = [];
  #contributed: Int32Array = new Int32Array(0);
  /** The walk counts NLRI from here on; those below are counted. */
  #cursor = Number.POSITIVE_INFINITY;
  /** Aggregates to be announced or withdrawn. */
  readonly #due: Set<Aggregate> = new Set();
  /** Prefixes that are announced, of aggregates that the operator no longer has, until the walk is over. */
  #former: Uint8Array[] = [];
  readonly #prefix: Uint8Array = new Uint8Array(PREFIX_OCTETS);
  /** Aggregates that cover the NLRI at hand. */
  readonly #found: Aggregate[] = [];

  constructor({ table, peer, aggregator, nowSeconds }: AggregatesOptions) {
    this.#table = table;
    this.#peer = peer;
    this.#aggregator = aggregator;
    this.#nowSeconds = nowSeconds;
    this.#index = emptyIndex(table);
  }

  /** Whether there is nothing to do, now and when routes change. */
  get isUnused(): boolean {
    return this.#lengths.length === 0 && !this.isBusy;
  }

  /** Whether `slice` has something to do. */
  get isBusy(): boolean {
    return this.#cursor !== Number.POSITIVE_INFINITY || this.#due.size > 0;
  }

  /** These aggregates from now on. Their prefixes differ. */
  configure(all: readonly AggregateOptions[]): void {
    this.#releaseContributed();
    this.#former = [...this.#former, ...this.#aggregates.flatMap((each) => (each === undefined ? [] : [each.options.prefix]))];
    this.#due.clear();
    this.#index = emptyIndex(this.#table);
    this.#aggregates = [];
    for (const options of all) {
      const id = this.#index.insertWire(options.prefix, 0);
      invariant(this.#aggregates[id] === undefined, 'two aggregates have the same prefix');
      this.#aggregates[id] = { options, contributions: new Contributions(this.#table.attributes, options.mergeCommunities === true) };
    }
    this.#lengths = [...new Set(all.map(({ prefix }) => prefix[0]!))].toSorted((a, b) => b - a);
    if (all.some(({ summaryOnly }) => summaryOnly)) this.#table.summarized ??= new BitSet(0);
    this.#cursor = 1;
  }

  /** The decision for an NLRI was made, and it is not exported yet. */
  decided(nlri: NlriId, best: number): void {
    this.#count(nlri, this.#setOf(best), nlri < this.#cursor);
  }

  /** One slice of the walk, or all aggregates that are due. True when there was something to do. */
  slice(): boolean {
    if (this.#cursor !== Number.POSITIVE_INFINITY) {
      this.#walk();
      return true;
    }
    if (this.#due.size === 0) return false;
    for (const aggregate of this.#due) this.#publish(aggregate);
    this.#due.clear();
    return true;
  }

  /** How many prefixes contribute to the aggregate; undefined where there is no such aggregate. */
  contributors(prefix: Uint8Array): number | undefined {
    return this.#aggregates[this.#index.findWire(prefix, 0)]?.contributions.count;
  }

  /** The sets that are held here: each id as often as it is held. */
  *heldSets(): Iterable<number> {
    for (const attr of this.#contributed) if (attr !== NONE) yield attr;
  }

  #setOf(best: number): number {
    const { pathPeer, pathAttr } = this.#table;
    return best === NONE || pathPeer[best] === this.#peer.index ? NONE : pathAttr[best]!;
  }

  /** Returns whether the NLRI is sent now and was not before, or the other way round. */
  #count(nlri: NlriId, attr: number, isCounted: boolean): boolean {
    const table = this.#table;
    const before = this.#contributed[nlri] ?? NONE;
    if (attr === before && isCounted) return false;
    const covering = this.#cover(nlri);
    const isSummarized = attr !== NONE && covering.some(({ options }) => options.summaryOnly);
    const changed = this.#setSummarized(nlri, isSummarized);
    if (!isCounted || covering.length === 0) return changed;
    if (nlri >= this.#contributed.length) {
      this.#contributed = grown(this.#contributed, Math.max(nlri + 1, table.nlriCapacity), this.#contributed.length);
    }
    this.#contributed[nlri] = attr;
    for (const aggregate of covering) {
      // First the one that comes, so that an aggregate is not gone in between.
      const comes = attr !== NONE && aggregate.contributions.add(attr, 1);
      const goes = before !== NONE && aggregate.contributions.add(before, -1);
      if (comes || goes) this.#due.add(aggregate);
    }
    if (attr !== NONE) table.attributes.hold(attr);
    if (before !== NONE) table.attributes.release(before);
    return changed;
  }

  /** Returns whether that is another answer than before. */
  #setSummarized(nlri: NlriId, isSummarized: boolean): boolean {
    const { summarized } = this.#table;
    if (summarized === undefined || summarized.has(nlri) === isSummarized) return false;
    if (isSummarized) summarized.add(nlri);
    else summarized.delete(nlri);
    return true;
  }

  /** The aggregates that are shorter than the NLRI and cover it. Borrowed until the next call. */
  #cover(nlri: NlriId): readonly Aggregate[] {
    const found = this.#found;
    found.length = 0;
    const prefix = this.#prefix;
    prefix.fill(0);
    this.#table.index.write(prefix, 0, nlri);
    const length = prefix[0]!;
    for (const shorter of this.#lengths) {
      if (shorter >= length) continue;
      prefix[0] = shorter;
      const id = this.#index.findWire(prefix, 0);
      if (id !== NONE) found.push(this.#aggregates[id]!);
    }
    return found;
  }

  #walk(): void {
    const table = this.#table;
    const end = Math.min(this.#cursor + WALK_SLICE, table.index.top, table.nlriCapacity);
    for (let at = this.#cursor; at < end; at++) {
      const nlri = at as NlriId;
      if (!table.index.isLive(nlri)) continue;
      this.#cursor = at + 1;
      // The flag is for export: what it changes is evaluated again.
      if (this.#count(nlri, this.#setOf(table.best[nlri]!), true)) table.mark(nlri);
    }
    this.#cursor = end;
    if (end < Math.min(table.index.top, table.nlriCapacity)) return;
    this.#cursor = Number.POSITIVE_INFINITY;
    if (table.summarized?.count === 0 && !this.#aggregates.some((each) => each?.options.summaryOnly)) table.summarized = undefined;
    for (const aggregate of this.#aggregates) if (aggregate !== undefined) this.#due.add(aggregate);
    for (const prefix of this.#former) {
      if (this.#index.findWire(prefix, 0) === NONE) withdrawLocal(table, this.#peer, prefix, 0, 0);
    }
    this.#former = [];
  }

  #publish({ options, contributions }: Aggregate): void {
    const table = this.#table;
    if (contributions.count === 0) {
      withdrawLocal(table, this.#peer, options.prefix, 0, 0);
      return;
    }
    const octets = aggregateAttributes(table.family, contributions, options.attributes ?? [], this.#aggregator);
    const attr = internLocal(table, octets);
    invariant(!(attr instanceof Fault), 'the attributes of an aggregate are well-formed');
    announceLocal(table, this.#peer, options.prefix, 0, attr, 0, this.#nowSeconds());
    table.attributes.release(attr);
  }

  #releaseContributed(): void {
    const held = [...this.heldSets()];
    this.#contributed = new Int32Array(0);
    for (const attr of held) this.#table.attributes.release(attr);
  }
}

function emptyIndex({ family }: RibTable): NlriIndex {
  return family === IPV4_UNICAST ? new Ipv4Index(INDEX_CAPACITY) : new Ipv6Index(INDEX_CAPACITY);
}
