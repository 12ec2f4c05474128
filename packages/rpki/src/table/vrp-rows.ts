/**
 * The VRPs of one address family, without an object each: a row of 32-bit words per VRP. Rows start at 1, so that 0 is "none". They are in pages of
 * equal size, so that a table grows without copying.
 *
 *     slots   hash(prefix) -> 6 bits of the hash | first row of that prefix      linear probing, deletion by moving back
 *     row  -> | AS | next row of the same prefix | references, maximum length, length | address, 1 or 4 words |
 *
 * A row is 16 or 28 octets, mostly in one cache line.
 *
 * References count the sources whose VRP this is. A row without references takes no part in validation: it belongs to a transfer that is not
 * complete, or it is waiting to be freed. So a transfer can put its rows in place as they arrive, and switch them on all at once.
 *
 * A route is validated with one look-up for each length of prefix that may cover it (RFC 6811 §2). `LengthHints` says which those are.
 */
import { assert } from '@tsbgp/wire';
import { LengthHints } from './length-hints.ts';

export const NONE = 0;

/** Words of a row. The address comes last. */
const ASN = 0;
const NEXT = 1;
const META = 2;
const ADDRESS = 3;

/** Octets of the META word: length, maximum length, references. */
const MAX_LENGTH_SHIFT = 8;
const REFERENCES_SHIFT = 16;
const OCTET = 0xff;
/** The prefix length of a free row. */
const FREE = 255;

/** Rows of a page: 2^14, a quarter of a MiB for IPv4. */
const PAGE_SHIFT = 14;
const PAGE_ROWS = 1 << PAGE_SHIFT;
const IN_PAGE = PAGE_ROWS - 1;

const ROW_BITS = 26;
/** Rows that a slot can name: 67 million VRPs. */
const ROWS_MAX = (1 << ROW_BITS) - 1;
/** Of the 32 bits of a hash: 6 choose the segment, 6 are kept in the slot, up to 20 choose the slot. */
const SEGMENT_SHIFT = 26;
const TAG_SHIFT = 20;
const TAG_MASK = 0x3f;
/** The slots are in segments, each of which grows alone: growing all slots of a million VRPs at once would take 50 ms. */
const SEGMENTS = 64;
const SEGMENT_SLOTS_INITIAL = 32;

/** RFC 6811 §2, with the numbers of RFC 8097 §2. */
export const RovState = { Valid: 0, NotFound: 1, Invalid: 2 } as const;
export type RovState = (typeof RovState)[keyof typeof RovState];

interface Segment {
  /** A slot holds 6 bits of the hash over 26 bits of row; 0 is an empty one. Their number is a power of two. */
  slots: Uint32Array;
  used: number;
}

export class VrpRows {
  /** 32-bit words of an address: 1 or 4. */
  readonly addressWords: 1 | 4;
  readonly bitsMax: 32 | 128;
  /** Rows ever used are below `top`. */
  top = 1;
  /** Rows in use, also those without references. */
  used = 0;
  /** Rows with references. */
  active = 0;
  /** The prefix that the next call is about: `readKey` fills it. */
  readonly key: Uint32Array = new Uint32Array(4);
  readonly #probe: Uint32Array = new Uint32Array(4);
  readonly #stride: number;
  readonly #pages: Uint32Array[] = [];
  readonly #segments: Segment[];
  #free: number = NONE;
  readonly #hints: LengthHints;

  constructor(addressWords: 1 | 4) {
    this.addressWords = addressWords;
    this.bitsMax = addressWords === 1 ? 32 : 128;
    this.#stride = ADDRESS + addressWords;
    this.#addPage();
    this.#segments = Array.from({ length: SEGMENTS }, () => ({ slots: new Uint32Array(SEGMENT_SLOTS_INITIAL), used: 0 }));
    this.#hints = new LengthHints(addressWords);
  }

  /** Memory of rows and slots. */
  get octets(): number {
    const slots = this.#segments.reduce((sum, segment) => sum + segment.slots.byteLength, 0);
    const rows = this.#pages.reduce((sum, page) => sum + page.byteLength, 0);
    return rows + slots + this.#hints.octets;
  }

  asn(row: number): number {
    return this.#page(row)[this.#at(row) + ASN]!;
  }

  prefixLength(row: number): number {
    return this.#page(row)[this.#at(row) + META]! & OCTET;
  }

