/** The beginning of a message whose rest has not arrived. */
import { EXTENDED_MESSAGE_LENGTH_MAX, MESSAGE_LENGTH_MAX } from '@tsbgp/wire';

export class PartialMessage {
  /** The first `length` octets are the message's. */
  bytes: Uint8Array = new Uint8Array(MESSAGE_LENGTH_MAX);
  length = 0;

  /** Moves octets of `chunk` here until there are `lengthWanted`. Returns where the chunk goes on. */
  fill(lengthWanted: number, chunk: Uint8Array, at: number): number {
    if (lengthWanted > this.bytes.length) {
      const grown = new Uint8Array(EXTENDED_MESSAGE_LENGTH_MAX);
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    const take = Math.min(lengthWanted - this.length, chunk.length - at);
    this.bytes.set(chunk.subarray(at, at + take), this.length);
    this.length += take;
    return at + take;
  }
}
