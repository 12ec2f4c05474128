/** A static route of a configuration as a route of tsbgpd.yaml. */
import type { Route } from '@tsbgp/process-api';
import {
  decodeMessage,
  type Family,
  Fault,
  findAttribute,
  formatAttributeValue,
  formatCommunity,
  formatExtendedCommunity,
  formatFamily,
  formatLargeCommunity,
  formatNlri,
  IPV4_UNICAST,
  IPV6_UNICAST,
  type PathAttribute,
  parseAddress,
} from '@tsbgp/wire';
import type { NeighborConfig } from '../config/neighbor.ts';
import { offlineSession } from '../config/offline-session.ts';
import { AdjRibOut } from '../rib/adj-rib-out.ts';
import { sessionForm } from '../rib/session-form.ts';
import { announcements } from '../rib/update-messages.ts';
import type { Value } from './yaml-text.ts';

export interface MigratedRoute {
  readonly prefix: string;
  readonly family: Family;
  readonly keys: Readonly<Record<string, Value | undefined>>;
  /** What of the route has no equal. */
  readonly notes: readonly string[];
}

/** What the static routes of a neighbor are in tsbgpd.yaml, and sentences about those that have no equal. */
export function migratedRoutes(neighbor: NeighborConfig): { readonly routes: MigratedRoute[]; readonly left: string[] } {
  const routes: MigratedRoute[] = [];
  const left: string[] = [];
  for (const route of neighbor.routes) {
    const migrated = migratedRoute(neighbor, route);
    if (typeof migrated === 'string') left.push(migrated);
    else routes.push(migrated);
  }
  return { routes, left };
}

function migratedRoute(neighbor: NeighborConfig, route: Route): MigratedRoute | string {
  const { context, neighbor: named } = offlineSession(neighbor);
  const rib = new AdjRibOut();
  rib.configure({ ...route, startsWithdrawn: false });
  const [update] = announcements(rib.take().announcements, {
    form: sessionForm(named.localAs, neighbor.capabilities.aigp, context),
    families: new Set([...neighbor.families, route.family]),
    addPath: context.addPath,
    extendedMessage: context.extendedMessage,
    groupUpdates: neighbor.groupUpdates,
    linkLocal: undefined,
    localAddress: named.localAddress,
  });
  const family = formatFamily(route.family);
  if (update === undefined) return `a route of ${family} that no UPDATE can say`;
  const message = decodeMessage(update, 0, update.length, context);
  if (message instanceof Fault || message.type !== 'update') return `a route of ${family} that tsbgpd would not read`;
  const { attributes } = message;
  const reach = findAttribute(attributes, 'mp-reach-nlri')?.value;
  const [nlri] =
    reach === undefined || route.family === IPV4_UNICAST ? (message.nlri.length > 0 ? message.nlri : (reach?.nlri ?? [])) : reach.nlri;
  const text = nlri === undefined ? family : formatNlri(nlri);
  if ((route.family !== IPV4_UNICAST && route.family !== IPV6_UNICAST) || nlri === undefined || nlri.type !== 'ip-prefix') {
    return `a route of ${family}, ${text}: give it to "tsbgp route add --family ${family}"`;
  }
  const notes = [
    ...(route.watchdog === undefined ? [] : [`watchdog ${route.watchdog}: tsbgpd has none; a program or a condition announces it`]),
    ...(route.pathId === undefined ? [] : [`path identifier ${route.pathId}: tsbgpd chooses its own`]),
    ...attributes
      .filter(({ type }) => !KNOWN.has(type))
      .map((attribute) => `${attribute.type} ${formatAttributeValue(attribute)} has no key`),
  ];
  const nextHop = route.set.nextHop;
  if (!isOrdinary(nlri.prefix.split('/')[0]!) || !isNextHopOf(nextHop, nlri.prefix)) {
    return `a route to ${nlri.prefix} by ${nextHop}: tsbgpd announces no loopback, multicast or reserved addresses, and next hops of the family`;
  }
  return { prefix: nlri.prefix, family: route.family, keys: { prefix: nlri.prefix, ...keysOf(attributes, named.localAs, nextHop) }, notes };
}

/** An address of hosts: tsbgpd refuses others in its file. */
function isOrdinary(address: string): boolean {
  const bytes = parseAddress(address);
  if (bytes === undefined) return false;
  const [first = 0, second = 0] = bytes;
  if (bytes.length === 4) return (first !== 0 || bytes.every((octet) => octet === 0)) && first !== 127 && first < 224;
  const isLow = bytes.subarray(0, 12).every((octet) => octet === 0);
  return (!isLow || bytes.every((octet) => octet === 0)) && first !== 0xff && !(first === 0xfe && (second & 0xc0) === 0x80);
}

function isNextHopOf(nextHop: string | undefined, prefix: string): boolean {
  if (nextHop === undefined || nextHop === 'self') return true;
  return (
    nextHop.includes(':') === prefix.includes(':') && isOrdinary(nextHop) && (parseAddress(nextHop)?.some((octet) => octet !== 0) ?? false)
  );
}

const KNOWN: ReadonlySet<PathAttribute['type']> = new Set([
  'origin',
  'as-path',
  'next-hop',
  'multi-exit-disc',
  'local-pref',
  'communities',
  'large-communities',
  'extended-communities',
  'mp-reach-nlri',
]);

function keysOf(attributes: readonly PathAttribute[], localAs: number, nextHop: string | undefined): Record<string, Value | undefined> {
  const origin = findAttribute(attributes, 'origin')?.value;
  const segments = findAttribute(attributes, 'as-path')?.value ?? [];
  const path = segments.flatMap(({ type, asns }) => (type === 'sequence' ? asns : []));
  // tsbgpd puts its own AS in front.
  const own = path[0] === localAs ? path.slice(1) : path;
  const communities = findAttribute(attributes, 'communities')?.value ?? [];
  const large = findAttribute(attributes, 'large-communities')?.value ?? [];
  const extended = findAttribute(attributes, 'extended-communities')?.value ?? [];
  return {
    'next-hop': nextHop === undefined || nextHop === 'self' ? undefined : nextHop,
    'as-path': own.length === 0 ? undefined : own.join(' '),
    origin: origin === 'igp' ? undefined : origin,
    med: findAttribute(attributes, 'multi-exit-disc')?.value,
    'local-pref': findAttribute(attributes, 'local-pref')?.value,
    community: unlessEmpty(communities.map(formatCommunity)),
    'large-community': unlessEmpty(large.map(formatLargeCommunity)),
    'ext-community': unlessEmpty(extended.map(formatExtendedCommunity)),
  };
}

function unlessEmpty(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list;
}
