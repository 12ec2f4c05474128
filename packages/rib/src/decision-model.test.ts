/**
 * Random events against a slow, obvious model: a Map of what each peer announced, a sort for the decision, and the rules of export as
 * sentences. Whatever the order of events, slow sockets and slices of work, each peer must end up with the model's view.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, findAttribute, formatAddress, isUnknown } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../test/scale.ts';
import { anyDecision } from '../test/candidates.ts';
import { bestFrom, checkAgainstHeld, explained } from '../test/explained.ts';
import { type Announcement, FakePeer, settle } from '../test/fake-peer.ts';
import { type DecisionOptions, PeerKind, Rib } from './index.ts';
import { checkInvariants } from './invariants.ts';

const LOCAL_AS = 64_512;
const PREFIXES = [
  '192.0.2.0/24',
  '192.0.2.0/25',
  '198.51.100.0/24',
  '203.0.113.7/32',
  '0.0.0.0/0',
  '2001:db8::/32',
  '2001:db8:1::/48',
  '::/0',
];
/** Our AS towards one of the peers. */
const OTHER_LOCAL_AS = 65_100;
const PEERS = [
  { address: '10.0.0.1', as: 65_001, localAs: LOCAL_AS },
  { address: '10.0.0.2', as: 65_002, localAs: LOCAL_AS, aigp: true },
  { address: '10.0.0.3', as: 65_001, localAs: LOCAL_AS },
  { address: '10.0.0.4', as: LOCAL_AS, localAs: LOCAL_AS },
  { address: '10.0.0.5', as: LOCAL_AS, localAs: LOCAL_AS, aigp: false },
  { address: '2001:db8::6', as: 65_006, localAs: LOCAL_AS },
  { address: '10.0.0.7', as: 65_007, localAs: OTHER_LOCAL_AS },
];
const OWN_IPV4 = '198.51.100.1';
const OWN_IPV6 = '2001:db8:ffff::1';
/** The RIB's BGP Identifier. */
const OWN_IDENTIFIER = '0.0.0.1';

type Event =
  | {
      type: 'announce';
      peer: number;
      prefix: number;
      tail: number[];
      med: number | undefined;
      localPref: number | undefined;
      noExport: boolean;
      /** The AS_PATH does not begin with the AS of an external peer, as from a route server. */
      bare: boolean;
      aigp: number | undefined;
      /** What makes the route unusable, if anything. */
      own: 'next-hop' | 'originator-id' | undefined;
    }
  | { type: 'withdraw'; peer: number; prefix: number }
  | { type: 'begin-refresh'; peer: number; family: 'ipv4' | 'ipv6' }
  | { type: 'end-refresh'; peer: number; family: 'ipv4' | 'ipv6' }
  | { type: 'flap'; peer: number }
  /** Other switches of the decision process. */
  | { type: 'switch'; options: DecisionOptions }
  /** The interior cost to the address of a peer; undefined: it cannot be reached. */
  | { type: 'cost'; peer: number; cost: number | undefined; named: boolean }
  | { type: 'time' }
  | { type: 'block'; peer: number; blocked: boolean }
  | { type: 'work' };

const peer = fc.nat(PEERS.length - 1);
const prefix = fc.nat(PREFIXES.length - 1);
const family = fc.constantFrom('ipv4' as const, 'ipv6' as const);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('announce' as const),
      peer,
      prefix,
      tail: fc.array(fc.constantFrom(3356, 174, 2914, LOCAL_AS, OTHER_LOCAL_AS), { maxLength: 2 }),
      med: fc.option(fc.constantFrom(0, 5, 10), { nil: undefined }),
      localPref: fc.option(fc.constantFrom(90, 100, 200), { nil: undefined }),
      noExport: fc.boolean(),
      aigp: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 2, arbitrary: fc.constantFrom(3, 4) }),
      bare: fc.boolean(),
      own: fc.oneof(
        { weight: 8, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom('next-hop' as const, 'originator-id' as const) },
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('withdraw' as const), peer, prefix }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('begin-refresh' as const), peer, family }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('end-refresh' as const), peer, family }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('flap' as const), peer }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('cost' as const),
      peer,
      cost: fc.constantFrom(0, 1, 2, undefined),
      named: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('switch' as const), options: anyDecision }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('time' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('block' as const), peer, blocked: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('work' as const) }) },
);

