/** What ExaBGP shows of a NOTIFICATION's data: of Cease/2 and Cease/4 with a text, that text. */
import { NotificationCode, type NotificationMessage, shutdownMessage } from '@tsbgp/wire';

const encoder = new TextEncoder();

export interface NotificationView {
  readonly data: Uint8Array;
  readonly message: string;
}

export function notificationView(notification: NotificationMessage): NotificationView {
  const { code, subcode, data } = notification;
  if (code === NotificationCode.Cease && (subcode === 2 || subcode === 4) && data.length > 0) {
    const text = shutdownMessage(notification);
    const message = text === undefined ? 'invalid Shutdown Communication' : `Shutdown Communication: "${text}"`;
    return { data: encoder.encode(message), message };
  }
  return { data, message: printable(data) };
}

/** Characters that do not print are `\xNN`. */
export function printable(bytes: Uint8Array): string {
  let text = '';
  for (const octet of bytes)
    text += octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`;
  return text;
}
