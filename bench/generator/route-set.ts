/** A set of routes, one bit each, that is changed by ranges. Grows as it is written to. */
export class RouteSet {
  /** Routes in the set. */
  count = 0;
  #words: Int32Array;

  constructor(capacity: number) {
    this.#words = new Int32Array((capacity >>> 5) + 1);
  }

  /** Puts the routes [from, to) into the set, or takes them out. */
  put(from: number, to: number, isIn: boolean): void {
    if (to > this.#words.length * 32) {
      const larger = new Int32Array(Math.max(this.#words.length * 2, (to >>> 5) + 1));
      larger.set(this.#words);
      this.#words = larger;
    }
    for (let at = from; at < to; ) {
      const word = at >>> 5;
      const end = Math.min((word + 1) * 32, to);
      const bits = (end - at === 32 ? -1 : (1 << (end - at)) - 1) << (at & 31);
      const before = this.#words[word]!;
      const after = isIn ? before | bits : before & ~bits;
      if (after !== before) {
        this.#words[word] = after;
        const changed = bitCount(after ^ before);
        this.count += isIn ? changed : -changed;
      }
      at = end;
    }
  }
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
