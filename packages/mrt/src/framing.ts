/**
 * Cuts a stream of octets into MRT records, and finds the next record after damage.
 *
 * 1. A header is sound if its type and length can be those of a record. A record is given out once the header after it is seen to be sound, too,
 *    or the input ends: only then is its length believed.
 * 2. If the header after a record is not sound, either the length of the record is wrong or the octets after it are damaged. We look for the next
 *    two records in a row, from the octet after the start of the record on. If they begin within the record, the record is left out, else it
 *    is given out and what lies between is left out.
 * 3. What is left out is reported with its place. The search keeps no octets that it has passed.
 */
import { readU16, readU32 } from '@tsbgp/wire';
import { formatMrtType, isKnownSubtype, isKnownType, MRT_HEADER_LENGTH } from './codes.ts';
import { MrtDamage } from './damage.ts';
import { MrtRecord } from './record.ts';

/** Longest record that is believed, in octets of its body. A prefix with 65,535 entries of 500 octets each is as long. */
export const MRT_LENGTH_MAX: number = 32 << 20;

/** Bounds for types that are not known, in the header of a record that follows another: IANA has used 49 types so far. */
const UNKNOWN_TYPE_MAX = 1023;
const UNKNOWN_SUBTYPE_MAX = 255;
const UNKNOWN_LENGTH_MAX = 1 << 20;

/** While searching: the two records have times that are at most so far from the last record. */
const SEARCH_SECONDS_MAX = 7 * 86_400;

/** The result of a search for the next record. */
const NOT_FOUND = -1;

const EMPTY = new Uint8Array(0);

/** Gives records out of chunks of any size. `push` octets, take records with `next` until it has none, and call `finish` at the end. */
export class MrtFramer {
  readonly #onDamage: (damage: MrtDamage) => void;
  #bytes: Uint8Array = EMPTY;
  #at = 0;
  /** Chunks after `#bytes`, not yet joined. */
  #waiting: Uint8Array[] = [];
  #waitingLength = 0;
  /** How many octets from `#at` on are needed before it is worth looking again. */
  #needed = 1;
  #finished = false;
  /** Where `#bytes` begins in the stream. */
  #base = 0;
  /** Start in the stream of octets that are being left out; NOT_FOUND when none are. */
  #lostFrom = NOT_FOUND;
  #lostReason = '';
  /** Time of the last record, for the search. */
  #timestamp = NOT_FOUND;

  /** Every damage is reported once. Without a listener it is only left out. */
  constructor(onDamage: (damage: MrtDamage) => void = () => {}) {
    this.#onDamage = onDamage;
  }

  /** Adds octets. They must not change as long as records of them are in use. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#waiting.push(chunk);
    this.#waitingLength += chunk.length;
  }

  /** No more octets will come. Take the last records with `next` then. */
  finish(): void {
    this.#finished = true;
  }

  /** The next record, or undefined when more octets are needed. */
  next(): MrtRecord | undefined {
    for (;;) {
      const have = this.#bytes.length - this.#at;
      if (this.#waitingLength > 0 && have < this.#needed) {
        if (have + this.#waitingLength < this.#needed && !this.#finished) return undefined;
        this.#join();
        continue;
      }
      if (have < this.#needed && !this.#finished) return undefined;
      this.#needed = 1;
      if (have === 0) {
        this.#endLoss();
        return undefined;
      }
      const record = this.#lostFrom === NOT_FOUND ? this.#take() : this.#search();
      if (record !== undefined) return record;
    }
  }

  /** The record at `#at`; undefined when something else has to be done first: wait, or search. */
  #take(): MrtRecord | undefined {
    const bytes = this.#bytes;
    const start = this.#at;
    const have = bytes.length - start;
    if (have < MRT_HEADER_LENGTH) return this.#starve(MRT_HEADER_LENGTH, 'the file ends within the header of a record');
    if (!isSound(bytes, start)) return this.#lose('found no header of a record');
    const end = start + MRT_HEADER_LENGTH + readU32(bytes, start + 8);
    const following = end + MRT_HEADER_LENGTH;
    if (following > bytes.length && !this.#finished) return this.#starve(following - start, '');
    if (end > bytes.length) return this.#loseFrom(start + 1, start, `the file ends within a record: ${end - bytes.length} octets missing`);
    if (following <= bytes.length && !isSound(bytes, end)) {
      const found = this.#find(start + 1, end);
      if (found !== NOT_FOUND) {
        this.#report(start, found, `the length of ${formatMrtType(readU16(bytes, start + 4), readU16(bytes, start + 6))} is wrong`);
        this.#at = found;
        return undefined;
      }
    }
    this.#at = end;
    this.#timestamp = readU32(bytes, start);
    return new MrtRecord(bytes, start, end, this.#base + start);
  }

  /** Waits for octets; at the end of the input, what is there is lost. */
  #starve(needed: number, reason: string): undefined {
    if (this.#finished) {
      this.#report(this.#at, this.#bytes.length, reason);
      this.#at = this.#bytes.length;
    } else this.#needed = needed;
    return undefined;
  }

  #lose(reason: string): undefined {
    return this.#loseFrom(this.#at + 1, this.#at, reason);
  }

  /** Leaves out what begins at `lost`, and searches from `next` on. */
  #loseFrom(next: number, lost: number, reason: string): undefined {
    this.#lostFrom = this.#base + lost;
    this.#lostReason = reason;
    this.#at = next;
    return undefined;
  }

