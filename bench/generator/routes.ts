/**
 * What the senders announce, as octets: distinct prefixes with lengths as in the public table, and UPDATEs in which a few prefixes share one
 * attribute set. All of it is built before the measurement. The numbers are pseudo-random with a fixed seed, so that every run is the same.
 */
import { AttributeCode, AttributeFlag, type ByteWriter, DEFAULT_CONTEXT, frameMessage, MessageType } from '@tsbgp/wire';

/** From this length on, an UPDATE gets no more prefixes: one more of 5 octets must fit into the 4096 of RFC 4271. */
const FULL_AT = 4090;
/** Mean number of prefixes with one attribute set, the same as in bgpload. */
const GROUP = 5;

/** xorshift32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** 0 to limit - 1. */
  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }
}

/** Distinct IPv4 prefixes, and the index of each. */
export class Prefixes {
  readonly addresses: Uint32Array;
  readonly lengths: Uint8Array;
  /** address and length as one number -> index */
  readonly #indexes = new Map<number, number>();

  constructor(count: number) {
    this.addresses = new Uint32Array(count);
    this.lengths = new Uint8Array(count);
    const random = new Random(0x5eed);
    while (this.#indexes.size < count) {
      const length = prefixLength(random.below(100));
      const top = 1 + random.below(222);
      if (top === 10 || top === 127) continue;
      const address = (((top << 24) | random.below(1 << 24)) & (0xffff_ffff << (32 - length))) >>> 0;
      const key = address * 64 + length;
      const index = this.#indexes.size;
      if (this.#indexes.has(key)) continue;
      this.#indexes.set(key, index);
      this.addresses[index] = address;
      this.lengths[index] = length;
    }
  }

  /** Undefined for a prefix that no sender announced. */
  indexOf(address: number, length: number): number | undefined {
    return this.#indexes.get(address * 64 + length);
  }
}

function prefixLength(percent: number): number {
  if (percent < 61) return 24;
  if (percent < 71) return 23;
  if (percent < 82) return 22;
  if (percent < 87) return 21;
  if (percent < 92) return 20;
  if (percent < 95) return 19;
  return percent < 98 ? 18 : 16;
}

export interface Sender {
  readonly as: number;
  /** IPv4 address as a number. */
  readonly address: number;
}

/** All messages of a sender: UPDATEs for the prefixes [from, from + count), then End-of-RIB (RFC 4724 §2). */
export function senderStream(prefixes: Prefixes, sender: Sender, from: number, count: number): Uint8Array {
  const random = new Random(77 + from);
  const messages: Uint8Array[] = [];
  let next = from;
  const end = from + count;
  while (next < end) {
    let left = Math.min(1 + random.below(2 * GROUP - 1), end - next);
    const message = frameMessage(MessageType.Update, DEFAULT_CONTEXT, (out) => {
      out.u16(0);
      const lengthAt = out.length;
      out.u16(0);
      writeAttributes(out, sender, new Random(next * 2_654_435 + sender.as));
      out.patchU16(lengthAt, out.length - lengthAt - 2);
      for (; left > 0 && out.length < FULL_AT; left--) writePrefix(out, prefixes, next++);
    });
    messages.push(message);
  }
  messages.push(frameMessage(MessageType.Update, DEFAULT_CONTEXT, (out) => out.zeros(4)));
  return concat(messages);
}

function writePrefix(out: ByteWriter, prefixes: Prefixes, index: number): void {
  const length = prefixes.lengths[index]!;
  const address = prefixes.addresses[index]!;
  out.u8(length);
  for (let bits = 0; bits < length; bits += 8) out.u8((address >>> (24 - bits)) & 255);
}

/** ORIGIN, AS_PATH with the sender first, NEXT_HOP, and some of MED, COMMUNITIES, LARGE_COMMUNITY. */
function writeAttributes(out: ByteWriter, { as, address }: Sender, random: Random): void {
  out.u8(AttributeFlag.Transitive);
  out.u8(AttributeCode.Origin);
  out.counted8(() => out.u8(random.below(10) === 0 ? 2 : 0));
  out.u8(AttributeFlag.Transitive);
  out.u8(AttributeCode.AsPath);
  out.counted8(() => {
    const hops = 2 + random.below(4);
    out.u8(2); // AS_SEQUENCE
    out.u8(hops);
    out.u32(as);
    for (let hop = 1; hop < hops; hop++) out.u32(random.below(4) === 0 ? 200_000 + random.below(200_000) : 1000 + random.below(63_000));
  });
  out.u8(AttributeFlag.Transitive);
  out.u8(AttributeCode.NextHop);
  out.counted8(() => out.u32(address));
  if (random.below(3) === 0) {
    out.u8(AttributeFlag.Optional);
    out.u8(AttributeCode.MultiExitDisc);
    out.counted8(() => out.u32(random.below(1000)));
  }
  if (random.below(2) === 0) {
    out.u8(AttributeFlag.Optional | AttributeFlag.Transitive);
    out.u8(AttributeCode.Communities);
    out.counted8(() => {
      for (let left = 1 + random.below(6); left > 0; left--) out.u32(((1000 + random.below(60_000)) << 16) | random.below(5000));
    });
  }
  if (random.below(4) === 0) {
    out.u8(AttributeFlag.Optional | AttributeFlag.Transitive);
    out.u8(AttributeCode.LargeCommunities);
    out.counted8(() => {
      out.u32(200_000 + random.below(9999));
      out.u32(random.below(100));
      out.u32(random.below(100));
    });
  }
}

function concat(messages: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(messages.reduce((length, message) => length + message.length, 0));
  let at = 0;
  for (const message of messages) {
    whole.set(message, at);
    at += message.length;
  }
  return whole;
}
