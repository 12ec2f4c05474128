/**
 * The VRPs of one address family in columns: one row per VRP, no object. Rows start at 1, so that 0 is "none".
 *
 *     slots   hash(prefix) -> 6 bits of the hash | first row of that prefix      linear probing, deletion by moving back
 *     row  -> address, prefix length, maximum length, AS, references, next row of the same prefix
 *
 * `references` counts the sources whose VRP this is. A row without references takes no part in validation: it belongs to a transfer that is
 * not complete, or it is waiting to be freed. So a transfer can put its rows in place as they arrive, and switch them on all at once.
 *
 * A route is validated with one look-up for each length of prefix that may cover it (RFC 6811 §2). `#lengths` says which those are.
 */
import { assert } from '@tsbgp/wire';

export const NONE = 0;

const ROW_BITS = 26;
/** Rows that a slot can name: 67 million VRPs. */
const ROWS_MAX = (1 << ROW_BITS) - 1;
/** The prefix length of a free row. */
const FREE = 255;
/** Buckets of `#lengths`. */
const BUCKETS = 1 << 16;

/** RFC 6811 §2, with the numbers of RFC 8097 §2. */
export const RovState = { Valid: 0, NotFound: 1, Invalid: 2 } as const;
export type RovState = (typeof RovState)[keyof typeof RovState];

export class VrpColumns {
  /** 32-bit words of an address: 1 or 4. */
  readonly addressWords: 1 | 4;
  readonly bitsMax: 32 | 128;
  address: Uint32Array;
  asn: Uint32Array;
  next: Int32Array;
  prefixLength: Uint8Array;
  maxLength: Uint8Array;
  references: Uint8Array;
  /** Rows ever used are below `top`. */
  top = 1;
  /** Rows in use, also those without references. */
  rows = 0;
  /** Rows with references. */
  active = 0;
  /** The prefix that the next call is about: `readKey` fills it. */
  readonly key: Uint32Array = new Uint32Array(4);
  readonly #probe: Uint32Array = new Uint32Array(4);
  #slots: Uint32Array;
  #mask: number;
  /** Slots in use: distinct prefixes. */
  #prefixes = 0;
  #free: number = NONE;
  /** Prefixes of each length. */
  readonly #countOfLength: Uint32Array;
  /**
   * By bucket: bit n says that a prefix of length `#anchor + n` may lie in this bucket. Bits are only ever set, and several anchors may share a
   * bucket: both cost look-ups, never a wrong answer. Gain at 1 M VRPs: see packages/rpki/bench.
   */
  readonly #lengths: Uint32Array = new Uint32Array(BUCKETS);
  readonly #anchor: 16 | 32;

  constructor(addressWords: 1 | 4, capacity = 1024) {
    this.addressWords = addressWords;
    this.bitsMax = addressWords === 1 ? 32 : 128;
    this.#anchor = addressWords === 1 ? 16 : 32;
    this.address = new Uint32Array(capacity * addressWords);
    this.asn = new Uint32Array(capacity);
    this.next = new Int32Array(capacity);
    this.prefixLength = new Uint8Array(capacity);
    this.maxLength = new Uint8Array(capacity);
    this.references = new Uint8Array(capacity);
    this.#slots = new Uint32Array(2048);
    this.#mask = 2047;
    this.#countOfLength = new Uint32Array(this.bitsMax + 1);
  }

