/** Headers and incomplete messages, as a message stream meets them (RFC 4271 §4.1). */
import { EXTENDED_MESSAGE_LENGTH_MAX, Fault, HeaderError, MESSAGE_LENGTH_MAX, MessageType, NotificationCode } from '@tsbgp/wire';
import { headerFault } from '@tsbgp/wire/scan';

/** Whether the header at `at` needs no closer look: an UPDATE of ordinary `length`. Nearly every message is one. */
export function isPlainUpdate(bytes: Uint8Array, at: number, length: number): boolean {
  return bytes[at + 18] === MessageType.Update && length >= 23 && length <= MESSAGE_LENGTH_MAX && hasMarker(bytes, at);
}

/** What is wrong with the header at `at`, or undefined. `otherTypes`: further types that were agreed upon. */
export function judgeHeader(
  bytes: Uint8Array,
  at: number,
  extendedMessage: boolean,
  otherTypes: readonly number[] = [],
): Fault | undefined {
  const type = bytes[at + 18]!;
  const fault = headerFault(bytes, at, extendedMessage);
  if (type <= MessageType.RouteRefresh || !hasMarker(bytes, at)) return fault;
  // The codec knows no type that has not been registered.
  if (otherTypes.includes(type)) return fault?.subcode === HeaderError.BadMessageType ? undefined : fault;
  const reason = `message type ${type} was not agreed upon`;
  return new Fault('reset', NotificationCode.MessageHeaderError, HeaderError.BadMessageType, reason, Uint8Array.of(type));
}

function hasMarker(bytes: Uint8Array, at: number): boolean {
  let all = 0xff;
  for (let i = at; i < at + 16; i++) all &= bytes[i]!;
  return all === 0xff;
}

/** The beginning of a message whose rest has not arrived. */
export class PartialMessage {
  /** The first `length` octets are the message's. */
  bytes: Uint8Array = new Uint8Array(MESSAGE_LENGTH_MAX);
  length = 0;

  /** Moves octets of `chunk` here until there are `lengthWanted`. Returns where the chunk goes on. */
  fill(lengthWanted: number, chunk: Uint8Array, at: number): number {
    if (lengthWanted > this.bytes.length) {
      const grown = new Uint8Array(EXTENDED_MESSAGE_LENGTH_MAX);
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    const take = Math.min(lengthWanted - this.length, chunk.length - at);
    this.bytes.set(chunk.subarray(at, at + take), this.length);
    this.length += take;
    return at + take;
  }
}
