/**
 * Distinct attribute sets, interned by their canonical octets (see canonical.ts) and counted.
 *
 *     slots  | hash, offset | hash, offset | …       open addressing, linear probing, deletion by moving back
 *     arena  … | AttrId, 4 | length, 2 | octets … |  offset is that of the octets
 *     AttrId -> offset, length, references
 *            -> rank, med, neighborAs, originAs, flags
 *            -> bucket                               scratch of the encoder: first NLRI to be sent with this set
 *
 * A full table has far fewer attribute sets than routes: what is worked out here is worked out once per set. Finding a set touches its slot
 * and its block and no column: in a large table each of these is a cache miss.
 */

import { readU32, writeU16, writeU32 } from '@tsbgp/wire';
import { invariant } from '../broken-invariant.ts';
import { grown, NONE, powerOfTwo } from '../columns.ts';
import { DECISION_DEFAULTS, type DecisionOptions } from '../decision-options.ts';
import { Arena } from './arena.ts';
import { AttributeFacts } from './facts.ts';
import { SetMakers } from './makers.ts';
import { areSameOctets, hashOctets } from './octets.ts';
import type { OwnIdentity } from './own-identity.ts';
import { LastViews } from './views.ts';

/** One distinct attribute set; small, and used again when the set is gone. */
export type AttrId = number & { readonly __id: 'AttrId' };

/** Octets in front of those of a set: its id and length. */
const BLOCK_HEADER = 6;

/** Octets of the largest attribute set: those that the length field of an UPDATE can tell (RFC 4271 §4.3). */
export const SET_LENGTH_MAX = 0xffff;

/** Untouched slots cost nothing, and growing costs a walk over all sets. */
const SLOTS_INITIAL = 1 << 18;

/** Distinct attribute sets by id, interned by their canonical octets. */
export class AttributeTable {
  readonly arena: Arena;
  offset: Uint32Array;
  length: Uint16Array;
  references: Int32Array;
  rank: Float64Array;
  med: Uint32Array;
  neighborAs: Uint32Array;
  originAs: Uint32Array;
  flags: Uint16Array;
  bucket: Int32Array;
  /** Sets in use. */
  count = 0;

  /** Told of each set that is freed, before its id is given out again. */
  readonly removed: Set<(id: number) => void> = new Set();

  /** Which peer brought which sets. */
  readonly makers: SetMakers = new SetMakers();

  /** Owners whose routes are for some peers alone (`PeerOptions.audience`): with them every path of a prefix matters to all. */
  audienceCount = 0;

  /** What is ours in an attribute set. */
  readonly own: OwnIdentity;
  /** What counts in the decision process. Ranks are worked out by it. */
  decision: DecisionOptions;
  /**
   * The interior cost to the next hop of a set (RFC 4271 §9.1.2.2 e), Infinity where it cannot be reached (next-hop-costs.ts).
   * @default undefined: all are equal, and all can be reached
   */
  costOf: ((attr: number) => number) | undefined = undefined;
  #facts: AttributeFacts;
  /** Pairs; an offset of 0 is an empty slot. */
  #slots: Int32Array;
  readonly #views: LastViews = new LastViews();
  #mask: number;
  /** Ids ever used are below `top`; freed ones are chained through `bucket`. */
  #top = 1;
  #free: number = NONE;

  constructor(own: OwnIdentity, capacity: number, decision: DecisionOptions = DECISION_DEFAULTS) {
    this.own = own;
    this.decision = decision;
    this.#facts = new AttributeFacts(decision);
    this.arena = new Arena(capacity * 80);
    this.offset = new Uint32Array(capacity);
    this.length = new Uint16Array(capacity);
    this.references = new Int32Array(capacity);
    this.rank = new Float64Array(capacity);
    this.med = new Uint32Array(capacity);
    this.neighborAs = new Uint32Array(capacity);
    this.originAs = new Uint32Array(capacity);
    this.flags = new Uint16Array(capacity);
    this.bucket = new Int32Array(capacity);
    const slots = Math.min(powerOfTwo(capacity * 2), SLOTS_INITIAL);
    this.#slots = new Int32Array(slots * 2);
    this.#mask = slots - 1;
  }

