/**
 * The naive reference of an exchange point: for each client of a route server a decision of its own over the paths that it may have (RFC 7947
 * §2.3, RFC 7911), control communities, and why a path is not sent. See route.ts for the reference of everything else.
 */
import { findAttribute, type LargeCommunity, type PathAttribute } from '@tsbgp/wire';
import type { DecisionOptions } from '../../src/index.ts';

export const ROUTE_SERVER = 64_500;
export const PREFIXES = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'];
export const NO_EXPORT = 0xffff_ff01;
const OWN_NEXT_HOPS = ['198.51.100.1', '2001:db8:ffff::1'];

/** Two of them have the same AS. */
export const PEERS: readonly { readonly address: string; readonly as: number }[] = [
  { address: '10.0.0.1', as: 65_001 },
  { address: '10.0.0.2', as: 65_002 },
  { address: '10.0.0.3', as: 65_001 },
  { address: '10.0.0.4', as: 65_004 },
  { address: '10.0.0.5', as: 4_200_000_005 },
];

export interface Options {
  readonly client: boolean;
  readonly bestPathOnly: boolean;
  readonly obeysWellKnown: boolean;
  readonly control: boolean;
  readonly addPath: number;
  readonly ownAsRoutes: boolean;
  readonly sendsAddPath: boolean;
  /** Nothing is sent before the first filter. */
  readonly awaitsFilter: boolean;
  /** Which prefixes its filters permit. @default all */
  readonly permits?: ReadonlySet<string>;
}

export interface Route {
  readonly from: number;
  readonly identifier: number;
  readonly prefix: string;
  readonly tail: readonly number[];
  readonly med: number;
  readonly nextHop: string;
  readonly communities: readonly number[];
  readonly large: readonly LargeCommunity[];
}

/** RFC 4271 §9.1.2.2 as it is written, where no path has a LOCAL_PREF and all are external. `routes` in the order of arrival. */
export function decide(routes: readonly Route[], options: DecisionOptions): Route | undefined {
  const lengthOf = ({ tail }: Route) => (options.ignoreAsPathLength ? 0 : tail.length);
  const medOf = ({ med }: Route) => (med === 0 && options.missingMedAsWorst ? 0xffff_ffff : med);
  const comparesMed = (a: Route, b: Route) => options.alwaysCompareMed || PEERS[a.from]!.as === PEERS[b.from]!.as;
  const byMed = (a: Route, b: Route) => (comparesMed(a, b) ? medOf(a) - medOf(b) : 0);
  const byPeer = (a: Route, b: Route) => a.from - b.from || a.identifier - b.identifier;
  const shortest = Math.min(...routes.map(lengthOf));
  const tied = routes.filter((route) => lengthOf(route) === shortest);
  if (tied.length > 0 && !options.deterministicMed && !options.alwaysCompareMed) {
    return tied.toReversed().reduce((best, route) => ((byMed(route, best) || byPeer(route, best)) < 0 ? route : best));
  }
  return tied.filter((route) => !tied.some((other) => byMed(other, route) < 0)).sort(byPeer)[0];
}

interface Control {
  readonly allowed: boolean;
  readonly noExport: boolean;
}

/** What the control communities of a route say about a client, sentence by sentence. */
function control({ communities, large: largeOnes }: Route, client: number): Control {
  const pairs = communities.map((value) => [Math.floor(value / 65_536), value % 65_536] as const);
  const has = (first: number, second: number) => pairs.some(([a, b]) => a === first && b === second);
  const hasLarge = (action: number, target: number) => largeOnes.some((each) => each.localData1 === action && each.localData2 === target);
  const isSmall = client <= 0xffff;
  const toNobody = has(0, ROUTE_SERVER) || hasLarge(0, 0);
  const notToClient = (isSmall && has(0, client)) || hasLarge(0, client);
  const toClient = has(ROUTE_SERVER, ROUTE_SERVER) || (isSmall && has(ROUTE_SERVER, client)) || hasLarge(1, client) || hasLarge(1, 0);
  return {
    allowed: !notToClient && (!toNobody || toClient),
    noExport: (isSmall && has(65_281, client)) || hasLarge(65_281, client) || hasLarge(65_281, 0),
  };
}

