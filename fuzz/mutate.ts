/** Makes inputs from seeds: small changes of octets, and changes of structure that keep most lengths right, so that the frame is accepted. */

import { changeWord } from './mutate-text.ts';
import type { Random } from './random.ts';
import type { Kind } from './target.ts';

/** Longest input. A few inputs are longer than a message may be without RFC 8654. */
export const INPUT_MAX = 6000;

const HEADER = 19;
const UPDATE = 2;
const INTERESTING = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 24, 31, 32, 33, 63, 64, 65, 96, 127, 128, 129, 192, 240, 248, 254, 255];

/** The input that is being changed: `bytes[0, length)`. */
export class Mutator {
  readonly bytes: Uint8Array = new Uint8Array(INPUT_MAX);
  length = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Makes the next input from `seed` and sometimes `other`. */
  make(kind: Kind, seed: Uint8Array, other: Uint8Array): void {
    const random = this.#random;
    this.length = Math.min(seed.length, INPUT_MAX);
    this.bytes.set(this.length === seed.length ? seed : seed.subarray(0, this.length));
    const isText = kind === 'configuration' || kind === 'command';
    // Sometimes the unchanged seed: a valid input reaches the most code.
    if (random.oneIn(64)) return;
    for (let left = 1 + random.below(random.oneIn(8) ? 12 : 3); left > 0; left--) {
      const framed = kind === 'attributes' || (kind === 'message' && this.length > HEADER + 4 && this.bytes[18] === UPDATE);
      if (isText && !random.oneIn(8)) this.#changeText(other);
      else if (framed && random.oneIn(2)) this.#changeAttribute(kind === 'message');
      else this.#change(kind, other);
    }
    if (kind === 'message' && !random.oneIn(8)) this.#repair();
  }

  #changeText(other: Uint8Array): void {
    const text = Buffer.from(this.bytes.buffer, 0, this.length).toString('latin1');
    const changed = Buffer.from(changeWord(text, Buffer.from(other).toString('latin1'), this.#random), 'latin1');
    this.length = Math.min(changed.length, INPUT_MAX);
    this.bytes.set(changed.subarray(0, this.length));
  }

  #change(kind: Kind, other: Uint8Array): void {
    const random = this.#random;
    const { bytes, length } = this;
    // Changes of the marker and the length of a message are seldom useful.
    const low = kind === 'message' && length > HEADER && !random.oneIn(16) ? HEADER - 1 : 0;
    if (length <= low) return this.#append(1 + random.below(8));
    const at = low + random.below(length - low);
    switch (random.below(12)) {
      case 0:
      case 1:
        bytes[at]! ^= 1 << random.below(8);
        break;
      case 2:
        bytes[at] = random.next();
        break;
      case 3:
      case 4:
        bytes[at] = INTERESTING[random.below(INTERESTING.length)]!;
        break;
      case 5:
        bytes[at]! += random.below(9) - 4;
        break;
      case 6: // The length of the rest, or nearly.
        this.#putLength(at, length - at - 1 + (random.oneIn(2) ? 0 : random.below(5) - 2));
        break;
      case 7:
        this.length = at;
        break;
      case 8:
        this.#append(1 + random.below(random.oneIn(8) ? 400 : 12));
        break;
      case 9: // A block repeated, inserted or over other octets.
        this.#copyWithin(at, low + random.below(length - low), 1 + random.below(Math.min(64, length - at)));
        break;
      case 10:
        this.#remove(at, 1 + random.below(Math.min(64, length - at)));
        break;
      default:
        this.#splice(at, other);
    }
  }

