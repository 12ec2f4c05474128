/**
 * IPv4 prefixes <-> NlriId: an open-addressing table over two columns.
 *
 *     slots   hash(address, length) -> address, length | id    linear probing, deletion by moving back
 *     id   -> address (host order), length                     freed ids are chained through `address`
 *
 * A slot holds the whole key, so that a lookup touches one cache line and not the columns as well.
 *
 * When the slots grow, the entries move with the next new prefixes, some at a time: all at once took 54 ms with 630,000 prefixes, in one turn of the
 * event loop. Until then what is not found is looked for among the old slots, which are only read:
 *
 *     old slots   | moved …           | cursor … not moved yet |      a prefix that goes leaves a GONE behind
 */

import { type Family, IPV4_UNICAST } from '@tsbgp/wire';
import { invariant } from '../broken-invariant.ts';
import { grown, NONE, powerOfTwo } from '../columns.ts';
import type { NlriId } from './nlri-index.ts';

const ID_BITS = 26;
const ID_MASK = (1 << ID_BITS) - 1;
/** Half a table of today's size: untouched slots cost nothing. */
const SLOTS_INITIAL = 1 << 19;
/** Old slots whose entries move at a time, in 0.1 ms, and the new prefixes in between: all have moved long before the new slots are full. */
const SLOTS_MOVED = 4096;
const MOVE_EVERY = 256;
/** An old slot whose prefix went: no prefix has this length. */
const GONE = 63 << ID_BITS;
const NO_SLOTS = new Int32Array(0);

export class Ipv4Index {
  readonly family: Family;
  readonly bitsMax = 32;
  readonly keyWords = 2;
  address: Uint32Array;
  prefixLength: Uint8Array;
  /** Ids ever used are below `top`. */
  top = 1;
  /** Prefixes held. */
  count = 0;
  /** Two per slot: address, and length in the upper six bits over the id; 0 is an empty slot. */
  #slots: Int32Array;
  #mask: number;
  #free: number = NONE;
  /** While entries move: where from, and the first slot whose entry did not. */
  #old: Int32Array = NO_SLOTS;
  #cursor = 0;
  #untilMove = 0;

  constructor(capacity: number, family: Family = IPV4_UNICAST) {
    this.family = family;
    this.address = new Uint32Array(capacity);
    this.prefixLength = new Uint8Array(capacity);
    const slots = Math.min(powerOfTwo(capacity * 2), SLOTS_INITIAL);
    this.#slots = new Int32Array(slots * 2);
    this.#mask = slots - 1;
  }

  find(address: number, length: number): NlriId {
    const slots = this.#slots;
    const mask = this.#mask;
    const key = address | 0;
    for (let slot = hashPrefix(address, length) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[2 * slot + 1]!;
      if (entry === 0) return this.#old === NO_SLOTS ? (NONE as NlriId) : this.#findOld(address, length);
      if (slots[2 * slot] === key && entry >>> ID_BITS === length) return (entry & ID_MASK) as NlriId;
    }
  }

  insert(address: number, length: number): NlriId {
    const slots = this.#slots;
    const mask = this.#mask;
    const key = address | 0;
    let slot = hashPrefix(address, length) & mask;
    for (let entry = slots[2 * slot + 1]!; entry !== 0; entry = slots[2 * slot + 1]!) {
      if (slots[2 * slot] === key && entry >>> ID_BITS === length) return (entry & ID_MASK) as NlriId;
      slot = (slot + 1) & mask;
    }
    if (this.#old !== NO_SLOTS) {
      const known = this.#findOld(address, length);
      if (known !== NONE) return known;
    } else if ((this.count + 1) * 5 > (mask + 1) * 3) {
      this.#grow();
      return this.insert(address, length);
    }
    const id = this.#allocate();
    invariant(id <= ID_MASK, 'more prefixes than a slot can name');
    this.address[id] = address;
    this.prefixLength[id] = length;
    slots[2 * slot] = key;
    slots[2 * slot + 1] = (length << ID_BITS) | id;
    this.count++;
    if (this.#old !== NO_SLOTS && --this.#untilMove === 0) this.#move();
    return id as NlriId;
  }

  remove(id: NlriId): void {
    if (this.#old === NO_SLOTS || this.#leaveOld(id)) this.#leave(id);
    this.address[id] = this.#free;
    this.prefixLength[id] = 255; // not a prefix: a listing by id skips it
    this.#free = id;
    this.count--;
  }

  #leave(id: NlriId): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = this.#home(id);
    while ((slots[2 * hole + 1]! & ID_MASK) !== id) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; slots[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const home = this.#home(slots[2 * next + 1]! & ID_MASK);
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[2 * hole] = slots[2 * next]!;
        slots[2 * hole + 1] = slots[2 * next + 1]!;
        hole = next;
      }
    }
    slots[2 * hole] = 0;
    slots[2 * hole + 1] = 0;
  }

