/** Random numbers from a seed: the same seed gives the same inputs on any machine. xorshift32 (Marsaglia 2003). */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Similar seeds must not give similar streams. A state of 0 would never change.
    this.#state = (Math.imul(seed, 0x9e37_79b1) ^ 0x5bf0_3635) >>> 0 || 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** 1 to 2^32 - 1. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * count);
  }

  /** True once in `count` times. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }
}
