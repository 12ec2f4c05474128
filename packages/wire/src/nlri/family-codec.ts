/**
 * A family of NLRI as a row of a table. The row answers every question about the family: how one NLRI is found, read, written and printed,
 * what identifies its route, and which next hops it has. What all families share (path identifiers, lists of NLRI) is in nlri.ts.
 */
import type { ByteWriter } from '../bytes.ts';
import type { Family } from '../family.ts';
import type { SpanRecorder } from '../spans.ts';
import type { JsonMembers } from './json-members.ts';
import type { NextHopForms } from './next-hop.ts';

/** What NLRI of all families have. */
export interface FamilyNlri<T extends string = string> {
  type: T;
  family: Family;
  /** RFC 7911; absent where ADD-PATH is not in use. */
  pathIdentifier?: number;
}

/**
 * What a next hop means. 'plain': traffic goes there, and our own address may take its place. 'bound': labels or tunnels in the route are those of
 * the next hop, so that it stays unless an operator says otherwise. 'none': nobody reads it, and it stays.
 */
export type NextHopMeaning = 'plain' | 'bound' | 'none';

/** A row of the table of families. `T` is what one NLRI decodes to. */
export interface FamilyCodec<T extends FamilyNlri> {
  /** The `type` key of the decoded NLRI. */
  readonly type: T['type'];
  readonly families: readonly Family[];
  /**
   * What one NLRI means that has its length, but cannot be decoded. `reset`: the NLRI after it cannot be trusted either, and the session ends
   * (RFC 7606 §5.3). `discard`: it is kept as octets, and the other NLRI are in force. `withdraw`: all routes of the UPDATE are withdrawn.
   */
  readonly malformed: 'reset' | 'discard' | 'withdraw';
  /** No text, no JSON and no field has NLRI of the family as octets (type `unknown`). @default they may have */
  readonly neverOctets?: true;
  /** @default a next hop of any length, without route distinguisher */
  nextHop?(family: Family): NextHopForms;
  /** What the next hop of its routes means, so that a speaker knows whether its own may take its place. @default 'plain' */
  readonly nextHopMeaning?: NextHopMeaning;
  /** End of the NLRI that begins at `at`, after its path identifier; -1 when it does not end before `end`. */
  next(bytes: Uint8Array, at: number, end: number): number;
  /**
   * The NLRI that is `bytes[start, end)`, as `next` found it; undefined when it is malformed. Borrows nothing. `encode` gives canonical octets
   * back. `spans` is told the parts.
   */
  decode(bytes: Uint8Array, start: number, end: number, family: Family, spans?: SpanRecorder): T | undefined;
  /** Whether `decode` accepts `bytes[start, end)`, as `next` found it; allocates nothing. @default `decode` is asked */
  isWellFormed?(bytes: Uint8Array, start: number, end: number, family: Family): boolean;
  /** Appends one NLRI, without path identifier. Throws ValueError for a value that cannot be written. */
  encode(out: ByteWriter, nlri: T): void;
  /**
   * Appends the octets that identify the route of `bytes[start, end)`, which decodes: equal routes have equal keys. Labels and other fields that
   * may change while the route stays the same are no part of it. Allocates nothing.
   */
  key(out: ByteWriter, bytes: Uint8Array, start: number, end: number, family: Family): void;
  /** Octets in front of a key that say its length: listings leave them out of the order. @default 0 */
  readonly keyLengthOctets?: number;
  /**
   * Appends the NLRI `bytes[start, end)`, which decodes, in the form that withdraws its route. Allocates nothing. @default as it is
   */
  withdrawn?(out: ByteWriter, bytes: Uint8Array, start: number, end: number, family: Family): void;
  /**
   * The members that the JSON form of an NLRI has beside `type`, `family` and `pathIdentifier`. `json` is the NLRI, for families whose NLRI
   * differ in their members, and `path` its place. Throws ValueError.
   */
  jsonMembers(family: Family, json: Readonly<Record<string, unknown>>, path: string): JsonMembers;
  /** A faster `nlriAreWhole` for rows whose fields are checked often. */
  areWhole?(bytes: Uint8Array, start: number, end: number, family: Family, addPath: boolean): boolean;
  /** All NLRI of a field that `areWhole` passed. @default each by `next` and `decode` */
  decodeAll?(bytes: Uint8Array, start: number, end: number, family: Family, addPath: boolean, spans?: SpanRecorder): T[] | undefined;
  /** One line, without family and path identifier. `parse(format(x), family)` equals x. */
  format(nlri: T): string;
  /** Throws ValueError that says what was found and what is allowed. */
  parse(text: string, family: Family): T;
}

/** The key of routes that have nothing beside it: their whole NLRI. */
export function wholeNlri(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  out.raw(bytes, start, end);
}
