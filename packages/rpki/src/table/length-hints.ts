/**
 * Which lengths of prefix may cover an address. A table of a million prefixes has nearly all lengths somewhere, but few of them around a given
 * address. So two arrays of bit sets remember the lengths there are in each piece of the address space:
 *
 *     coarse   by the first 16 bits of an IPv4 address, 32 of an IPv6 address: lengths from there to 31 more
 *     fine     by the first 20 bits, or 40: lengths from there to 15 more
 *
 * Addresses are hashed, so that several pieces may share a set, and bits are only ever set. Both cost look-ups, never a wrong answer. With
 * a million VRPs a route needs 1.9 look-ups (packages/rpki/bench/vrps.ts); without the fine sets, a validation takes a quarter longer.
 */

const COARSE_BITS = 16;
const FINE_BITS = 20;

export class LengthHints {
  readonly #coarseAt: 16 | 32;
  readonly #fineAt: 20 | 40;
  readonly #ipv6: boolean;
  readonly #coarse: Uint32Array = new Uint32Array(1 << COARSE_BITS);
  readonly #fine: Uint16Array = new Uint16Array(1 << FINE_BITS);
  /** Prefixes of each length. */
  readonly #count: Uint32Array;
  /** Bit n: there are prefixes of length n, which is less than `#coarseAt`. */
  #short = 0;

  /** What `next` has not returned yet: the length to try next beyond the coarse set, then bits of the coarse set, then of `#short`. */
  #long = 0;
  #middle = 0;
  #rest = 0;

  constructor(addressWords: 1 | 4) {
    this.#ipv6 = addressWords === 4;
    this.#coarseAt = this.#ipv6 ? 32 : 16;
    this.#fineAt = this.#ipv6 ? 40 : 20;
    this.#count = new Uint32Array(this.#ipv6 ? 129 : 33);
  }

  /** Memory. Pages that were never written to are counted, although they cost nothing. */
  get octets(): number {
    return this.#coarse.byteLength + this.#fine.byteLength;
  }

  add(address: Uint32Array, length: number): void {
    this.#count[length]!++;
    const coarse = length - this.#coarseAt;
    if (coarse < 0) {
      this.#short |= 1 << length;
      return;
    }
    if (coarse < 32) this.#coarse[this.#coarseIndex(address)]! |= 1 << coarse;
    const fine = length - this.#fineAt;
    if (fine >= 0 && fine < 16) this.#fine[this.#fineIndex(address)]! |= 1 << fine;
  }

  remove(length: number): void {
    this.#count[length]!--;
    if (length < this.#coarseAt && this.#count[length] === 0) this.#short &= ~(1 << length);
  }

  /** Starts with the lengths that may cover the first `length` bits of an address; `next` returns them. */
  ask(address: Uint32Array, length: number): void {
    const coarseAt = this.#coarseAt;
    this.#long = length;
    this.#rest = length >= coarseAt ? this.#short : this.#short & ((2 << length) - 1);
    this.#middle = 0;
    if (length < coarseAt) return;
    let lengths = this.#coarse[this.#coarseIndex(address)]!;
    if (length >= this.#fineAt) {
      const shift = this.#fineAt - coarseAt;
      lengths &= ~(0xffff << shift) | (this.#fine[this.#fineIndex(address)]! << shift);
    }
    // `2 << 31` is 0, and all bits remain.
    this.#middle = length - coarseAt < 31 ? lengths & ((2 << (length - coarseAt)) - 1) : lengths;
  }

  /** The next length, the longest first; -1 at the end. */
  next(): number {
    while (this.#long >= this.#coarseAt + 32) {
      const length = this.#long--;
      if (this.#count[length] !== 0) return length;
    }
    if (this.#middle !== 0) {
      const bit = 31 - Math.clz32(this.#middle);
      this.#middle &= ~(1 << bit);
      return this.#coarseAt + bit;
    }
    if (this.#rest === 0) return -1;
    const length = 31 - Math.clz32(this.#rest);
    this.#rest &= ~(1 << length);
    return length;
  }

  #coarseIndex(address: Uint32Array): number {
    return this.#ipv6 ? Math.imul(address[0]!, 0x9e3779b1) >>> (32 - COARSE_BITS) : address[0]! >>> 16;
  }

  #fineIndex(address: Uint32Array): number {
    if (!this.#ipv6) return address[0]! >>> 12;
    return Math.imul(address[0]! ^ Math.imul(address[1]! >>> 24, 0x85ebca6b), 0x9e3779b1) >>> (32 - FINE_BITS);
  }
}
