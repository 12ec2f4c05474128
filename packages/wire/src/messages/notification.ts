/**
 * NOTIFICATION (RFC 4271 §4.5): why the session ends. Code, subcode, data.
 *
 * Cease/2 and Cease/4 may carry a sentence for the operator of the peer (RFC 9003). Cease/9, Hard Reset, contains another NOTIFICATION and
 * says that the peer must not keep our routes for a graceful restart (RFC 8538 §3.1).
 */
import { type ByteWriter, copyOf, equalBytes, fromHex, toHex } from '../bytes.ts';
import { CeaseSubcode, HEADER_LENGTH, MessageType, NotificationCode } from '../codes.ts';
import { Fault, ValueError } from '../fault.ts';
import type { SpanRecorder } from '../spans.ts';
import { unquote } from '../words.ts';
import { badLength } from './header.ts';
import { notificationCodeName, notificationSubcodeName } from './notification-names.ts';

/** NOTIFICATION (RFC 4271 §4.5): why the session ends. */
export interface NotificationMessage {
  type: 'notification';
  code: number;
  subcode: number;
  data: Uint8Array;
}

/** RFC 9003 §2: the length has one octet, and 255 is allowed. */
const SHUTDOWN_TEXT_MAX = 255;

const NO_DATA = new Uint8Array(0);

/** A NOTIFICATION of that code and subcode. */
export function notification(code: number, subcode: number, data: Uint8Array = NO_DATA): NotificationMessage {
  return { type: 'notification', code, subcode, data };
}

/** The NOTIFICATION that answers a fault. */
export function notificationOf(fault: Fault): NotificationMessage {
  return notification(fault.code, fault.subcode, fault.data);
}

/** `bytes[start, end)` is the body. Borrows nothing. An error in a NOTIFICATION is not answered with a NOTIFICATION (RFC 4271 §6.4). */
export function decodeNotificationBody(bytes: Uint8Array, start: number, end: number, spans?: SpanRecorder): NotificationMessage | Fault {
  if (end - start < 2) return badLength(end - start + HEADER_LENGTH, MessageType.Notification);
  const data = copyOf(bytes, start + 2, end);
  spans?.numbers(start, ['code', 1], ['subcode', 1]);
  spans?.leaf('data', start + 2, end, data);
  return notification(bytes[start]!, bytes[start + 1]!, data);
}

/** The body, without header. */
export function encodeNotificationBody(out: ByteWriter, message: NotificationMessage): void {
  out.u8(message.code);
  out.u8(message.subcode);
  out.raw(message.data);
}

/** Data of Cease/2 and Cease/4 that says `text` (RFC 9003): at most 255 octets of UTF-8, cut between characters. */
export function shutdownMessageData(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  let length = Math.min(encoded.length, SHUTDOWN_TEXT_MAX);
  // An octet 10xxxxxx continues a character: cut before that character.
  while (length < encoded.length && length > 0 && (encoded[length]! & 0xc0) === 0x80) length--;
  const data = new Uint8Array(length + 1);
  data[0] = length;
  data.set(encoded.subarray(0, length), 1);
  return data;
}

/** The sentence of the peer's operator (RFC 9003), or undefined. Control characters are replaced, because the text goes to logs and terminals. */
export function shutdownMessage(message: NotificationMessage): string | undefined {
  const inner = unwrapHardReset(message) ?? message;
  if (inner.code !== NotificationCode.Cease) return undefined;
  if (inner.subcode !== CeaseSubcode.AdministrativeShutdown && inner.subcode !== CeaseSubcode.AdministrativeReset) return undefined;
  const length = inner.data[0];
  if (length === undefined || length === 0 || length > inner.data.length - 1) return undefined;
  // RFC 9003 §5: malformed UTF-8 must not do harm; every bad sequence becomes U+FFFD.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(inner.data.subarray(1, 1 + length));
  return text.replace(/\p{Cc}|\p{Cf}/gu, '\u{fffd}');
}

/** RFC 8538 §3.1: the same NOTIFICATION as a Hard Reset. */
export function hardReset(message: NotificationMessage): NotificationMessage {
  const data = new Uint8Array(message.data.length + 2);
  data[0] = message.code;
  data[1] = message.subcode;
  data.set(message.data, 2);
  return notification(NotificationCode.Cease, CeaseSubcode.HardReset, data);
}

