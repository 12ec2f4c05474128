/** The running configuration, with the keys of the configuration file (docs/configuration.md). */
import { KEY_ROWS, type KeyRow, REMOTE_PORT_DEFAULT } from '../neighbor-config.ts';
import { present } from '../present.ts';
import { safeJson } from '../terminal/style.ts';
import type { GlobalView } from './control.ts';
import type { NeighborView } from './neighbor.ts';

type Scalar = string | number | boolean;
type Numbers = Readonly<Record<string, number>>;
type Mapping = { readonly [Key in string]: Scalar | readonly Scalar[] | Numbers };

export interface RunningConfig {
  readonly global: {
    readonly as: number;
    readonly 'router-id': string;
    readonly 'cluster-id'?: string;
    readonly listen: readonly string[];
    readonly decision?: Mapping;
    readonly confederation?: Mapping;
  };
  /** Empty: what neighbors have from their groups is in the neighbors. */
  readonly groups?: Readonly<Record<string, object>>;
  readonly neighbors: readonly Mapping[];
}

/** Leaves out values that are the default of every daemon (not passive, enabled …). Writes those whose default may change. */
export function runningConfig(global: GlobalView, neighbors: readonly NeighborView[]): RunningConfig {
  const groups = [...new Set(neighbors.flatMap(({ group }) => group || []))].toSorted();
  return {
    global: {
      as: global.localAs,
      'router-id': global.routerId,
      ...(global.clusterId !== '' && global.clusterId !== global.routerId && { 'cluster-id': global.clusterId }),
      listen: global.listen,
      ...(global.confederation && { confederation: { ...global.confederation } }),
      ...(Object.keys(global.decision).length > 0 && { decision: global.decision }),
    },
    ...(groups.length > 0 && { groups: Object.fromEntries(groups.map((name) => [name, {}])) }),
    neighbors: neighbors.map(neighborMapping),
  };
}

function neighborMapping(n: NeighborView): Mapping {
  return present(Object.fromEntries(KEY_ROWS.map((row) => [row.key, written(n, row)]))) as Mapping;
}

/** The value of a key; undefined where it is left out. */
function written(n: NeighborView, { name, default: standard }: KeyRow): Scalar | readonly Scalar[] | Numbers | undefined {
  const isOne = n.importPolicy === n.exportPolicy;
  switch (name) {
    case 'policy':
      return isOne ? n.importPolicy || undefined : undefined;
    case 'importPolicy':
    case 'exportPolicy':
      return isOne ? undefined : n[name] || undefined;
    case 'remotePort':
      return n.remotePort === REMOTE_PORT_DEFAULT ? undefined : n.remotePort;
    case 'aigp':
      return n.aigp;
    case 'enforceFirstAs':
      return n.enforceFirstAs;
    case 'clientToClientReflection':
      return n.clientToClientReflection === false ? false : undefined;
    case 'allowasIn':
      return n.allowasIn || undefined;
    case 'enabled':
      return n.isDisabled ? false : undefined;
    case 'holdTimeSeconds':
    case 'connectRetrySeconds':
      return n[name];
    default:
      return n[name] === '' || n[name] === (standard ?? false) || isEmpty(n[name]) ? undefined : n[name];
  }
}

/** No family has a number. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

export function toYaml({ global: { decision, confederation, ...global }, groups, neighbors }: RunningConfig): string[] {
  return [
    'global:',
    ...entries(global).map((line) => `  ${line}`),
    ...(decision === undefined ? [] : ['  decision:', ...entries(decision).map((line) => `    ${line}`)]),
    ...(confederation === undefined ? [] : ['  confederation:', ...entries(confederation).map((line) => `    ${line}`)]),
    ...(groups === undefined
      ? []
      : ['groups: # what neighbors have from them is in the neighbors', ...Object.keys(groups).map((name) => `  ${name}: {}`)]),
    neighbors.length === 0 ? 'neighbors: []' : 'neighbors:',
    ...neighbors.flatMap((neighbor) => entries(neighbor).map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`)),
  ];
}

function entries(mapping: Mapping): string[] {
  return Object.entries(mapping).map(([key, value]) => `${key}: ${yaml(value)}`);
}

function yaml(value: Mapping[string]): string {
  if (Array.isArray(value)) return `[${value.map(scalar).join(', ')}]`;
  if (typeof value !== 'object') return scalar(value);
  return `{ ${Object.entries(value)
    .map(([name, number]) => `${name}: ${number}`)
    .join(', ')} }`;
}

/** Words of letters and dashes, and IPv4 addresses, need no quotes in YAML. All else is quoted as in JSON, which YAML can read. */
function scalar(value: Scalar): string {
  if (typeof value !== 'string') return String(value);
  return /^(?:[a-z]+\d?-[a-z-]+|\d{1,3}(?:\.\d{1,3}){3})$/.test(value) ? value : safeJson(value);
}
