/** A configuration with its defaults filled in, as plain values in the form of its file. What it gives loads again, and means the same. */
import { formatFamily } from '@tsbgp/wire';
import type { NeighborConfig } from '../control-plane.ts';
import { formatEndpoint } from '../endpoint.ts';
import { DECISION_ROWS } from '../keys/decision-keys.ts';
import type { Descriptor } from '../keys/fields.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS } from '../keys/neighbor-keys.ts';
import type { Secret } from '../keys/protection-keys.ts';
import type { DaemonConfig } from './load.ts';

type Values = Readonly<Record<string, unknown>>;

/** `written` has the values of the file: sections without defaults are taken from there. `defaults` is merged into the neighbors. */
export function effectiveValues(config: DaemonConfig, written: Values): Values {
  const { defaults: _, global, ...others } = written;
  const { api, log } = config;
  return {
    global: { ...(global as Values), ...globalValues(config) },
    ...others,
    neighbors: config.neighbors.map(neighborValues),
    api: { ...(others['api'] as Values | undefined), mode: api.mode.toString(8).padStart(4, '0'), 'write-back': api.writeBack },
    log,
  };
}

function globalValues({ global: { as, routerId, clusterId = routerId, listen, decision } }: DaemonConfig): Values {
  return {
    as,
    'router-id': routerId,
    'cluster-id': clusterId,
    listen: listen.map(formatEndpoint),
    decision: Object.fromEntries(DECISION_ROWS.map(({ key, name }) => [key, decision[name]])),
  };
}

/** Every key that has a value. */
export function neighborValues(neighbor: NeighborConfig): Values {
  const fields = NEIGHBOR_FIELDS.filter((field) => neighbor[field] !== undefined);
  return Object.fromEntries(fields.map((field) => [NEIGHBOR_KEYS[field].key, writtenValue(NEIGHBOR_KEYS[field].value, neighbor[field])]));
}

/** A value as the file has it. */
export function writtenValue(row: Descriptor, value: unknown): unknown {
  if (row.kind === 'list' && Array.isArray(value)) return value.map((item) => writtenValue(row.item, item));
  if (row.kind === 'field' && row.shape.type === 'secret') {
    const { value: text, from } = value as Secret;
    return from ?? text;
  }
  if (row.kind === 'field' && row.shape.type === 'family') return formatFamily(value as Parameters<typeof formatFamily>[0]);
  return value;
}