  maxLength(row: number): number {
    return (this.#page(row)[this.#at(row) + META]! >>> MAX_LENGTH_SHIFT) & OCTET;
  }

  references(row: number): number {
    return this.#page(row)[this.#at(row) + META]! >>> REFERENCES_SHIFT;
  }

  setReferences(row: number, references: number): void {
    const page = this.#page(row);
    const at = this.#at(row) + META;
    page[at] = (page[at]! & 0xffff) | (references << REFERENCES_SHIFT);
  }

  addressWord(row: number, word: number): number {
    return this.#page(row)[this.#at(row) + ADDRESS + word]!;
  }

  /** The address of a row, 4 or 16 octets. */
  addressOf(row: number): Uint8Array {
    const octets = new Uint8Array(this.addressWords * 4);
    const view = new DataView(octets.buffer);
    for (let word = 0; word < this.addressWords; word++) view.setUint32(4 * word, this.addressWord(row, word));
    return octets;
  }

  /** Whether the first `bits` bits of a row's address are those of `words`. */
  startsWith(row: number, words: Uint32Array, bits: number): boolean {
    for (let word = 0; 32 * word < bits; word++) {
      if (Math.clz32(this.addressWord(row, word) ^ words[word]!) < Math.min(32, bits - 32 * word)) return false;
    }
    return true;
  }

  isUsed(row: number): boolean {
    return row > NONE && row < this.top && this.prefixLength(row) !== FREE;
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
    const page = this.#page(row);
    const at = this.#at(row);
    page[at + ASN] = asn;
    page[at + META] = length | (maxLength << MAX_LENGTH_SHIFT);
    for (let word = 0; word < this.addressWords; word++) page[at + ADDRESS + word] = this.key[word]!;
    this.used++;
    if (first === NONE) {
      this.#setNext(row, NONE);
      this.#addPrefix(row, length);
    } else {
      // Behind the first row, so that the slot stays as it is.
      this.#setNext(row, this.#next(first));
      this.#setNext(first, row);
    }
    return row;
  }

  /** Frees a row without references. */
  free(row: number): void {
    assert(this.references(row) === 0, 'a VRP that is in use is freed');
    const next = this.#next(row);
    const length = this.prefixLength(row);
    for (let word = 0; word < this.addressWords; word++) this.key[word] = this.addressWord(row, word);
    const hash = this.#hash(this.key, 0, length);
    const segment = this.#segments[hash >>> SEGMENT_SHIFT]!;
    const slot = this.#slotOf(segment, hash, this.key, length);
    const first = segment.slots[slot]! & ROWS_MAX;
    if (first !== row) {
      let before = first;
      while (this.#next(before) !== row) before = this.#next(before);
      this.#setNext(before, next);
    } else if (next !== NONE) {
      segment.slots[slot] = (segment.slots[slot]! & ~ROWS_MAX) | next;
    } else {
      this.#deleteSlot(segment, slot);
      this.#hints.remove(length);
    }
    this.#page(row)[this.#at(row) + META] = FREE;
    this.#setNext(row, this.#free);
    this.#free = row;
    this.used--;
  }

  /**
   * RFC 6811 §2: the state of a route to the first `length` bits of the address at `offset`. `origin` 0 is a route without an origin AS, such as
   * one whose AS_PATH ends in an AS_SET: it matches no VRP. Allocates nothing.
   */
  validate(bytes: Uint8Array, offset: number, length: number, origin: number): RovState {
    this.readKey(bytes, offset, length);
    const hints = this.#hints;
    let state: RovState = RovState.NotFound;
    hints.ask(this.key, length);
    for (let bits = hints.next(); bits >= 0; bits = hints.next()) {
      this.#shortenKey(bits);
      for (let row = this.#first(this.#probe, bits); row !== NONE; row = this.#next(row)) {
        const page = this.#page(row);
        const at = this.#at(row);
        const meta = page[at + META]!;
        if (meta >>> REFERENCES_SHIFT === 0) continue;
        if (page[at + ASN] === origin && length <= ((meta >>> MAX_LENGTH_SHIFT) & OCTET) && origin !== 0) return RovState.Valid;
        state = RovState.Invalid;
      }
    }
    return state;
  }

  /** Rows with references that cover the prefix, the longest first. */
  covering(bytes: Uint8Array, offset: number, length: number): number[] {
    this.readKey(bytes, offset, length);
    const found: number[] = [];
    for (let bits = length; bits >= 0; bits--) {
      this.#shortenKey(bits);
      for (let row = this.#first(this.#probe, bits); row !== NONE; row = this.#next(row)) {
        if (this.references(row) !== 0) found.push(row);
      }
    }
    return found;
  }

  /** Makes the first `bits` bits of the key the probe. */
  #shortenKey(bits: number): void {
    const { key, addressWords } = this;
    const probe = this.#probe;
    for (let word = 0; word < addressWords; word++) probe[word] = key[word]! & wordMask(bits - 32 * word);
  }

  /** The page of a row. Its words begin at `#at(row)`. */
  #page(row: number): Uint32Array {
    return this.#pages[row >>> PAGE_SHIFT]!;
  }

