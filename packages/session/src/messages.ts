/** Whole messages, header included, that the session itself sends. */
import {
  ByteWriter,
  EXTENDED_MESSAGE_LENGTH_MAX,
  encodeNotificationBody,
  encodeRouteRefreshBody,
  HEADER_LENGTH,
  MESSAGE_LENGTH_MAX,
  MessageType,
  type NotificationMessage,
  type RouteRefreshMessage,
  writeHeader,
} from '@tsbgp/wire';

/** Cuts data that does not fit: it may be a received message of 64 KiB (RFC 8654 §5). */
export function encodeNotification(message: NotificationMessage, extendedMessage = false): Uint8Array {
  const lengthMax = extendedMessage ? EXTENDED_MESSAGE_LENGTH_MAX : MESSAGE_LENGTH_MAX;
  const dataMax = lengthMax - HEADER_LENGTH - 2;
  const data = message.data.length > dataMax ? message.data.subarray(0, dataMax) : message.data;
  const out = new ByteWriter(HEADER_LENGTH + 2 + data.length);
  out.zeros(HEADER_LENGTH);
  encodeNotificationBody(out, { ...message, data });
  writeHeader(out.bytes, 0, out.length, MessageType.Notification);
  return out.take();
}

export function encodeRouteRefresh(message: RouteRefreshMessage): Uint8Array {
  const out = new ByteWriter(HEADER_LENGTH + 4);
  out.zeros(HEADER_LENGTH);
  encodeRouteRefreshBody(out, message);
  writeHeader(out.bytes, 0, out.length, MessageType.RouteRefresh);
  return out.take();
}
