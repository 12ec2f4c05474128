/**
 * The prefixes that the senders announce: distinct ones of one family, with lengths as in the public table, and the index of each.
 *
 * A prefix is two numbers of 32 bits, the first octets of its address, and a length. IPv4 needs the first number only. IPv6 prefixes are at
 * most /64 here.
 */
import { type ByteWriter, type Family, IPV4_UNICAST } from '@tsbgp/wire';
import { Random } from './random.ts';

/** Prefix length, and below which number of a hundred it is chosen. */
type Lengths = readonly (readonly [below: number, length: number])[];

const IPV4_LENGTHS: Lengths = [
  [61, 24],
  [71, 23],
  [82, 22],
  [87, 21],
  [92, 20],
  [95, 19],
  [98, 18],
  [100, 16],
];

const IPV6_LENGTHS: Lengths = [
  [48, 48],
  [64, 32],
  [76, 44],
  [86, 40],
  [92, 36],
  [95, 29],
  [98, 46],
  [100, 47],
];

export class Prefixes {
  readonly family: Family;
  readonly count: number;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #lengths: Uint8Array;
  /** Open addressing: index + 1, or 0. */
  readonly #slots: Int32Array;

  constructor(family: Family, count: number) {
    this.family = family;
    this.count = count;
    this.#high = new Uint32Array(count);
    this.#low = new Uint32Array(count);
    this.#lengths = new Uint8Array(count);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(count * 2 + 2)));
    const random = new Random(0x5eed);
    const draw = family === IPV4_UNICAST ? ipv4Address : ipv6Address;
    const lengths = family === IPV4_UNICAST ? IPV4_LENGTHS : IPV6_LENGTHS;
    for (let index = 0; index < count; ) {
      const percent = random.below(100);
      const length = lengths.find(([below]) => percent < below)![1];
      const high = (draw(random) & mask(length)) >>> 0;
      const low = length > 32 ? (((random.below(1 << 16) << 16) | random.below(1 << 16)) & mask(length - 32)) >>> 0 : 0;
      const slot = this.#slotOf(high, low, length);
      if (this.#slots[slot] !== 0) continue;
      this.#high[index] = high;
      this.#low[index] = low;
      this.#lengths[index] = length;
      this.#slots[slot] = ++index;
    }
  }

  /** The index of the prefix in wire form at `offset`, or -1 for one that no sender announced. */
  indexAt(bytes: Uint8Array, offset: number): number {
    const length = bytes[offset]!;
    const end = offset + 1 + ((length + 7) >>> 3);
    let high = 0;
    let low = 0;
    let shift = 24;
    for (let at = offset + 1; at < end; at++, shift -= 8) {
      if (shift >= 0) high |= bytes[at]! << shift;
      else low |= bytes[at]! << (shift + 32);
    }
    return this.#slots[this.#slotOf(high >>> 0, low >>> 0, length)]! - 1;
  }

  /** Appends a prefix in wire form. */
  write(out: ByteWriter, index: number): void {
    const length = this.#lengths[index]!;
    out.u8(length);
    for (let bits = 0; bits < length; bits += 8) {
      const word = bits < 32 ? this.#high[index]! : this.#low[index]!;
      out.u8((word >>> (24 - (bits & 31))) & 255);
    }
  }

  #slotOf(high: number, low: number, length: number): number {
    const slots = this.#slots;
    const last = slots.length - 1;
    for (let slot = hash(high, low, length) & last; ; slot = (slot + 1) & last) {
      const index = slots[slot]! - 1;
      if (index === -1) return slot;
      if (this.#high[index] === high && this.#low[index] === low && this.#lengths[index] === length) return slot;
    }
  }
}

/** First octet 1 to 223, without the networks of hosts and of the benchmark itself. */
function ipv4Address(random: Random): number {
  let top = 0;
  do top = 1 + random.below(222);
  while (top === 10 || top === 127);
  return (top << 24) | random.below(1 << 24);
}

/** 2000::/3, global unicast. */
function ipv6Address(random: Random): number {
  return 0x2000_0000 | random.below(1 << 29);
}

function mask(length: number): number {
  return length >= 32 ? -1 : ~(-1 >>> length);
}

function hash(high: number, low: number, length: number): number {
  let value = Math.imul(high ^ Math.imul(length, 0x9e37_79b1), 0x85eb_ca6b) ^ Math.imul(low, 0x27d4_eb2f);
  value ^= value >>> 15;
  value = Math.imul(value, 0xc2b2_ae35);
  return value ^ (value >>> 13);
}
