/** RFC 4271 §6.8, RFC 4486: Cease with data. */
import { type NotificationMessage, notification } from '@tsbgp/wire';

export function ceaseMessage(subcode: number, data: Uint8Array): NotificationMessage {
  return notification(6, subcode, data);
}
