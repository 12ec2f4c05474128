/**
 * Ranges of addresses, asked for each prefix of an index: is it in one of them? A bitmap of the first bits of addresses answers for most
 * prefixes; the others are looked for among the ranges, which are in order and do not overlap.
 */
import type { NlriIndex } from '../nlri/nlri-index.ts';

/** Ranges of one family, each a prefix, in ascending order and without overlap. */
export interface PrefixRanges {
  /** All addresses. `count` means nothing then. */
  readonly all: boolean;
  readonly count: number;
  /** In bits, by range. */
  readonly lengths: Uint8Array;
  /** By range, 4 or 16 octets each. */
  readonly addresses: Uint8Array;
}

/** The bitmap has a bit for each value of the first 20 bits of an address: 128 KiB, and IPv6 blocks of registries are told apart. */
const BITMAP_BITS = 20;
const IPV4_BITS = 32;

export class RangeSet {
  readonly #index: NlriIndex;
  readonly #ranges: PrefixRanges;
  readonly #words: number;
  /** First 32 bits first, by range. */
  readonly #starts: Uint32Array;
  readonly #bitmap: Uint32Array;
  readonly #key: Uint32Array;

  constructor(index: NlriIndex, ranges: PrefixRanges) {
    this.#index = index;
    this.#ranges = ranges;
    this.#words = index.bitsMax / IPV4_BITS;
    this.#key = new Uint32Array(index.keyWords);
    const { addresses, lengths } = ranges;
    const count = ranges.all ? 0 : ranges.count;
    const view = new DataView(addresses.buffer, addresses.byteOffset, addresses.byteLength);
    this.#starts = Uint32Array.from({ length: count * this.#words }, (_, word) => view.getUint32(4 * word));
    this.#bitmap = new Uint32Array(count === 0 ? 0 : 1 << (BITMAP_BITS - 5));
    for (let range = 0; range < count; range++) {
      const first = this.#starts[range * this.#words]! >>> (IPV4_BITS - BITMAP_BITS);
      const bits = 1 << Math.max(0, BITMAP_BITS - lengths[range]!);
      for (let bit = first; bit < first + bits; bit++) this.#bitmap[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  /** Whether the prefix of a live id is in a range, or is one. */
  has(id: number): boolean {
    const { all, lengths } = this.#ranges;
    if (all) return true;
    if (this.#starts.length === 0) return false;
    const key = this.#key;
    this.#index.writeKey(id, key, 0);
    const bit = key[0]! >>> (IPV4_BITS - BITMAP_BITS);
    if ((this.#bitmap[bit >>> 5]! & (1 << (bit & 31))) === 0) return false;
    const range = this.#lastUpTo();
    return range >= 0 && lengths[range]! <= key[this.#words]! && this.#startsWith(range, lengths[range]!);
  }

  /** The last range that does not begin after the key, or -1. */
  #lastUpTo(): number {
    let low = 0;
    let high = this.#ranges.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isAfterKey(middle)) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  #isAfterKey(range: number): boolean {
    const at = range * this.#words;
    for (let word = 0; word < this.#words; word++) {
      const difference = this.#starts[at + word]! - this.#key[word]!;
      if (difference !== 0) return difference > 0;
    }
    return false;
  }

  #startsWith(range: number, bits: number): boolean {
    const at = range * this.#words;
    for (let word = 0; 32 * word < bits; word++) {
      const differing = (this.#starts[at + word]! ^ this.#key[word]!) >>> 0;
      const left = bits - 32 * word;
      if ((left >= 32 ? differing : differing >>> (32 - left)) !== 0) return false;
    }
    return true;
  }
}
