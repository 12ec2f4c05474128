/** The running configuration, with the keys of the configuration file (docs/configuration.md). */

import { present } from '../present.ts';
import { safeJson } from '../terminal/style.ts';
import type { GlobalView } from './control.ts';
import type { NeighborView } from './neighbor.ts';

type Scalar = string | number | boolean;
type Mapping = Readonly<Record<string, Scalar | readonly string[]>>;

export interface RunningConfig {
  readonly global: Mapping;
  readonly neighbors: readonly Mapping[];
}

/** Leaves out values that are the default of every daemon (not passive, enabled …). Writes those whose default may change. */
export function runningConfig(global: GlobalView, neighbors: readonly NeighborView[]): RunningConfig {
  return {
    global: { as: global.localAs, 'router-id': global.routerId, listen: global.listen },
    neighbors: neighbors.map(neighborConfig),
  };
}

function neighborConfig(n: NeighborView): Mapping {
  const isSame = n.importPolicy === n.exportPolicy;
  return present({
    address: n.address,
    'remote-as': n.remoteAs,
    description: n.description === '' ? undefined : n.description,
    'local-as': n.localAs,
    families: n.families,
    passive: n.passive ? true : undefined,
    multihop: n.multihopTtl,
    port: n.remotePort === 179 ? undefined : n.remotePort,
    'local-address': n.localAddress === '' ? undefined : n.localAddress,
    'hold-time': n.holdTimeSeconds,
    'connect-retry': n.connectRetrySeconds,
    policy: isSame && n.importPolicy !== '' ? n.importPolicy : undefined,
    import: isSame || n.importPolicy === '' ? undefined : n.importPolicy,
    export: isSame || n.exportPolicy === '' ? undefined : n.exportPolicy,
    'route-server-client': n.routeServerClient ? true : undefined,
    'next-hop-self': n.nextHopSelf ? true : undefined,
    enabled: n.isDisabled ? false : undefined,
  });
}

export function toYaml({ global, neighbors }: RunningConfig): string[] {
  return [
    'global:',
    ...entries(global).map((line) => `  ${line}`),
    neighbors.length === 0 ? 'neighbors: []' : 'neighbors:',
    ...neighbors.flatMap((neighbor) => entries(neighbor).map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`)),
  ];
}

function entries(mapping: Mapping): string[] {
  return Object.entries(mapping).map(
    ([key, value]) => `${key}: ${Array.isArray(value) ? `[${value.map(scalar).join(', ')}]` : scalar(value as Scalar)}`,
  );
}

/** Words of letters and dashes, and IPv4 addresses, need no quotes in YAML. All else is quoted as in JSON, which YAML can read. */
function scalar(value: Scalar): string {
  if (typeof value !== 'string') return String(value);
  return /^(?:[a-z]+\d?-[a-z-]+|\d{1,3}(?:\.\d{1,3}){3})$/.test(value) ? value : safeJson(value);
}