  /** Of the octets `bytes[start, end)`: who looks for them and interns them when they are not there has it worked out once. */
  hash(bytes: Uint8Array, start: number, end: number): number {
    return hashOctets(this.#views.of(bytes), start, end);
  }

  /** The id of the canonical octets `bytes[start, end)`, or NONE if they are not interned. */
  find(bytes: Uint8Array, start: number, end: number, hash: number = this.hash(bytes, start, end)): AttrId {
    const offset = this.#slots[2 * this.#slotOf(hash, this.#views.of(bytes), start, end) + 1]!;
    return (offset === 0 ? NONE : this.#idAt(offset)) as AttrId;
  }

  /**
   * The id of the canonical octets `bytes[start, end)`, which are copied if they are new. The caller counts references: an id that nobody
   * ever holds must be given to `sweep`.
   */
  intern(bytes: Uint8Array, start: number, end: number, hash: number = this.hash(bytes, start, end)): AttrId {
    const view = this.#views.of(bytes);
    let slot = this.#slotOf(hash, view, start, end);
    const known = this.#slots[2 * slot + 1]!;
    if (known !== 0) return this.#idAt(known) as AttrId;
    if ((this.count + 1) * 5 > (this.#mask + 1) * 3) {
      this.#rehash();
      slot = this.#slotOf(hash, view, start, end);
    }
    const length = end - start;
    invariant(length <= SET_LENGTH_MAX, 'an attribute set is no longer than SET_LENGTH_MAX');
    // First everything that may throw: nothing of the set is there before all of it can be.
    const facts = this.#facts;
    facts.derive(view, start, end, this.own);
    if (this.#free === NONE && this.#top === this.offset.length) this.#grow();
    const offset = this.arena.allocate(BLOCK_HEADER + length) + BLOCK_HEADER;
    const id = this.#allocate();
    const data = this.arena.data;
    writeU32(data, offset - 6, id);
    writeU16(data, offset - 2, length);
    this.arena.write(offset, view, start, end);
    this.offset[id] = offset;
    this.length[id] = length;
    this.references[id] = 0;
    this.bucket[id] = NONE;
    this.rank[id] = facts.rank;
    this.med[id] = facts.med;
    this.neighborAs[id] = facts.neighborAs;
    this.originAs[id] = facts.originAs;
    this.flags[id] = facts.flags;
    this.#slots[2 * slot] = hash;
    this.#slots[2 * slot + 1] = offset;
    this.count++;
    return id as AttrId;
  }

  /** Other switches of the decision process count from now on: in sets to come at once, in those that are there after `deriveAgain`. */
  changeDecision(decision: DecisionOptions): void {
    this.decision = decision;
    this.#facts = new AttributeFacts(decision);
  }

  /**
   * Works out again what follows from `own` and from `decision`, in the sets of up to `count` ids from `from` on, after one of the two has changed.
   * Returns the id to go on with, or NONE when no set is left.
   */
  deriveAgain(from: number, count: number): number {
    const end = Math.min(from + count, this.#top);
    const facts = this.#facts;
    for (let id = from; id < end; id++) {
      const offset = this.offset[id]!;
      if (offset === NONE) continue;
      facts.derive(this.arena.view, offset, offset + this.length[id]!, this.own);
      this.rank[id] = facts.rank;
      this.med[id] = facts.med;
      this.flags[id] = facts.flags;
    }
    return end === this.#top ? NONE : end;
  }

  /** Takes a reference; `release` gives it back. */
  hold(id: number): void {
    this.references[id] = this.references[id]! + 1;
  }

  /** Gives a reference back without freeing: for one who holds a set only while it hands it on, and sweeps afterwards. */
  unhold(id: number): void {
    this.references[id] = this.references[id]! - 1;
  }

  /** Gives `count` references back; the last one frees the set. */
  release(id: number, count = 1): void {
    const left = this.references[id]! - count;
    invariant(left >= 0, 'attribute set released more often than held');
    this.references[id] = left;
    if (left === 0) this.#remove(id);
  }

  /** Frees a set that was interned but that nobody holds. */
  sweep(id: number): void {
    if (id !== NONE && this.references[id] === 0) this.#remove(id);
  }

  /** A view of the canonical octets; valid until the next `intern`. */
  octets(id: number): Uint8Array {
    const offset = this.offset[id]!;
    return this.arena.data.subarray(offset, offset + this.length[id]!);
  }

  /** Ids ever used are below this. */
  get top(): number {
    return this.#top;
  }

  /** Ids in use, for listings and checks. */
  *ids(): Iterable<AttrId> {
    for (let id = 1; id < this.#top; id++) if (this.offset[id] !== NONE) yield id as AttrId;
  }

  /** The AS that a set's routes originate in (the last one of AS_PATH), 0 when there is none. */
  originAsOf(id: number): number {
    return this.originAs[id]!;
  }

  /** AS_PATH length, times four, and ORIGIN of a set: also of one with AIGP, whose rank does not have them. Cold. */
  tailOf(id: number): number {
    const offset = this.offset[id]!;
    this.#facts.derive(this.arena.view, offset, offset + this.length[id]!, this.own);
    return this.#facts.tail;
  }

  /** Octets that all sets take together. */
  get bytes(): number {
    return this.arena.used;
  }

  /** The slot of these octets; if they are not interned, the empty one where they would go. */
  #slotOf(hash: number, view: DataView, start: number, end: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hash & mask;
    for (let offset = slots[2 * slot + 1]!; offset !== 0; offset = slots[2 * slot + 1]!) {
      if (slots[2 * slot] === hash && this.#equals(offset, view, start, end)) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #idAt(offset: number): number {
    return readU32(this.arena.data, offset - BLOCK_HEADER);
  }

  #equals(offset: number, view: DataView, start: number, end: number): boolean {
    const data = this.arena.view;
    return data.getUint16(offset - 2) === end - start && areSameOctets(data, offset, view, start, end);
  }

  #allocate(): number {
    if (this.#free !== NONE) {
      const id = this.#free;
      this.#free = this.bucket[id]!;
      return id;
    }
    return this.#top++;
  }

  #remove(id: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    const offset = this.offset[id]!;
    const length = this.length[id]!;
    let hole = hashOctets(this.arena.view, offset, offset + length) & mask;
    while (slots[2 * hole + 1] !== offset) hole = (hole + 1) & mask;
    // Linear probing has no tombstones: what the hole would cut off from its home slot moves back into it.
    for (let next = (hole + 1) & mask; slots[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const home = slots[2 * next]! & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[2 * hole] = slots[2 * next]!;
        slots[2 * hole + 1] = slots[2 * next + 1]!;
        hole = next;
      }
    }
    slots[2 * hole + 1] = 0;
    this.arena.free(offset - BLOCK_HEADER, BLOCK_HEADER + length);
    this.offset[id] = NONE;
    this.bucket[id] = this.#free;
    this.#free = id;
    this.count--;
    this.makers.freed(id, length);
    if (this.removed.size > 0) for (const told of this.removed) told(id);
  }

  #rehash(): void {
    const old = this.#slots;
    const slots = new Int32Array(old.length * 2);
    const mask = slots.length / 2 - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let slot = old[from]! & mask;
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = old[from]!;
      slots[2 * slot + 1] = old[from + 1]!;
    }
    this.#slots = slots;
    this.#mask = mask;
  }

  /** All columns or none: where one finds no memory, the others stay as they are. */
  #grow(): void {
    const used = this.#top;
    const capacity = used * 2;
    const offset = grown(this.offset, capacity, used);
    const length = grown(this.length, capacity, used);
    const references = grown(this.references, capacity, used);
    const rank = grown(this.rank, capacity, used);
    const med = grown(this.med, capacity, used);
    const neighborAs = grown(this.neighborAs, capacity, used);
    const originAs = grown(this.originAs, capacity, used);
    const flags = grown(this.flags, capacity, used);
    const bucket = grown(this.bucket, capacity, used);
    this.offset = offset;
    this.length = length;
    this.references = references;
    this.rank = rank;
    this.med = med;
    this.neighborAs = neighborAs;
    this.originAs = originAs;
    this.flags = flags;
    this.bucket = bucket;
  }
}