function isHardReset({ code, subcode }: NotificationMessage): boolean {
  return code === NotificationCode.Cease && subcode === CeaseSubcode.HardReset;
}

/** The NOTIFICATION inside a Hard Reset; undefined for other NOTIFICATIONs and for an empty Hard Reset. */
export function unwrapHardReset(message: NotificationMessage): NotificationMessage | undefined {
  if (!isHardReset(message) || message.data.length < 2) return undefined;
  return notification(message.data[0]!, message.data[1]!, copyOf(message.data, 2));
}

/**
 * One line: `6/2 Cease, Administrative Shutdown: "maintenance"`, `3/1 UPDATE Message Error, Malformed Attribute List: data 4001`. The octets
 * follow the sentence when they say more than it does.
 */
export function formatNotification(message: NotificationMessage): string {
  const head = `${message.code}/${message.subcode} ${fullName(message.code, message.subcode)}`;
  const inner = unwrapHardReset(message);
  // A Hard Reset inside a Hard Reset is data: a peer could nest them by the thousand.
  if (inner !== undefined && !isHardReset(inner)) return `${head}: ${formatNotification(inner)}`;
  const text = shutdownMessage(message);
  if (text === undefined) return message.data.length === 0 ? head : `${head}: data ${toHex(message.data)}`;
  const whole = equalBytes(shutdownMessageData(text), message.data);
  return `${head}: ${JSON.stringify(text)}${whole ? '' : ` data ${toHex(message.data)}`}`;
}

function fullName(code: number, subcode: number): string {
  const name = notificationSubcodeName(code, subcode);
  return `${notificationCodeName(code)}${name === '' ? '' : `, ${name}`}`;
}

/** What `formatNotification` wrote; the names may be left out: `6/2: "maintenance"`. Throws ValueError. */
export function parseNotification(text: string): NotificationMessage {
  const parts = /^(\d{1,3})\/(\d{1,3})(?: ([^:]+))?(?:: (.+))?$/.exec(text.trim());
  if (parts === null)
    throw new ValueError(`found "${text}", allowed is e.g. "6/2 Cease, Administrative Shutdown: "maintenance"" or "3/1: data 4001"`);
  const code = octet('NOTIFICATION code', parts[1]!);
  const subcode = octet('NOTIFICATION subcode', parts[2]!);
  const name = fullName(code, subcode);
  if (parts[3] !== undefined && parts[3] !== name)
    throw new ValueError(`found "${parts[3]}" for ${code}/${subcode}, allowed is "${name}" or nothing`);
  const rest = parts[4];
  if (rest === undefined) return notification(code, subcode);
  if (code === NotificationCode.Cease && subcode === CeaseSubcode.HardReset && /^\d/.test(rest)) {
    if (/^6\/9\b/.test(rest)) throw new ValueError('a Hard Reset inside a Hard Reset is written as data, e.g. "6/9: data 0609"');
    return hardReset(parseNotification(rest));
  }
  const said = /^("(?:[^"\\]|\\.)*")?(?:(?:^| )data ((?:[0-9a-fA-F]{2})+))?$/.exec(rest);
  if (said === null) throw new ValueError(`found "${rest}", allowed are a sentence in quotes (6/2, 6/4) or octets, e.g. "data 4001"`);
  return notification(code, subcode, said[2] === undefined ? sentence(code, subcode, said[1]!) : fromHex(said[2]));
}

function octet(what: string, digits: string): number {
  if (Number(digits) > 0xff) throw new ValueError(`${what}: found ${digits}, allowed 0 to 255`);
  return Number(digits);
}

function sentence(code: number, subcode: number, quoted: string): Uint8Array {
  const data = shutdownMessageData(unquote(quoted));
  const message = notification(code, subcode, data);
  if (data.length > 1 && shutdownMessage(message) === undefined) {
    throw new ValueError(`found ${quoted} for ${code}/${subcode}, allowed is a sentence for 6/2 and 6/4 only (RFC 9003)`);
  }
  if (new TextEncoder().encode(unquote(quoted)).length !== data.length - 1)
    throw new ValueError('a sentence has 255 octets at most (RFC 9003)');
  return data;
}
