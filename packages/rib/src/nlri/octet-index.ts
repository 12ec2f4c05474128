/**
 * NLRI of a family that are no plain prefixes <-> NlriId, by the octets that identify a route (`FamilyCodec.key`): labels and the like are no
 * part of them. The NLRI that came first is kept beside its key, as one that withdraws the route is made of it.
 *
 *     slots  | hash, id | hash, id | …      open addressing, linear probing, deletion by moving back
 *     id     -> place in the arena          0: not in use
 *     arena  … | key length, 2 | NLRI length, 2 | key … | NLRI … |       the NLRI only where it is not the key; its length is 0 otherwise
 *
 * Of a family that has no row nobody knows where one NLRI ends. A whole field is one NLRI then.
 */
import { ByteWriter, type Family } from '@tsbgp/wire';
import { type FamilyRow, isWellFormed, rowOf, wholeNlri } from '@tsbgp/wire/scan';
import { Arena } from '../attributes/arena.ts';
import { areSameOctets, hashOctets } from '../attributes/octets.ts';
import { LastViews } from '../attributes/views.ts';
import { grown, NONE } from '../columns.ts';
import type { NlriId, NlriIndex } from './nlri-index.ts';

/** Octets in front of a key: its length, and that of the NLRI. */
const HEADER = 4;
const IDS_INITIAL = 1 << 12;
/** Words of a key by which listings order NLRI. Behind them comes the id. */
const ORDER_WORDS = 4;

export class OctetIndex implements NlriIndex {
  readonly family: Family;
  readonly bitsMax = 0;
  readonly keyWords: number = ORDER_WORDS + 1;
  /** Ids ever used are below `top`. */
  top = 1;
  count = 0;
  readonly arena: Arena = new Arena(1 << 16);
  readonly #row: FamilyRow | undefined;
  /** The key is the NLRI. */
  readonly #isWhole: boolean;
  /** Octets in front of a key that say its length. */
  readonly #unordered: number;
  /** By id: where the key is. */
  #offset: Uint32Array = new Uint32Array(IDS_INITIAL);
  /** Pairs; an id of 0 is an empty slot. */
  #slots: Int32Array = new Int32Array(4 * IDS_INITIAL);
  #mask: number = 2 * IDS_INITIAL - 1;
  readonly #freed: number[] = [];
  readonly #scratch: ByteWriter = new ByteWriter(512);
  readonly #views: LastViews = new LastViews();
  /** The key that was looked for last, and its hash. */
  #bytes: Uint8Array = this.#scratch.bytes;
  #start = 0;
  #end = 0;
  #hash = 0;

  constructor(family: Family) {
    this.family = family;
    this.#row = rowOf(family);
    this.#unordered = this.#row?.keyLengthOctets ?? 0;
    this.#isWhole = this.#row === undefined || this.#row.key === wholeNlri;
  }

  /** Where the NLRI that begins at `at` ends; -1 when it does not end before `end`. */
  endOf(bytes: Uint8Array, at: number, end: number): number {
    return this.#row === undefined ? end : this.#row.next(bytes, at, end);
  }

  /** What becomes of an UPDATE with an NLRI that `isWellFormed` refuses. */
  get malformed(): FamilyRow['malformed'] {
    return this.#row?.malformed ?? 'discard';
  }

  /** Whether the NLRI `bytes[start, end)` can be read. */
  isWellFormed(bytes: Uint8Array, start: number, end: number): boolean {
    return start < end && isWellFormed(bytes, start, end, this.family);
  }

  /** The id of a well-formed NLRI, or NONE. */
  find(bytes: Uint8Array, start: number, end: number): NlriId {
    this.#setKey(bytes, start, end);
    return this.#slots[2 * this.#slotOfKey() + 1]! as NlriId;
  }

