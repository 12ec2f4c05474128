/**
 * The control plane's refusals as gRPC statuses, with the field in their details. What nobody expected is logged here and tells the client
 * no more than that.
 */
import { Code, ConnectError, type Interceptor } from '@connectrpc/connect';
import { FieldErrorSchema } from '@tsbgp/api';
import { ValueError } from '@tsbgp/wire';
import { ControlError, type ControlErrorCode, type ControlProblem } from '../control-plane.ts';
import { cutMessage } from '../quote.ts';
import type { ApiLogger } from './api-server.ts';

const CODES: Record<ControlErrorCode, Code> = {
  'not-found': Code.NotFound,
  'already-exists': Code.AlreadyExists,
  'invalid-argument': Code.InvalidArgument,
  'failed-precondition': Code.FailedPrecondition,
  'resource-exhausted': Code.ResourceExhausted,
};

export function errorInterceptor(logger: ApiLogger): Interceptor {
  return (next) => async (request) => {
    const translate = (error: unknown): ConnectError => connectError(error, logger, request.url);
    try {
      const response = await next(request);
      return response.stream ? { ...response, message: translated(response.message, translate) } : response;
    } catch (error) {
      throw translate(error);
    }
  };
}

async function* translated<T>(messages: AsyncIterable<T>, translate: (error: unknown) => ConnectError): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (error) {
    throw translate(error);
  }
}

function connectError(error: unknown, logger: ApiLogger, method: string): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof ControlError) return refusal(CODES[error.code], error.message, error.problems);
  if (error instanceof ValueError) {
    const sentence = cutMessage(error.message);
    return refusal(Code.InvalidArgument, sentence, [{ field: '', sentence }]);
  }
  if (error instanceof Error && error.name === 'AbortError') return new ConnectError('the call was ended', Code.Canceled);
  logger.error({ err: error, method }, 'API call failed');
  return new ConnectError('internal error: see the log of the daemon', Code.Internal);
}

function refusal(code: Code, message: string, problems: readonly ControlProblem[]): ConnectError {
  const details = problems.map(({ field, sentence }) => ({ desc: FieldErrorSchema, value: { field, description: sentence } }));
  return new ConnectError(message, code, undefined, details);
}
