/** OPERATIONAL messages of a neighbor (draft-ietf-idr-operational-message). */
import type { OperationalConfig } from '@tsbgp/process-api';
import { DEFAULT_CONTEXT, encodeControlMessage, type OperationalMessage } from '@tsbgp/wire';

/** `routerId` is that of the neighbor, for a message that names none. */
export function operationalMessage(config: OperationalConfig, routerId: string): Uint8Array {
  const { code, family, advisory, sequence, count } = config;
  const counter = { family, routerId: config.routerId ?? routerId, sequence, ...(count !== undefined && { count }) };
  const message: OperationalMessage = {
    type: 'operational',
    code,
    ...(advisory === undefined ? { counter } : { advisory: { family, text: advisory } }),
  };
  return encodeControlMessage(message, DEFAULT_CONTEXT);
}
