/** The lines that the health check prints for a state. */
import type { ApiVersion } from '@tsbgp/process-api';
import type { HealthcheckOptions } from './options.ts';
import type { State } from './states.ts';

type Announced = 'UP' | 'DOWN' | 'DISABLED';

/** `addresses` in the order of their metrics. States in which nothing is decided yet print nothing. */
export function linesOf(state: State, addresses: readonly string[], options: HealthcheckOptions, version: ApiVersion): string[] {
  const selector = selectorOf(options.neighbors, version);
  const pathId = options.pathId > 0 ? ` path-information ${options.pathId}` : '';
  const withdraw = (ip: string): string => `${selector} withdraw route ${ip} next-hop ${options.nextHop}${pathId}`;
  if (state === 'EXIT') return addresses.map(withdraw);
  if (state !== 'UP' && state !== 'DOWN' && state !== 'DISABLED') return [];
  if (options.withdrawOnDown && state !== 'UP') return addresses.map(withdraw);
  const words = attributeWords(state, options);
  return addresses.map((ip, i) => {
    const metric = options.metrics[state] + i * options.increase;
    return `${selector} announce route ${ip} next-hop ${options.nextHop} med ${metric}${words}${pathId}`;
  });
}

function attributeWords(state: Announced, options: HealthcheckOptions): string {
  const community = state === 'UP' ? options.community : (options.disabledCommunity ?? options.community);
  const asPath = options.asPaths[state] ?? options.asPath;
  const list = (name: string, value: string | undefined): string => (value === undefined || value === '' ? '' : ` ${name} [ ${value} ]`);
  return [
    options.localPreference >= 0 ? ` local-preference ${options.localPreference}` : '',
    list('community', community),
    list('extended-community', options.extendedCommunity),
    list('large-community', options.largeCommunity),
    list('as-path', asPath),
  ].join('');
}

function selectorOf(neighbors: readonly string[], version: ApiVersion): string {
  const name = version === 6 ? 'peer' : 'neighbor';
  if (neighbors.length === 0) return `${name} *`;
  if (version === 6) return neighbors.length === 1 ? `peer ${neighbors[0]}` : `peer [${neighbors.join(', ')}]`;
  return neighbors.map((each) => `neighbor ${each}`).join(', ');
}
