/**
 * AS_PATH as bgpdump writes it: `65001 65002 {65003,65004}`; of two-octet peers merged with AS4_PATH (RFC 6793 §4.2.3), in bgpdump's way: segments
 * are taken from AS_PATH until it is longer than AS4_PATH by as many AS numbers as before.
 */
import { readU16, readU32 } from '@tsbgp/wire';
import { ascii, type TextBuffer } from './text-buffer.ts';

const SET = 1;
const SEQUENCE = 2;
const CONFED_SEQUENCE = 3;
const CONFED_SET = 4;

const ERROR = ascii('! Error !');
const CUT = ascii('...');
const SPACE = 0x20;
const COMMA = 0x2c;
/** bgpdump stops after so many characters. */
const LENGTH_MAX = 7900;
/** Octets that the text of a path can need. */
export const AS_PATH_TEXT_MAX: number = LENGTH_MAX + 32;

/** By type of segment. */
const OPENING = ascii(' { ([');
const CLOSING = ascii(' } )]');

/** Writes paths into a text. One object for all of them: it holds only what a path is in the middle of. */
export class AsPathWriter {
  readonly #out: TextBuffer;
  #start = 0;
  /** Type of the last segment. */
  #type = SEQUENCE;
  #needsSpace = false;
  #isCut = false;

  constructor(out: TextBuffer) {
    this.#out = out;
  }

  /** The path in `bytes[start, end)`, with AS numbers of `asSize` octets. */
  write(bytes: Uint8Array, start: number, end: number, asSize: 2 | 4): void {
    if (countOf(bytes, start, end, asSize) < 0) {
      this.#out.put(ERROR);
      return;
    }
    this.#begin();
    this.#segments(bytes, start, end, asSize, Number.POSITIVE_INFINITY);
    this.#finish();
  }

  /** AS_PATH of a two-octet peer in `[start, end)`, completed from AS4_PATH in `[start4, end4)`. */
  writeMerged(bytes: Uint8Array, start: number, end: number, start4: number, end4: number): void {
    const count = countOf(bytes, start, end, 2);
    const count4 = countOf(bytes, start4, end4, 4);
    if (Math.max(count, 0) < Math.max(count4, 0)) {
      this.write(bytes, start, end, 2);
      return;
    }
    if (count < 0 || count4 < 0) {
      this.#out.put(ERROR);
      return;
    }
    this.#begin();
    this.#segments(bytes, start, end, 2, count - count4);
    this.#segments(bytes, start4, end4, 4, Number.POSITIVE_INFINITY);
    this.#finish();
  }

  #begin(): void {
    this.#start = this.#out.length;
    this.#type = SEQUENCE;
    this.#needsSpace = false;
    this.#isCut = false;
  }

  #finish(): void {
    if (!this.#isCut && this.#type !== SEQUENCE) this.#out.octet(CLOSING[this.#type]!);
  }

  /** Segments up to `limit` AS numbers; a set counts as one. */
  #segments(bytes: Uint8Array, start: number, end: number, asSize: 2 | 4, limit: number): void {
    let left = limit;
    for (let at = start; at < end && left > 0 && !this.#isCut; ) {
      const type = bytes[at]!;
      const length = bytes[at + 1]!;
      const isSet = type === SET || type === CONFED_SET;
      this.#segment(bytes, type, at + 2, isSet ? length : Math.min(length, left), asSize);
      left -= isSet ? 1 : length;
      at += 2 + length * asSize;
    }
  }

  #segment(bytes: Uint8Array, type: number, start: number, count: number, asSize: 2 | 4): void {
    const out = this.#out;
    if (this.#type !== SEQUENCE) out.octet(CLOSING[this.#type]!);
    if (this.#needsSpace) out.octet(SPACE);
    if (type !== SEQUENCE) out.octet(OPENING[type]!);
    const separator = type === SET || type === CONFED_SET ? COMMA : SPACE;
    for (let i = 0, at = start; i < count; i++, at += asSize) {
      if (i > 0) out.octet(separator);
      out.decimal(asSize === 4 ? readU32(bytes, at) : readU16(bytes, at));
      if (out.length - this.#start > LENGTH_MAX) {
        out.put(CUT);
        this.#isCut = true;
        return;
      }
    }
    this.#needsSpace = count > 0;
    this.#type = type;
  }
}

/** How many AS numbers the path has, a set counting as one; -1 when it cannot be read. */
function countOf(bytes: Uint8Array, start: number, end: number, asSize: 2 | 4): number {
  let count = 0;
  for (let at = start; at < end; ) {
    const type = bytes[at]!;
    const length = at + 1 < end ? bytes[at + 1]! : 0;
    const next = at + 2 + length * asSize;
    if (type < SET || type > CONFED_SET || next > end) return -1;
    count += type === SEQUENCE || type === CONFED_SEQUENCE ? length : 1;
    at = next;
  }
  return count;
}