  /** Octets that the columns and slots hold. */
  get octets(): number {
    const columns = [this.address, this.asn, this.next, this.prefixLength, this.maxLength, this.references, this.#slots, this.#lengths];
    return columns.reduce((sum, column) => sum + column.byteLength, 0);
  }

  /** Makes the first `length` bits of the address at `offset`, 4 or 16 octets, the key of the next call. */
  readKey(bytes: Uint8Array, offset: number, length: number): void {
    const { key, addressWords } = this;
    for (let word = 0; word < addressWords; word++) {
      const at = offset + 4 * word;
      const value = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      key[word] = value & wordMask(length - 32 * word);
    }
  }

  /** The row of a VRP for the prefix in `key`, or NONE. */
  find(length: number, maxLength: number, asn: number): number {
    return this.#inChain(this.#first(this.key, length), maxLength, asn);
  }

  /** The row of a VRP for the prefix in `key`. A new row has no references. */
  insert(length: number, maxLength: number, asn: number): number {
    const first = this.#first(this.key, length);
    const found = this.#inChain(first, maxLength, asn);
    if (found !== NONE) return found;
    const row = this.#allocate();
    this.address.set(this.addressWords === 1 ? this.key.subarray(0, 1) : this.key, row * this.addressWords);
    this.prefixLength[row] = length;
    this.maxLength[row] = maxLength;
    this.asn[row] = asn;
    this.references[row] = 0;
    this.rows++;
    if (first === NONE) {
      this.next[row] = NONE;
      this.#addPrefix(row);
    } else {
      // Behind the first row, so that the slot stays as it is.
      this.next[row] = this.next[first]!;
      this.next[first] = row;
    }
    return row;
  }

  isUsed(row: number): boolean {
    return row > NONE && row < this.top && this.prefixLength[row] !== FREE;
  }

  /** Frees a row without references. */
  free(row: number): void {
    assert(this.references[row] === 0, 'a VRP that is in use is freed');
    this.#keyOf(row);
    const length = this.prefixLength[row]!;
    const slot = this.#slotOf(this.key, length);
    const first = this.#slots[slot]! & ROWS_MAX;
    if (first !== row) {
      let before = first;
      while (this.next[before] !== row) before = this.next[before]!;
      this.next[before] = this.next[row]!;
    } else if (this.next[row] !== NONE) {
      this.#slots[slot] = (this.#slots[slot]! & ~ROWS_MAX) | this.next[row]!;
    } else {
      this.#deleteSlot(slot);
      this.#prefixes--;
      this.#countOfLength[length]!--;
    }
    this.prefixLength[row] = FREE;
    this.next[row] = this.#free;
    this.#free = row;
    this.rows--;
  }

  /**
   * RFC 6811 §2: the state of a route to the first `length` bits of the address at `offset`. `origin` 0 is a route without an origin AS, such as
   * one whose AS_PATH ends in an AS_SET: it matches no VRP. Allocates nothing.
   */
  validate(bytes: Uint8Array, offset: number, length: number, origin: number): RovState {
    this.readKey(bytes, offset, length);
    const { asn, next, references, maxLength } = this;
    const probe = this.#probe;
    probe.set(this.key);
    const mayLie = this.#lengths[this.#bucket(probe)]!;
    const anchor = this.#anchor;
    let state: RovState = RovState.NotFound;
    for (let bits = length; bits >= 0; bits--) {
      if (this.#countOfLength[bits] === 0) continue;
      if (bits >= anchor && bits < anchor + 32 && (mayLie & (1 << (bits - anchor))) === 0) continue;
      shorten(probe, bits, this.addressWords);
      for (let row = this.#first(probe, bits); row !== NONE; row = next[row]!) {
        if (references[row] === 0) continue;
        if (asn[row] === origin && length <= maxLength[row]! && origin !== 0) return RovState.Valid;
        state = RovState.Invalid;
      }
    }
    return state;
  }

  /** Rows with references that cover the prefix, the longest first. */
  covering(bytes: Uint8Array, offset: number, length: number): number[] {
    this.readKey(bytes, offset, length);
    const probe = this.key.slice();
    const found: number[] = [];
    for (let bits = length; bits >= 0; bits--) {
      shorten(probe, bits, this.addressWords);
      for (let row = this.#first(probe, bits); row !== NONE; row = this.next[row]!) if (this.references[row] !== 0) found.push(row);
    }
    return found;
  }

  /** The address of a row, 4 or 16 octets. */
  addressOf(row: number): Uint8Array {
    const octets = new Uint8Array(this.addressWords * 4);
    const view = new DataView(octets.buffer);
    for (let word = 0; word < this.addressWords; word++) view.setUint32(4 * word, this.address[row * this.addressWords + word]!);
    return octets;
  }

  #inChain(first: number, maxLength: number, asn: number): number {
    for (let row = first; row !== NONE; row = this.next[row]!) {
      if (this.asn[row] === asn && this.maxLength[row] === maxLength) return row;
    }
    return NONE;
  }

  #keyOf(row: number): void {
    for (let word = 0; word < this.addressWords; word++) this.key[word] = this.address[row * this.addressWords + word]!;
  }

  #bucket(key: Uint32Array): number {
    return this.addressWords === 1 ? key[0]! >>> 16 : Math.imul(key[0]!, 0x9e3779b1) >>> 16;
  }

