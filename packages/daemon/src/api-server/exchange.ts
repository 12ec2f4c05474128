/**
 * One request and its answer, over HTTP/1.1 or HTTP/2. Node's classes for the two differ in when they throw, what they emit and what they wait
 * for. An exchange never throws into the event loop, never waits forever for a client, and ends exactly once.
 */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { constants, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Bounds } from './limits.ts';

export type NodeRequest = IncomingMessage | Http2ServerRequest;
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Answers up to this size do not count as held octets, since the number of calls is bounded. */
const SMALL_ANSWER_BYTES = 16 * 1024;
const STREAMING_TYPES = /^application\/(grpc|grpc-web|grpc-web-text|connect)(\+(proto|json))?$/;
/** How long a client may go on sending after it got its answer. */
const LINGER_MS = 1000;
/** Codes of the errors that Node throws when the client ended first. */
const GONE_CODES: ReadonlySet<string> = new Set([
  'ERR_HTTP2_INVALID_STREAM',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_SOCKET_UNBOUND',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** The client ended the call, or went away. */
export class Gone extends ConnectError {
  constructor() {
    super('the client ended the call', Code.Canceled);
  }
}

export class Exchange {
  readonly request: NodeRequest;
  readonly isHttp2: boolean;
  /** Aborted when the exchange ends, in any way. */
  readonly signal: AbortSignal;
  /** Resolves when the exchange ends. */
  readonly ended: Promise<void>;
  readonly #response: NodeResponse;
  readonly #bounds: Bounds;
  readonly #contain: (error: unknown) => void;
  readonly #abort: AbortController = new AbortController();
  readonly #resolveEnded: () => void;
  #isEnded = false;
  #isHeadSent = false;
  #isAnswered = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `contain` takes an exception that is a bug of ours. */
  constructor(request: NodeRequest, response: NodeResponse, bounds: Bounds, contain: (error: unknown) => void) {
    this.request = request;
    this.#response = response;
    this.#bounds = bounds;
    this.#contain = contain;
    this.isHttp2 = 'stream' in request;
    this.signal = this.#abort.signal;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    // After any error of one of them comes 'close'.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const end = (): void => this.end();
    if ('stream' in request) {
      const { stream } = request;
      stream.on('error', () => undefined);
      stream.once('close', end);
      if (stream.destroyed || stream.closed) end();
    } else {
      response.once('close', end);
      if (response.destroyed) end();
    }
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get isHeadSent(): boolean {
    return this.#isHeadSent;
  }

  /** Whether the whole answer was given to the socket. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Ends the exchange: nothing is sent or read any more. Also called when the connection is gone, which not every response notices. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#abort.abort(new Gone());
    this.#resolveEnded();
  }

  /** Sends 100 Continue to a client that waits for it before it sends its body (RFC 9110 §10.1.1). */
  sendContinue(): void {
    this.#try(() => this.#response.writeContinue());
  }

  /**
   * Sends the headers of a streaming call early. Connect holds them back until the first message. Some clients, such as tonic, wait for
   * headers before a streaming call returns, so that they would hang on a quiet daemon. The headers are sent in the next turn of the event loop.
   */
  sendHeadEarly(): void {
    const type = this.request.headers['content-type'];
    if (type === undefined || !STREAMING_TYPES.test(type)) return;
    // The handler will give the same status and type: errors of streaming calls are in the trailers or in the last message.
    setImmediate(() => this.sendHead(200, { 'content-type': type }, true));
  }

  /** Sends status and headers, at the first call only. */
  sendHead(status: number, headers: OutgoingHttpHeaders, isEarly = false): void {
    if (this.#isHeadSent || this.#isEnded) return;
    this.#isHeadSent = true;
    this.#try(() => {
      (this.#response as ServerResponse).writeHead(status, headers);
      // Node would hold the headers back until the body comes.
      if (isEarly && !this.isHttp2) (this.#response as ServerResponse).flushHeaders();
    });
  }

  /** Resolves when the client's socket takes more. Rejects with Gone. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.#isEnded) throw new Gone();
    const { heldAnswers, refusals } = this.#bounds;
    const held = chunk.length > SMALL_ANSWER_BYTES ? chunk.length : 0;
    if (!heldAnswers.take(held)) {
      refusals.add('held-answers', `answers of more than ${heldAnswers.max} octets wait for clients that do not read them`);
      throw new ConnectError('too many answers wait for clients that do not read them', Code.ResourceExhausted);
    }
    try {
      const target = 'stream' in this.#response ? this.#response.stream : this.#response;
      let wantsMore = false;
      this.#try(() => {
        wantsMore = (this.#response as ServerResponse).write(chunk);
      });
      if (!wantsMore && !this.#isEnded) await this.#drained(target);
      if (this.#isEnded) throw new Gone();
    } finally {
      heldAnswers.give(held);
    }
  }

  /** Sends the rest of the answer. Resolves when the client has it, or when the exchange has ended in another way. */
  async finish(trailers?: OutgoingHttpHeaders): Promise<void> {
    if (this.#isEnded) return;
    const { request } = this;
    const target = 'stream' in request ? request.stream : this.#response;
    target.once('finish', () => {
      this.#isAnswered = true;
      if ('stream' in request) this.#close(request);
    });
    this.#try(() => {
      if (trailers !== undefined) (this.#response as ServerResponse).addTrailers(trailers as Record<string, string>);
      this.#response.end();
    });
    // Read and drop what the client still sends, so that the client gets to reading the answer.
    if (!request.readableEnded) request.on('data', () => undefined);
    await this.ended;
  }

  /** Resets the stream of an HTTP/2 client that goes on sending for a moment after its answer (RFC 9113 §8.1). */
  #close({ stream }: Http2ServerRequest): void {
    if (stream.readableEnded) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#try(() => stream.close(constants.NGHTTP2_NO_ERROR));
      this.end();
      destroySoon(stream);
    }, LINGER_MS).unref();
  }

  /** Gives the client time for an answer of `bytes` octets. A client that is gone does not count as slow. */
  expectTaken(bytes: number): void {
    if (this.#isEnded) return;
    const { limits, refusals } = this.#bounds;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        refusals.add('answer-time', 'a client did not take its answer in time');
        this.destroy();
      },
      (limits.answerSeconds + bytes / limits.answerBytesPerSecond) * 1000,
    ).unref();
  }

  /** Ends the exchange without an answer: resets the HTTP/2 stream, or closes the HTTP/1.1 connection. */
  destroy(): void {
    if (this.#isEnded) return;
    this.end();
    try {
      if ('stream' in this.request) {
        const { stream } = this.request;
        stream.close(constants.NGHTTP2_INTERNAL_ERROR);
        destroySoon(stream);
      } else {
        this.request.socket.destroy();
      }
    } catch {
      // It is closed already.
    }
  }

  #drained(target: EventEmitter): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        target.off('drain', done);
        this.signal.removeEventListener('abort', done);
        resolve();
      };
      target.once('drain', done);
      this.signal.addEventListener('abort', done);
    });
  }

  /** Ends the exchange when Node throws because the stream is gone already. */
  #try(action: () => void): void {
    if (this.#isEnded) return;
    try {
      action();
    } catch (error) {
      if (!GONE_CODES.has((error as NodeJS.ErrnoException).code ?? '')) this.#contain(error);
      this.destroy();
    }
  }
}

/** A closed stream waits until the rest is sent, which is forever when the client's window is 0. */
function destroySoon(stream: ServerHttp2Stream): void {
  setImmediate(() => {
    if (!stream.destroyed) stream.destroy();
  });
}
