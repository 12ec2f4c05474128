/**
 * A neighbor that is added while the daemon runs, checked like one of the configuration file: each value by the row of its key, and the rules
 * between keys by the same functions. Every problem is named at once.
 */
import { formatAddress, formatFamily, parseAddress } from '@tsbgp/wire';
import {
  type BrokenRule,
  exclusive,
  isConfederationItself,
  localAsInside,
  notForRelation,
  onlyClients,
  otherKind,
  ownEndpoint,
  unknownPolicy,
  withoutRequired,
} from '../config/neighbor-rules.ts';
import { type ControlProblem, invalidArgument } from '../control-plane.ts';
import type { Endpoint } from '../endpoint.ts';
import { Refusal } from '../keys/fields.ts';
import { isLinkLocal } from '../keys/host-address.ts';
import { apiField } from '../keys/neighbor-api.ts';
import { NEIGHBOR_FIELDS, NEIGHBOR_KEYS, type NeighborConfig, type NeighborField } from '../keys/neighbor-keys.ts';
import { type OwnAs, relationTo } from '../keys/own-as.ts';
import { quote } from '../quote.ts';
import { machineInterfaces } from './machine-interfaces.ts';

/** Names of interfaces that the kernel allows (IFNAMSIZ), without characters that have a meaning in addresses. */
const ZONE = /^[\w.:@-]{1,15}$/;

/** The neighbor with its addresses in canonical text. Throws ControlError. */
export function checkedNeighbor(config: NeighborConfig, ours: OwnAs, listen: readonly Endpoint[]): NeighborConfig {
  const problems: ControlProblem[] = [];
  const refuse = (field: NeighborField, sentence: string): void => {
    problems.push({ field: `neighbor.${apiField(field)}`, sentence });
  };
  const refuseRule = (field: NeighborField, found: string, broken: BrokenRule | undefined): void => {
    if (broken !== undefined) refuse(field, `found ${found} (${broken.because}), allowed ${broken.allowed}`);
  };
  for (const field of NEIGHBOR_FIELDS) {
    const sentence = problemOf(field, config[field]);
    if (sentence !== undefined) refuse(field, sentence);
  }

  const address = canonical(config.address);
  const localAddress = config.localAddress === undefined ? undefined : canonical(config.localAddress);
  const canonicalConfig: NeighborConfig = { ...config, address, localAddress };
  // Rules between addresses make sense only where each value alone is right.
  if (problems.length === 0) {
    refuseRule('address', quote(config.address), ownEndpoint(canonicalConfig, listen, config.passive ? [] : ownAddresses()));
    refuseRule('localAddress', quote(config.localAddress ?? ''), otherKind(address, localAddress));
  }
  const inConfederation = isConfederationItself(config.remoteAs, ours);
  refuseRule('remoteAs', String(config.remoteAs), inConfederation);
  refuseRule('localAs', String(config.localAs), localAsInside(config, ours));
  const broken = [
    ...(inConfederation === undefined ? notForRelation(config, relationTo(ours, config)) : []),
    ...withoutRequired(config, config),
  ];
  for (const { field, rule } of broken) refuseRule(field, shown(config[field]), rule);
  for (const { field, rule } of onlyClients(config, config.routeServerClient)) refuseRule(field, shown(config[field]), rule);
  for (const { field, rule } of exclusive(config)) refuseRule(field, shown(config[field]), rule);
  config.families.forEach((family, i) => {
    if (config.families.indexOf(family) >= i) return;
    const sentence = `found ${formatFamily(family)} again, allowed is each family once`;
    problems.push({ field: `neighbor.${apiField('families')}[${i}]`, sentence });
  });
  const first = problems[0];
  if (first === undefined) return canonicalConfig;
  throw invalidArgument(first.field, first.sentence, { further: problems.slice(1) });
}

/** Throws ControlError where the neighbor names a policy that nobody wrote. `written` are the names of those that are there. */
export function checkPolicies(config: NeighborConfig, written: Iterable<string>): void {
  const names = [...written];
  const problems = (['importPolicy', 'exportPolicy'] as const).flatMap((field): ControlProblem[] => {
    const chain = config[field];
    const broken = chain === undefined ? undefined : unknownPolicy(chain, names);
    if (broken === undefined) return [];
    return [{ field: `neighbor.${apiField(field)}`, sentence: `found ${shown(chain)} (${broken.because}), allowed ${broken.allowed}` }];
  });
  const [first, ...further] = problems;
  if (first !== undefined) throw invalidArgument(first.field, first.sentence, { further });
}

/** The canonical text of an address (RFC 5952). An IPv4-mapped IPv6 address becomes IPv4. Other text stays unchanged. */
export function canonical(text: string): string {
  const [host = '', ...zone] = text.split('%');
  const bytes = parseAddress(host);
  if (bytes === undefined) return text;
  const plain = formatAddress(bytes);
  const mapped = plain.startsWith('::ffff:') && plain.includes('.');
  return [mapped ? plain.slice('::ffff:'.length) : plain, ...zone].join('%');
}

/** Says in the words of the key why a value is wrong. Lists are not checked: their items were parsed already. */
function problemOf(field: NeighborField, value: unknown): string | undefined {
  const row = NEIGHBOR_KEYS[field].value;
  // A secret was checked when it was read, and no sentence has one.
  if (value === undefined || row.kind !== 'field' || row.shape.type === 'secret') return undefined;
  // The API also takes the number of an interface, which the configuration file refuses.
  if (row.shape.type === 'address' && typeof value === 'string' && isLinkLocalWithZone(value)) return undefined;
  const refusal = row.check(value);
  if (!(refusal instanceof Refusal)) return undefined;
  const found = shown(value);
  return `found ${found}${refusal.because === undefined ? '' : ` (${refusal.because})`}, allowed ${row.words.allowed}`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'object' ? JSON.stringify(value instanceof Map ? Object.fromEntries(value) : value) : String(value);
}

function isLinkLocalWithZone(text: string): boolean {
  const [host = '', zone, rest] = text.split('%');
  const bytes = parseAddress(host);
  return bytes !== undefined && isLinkLocal(bytes) && zone !== undefined && rest === undefined && ZONE.test(zone);
}

function ownAddresses(): string[] {
  return Object.values(machineInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => canonical(address)));
}