  /** The first row of a prefix, or NONE. */
  #first(key: Uint32Array, length: number): number {
    return this.#slots[this.#slotOf(key, length)]! & ROWS_MAX;
  }

  /** The slot of a prefix, or the empty one where it would be. */
  #slotOf(key: Uint32Array, length: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const { address, prefixLength, addressWords } = this;
    const hash = this.#hash(key, 0, length);
    const tag = hash >>> ROW_BITS;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!;
      if (entry === 0) return slot;
      if (entry >>> ROW_BITS !== tag) continue;
      const row = entry & ROWS_MAX;
      if (prefixLength[row] !== length) continue;
      if (addressWords === 1) {
        if (address[row] === key[0]) return slot;
      } else {
        const at = row * 4;
        if (address[at] === key[0] && address[at + 1] === key[1] && address[at + 2] === key[2] && address[at + 3] === key[3]) return slot;
      }
    }
  }

  #hash(words: Uint32Array, offset: number, length: number): number {
    let hash = Math.imul(words[offset]! ^ Math.imul(length, 0x85ebca6b), 0x9e3779b1);
    if (this.addressWords === 4) {
      hash = Math.imul((hash ^ (hash >>> 15)) + words[offset + 1]!, 0xc2b2ae35);
      hash = Math.imul((hash ^ (hash >>> 13)) + words[offset + 2]!, 0x27d4eb2f);
      hash = Math.imul((hash ^ (hash >>> 15)) + words[offset + 3]!, 0x165667b1);
    }
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    return (hash ^ (hash >>> 12)) >>> 0;
  }

  #addPrefix(row: number): void {
    if ((this.#prefixes + 1) * 4 > (this.#mask + 1) * 3) this.#rehash();
    const length = this.prefixLength[row]!;
    this.#putInSlot(row);
    this.#prefixes++;
    this.#countOfLength[length]!++;
    const bit = length - this.#anchor;
    if (bit >= 0 && bit < 32) this.#lengths[this.#bucket(this.key)]! |= 1 << bit;
  }

  #putInSlot(row: number): void {
    const hash = this.#hash(this.address, row * this.addressWords, this.prefixLength[row]!);
    let slot = hash & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = (hash & ~ROWS_MAX) | row;
  }

  #rehash(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#mask = this.#slots.length - 1;
    for (const entry of old) if (entry !== 0) this.#putInSlot(entry & ROWS_MAX);
  }

  #deleteSlot(at: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = at;
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const row = slots[slot]! & ROWS_MAX;
      const home = this.#hash(this.address, row * this.addressWords, this.prefixLength[row]!) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole] = slots[slot]!;
      hole = slot;
    }
    slots[hole] = 0;
  }

  #allocate(): number {
    if (this.#free !== NONE) {
      const row = this.#free;
      this.#free = this.next[row]!;
      return row;
    }
    if (this.top === this.asn.length) this.#grow();
    assert(this.top <= ROWS_MAX, 'more VRPs than a slot can name');
    return this.top++;
  }

  #grow(): void {
    const capacity = Math.ceil(this.asn.length * 1.5);
    this.address = grown(this.address, capacity * this.addressWords);
    this.asn = grown(this.asn, capacity);
    this.next = grown(this.next, capacity);
    this.prefixLength = grown(this.prefixLength, capacity);
    this.maxLength = grown(this.maxLength, capacity);
    this.references = grown(this.references, capacity);
  }
}

/** Mask of the bits of a word that belong to a prefix which has `bits` bits from the start of this word. */
function wordMask(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

/** Clears all bits after the first `bits`. */
function shorten(key: Uint32Array, bits: number, words: number): void {
  for (let word = bits >>> 5; word < words; word++) key[word]! &= wordMask(bits - 32 * word);
}

function grown<C extends Uint32Array | Int32Array | Uint8Array>(column: C, length: number): C {
  const bigger = new (column.constructor as new (length: number) => C)(length);
  bigger.set(column);
  return bigger;
}
