/**
 * Whole messages, header included: their union, and functions that read and write any of them.
 */
import { HEADER_LENGTH, HeaderError, MessageType } from '../codes.ts';
import type { WireContext } from '../context.ts';
import { Fault } from '../fault.ts';
import { type Span, SpanRecorder } from '../spans.ts';
import { type ControlMessage, type ControlMessageType, decodeControlBody, encodeControlMessage, frameMessage } from './control-message.ts';
import { badLength, headerFault, messageLength, messageType } from './header.ts';
import type { OpenDecodeOptions } from './open.ts';
import { decodeUpdate, encodeUpdate, type UpdateMessage } from './update.ts';

const MARKER_LENGTH = 16;

/** Any BGP message (RFC 4271 §4), to be told apart by `type`. */
export type Message = ControlMessage | UpdateMessage;

/**
 * The message that is `bytes[start, end)`, or the fault that ends the session. Checks the header. Borrows nothing.
 * `lenient` is for captures and BMP: it accepts OPENs from which no session could be made.
 */
export function decodeMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: WireContext,
  options: OpenDecodeOptions = {},
): Message | Fault {
  const { spans } = context;
  if (end - start < HEADER_LENGTH) return badLength(end - start, 0);
  const type = messageType(bytes, start);
  if (spans !== undefined) recordHeader(spans, start);
  const fault = headerFault(bytes, start, context.extendedMessage);
  if (fault !== undefined) return spans === undefined ? fault : blameHeader(spans, fault, start);
  if (messageLength(bytes, start) !== end - start) {
    const wrong = badLength(messageLength(bytes, start), type);
    return spans === undefined ? wrong : blameHeader(spans, wrong, start);
  }
  if (type === MessageType.Update) return decodeUpdate(bytes, start + HEADER_LENGTH, end, context);
  // headerFault refuses unknown types.
  return decodeControlBody(
    type as ControlMessageType,
    bytes,
    start + HEADER_LENGTH,
    end,
    spans === undefined ? options : { ...options, spans },
  );
}

function recordHeader(spans: SpanRecorder, start: number): void {
  spans.open('header', start);
  spans.leaf('marker', start, start + MARKER_LENGTH);
  spans.numbers(start + MARKER_LENGTH, ['length', 2], ['type', 1]);
  spans.close(start + HEADER_LENGTH);
}

/** The field that the fault is about (RFC 4271 §6.1). */
function blameHeader(spans: SpanRecorder, fault: Fault, start: number): Fault {
  const length = start + MARKER_LENGTH;
  if (fault.subcode === HeaderError.ConnectionNotSynchronized) return spans.blame(fault, start, length);
  return fault.subcode === HeaderError.BadMessageLength
    ? spans.blame(fault, length, length + 2)
    : spans.blame(fault, length + 2, length + 3);
}

/** What `dissectMessage` found. */
export interface Dissection {
  /** As `decodeMessage` gives it. */
  readonly message: Message | Fault;
  /** The message and its parts. Its value is the message. After a fault it has the parts read before the fault. */
  readonly spans: Span;
}

/**
 * As `decodeMessage`, and says where every part lies, down to single fields, and which octets are wrong. For dissectors. Borrows nothing. Takes
 * a few times as long as `decodeMessage`, which records nothing.
 */
export function dissectMessage(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: WireContext,
  options: OpenDecodeOptions = {},
): Dissection {
  const spans = new SpanRecorder(bytes, start, end);
  const message = decodeMessage(bytes, start, end, { ...context, spans }, options);
  if (!(message instanceof Fault)) return { message, spans: spans.finish(message.type, message) };
  if (!spans.isBlamed(message)) spans.blame(message, start, end);
  return { message, spans: spans.finish('message', undefined) };
}

/** The message with its header. Throws ValueError for a value that cannot be written or is too long for the session. */
export function encodeMessage(message: Message, context: WireContext): Uint8Array {
  if (message.type !== 'update') return encodeControlMessage(message, context);
  return frameMessage(MessageType.Update, context, (out) => out.raw(encodeUpdate(message, context)));
}
