/**
 * Columns: typed arrays indexed by a small integer id. Ids start at 1, so that 0 is "none" everywhere and a fresh column needs no filling:
 * its pages stay untouched, and cost no memory, until an id that lives there is used.
 */
export const NONE = 0;

export type Column = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array;

/** A column of the same kind with room for `capacity` ids, holding what `column` held in its first `used`. */
export function grown<C extends Column>(column: C, capacity: number, used: number): C {
  const bigger = new (column.constructor as new (length: number) => C)(capacity);
  bigger.set(column.subarray(0, used) as never);
  return bigger;
}

/** Ids whose entries in a column with few of them are copied together; a page or two of memory. */
const SPARSE_BLOCK = 2048;

/** As `grown`, for a column that is 0 nearly everywhere: its untouched pages stay untouched, and cost no memory in the new column either. */
export function grownSparse<C extends Column>(column: C, capacity: number, used: number): C {
  const bigger = new (column.constructor as new (length: number) => C)(capacity);
  for (let start = 0; start < used; start += SPARSE_BLOCK) {
    const end = Math.min(start + SPARSE_BLOCK, used);
    let at = start;
    while (at < end && column[at] === 0) at++;
    if (at < end) bigger.set(column.subarray(start, end) as never, start);
  }
  return bigger;
}

/** Smallest power of two that is at least `count`. */
export function powerOfTwo(count: number): number {
  let power = 1;
  while (power < count) power *= 2;
  return power;
}

/** One bit per id. Grows as it is written to. */
export class BitSet {
  words: Uint32Array;
  /** Bits set. */
  count = 0;

  constructor(capacity = 1024) {
    this.words = new Uint32Array((capacity >>> 5) + 1);
  }

  add(id: number): void {
    const word = id >>> 5;
    if (word >= this.words.length) this.words = grown(this.words, Math.max(word + 1, this.words.length * 2), this.words.length);
    const before = this.words[word]!;
    const after = before | (1 << (id & 31));
    if (after >>> 0 === before) return;
    this.words[word] = after;
    this.count++;
  }

  delete(id: number): void {
    const word = id >>> 5;
    if (word >= this.words.length) return;
    const before = this.words[word]!;
    const after = before & ~(1 << (id & 31));
    if (after >>> 0 === before) return;
    this.words[word] = after;
    this.count--;
  }

  has(id: number): boolean {
    return (this.words[id >>> 5]! & (1 << (id & 31))) !== 0;
  }

  /** First id at or after `from` that is in the set, or -1. */
  next(from: number): number {
    let word = from >>> 5;
    if (word >= this.words.length) return -1;
    let bits = this.words[word]! & (-1 << (from & 31));
    while (bits === 0) {
      word++;
      if (word >= this.words.length) return -1;
      bits = this.words[word]!;
    }
    return (word << 5) + 31 - Math.clz32(bits & -bits);
  }

  *ids(): Iterable<number> {
    for (let id = this.next(0); id !== -1; id = this.next(id + 1)) yield id;
  }

  clear(): void {
    this.words.fill(0);
    this.count = 0;
  }

  copy(): BitSet {
    const copy = new BitSet(0);
    copy.words = this.words.slice();
    copy.count = this.count;
    return copy;
  }

  /** Adds the ids of another set. */
  unite(other: BitSet): void {
    for (let id = other.next(0); id !== -1; id = other.next(id + 1)) this.add(id);
  }
}
