/**
 * IPv6 prefixes <-> NlriId, as ipv4-index.ts; an address is four columns of 32 bits.
 */
import { type Family, IPV6_UNICAST } from '@tsbgp/wire';
import { grown, NONE, powerOfTwo } from '../columns.ts';
import type { NlriId } from './nlri-index.ts';

/** As in ipv4-index.ts. */
const SLOTS_MOVED = 4096;
const MOVE_EVERY = 256;
const GONE = -1;
const NO_SLOTS = new Int32Array(0);

export class Ipv6Index {
  readonly family: Family;
  readonly bitsMax = 128;
  readonly keyWords = 5;
  word0: Uint32Array;
  word1: Uint32Array;
  word2: Uint32Array;
  word3: Uint32Array;
  prefixLength: Uint8Array;
  top = 1;
  count = 0;
  #slots: Int32Array;
  #mask: number;
  #free: number = NONE;
  #old: Int32Array = NO_SLOTS;
  #cursor = 0;
  #untilMove = 0;
  /** The key that `insertWire` and `findWire` read last. */
  readonly #key: Uint32Array = new Uint32Array(4);

  constructor(capacity: number, family: Family = IPV6_UNICAST) {
    this.family = family;
    this.word0 = new Uint32Array(capacity);
    this.word1 = new Uint32Array(capacity);
    this.word2 = new Uint32Array(capacity);
    this.word3 = new Uint32Array(capacity);
    this.prefixLength = new Uint8Array(capacity);
    const slots = Math.min(powerOfTwo(capacity * 2), 1 << 14);
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  find(a: number, b: number, c: number, d: number, length: number): NlriId {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = hashPrefix(a, b, c, d, length) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (id === NONE) return this.#old === NO_SLOTS ? (NONE as NlriId) : this.#findOld(a, b, c, d, length);
      if (this.#equals(id, a, b, c, d, length)) return id as NlriId;
    }
  }

  insert(a: number, b: number, c: number, d: number, length: number): NlriId {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hashPrefix(a, b, c, d, length) & mask;
    for (let id = slots[slot]!; id !== NONE; id = slots[slot]!) {
      if (this.#equals(id, a, b, c, d, length)) return id as NlriId;
      slot = (slot + 1) & mask;
    }
    if (this.#old !== NO_SLOTS) {
      const known = this.#findOld(a, b, c, d, length);
      if (known !== NONE) return known;
    } else if ((this.count + 1) * 5 > slots.length * 3) {
      this.#grow();
      return this.insert(a, b, c, d, length);
    }
    const id = this.#allocate();
    this.word0[id] = a;
    this.word1[id] = b;
    this.word2[id] = c;
    this.word3[id] = d;
    this.prefixLength[id] = length;
    slots[slot] = id;
    this.count++;
    if (this.#old !== NO_SLOTS && --this.#untilMove === 0) this.#move();
    return id as NlriId;
  }

  remove(id: NlriId): void {
    if (this.#old === NO_SLOTS || this.#leaveOld(id)) this.#leave(id);
    this.word0[id] = this.#free;
    this.prefixLength[id] = 255; // not a prefix: a listing by id skips it
    this.#free = id;
    this.count--;
  }

  #leave(id: NlriId): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = this.#hash(id) & mask;
    while (slots[hole] !== id) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; slots[next] !== NONE; next = (next + 1) & mask) {
      const home = this.#hash(slots[next]!) & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[hole] = slots[next]!;
        hole = next;
      }
    }
    slots[hole] = NONE;
  }

  /** Takes a prefix out of the old slots. Whether it is among the new ones. */
  #leaveOld(id: NlriId): boolean {
    const slots = this.#old;
    const mask = slots.length - 1;
    for (let slot = this.#hash(id) & mask; ; slot = (slot + 1) & mask) {
      if (slots[slot] === NONE) return true;
      if (slots[slot] !== id) continue;
      slots[slot] = GONE;
      return slot < this.#cursor;
    }
  }

  isLive(id: number): boolean {
    return id < this.top && this.prefixLength[id]! !== 255;
  }

  insertWire(bytes: Uint8Array, offset: number): NlriId {
    const key = this.#read(bytes, offset);
    return this.insert(key[0]!, key[1]!, key[2]!, key[3]!, bytes[offset]!);
  }

  findWire(bytes: Uint8Array, offset: number): NlriId {
    const key = this.#read(bytes, offset);
    return this.find(key[0]!, key[1]!, key[2]!, key[3]!, bytes[offset]!);
  }

  write(out: Uint8Array, offset: number, id: NlriId): number {
    const length = this.prefixLength[id]!;
    out[offset++] = length;
    for (let bit = 0; bit < length; bit += 8) {
      const word = bit < 32 ? this.word0[id]! : bit < 64 ? this.word1[id]! : bit < 96 ? this.word2[id]! : this.word3[id]!;
      out[offset++] = word >>> (24 - (bit & 31));
    }
    return offset;
  }

