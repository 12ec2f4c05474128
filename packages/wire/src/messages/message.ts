/**
 * Whole messages, header included: the union by `type`, and what reads and writes it.
 */
import { HEADER_LENGTH, MessageType } from '../codes.ts';
import type { WireContext } from '../context.ts';
import type { Fault } from '../fault.ts';
import { type ControlMessage, type ControlMessageType, decodeControlBody, encodeControlMessage, frameMessage } from './control-message.ts';
import { badLength, headerFault, messageLength, messageType } from './header.ts';
import type { OpenDecodeOptions } from './open.ts';
import { decodeUpdate, encodeUpdate, type UpdateMessage } from './update.ts';

/** Any BGP message (RFC 4271 §4), to be told apart by `type`. */
export type Message = ControlMessage | UpdateMessage;

/**
 * The one message that `bytes[start, end)` is, header checked; or the fault that ends the session. Borrows nothing.
 * `lenient` reads OPENs of captures and of BMP without asking whether a session could be made of them.
 */
export function decodeMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: WireContext,
  options: OpenDecodeOptions = {},
): Message | Fault {
  if (end - start < HEADER_LENGTH) return badLength(end - start, 0);
  const fault = headerFault(bytes, start, context.extendedMessage);
  if (fault !== undefined) return fault;
  const type = messageType(bytes, start);
  if (messageLength(bytes, start) !== end - start) return badLength(messageLength(bytes, start), type);
  if (type === MessageType.Update) return decodeUpdate(bytes, start + HEADER_LENGTH, end, context);
  // headerFault refuses every type that is not known.
  return decodeControlBody(type as ControlMessageType, bytes, start + HEADER_LENGTH, end, options);
}

/** The message with its header. Throws ValueError for a value that cannot be written or is too long for the session. */
export function encodeMessage(message: Message, context: WireContext): Uint8Array {
  if (message.type !== 'update') return encodeControlMessage(message, context);
  return frameMessage(MessageType.Update, context, (out) => out.raw(encodeUpdate(message, context)));
}
