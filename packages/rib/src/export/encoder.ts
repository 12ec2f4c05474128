/**
 * From a batch of changed NLRI to UPDATE messages: each attribute set is written once per message, each message once for all members.
 *
 *   1. Withdrawals and announcements part; announcements are chained by attribute set (`bucket` of the set, `bucketNext` of the NLRI).
 *   2. Withdrawals, then one set after the other, are packed into messages as full as they get (RFC 4271 §9.2, RFC 4760 §3).
 *   3. Along with the octets goes a list of segments: up to which octet which peer is the source. A member leaves out its own, and those
 *      that name its own address as next hop.
 *   4. What cannot be written, because no message holds it or because of an exception, is noted in `failures`. The rest goes on, and the
 *      batch ends with every bucket empty.
 *
 * Towards a peer that takes path identifiers (RFC 7911), each route has the same: we send one path per NLRI.
 *
 * IPv4 unicast uses the UPDATE's own fields, every other family MP_REACH_NLRI and MP_UNREACH_NLRI, first in the message (RFC 7606 §5.1).
 */
import {
  AttributeCode,
  AttributeFlag,
  afiOf,
  EXTENDED_MESSAGE_LENGTH_MAX,
  HEADER_LENGTH,
  IPV4_UNICAST,
  MESSAGE_LENGTH_MAX,
  MessageType,
  safiOf,
  writeU16,
  writeU32,
} from '@tsbgp/wire';
import { BrokenInvariant } from '../broken-invariant.ts';
import { NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import type { Member } from './member.ts';
import type { NextHopOwners } from './next-hop.ts';
import { AttributeRewriter, type ExportView, rewrittenLengthMax } from './rewrite.ts';

/** Octets after which a batch is handed out: large enough that a write is worth it, small enough to stay in the cache. */
const CHUNK_BYTES = 1 << 17;
/** Longest NLRI: length octet and 16 address octets, or 4. */
const NLRI_LENGTH_MAX = 17;
const IPV4_NLRI_LENGTH_MAX = 5;
/** RFC 7911 §3. */
const PATH_IDENTIFIER_LENGTH = 4;
/** We send one path per NLRI, so that one identifier does for all. */
const PATH_IDENTIFIER = 1;
/** Withdrawn routes length and total path attribute length, of IPv4 unicast; or the latter and MP_REACH_NLRI's own fields. */
const OWN_FIELDS_LENGTH = 4;
const MP_FIELDS_LENGTH = OWN_FIELDS_LENGTH + 4 + 5;
/** Longest next hop of a family that the RIB has: a global and a link-local address. */
const NEXT_HOP_LENGTH_MAX = 32;

/** What a chunk is made of, in order: a segment ends at an octet, has a source, and may have members that must not get it. */
export interface Segments {
  readonly ends: number[];
  readonly sources: number[];
  readonly withheldFrom: (readonly Member[] | undefined)[];
}

/** Takes `bytes`, which it may keep. */
export type ChunkSink = (bytes: Uint8Array, segments: Segments) => void;

/** Routes of a batch that could not be written. Their NLRI are for the caller to withdraw. */
export interface Failures {
  /** No message holds the attribute set with this NLRI. */
  readonly tooLarge: NlriId[];
  /** An exception was thrown: the first one, and the NLRI of the sets in which any was. */
  readonly thrown: NlriId[];
  error: unknown;
}

export class UpdateEncoder {
  readonly #table: RibTable;
  readonly #rewriter: AttributeRewriter;
  readonly #ownFields: boolean;
  readonly #messageMax: number;
  readonly #pathIdentifiers: boolean;
  readonly #nlriMax: number;
  readonly #buffer: Uint8Array = new Uint8Array(CHUNK_BYTES + EXTENDED_MESSAGE_LENGTH_MAX + NLRI_LENGTH_MAX + PATH_IDENTIFIER_LENGTH);
  #length = 0;
  #segments: Segments = newSegments();
  /** Attribute sets of the batch. */
  #sets: number[] = [];
  /** First NLRI of the running set that is not in a finished message. */
  #unwritten: number = NONE;
  /** A chunk is with the sink. If the sink throws, nobody knows what the members got: that is not for `announce` to contain. */
  #handingOut = false;
  /** Messages written since the start, by all batches. */
  messages = 0;
  /** What the last `announce` could not write. */
  failures: Failures = { tooLarge: [], thrown: [], error: undefined };
  /** An attribute block of so many octets fits into a message in any case, with any NLRI. */
  readonly fittingLength: number;

  constructor(table: RibTable, view: ExportView) {
    this.#table = table;
    this.#rewriter = new AttributeRewriter(view);
    this.#ownFields = table.family === IPV4_UNICAST;
    this.#messageMax = view.context.extendedMessage ? EXTENDED_MESSAGE_LENGTH_MAX : MESSAGE_LENGTH_MAX;
    this.#pathIdentifiers = view.context.addPath.has(table.family);
    const prefixMax = this.#ownFields ? IPV4_NLRI_LENGTH_MAX : NLRI_LENGTH_MAX;
    this.#nlriMax = prefixMax + (this.#pathIdentifiers ? PATH_IDENTIFIER_LENGTH : 0);
    const fields = HEADER_LENGTH + MP_FIELDS_LENGTH + NEXT_HOP_LENGTH_MAX + this.#nlriMax;
    this.fittingLength = Math.floor(((this.#messageMax - fields - rewrittenLengthMax(0)) * 3) / 5);
  }

  /** Octets of a message with this set, learned from `source`, and without NLRI. For a set that may be too large. */
  messageLength(attr: number, source: RibPeer): number {
    this.#rewriter.write(this.#table.attributes, attr, source);
    const { length, nextHopLength } = this.#rewriter;
    return HEADER_LENGTH + length + (this.#ownFields ? OWN_FIELDS_LENGTH : MP_FIELDS_LENGTH + nextHopLength);
  }

  /** Whether a message of `messageLength` octets also holds this NLRI. */
  fits(messageLength: number, nlri: NlriId): boolean {
    // Behind what is written lies room for one NLRI at least.
    return messageLength + this.#nlri(this.#length, nlri) - this.#length <= this.#messageMax;
  }

  /** Adds an NLRI to the batch of announcements with this attribute set. */
  add(nlri: NlriId, attr: number): void {
    const { bucket } = this.#table.attributes;
    const first = bucket[attr]!;
    if (first === NONE) this.#sets.push(attr);
    this.#table.bucketNext[nlri] = first;
    bucket[attr] = nlri;
  }

  /**
   * Writes the announcements added since the last call. `sources` tells the peer index behind each NLRI, `owners` whose address a next hop
   * is. What an exception or the length of messages leaves unwritten is in `failures` afterwards.
   */
  announce(sources: Uint16Array, owners: NextHopOwners, sink: ChunkSink): void {
    const { bucket } = this.#table.attributes;
    for (const attr of this.#sets) {
      this.#unwritten = bucket[attr]!;
      bucket[attr] = NONE;
      try {
        this.#announceSet(attr, sources, owners, sink);
      } catch (error) {
        this.#contain(error);
      }
    }
    this.#sets.length = 0;
  }

  #announceSet(attr: number, sources: Uint16Array, owners: NextHopOwners, sink: ChunkSink): void {
    const table = this.#table;
    const { bucketNext } = table;
    const rewriter = this.#rewriter;
    let nlri = this.#unwritten;
    let source = -1;
    let withheldFrom: readonly Member[] | undefined;
    while (nlri !== NONE) {
      if (sources[nlri] !== source) {
        source = sources[nlri]!;
        rewriter.write(table.attributes, attr, table.peers[source] as RibPeer);
        withheldFrom = rewriter.ownNextHop ? undefined : owners.find(rewriter.nextHop, rewriter.nextHopLength, source);
      }
      const first = nlri;
      nlri = this.#ownFields ? this.#updateIpv4(first, sources, source) : this.#updateMp(first, sources, source);
      if (nlri === first) {
        this.failures.tooLarge.push(nlri as NlriId);
        nlri = bucketNext[nlri]!;
        this.#unwritten = nlri;
        continue;
      }
      this.#unwritten = nlri;
      this.#closeSegment(source, withheldFrom);
      if (withheldFrom !== undefined) this.#withhold(first, nlri, withheldFrom);
      if (this.#length >= CHUNK_BYTES) this.flush(sink);
    }
  }

  /** The rest of the running set is not written. A broken invariant of the RIB passes, and so does what the sink threw. */
  #contain(error: unknown): void {
    if (error instanceof BrokenInvariant || this.#handingOut) throw error;
    const { thrown } = this.failures;
    if (thrown.length === 0) this.failures.error = error;
    for (let nlri = this.#unwritten; nlri !== NONE; nlri = this.#table.bucketNext[nlri]!) thrown.push(nlri as NlriId);
  }

  #withhold(first: number, end: number, members: readonly Member[]): void {
    for (let nlri = first; nlri !== end; nlri = this.#table.bucketNext[nlri]!) {
      for (const member of members) member.withhold(nlri as NlriId);
    }
  }

  /** The failures of the last batch, which are forgotten here. Undefined when there are none. */
  takeFailures(): Failures | undefined {
    const { failures } = this;
    if (failures.tooLarge.length === 0 && failures.thrown.length === 0) return undefined;
    this.failures = { tooLarge: [], thrown: [], error: undefined };
    return failures;
  }

  /** Forgets a batch that an exception ended: what was added, and what was written and not handed out. */
  reset(): void {
    for (const attr of this.#sets) this.#table.attributes.bucket[attr] = NONE;
    this.#sets.length = 0;
    this.#handingOut = false;
    this.#length = 0;
    this.#segments = newSegments();
    this.takeFailures();
  }

  /** Writes withdrawals of `nlris[start, end)`, all of which had this peer as source (0: of no member). */
  withdraw(nlris: ArrayLike<number>, start: number, end: number, source: number, sink: ChunkSink): void {
    let at = start;
    while (at < end) {
      at = this.#ownFields ? this.#withdrawIpv4(nlris, at, end) : this.#withdrawMp(nlris, at, end);
      this.#closeSegment(source, undefined);
      if (this.#length >= CHUNK_BYTES) this.flush(sink);
    }
  }

  /** Hands out what is written. */
  flush(sink: ChunkSink): void {
    if (this.#length === 0) return;
    this.#handingOut = true;
    const segments = this.#segments;
    const bytes = this.#buffer.slice(0, this.#length);
    this.#length = 0;
    this.#segments = newSegments();
    sink(bytes, segments);
    this.#handingOut = false;
  }

  #updateIpv4(first: number, sources: Uint16Array, source: number): number {
    const { bytes, length } = this.#rewriter;
    const out = this.#buffer;
    const start = this.#length;
    const limit = start + this.#messageMax;
    let at = this.#header(start);
    if (at + OWN_FIELDS_LENGTH + length >= limit) return first;
    out[at] = 0;
    out[at + 1] = 0;
    writeU16(out, at + 2, length);
    at += 4;
    for (let i = 0; i < length; i++) out[at++] = bytes[i]!;
    const { bucketNext } = this.#table;
    const nlriMax = this.#nlriMax;
    let nlri = first;
    do {
      at = this.#nlri(at, nlri);
      nlri = bucketNext[nlri]!;
    } while (nlri !== NONE && sources[nlri] === source && at + nlriMax <= limit);
    if (at > limit) return first;
    this.#finish(start, at);
    return nlri;
  }

  #updateMp(first: number, sources: Uint16Array, source: number): number {
    const { bytes, length, nextHop, nextHopLength } = this.#rewriter;
    const out = this.#buffer;
    const start = this.#length;
    const limit = start + this.#messageMax - length;
    const attributes = this.#header(start) + 2;
    out[attributes - 2] = 0;
    out[attributes - 1] = 0;
    let at = this.#mpHeader(attributes + 2, AttributeCode.MpReachNlri);
    const value = at;
    at = this.#familyOctets(at);
    out[at++] = nextHopLength;
    for (let i = 0; i < nextHopLength; i++) out[at++] = nextHop[i]!;
    out[at++] = 0; // reserved, RFC 4760 §3
    const { bucketNext } = this.#table;
    const nlriMax = this.#nlriMax;
    let nlri = first;
    do {
      at = this.#nlri(at, nlri);
      nlri = bucketNext[nlri]!;
    } while (nlri !== NONE && sources[nlri] === source && at + nlriMax <= limit);
    if (at > limit) return first;
    writeU16(out, value - 2, at - value);
    for (let i = 0; i < length; i++) out[at++] = bytes[i]!;
    writeU16(out, attributes, at - attributes - 2);
    this.#finish(start, at);
    return nlri;
  }

  #withdrawIpv4(nlris: ArrayLike<number>, from: number, end: number): number {
    const out = this.#buffer;
    const start = this.#length;
    const limit = start + this.#messageMax - 2;
    const nlriMax = this.#nlriMax;
    const routes = this.#header(start) + 2;
    let at = routes;
    let i = from;
    while (i < end && at + nlriMax <= limit) at = this.#nlri(at, nlris[i++]!);
    writeU16(out, routes - 2, at - routes);
    out[at++] = 0;
    out[at++] = 0;
    this.#finish(start, at);
    return i;
  }

  #withdrawMp(nlris: ArrayLike<number>, from: number, end: number): number {
    const out = this.#buffer;
    const start = this.#length;
    const limit = start + this.#messageMax;
    const nlriMax = this.#nlriMax;
    const attributes = this.#header(start) + 2;
    out[attributes - 2] = 0;
    out[attributes - 1] = 0;
    let at = this.#mpHeader(attributes + 2, AttributeCode.MpUnreachNlri);
    const value = at;
    at = this.#familyOctets(at);
    let i = from;
    while (i < end && at + nlriMax <= limit) at = this.#nlri(at, nlris[i++]!);
    writeU16(out, value - 2, at - value);
    writeU16(out, attributes, at - attributes - 2);
    this.#finish(start, at);
    return i;
  }

  #header(start: number): number {
    this.#buffer.fill(0xff, start, start + 16);
    this.#buffer[start + 18] = MessageType.Update;
    return start + HEADER_LENGTH;
  }

  #mpHeader(at: number, code: number): number {
    this.#buffer[at] = AttributeFlag.Optional | AttributeFlag.ExtendedLength;
    this.#buffer[at + 1] = code;
    return at + 4;
  }

  #familyOctets(at: number): number {
    const { family } = this.#table;
    writeU16(this.#buffer, at, afiOf(family));
    this.#buffer[at + 2] = safiOf(family);
    return at + 3;
  }

  #finish(start: number, end: number): void {
    writeU16(this.#buffer, start + 16, end - start);
    this.#length = end;
    this.messages++;
  }

  /** Writes an NLRI; returns the offset after it. */
  #nlri(at: number, nlri: number): number {
    const out = this.#buffer;
    if (!this.#pathIdentifiers) return this.#table.index.write(out, at, nlri as NlriId);
    writeU32(out, at, PATH_IDENTIFIER);
    return this.#table.index.write(out, at + PATH_IDENTIFIER_LENGTH, nlri as NlriId);
  }

  #closeSegment(source: number, withheldFrom: readonly Member[] | undefined): void {
    const segments = this.#segments;
    const last = segments.sources.length - 1;
    if (last >= 0 && segments.sources[last] === source && segments.withheldFrom[last] === withheldFrom) {
      segments.ends[last] = this.#length;
    } else {
      segments.ends.push(this.#length);
      segments.sources.push(source);
      segments.withheldFrom.push(withheldFrom);
    }
  }
}

function newSegments(): Segments {
  return { ends: [], sources: [], withheldFrom: [] };
}

/** End-of-RIB for a family (RFC 4724 §2): an UPDATE that withdraws nothing. */
export function endOfRib(table: RibTable): Uint8Array {
  const { family } = table;
  const value = family === IPV4_UNICAST ? [] : [AttributeFlag.Optional, AttributeCode.MpUnreachNlri, 3, 0, 0, safiOf(family)];
  const message = new Uint8Array(HEADER_LENGTH + 4 + value.length).fill(0xff, 0, 16);
  writeU16(message, 16, message.length);
  message[18] = MessageType.Update;
  writeU16(message, HEADER_LENGTH + 2, value.length);
  message.set(value, HEADER_LENGTH + 4);
  if (value.length > 0) writeU16(message, HEADER_LENGTH + 7, afiOf(family));
  return message;
}