  /** The id of a well-formed NLRI, which is added if it is new. */
  insert(bytes: Uint8Array, start: number, end: number): NlriId {
    this.#setKey(bytes, start, end);
    let slot = this.#slotOfKey();
    const known = this.#slots[2 * slot + 1]!;
    if (known !== 0) return known as NlriId;
    if ((this.count + 1) * 5 > (this.#mask + 1) * 3) {
      this.#rehash();
      slot = this.#slotOfKey();
    }
    // First everything that may throw.
    if (this.#freed.length === 0 && this.top === this.#offset.length) this.#offset = grown(this.#offset, 2 * this.top, this.top);
    const keyLength = this.#end - this.#start;
    const keyView = this.#views.of(this.#bytes);
    const view = this.#views.of(bytes);
    const isKey = this.#isWhole || (keyLength === end - start && areSameOctets(keyView, this.#start, view, start, end));
    const length = isKey ? 0 : end - start;
    const offset = this.arena.allocate(HEADER + keyLength + length) + HEADER;
    const id = this.#freed.pop() ?? this.top++;
    this.arena.view.setUint16(offset - 4, keyLength);
    this.arena.view.setUint16(offset - 2, length);
    this.arena.write(offset, keyView, this.#start, this.#end);
    if (length > 0) this.arena.write(offset + keyLength, view, start, end);
    this.#offset[id] = offset;
    this.#slots[2 * slot] = this.#hash;
    this.#slots[2 * slot + 1] = id;
    this.count++;
    return id as NlriId;
  }

  remove(id: NlriId): void {
    const slots = this.#slots;
    const mask = this.#mask;
    const offset = this.#offset[id]!;
    const keyLength = this.#keyLength(offset);
    let hole = hashOctets(this.arena.view, offset, offset + keyLength) & mask;
    while (slots[2 * hole + 1] !== id) hole = (hole + 1) & mask;
    for (let next = (hole + 1) & mask; slots[2 * next + 1] !== 0; next = (next + 1) & mask) {
      const home = slots[2 * next]! & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[2 * hole] = slots[2 * next]!;
        slots[2 * hole + 1] = slots[2 * next + 1]!;
        hole = next;
      }
    }
    slots[2 * hole + 1] = 0;
    this.arena.free(offset - HEADER, HEADER + keyLength + this.arena.view.getUint16(offset - 2));
    this.#offset[id] = NONE;
    this.#freed.push(id);
    this.count--;
  }

  isLive(id: number): boolean {
    return id < this.top && this.#offset[id] !== NONE;
  }

  insertWire(bytes: Uint8Array, offset: number): NlriId {
    return this.insert(bytes, offset, this.endOf(bytes, offset, bytes.length));
  }

  findWire(bytes: Uint8Array, offset: number): NlriId {
    return this.find(bytes, offset, this.endOf(bytes, offset, bytes.length));
  }

  /** Octets of the NLRI that came first for the key. */
  lengthOf(id: number): number {
    const offset = this.#offset[id]!;
    const length = this.arena.view.getUint16(offset - 2);
    return length === 0 ? this.#keyLength(offset) : length;
  }

  /** Where these octets are in the arena; until the next `insert`. */
  placeOf(id: number): number {
    const offset = this.#offset[id]!;
    return this.arena.view.getUint16(offset - 2) === 0 ? offset : offset + this.#keyLength(offset);
  }

  write(out: Uint8Array, offset: number, id: NlriId): number {
    const place = this.placeOf(id);
    const length = this.lengthOf(id);
    const { data } = this.arena;
    for (let i = 0; i < length; i++) out[offset + i] = data[place + i]!;
    return offset + length;
  }

  /** Whether `bytes[start, end)` is the NLRI that came first for the key. */
  isFirst(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    return this.lengthOf(id) === end - start && areSameOctets(this.arena.view, this.placeOf(id), this.#views.of(bytes), start, end);
  }

  /** Appends what withdraws the route. */
  appendWithdrawn(out: ByteWriter, id: number): void {
    const place = this.placeOf(id);
    const end = place + this.lengthOf(id);
    if (this.#row?.withdrawn === undefined) out.raw(this.arena.data, place, end);
    else this.#row.withdrawn(out, this.arena.data, place, end, this.family);
  }

  // Listings: in the order of the first octets of the keys, without those that say their length; then of ids.

  isBetween(id: number, after: Float64Array, upTo: Float64Array): boolean {
    return this.isLive(id) && this.#compare(id, after) > 0 && this.#compare(id, upTo) <= 0;
  }

  writeKey(id: number, keys: Uint32Array, offset: number): void {
    for (let word = 0; word < ORDER_WORDS; word++) keys[offset + word] = this.#word(id, word);
    keys[offset + ORDER_WORDS] = id;
  }

  findKey(keys: Uint32Array, offset: number): NlriId {
    const id = keys[offset + ORDER_WORDS]!;
    if (!this.isLive(id)) return NONE as NlriId;
    // The id may be that of another NLRI by now.
    for (let word = 0; word < ORDER_WORDS; word++) if (keys[offset + word] !== this.#word(id, word)) return NONE as NlriId;
    return id as NlriId;
  }

  #compare(id: number, key: Float64Array): number {
    for (let word = 0; word < ORDER_WORDS; word++) {
      const difference = this.#word(id, word) - key[word]!;
      if (difference !== 0) return difference;
    }
    return id - key[ORDER_WORDS]!;
  }

  /** Four octets of the key of a live id, in its order; 0 behind its end. */
  #word(id: number, word: number): number {
    const offset = this.#offset[id]!;
    const { data } = this.arena;
    const start = offset + this.#unordered + 4 * word;
    const end = offset + this.#keyLength(offset);
    let value = 0;
    for (let at = start; at < start + 4; at++) value = value * 256 + (at < end ? data[at]! : 0);
    return value;
  }

  #keyLength(offset: number): number {
    return this.arena.view.getUint16(offset - 4);
  }

  #setKey(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isWhole) {
      this.#bytes = bytes;
      this.#start = start;
      this.#end = end;
    } else {
      const scratch = this.#scratch;
      scratch.length = 0;
      this.#row!.key(scratch, bytes, start, end, this.family);
      this.#bytes = scratch.bytes;
      this.#start = 0;
      this.#end = scratch.length;
    }
    this.#hash = hashOctets(this.#views.of(this.#bytes), this.#start, this.#end);
  }

  /** The slot of the key; if it is not there, the empty one where it would go. */
  #slotOfKey(): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const view = this.#views.of(this.#bytes);
    const length = this.#end - this.#start;
    let slot = this.#hash & mask;
    for (let id = slots[2 * slot + 1]!; id !== 0; id = slots[2 * slot + 1]!) {
      if (slots[2 * slot] === this.#hash) {
        const offset = this.#offset[id]!;
        if (this.#keyLength(offset) === length && areSameOctets(this.arena.view, offset, view, this.#start, this.#end)) return slot;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
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
}
