/** The NOTIFICATIONs with which we end a connection on purpose (RFC 4486). */
import { CeaseSubcode, NotificationCode, type NotificationMessage, notification, shutdownMessageData } from '@tsbgp/wire';

/** RFC 9003: subcodes 2 and 4 may carry text. */
export function cease(subcode: number, text?: string): NotificationMessage {
  const mayCarryText = subcode === CeaseSubcode.AdministrativeShutdown || subcode === CeaseSubcode.AdministrativeReset;
  const data = text !== undefined && text !== '' && mayCarryText ? shutdownMessageData(text) : undefined;
  return notification(NotificationCode.Cease, subcode, data);
}
