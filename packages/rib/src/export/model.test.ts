/**
 * Random histories of an exchange point against a slow, obvious model: maps of what was announced, and for each client a decision of its own
 * over the paths that it may have. Whatever the order of announcements, withdrawals, sessions that end and come back with other options,
 * refreshes, prefix filters (RFC 5292) and slow sockets, each peer must end up with what the model says.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, IPV4_UNICAST, IPV6_UNICAST, type LargeCommunity } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import { anyDecision } from '../../test/candidates.ts';
import { checkAgainstHeld, explained } from '../../test/explained.ts';
import { FakePeer, type FakePeerOptions, settle } from '../../test/fake-peer.ts';
import {
  expected,
  NO_EXPORT,
  type Options,
  outcomes,
  PEERS,
  PREFIXES,
  ROUTE_SERVER,
  type Route,
  textOfAttributes,
} from '../../test/model/route-server.ts';
import { type DecisionOptions, PrefixFilter, Rib } from '../index.ts';
import { checkInvariants } from '../invariants.ts';

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
    numRuns: Number(process.env['TSBGP_MODEL_RUNS'] ?? scaled(5000, 400)),
    seed: 7947,
  });
});
