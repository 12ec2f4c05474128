/**
 * Distinct attribute sets, interned by their canonical octets (see canonical.ts) and counted.
 *
 *     slots  hash -> AttrId                       open addressing, linear probing, deletion by moving back
 *     AttrId -> offset, length, hash, references  the octets lie in the arena
 *            -> rank, med, neighborAs, originAs, flags
 *            -> bucket                            scratch of the encoder: first NLRI to be sent with this set
 *
 * A full table has far fewer attribute sets than routes: what is worked out here is worked out once per set.
 */
import { assert } from '@tsbgp/wire';
import { grown, NONE, powerOfTwo } from '../columns.ts';
import { Arena } from './arena.ts';
import { AttributeFacts } from './facts.ts';

export type AttrId = number & { readonly __id: 'AttrId' };

/** Untouched slots cost nothing, and growing costs a walk over all sets. */
const SLOTS_INITIAL = 1 << 18;

export class AttributeTable {
  readonly arena: Arena;
  offset: Uint32Array;
  length: Uint16Array;
  references: Int32Array;
  rank: Float64Array;
  med: Uint32Array;
  neighborAs: Uint32Array;
  originAs: Uint32Array;
  flags: Uint8Array;
  bucket: Int32Array;
  /** Sets in use. */
  count = 0;

  readonly #localAs: number;
  readonly #facts: AttributeFacts = new AttributeFacts();
  #hash: Int32Array;
  #slots: Int32Array;
  #mask: number;
  /** Ids ever used are below `top`; freed ones are chained through `bucket`. */
  #top = 1;
  #free: number = NONE;

  constructor(localAs: number, capacity: number) {
    this.#localAs = localAs;
    this.arena = new Arena(capacity * 80);
    this.offset = new Uint32Array(capacity);
    this.length = new Uint16Array(capacity);
    this.references = new Int32Array(capacity);
    this.rank = new Float64Array(capacity);
    this.med = new Uint32Array(capacity);
    this.neighborAs = new Uint32Array(capacity);
    this.originAs = new Uint32Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.bucket = new Int32Array(capacity);
    this.#hash = new Int32Array(capacity);
    const slots = Math.min(powerOfTwo(capacity * 2), SLOTS_INITIAL);
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  /** The id of the canonical octets `bytes[start, end)`, or NONE if they are not interned. */
  find(bytes: Uint8Array, start: number, end: number): AttrId {
    const slots = this.#slots;
    const mask = this.#mask;
    const hash = hashOctets(bytes, start, end);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (id === NONE) return NONE as AttrId;
      if (this.#hash[id] === hash && this.#equals(id, bytes, start, end)) return id as AttrId;
    }
  }

  /**
   * The id of the canonical octets `bytes[start, end)`, which are copied if they are new. The caller counts references: an id that nobody
   * ever holds must be given to `sweep`.
   */
  intern(bytes: Uint8Array, start: number, end: number): AttrId {
    const hash = hashOctets(bytes, start, end);
    let slot = hash & this.#mask;
    for (let id = this.#slots[slot]!; id !== NONE; id = this.#slots[slot]!) {
      if (this.#hash[id] === hash && this.#equals(id, bytes, start, end)) return id as AttrId;
      slot = (slot + 1) & this.#mask;
    }
    if ((this.count + 1) * 5 > this.#slots.length * 3) {
      this.#rehash();
      slot = hash & this.#mask;
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & this.#mask;
    }
    const id = this.#allocate();
    const length = end - start;
    const offset = this.arena.allocate(length);
    const data = this.arena.data;
    for (let i = 0; i < length; i++) data[offset + i] = bytes[start + i]!;
    this.offset[id] = offset;
    this.length[id] = length;
    this.references[id] = 0;
    this.bucket[id] = NONE;
    this.#hash[id] = hash;
    const facts = this.#facts;
    facts.derive(data, offset, offset + length, this.#localAs);
    this.rank[id] = facts.rank;
    this.med[id] = facts.med;
    this.neighborAs[id] = facts.neighborAs;
    this.originAs[id] = facts.originAs;
    this.flags[id] = facts.flags;
    this.#slots[slot] = id;
    this.count++;
    return id as AttrId;
  }

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
    assert(left >= 0, 'attribute set released more often than held');
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

  /** Ids in use, for listings and checks. */
  *ids(): Iterable<AttrId> {
    for (const id of this.#slots) if (id !== NONE) yield id as AttrId;
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.length[id] !== end - start) return false;
    const data = this.arena.data;
    let at = this.offset[id]!;
    for (let i = start; i < end; i++, at++) if (data[at] !== bytes[i]) return false;
    return true;
  }

  #allocate(): number {
    if (this.#free !== NONE) {
      const id = this.#free;
      this.#free = this.bucket[id]!;
      return id;
    }
    if (this.#top === this.offset.length) this.#grow();
    return this.#top++;
  }

  #remove(id: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = this.#hash[id]! & mask;
    while (slots[hole] !== id) hole = (hole + 1) & mask;
    // Linear probing has no tombstones: what the hole would cut off from its home slot moves back into it.
    for (let next = (hole + 1) & mask; slots[next] !== NONE; next = (next + 1) & mask) {
      const home = this.#hash[slots[next]!]! & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[hole] = slots[next]!;
        hole = next;
      }
    }
    slots[hole] = NONE;
    this.arena.free(this.offset[id]!, this.length[id]!);
    this.offset[id] = NONE;
    this.bucket[id] = this.#free;
    this.#free = id;
    this.count--;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    // By id, not by slot: the columns are then read in order. A freed id has no octets.
    for (let id = 1; id < this.#top; id++) {
      if (this.offset[id] === NONE) continue;
      let slot = this.#hash[id]! & mask;
      while (slots[slot] !== NONE) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
    this.#mask = mask;
  }

  #grow(): void {
    const used = this.#top;
    const capacity = used * 2;
    this.offset = grown(this.offset, capacity, used);
    this.length = grown(this.length, capacity, used);
    this.references = grown(this.references, capacity, used);
    this.rank = grown(this.rank, capacity, used);
    this.med = grown(this.med, capacity, used);
    this.neighborAs = grown(this.neighborAs, capacity, used);
    this.originAs = grown(this.originAs, capacity, used);
    this.flags = grown(this.flags, capacity, used);
    this.bucket = grown(this.bucket, capacity, used);
    this.#hash = grown(this.#hash, capacity, used);
  }
}

/** FNV-1a over the octets with a final mix. A neighbour that seeks collisions makes its own UPDATEs slow, within the fair turn of its session. */
function hashOctets(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x0100_0193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85eb_ca6b);
  return hash ^ (hash >>> 13);
}
