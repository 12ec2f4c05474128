/**
 * OPERATIONAL, message type 6 (draft-ietf-idr-operational-message §3): one TLV of type (2), length (2) and value.
 *
 *   ADM 1, ASM 2                           AFI (2), SAFI (1), UTF-8 text for people
 *   RPCQ 3, APCQ 5, LPCQ 7                 AFI, SAFI, router identifier (4), sequence (4): how many prefixes do you have?
 *   RPCP 4, APCP 6, LPCP 8                 the same and the count (4)
 *
 * The values of all other types (SSQ, SSP, DUP, MUP, MUD, MP, NS: state, and dumps of UPDATEs) are kept as octets.
 */
import { formatIpv4 } from '../address.ts';
import { type ByteWriter, copyOf, readU16, readU32 } from '../bytes.ts';
import { HEADER_LENGTH, MessageType } from '../codes.ts';
import { type Family, readFamily, writeFamily } from '../family.ts';
import type { Fault } from '../fault.ts';
import { dottedQuad } from '../parts/ipv4.ts';
import type { SpanRecorder } from '../spans.ts';
import { decodeUtf8 } from '../words.ts';
import { badLength } from './header.ts';

/** Its types. */
export const OperationalType = {
  AdvisoryDemand: 1,
  AdvisoryStatic: 2,
  ReceivedPrefixCountRequest: 3,
  ReceivedPrefixCountReply: 4,
  AdvertisedPrefixCountRequest: 5,
  AdvertisedPrefixCountReply: 6,
  LocRibPrefixCountRequest: 7,
  LocRibPrefixCountReply: 8,
  SimpleStateRequest: 9,
  DroppedUpdatePrefixes: 10,
  MalformedUpdatePrefixes: 11,
  MalformedUpdateDump: 12,
  SimpleStateResponse: 13,
  MaxPermitted: 0xfffe,
  NotSatisfied: 0xffff,
} as const;

/** OPERATIONAL (draft-ietf-idr-operational-message): questions and answers about the session itself. */
export interface OperationalMessage {
  type: 'operational';
  /** One of `OperationalType`. */
  code: number;
  /** ADM and ASM. */
  advisory?: { family: Family; text: string };
  /** The six types of prefix counters; only replies have `count`. */
  counter?: { family: Family; routerId: string; sequence: number; count?: number };
  /** The value of every other type. */
  bytes?: Uint8Array;
}

const NAMES: Readonly<Record<number, string>> = {
  1: 'ADM',
  2: 'ASM',
  3: 'RPCQ',
  4: 'RPCP',
  5: 'APCQ',
  6: 'APCP',
  7: 'LPCQ',
  8: 'LPCP',
  9: 'SSQ',
  10: 'DUP',
  11: 'MUP',
  12: 'MUD',
  13: 'SSP',
  65534: 'MP',
  65535: 'NS',
};

/** `ADM`, `LPCQ`, …; `type N` for others. */
export function operationalName(code: number): string {
  return NAMES[code] ?? `type ${code}`;
}

function isAdvisory(code: number): boolean {
  return code === OperationalType.AdvisoryDemand || code === OperationalType.AdvisoryStatic;
}

function isCounter(code: number): boolean {
  return code >= OperationalType.ReceivedPrefixCountRequest && code <= OperationalType.LocRibPrefixCountReply;
}

function isReply(code: number): boolean {
  return isCounter(code) && code % 2 === 0;
}

/** `bytes[start, end)` is the body. Borrows nothing. A value that does not have the form of its type is kept as octets. */
export function decodeOperationalBody(bytes: Uint8Array, start: number, end: number, spans?: SpanRecorder): OperationalMessage | Fault {
  const at = start + 4;
  if (at > end || at + readU16(bytes, start + 2) !== end) return badLength(end - start + HEADER_LENGTH, MessageType.Operational);
  const code = readU16(bytes, start);
  spans?.numbers(start, ['type', 2], ['length', 2]);
  if (isAdvisory(code) && end - at >= 3) {
    const text = decodeUtf8(bytes, at + 3, end);
    if (text !== undefined) {
      spans?.numbers(at, ['afi', 2], ['safi', 1]);
      spans?.leaf('text', at + 3, end, text);
      return { type: 'operational', code, advisory: { family: readFamily(bytes, at), text } };
    }
  }
  if (isCounter(code) && end - at === (isReply(code) ? 15 : 11)) {
    const counter = {
      family: readFamily(bytes, at),
      routerId: formatIpv4(bytes, at + 3),
      sequence: readU32(bytes, at + 7),
    };
    spans?.numbers(at, ['afi', 2], ['safi', 1]);
    spans?.leaf('router-id', at + 3, at + 7, counter.routerId);
    spans?.numbers(at + 7, ['sequence', 4]);
    if (isReply(code)) spans?.numbers(at + 11, ['count', 4]);
    return { type: 'operational', code, counter: isReply(code) ? { ...counter, count: readU32(bytes, at + 11) } : counter };
  }
  return { type: 'operational', code, bytes: copyOf(bytes, at, end) };
}

/** Throws ValueError for a router identifier that is none. */
export function encodeOperationalBody(out: ByteWriter, message: OperationalMessage): void {
  out.u16(message.code);
  out.counted16(() => {
    const { advisory, counter, bytes } = message;
    const family = advisory?.family ?? counter?.family;
    if (family !== undefined) {
      writeFamily(out, family);
    }
    if (advisory !== undefined) out.raw(new TextEncoder().encode(advisory.text));
    if (counter !== undefined) {
      out.raw(dottedQuad('router identifier', counter.routerId));
      out.u32(counter.sequence);
      if (counter.count !== undefined) out.u32(counter.count);
    }
    if (bytes !== undefined) out.raw(bytes);
  });
}
