/**
 * The entries of one address family, sorted, in columns: 11 octets an IPv4 entry, 27 an IPv6 entry (19 where none is longer than /64).
 *
 *     entry          0            1              2               3
 *     prefix         10.0.0.0/8   10.1.0.0/16    10.1.2.0/24     192.0.2.0/24
 *     lengths        8-8          16-24          24-24           24-32
 *     parent         none         0              1               none
 *
 * The parent of an entry is the nearest entry before it whose prefix contains its own, or is the same with other lengths. Every entry that
 * covers a prefix is then the last entry that sorts at or before it, or a parent, or a parent's parent: a look-up is a binary search and a
 * walk of at most as many steps as there are nested prefixes.
 */

/** There is no such entry. */
export const NO_ENTRY = -1;

/** An address as four numbers of 32 bits; an IPv4 address is the first, the others are 0. */
export interface AddressWords {
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

export class PrefixColumns {
  readonly count: number;
  /** Words of an address that are kept: 1 for IPv4; 2 or 4 for IPv6. */
  readonly width: 1 | 2 | 4;
  readonly words: Uint32Array;
  readonly bits: Uint8Array;
  readonly min: Uint8Array;
  readonly max: Uint8Array;
  readonly parent: Int32Array;

  /** Takes columns that are sorted by address, length, `min`, and in which no two entries of one prefix have lengths in common. */
  constructor(width: 1 | 2 | 4, words: Uint32Array, bits: Uint8Array, min: Uint8Array, max: Uint8Array) {
    this.count = bits.length;
    this.width = width;
    this.words = words;
    this.bits = bits;
    this.min = min;
    this.max = max;
    this.parent = new Int32Array(this.count);
    let last = NO_ENTRY;
    for (let entry = 0; entry < this.count; entry++) {
      while (last !== NO_ENTRY && !this.#contains(last, entry)) last = this.parent[last]!;
      this.parent[entry] = last;
      last = entry;
    }
  }

  /** An entry that matches the prefix, the most specific one; or NO_ENTRY. Allocates nothing. */
  find(address: AddressWords, length: number): number {
    let entry = this.#lastUpTo(address, length);
    while (entry !== NO_ENTRY) {
      if (length >= this.min[entry]! && length <= this.max[entry]! && this.covers(entry, address)) return entry;
      entry = this.parent[entry]!;
    }
    return NO_ENTRY;
  }

  /** An entry whose prefix contains the prefix or is the same, whatever lengths it has; or NO_ENTRY. Allocates nothing. */
  findCovering(address: AddressWords, length: number): number {
    let entry = this.#lastUpTo(address, length);
    while (entry !== NO_ENTRY && !(this.bits[entry]! <= length && this.covers(entry, address))) entry = this.parent[entry]!;
    return entry;
  }

  /** Whether the address lies in the prefix of the entry. */
  covers(entry: number, address: AddressWords): boolean {
    const at = entry * this.width;
    const bits = this.bits[entry]!;
    if (!sameBits(this.words[at]!, address.w0, bits)) return false;
    if (bits <= 32) return true;
    if (!sameBits(this.words[at + 1]!, address.w1, bits - 32)) return false;
    if (bits <= 64) return true;
    return sameBits(this.words[at + 2]!, address.w2, bits - 64) && (bits <= 96 || sameBits(this.words[at + 3]!, address.w3, bits - 96));
  }

  /** Octets that the columns take. */
  get octets(): number {
    return this.words.byteLength + this.parent.byteLength + 3 * this.count;
  }

  equals(other: PrefixColumns): boolean {
    if (this.count !== other.count || this.width !== other.width) return false;
    for (let i = 0; i < this.words.length; i++) if (this.words[i] !== other.words[i]) return false;
    for (let i = 0; i < this.count; i++) {
      if (this.bits[i] !== other.bits[i] || this.min[i] !== other.min[i] || this.max[i] !== other.max[i]) return false;
    }
    return true;
  }

  /** The last entry that sorts at or before the prefix. */
  #lastUpTo(address: AddressWords, length: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#order(middle, address, length) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #order(entry: number, address: AddressWords, length: number): number {
    const at = entry * this.width;
    const first = this.words[at]! - address.w0;
    if (first !== 0 || this.width === 1) return first !== 0 ? first : this.bits[entry]! - length;
    const second = this.words[at + 1]! - address.w1;
    if (second !== 0) return second;
    const third = (this.width === 4 ? this.words[at + 2]! : 0) - address.w2;
    if (third !== 0) return third;
    const fourth = (this.width === 4 ? this.words[at + 3]! : 0) - address.w3;
    return fourth !== 0 ? fourth : this.bits[entry]! - length;
  }

  #contains(outer: number, inner: number): boolean {
    if (this.bits[outer]! > this.bits[inner]!) return false;
    const a = outer * this.width;
    const b = inner * this.width;
    for (let word = 0, bits = this.bits[outer]!; bits > 0; word++, bits -= 32) {
      if (!sameBits(this.words[a + word]!, this.words[b + word]!, bits)) return false;
    }
    return true;
  }
}

/** Whether the first `bits` bits of two words are the same; all 32 where `bits` is more. */
function sameBits(a: number, b: number, bits: number): boolean {
  return bits >= 32 ? a === b : bits <= 0 || (a ^ b) >>> (32 - bits) === 0;
}
