/**
 * The records of the change log, in columns. A doubly linked list has them in the order of changes, with the places of readers between them;
 * a chain has the records of each NLRI. Removed records are reused.
 */
import { grown, NONE } from '@tsbgp/rib';

const CAPACITY_INITIAL = 1024;

export class ChangeRecords {
  next: Int32Array = new Int32Array(CAPACITY_INITIAL);
  previous: Int32Array = new Int32Array(CAPACITY_INITIAL);
  nlri: Int32Array = new Int32Array(CAPACITY_INITIAL);
  /** Position of the table and the kind, KINDS * position + kind; NOT_A_TABLE for the place of a reader. */
  slot: Uint8Array = new Uint8Array(CAPACITY_INITIAL);
  source: Uint16Array = new Uint16Array(CAPACITY_INITIAL);
  identifier: Uint32Array = new Uint32Array(CAPACITY_INITIAL);
  /** Number of the change. The list is in ascending order of these numbers; the place of a reader has none. */
  sequence: Float64Array = new Float64Array(CAPACITY_INITIAL);
  /** Next record of the same NLRI and slot. */
  chain: Int32Array = new Int32Array(CAPACITY_INITIAL);
  head: number = NONE;
  #tail: number = NONE;
  #top = 1;
  #free: number = NONE;

  allocate(): number {
    if (this.#free !== NONE) {
      const record = this.#free;
      this.#free = this.next[record]!;
      return record;
    }
    if (this.#top === this.next.length) this.#grow();
    return this.#top++;
  }

  recycle(record: number): void {
    this.next[record] = this.#free;
    this.#free = record;
  }

  append(record: number): void {
    this.insertAfter(record, this.#tail);
  }

  insertAfter(record: number, before: number): void {
    const next = before === NONE ? this.head : this.next[before]!;
    this.previous[record] = before;
    this.next[record] = next;
    if (before === NONE) this.head = record;
    else this.next[before] = record;
    if (next === NONE) this.#tail = record;
    else this.previous[next] = record;
  }

  unlink(record: number): void {
    const before = this.previous[record]!;
    const next = this.next[record]!;
    if (before === NONE) this.head = next;
    else this.next[before] = next;
    if (next === NONE) this.#tail = before;
    else this.previous[next] = before;
  }

  #grow(): void {
    const capacity = this.#top * 2;
    this.next = grown(this.next, capacity, this.#top);
    this.previous = grown(this.previous, capacity, this.#top);
    this.nlri = grown(this.nlri, capacity, this.#top);
    this.slot = grown(this.slot, capacity, this.#top);
    this.source = grown(this.source, capacity, this.#top);
    this.identifier = grown(this.identifier, capacity, this.#top);
    this.sequence = grown(this.sequence, capacity, this.#top);
    this.chain = grown(this.chain, capacity, this.#top);
  }
}
