/** One bit per row. Grows as it is written to; rows beyond its end are not in it. */
export class BitSet {
  words: Uint32Array;

  constructor(words: Uint32Array = new Uint32Array(16)) {
    this.words = words;
  }

  has(row: number): boolean {
    return ((this.words[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;
  }

  add(row: number): void {
    const word = row >>> 5;
    if (word >= this.words.length) {
      const bigger = new Uint32Array(Math.max(word + 1, this.words.length * 2));
      bigger.set(this.words);
      this.words = bigger;
    }
    this.words[word]! |= 1 << (row & 31);
  }

  delete(row: number): void {
    if (row >>> 5 < this.words.length) this.words[row >>> 5]! &= ~(1 << (row & 31));
  }

  copy(): BitSet {
    return new BitSet(this.words.slice());
  }

  /** Calls `visit` for each row that is in one of the sets but not in both. Looks at 32 rows at a time. */
  forEachDifference(other: BitSet, visit: (row: number) => void): void {
    const end = Math.max(this.words.length, other.words.length);
    for (let word = 0; word < end; word++) {
      let bits = (this.words[word] ?? 0) ^ (other.words[word] ?? 0);
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        visit((word << 5) + bit);
        bits &= bits - 1;
      }
    }
  }

  forEach(visit: (row: number) => void): void {
    this.forEachDifference(EMPTY, visit);
  }
}

const EMPTY = new BitSet(new Uint32Array(0));
