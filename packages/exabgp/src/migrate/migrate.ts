/**
 * A configuration of ExaBGP as a tsbgpd.yaml that means the same, with what has no equal in comments beside it.
 *
 * ExaBGP passes no route on: neighbors import nothing, and what they sent is held and can be looked at. Its static routes belong to neighbors, those of
 * tsbgpd to the daemon: where not every neighbor has the same, an export policy of a neighbor rejects those of the others.
 */
import type { ProcessConfig } from '@tsbgp/process-api';
import type { Configuration } from '../config/configuration.ts';
import type { NeighborConfig } from '../config/neighbor.ts';
import { isOwnAs, migratedNeighbor, ownAs } from './migrated-neighbor.ts';
import { type MigratedRoute, migratedRoutes } from './migrated-route.ts';
import { printable, type Value, yamlItem, yamlValue } from './yaml-text.ts';

interface Migrated {
  readonly neighbor: NeighborConfig;
  readonly routes: readonly MigratedRoute[];
  readonly left: readonly string[];
}

/** The text of the file. `source` is the name of the configuration, for its first line. */
export function migrate(configuration: Configuration, source: string): string {
  const isRange = ({ rangeBits }: NeighborConfig): boolean => rangeBits !== undefined;
  const byAddress = new Map<string, NeighborConfig>();
  const unused: string[] = [];
  for (const neighbor of configuration.neighbors) {
    const { peerAddress, rangeBits, localAddress } = neighbor;
    if (isRange(neighbor)) unused.push(`neighbor ${peerAddress}/${rangeBits}: tsbgpd has no neighbors by prefix`);
    else if (byAddress.has(peerAddress)) unused.push(`neighbor ${peerAddress} from ${localAddress}: tsbgpd has one neighbor of an address`);
    else byAddress.set(peerAddress, neighbor);
  }
  const migrated = Array.from(byAddress.values(), (neighbor): Migrated => ({ neighbor, ...migratedRoutes(neighbor) }));
  const as = mostFrequent(migrated.map(({ neighbor }) => ownAs(neighbor)).filter(isOwnAs)) ?? 65_000;
  const routerId = migrated[0]?.neighbor.routerId ?? '192.0.2.1';
  const { routes, notes } = sharedRoutes(migrated);
  const policies = policiesOf(migrated, routes);
  return [
    `# ${printable(source)} for tsbgpd. "no equal" names what tsbgpd does not have; check this file with tsbgpd --check.`,
    ...unused.map((sentence) => `# no equal: ${printable(sentence)}`),
    'global:',
    `  as: ${as}`,
    `  router-id: ${routerId}`,
    ...(migrated.some(({ neighbor }) => neighbor.listen !== undefined || neighbor.passive)
      ? []
      : ['  listen: [] # no neighbor of the file may connect']),
    ...(policies.size === 0 ? [] : ['', 'policies:', ...Array.from(policies.values(), ({ name, prefixes }) => policyLine(name, prefixes))]),
    '',
    migrated.length === 0 ? 'neighbors: []' : 'neighbors:',
    ...migrated.flatMap(({ neighbor, left }) => {
      const { keys, notes: own } = migratedNeighbor(neighbor, as, routerId, policies.get(neighbor.peerAddress)?.name ?? 'accept-all');
      return yamlItem(keys, [...own, ...left.map((sentence) => `no equal: ${sentence}`)]);
    }),
    ...(routes.length === 0 ? [] : ['', 'routes:', ...notes.map((note) => `  # ${printable(note)}`)]),
    ...routes.flatMap(({ keys, notes: own }) =>
      yamlItem(
        keys,
        own.map((note) => `no equal: ${note}`),
      ),
    ),
    ...processes(configuration, [...byAddress.values()]),
    '',
  ].join('\n');
}

/** Each prefix once: a daemon has one route of its own for it. */
function sharedRoutes(migrated: readonly Migrated[]): { readonly routes: readonly MigratedRoute[]; readonly notes: readonly string[] } {
  const routes = new Map<string, MigratedRoute>();
  const notes: string[] = [];
  for (const { neighbor, routes: own } of migrated) {
    for (const route of own) {
      const first = routes.get(route.prefix);
      if (first === undefined) routes.set(route.prefix, route);
      else if (yamlValue(defined(first.keys)) !== yamlValue(defined(route.keys))) {
        notes.push(
          `no equal: ${route.prefix} for ${neighbor.peerAddress} is another one: ${yamlValue(defined(route.keys))}; a policy can change it`,
        );
      }
    }
  }
  return { routes: [...routes.values()], notes };
}

