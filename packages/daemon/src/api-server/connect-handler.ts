/**
 * Runs Connect's handlers for an exchange. Connect's own adapter for Node is not used: it builds a URL from an unchecked Host outside of any
 * promise, it waits forever for a client that is gone, and it writes errors of sending to the console.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import {
  Code,
  ConnectError,
  type ConnectRouter,
  type ConnectRouterOptions,
  createConnectRouter,
  createContextValues,
} from '@connectrpc/connect';
import { quote } from '../quote.ts';
import { CALL, Call } from './call.ts';
import { type Exchange, Gone } from './exchange.ts';
import type { Bounds } from './limits.ts';
import { bodyForm, requestBody } from './request-body.ts';

type UniversalHandler = ConnectRouter['handlers'][number];
type Answer = Awaited<ReturnType<UniversalHandler>>;

/** The longest time that setTimeout takes. A longer timeout of a client is no limit at all. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

export interface ConnectCall {
  readonly call: Call;
  /** Answers the call. Resolves when the exchange has ended. Rejects only for a bug of ours. */
  serve(exchange: Exchange, expectsContinue: boolean): Promise<void>;
}

/** A new call of the method at a path; undefined when there is no such method. */
export type FindCall = (path: string) => ConnectCall | undefined;

export function connectHandlers(addServices: (router: ConnectRouter) => void, options: ConnectRouterOptions, bounds: Bounds): FindCall {
  const router = createConnectRouter(options);
  addServices(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return (path) => {
    const handler = handlers.get(path);
    if (handler === undefined) return undefined;
    const call = new Call(handler.method, bounds.heldMessages);
    return { call, serve: (exchange, expectsContinue) => serve(handler, call, exchange, bounds, expectsContinue) };
  };
}

async function serve(handler: UniversalHandler, call: Call, exchange: Exchange, bounds: Bounds, expectsContinue: boolean): Promise<void> {
  const { request } = exchange;
  const form = bodyForm(request.headers['content-type']);
  const body = form === undefined ? nothing() : requestBody(exchange, call, form, bounds, expectsContinue);
  try {
    const answer = await handler({
      httpVersion: request.httpVersion,
      method: request.method ?? '',
      // Connect reads only the path.
      url: `http://localhost${handler.requestPath}`,
      header: headersOf(request.headers),
      body,
      signal: exchange.signal,
      contextValues: createContextValues().set(CALL, call),
    });
    if (answer.status >= 400 && call.failed === undefined) call.failed = Code.Unimplemented;
    await send(answer.status === 415 ? unsupportedType(handler, request.headers['content-type']) : answer, call, exchange);
  } catch (error) {
    // Connect turns errors of handlers into answers. Errors that come here are of the transport.
    if (!(error instanceof ConnectError)) throw error;
    call.failed ??= error.code;
    if (!exchange.isHeadSent) exchange.sendHead(503, { 'content-length': 0 });
    if (exchange.isHeadSent && !(error instanceof Gone)) exchange.destroy();
  } finally {
    await body.return(undefined).catch(() => undefined);
    call.release();
  }
}

/** Gives Connect's 415, which has no body, a message for people with curl. */
function unsupportedType({ method }: UniversalHandler, found: string | undefined): Answer {
  const allowed =
    method.methodKind === 'unary'
      ? 'application/json, application/proto, application/grpc and application/grpc-web'
      : 'application/connect+json, application/connect+proto, application/grpc and application/grpc-web';
  const message = `content-type: ${found === undefined ? 'is missing' : `found ${quote(found)}`}, allowed are ${allowed}`;
  const body = new TextEncoder().encode(JSON.stringify({ code: 'invalid_argument', message }));
  return { status: 415, header: new Headers({ 'content-type': 'application/json' }), body: once(body) };
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk;
}

async function send(answer: Answer, call: Call, exchange: Exchange): Promise<void> {
  const chunks = answer.body?.[Symbol.asyncIterator]();
  try {
    if (chunks !== undefined) {
      for (let chunk = await chunks.next(); chunk.done !== true; chunk = await chunks.next()) {
        exchange.sendHead(answer.status, nodeHeaders(answer.header));
        if (!call.isStream) exchange.expectTaken(chunk.value.length);
        await exchange.write(chunk.value);
      }
    }
    exchange.sendHead(answer.status, nodeHeaders(answer.header));
    if (!call.isStream) exchange.expectTaken(0);
    await exchange.finish(answer.trailer === undefined ? undefined : nodeHeaders(answer.trailer));
  } catch (error) {
    // Tells the handler, so that it frees what it holds for the client.
    await chunks?.throw?.(error).catch(() => undefined);
    throw error;
  } finally {
    await chunks?.return?.().catch(() => undefined);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Headers for Connect: without pseudo-headers, and without the length, which is not that of the placeholders. */
function headersOf(headers: NodeJS.Dict<string | string[]>): Headers {
  const out = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || name === 'content-length' || value === undefined || isEndless(name, value)) continue;
    for (const single of typeof value === 'string' ? [value] : value) {
      try {
        out.append(name, single);
      } catch {
        throw new ConnectError(`header ${name} cannot be read`, Code.InvalidArgument);
      }
    }
  }
  return out;
}

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000_001 };

function isEndless(name: string, value: string | string[]): boolean {
  if (name === 'connect-timeout-ms') return Number(value) > TIMEOUT_MAX_MS;
  const parts = name === 'grpc-timeout' ? /^(\d{1,8})([HMSmun])$/.exec(String(value)) : null;
  return parts !== null && Number(parts[1]) * UNIT_MS[parts[2]!]! > TIMEOUT_MAX_MS;
}

function nodeHeaders(headers: Answer['header']): OutgoingHttpHeaders {
  return Object.fromEntries(new Headers(headers));
}
