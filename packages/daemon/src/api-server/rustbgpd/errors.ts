/** Refusals as statuses of rustbgpd.v1. Its package defines details of errors too: an INVALID_ARGUMENT carries those about its fields. */
import { Code, ConnectError } from '@connectrpc/connect';
import { rustbgpd } from '@tsbgp/api';
import type { ControlError, ControlProblem } from '../../control-error.ts';
import { STATUS_CODES } from '../status-codes.ts';

/** Names of the control plane that are others in this API. */
const NAMES: Readonly<Record<string, string>> = {
  remote_as: 'remote_asn',
  max_prefix: 'max_prefixes',
  path_identifier: 'path_id',
  group: 'peer_group',
};

export function refusal(error: ControlError): ConnectError {
  const problems = error.problems.map(({ field, sentence }) => ({ field: placeOf(field), sentence }));
  const message = [...problems.map(lineOf), ...(error.more === undefined ? [] : [error.more])].join('\n');
  const details = problems.flatMap(({ field, sentence }) =>
    field === '' || error.code !== 'invalid-argument'
      ? []
      : [
          {
            desc: rustbgpd.ErrorDetailSchema,
            value: { kind: { case: 'config' as const, value: { fieldPath: field, message: sentence } } },
          },
        ],
  );
  return new ConnectError(message, STATUS_CODES[error.code], undefined, details);
}

/** The status of what the daemon has no room for. */
export function unimplemented(what: string): ConnectError {
  return new ConnectError(what, Code.Unimplemented);
}

/** A request has one route and one neighbor. */
function placeOf(field: string): string {
  const place = field.replace(/^(?:routes\[\d+\]|neighbor)(?:\.|$)/, '');
  return NAMES[place] ?? place;
}

function lineOf({ field, sentence }: ControlProblem): string {
  return field === '' ? sentence : `${field}: ${sentence}`;
}
