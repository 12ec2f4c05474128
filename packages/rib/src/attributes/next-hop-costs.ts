/**
 * The interior cost to the next hop of each attribute set (RFC 4271 §9.1.2.2 e), from who knows the IGP. Asked once per set, when a decision or
 * the import first needs it.
 */
import { AttributeCode } from '@tsbgp/wire';
import { invariant } from '../broken-invariant.ts';
import { grown, NONE } from '../columns.ts';
import type { AttributeTable } from './attribute-table.ts';
import { findAttribute, headerLength } from './block.ts';
import { AttrFlag } from './facts.ts';
import { addressLength, distinguisherLength, isNextHopRead, MP_NEXT_HOP_OFFSET } from './next-hops.ts';

/**
 * The cost to a next hop of 4 or 16 octets, which is borrowed for the call: 0 or more, lower is better; undefined where it cannot be reached, and
 * its routes are not used (RFC 4271 §9.1.2). Must not throw. Answers are remembered: see `Rib.nextHopCostsChanged`.
 */
export type NextHopCost = (nextHop: Uint8Array) => number | undefined;

export class NextHopCosts {
  readonly #attributes: AttributeTable;
  readonly #ask: NextHopCost;
  /** By attribute set: the cost and one; 0 where it was not asked for. */
  #known: Float64Array = new Float64Array(0);

  constructor(attributes: AttributeTable, ask: NextHopCost) {
    this.#attributes = attributes;
    this.#ask = ask;
    attributes.removed.add((attr) => {
      if (attr < this.#known.length) this.#known[attr] = 0;
    });
  }

  /** The cost of a set; Infinity where its next hop cannot be reached. 0 of a set without a next hop that could be asked for. */
  readonly of = (attr: number): number => {
    const known = attr < this.#known.length ? this.#known[attr]! : 0;
    if (known !== 0) return known - 1;
    if (attr >= this.#known.length) this.#known = grown(this.#known, this.#attributes.offset.length, this.#known.length);
    const cost = this.#costOf(attr);
    this.#known[attr] = cost + 1;
    return cost;
  };

  /** Asks again for a set, if it has one of the next hops (all, where undefined). Returns whether its cost is another one now. */
  refresh(attr: number, nextHops: ReadonlySet<string> | undefined): boolean {
    const known = attr < this.#known.length ? this.#known[attr]! : 0;
    if (known === 0 || (nextHops !== undefined && !nextHops.has(keyOf(this.#nextHopOf(attr))))) return false;
    const cost = this.#costOf(attr);
    this.#known[attr] = cost + 1;
    return cost + 1 !== known;
  }

  #costOf(attr: number): number {
    const nextHop = this.#nextHopOf(attr);
    if (nextHop === undefined) return 0;
    const cost = this.#ask(nextHop) ?? Number.POSITIVE_INFINITY;
    invariant(cost >= 0, 'the cost to a next hop is a number of 0 or more');
    return cost;
  }

  /** The global address of a next hop, where there is one. */
  #nextHopOf(attr: number): Uint8Array | undefined {
    const { arena, offset, length, flags } = this.#attributes;
    if ((flags[attr]! & AttrFlag.BadNextHop) !== 0) return undefined;
    const { data } = arena;
    const start = offset[attr]!;
    const end = start + length[attr]!;
    const isMp = (flags[attr]! & AttrFlag.MpNextHop) !== 0;
    const header = findAttribute(data, start, end, isMp ? AttributeCode.MpReachNlri : AttributeCode.NextHop);
    if (header === NONE) return undefined;
    const value = header + headerLength(data, header);
    if (!isMp) return data.subarray(value, value + 4);
    if (!isNextHopRead(arena.view, value)) return undefined;
    const field = value + MP_NEXT_HOP_OFFSET;
    const address = field + distinguisherLength(data[field - 1]!);
    return data.subarray(address, address + addressLength(data[field - 1]!));
  }
}

/** A next hop as it is looked up. */
export function keyOf(nextHop: Uint8Array | undefined): string {
  return nextHop === undefined ? '' : nextHop.join('.');
}