function defined(keys: MigratedRoute['keys']): Record<string, Value> {
  return Object.fromEntries(Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

/** By address: the policy of each neighbor that may not have all of the routes, and the prefixes of the others. What programs announce passes. */
function policiesOf(
  migrated: readonly Migrated[],
  all: readonly MigratedRoute[],
): Map<string, { name: string; prefixes: readonly string[] }> {
  const policies = new Map<string, { name: string; prefixes: readonly string[] }>();
  for (const { neighbor, routes } of migrated) {
    const own = new Set(routes.map(({ prefix }) => prefix));
    const prefixes = all.map(({ prefix }) => prefix).filter((prefix) => !own.has(prefix));
    if (prefixes.length === 0) continue;
    policies.set(neighbor.peerAddress, { name: `to-${policies.size + 1}`, prefixes });
  }
  return policies;
}

function policyLine(name: string, prefixes: readonly string[]): string {
  return `  ${name}: [ { match: { prefix: ${yamlValue(prefixes)} }, action: reject }, { action: accept } ]`;
}

function processes({ processes: programs }: Configuration, neighbors: readonly NeighborConfig[]): string[] {
  if (programs.length === 0) return [];
  const names = new Set<string>();
  return ['', 'processes:', ...programs.flatMap((program) => processItem(program, neighbors, names))];
}

function processItem(program: ProcessConfig, neighbors: readonly NeighborConfig[], names: Set<string>): string[] {
  const hears = neighbors.flatMap((neighbor) =>
    neighbor.api
      .filter(({ processes: named, patterns }) => named.includes(program.name) || patterns.some((pattern) => pattern.test(program.name)))
      .map((block) => ({ neighbor, block })),
  );
  const blocks = hears.map(({ block }) => block);
  const addresses = [...new Set(hears.map(({ neighbor }) => neighbor.peerAddress))];
  const kinds = (direction: 'receive' | 'send'): string[] =>
    [...new Set(blocks.flatMap((block) => [...block[direction].kinds]))].filter((kind) => kind !== 'operational');
  const has = (form: 'parsed' | 'packets' | 'consolidate'): boolean => blocks.some(({ receive, send }) => receive[form] || send[form]);
  const form = has('consolidate') || (has('packets') && has('parsed')) ? 'consolidate' : has('packets') ? 'packets' : undefined;
  const events = [
    ...(blocks.some(({ changes }) => changes) ? ['state'] : []),
    ...(blocks.some(({ fsm }) => fsm) ? ['fsm'] : []),
    ...(blocks.some(({ negotiated }) => negotiated) ? ['negotiated'] : []),
  ];
  const name = freeName(program.name, names);
  const notes = [
    ...(name === program.name ? [] : [`it was ${program.name}`]),
    ...(blocks.some(({ signal }) => signal) ? ['no equal: signal'] : []),
    ...(blocks.some(({ receive, send }) => receive.kinds.has('operational') || send.kinds.has('operational'))
      ? ['no equal: operational']
      : []),
  ];
  const keys = {
    name,
    run: program.command,
    encoder: program.encoder,
    respawn: program.respawn ? undefined : false,
    neighbors: addresses.length === 0 || addresses.length === neighbors.length ? undefined : addresses,
    events: events.length === 0 ? undefined : events,
    receive: kinds('receive').length === 0 ? undefined : kinds('receive'),
    send: kinds('send').length === 0 ? undefined : kinds('send'),
    form,
  };
  return yamlItem(keys, notes);
}

/** Letters, digits and hyphens, a letter first. */
function freeName(name: string, taken: Set<string>): string {
  const plain =
    name
      .replaceAll(/[^A-Za-z0-9]+/g, '-')
      .replaceAll(/^[^A-Za-z]+|-+$/g, '')
      .slice(0, 50) || 'program';
  let free = plain;
  for (let number = 2; taken.has(free); number++) free = `${plain}-${number}`;
  taken.add(free);
  return free;
}

function mostFrequent(numbers: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