  /** Takes a prefix out of the old slots. Whether it is among the new ones. */
  #leaveOld(id: NlriId): boolean {
    const slots = this.#old;
    const mask = slots.length / 2 - 1;
    for (let slot = hashPrefix(this.address[id]!, this.prefixLength[id]!) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[2 * slot + 1]!;
      if (entry === 0) return true;
      if (entry === GONE || (entry & ID_MASK) !== id) continue;
      slots[2 * slot + 1] = GONE;
      return slot < this.#cursor;
    }
  }

  isLive(id: number): boolean {
    return id < this.top && this.prefixLength[id]! !== 255;
  }

  /** The id of the prefix in wire form (length octet, then address octets) at `offset`, made if it is new. Length was checked. */
  insertWire(bytes: Uint8Array, offset: number): NlriId {
    return this.insert(readAddress(bytes, offset), bytes[offset]!);
  }

  findWire(bytes: Uint8Array, offset: number): NlriId {
    return this.find(readAddress(bytes, offset), bytes[offset]!);
  }

  /** Appends the prefix in wire form and returns where it ends. */
  write(out: Uint8Array, offset: number, id: NlriId): number {
    const address = this.address[id]!;
    const length = this.prefixLength[id]!;
    out[offset++] = length;
    if (length > 0) out[offset++] = address >>> 24;
    if (length > 8) out[offset++] = address >>> 16;
    if (length > 16) out[offset++] = address >>> 8;
    if (length > 24) out[offset++] = address;
    return offset;
  }

  isBetween(id: number, after: Float64Array, upTo: Float64Array): boolean {
    const length = this.prefixLength[id]!;
    if (length === 255) return false;
    const address = this.address[id]!;
    if (address > upTo[0]! || (address === upTo[0] && length > upTo[1]!)) return false;
    return address > after[0]! || (address === after[0] && length > after[1]!);
  }

  writeKey(id: number, keys: Uint32Array, offset: number): void {
    keys[offset] = this.address[id]!;
    keys[offset + 1] = this.prefixLength[id]!;
  }

  findKey(keys: Uint32Array, offset: number): NlriId {
    return this.find(keys[offset]!, keys[offset + 1]!);
  }

  #home(id: number): number {
    return hashPrefix(this.address[id]!, this.prefixLength[id]!) & this.#mask;
  }

  #allocate(): number {
    if (this.#free !== NONE) {
      const id = this.#free;
      this.#free = this.address[id]!;
      return id;
    }
    if (this.top === this.address.length) {
      // Both columns or none: where one finds no memory, the other stays as it is.
      const address = grown(this.address, this.top * 2, this.top);
      this.prefixLength = grown(this.prefixLength, this.top * 2, this.top);
      this.address = address;
    }
    return this.top++;
  }

  #findOld(address: number, length: number): NlriId {
    const slots = this.#old;
    const mask = slots.length / 2 - 1;
    const key = address | 0;
    for (let slot = hashPrefix(address, length) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[2 * slot + 1]!;
      if (entry === 0) return NONE as NlriId;
      if (slots[2 * slot] === key && entry >>> ID_BITS === length) return (entry & ID_MASK) as NlriId;
    }
  }

  #grow(): void {
    const mask = this.#mask * 2 + 1;
    const slots = new Int32Array((mask + 1) * 2);
    this.#old = this.#slots;
    this.#cursor = 0;
    this.#untilMove = Math.max(1, Math.min(MOVE_EVERY, this.#slots.length >> 4));
    this.#mask = mask;
    this.#slots = slots;
  }

  /** Moves the entries of the next old slots. What is in one slot goes near that slot, or half a table behind it: memory is written in order. */
  #move(): void {
    const old = this.#old;
    const slots = this.#slots;
    const mask = this.#mask;
    const end = Math.min(this.#cursor + SLOTS_MOVED, old.length / 2);
    for (let from = this.#cursor; from < end; from++) {
      const entry = old[2 * from + 1]!;
      if (entry === 0 || entry === GONE) continue;
      const key = old[2 * from]!;
      let slot = hashPrefix(key, entry >>> ID_BITS) & mask;
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = key;
      slots[2 * slot + 1] = entry;
    }
    this.#cursor = end;
    this.#untilMove = MOVE_EVERY;
    if (2 * end >= old.length) this.#old = NO_SLOTS;
  }
}

/** Address of the prefix in wire form, host bits cleared: they carry no meaning (RFC 4271 §4.3, Prefix). */
function readAddress(bytes: Uint8Array, offset: number): number {
  const length = bytes[offset]!;
  if (length === 0) return 0;
  let address = bytes[offset + 1]! << 24;
  if (length > 8) address |= bytes[offset + 2]! << 16;
  if (length > 16) address |= bytes[offset + 3]! << 8;
  if (length > 24) address |= bytes[offset + 4]!;
  return (address & (-1 << (32 - length))) >>> 0;
}

function hashPrefix(address: number, length: number): number {
  let hash = Math.imul(address ^ Math.imul(length, 0x9e37_79b1), 0x85eb_ca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0xc2b2_ae35);
  return hash ^ (hash >>> 13);
}
