/** How long each route took from its sender to a receiver. A route that is sent again before it arrived counts from the last time. */
export class Latencies {
  readonly #sentAt: Float64Array;
  #milliseconds: Float32Array = new Float32Array(1 << 16);
  count = 0;

  constructor(routes: number) {
    this.#sentAt = new Float64Array(routes);
  }

  /** The routes [from, to) are handed to the kernel now. */
  sent(from: number, to: number): void {
    this.#sentAt.fill(performance.now(), from, to);
  }

  /** The routes [from, to) arrived at a time of `performance.now()`. */
  received(from: number, to: number, at: number): void {
    if (this.count + to - from > this.#milliseconds.length) {
      const larger = new Float32Array(Math.max(this.#milliseconds.length * 2, this.count + to - from));
      larger.set(this.#milliseconds);
      this.#milliseconds = larger;
    }
    for (let route = from; route < to; route++) this.#milliseconds[this.count++] = at - this.#sentAt[route]!;
  }

  /** The latency in milliseconds that `percent` of the routes did not exceed; 0 where none arrived. */
  percentile(percent: number): number {
    const sorted = this.#milliseconds.subarray(0, this.count).toSorted();
    return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
  }
}
