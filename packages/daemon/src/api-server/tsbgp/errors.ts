/** Refusals as statuses of tsbgp.v1, whose terms are those of the control plane. */
import { ConnectError } from '@connectrpc/connect';
import { FieldErrorSchema } from '@tsbgp/api';
import type { ControlError } from '../../control-error.ts';
import { STATUS_CODES } from '../status-codes.ts';

export function refusal({ code, message, problems }: ControlError): ConnectError {
  const details = problems.map(({ field, sentence }) => ({ desc: FieldErrorSchema, value: { field, description: sentence } }));
  return new ConnectError(message, STATUS_CODES[code], undefined, details);
}
