/** Refusals as statuses of tsbgp.v1, whose terms are those of the control plane. */
import { Code, ConnectError } from '@connectrpc/connect';
import { FieldErrorSchema } from '@tsbgp/api';
import type { ControlError, ControlErrorCode } from '../../control-error.ts';

const CODES: Readonly<Record<ControlErrorCode, Code>> = {
  'not-found': Code.NotFound,
  'already-exists': Code.AlreadyExists,
  'invalid-argument': Code.InvalidArgument,
  'failed-precondition': Code.FailedPrecondition,
  'resource-exhausted': Code.ResourceExhausted,
};

export function refusal({ code, message, problems }: ControlError): ConnectError {
  const details = problems.map(({ field, sentence }) => ({ desc: FieldErrorSchema, value: { field, description: sentence } }));
  return new ConnectError(message, CODES[code], undefined, details);
}
