/** Splits a stream of octets into PDUs, however the octets are cut. */
import { copied, pduLength } from './decode.ts';
import { RtrFault } from './pdu.ts';

/** Called for each whole PDU, `bytes[start, end)`; borrowed for the time of the call. False stops: no more PDUs are wanted. */
export type PduHandler = (bytes: Uint8Array, start: number, end: number) => boolean;

/** Splits a stream into PDUs. */
export class PduStream {
  readonly #handle: PduHandler;
  /** The beginning of a PDU whose end is missing. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(handle: PduHandler) {
    this.#handle = handle;
  }

  /** Hands out the PDUs that the octets complete. A fault when no PDU can begin where the next one should: the stream is useless then. */
  push(chunk: Uint8Array): RtrFault | undefined {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
    }
    let start = 0;
    for (;;) {
      const length = pduLength(bytes, start, bytes.length);
      if (length instanceof RtrFault) return length;
      if (length === undefined || start + length > bytes.length) break;
      if (!this.#handle(bytes, start, start + length)) return undefined;
      start += length;
    }
    this.#rest = copied(bytes, start);
    return undefined;
  }
}