interface ModelRoute extends Announcement {
  readonly from: FakePeer;
  readonly learned: number;
}

/** What the RIB is told of the outside: what counts, and the interior cost to each next hop. */
interface World {
  options: DecisionOptions;
  readonly costs: ReadonlyMap<string, number | undefined>;
}

/** Undefined: the next hop cannot be reached. */
function costOf({ costs }: World, route: ModelRoute): number | undefined {
  const nextHop = nextHopOf(route);
  return costs.has(nextHop) ? costs.get(nextHop) : 0;
}

function nextHopOf({ nextHop, prefix, from }: ModelRoute): string {
  return nextHop ?? (prefix.includes(':') ? '2001:db8::1' : from.name.includes(':') ? '192.0.2.99' : from.name);
}

type Order = (a: ModelRoute, b: ModelRoute) => number;

/** Negative where `a` is better, the steps in their order: those before MULTI_EXIT_DISC, and those after it. */
function orders(world: World): { readonly before: Order; readonly med: Order; readonly after: Order } {
  const { options } = world;
  const preference = (route: ModelRoute) => (route.from.kind === PeerKind.Internal ? (route.localPref ?? 100) : 100);
  const cost = (route: ModelRoute) => costOf(world, route) ?? 0;
  const aigp = (route: ModelRoute) => (route.aigp === undefined || !options.aigp ? Number.MAX_SAFE_INTEGER : route.aigp + cost(route));
  const med = (route: ModelRoute) => route.med ?? (options.missingMedAsWorst ? 0xffff_ffff : 0);
  const age = (route: ModelRoute) => (options.preferOldest && route.from.kind === PeerKind.External ? route.learned : 0);
  return {
    before: (a, b) =>
      preference(b) - preference(a) || aigp(a) - aigp(b) || (options.ignoreAsPathLength ? 0 : a.asPath.length - b.asPath.length),
    med: (a, b) => (options.alwaysCompareMed || neighboringAs(a) === neighboringAs(b) ? med(a) - med(b) : 0),
    after: (a, b) =>
      a.from.kind - b.from.kind ||
      cost(a) - cost(b) ||
      age(a) - age(b) ||
      (options.compareRouterId ? identifier(a.from) - identifier(b.from) : 0) ||
      addressOrder(a.from.name, b.from.name),
  };
}

/** RFC 4271 §9.1.2.2 as it is written: c removes within each neighbouring AS. `routes` in the order of arrival. */
function decideModel(routes: ModelRoute[], world: World): ModelRoute | undefined {
  const { before, med, after } = orders(world);
  const usable = routes.filter((route) => isUsable(route) && costOf(world, route) !== undefined);
  const [first] = usable.toSorted(before);
  if (first === undefined) return undefined;
  const tied = usable.filter((route) => before(route, first) === 0);
  if (!world.options.deterministicMed && !world.options.alwaysCompareMed) {
    return tied.toReversed().reduce((best, route) => ((med(route, best) || after(route, best)) < 0 ? route : best));
  }
  return tied.filter((route) => !tied.some((other) => med(other, route) < 0)).sort(after)[0];
}

/** IPv4 before IPv6, then as numbers. */
function addressOrder(a: string, b: string): number {
  const [x, y] = [addressBytes(a), addressBytes(b)];
  if (x.length !== y.length) return x.length - y.length;
  const at = x.findIndex((octet, i) => octet !== y[i]);
  return at === -1 ? 0 : x[at]! - y[at]!;
}

/** RFC 4271 §9.1.2, §6.3 (a), RFC 4456 §8. */
function isUsable(route: ModelRoute): boolean {
  if (route.asPath.includes(LOCAL_AS) || route.asPath.includes(route.from.localAs)) return false;
  if (route.from.kind === PeerKind.Internal && route.originatorId === OWN_IDENTIFIER) return false;
  return route.nextHop !== OWN_IPV4 && route.nextHop !== OWN_IPV6;
}

/** RFC 4271 §9.1.2.2 c: where the AS_PATH is empty, the AS of the peer. */
function neighboringAs(route: ModelRoute): number {
  return route.asPath[0] ?? route.from.as;
}