  isBetween(id: number, after: Float64Array, upTo: Float64Array): boolean {
    return this.prefixLength[id] !== 255 && this.#compare(id, upTo) <= 0 && this.#compare(id, after) > 0;
  }

  writeKey(id: number, keys: Uint32Array, offset: number): void {
    keys[offset] = this.word0[id]!;
    keys[offset + 1] = this.word1[id]!;
    keys[offset + 2] = this.word2[id]!;
    keys[offset + 3] = this.word3[id]!;
    keys[offset + 4] = this.prefixLength[id]!;
  }

  findKey(keys: Uint32Array, offset: number): NlriId {
    return this.find(keys[offset]!, keys[offset + 1]!, keys[offset + 2]!, keys[offset + 3]!, keys[offset + 4]!);
  }

  /** Negative when the prefix of `id` comes before `key`. Nearly all differ in their first 32 bits. */
  #compare(id: number, key: Float64Array): number {
    const word0 = this.word0[id]!;
    if (word0 !== key[0]) return word0 - key[0]!;
    return this.word1[id]! - key[1]! || this.word2[id]! - key[2]! || this.word3[id]! - key[3]! || this.prefixLength[id]! - key[4]!;
  }

  /** Reads the prefix in wire form, host bits cleared. */
  #read(bytes: Uint8Array, offset: number): Uint32Array {
    const key = this.#key;
    const length = bytes[offset]!;
    for (let word = 0; word < 4; word++) {
      const bits = length - 32 * word;
      if (bits <= 0) {
        key[word] = 0;
        continue;
      }
      const at = offset + 1 + 4 * word;
      let value = bytes[at]! << 24;
      if (bits > 8) value |= bytes[at + 1]! << 16;
      if (bits > 16) value |= bytes[at + 2]! << 8;
      if (bits > 24) value |= bytes[at + 3]!;
      key[word] = bits >= 32 ? value : value & (-1 << (32 - bits));
    }
    return key;
  }

  #equals(id: number, a: number, b: number, c: number, d: number, length: number): boolean {
    return this.word0[id] === a && this.word1[id] === b && this.prefixLength[id] === length && this.word2[id] === c && this.word3[id] === d;
  }

  #hash(id: number): number {
    return hashPrefix(this.word0[id]!, this.word1[id]!, this.word2[id]!, this.word3[id]!, this.prefixLength[id]!);
  }

  #allocate(): number {
    if (this.#free !== NONE) {
      const id = this.#free;
      this.#free = this.word0[id]!;
      return id;
    }
    if (this.top === this.word0.length) {
      const capacity = this.top * 2;
      // All columns or none: where one finds no memory, the others stay as they are.
      const word0 = grown(this.word0, capacity, this.top);
      const word1 = grown(this.word1, capacity, this.top);
      const word2 = grown(this.word2, capacity, this.top);
      const word3 = grown(this.word3, capacity, this.top);
      this.prefixLength = grown(this.prefixLength, capacity, this.top);
      this.word0 = word0;
      this.word1 = word1;
      this.word2 = word2;
      this.word3 = word3;
    }
    return this.top++;
  }

  #findOld(a: number, b: number, c: number, d: number, length: number): NlriId {
    const slots = this.#old;
    const mask = slots.length - 1;
    for (let slot = hashPrefix(a, b, c, d, length) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (id === NONE) return NONE as NlriId;
      if (id !== GONE && this.#equals(id, a, b, c, d, length)) return id as NlriId;
    }
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    this.#old = this.#slots;
    this.#cursor = 0;
    this.#untilMove = Math.max(1, Math.min(MOVE_EVERY, this.#slots.length >> 4));
    this.#mask = slots.length - 1;
    this.#slots = slots;
  }

  #move(): void {
    const old = this.#old;
    const slots = this.#slots;
    const mask = this.#mask;
    const end = Math.min(this.#cursor + SLOTS_MOVED, old.length);
    for (let from = this.#cursor; from < end; from++) {
      const id = old[from]!;
      if (id === NONE || id === GONE) continue;
      let slot = this.#hash(id) & mask;
      while (slots[slot] !== NONE) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#cursor = end;
    this.#untilMove = MOVE_EVERY;
    if (end === old.length) this.#old = NO_SLOTS;
  }
}

function hashPrefix(a: number, b: number, c: number, d: number, length: number): number {
  let hash = Math.imul(a ^ Math.imul(length, 0x9e37_79b1), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ c, 0x27d4_eb2f);
  hash = Math.imul(hash ^ (hash >>> 15) ^ d, 0x85eb_ca6b);
  return hash ^ (hash >>> 13);
}