  /** Changes the value and the size of one attribute, and corrects the lengths around it. */
  #changeAttribute(isMessage: boolean): void {
    const random = this.#random;
    const { bytes } = this;
    let start = 0;
    let end = this.length;
    let total = -1;
    if (isMessage) {
      total = HEADER + 2 + word(bytes, HEADER);
      if (total + 2 > this.length) return;
      start = total + 2;
      end = Math.min(this.length, start + word(bytes, total));
    }
    // Choose one attribute, each with the same probability.
    let chosen = -1;
    let seen = 0;
    for (let at = start; at + 3 <= end; ) {
      if (random.oneIn(++seen)) chosen = at;
      at += (bytes[at]! & 0x10) === 0 ? 3 + bytes[at + 2]! : 4 + word(bytes, at + 2);
    }
    if (chosen < 0) return;
    const long = (bytes[chosen]! & 0x10) !== 0;
    const value = chosen + (long ? 4 : 3);
    const valueLength = long ? word(bytes, chosen + 2) : bytes[chosen + 2]!;
    if (value > end || value + valueLength > end) return;
    const at = value + random.below(valueLength + 1);
    const before = this.length;
    const choice = random.below(8);
    if (choice < 3 && at < value + valueLength) {
      bytes[at] =
        choice === 0 ? random.next() : choice === 1 ? INTERESTING[random.below(INTERESTING.length)]! : bytes[at]! ^ (1 << random.below(8));
    } else if (choice === 3 && at < value + valueLength) {
      this.#putLength(at, value + valueLength - at - 1 - random.below(3));
    } else if (choice === 4) {
      this.#remove(at, Math.min(value + valueLength - at, 1 + random.below(16)));
    } else if (choice === 5) {
      this.#open(at, 1 + random.below(16));
    } else if (choice === 6) {
      this.#copyWithin(at, at, 1 + random.below(Math.min(48, value + valueLength - at + 1)));
    } else {
      bytes[chosen + 1] = random.oneIn(2) ? random.below(44) : random.next();
    }
    const grown = this.length - before;
    if (grown === 0) return;
    const size = valueLength + grown;
    if (long) put(bytes, chosen + 2, size);
    else if (size < 256) bytes[chosen + 2] = size;
    else return;
    if (total >= 0 && total + 2 <= this.length) put(bytes, total, word(bytes, total) + grown);
  }

  #repair(): void {
    if (this.length < HEADER) return;
    this.bytes.fill(0xff, 0, 16);
    put(this.bytes, 16, this.length);
  }

  #putLength(at: number, value: number): void {
    if (this.#random.oneIn(2) || at + 1 >= this.length) this.bytes[at] = value;
    else put(this.bytes, at, value - 1);
  }

  #append(count: number): void {
    this.#open(this.length, count);
  }

  /** Inserts `count` random octets at `at`. */
  #open(at: number, count: number): void {
    if (this.length + count > INPUT_MAX) return;
    this.bytes.copyWithin(at + count, at, this.length);
    this.length += count;
    const dull = this.#random.oneIn(3);
    for (let i = at; i < at + count; i++) this.bytes[i] = dull ? 0 : this.#random.next();
  }

  #remove(at: number, count: number): void {
    this.bytes.copyWithin(at, at + count, this.length);
    this.length -= count;
  }

  /** Copies a block over other octets, or inserts the copy. */
  #copyWithin(from: number, to: number, count: number): void {
    const moved = Math.min(count, this.length - from);
    if (this.#random.oneIn(2)) {
      if (this.length + moved > INPUT_MAX) return;
      this.bytes.copyWithin(to + moved, to, this.length);
      this.length += moved;
      this.bytes.copyWithin(to, from >= to ? from + moved : from, (from >= to ? from + moved : from) + moved);
    } else {
      this.bytes.copyWithin(to, from, from + Math.min(moved, this.length - to));
    }
  }

  /** Joins the beginning of this input and the end of another. */
  #splice(at: number, other: Uint8Array): void {
    if (other.length === 0) return;
    const from = this.#random.oneIn(2) && at < other.length ? at : this.#random.below(other.length);
    const count = Math.min(other.length - from, INPUT_MAX - at);
    this.bytes.set(other.subarray(from, from + count), at);
    this.length = at + count;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function put(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}