function usesAigp(peer: number): boolean {
  const { aigp, as, localAs }: { aigp?: boolean; as: number; localAs: number } = PEERS[peer]!;
  return aigp ?? as === localAs;
}

/** What was announced, without what the model notes beside it. */
function shown(route: ModelRoute | undefined): Announcement | undefined {
  if (route === undefined) return undefined;
  const { from: _from, learned: _learned, ...announced } = route;
  return announced;
}

function metricOf(to: FakePeer, prefix: string): number | undefined {
  const tlv = findAttribute(to.attributes.get(prefix)!, 'aigp')?.value[0];
  return tlv === undefined || isUnknown(tlv) ? undefined : Number(tlv.fields['value']);
}

function familyOf(prefix: string): 'ipv4' | 'ipv6' {
  return prefix.includes(':') ? 'ipv6' : 'ipv4';
}

function identifier(from: FakePeer): number {
  return from.name.includes(':') ? 0xc0000263 : Number(from.name.split('.').at(-1));
}

/** What becomes of the best route towards a peer. */
function outcomeOf(route: ModelRoute, to: FakePeer): string {
  if (to.kind === PeerKind.External && route.communities !== undefined) return 'no-export';
  if (to.kind === PeerKind.Internal && route.from.kind === PeerKind.Internal) return 'internal-to-internal';
  return route.from === to ? 'own-route' : 'sent';
}

function isExported(route: ModelRoute, to: FakePeer): boolean {
  return outcomeOf(route, to) === 'sent';
}

