/**
 * From a batch to UPDATE messages: each attribute set is written once per message, each message once for all members.
 *
 *   1. Announcements are chained by attribute set (`bucket` of the set, `next` of the announcement).
 *   2. Withdrawals, then one set after the other, are packed into messages as full as they get (RFC 4271 §9.2, RFC 4760 §3). All NLRI of a
 *      message have the same source and the same receivers.
 *   3. Along with the octets goes a list of segments: up to which octet who gets them.
 *   4. What cannot be written, because no message holds it or because of an exception, is noted in `failures`. The rest goes on, and the
 *      batch ends with every bucket empty.
 *
 * Towards peers that take path identifiers (RFC 7911), a route is identified by the id of its path in the table.
 *
 * NLRI of families that are no plain prefixes go out as they came in, each in its own length (nlri/path-octets.ts).
 *
 * IPv4 unicast uses the UPDATE's own fields, unless a next hop is an IPv6 address (RFC 8950); every other family MP_REACH_NLRI and
 * MP_UNREACH_NLRI, first in the message (RFC 7606 §5.1).
 */
import {
  AttributeCode,
  AttributeFlag,
  afiOf,
  ByteWriter,
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
import type { PathOctets } from '../nlri/path-octets.ts';
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import type { Batch } from './batch.ts';
import { AttributeRewriter, rewrittenLengthMax } from './rewrite.ts';
import type { ExportView } from './view.ts';

/** Octets after which a batch is handed out: large enough that a write is worth it, small enough to stay in the cache. */
const CHUNK_BYTES = 1 << 17;
/** Longest NLRI: length octet and 16 address octets, or 4. */
const NLRI_LENGTH_MAX = 17;
const IPV4_NLRI_LENGTH_MAX = 5;
/** RFC 7911 §3. */
const PATH_IDENTIFIER_LENGTH = 4;
/** Withdrawn routes length and total path attribute length, of IPv4 unicast; or the latter and MP_REACH_NLRI's own fields. */
const OWN_FIELDS_LENGTH = 4;
const IPV4_NEXT_HOP_LENGTH = 4;
const MP_FIELDS_LENGTH = OWN_FIELDS_LENGTH + 4 + 5;
/** Longest next hop that anybody sends: a global and a link-local address, each after a route distinguisher. */
const NEXT_HOP_LENGTH_MAX = 48;
/** Of NLRI that are no prefixes, nearly all are shorter. A set that fits with so many octets is not looked at further. */
const USUAL_NLRI_LENGTH = 255;

/** What a chunk is made of, in order: a segment ends at an octet, has an audience (`AudienceId`), and announces and withdraws so many routes. */
export interface Segments {
  readonly ends: number[];
  readonly receivers: number[];
  readonly announced: number[];
  readonly withdrawn: number[];
}

/** Takes `bytes`, which it may keep. */
export type ChunkSink = (bytes: Uint8Array, segments: Segments) => void;

/** A route that could not be written. */
export interface Unsent {
  readonly nlri: NlriId;
  readonly attr: number;
}

/** Routes of a batch that could not be written, for the caller to withdraw. */
export interface Failures {
  /** No message holds the attribute set with this NLRI. */
  readonly tooLarge: Unsent[];
  /** An exception was thrown: the first one, and the routes of the sets in which any was. */
  readonly thrown: Unsent[];
  error: unknown;
}

/** Room for a chunk and the message that completes it. The encoders of all groups take turns in one. */
export function encoderBuffer(): Uint8Array {
  return new Uint8Array(CHUNK_BYTES + EXTENDED_MESSAGE_LENGTH_MAX + NLRI_LENGTH_MAX + PATH_IDENTIFIER_LENGTH);
}

export class UpdateEncoder {
  readonly #table: RibTable;
  readonly #rewriter: AttributeRewriter;
  readonly #ownFields: boolean;
  readonly #messageMax: number;
  readonly #pathIdentifiers: boolean;
  readonly #nlriMax: number;
  readonly #withdrawn: ByteWriter = new ByteWriter(0);
  readonly #buffer: Uint8Array;
  #length = 0;
  /** Where `#announced` ended, and how many routes it wrote. */
  #end = 0;
  #routes = 0;
  #segments: Segments = newSegments();
  /** Attribute sets of the batch. */
  #sets: number[] = [];
  /** The first announcement of the running set that is not in a finished message, counted from 1. */
  #unwritten: number = NONE;
  /** A chunk is with the sink. If the sink throws, nobody knows what the members got: that is not for `announce` to contain. */
  #handingOut = false;
  /** Messages written since the start, by all batches. */
  messages = 0;
  /** What the last `announce` could not write. */
  failures: Failures = { tooLarge: [], thrown: [], error: undefined };
  /** An attribute block of so many octets fits into a message in any case, with any NLRI. */
  readonly fittingLength: number;

  constructor(table: RibTable, view: ExportView, buffer: Uint8Array) {
    this.#table = table;
    this.#buffer = buffer;
    this.#rewriter = new AttributeRewriter(view);
    this.#ownFields = table.family === IPV4_UNICAST;
    this.#messageMax = view.context.extendedMessage ? EXTENDED_MESSAGE_LENGTH_MAX : MESSAGE_LENGTH_MAX;
    this.#pathIdentifiers = view.context.addPath.has(table.family);
    const prefixMax = this.#ownFields ? IPV4_NLRI_LENGTH_MAX : NLRI_LENGTH_MAX;
    this.#nlriMax = prefixMax + (this.#pathIdentifiers ? PATH_IDENTIFIER_LENGTH : 0);
    const nlriMax = table.octets === undefined ? this.#nlriMax : USUAL_NLRI_LENGTH;
    const fields = HEADER_LENGTH + MP_FIELDS_LENGTH + NEXT_HOP_LENGTH_MAX + nlriMax;
    this.fittingLength = Math.floor(((this.#messageMax - fields - rewrittenLengthMax(0)) * 3) / 5);
  }

  /** Octets of a message with this set, learned from `source`, and without NLRI. For a set that may be too large. */
  messageLength(attr: number, source: RibPeer): number {
    this.#rewriter.write(this.#table.attributes, attr, source);
    const { length, nextHopLength } = this.#rewriter;
    return HEADER_LENGTH + length + (this.#isInOwnFields() ? OWN_FIELDS_LENGTH : MP_FIELDS_LENGTH + nextHopLength);
  }

  /** Whether routes with this set, learned from `source`, have the same path attributes in messages of another encoder. */
  hasSameOctets(other: UpdateEncoder, attr: number, source: RibPeer): boolean {
    const ours = this.#rewriter;
    const theirs = other.#rewriter;
    ours.write(this.#table.attributes, attr, source);
    theirs.write(this.#table.attributes, attr, source);
    return (
      areEqual(ours.bytes, ours.length, theirs.bytes, theirs.length) &&
      areEqual(ours.nextHop, ours.nextHopLength, theirs.nextHop, theirs.nextHopLength)
    );
  }

  /** Whether a message of `messageLength` octets also holds this NLRI. */
  fits(messageLength: number, nlri: NlriId): boolean {
    const { octets } = this.#table;
    if (octets !== undefined) return messageLength + PATH_IDENTIFIER_LENGTH + octets.index.lengthOf(nlri) <= this.#messageMax;
    // After what is written there is room for one NLRI at least.
    return messageLength + this.#nlri(this.#length, nlri, 0) - this.#length <= this.#messageMax;
  }

  /** Writes a batch. What an exception or the length of messages leaves unwritten is in `failures` afterwards. */
  write(batch: Batch, sink: ChunkSink): void {
    this.#withdraw(batch, sink);
    this.#chain(batch);
    const { bucket } = this.#table.attributes;
    for (const attr of this.#sets) {
      this.#unwritten = bucket[attr]!;
      bucket[attr] = NONE;
      try {
        this.#announceSet(batch, attr, sink);
      } catch (error) {
        this.#contain(error, batch);
      }
    }
    this.#sets.length = 0;
    this.flush(sink);
  }

  /** Chains the announcements by attribute set. */
  #chain({ attr, next, count }: Batch): void {
    const { bucket } = this.#table.attributes;
    const sets = this.#sets;
    for (let at = 0; at < count; at++) {
      const set = attr[at]!;
      const first = bucket[set]!;
      if (first === NONE) sets.push(set);
      next[at] = first;
      bucket[set] = at + 1;
    }
  }

  #announceSet(batch: Batch, attr: number, sink: ChunkSink): void {
    const table = this.#table;
    const rewriter = this.#rewriter;
    let source = -1;
    while (this.#unwritten !== NONE) {
      const first = this.#unwritten;
      const at = first - 1;
      if (batch.source[at] !== source) {
        source = batch.source[at]!;
        rewriter.write(table.attributes, attr, table.peers[source] as RibPeer);
      }
      const next = this.#isInOwnFields() ? this.#updateIpv4(batch, first) : this.#updateMp(batch, first);
      if (next === first) {
        this.failures.tooLarge.push({ nlri: batch.nlri[at]! as NlriId, attr });
        this.#unwritten = batch.next[at]!;
        continue;
      }
      this.#unwritten = next;
      this.#closeSegment(batch.receivers[at]!, this.#routes, 0);
      if (this.#length >= CHUNK_BYTES) this.flush(sink);
    }
  }

  /** Whether the set just rewritten goes into the UPDATE's own fields: IPv4 unicast, unless its next hop is an IPv6 address (RFC 8950). */
  #isInOwnFields(): boolean {
    return this.#ownFields && this.#rewriter.nextHopLength === IPV4_NEXT_HOP_LENGTH;
  }

  /** The rest of the running set is not written. A broken invariant of the RIB passes, and so does what the sink threw. */
  #contain(error: unknown, batch: Batch): void {
    if (error instanceof BrokenInvariant || this.#handingOut) throw error;
    const { thrown } = this.failures;
    if (thrown.length === 0) this.failures.error = error;
    for (let item = this.#unwritten; item !== NONE; item = batch.next[item - 1]!) {
      thrown.push({ nlri: batch.nlri[item - 1]! as NlriId, attr: batch.attr[item - 1]! });
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

  /** Writes the withdrawals, those from the same members together as they come. */
  #withdraw(batch: Batch, sink: ChunkSink): void {
    const { withdrawals, withdrawnFrom } = batch;
    for (let start = 0; start < withdrawals; ) {
      const from = withdrawnFrom[start]!;
      let end = start + 1;
      while (end < withdrawals && withdrawnFrom[end] === from) end++;
      while (start < end) {
        const next = this.#ownFields ? this.#withdrawIpv4(batch, start, end) : this.#withdrawMp(batch, start, end);
        if (next > start) this.#closeSegment(from, 0, next - start);
        // What no message holds, nobody was sent.
        start = Math.max(next, start + 1);
        if (this.#length >= CHUNK_BYTES) this.flush(sink);
      }
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

  #updateIpv4(batch: Batch, first: number): number {
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
    const item = this.#announced(batch, first, at, limit);
    at = this.#end;
    if (at > limit) return first;
    this.#finish(start, at);
    return item;
  }

  #updateMp(batch: Batch, first: number): number {
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
    const { octets } = this.#table;
    const item = octets === undefined ? this.#announced(batch, first, at, limit) : this.#announcedOctets(octets, batch, first, at, limit);
    at = this.#end;
    if (item === first || at > limit) return first;
    writeU16(out, value - 2, at - value);
    for (let i = 0; i < length; i++) out[at++] = bytes[i]!;
    writeU16(out, attributes, at - attributes - 2);
    this.#finish(start, at);
    return item;
  }

  /** Writes the NLRI of one message: those that have the source and the receivers of the first. `#end` is where they end. */
  #announced({ nlri, source, receivers, path, next }: Batch, first: number, start: number, limit: number): number {
    const nlriMax = this.#nlriMax;
    let at = start;
    let item = first;
    let routes = 0;
    do {
      routes++;
      at = this.#nlri(at, nlri[item - 1]!, path[item - 1]!);
      item = next[item - 1]!;
    } while (
      item !== NONE &&
      source[item - 1] === source[first - 1] &&
      receivers[item - 1] === receivers[first - 1] &&
      at + nlriMax <= limit
    );
    this.#end = at;
    this.#routes = routes;
    return item;
  }

  /** As `#announced`, of NLRI each of which has a length of its own. Returns `first` where the message has no room for it. */
  #announcedOctets(
    octets: PathOctets,
    { nlri, source, receivers, path, next }: Batch,
    first: number,
    start: number,
    limit: number,
  ): number {
    const identifierLength = this.#pathIdentifiers ? PATH_IDENTIFIER_LENGTH : 0;
    const out = this.#buffer;
    let at = start;
    let item = first;
    let routes = 0;
    do {
      const id = nlri[item - 1]!;
      const from = path[item - 1]!;
      if (at + identifierLength + octets.lengthOf(from, id) > limit) break;
      routes++;
      if (identifierLength > 0) writeU32(out, at, from);
      at = octets.write(out, at + identifierLength, from, id);
      item = next[item - 1]!;
    } while (item !== NONE && source[item - 1] === source[first - 1] && receivers[item - 1] === receivers[first - 1]);
    this.#end = at;
    this.#routes = routes;
    return item;
  }

  #withdrawIpv4({ withdrawnNlri, withdrawnPath }: Batch, from: number, end: number): number {
    const out = this.#buffer;
    const start = this.#length;
    const limit = start + this.#messageMax - 2;
    const nlriMax = this.#nlriMax;
    const routes = this.#header(start) + 2;
    let at = routes;
    let i = from;
    for (; i < end && at + nlriMax <= limit; i++) at = this.#nlri(at, withdrawnNlri[i]!, withdrawnPath[i]!);
    writeU16(out, routes - 2, at - routes);
    out[at++] = 0;
    out[at++] = 0;
    this.#finish(start, at);
    return i;
  }

  #withdrawMp({ withdrawnNlri, withdrawnPath }: Batch, from: number, end: number): number {
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
    if (this.#table.octets === undefined) {
      for (; i < end && at + nlriMax <= limit; i++) at = this.#nlri(at, withdrawnNlri[i]!, withdrawnPath[i]!);
    } else {
      for (; i < end; i++) {
        const next = this.#withdrawnOctets(this.#table.octets, at, limit, withdrawnNlri[i]!, withdrawnPath[i]!);
        if (next === at) break;
        at = next;
      }
    }
    if (i === from) return from;
    writeU16(out, value - 2, at - value);
    writeU16(out, attributes, at - attributes - 2);
    this.#finish(start, at);
    return i;
  }

  /** Writes what withdraws an NLRI; returns the offset after it, or `at` where there is no room. */
  #withdrawnOctets({ index }: PathOctets, at: number, limit: number, nlri: number, path: number): number {
    const withdrawn = this.#withdrawn;
    withdrawn.length = 0;
    if (this.#pathIdentifiers) withdrawn.u32(path);
    index.appendWithdrawn(withdrawn, nlri);
    const { bytes, length } = withdrawn;
    if (at + length > limit) return at;
    for (let i = 0; i < length; i++) this.#buffer[at + i] = bytes[i]!;
    return at + length;
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
  #nlri(at: number, nlri: number, path: number): number {
    const out = this.#buffer;
    if (!this.#pathIdentifiers) return this.#table.index.write(out, at, nlri as NlriId);
    writeU32(out, at, path);
    return this.#table.index.write(out, at + PATH_IDENTIFIER_LENGTH, nlri as NlriId);
  }

  #closeSegment(receivers: number, announced: number, withdrawn: number): void {
    const segments = this.#segments;
    const last = segments.receivers.length - 1;
    if (last >= 0 && segments.receivers[last] === receivers) {
      segments.ends[last] = this.#length;
      segments.announced[last]! += announced;
      segments.withdrawn[last]! += withdrawn;
    } else {
      segments.ends.push(this.#length);
      segments.receivers.push(receivers);
      segments.announced.push(announced);
      segments.withdrawn.push(withdrawn);
    }
  }
}

function newSegments(): Segments {
  return { ends: [], receivers: [], announced: [], withdrawn: [] };
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

function areEqual(a: Uint8Array, aLength: number, b: Uint8Array, bLength: number): boolean {
  if (aLength !== bLength) return false;
  for (let at = 0; at < aLength; at++) if (a[at] !== b[at]) return false;
  return true;
}
