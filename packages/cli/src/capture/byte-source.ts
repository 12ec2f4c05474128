/** Octets that arrive in chunks of any size, taken in pieces of a wanted size. Waits only when what is there is not enough. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Octets at hand. */
  get available(): number {
    return this.#bytes.length - this.#at;
  }

  /** Whether `count` octets are there, or come. */
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

  /** The next octets without taking them; `has` said that they are there. */
  peek(count: number): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#at + count);
  }

  /** Takes the next octets; `has` said that they are there. Never changed afterwards. */
  take(count: number): Uint8Array {
    const taken = this.peek(count);
    this.#at += count;
    return taken;
  }

  /** All that is left, in chunks. */
  async *rest(): AsyncIterable<Uint8Array> {
    while (await this.has(1)) yield this.take(this.available);
  }
}
