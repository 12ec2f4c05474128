/**
 * The message header (RFC 4271 §4.1) and its errors (§6.1).
 *
 *     0                              16         18    19
 *     +------------------------------+----------+-----+
 *     |   marker: sixteen 0xff       |  length  | type|
 *     +------------------------------+----------+-----+
 *
 * The length includes the header. Its bounds depend on the type, and on whether Extended Message was negotiated (RFC 8654).
 */
import { readU16, writeU16 } from '../bytes.ts';
import { EXTENDED_MESSAGE_LENGTH_MAX, HEADER_LENGTH, HeaderError, MESSAGE_LENGTH_MAX, MessageType, NotificationCode } from '../codes.ts';
import { Fault } from '../fault.ts';

const LENGTH_OFFSET = 16;
const TYPE_OFFSET = 18;

/** Smallest length of each type, by type code; 0 for unassigned types. ROUTE-REFRESH checks its length itself: its error differs (RFC 7313 §5). */
const LENGTH_MIN = [0, 29, 23, 21, 19, HEADER_LENGTH, 23];

/** Length field of the header at `offset`; unchecked. */
export function messageLength(bytes: Uint8Array, offset: number): number {
  return readU16(bytes, offset + LENGTH_OFFSET);
}

/** Type octet of the header at `offset`; unchecked. */
export function messageType(bytes: Uint8Array, offset: number): number {
  return bytes[offset + TYPE_OFFSET]!;
}

/**
 * What is wrong with the header at `offset`, or undefined. The caller has checked that its 19 octets are there. Marker, length and type are
 * checked in this order. Allocates only for a fault. Reads nothing after the header, so that a stream can be checked before the body arrives.
 */
export function headerFault(bytes: Uint8Array, offset: number, extendedMessage: boolean): Fault | undefined {
  for (let i = offset; i < offset + LENGTH_OFFSET; i++) {
    if (bytes[i] !== 0xff) {
      return new Fault('reset', NotificationCode.MessageHeaderError, HeaderError.ConnectionNotSynchronized, 'the marker is not all ones');
    }
  }
  const length = messageLength(bytes, offset);
  const type = messageType(bytes, offset);
  const min = LENGTH_MIN[type] ?? 0;
  if (length < HEADER_LENGTH || length < min || length > lengthMax(type, extendedMessage)) return badLength(length, type);
  if (min === 0) {
    const data = Uint8Array.of(type);
    return new Fault('reset', NotificationCode.MessageHeaderError, HeaderError.BadMessageType, `message type ${type} is unknown`, data);
  }
  return undefined;
}

/** RFC 8654 §4: the limit of OPEN and KEEPALIVE stays 4096 octets. A KEEPALIVE is only its header (RFC 4271 §4.4). */
export function lengthMax(type: number, extendedMessage: boolean): number {
  if (type === MessageType.Keepalive) return HEADER_LENGTH;
  return extendedMessage && type !== MessageType.Open ? EXTENDED_MESSAGE_LENGTH_MAX : MESSAGE_LENGTH_MAX;
}

/** RFC 4271 §6.1: Bad Message Length carries the erroneous length field. */
export function badLength(length: number, type: number): Fault {
  const data = new Uint8Array(2);
  writeU16(data, 0, length);
  const reason = `a message of type ${type} cannot have ${length} octets`;
  return new Fault('reset', NotificationCode.MessageHeaderError, HeaderError.BadMessageLength, reason, data);
}

/** Fills in the header of a message of `length` octets, header included. */
export function writeHeader(bytes: Uint8Array, offset: number, length: number, type: number): void {
  bytes.fill(0xff, offset, offset + LENGTH_OFFSET);
  writeU16(bytes, offset + LENGTH_OFFSET, length);
  bytes[offset + TYPE_OFFSET] = type;
}