  /** Goes on until two records in a row, the first of which is then the next one. */
  #search(): undefined {
    const found = this.#find(this.#at, this.#bytes.length);
    if (found !== NOT_FOUND) {
      this.#at = found;
      this.#endLoss();
      return undefined;
    }
    // The start of a record may be at the end of what is there: #find stopped where it could not tell.
    if (this.#finished) this.#at = this.#bytes.length;
    else this.#needed = this.#bytes.length - this.#at + MRT_HEADER_LENGTH;
    return undefined;
  }

  /** Start of the first two records in a row that begin in `[from, until)`. Moves `#at` forward while lost, so that octets can be let go. */
  #find(from: number, until: number): number {
    const bytes = this.#bytes;
    for (let at = from; at < until; at++) {
      if (this.#lostFrom !== NOT_FOUND) this.#at = at;
      if (at + MRT_HEADER_LENGTH > bytes.length) return NOT_FOUND;
      if (!this.#looksSound(at)) continue;
      const next = at + MRT_HEADER_LENGTH + readU32(bytes, at + 8);
      if (next === bytes.length && this.#finished) return at;
      if (next + MRT_HEADER_LENGTH > bytes.length) {
        if (this.#finished || this.#lostFrom === NOT_FOUND) continue;
        return NOT_FOUND;
      }
      if (this.#looksSound(next)) return at;
    }
    return NOT_FOUND;
  }

  /** A stricter `isSound`, for octets that are probably no header: a known subtype, and a time near that of the last record. */
  #looksSound(at: number): boolean {
    const bytes = this.#bytes;
    if (bytes[at + 4] !== 0 || !isKnownSubtype(readU16(bytes, at + 4), readU16(bytes, at + 6))) return false;
    if (readU32(bytes, at + 8) > UNKNOWN_LENGTH_MAX) return false;
    return this.#timestamp === NOT_FOUND || Math.abs(readU32(bytes, at) - this.#timestamp) <= SEARCH_SECONDS_MAX;
  }

  #endLoss(): void {
    if (this.#lostFrom === NOT_FOUND) return;
    const from = this.#lostFrom - this.#base;
    this.#lostFrom = NOT_FOUND;
    this.#report(from, this.#at, this.#lostReason);
  }

  #report(from: number, to: number, reason: string): void {
    this.#onDamage(new MrtDamage(this.#base + from, to - from, reason));
  }

  /** Joins what is left with the chunks that came. One copy of the octets that are left and of all chunks but a sole one without a rest. */
  #join(): void {
    const rest = this.#bytes.length - this.#at;
    this.#base += this.#at;
    if (rest === 0 && this.#waiting.length === 1) this.#bytes = this.#waiting[0]!;
    else {
      const joined = new Uint8Array(rest + this.#waitingLength);
      joined.set(this.#bytes.subarray(this.#at));
      let to = rest;
      for (const chunk of this.#waiting) {
        joined.set(chunk, to);
        to += chunk.length;
      }
      this.#bytes = joined;
    }
    this.#at = 0;
    this.#waiting = [];
    this.#waitingLength = 0;
  }
}

/** Whether the header at `at` can be one. Unknown types are, within bounds: readers skip them (RFC 6396 §4). */
function isSound(bytes: Uint8Array, at: number): boolean {
  const type = readU16(bytes, at + 4);
  const length = readU32(bytes, at + 8);
  if (isKnownType(type)) return length <= MRT_LENGTH_MAX && readU16(bytes, at + 6) <= UNKNOWN_SUBTYPE_MAX;
  return type <= UNKNOWN_TYPE_MAX && readU16(bytes, at + 6) <= UNKNOWN_SUBTYPE_MAX && length <= UNKNOWN_LENGTH_MAX;
}
