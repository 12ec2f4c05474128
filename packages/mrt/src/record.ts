/**
 * One MRT record (RFC 6396 §2) as a view of the octets in which it lies. Nothing is decoded before `decode` is called.
 *
 *     | timestamp, 4 octets | type, 2 | subtype, 2 | length, 4 | microseconds, 4: only in extended types | body … |
 */
import { readU16, readU32 } from '@tsbgp/wire';
import { formatMrtType, hasMicroseconds, MRT_HEADER_LENGTH } from './codes.ts';
import { MrtDamage } from './damage.ts';
import { decodeBody } from './kinds/kinds.ts';
import type { MrtValue } from './kinds/values.ts';

/** One record. Its octets are those that the reader was given: keep a record only as long as they do not change. */
export class MrtRecord {
  /** Holds the record at `[start, end)`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Where the body begins, after the microseconds if there are any. */
  readonly bodyStart: number;
  /** Where the record begins in the (unpacked) file, in octets. */
  readonly offset: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** 0 to 999,999; undefined in types without this field. */
  readonly microseconds: number | undefined;
  readonly type: number;
  readonly subtype: number;

  /** `bytes[start, end)` must be a whole record. */
  constructor(bytes: Uint8Array, start: number, end: number, offset: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.offset = offset;
    this.timestamp = readU32(bytes, start);
    this.type = readU16(bytes, start + 4);
    this.subtype = readU16(bytes, start + 6);
    const extended = hasMicroseconds(this.type) && end - start >= MRT_HEADER_LENGTH + 4;
    this.microseconds = extended ? readU32(bytes, start + MRT_HEADER_LENGTH) : undefined;
    this.bodyStart = start + MRT_HEADER_LENGTH + (extended ? 4 : 0);
  }

  /** 'BGP4MP/MESSAGE_AS4'. */
  get typeName(): string {
    return formatMrtType(this.type, this.subtype);
  }

  /** The octets of the whole record, header included. No copy. */
  get octets(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** What the record says; octets in it are views of `bytes`. A record of a type or subtype without a row is `unknown`. */
  decode(): MrtValue | MrtDamage {
    const value = decodeBody(this);
    return typeof value === 'string' ? new MrtDamage(this.offset, this.end - this.start, `${this.typeName}: ${value}`) : value;
  }
}
