/**
 * Random histories of an exchange point against a slow, obvious model: maps of what was announced, and for each client a decision of its own
 * over the paths that it may have. Whatever the order of announcements, withdrawals, sessions that end and come back with other options,
 * refreshes, prefix filters (RFC 5292) and slow sockets, each peer must end up with what the model says.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, findAttribute, IPV4_UNICAST, IPV6_UNICAST, type LargeCommunity, type PathAttribute } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import { anyDecision } from '../../test/candidates.ts';
import { checkAgainstHeld, explained } from '../../test/explained.ts';
import { FakePeer, type FakePeerOptions, settle } from '../../test/fake-peer.ts';
import { type DecisionOptions, PrefixFilter, Rib } from '../index.ts';
import { checkInvariants } from '../invariants.ts';

const ROUTE_SERVER = 64_500;
const PREFIXES = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'];
const NO_EXPORT = 0xffff_ff01;
const OWN_NEXT_HOPS = ['198.51.100.1', '2001:db8:ffff::1'];

/** Two of them have the same AS. */
const PEERS = [
  { address: '10.0.0.1', as: 65_001 },
  { address: '10.0.0.2', as: 65_002 },
  { address: '10.0.0.3', as: 65_001 },
  { address: '10.0.0.4', as: 65_004 },
  { address: '10.0.0.5', as: 4_200_000_005 },
];

interface Options {
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

interface Route {
  readonly from: number;
  readonly identifier: number;
  readonly prefix: string;
  readonly tail: readonly number[];
  readonly med: number;
  readonly nextHop: string;
  readonly communities: readonly number[];
  readonly large: readonly LargeCommunity[];
}

type Event =
  | { type: 'announce'; route: Route }
  | { type: 'withdraw'; from: number; prefix: string; identifier: number }
  | { type: 'session'; peer: number; options: Options; rejoins: boolean }
  | { type: 'change'; peer: number; options: Options; settled: boolean }
  | { type: 'refresh'; peer: number; marked: boolean }
  | { type: 'filter'; peer: number; family: 'ipv4' | 'ipv6'; permitted: readonly string[] | undefined }
  | { type: 'block'; peer: number; blocked: boolean }
  | { type: 'work'; slices: number };

const peer = fc.nat(PEERS.length - 1);
const prefix = fc.constantFrom(...PREFIXES);
const identifier = fc.constantFrom(1, 2);
const as = fc.constantFrom(0, ROUTE_SERVER, ...PEERS.map((each) => each.as));
const smallAs = fc.constantFrom(0, ROUTE_SERVER, ...PEERS.map((each) => each.as).filter((each) => each <= 0xffff));
const community = fc.oneof(
  fc.constant(NO_EXPORT),
  fc.tuple(fc.constantFrom(0, ROUTE_SERVER, 65_281), smallAs).map(([high, low]) => high * 65_536 + low),
);
const large = fc.tuple(fc.constantFrom(0, 1, 65_281), as).map(([localData1, localData2]) => largeCommunity(localData1, localData2));
const options: fc.Arbitrary<Options> = fc.record({
  client: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  bestPathOnly: fc.oneof({ weight: 1, arbitrary: fc.constant(true) }, { weight: 4, arbitrary: fc.constant(false) }),
  obeysWellKnown: fc.boolean(),
  control: fc.boolean(),
  addPath: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.constantFrom(2, Number.POSITIVE_INFINITY) }),
  ownAsRoutes: fc.boolean(),
  sendsAddPath: fc.boolean(),
  awaitsFilter: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant('announce' as const),
      route: fc.record({
        from: peer,
        identifier,
        prefix,
        tail: fc.array(fc.constantFrom(3356, 174), { maxLength: 2 }),
        med: fc.constantFrom(0, 0, 5, 10),
        nextHop: fc.oneof(
          { weight: 4, arbitrary: fc.constant('') },
          { weight: 1, arbitrary: fc.constantFrom(...PEERS.map(({ address }) => address)) },
        ),
        communities: fc.array(community, { maxLength: 2 }),
        large: fc.array(large, { maxLength: 2 }),
      }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('withdraw' as const), from: peer, prefix, identifier }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('session' as const), peer, options, rejoins: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('change' as const), peer, options, settled: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('refresh' as const), peer, marked: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('filter' as const),
      peer,
      family: fc.constantFrom('ipv4' as const, 'ipv6' as const),
      permitted: fc.option(fc.subarray(PREFIXES), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('block' as const), peer, blocked: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('work' as const), slices: fc.integer({ min: 1, max: 4 }) }) },
);

function largeCommunity(action: number, target: number): LargeCommunity {
  return { globalAdministrator: ROUTE_SERVER, localData1: action, localData2: target };
}

// The model

