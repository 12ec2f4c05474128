/**
 * NOTIFICATION (RFC 4271 §4.5): why the session ends. Code, subcode, data.
 *
 * Cease/2 and Cease/4 may carry a sentence for the people at the other end (RFC 9003); Cease/9 wraps another NOTIFICATION, to say that
 * graceful restart is not meant (RFC 8538 §3.1).
 */
import type { ByteWriter } from '../bytes.ts';
import { toHex } from '../bytes.ts';
import { CeaseSubcode, HEADER_LENGTH, MessageType, NotificationCode } from '../codes.ts';
import { Fault } from '../fault.ts';
import { badLength } from './header.ts';
import { notificationCodeName, notificationSubcodeName } from './notification-names.ts';

export interface NotificationMessage {
  type: 'notification';
  code: number;
  subcode: number;
  data: Uint8Array;
}

/** RFC 9003 §2: length in one octet, of which 255 is a length too. */
const SHUTDOWN_TEXT_MAX = 255;

const NO_DATA = new Uint8Array(0);

export function notification(code: number, subcode: number, data: Uint8Array = NO_DATA): NotificationMessage {
  return { type: 'notification', code, subcode, data };
}

/** The NOTIFICATION that answers a fault. */
export function notificationOf(fault: Fault): NotificationMessage {
  return notification(fault.code, fault.subcode, fault.data);
}

/** `bytes[start, end)` is the body. Borrows nothing. RFC 4271 §6.4: what is wrong with a NOTIFICATION is not answered with one. */
export function decodeNotificationBody(bytes: Uint8Array, start: number, end: number): NotificationMessage | Fault {
  if (end - start < 2) return badLength(end - start + HEADER_LENGTH, MessageType.Notification);
  return notification(bytes[start]!, bytes[start + 1]!, bytes.slice(start + 2, end));
}

export function encodeNotificationBody(out: ByteWriter, message: NotificationMessage): void {
  out.u8(message.code);
  out.u8(message.subcode);
  out.raw(message.data);
}

/** RFC 9003: data of Cease/2 and Cease/4 that says `text`; at most 255 octets of UTF-8, cut at a character's border. */
export function shutdownMessageData(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  let length = Math.min(encoded.length, SHUTDOWN_TEXT_MAX);
  // 10xxxxxx continues a character: the cut goes before the character it belongs to.
  while (length < encoded.length && length > 0 && (encoded[length]! & 0xc0) === 0x80) length--;
  const data = new Uint8Array(length + 1);
  data[0] = length;
  data.set(encoded.subarray(0, length), 1);
  return data;
}

/** What the peer's operator says (RFC 9003), or undefined. Control characters are replaced: the text goes to logs and terminals. */
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

/** The NOTIFICATION inside a Hard Reset, or undefined when this is none or it is empty. */
export function unwrapHardReset(message: NotificationMessage): NotificationMessage | undefined {
  if (message.code !== NotificationCode.Cease || message.subcode !== CeaseSubcode.HardReset || message.data.length < 2) return undefined;
  return notification(message.data[0]!, message.data[1]!, message.data.slice(2));
}

/** One line: `6/2 Cease, Administrative Shutdown: "maintenance"`, `3/1 UPDATE Message Error, Malformed Attribute List: data 4001`. */
export function formatNotification(message: NotificationMessage): string {
  const name = notificationSubcodeName(message.code, message.subcode);
  const head = `${message.code}/${message.subcode} ${notificationCodeName(message.code)}${name === '' ? '' : `, ${name}`}`;
  const inner = unwrapHardReset(message);
  // A Hard Reset inside a Hard Reset is data: a peer could nest them by the thousand.
  if (inner !== undefined && unwrapHardReset(inner) === undefined) return `${head}: ${formatNotification(inner)}`;
  const text = shutdownMessage(message);
  if (text !== undefined) return `${head}: ${JSON.stringify(text)}`;
  return message.data.length === 0 ? head : `${head}: data ${toHex(message.data)}`;
}
