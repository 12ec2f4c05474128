/**
 * What the contributors of an aggregate have in common or between them: what of their attributes goes into the aggregate.
 *
 * Contributors are counted, so that one that comes, goes or changes costs the same whatever their number. Communities are counted only where
 * the aggregate is to carry them.
 */
import { AttributeCode } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { findAttribute, headerLength, valueLength } from '../attributes/block.ts';
import { NONE } from '../columns.ts';

/** Communities whose union an aggregate may carry, and octets of one of them. */
const COMMUNITY_OCTETS: readonly (readonly [code: number, octets: number])[] = [
  [AttributeCode.Communities, 4],
  [AttributeCode.ExtendedCommunities, 8],
  [AttributeCode.LargeCommunities, 12],
];

export class Contributions {
  /** Contributors. */
  count = 0;
  readonly #attributes: AttributeTable;
  readonly #mergesCommunities: boolean;
  /** Contributors by ORIGIN: igp, egp, incomplete. */
  readonly #origins: number[] = [0, 0, 0];
  /** Contributors whose AS_PATH is not empty, and those with ATOMIC_AGGREGATE. */
  #withPath = 0;
  #atomic = 0;
  /** By type code: communities as text of their octets, with the number of contributors that have them. */
  readonly #communities: Map<number, Map<string, number>> = new Map();

  constructor(attributes: AttributeTable, mergesCommunities: boolean) {
    this.#attributes = attributes;
    this.#mergesCommunities = mergesCommunities;
  }

  /** A contributor with this set comes (1) or goes (-1). Returns whether the aggregate has other attributes now, or is there or gone. */
  add(attr: number, by: 1 | -1): boolean {
    const wasThere = this.count > 0;
    const origin = this.origin;
    const isAtomic = this.isAtomic;
    this.count += by;
    this.#origins[this.#originOf(attr)]! += by;
    if (this.#hasPath(attr)) this.#withPath += by;
    if (this.#find(attr, AttributeCode.AtomicAggregate) !== NONE) this.#atomic += by;
    const communities = this.#mergesCommunities && this.#addCommunities(attr, by);
    return communities || wasThere !== this.count > 0 || origin !== this.origin || isAtomic !== this.isAtomic;
  }

  /** RFC 4271 §9.2.2.2: INCOMPLETE if a contributor has it, else EGP if one has it, else IGP. */
  get origin(): 'igp' | 'egp' | 'incomplete' {
    if (this.#origins[2]! > 0) return 'incomplete';
    return this.#origins[1]! > 0 ? 'egp' : 'igp';
  }

  /**
   * RFC 4271 §5.1.6, §9.2.2.2: a contributor has ATOMIC_AGGREGATE, or ASes of its AS_PATH are left out of that of the aggregate, which has no
   * AS_SET to hold them (RFC 9774).
   */
  get isAtomic(): boolean {
    return this.#atomic > 0 || this.#withPath > 0;
  }

  /** The communities of all contributors of one kind, each once, in ascending order of their octets. */
  communities(code: number): Uint8Array[] {
    return [...(this.#communities.get(code)?.keys() ?? [])].toSorted().map((text) => Uint8Array.from(text, (c) => c.charCodeAt(0)));
  }

  #addCommunities(attr: number, by: 1 | -1): boolean {
    const { data } = this.#attributes.arena;
    let changed = false;
    for (const [code, octets] of COMMUNITY_OCTETS) {
      const header = this.#find(attr, code);
      if (header === NONE) continue;
      const start = header + headerLength(data, header);
      const end = start + valueLength(data, header);
      let counts = this.#communities.get(code);
      if (counts === undefined) this.#communities.set(code, (counts = new Map()));
      for (let at = start; at < end; at += octets) {
        const text = String.fromCharCode(...data.subarray(at, at + octets));
        const before = counts.get(text) ?? 0;
        if (before + by > 0) counts.set(text, before + by);
        else counts.delete(text);
        if (before === 0 || before + by === 0) changed = true;
      }
    }
    return changed;
  }

  #originOf(attr: number): number {
    const { data } = this.#attributes.arena;
    const header = this.#find(attr, AttributeCode.Origin);
    return header === NONE ? 2 : data[header + headerLength(data, header)]!;
  }

  #hasPath(attr: number): boolean {
    const header = this.#find(attr, AttributeCode.AsPath);
    return header !== NONE && valueLength(this.#attributes.arena.data, header) > 0;
  }

  #find(attr: number, code: number): number {
    const start = this.#attributes.offset[attr]!;
    return findAttribute(this.#attributes.arena.data, start, start + this.#attributes.length[attr]!, code);
  }
}
