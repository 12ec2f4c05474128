/** Bits of an octet string, highest first, as bzip2 packs them. */

/** Thrown when the bits end too early; the decoder turns it into its own error. */
export class OutOfBits extends Error {
  override readonly name = 'OutOfBits';
}

/** Reads bits from `bytes[at, end)`. The fields are open to the decoder's innermost loop, which keeps them in locals. */
export class BitReader {
  bytes: Uint8Array;
  /** The next octet to load. */
  at: number;
  readonly end: number;
  /** The last octets loaded; the lowest `count` bits of it are not yet taken. */
  buffer = 0;
  count = 0;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Takes up to 24 bits. Throws OutOfBits. */
  take(width: number): number {
    while (this.count < width) {
      if (this.at >= this.end) throw new OutOfBits();
      this.buffer = (this.buffer << 8) | this.bytes[this.at++]!;
      this.count += 8;
    }
    this.count -= width;
    return (this.buffer >>> this.count) & ((1 << width) - 1);
  }

  /** Takes 32 bits. */
  take32(): number {
    return ((this.take(16) << 16) | this.take(16)) >>> 0;
  }

  /** Leaves out the rest of the octet that was begun. */
  align(): void {
    this.count -= this.count % 8;
  }

  /** Octets that no bit was taken from begin here. */
  get position(): number {
    return this.at - (this.count >>> 3);
  }
}