  #at(row: number): number {
    return (row & IN_PAGE) * this.#stride;
  }

  #next(row: number): number {
    return this.#page(row)[this.#at(row) + NEXT]!;
  }

  #setNext(row: number, next: number): void {
    this.#page(row)[this.#at(row) + NEXT] = next;
  }

  #addPage(): void {
    this.#pages.push(new Uint32Array(PAGE_ROWS * this.#stride));
  }

  #inChain(first: number, maxLength: number, asn: number): number {
    for (let row = first; row !== NONE; row = this.#next(row)) {
      if (this.asn(row) === asn && this.maxLength(row) === maxLength) return row;
    }
    return NONE;
  }

  /** The first row of a prefix, or NONE. */
  #first(key: Uint32Array, length: number): number {
    const hash = this.#hash(key, 0, length);
    const segment = this.#segments[hash >>> SEGMENT_SHIFT]!;
    return segment.slots[this.#slotOf(segment, hash, key, length)]! & ROWS_MAX;
  }

  /** The slot of a prefix, or the empty one where it would be. */
  #slotOf({ slots }: Segment, hash: number, key: Uint32Array, length: number): number {
    const mask = slots.length - 1;
    const tag = (hash >>> TAG_SHIFT) & TAG_MASK;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!;
      if (entry === 0) return slot;
      if (entry >>> ROW_BITS !== tag) continue;
      const page = this.#page(entry & ROWS_MAX);
      const at = this.#at(entry & ROWS_MAX);
      if ((page[at + META]! & OCTET) !== length || page[at + ADDRESS] !== key[0]) continue;
      if (this.addressWords === 1) return slot;
      if (page[at + ADDRESS + 1] === key[1] && page[at + ADDRESS + 2] === key[2] && page[at + ADDRESS + 3] === key[3]) return slot;
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

  #hashOfRow(row: number): number {
    return this.#hash(this.#page(row), this.#at(row) + ADDRESS, this.prefixLength(row));
  }

  #addPrefix(row: number, length: number): void {
    const hash = this.#hashOfRow(row);
    const segment = this.#segments[hash >>> SEGMENT_SHIFT]!;
    if ((segment.used + 1) * 4 > segment.slots.length * 3) this.#rehash(segment);
    putInSlot(segment.slots, hash, row);
    segment.used++;
    this.#hints.add(this.key, length);
  }

  #rehash(segment: Segment): void {
    const slots = new Uint32Array(segment.slots.length * 2);
    for (const entry of segment.slots) if (entry !== 0) putInSlot(slots, this.#hashOfRow(entry & ROWS_MAX), entry & ROWS_MAX);
    segment.slots = slots;
  }

  #deleteSlot(segment: Segment, at: number): void {
    const { slots } = segment;
    const mask = slots.length - 1;
    let hole = at;
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#hashOfRow(slots[slot]! & ROWS_MAX) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole] = slots[slot]!;
      hole = slot;
    }
    slots[hole] = 0;
    segment.used--;
  }

  #allocate(): number {
    if (this.#free !== NONE) {
      const row = this.#free;
      this.#free = this.#next(row);
      return row;
    }
    if (this.top >>> PAGE_SHIFT === this.#pages.length) this.#addPage();
    assert(this.top <= ROWS_MAX, 'more VRPs than a slot can name');
    return this.top++;
  }
}

function putInSlot(slots: Uint32Array, hash: number, row: number): void {
  const mask = slots.length - 1;
  let slot = hash & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = (((hash >>> TAG_SHIFT) & TAG_MASK) << ROW_BITS) | row;
}

/** Mask of the bits of a word that belong to a prefix which has `bits` bits from the start of this word. */
function wordMask(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}
