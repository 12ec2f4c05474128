/** Messages that the session itself sends. */
import {
  CeaseSubcode,
  type ControlMessage,
  encodeControlMessage,
  HEADER_LENGTH,
  MESSAGE_LENGTH_MAX,
  NotificationCode,
  type NotificationMessage,
  notification,
  shutdownMessageData,
  type WireContext,
} from '@tsbgp/wire';

/** None of these messages depends on what was negotiated. */
const CONTEXT: WireContext = { fourOctetAs: true, addPath: new Set(), peerType: 'ebgp', extendedMessage: false };

/** The whole message. Throws ValueError for a value that cannot be written. */
export function encode(message: ControlMessage): Uint8Array {
  return encodeControlMessage(message, CONTEXT);
}

/** Cuts data that does not fit: it may be a received message of 64 KiB (RFC 8654 §5). */
export function encodeNotification(message: NotificationMessage): Uint8Array {
  return encode({ ...message, data: message.data.subarray(0, MESSAGE_LENGTH_MAX - HEADER_LENGTH - 2) });
}

/** Ends of a session that the peer is not to wait out. RFC 8538 §4 leaves to us which they are. */
const FOR_GOOD: ReadonlySet<number> = new Set([
  CeaseSubcode.MaximumPrefixesReached,
  CeaseSubcode.AdministrativeShutdown,
  CeaseSubcode.PeerDeconfigured,
  CeaseSubcode.AdministrativeReset,
]);

/** Whether a session that we end with this NOTIFICATION ends without a graceful restart. It is then sent as a Hard Reset (RFC 8538 §3). */
export function isForGood({ code, subcode }: NotificationMessage): boolean {
  return code === NotificationCode.Cease && (FOR_GOOD.has(subcode) || subcode === CeaseSubcode.HardReset);
}

/** Ends a connection on purpose (RFC 4486). Subcodes 2 and 4 may carry text (RFC 9003). */
export function cease(subcode: number, text?: string): NotificationMessage {
  const mayCarryText = subcode === CeaseSubcode.AdministrativeShutdown || subcode === CeaseSubcode.AdministrativeReset;
  const data = text !== undefined && text !== '' && mayCarryText ? shutdownMessageData(text) : undefined;
  return notification(NotificationCode.Cease, subcode, data);
}
