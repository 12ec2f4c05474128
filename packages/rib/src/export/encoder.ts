/**
 * From a batch of changed NLRI to UPDATE messages: each attribute set is written once per message, each message once for all members.
 *
 *   1. Withdrawals and announcements part; announcements are chained by attribute set (`bucket` of the set, `bucketNext` of the NLRI).
 *   2. Withdrawals, then one set after the other, are packed into messages as full as they get (RFC 4271 §9.2, RFC 4760 §3).
 *   3. Along with the octets goes a list of segments: up to which octet which peer is the source. A member leaves out its own.
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
} from '@tsbgp/wire';
import { NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import { AttributeRewriter, type ExportView } from './rewrite.ts';

/** Octets after which a batch is handed out: large enough that a write is worth it, small enough to stay in the cache. */
const CHUNK_BYTES = 1 << 17;
/** Longest NLRI: length octet and 16 address octets. */
const NLRI_LENGTH_MAX = 17;

/** Takes `bytes`, which it may keep, with segment ends and sources in step. */
export type ChunkSink = (bytes: Uint8Array, segmentEnds: readonly number[], segmentSources: readonly number[]) => void;

export class UpdateEncoder {
  readonly #table: RibTable;
  readonly #rewriter: AttributeRewriter;
  readonly #ownFields: boolean;
  readonly #messageMax: number;
  readonly #buffer: Uint8Array = new Uint8Array(CHUNK_BYTES + EXTENDED_MESSAGE_LENGTH_MAX);
  #length = 0;
  #segmentEnds: number[] = [];
  #segmentSources: number[] = [];
  /** Attribute sets of the batch. */
  #sets: number[] = [];
  /** Messages written since the start, by all batches. */
  messages = 0;
  /** Routes whose attribute set no message can hold; they are withdrawn instead. */
  oversized = 0;

  constructor(table: RibTable, view: ExportView) {
    this.#table = table;
    this.#rewriter = new AttributeRewriter(view);
    this.#ownFields = table.family === IPV4_UNICAST;
    this.#messageMax = view.context.extendedMessage ? EXTENDED_MESSAGE_LENGTH_MAX : MESSAGE_LENGTH_MAX;
  }

  /** Adds an NLRI to the batch of announcements with this attribute set. */
  add(nlri: NlriId, attr: number): void {
    const { bucket } = this.#table.attributes;
    const first = bucket[attr]!;
    if (first === NONE) this.#sets.push(attr);
    this.#table.bucketNext[nlri] = first;
    bucket[attr] = nlri;
  }

  /** Writes the announcements added since the last call. `sources` tells the peer index behind each NLRI. */
  announce(sources: Uint16Array, sink: ChunkSink): void {
    const table = this.#table;
    const { bucket } = table.attributes;
    const { bucketNext } = table;
    for (const attr of this.#sets) {
      let nlri = bucket[attr]!;
      bucket[attr] = NONE;
      let source = -1;
      while (nlri !== NONE) {
        if (sources[nlri] !== source) {
          source = sources[nlri]!;
          this.#rewriter.write(table.attributes, attr, table.peers[source] as RibPeer);
        }
        const before = nlri;
        nlri = this.#ownFields ? this.#updateIpv4(nlri, sources, source) : this.#updateMp(nlri, sources, source);
        if (nlri === before) {
          this.oversized++;
          // What the members hold for it is out of date: better nothing than that.
          this.withdraw([nlri], 0, 1, source, sink);
          nlri = bucketNext[nlri]!;
          continue;
        }
        this.#closeSegment(source);
        if (this.#length >= CHUNK_BYTES) this.flush(sink);
      }
    }
    this.#sets.length = 0;
  }

  /** Writes withdrawals of `nlris[start, end)`, all of which had this peer as source (0: of no member). */
  withdraw(nlris: ArrayLike<number>, start: number, end: number, source: number, sink: ChunkSink): void {
    let at = start;
    while (at < end) {
      at = this.#ownFields ? this.#withdrawIpv4(nlris, at, end) : this.#withdrawMp(nlris, at, end);
      this.#closeSegment(source);
      if (this.#length >= CHUNK_BYTES) this.flush(sink);
    }
  }

  /** Hands out what is written. */
  flush(sink: ChunkSink): void {
    if (this.#length === 0) return;
    const ends = this.#segmentEnds;
    const sources = this.#segmentSources;
    const bytes = this.#buffer.slice(0, this.#length);
    this.#length = 0;
    this.#segmentEnds = [];
    this.#segmentSources = [];
    sink(bytes, ends, sources);
  }

  #updateIpv4(first: number, sources: Uint16Array, source: number): number {
    const { bytes, length } = this.#rewriter;
    const out = this.#buffer;
    const start = this.#length;
    const limit = start + this.#messageMax;
    let at = this.#header(start);
    if (at + 4 + length + NLRI_LENGTH_MAX > limit) return first;
    out[at] = 0;
    out[at + 1] = 0;
    writeU16(out, at + 2, length);
    at += 4;
    for (let i = 0; i < length; i++) out[at++] = bytes[i]!;
    const { index, bucketNext } = this.#table;
    let nlri = first;
    while (nlri !== NONE && sources[nlri] === source && at + NLRI_LENGTH_MAX <= limit) {
      at = index.write(out, at, nlri as NlriId);
      nlri = bucketNext[nlri]!;
    }
    this.#finish(start, at);
    return nlri;
  }

  #updateMp(first: number, sources: Uint16Array, source: number): number {
    const { bytes, length, nextHop, nextHopLength } = this.#rewriter;
    const out = this.#buffer;
    const start = this.#length;
    const limit = start + this.#messageMax - length;
    const attributes = this.#header(start) + 2;
    if (attributes + 9 + nextHopLength + 2 * NLRI_LENGTH_MAX > limit) return first;
    out[attributes - 2] = 0;
    out[attributes - 1] = 0;
    let at = this.#mpHeader(attributes + 2, AttributeCode.MpReachNlri);
    const value = at;
    at = this.#familyOctets(at);
    out[at++] = nextHopLength;
    for (let i = 0; i < nextHopLength; i++) out[at++] = nextHop[i]!;
    out[at++] = 0; // reserved, RFC 4760 §3
    const { index, bucketNext } = this.#table;
    let nlri = first;
    while (nlri !== NONE && sources[nlri] === source && at + NLRI_LENGTH_MAX <= limit) {
      at = index.write(out, at, nlri as NlriId);
      nlri = bucketNext[nlri]!;
    }
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
    const routes = this.#header(start) + 2;
    let at = routes;
    let i = from;
    while (i < end && at + NLRI_LENGTH_MAX <= limit) at = this.#table.index.write(out, at, nlris[i++] as NlriId);
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
    const attributes = this.#header(start) + 2;
    out[attributes - 2] = 0;
    out[attributes - 1] = 0;
    let at = this.#mpHeader(attributes + 2, AttributeCode.MpUnreachNlri);
    const value = at;
    at = this.#familyOctets(at);
    let i = from;
    while (i < end && at + NLRI_LENGTH_MAX <= limit) at = this.#table.index.write(out, at, nlris[i++] as NlriId);
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

  #closeSegment(source: number): void {
    const last = this.#segmentSources.length - 1;
    if (last >= 0 && this.#segmentSources[last] === source) {
      this.#segmentEnds[last] = this.#length;
    } else {
      this.#segmentEnds.push(this.#length);
      this.#segmentSources.push(source);
    }
  }
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
