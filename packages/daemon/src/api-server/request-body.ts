/**
 * Reads the body of a request. Its messages are taken out, decoded (message-decoder.ts) and kept for the interceptor. Connect gets placeholders:
 * empty messages in the same envelopes. So Connect handles the protocol, and we keep the bounds.
 *
 *     octets of the client -> messages -> decoded, into call.messages
 *                                     \-> empty ones, to Connect
 */
import { Code, ConnectError } from '@connectrpc/connect';
import { ControlError } from '../control-plane.ts';
import { type Call, methodName } from './call.ts';
import { refusalOf } from './dialects.ts';
import { type Exchange, Gone } from './exchange.ts';
import { Malformed, TooMuch } from './json-scan.ts';
import type { Bounds } from './limits.ts';
import { type Decode, decodeJson, decodeProtobuf } from './message-decoder.ts';

/** How a body contains its messages. */
export interface BodyForm {
  /** Each message has a head of five octets: flags and length (gRPC, gRPC-Web, Connect's streams). Otherwise the body is the message. */
  readonly isEnveloped: boolean;
  readonly isJson: boolean;
  readonly decode: Decode;
}

const HEAD_BYTES = 5;
/** Connect's and gRPC-Web's last message, which has no message of the call in it. */
const END_FLAGS = 0x02 | 0x80;
const COMPRESSED_FLAG = 0x01;

/** Undefined for a content type that is not ours; Connect answers such a request. */
export function bodyForm(contentType: string | undefined): BodyForm | undefined {
  const parts = /^application\/(?:(grpc-web|grpc)(?:\+(json|proto))?|(connect)\+(json|proto)|(json|proto))(?:\s*;.*)?$/i.exec(
    contentType ?? '',
  );
  if (parts === null) return undefined;
  const isJson = (parts[2] ?? parts[4] ?? parts[5])?.toLowerCase() === 'json';
  return { isEnveloped: parts[5] === undefined, isJson, decode: isJson ? decodeJson : decodeProtobuf };
}

export async function* requestBody(
  exchange: Exchange,
  call: Call,
  form: BodyForm,
  bounds: Bounds,
  expectsContinue: boolean,
): AsyncGenerator<Uint8Array> {
  const octets = new Octets(exchange, call, bounds);
  const takesMany = call.method.methodKind === 'client_streaming' || call.method.methodKind === 'bidi_streaming';
  if (expectsContinue) exchange.sendContinue();
  try {
    if (!form.isEnveloped) {
      await decodeInto(call, await octets.rest(), form, bounds);
      yield placeHolder(form);
      return;
    }
    for (let count = 0; ; count++) {
      const head = await octets.take(HEAD_BYTES, takesMany);
      if (head === undefined) return;
      const flags = head[0]!;
      const length = ((head[1]! << 24) | (head[2]! << 16) | (head[3]! << 8) | head[4]!) >>> 0;
      if ((flags & END_FLAGS) !== 0) return;
      if (flags === COMPRESSED_FLAG) throw fault(call, Code.Unimplemented, 'compressed messages are not supported');
      if (flags !== 0) throw fault(call, Code.InvalidArgument, `a message has unknown flags: ${flags}`);
      // Connect refuses a second message of a unary call. The message need not be read for that.
      if (count === 1 && !takesMany) {
        yield envelopeOf(placeHolder(form));
        return;
      }
      const message = (await octets.take(length, false)) ?? new Uint8Array(0);
      await decodeInto(call, message, form, bounds);
      octets.release(HEAD_BYTES + length);
      yield envelopeOf(placeHolder(form));
    }
  } catch (error) {
    throw translated(call, error, bounds);
  } finally {
    octets.end();
  }
}

async function decodeInto(call: Call, bytes: Uint8Array, form: BodyForm, { limits, refusals }: Bounds): Promise<void> {
  const message = await form.decode(call.method.input, bytes, limits, (nestedMessages) => {
    if (call.hold(nestedMessages)) return;
    refusals.add('held-requests', 'requests that are under way have too many messages in them');
    throw new ConnectError('too many large requests are under way: try again', Code.ResourceExhausted);
  });
  call.messages.push(message);
}

function translated(call: Call, error: unknown, { refusals }: Bounds): ConnectError {
  if (error instanceof TooMuch) {
    refusals.add('message-count', `a request of ${methodName(call.method)} is too large: ${error.message}`);
    return fault(call, Code.ResourceExhausted, `the request is too large: ${error.message}`);
  }
  if (error instanceof Malformed)
    return fault(call, Code.InvalidArgument, `the request is not a ${call.method.input.name}: ${error.message}`);
  const status = error instanceof ControlError ? refusalOf(error, call.method.parent) : ConnectError.from(error, Code.Internal);
  call.failed = status.code;
  return status;
}