test('any order of events leaves every peer with what the model says it must hold', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 120, size: 'max' }), anyDecision, fc.boolean(), (events, options, hasCosts) => {
      const faults: string[] = [];
      const costs = new Map<string, number | undefined>();
      const world: World = { options, costs };
      const rib = new Rib({
        localAs: LOCAL_AS,
        bgpIdentifier: 1,
        observer: { fault: (_peer, fault) => fault.reason.startsWith('AIGP') || faults.push(fault.reason), endOfRib: () => undefined },
        capacity: { ipv4: 2, ipv6: 2, pathsPerNlri: 1, attributeSets: 2 }, // every column grows
        decision: options,
        ...(hasCosts && {
          nextHopCost: (nextHop) => (costs.has(formatAddress(nextHop)) ? costs.get(formatAddress(nextHop)) : 0),
        }),
      });
      const peers = PEERS.map((options) => new FakePeer(rib, { ...options, ownAddresses: [OWN_IPV4, OWN_IPV6] }));
      const model = new Map<string, Map<FakePeer, ModelRoute>>();
      // "peer family" -> prefixes that are stale, while a refresh runs.
      const stale = new Map<string, Set<string>>();
      for (const one of peers) one.up();

      for (const [at, step] of events.entries()) {
        if (step.type === 'work') {
          rib.work();
        } else if (step.type === 'time') {
          rib.nowSeconds++;
        } else if (step.type === 'switch') {
          world.options = step.options;
          rib.changeDecision(step.options);
        } else if (step.type === 'cost') {
          const { address } = PEERS[step.peer]!;
          if (!hasCosts) continue;
          costs.set(address, step.cost);
          rib.nextHopCostsChanged(step.named ? [addressBytes(address)] : undefined);
        } else {
          const from = peers[step.peer]!;
          if (step.type === 'announce') {
            const external = from.kind === PeerKind.External;
            const ownAddress = familyOf(PREFIXES[step.prefix]!) === 'ipv4' ? OWN_IPV4 : OWN_IPV6;
            const route: Announcement = {
              prefix: PREFIXES[step.prefix]!,
              asPath: [...(external && !step.bare ? [PEERS[step.peer]!.as] : []), ...step.tail],
              ...(step.own === 'next-hop' ? { nextHop: ownAddress } : {}),
              ...(step.own === 'originator-id' && !external ? { originatorId: OWN_IDENTIFIER } : {}),
              ...(step.med === undefined ? {} : { med: step.med }),
              ...(step.localPref === undefined || external ? {} : { localPref: step.localPref }),
              ...(step.aigp === undefined ? {} : { aigp: step.aigp }),
              ...(step.noExport ? { communities: [0xffff_ff01] } : {}),
            };
            assert.equal(from.announce(route), undefined);
            const routes = model.get(route.prefix) ?? new Map<FakePeer, ModelRoute>();
            // RFC 7311 §3.3: on a session without AIGP the attribute is ignored.
            const { aigp, ...rest } = route;
            const held: Announcement = aigp !== undefined && usesAigp(step.peer) ? route : rest;
            const isSame = JSON.stringify(held) === JSON.stringify(shown(routes.get(from)));
            const learned = isSame ? routes.get(from)!.learned : rib.nowSeconds;
            model.set(route.prefix, routes.set(from, { ...held, from, learned }));
            stale.get(`${step.peer} ${familyOf(route.prefix)}`)?.delete(route.prefix);
          } else if (step.type === 'withdraw') {
            assert.equal(from.withdraw(PREFIXES[step.prefix]!), undefined);
            model.get(PREFIXES[step.prefix]!)?.delete(from);
            stale.get(`${step.peer} ${familyOf(PREFIXES[step.prefix]!)}`)?.delete(PREFIXES[step.prefix]!);
          } else if (step.type === 'begin-refresh') {
            from.beginRefresh(step.family);
            stale.set(
              `${step.peer} ${step.family}`,
              new Set(PREFIXES.filter((at) => familyOf(at) === step.family && model.get(at)?.has(from) === true)),
            );
          } else if (step.type === 'end-refresh') {
            const gone = stale.get(`${step.peer} ${step.family}`);
            assert.equal(from.endRefresh(step.family), gone !== undefined);
            for (const at of gone ?? []) model.get(at)?.delete(from);
            stale.delete(`${step.peer} ${step.family}`);
          } else if (step.type === 'flap') {
            from.down();
            for (const routes of model.values()) routes.delete(from);
            for (const each of ['ipv4', 'ipv6']) stale.delete(`${step.peer} ${each}`);
            from.up();
          } else {
            from.backlogBytes = step.blocked ? 1 << 30 : 0;
          }
        }
        checkInvariants(rib);
        checkAgainstHeld(rib, peers[at % peers.length]!, [PREFIXES[at % PREFIXES.length]!]);
      }

      for (const one of peers) one.backlogBytes = 0;
      settle(rib);
      checkInvariants(rib);
      assert.deepEqual(faults, []);
      for (const to of peers) {
        const expected = PREFIXES.filter((at) => {
          const best = decideModel([...(model.get(at)?.values() ?? [])], world);
          return best !== undefined && isExported(best, to);
        });
        assert.deepEqual([...to.view.keys()].sort(), expected.sort(), `view of ${to.name}`);
        for (const at of PREFIXES) {
          const best = decideModel([...(model.get(at)?.values() ?? [])], world);
          assert.equal(bestFrom(rib, at), best?.from, `the best path of ${at}`);
          const { pending, paths } = explained(rib, to, at);
          assert.equal(pending, undefined, 'nothing is due any more');
          for (const { from, reason = 'sent' } of paths) {
            assert.equal(
              reason,
              from === best?.from ? outcomeOf(best, to) : 'not-best',
              `why the path of ${at} from ${from.name} is (not) at ${to.name}`,
            );
          }
        }
        for (const at of expected) {
          const best = decideModel([...model.get(at)!.values()], world)!;
          const asPath = to.kind === PeerKind.External ? [to.localAs, ...best.asPath] : best.asPath;
          assert.ok(to.view.get(at)!.includes(`"asns":[${asPath.join(',')}]`) || asPath.length === 0, `AS_PATH of ${at} at ${to.name}`);
          // RFC 7311 §3.4: where the next hop becomes ours, with the cost to the one it was.
          const sent = usesAigp(peers.indexOf(to)) && best.aigp !== undefined;
          const added = to.kind === PeerKind.External ? costOf(world, best)! : 0;
          assert.equal(metricOf(to, at), sent ? best.aigp! + added : undefined, `AIGP of ${at} at ${to.name}`);
        }
      }
      for (const one of peers) one.down();
      settle(rib);
      checkInvariants(rib);
      assert.equal(rib.attributes.count, 0, 'nothing is left when all are gone');
      for (const table of rib.tables) assert.equal(table.index.count, 0);
    }),
    { numRuns: Number(process.env['TSBGP_MODEL_RUNS'] ?? scaled(3000, 300)), seed: 4271 },
  );
});
