/** Message headers as a session sees them (RFC 4271 §4.1). */
import { Fault, HeaderError, MESSAGE_LENGTH_MAX, MessageType, NotificationCode } from '@tsbgp/wire';
import { headerFault } from '@tsbgp/wire/scan';

/** Whether the header at `at` needs no closer look: an UPDATE of ordinary `length`. Nearly every message is one. */
export function isPlainUpdate(bytes: Uint8Array, at: number, length: number): boolean {
  return bytes[at + 18] === MessageType.Update && length >= 23 && length <= MESSAGE_LENGTH_MAX && hasMarker(bytes, at);
}

/** What is wrong with the header at `at`, or undefined. */
export function judgeHeader(bytes: Uint8Array, at: number, extendedMessage: boolean): Fault | undefined {
  const type = bytes[at + 18]!;
  if (type <= MessageType.RouteRefresh || !hasMarker(bytes, at)) return headerFault(bytes, at, extendedMessage);
  const reason = `message type ${type} was not agreed upon`;
  return new Fault('reset', NotificationCode.MessageHeaderError, HeaderError.BadMessageType, reason, Uint8Array.of(type));
}

function hasMarker(bytes: Uint8Array, at: number): boolean {
  let all = 0xff;
  for (let i = at; i < at + 16; i++) all &= bytes[i]!;
  return all === 0xff;
}