function fault(call: Call, code: Code, message: string): ConnectError {
  call.failed = code;
  return new ConnectError(message, code);
}

function placeHolder({ isJson }: BodyForm): Uint8Array {
  return isJson ? Uint8Array.of(0x7b, 0x7d) : new Uint8Array(0);
}

function envelopeOf(message: Uint8Array): Uint8Array {
  const envelope = new Uint8Array(HEAD_BYTES + message.length);
  envelope[4] = message.length;
  envelope.set(message, HEAD_BYTES);
  return envelope;
}

/** The octets that have arrived and were not taken yet. */
class Octets {
  readonly #exchange: Exchange;
  readonly #call: Call;
  readonly #bounds: Bounds;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #parts: Uint8Array[] = [];
  #length = 0;
  #held = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expired: Promise<never> | undefined;

  constructor(exchange: Exchange, call: Call, bounds: Bounds) {
    this.#exchange = exchange;
    this.#call = call;
    this.#bounds = bounds;
    // Leaving the loop must not destroy the request, since the answer has to go out on its connection.
    this.#chunks = exchange.request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  }

  /** The next `count` octets; undefined when the body ends before the first of them. `mayPause`: no time runs until the first one arrives. */
  async take(count: number, mayPause: boolean): Promise<Uint8Array | undefined> {
    if (count > this.#bounds.limits.messageBytes) throw this.#tooLong();
    if (!mayPause || this.#length > 0) this.#startClock();
    while (this.#length < count) {
      if (await this.#more()) {
        this.#startClock();
        continue;
      }
      if (this.#length === 0 && count === HEAD_BYTES) return undefined;
      throw fault(this.#call, Code.InvalidArgument, `the request ends within a message: ${count - this.#length} octets are missing`);
    }
    return this.#cut(count);
  }

  /** All octets up to the end of the body. */
  async rest(): Promise<Uint8Array> {
    const { messageBytes } = this.#bounds.limits;
    this.#startClock();
    while (await this.#more()) if (this.#length > messageBytes) throw this.#tooLong();
    return this.#cut(this.#length);
  }

  /** Counts off the octets of a message that was decoded. */
  release(bytes: number): void {
    this.#stopClock();
    this.#bounds.heldRequests.give(bytes);
    this.#held -= bytes;
  }

  end(): void {
    this.release(this.#held);
    this.#parts = [];
    // Ends the reading loop; the exchange then drops the rest of the request.
    this.#chunks.return?.().catch(() => undefined);
  }

  #tooLong(): ConnectError {
    const { limits, refusals } = this.#bounds;
    refusals.add('message-size', `a request of ${methodName(this.#call.method)} is larger than ${limits.messageBytes} octets`);
    return fault(this.#call, Code.ResourceExhausted, `a message has more than ${limits.messageBytes} octets`);
  }

  async #more(): Promise<boolean> {
    const next = this.#chunks.next();
    next.catch(() => undefined); // handled below, unless the time is over first
    let step: IteratorResult<Uint8Array>;
    try {
      step = await (this.#expired === undefined ? next : Promise.race([next, this.#expired]));
    } catch (error) {
      if (error instanceof ConnectError) throw error;
      throw new Gone();
    }
    if (step.done === true) {
      if (this.#exchange.isEnded) throw new Gone();
      return false;
    }
    const { length } = step.value;
    const { heldRequests, refusals } = this.#bounds;
    if (!heldRequests.take(length)) {
      refusals.add('held-requests', `requests that are under way have more than ${heldRequests.max} octets`);
      throw fault(this.#call, Code.ResourceExhausted, 'too many large requests are under way: try again');
    }
    this.#held += length;
    this.#parts.push(step.value);
    this.#length += length;
    return true;
  }

  #cut(count: number): Uint8Array {
    let [all = new Uint8Array(0)] = this.#parts;
    if (this.#parts.length > 1) {
      all = new Uint8Array(this.#length);
      let at = 0;
      for (const part of this.#parts) {
        all.set(part, at);
        at += part.length;
      }
    }
    this.#length -= count;
    this.#parts = this.#length === 0 ? [] : [all.subarray(count)];
    return all.subarray(0, count);
  }

  #startClock(): void {
    if (this.#timer !== undefined) return;
    const { limits, refusals } = this.#bounds;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined); // there may be nothing that waits for it
    this.#expired = promise;
    this.#timer = setTimeout(() => {
      refusals.add('message-time', `a request of ${methodName(this.#call.method)} did not arrive within ${limits.messageSeconds} s`);
      reject(fault(this.#call, Code.DeadlineExceeded, `the request did not arrive within ${limits.messageSeconds} s`));
    }, limits.messageSeconds * 1000).unref();
  }

  #stopClock(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#expired = undefined;
  }
}
