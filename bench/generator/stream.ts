/**
 * What a sender announces, as octets: UPDATEs in which a few prefixes share one attribute set, then End-of-RIB (RFC 4724 §2). All of it is
 * built before the measurement.
 */
import {
  Afi,
  AttributeCode,
  AttributeFlag,
  addressBytes,
  type ByteWriter,
  DEFAULT_CONTEXT,
  frameMessage,
  IPV4_UNICAST,
  MessageType,
  Safi,
} from '@tsbgp/wire';
import type { Prefixes } from './prefixes.ts';
import { Random } from './random.ts';

/** Mean number of prefixes with one attribute set, the same as in bgpload. */
const GROUP = 5;

export interface Sender {
  readonly as: number;
  readonly address: string;
  /** RFC 7911: its routes carry a path identifier. */
  readonly hasPathIdentifiers: boolean;
}

/** The UPDATEs of a sender, one after the other. */
export interface SenderStream {
  readonly octets: Uint8Array;
  /** Where each message ends. */
  readonly ends: readonly number[];
  /** The first prefix that each message announces; the next message begins where it stops. */
  readonly firsts: readonly number[];
}

/** UPDATEs for the prefixes [from, from + count). Another version has other attributes for the same prefixes. */
export function senderStream(prefixes: Prefixes, sender: Sender, from: number, count: number, version = 0): SenderStream {
  const random = new Random(77 + from);
  const messages: Uint8Array[] = [];
  const firsts: number[] = [];
  const end = from + count;
  for (let next = from; next < end; ) {
    const stop = Math.min(next + 1 + random.below(2 * GROUP - 1), end);
    firsts.push(next);
    messages.push(announcement(prefixes, sender, next, stop, version));
    next = stop;
  }
  firsts.push(end);
  messages.push(endOfRib(prefixes));
  const ends: number[] = [];
  let length = 0;
  for (const message of messages) ends.push((length += message.length));
  return { octets: Buffer.concat(messages, length), ends, firsts };
}

function announcement(prefixes: Prefixes, sender: Sender, from: number, stop: number, version: number): Uint8Array {
  const writePrefixes = (out: ByteWriter): void => {
    for (let index = from; index < stop; index++) {
      if (sender.hasPathIdentifiers) out.u32(1);
      prefixes.write(out, index);
    }
  };
  const isIpv4 = prefixes.family === IPV4_UNICAST;
  return frameMessage(MessageType.Update, DEFAULT_CONTEXT, (out) => {
    out.u16(0);
    const lengthAt = out.length;
    out.u16(0);
    if (!isIpv4) writeReach(out, sender.address, writePrefixes);
    writeAttributes(out, sender, new Random(from * 2_654_435 + sender.as + version * 7919), isIpv4);
    out.patchU16(lengthAt, out.length - lengthAt - 2);
    if (isIpv4) writePrefixes(out);
  });
}

function endOfRib({ family }: Prefixes): Uint8Array {
  return frameMessage(MessageType.Update, DEFAULT_CONTEXT, (out) => {
    out.u16(0);
    if (family === IPV4_UNICAST) return out.u16(0);
    out.u16(6);
    out.u8(AttributeFlag.Optional);
    out.u8(AttributeCode.MpUnreachNlri);
    out.u8(3);
    writeIpv6Unicast(out);
  });
}

/** MP_REACH_NLRI first, as RFC 7606 §5.1 asks. */
function writeReach(out: ByteWriter, nextHop: string, writePrefixes: (out: ByteWriter) => void): void {
  out.u8(AttributeFlag.Optional);
  out.u8(AttributeCode.MpReachNlri);
  out.counted8(() => {
    writeIpv6Unicast(out);
    out.counted8(() => out.raw(addressBytes(nextHop)));
    out.u8(0);
    writePrefixes(out);
  });
}

function writeIpv6Unicast(out: ByteWriter): void {
  out.u16(Afi.Ipv6);
  out.u8(Safi.Unicast);
}

/** ORIGIN, AS_PATH with the sender first, NEXT_HOP, and some of MED, COMMUNITIES, LARGE_COMMUNITY. */
function writeAttributes(out: ByteWriter, { as, address }: Sender, random: Random, hasNextHop: boolean): void {
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
  if (hasNextHop) {
    out.u8(AttributeFlag.Transitive);
    out.u8(AttributeCode.NextHop);
    out.counted8(() => out.raw(addressBytes(address)));
  }
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