/** Whether a peer may have a route, and with NO_EXPORT added. */
function verdict(route: Route, to: number, toOptions: Options): { readonly may: boolean; readonly noExport: boolean } {
  const { client, obeysWellKnown } = toOptions;
  const asked = client && toOptions.control ? control(route, PEERS[to]!.as) : { allowed: true, noExport: false };
  const may =
    route.from !== to &&
    asked.allowed &&
    (!route.communities.includes(NO_EXPORT) || (client && !obeysWellKnown)) &&
    (!client || PEERS[route.from]!.as !== PEERS[to]!.as || toOptions.ownAsRoutes) &&
    (!client || route.nextHop !== PEERS[to]!.address) &&
    toOptions.permits?.has(route.prefix) !== false;
  return { may, noExport: asked.noExport };
}

/** Why a peer does not get a route, asked in this order; undefined where it may have it. */
function reasonAgainst(route: Route, to: number, toOptions: Options): string | undefined {
  const { client, obeysWellKnown } = toOptions;
  if (route.communities.includes(NO_EXPORT) && !(client && !obeysWellKnown)) return 'no-export';
  if (route.from === to) return 'own-route';
  if (client && PEERS[route.from]!.as === PEERS[to]!.as && !toOptions.ownAsRoutes) return 'same-as';
  if (client && route.nextHop === PEERS[to]!.address) return 'own-next-hop';
  if (!verdict(route, to, { ...toOptions, permits: new Set(PREFIXES) }).may) return 'control-community';
  return toOptions.permits?.has(route.prefix) === false ? 'prefix-filter' : undefined;
}

/** What becomes of each route of a prefix towards a peer: `FROM IDENTIFIER`, and why it is not sent, if so. */
export function outcomes(routes: readonly Route[], to: number, toOptions: Options, decision: DecisionOptions): string[] {
  const mayHave = routes.filter((route) => reasonAgainst(route, to, toOptions) === undefined);
  const ranked: Route[] = [];
  for (let rest = [...routes]; rest.length > 0; rest = rest.filter((route) => route !== ranked.at(-1)))
    ranked.push(decide(rest, decision)!);
  const { addPath, client, bestPathOnly } = toOptions;
  const outcomeOf = (route: Route): string => {
    const against = reasonAgainst(route, to, toOptions);
    if (addPath > 0) return against ?? (ranked.indexOf(route) < addPath ? 'sent' : 'add-path-limit');
    if (client && !bestPathOnly) return against ?? (route === decide(mayHave, decision) ? 'sent' : 'better-path');
    return route === ranked[0] ? (against ?? 'sent') : client ? 'best-path-only' : 'not-best';
  };
  return routes.map((route) => `${route.from} ${route.identifier} ${outcomeOf(route)}`).sort();
}

/** The routes of a prefix that a peer must hold, as text. */
export function expected(routes: readonly Route[], to: number, toOptions: Options, decision: DecisionOptions): string[] {
  const mine = (some: readonly Route[]) => some.filter((route) => verdict(route, to, toOptions).may);
  const shown = (some: readonly Route[]) => some.map((route) => textOf(route, toOptions, verdict(route, to, toOptions).noExport)).sort();
  if (toOptions.addPath > 0) {
    const ranked: Route[] = [];
    for (let rest = [...routes]; rest.length > 0; rest = rest.filter((route) => route !== ranked.at(-1)))
      ranked.push(decide(rest, decision)!);
    return shown(mine(ranked.slice(0, toOptions.addPath)));
  }
  const best = toOptions.client && !toOptions.bestPathOnly ? decide(mine(routes), decision) : decide(routes, decision);
  return shown(best === undefined ? [] : mine([best]));
}

function textOf(route: Route, { client }: Options, noExport: boolean): string {
  const asPath = [...(client ? [] : [ROUTE_SERVER]), PEERS[route.from]!.as, ...route.tail];
  const nextHop = client ? route.nextHop : OWN_NEXT_HOPS[route.prefix.includes(':') ? 1 : 0];
  const communities = noExport && !route.communities.includes(NO_EXPORT) ? [...route.communities, NO_EXPORT] : route.communities;
  return `${asPath.join(' ')} via ${nextHop} med ${client && route.med > 0 ? route.med : 'none'} communities ${communities.join(' ')}`;
}

export function textOfAttributes(attributes: readonly PathAttribute[]): string {
  const asPath = findAttribute(attributes, 'as-path')!.value.flatMap(({ asns }) => asns);
  const nextHop = findAttribute(attributes, 'next-hop')?.value ?? findAttribute(attributes, 'mp-reach-nlri')!.value.nextHops[0];
  const med = findAttribute(attributes, 'multi-exit-disc')?.value ?? 'none';
  return `${asPath.join(' ')} via ${nextHop} med ${med} communities ${(findAttribute(attributes, 'communities')?.value ?? []).join(' ')}`;
}
