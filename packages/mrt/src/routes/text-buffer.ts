/**
 * Text as octets, written into one buffer: no string for a number, an address or a line. All text of this package's fast forms is ASCII.
 */

const ZERO = 0x30;
const DOT = 0x2e;
const COLON = 0x3a;
const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** Three digits of each number below 1000, so that longer numbers need a third of the divisions. */
const DIGITS = new Uint8Array(3000);
for (let i = 0; i < 1000; i++) {
  DIGITS[3 * i] = ZERO + Math.floor(i / 100);
  DIGITS[3 * i + 1] = ZERO + (Math.floor(i / 10) % 10);
  DIGITS[3 * i + 2] = ZERO + (i % 10);
}

/** Octets of a text that is written often. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Octets that `copyWords` may touch after the end of what it copies. */
const SLACK = 4;

/** A growing text. Call `reserve` before writing; the writers do not check. */
export class TextBuffer {
  bytes: Uint8Array;
  /** Of the same octets. */
  view: DataView;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity + SLACK);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more octets. */
  reserve(count: number): void {
    if (this.length + count + SLACK <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.length + count, 2 * this.bytes.length) + SLACK);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  /** One octet. */
  octet(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** All octets of `source`. */
  put(source: Uint8Array): void {
    this.copy(source, 0, source.length);
  }

  /** The octets `source[start, end)`. */
  copy(source: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    let to = this.length;
    for (let from = start; from < end; from++) bytes[to++] = source[from]!;
    this.length = to;
  }

  /**
   * As `copy`, four octets at a time: lines of 90 octets 110 ns -> 35 ns. `source` is the view of another text, or of octets with three more after
   * `end`; what it writes after the end is overwritten by what comes next.
   */
  copyWords(source: DataView, start: number, end: number): void {
    const { view } = this;
    let to = this.length;
    for (let from = start; from < end; from += 4, to += 4) view.setInt32(to, source.getInt32(from));
    this.length += end - start;
  }

  /** An unsigned number of up to 32 bits, in decimal. At most 10 octets. */
  decimal(value: number): void {
    if (value < 1000) {
      this.#below1000(value);
      return;
    }
    const thousands = Math.floor(value / 1000);
    if (thousands < 1000) this.#below1000(thousands);
    else {
      const millions = Math.floor(thousands / 1000);
      if (millions < 1000) this.#below1000(millions);
      else {
        const billions = Math.floor(millions / 1000);
        this.#below1000(billions);
        this.#three(millions - 1000 * billions);
      }
      this.#three(thousands - 1000 * millions);
    }
    this.#three(value - 1000 * thousands);
  }

  /** Six digits, with zeros in front. */
  sixDigits(value: number): void {
    const thousands = Math.floor(value / 1000);
    this.#three(thousands % 1000);
    this.#three(value - 1000 * thousands);
  }

  #below1000(value: number): void {
    const { bytes } = this;
    const at = 3 * value;
    if (value >= 100) bytes[this.length++] = DIGITS[at]!;
    if (value >= 10) bytes[this.length++] = DIGITS[at + 1]!;
    bytes[this.length++] = DIGITS[at + 2]!;
  }

  #three(value: number): void {
    const { bytes } = this;
    const at = 3 * value;
    const to = this.length;
    bytes[to] = DIGITS[at]!;
    bytes[to + 1] = DIGITS[at + 1]!;
    bytes[to + 2] = DIGITS[at + 2]!;
    this.length = to + 3;
  }

  /** 192.0.2.1: the 4 octets at `at`. At most 15 octets. */
  ipv4(source: Uint8Array, at: number): void {
    this.#below1000(source[at]!);
    this.bytes[this.length++] = DOT;
    this.#below1000(source[at + 1]!);
    this.bytes[this.length++] = DOT;
    this.#below1000(source[at + 2]!);
    this.bytes[this.length++] = DOT;
    this.#below1000(source[at + 3]!);
  }

  /**
   * The 16 octets at `at` as bgpdump writes them. That is RFC 5952 but for two things: a single group of zeros is shortened too, and after twelve
   * octets of zero the last four are in the form of IPv4 (::192.0.2.1). At most 45 octets.
   */
  ipv6(source: Uint8Array, at: number): void {
    let runStart = -1;
    let runLength = 0;
    for (let i = 0; i < 8; ) {
      let end = i;
      while (end < 8 && source[at + 2 * end] === 0 && source[at + 2 * end + 1] === 0) end++;
      if (end - i > runLength) {
        runStart = i;
        runLength = end - i;
      }
      i = end + 1;
    }
    const isMapped = runStart === 0 && runLength === 5 && source[at + 10] === 0xff && source[at + 11] === 0xff;
    const isCompatible = runStart === 0 && runLength === 6;
    const groups = isMapped || isCompatible ? 6 : 8;
    const { bytes } = this;
    let to = this.length;
    for (let i = 0; i < groups; i++) {
      if (i === runStart) {
        bytes[to++] = COLON;
        if (i + runLength >= 8) bytes[to++] = COLON;
        i += runLength - 1;
        continue;
      }
      if (i > 0) bytes[to++] = COLON;
      const high = source[at + 2 * i]!;
      const low = source[at + 2 * i + 1]!;
      if (high >= 0x10) bytes[to++] = HEX[high >>> 4]!;
      if (high > 0) bytes[to++] = HEX[high & 15]!;
      if (high > 0 || low >= 0x10) bytes[to++] = HEX[low >>> 4]!;
      bytes[to++] = HEX[low & 15]!;
    }
    if (groups === 6) bytes[to++] = COLON;
    this.length = to;
    if (groups === 6) this.ipv4(source, at + 12);
  }
}