/** RFC 4271 §9.1.2.2 as it is written, where no path has a LOCAL_PREF and all are external. `routes` in the order of arrival. */
function decide(routes: readonly Route[], options: DecisionOptions): Route | undefined {
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
function outcomes(routes: readonly Route[], to: number, toOptions: Options, decision: DecisionOptions): string[] {
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
function expected(routes: readonly Route[], to: number, toOptions: Options, decision: DecisionOptions): string[] {
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

function textOfAttributes(attributes: readonly PathAttribute[]): string {
  const asPath = findAttribute(attributes, 'as-path')!.value.flatMap(({ asns }) => asns);
  const nextHop = findAttribute(attributes, 'next-hop')?.value ?? findAttribute(attributes, 'mp-reach-nlri')!.value.nextHops[0];
  const med = findAttribute(attributes, 'multi-exit-disc')?.value ?? 'none';
  return `${asPath.join(' ')} via ${nextHop} med ${med} communities ${(findAttribute(attributes, 'communities')?.value ?? []).join(' ')}`;
}

// The real thing

function peerOptions(of: Options): Partial<FakePeerOptions> {
  return {
    routeServerClient: of.client,
    routeServer: {
      bestPathOnly: of.bestPathOnly,
      obeysWellKnown: of.obeysWellKnown,
      controlCommunities: of.control,
      ownAsRoutes: of.ownAsRoutes,
    },
    addPath: of.addPath > 0 ? [IPV4_UNICAST, IPV6_UNICAST] : [],
    addPathMax: of.addPath,
    sendsAddPath: of.sendsAddPath,
    awaitsPrefixFilter: of.awaitsFilter,
  };
}

const FIRST: Options = {
  client: true,
  bestPathOnly: false,
  obeysWellKnown: false,
  control: true,
  addPath: 0,
  ownAsRoutes: false,
  sendsAddPath: false,
  awaitsFilter: false,
};

/** In a RIB at rest a change tells each peer what is other than before, and nothing else. */
function assertExactDifference(rib: Rib, peers: readonly FakePeer[], change: () => void): void {
  settle(rib);
  const before = peers.map(({ view }) => new Map(view));
  for (const { log } of peers) log.length = 0;
  change();
  settle(rib);
  for (const [at, { view, log, name }] of peers.entries()) {
    const held = before[at]!;
    const announced = [...view]
      .filter(([route, attributes]) => held.get(route) !== attributes)
      .map(([route]) => `announce ${route.split(' ')[0]}`);
    const withdrawn = [...held.keys()].filter((route) => !view.has(route)).map((route) => `withdraw ${route.split(' ')[0]}`);
    assert.deepEqual(log.toSorted(), [...announced, ...withdrawn].sort(), `what ${name} is told`);
  }
}

function familyOf(at: string): 'ipv4' | 'ipv6' {
  return at.includes(':') ? 'ipv6' : 'ipv4';
}

/** Permits these prefixes and no others, by way of entries that deny what is within them. */
function filterOf(family: 'ipv4' | 'ipv6', permitted: readonly string[]): PrefixFilter {
  const bits = family === 'ipv4' ? 32 : 128;
  const entries = permitted
    .filter((at) => familyOf(at) === family)
    .map((at, i) => {
      const [address = '', length = ''] = at.split('/');
      const prefix = Uint8Array.of(Number(length), ...addressBytes(address).subarray(0, (Number(length) + 7) >>> 3));
      return { sequence: i, deny: false, prefix, minLength: Number(length), maxLength: Number(length) };
    });
  return new PrefixFilter([...entries, { sequence: 100, deny: true, prefix: Uint8Array.of(0), minLength: 0, maxLength: bits }], bits);
}

function play(events: readonly Event[], decision: DecisionOptions): void {
  const rib = new Rib({
    localAs: ROUTE_SERVER,
    bgpIdentifier: 1,
    observer: { fault: (_peer, fault) => assert.fail(fault.reason), endOfRib: () => undefined },
    buildSlice: 1,
    capacity: { ipv4: 2, ipv6: 2, pathsPerNlri: 1, attributeSets: 2 }, // every column grows
    decision,
  });
  const peers = PEERS.map((each) => new FakePeer(rib, { ...each, localAs: ROUTE_SERVER }));
  const current = PEERS.map((): Options => FIRST);
  let routes: Route[] = [];
  /** By peer: which prefixes its filters permit. */
  const permits = PEERS.map(() => new Set(PREFIXES));
  const permit = (index: number, family: 'ipv4' | 'ipv6', permitted: readonly string[]): void => {
    for (const at of PREFIXES.filter((each) => familyOf(each) === family)) {
      if (permitted.includes(at)) permits[index]!.add(at);
      else permits[index]!.delete(at);
    }
  };
  const isUp = (index: number) => peers[index]!.ribPeer !== undefined;
  const remove = (from: number, at: string, id: number) => {
    routes = routes.filter((route) => route.from !== from || route.prefix !== at || route.identifier !== id);
  };
  for (const each of peers) each.up(peerOptions(FIRST));

  for (const [at, step] of events.entries()) {
    if (step.type === 'work') {
      for (let left = step.slices; left > 0; left--) rib.work();
    } else if (step.type === 'announce') {
      const { from } = step.route;
      if (!isUp(from)) continue;
      const id = current[from]!.sendsAddPath ? step.route.identifier : 0;
      const ipv6 = step.route.prefix.includes(':');
      const nextHop = ipv6 ? `2001:db8::${from + 1}` : step.route.nextHop || PEERS[from]!.address;
      const route: Route = { ...step.route, identifier: id, nextHop };
      const before = routes.findIndex((each) => each.from === from && each.prefix === route.prefix && each.identifier === id);
      if (before === -1) routes.push(route);
      else routes[before] = route;
      peers[from]!.announce({
        prefix: route.prefix,
        asPath: [PEERS[from]!.as, ...route.tail],
        nextHop,
        ...(route.med > 0 && { med: route.med }),
        ...(route.communities.length > 0 && { communities: route.communities }),
        ...(route.large.length > 0 && { largeCommunities: route.large }),
        ...(current[from]!.sendsAddPath && { pathIdentifier: id }),
      });
    } else if (step.type === 'withdraw') {
      if (!isUp(step.from)) continue;
      const id = current[step.from]!.sendsAddPath ? step.identifier : 0;
      remove(step.from, step.prefix, id);
      peers[step.from]!.withdraw(step.prefix, current[step.from]!.sendsAddPath ? id : undefined);
    } else if (step.type === 'session') {
      if (isUp(step.peer)) peers[step.peer]!.down();
      routes = routes.filter(({ from }) => from !== step.peer);
      current[step.peer] = step.options;
      permits[step.peer] = new Set(step.options.awaitsFilter ? [] : PREFIXES);
      if (step.rejoins) peers[step.peer]!.up(peerOptions(step.options));
    } else if (step.type === 'change') {
      if (!isUp(step.peer)) continue;
      const { addPath, sendsAddPath } = current[step.peer]!;
      // What was negotiated stays.
      current[step.peer] = { ...step.options, sendsAddPath, addPath: addPath > 0 ? Math.max(step.options.addPath, 1) : 0 };
      const change = () => peers[step.peer]!.change(peerOptions(current[step.peer]!));
      if (step.settled && peers.every(({ backlogBytes }) => backlogBytes === 0)) assertExactDifference(rib, peers, change);
      else change();
    } else if (step.type === 'refresh') {
      const { ribPeer } = peers[step.peer]!;
      const marks = step.marked ? { begin: () => undefined, end: () => undefined } : undefined;
      if (ribPeer !== undefined) rib.resend(ribPeer, IPV4_UNICAST, marks);
    } else if (step.type === 'filter') {
      const { ribPeer } = peers[step.peer]!;
      if (ribPeer === undefined) continue;
      permit(step.peer, step.family, step.permitted ?? PREFIXES);
      const filter = step.permitted && filterOf(step.family, step.permitted);
      rib.setPrefixFilter(ribPeer, step.family === 'ipv4' ? IPV4_UNICAST : IPV6_UNICAST, filter, () => undefined);
    } else {
      peers[step.peer]!.backlogBytes = step.blocked ? 1 << 30 : 0;
    }
    checkInvariants(rib);
    checkAgainstHeld(rib, peers[at % peers.length]!, PREFIXES);
  }

  for (const each of peers) each.backlogBytes = 0;
  settle(rib);
  checkInvariants(rib);
  for (const [index, to] of peers.entries()) {
    if (!isUp(index)) continue;
    for (const at of PREFIXES) {
      const held = [...to.attributes].filter(([key]) => key.split(' ')[0] === at).map(([, attributes]) => textOfAttributes(attributes));
      const filtered = { ...current[index]!, permits: permits[index]! };
      const wanted = expected(
        routes.filter((route) => route.prefix === at),
        index,
        filtered,
        decision,
      );
      const { pending, paths } = explained(rib, to, at);
      assert.equal(pending, undefined, 'nothing is due any more');
      const said = paths.map(({ from, identifier: id, reason = 'sent' }) => `${peers.indexOf(from)} ${id} ${reason}`);
      const here = routes.filter((route) => route.prefix === at);
      assert.deepEqual(said.sort(), outcomes(here, index, filtered, decision), `why ${at} is (not) at ${to.name}`);
      assert.deepEqual(held.sort(), wanted, `${at} at ${to.name} (${JSON.stringify([current[index], decision])})`);
    }
    const advertised = rib.membersOf(to.ribPeer!).reduce((sum, member) => sum + member.advertised, 0);
    assert.equal(advertised, to.view.size, `${to.name} counts what it is sent`);
  }
  for (const [index, each] of peers.entries()) if (isUp(index)) each.down();
  settle(rib);
  checkInvariants(rib);
  assert.equal(rib.attributes.count, 0, 'nothing is left when all are gone');
  for (const table of rib.tables) assert.equal(table.index.count, 0);
}

test('RFC 7947, RFC 7911: whatever happens, each client holds the best of the paths that it may have', () => {
  fc.assert(fc.property(fc.array(event, { minLength: 1, maxLength: 80, size: 'max' }), anyDecision, play), {
    numRuns: Number(process.env['TSBGP_MODEL_RUNS'] ?? scaled(10_000, 400)),
    seed: 7947,
  });
});
