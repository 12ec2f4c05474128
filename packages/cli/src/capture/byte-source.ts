/** Octets that arrive in chunks of any size and are taken in pieces of any size. Waits only for octets that have not arrived. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** How many octets have arrived and were not taken. */
  get available(): number {
    return this.#bytes.length - this.#at;
  }

  /** Resolves with true once `count` octets are available, and with false when the input ends before. */
  async has(count: number): Promise<boolean> {
    while (this.available < count && !this.#ended) {
      const { done, value } = await this.#chunks.next();
      if (done === true) {
        this.#ended = true;
        break;
      }
      const rest = this.#bytes.subarray(this.#at);
      const joined = new Uint8Array(rest.length + value.length);
      joined.set(rest);
      joined.set(value, rest.length);
      this.#bytes = joined;
      this.#at = 0;
    }
    return this.available >= count;
  }

  /** The next octets, which stay. Call `has` first. */
  peek(count: number): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#at + count);
  }

  /** Takes the next octets. Call `has` first. The result never changes. */
  take(count: number): Uint8Array {
    const taken = this.peek(count);
    this.#at += count;
    return taken;
  }

  /** Takes all remaining octets, in chunks. */
  async *rest(): AsyncIterable<Uint8Array> {
    while (await this.has(1)) yield this.take(this.available);
  }
}
