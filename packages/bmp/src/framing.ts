/** Cuts the stream of a BMP connection into messages. There is no marker: after a wrong header nothing can be found again. */
import { readU32 } from '@tsbgp/wire';
import { BMP_HEADER_LENGTH } from './codes.ts';
import { BmpFault } from './fault.ts';
import { type BmpOptions, decodeBmp, versionFault } from './messages/message.ts';
import type { BmpMessage } from './messages/values.ts';

/** Longest message that is accepted. Two OPENs of 65,535 octets and their TLVs are below it. */
export const BMP_LENGTH_MAX: number = 1 << 20;

const EMPTY = new Uint8Array(0);

/** `push` octets, and take messages with `next` until it has none. */
export class BmpFramer {
  readonly #options: BmpOptions;
  #bytes: Uint8Array = EMPTY;
  #at = 0;
  #fault: BmpFault | undefined;

  constructor(options: BmpOptions = {}) {
    this.#options = options;
  }

  /** Adds octets. They must not change as long as messages of them are in use. Copies what is left of the last chunk. */
  push(chunk: Uint8Array): void {
    const rest = this.#bytes.length - this.#at;
    if (rest === 0) this.#bytes = chunk;
    else {
      const joined = new Uint8Array(rest + chunk.length);
      joined.set(this.#bytes.subarray(this.#at));
      joined.set(chunk, rest);
      this.#bytes = joined;
    }
    this.#at = 0;
  }

  /**
   * The next message, or what is wrong with it; undefined when more octets are needed. After a fault that is fatal, it is given again and again:
   * close the connection.
   */
  next(): BmpMessage | BmpFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    const start = this.#at;
    const have = this.#bytes.length - start;
    if (have < BMP_HEADER_LENGTH) return undefined;
    const length = readU32(this.#bytes, start + 1);
    this.#fault = versionFault(this.#bytes[start]!, this.#options);
    if (this.#fault === undefined && (length < BMP_HEADER_LENGTH || length > BMP_LENGTH_MAX)) {
      this.#fault = new BmpFault(`found a length of ${length}, allowed is ${BMP_HEADER_LENGTH} to ${BMP_LENGTH_MAX}`, true);
    }
    if (this.#fault !== undefined) return this.#fault;
    if (have < length) return undefined;
    this.#at += length;
    return decodeBmp(this.#bytes, start, start + length, this.#options);
  }

  /** Octets of a message that is not yet whole. */
  get pending(): number {
    return this.#bytes.length - this.#at;
  }
}
