/**
 * ROUTE-REFRESH (RFC 2918 §3, subtypes RFC 7313 §3.2, outbound route filters RFC 5291 §5).
 *
 *     0                 2         3        4
 *     +-----------------+---------+--------+ - - - - - - - - - - - - - - - - - - -
 *     | AFI             | subtype | SAFI   |  ORFs, only in subtype 0
 *     +-----------------+---------+--------+ - - - - - - - - - - - - - - - - - - -
 *
 * Subtype 0 asks for the routes of the family. 1 (BoRR) and 2 (EoRR) begin and end the answer. Other subtypes decode, but must be ignored
 * (RFC 7313 §5).
 */
import { type ByteWriter, copyOf, readU16 } from '../bytes.ts';
import { HEADER_LENGTH, MESSAGE_LENGTH_MAX, MessageType, NotificationCode } from '../codes.ts';
import { afiOf, type Family, makeFamily, safiOf } from '../family.ts';
import { Fault } from '../fault.ts';
import type { SpanRecorder } from '../spans.ts';
import { badLength, writeHeader } from './header.ts';
import { decodeOrf, encodeOrf, type Orf } from './route-refresh-orf.ts';

/** What a ROUTE-REFRESH asks or says (RFC 7313 §3.2). */
export const RefreshSubtype = { Request: 0, Begin: 1, End: 2 } as const;

/** ROUTE-REFRESH (RFC 2918 §3), perhaps with filters (RFC 5291 §4). */
export interface RouteRefreshMessage {
  type: 'route-refresh';
  family: Family;
  /** One of `RefreshSubtype`. Messages with another subtype must be ignored. */
  subtype: number;
  /** Outbound route filters for the receiver to install. */
  orf?: Orf;
  /** The octets after the family when they are not well-formed filters. */
  rest?: Uint8Array;
}

const FIXED_LENGTH = 4;
const INVALID_MESSAGE_LENGTH = 1;
const NOTIFICATION_DATA_MAX = MESSAGE_LENGTH_MAX - HEADER_LENGTH - 2;

/** `bytes[start, end)` is the body. Borrows nothing. */
export function decodeRouteRefreshBody(bytes: Uint8Array, start: number, end: number, spans?: SpanRecorder): RouteRefreshMessage | Fault {
  const length = end - start;
  const subtype = length > 2 ? bytes[start + 2]! : 0;
  if (length !== FIXED_LENGTH && (subtype === RefreshSubtype.Begin || subtype === RefreshSubtype.End))
    return invalidLength(bytes, start, end);
  if (length < FIXED_LENGTH) return badLength(length + HEADER_LENGTH, MessageType.RouteRefresh);
  spans?.numbers(start, ['afi', 2], ['subtype', 1], ['safi', 1]);
  const message: RouteRefreshMessage = { type: 'route-refresh', family: makeFamily(readU16(bytes, start), bytes[start + 3]!), subtype };
  if (length > FIXED_LENGTH) {
    const mark = spans?.mark();
    const orf = subtype === RefreshSubtype.Request ? decodeOrf(bytes, start + FIXED_LENGTH, end, afiOf(message.family), spans) : undefined;
    if (orf === undefined && mark !== undefined) spans?.forget(mark);
    if (orf !== undefined) message.orf = orf;
    else message.rest = copyOf(bytes, start + FIXED_LENGTH, end);
  }
  return message;
}

/** RFC 7313 §5: the data of 7/1 is the complete message, as far as it fits into a NOTIFICATION. */
function invalidLength(bytes: Uint8Array, start: number, end: number): Fault {
  const length = HEADER_LENGTH + end - start;
  const data = new Uint8Array(Math.min(length, NOTIFICATION_DATA_MAX));
  writeHeader(data, 0, length, MessageType.RouteRefresh);
  data.set(bytes.subarray(start, start + data.length - HEADER_LENGTH), HEADER_LENGTH);
  const reason = `a ROUTE-REFRESH that begins or ends a refresh has ${end - start} octets behind its header, not 4`;
  return new Fault('reset', NotificationCode.RouteRefreshMessageError, INVALID_MESSAGE_LENGTH, reason, data);
}

/** The body, without header. Throws ValueError. */
export function encodeRouteRefreshBody(out: ByteWriter, message: RouteRefreshMessage): void {
  out.u16(afiOf(message.family));
  out.u8(message.subtype);
  out.u8(safiOf(message.family));
  if (message.orf !== undefined) encodeOrf(out, message.orf, afiOf(message.family));
  if (message.rest !== undefined) out.raw(message.rest);
}
