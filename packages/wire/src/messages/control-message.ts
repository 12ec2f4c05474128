/**
 * All messages except UPDATE, header included. A session handles these itself. It passes UPDATEs on as octets, so it needs no attribute codec.
 */
import { ByteWriter } from '../bytes.ts';
import { HEADER_LENGTH, MessageType } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { type Fault, ValueError } from '../fault.ts';
import { lengthMax, writeHeader } from './header.ts';
import { KEEPALIVE, type KeepaliveMessage } from './keepalive.ts';
import { decodeNotificationBody, encodeNotificationBody, type NotificationMessage } from './notification.ts';
import { decodeOpenBody, encodeOpenBody, type OpenDecodeOptions, type OpenMessage } from './open.ts';
import { decodeOperationalBody, encodeOperationalBody, type OperationalMessage } from './operational.ts';
import { decodeRouteRefreshBody, encodeRouteRefreshBody, type RouteRefreshMessage } from './route-refresh.ts';

/** Any message except UPDATE. These are few and not part of the hot path. */
export type ControlMessage = OpenMessage | NotificationMessage | KeepaliveMessage | RouteRefreshMessage | OperationalMessage;

/** Their type codes (RFC 4271 §4.1, RFC 2918 §3). */
export type ControlMessageType = Exclude<MessageType, typeof MessageType.Update>;

/** The body `bytes[start, end)` of a message of `type`, whose header `headerFault` has passed. Borrows nothing. */
export function decodeControlBody(
  type: ControlMessageType,
  bytes: Uint8Array,
  start: number,
  end: number,
  options: OpenDecodeOptions = {},
): ControlMessage | Fault {
  switch (type) {
    case MessageType.Open:
      return decodeOpenBody(bytes, start, end, options);
    case MessageType.Notification:
      return decodeNotificationBody(bytes, start, end, options.spans);
    case MessageType.Keepalive:
      return KEEPALIVE;
    case MessageType.RouteRefresh:
      return decodeRouteRefreshBody(bytes, start, end, options.spans);
    case MessageType.Operational:
      return decodeOperationalBody(bytes, start, end, options.spans);
  }
}

interface Row<T extends ControlMessage> {
  readonly code: ControlMessageType;
  encode(out: ByteWriter, message: T): void;
}

const ROWS: { readonly [Type in ControlMessage['type']]: Row<Extract<ControlMessage, { type: Type }>> } = {
  open: { code: MessageType.Open, encode: encodeOpenBody },
  notification: { code: MessageType.Notification, encode: encodeNotificationBody },
  keepalive: { code: MessageType.Keepalive, encode: () => {} },
  'route-refresh': { code: MessageType.RouteRefresh, encode: encodeRouteRefreshBody },
  operational: { code: MessageType.Operational, encode: encodeOperationalBody },
};

/** The message with its header. Throws ValueError for a value that cannot be written or is too long for the session. */
export function encodeControlMessage(message: ControlMessage, context: WireContext): Uint8Array {
  const { code, encode } = ROWS[message.type] as Row<ControlMessage>;
  return frameMessage(code, context, (out) => encode(out, message));
}

/** A header and the body that `body` appends. Throws ValueError when the message is too long for the session. */
export function frameMessage(type: MessageType, context: WireContext, body: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter();
  out.zeros(HEADER_LENGTH);
  body(out);
  const max = lengthMax(type, context.extendedMessage);
  if (out.length > max) throw new ValueError(`message of type ${type}: found ${out.length} octets, allowed ${max}`);
  writeHeader(out.bytes, 0, out.length, type);
  return out.take();
}
