/**
 * BGP messages in a stream of octets (RFC 4271 §4.1). Where the stream makes no sense it goes on at the next marker, and says what it passed
 * over.
 */
import { HEADER_LENGTH, readU16 } from '@tsbgp/wire';

export type Framed = { readonly type: 'message'; readonly bytes: Uint8Array } | { readonly type: 'note'; readonly text: string };

const MARKER_LENGTH = 16;
const TYPE_MAX = 6;

export class MessageFramer {
  #rest: Uint8Array = new Uint8Array(0);
  /** Octets passed over while a marker is looked for. */
  #passed = 0;

  push(bytes: Uint8Array): Framed[] {
    let at = 0;
    const input = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    const framed: Framed[] = [];
    while (input.length - at >= HEADER_LENGTH) {
      if (!isHeader(input, at)) {
        const found = findMarker(input, at + 1);
        this.#passed += found - at;
        at = found;
        continue;
      }
      const length = readU16(input, at + MARKER_LENGTH);
      if (input.length - at < length) break;
      this.#sayPassed(framed);
      framed.push({ type: 'message', bytes: input.subarray(at, at + length) });
      at += length;
    }
    this.#rest = input.subarray(at);
    return framed;
  }

  /** `count` octets are missing: a message that was begun is lost. */
  gap(count: number): Framed[] {
    const framed = this.finish();
    framed.push({ type: 'note', text: `${octets(count)} missing in the capture` });
    return framed;
  }

  finish(): Framed[] {
    const framed: Framed[] = [];
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    const begun =
      rest.length > 0 && (rest.length < HEADER_LENGTH ? rest.every((octet, i) => i >= MARKER_LENGTH || octet === 0xff) : isHeader(rest, 0));
    if (!begun) this.#passed += rest.length;
    this.#sayPassed(framed);
    if (begun) {
      const length = rest.length < HEADER_LENGTH ? undefined : readU16(rest, MARKER_LENGTH);
      framed.push({
        type: 'note',
        text:
          length === undefined
            ? `${octets(rest.length)} of a message whose header is cut off`
            : `a message of ${length} octets, of which ${rest.length} are there`,
      });
    }
    return framed;
  }

  #sayPassed(framed: Framed[]): void {
    if (this.#passed > 0) framed.push({ type: 'note', text: `${octets(this.#passed)} that are no BGP message` });
    this.#passed = 0;
  }
}

function octets(count: number): string {
  return `${count} ${count === 1 ? 'octet' : 'octets'}`;
}

/** A marker, a length that a message can have, and a type that there is. */
function isHeader(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < MARKER_LENGTH; i++) if (bytes[at + i] !== 0xff) return false;
  const type = bytes[at + 18]!;
  return readU16(bytes, at + MARKER_LENGTH) >= HEADER_LENGTH && type >= 1 && type <= TYPE_MAX;
}

/** Where a header may begin at or behind `from`; what is too short to tell is left for later. */
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
