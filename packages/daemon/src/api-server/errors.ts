/**
 * Makes gRPC statuses of the control plane's refusals, in the terms of the dialect that was called. Unexpected errors are contained and logged here; the
 * client gets INTERNAL and no details.
 */
import { Code, ConnectError, type Interceptor, type StreamRequest, type UnaryRequest } from '@connectrpc/connect';
import { BrokenInvariant } from '@tsbgp/rib';
import { ValueError } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import { ControlError, invalidArgument } from '../control-plane.ts';
import { CALL, type Call, methodName } from './call.ts';
import { refusalOf } from './dialects.ts';

/** Gives handlers the decoded messages in place of placeholders, and turns their errors into statuses. */
export function callInterceptor(boundaries: Boundaries): Interceptor {
  return (next) => async (request) => {
    const call = request.contextValues.get(CALL);
    const translate = (error: unknown): ConnectError => {
      const status = statusOf(error, boundaries, request.signal, call);
      if (call !== undefined) call.failed ??= status.code;
      return status;
    };
    try {
      const response = await next(call === undefined ? request : withMessages(request, call));
      return response.stream ? { ...response, message: translated(response.message, translate) } : response;
    } catch (error) {
      throw translate(error);
    }
  };
}

function withMessages(request: UnaryRequest | StreamRequest, call: Call): UnaryRequest | StreamRequest {
  if (!request.stream) return { ...request, message: call.messages.shift() ?? request.message };
  return { ...request, message: replaced(request.message, call) };
}

async function* replaced<T>(placeHolders: AsyncIterable<T>, call: Call): AsyncGenerator<T> {
  for await (const placeHolder of placeHolders) yield (call.messages.shift() as T | undefined) ?? placeHolder;
}

async function* translated<T>(messages: AsyncIterable<T>, translate: (error: unknown) => ConnectError): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (error) {
    throw translate(error);
  }
}

function statusOf(error: unknown, boundaries: Boundaries, signal: AbortSignal, call: Call | undefined): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof ControlError) return refusalOf(error, call?.method.parent);
  if (error instanceof ValueError) return refusalOf(invalidArgument('', error.message), call?.method.parent);
  if (error instanceof Error && error.name === 'AbortError' && signal.aborted) return new ConnectError('the call was ended', Code.Canceled);
  contain(boundaries, call === undefined ? {} : { method: methodName(call.method) }, error);
  return new ConnectError('internal error: see the log of the daemon', Code.Internal);
}

/** Counts and logs an unexpected error. A broken invariant stops the daemon, although it was caught inside a promise. */
export function contain(boundaries: Boundaries, fields: object, error: unknown): void {
  try {
    boundaries.caught('api', fields, error);
  } catch (broken) {
    if (!(broken instanceof BrokenInvariant)) throw broken;
    setImmediate(() => {
      throw broken;
    });
  }
}
