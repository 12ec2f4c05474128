/**
 * Finds BGP messages in a stream of octets (RFC 4271 §4.1). Where it finds none, it skips to the next marker and notes how many octets it skipped.
 * Each octet is read or copied once, however small the pieces are.
 */
import { HEADER_LENGTH, readU16 } from '@tsbgp/wire';
import { octets } from './packet.ts';

export type Framed = { readonly type: 'message'; readonly bytes: Uint8Array } | { readonly type: 'note'; readonly text: string };

const MARKER_LENGTH = 16;
const TYPE_MAX = 6;

export class MessageFramer {
  /** The incomplete message: less than a header, or a buffer of the length of the message that is partly filled. */
  #rest: Uint8Array = new Uint8Array(0);
  #restLength = 0;
  /** Octets skipped since the last message. */
  #skipped = 0;

  /** Octets in memory. */
  get waitingOctets(): number {
    return this.#rest.length;
  }

  /** The messages that are now complete; borrowed until the next call. */
  push(bytes: Uint8Array): Framed[] {
    const framed: Framed[] = [];
    let input = bytes;
    if (this.#restLength >= HEADER_LENGTH) {
      const taken = bytes.subarray(0, this.#rest.length - this.#restLength);
      this.#rest.set(taken, this.#restLength);
      this.#restLength += taken.length;
      if (this.#restLength < this.#rest.length) return framed;
      this.#addMessage(this.#rest, framed);
      input = bytes.subarray(taken.length);
    } else if (this.#restLength > 0) {
      input = joined(this.#rest, bytes);
    }
    this.#keep(input, this.#take(input, framed));
    return framed;
  }

  /** The stream ends here, or continues after a gap. Notes an incomplete message. */
  finish(): Framed[] {
    const framed: Framed[] = [];
    const rest = this.#rest.subarray(0, this.#restLength);
    this.#rest = new Uint8Array(0);
    this.#restLength = 0;
    const isHeaderBegun = rest.length < HEADER_LENGTH && rest.every((octet, i) => i >= MARKER_LENGTH || octet === 0xff);
    const begun = rest.length > 0 && (rest.length < HEADER_LENGTH ? isHeaderBegun : isHeader(rest, 0));
    if (!begun) this.#skipped += rest.length;
    this.#noteSkipped(framed);
    if (!begun) return framed;
    const length = rest.length < HEADER_LENGTH ? undefined : readU16(rest, MARKER_LENGTH);
    const text =
      length === undefined
        ? `${octets(rest.length)} of a message whose header is cut off`
        : `a message of ${octets(length)}, of which ${length - rest.length} are missing`;
    framed.push({ type: 'note', text });
    return framed;
  }

  /** Adds the complete messages of `input`. Returns where the rest begins. */
  #take(input: Uint8Array, framed: Framed[]): number {
    let at = 0;
    while (input.length - at >= HEADER_LENGTH) {
      if (!isHeader(input, at)) {
        const found = findMarker(input, at + 1);
        this.#skipped += found - at;
        at = found;
        continue;
      }
      const length = readU16(input, at + MARKER_LENGTH);
      if (input.length - at < length) break;
      this.#addMessage(input.subarray(at, at + length), framed);
      at += length;
    }
    return at;
  }

  #addMessage(bytes: Uint8Array, framed: Framed[]): void {
    this.#noteSkipped(framed);
    framed.push({ type: 'message', bytes });
  }

  /** Copies the rest, because the octets are a view of a large block of the file. */
  #keep(input: Uint8Array, from: number): void {
    const left = input.length - from;
    this.#rest = new Uint8Array(left < HEADER_LENGTH ? left : readU16(input, from + MARKER_LENGTH));
    this.#rest.set(input.subarray(from));
    this.#restLength = left;
  }

  #noteSkipped(framed: Framed[]): void {
    if (this.#skipped > 0) framed.push({ type: 'note', text: `${octets(this.#skipped)} that are no BGP message` });
    this.#skipped = 0;
  }
}

/** Whether a marker, a valid length and a known type are at `at`. */
function isHeader(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < MARKER_LENGTH; i++) if (bytes[at + i] !== 0xff) return false;
  const type = bytes[at + 18]!;
  return readU16(bytes, at + MARKER_LENGTH) >= HEADER_LENGTH && type >= 1 && type <= TYPE_MAX;
}

/** The first place from `from` on where a header is or, too near the end to tell, may be. */
function findMarker(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at + HEADER_LENGTH <= bytes.length; at++) {
    if (bytes[at] === 0xff && isHeader(bytes, at)) return at;
  }
  return at;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
