/** Refusals of the control plane as statuses of gRPC. */
import { Code } from '@connectrpc/connect';
import type { ControlErrorCode } from '../control-error.ts';

export const STATUS_CODES: Readonly<Record<ControlErrorCode, Code>> = {
  'not-found': Code.NotFound,
  'already-exists': Code.AlreadyExists,
  'invalid-argument': Code.InvalidArgument,
  'failed-precondition': Code.FailedPrecondition,
  'resource-exhausted': Code.ResourceExhausted,
};
