/**
 * Random events against a slow, obvious model: a Map of what each peer announced, a sort for the decision, and the rules of export as
 * sentences. Whatever the order of events, slow sockets and slices of work, each peer must end up with the model's view.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scaled } from '../../../test/scale.ts';
import { type Announcement, FakePeer, settle } from '../test/fake-peer.ts';
import { PeerKind, Rib } from './index.ts';
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
  { address: '10.0.0.2', as: 65_002, localAs: LOCAL_AS },
  { address: '10.0.0.3', as: 65_001, localAs: LOCAL_AS },
  { address: '10.0.0.4', as: LOCAL_AS, localAs: LOCAL_AS },
  { address: '10.0.0.5', as: LOCAL_AS, localAs: LOCAL_AS },
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
      /** What makes the route unusable, if anything. */
      own: 'next-hop' | 'originator-id' | undefined;
    }
  | { type: 'withdraw'; peer: number; prefix: number }
  | { type: 'begin-refresh'; peer: number; family: 'ipv4' | 'ipv6' }
  | { type: 'end-refresh'; peer: number; family: 'ipv4' | 'ipv6' }
  | { type: 'flap'; peer: number }
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
  { weight: 2, arbitrary: fc.record({ type: fc.constant('block' as const), peer, blocked: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('work' as const) }) },
);

interface ModelRoute extends Announcement {
  readonly from: FakePeer;
}

function better(a: ModelRoute, b: ModelRoute): number {
  const preference = (route: ModelRoute) => (route.from.kind === PeerKind.Internal ? (route.localPref ?? 100) : 100);
  return (
    preference(b) - preference(a) ||
    a.asPath.length - b.asPath.length ||
    a.from.kind - b.from.kind ||
    identifier(a.from) - identifier(b.from)
  );
}

/** RFC 4271 §9.1.2.2 as it is written: first a and b, then c removes within each neighbouring AS, then the rest. */
function decideModel(routes: ModelRoute[]): ModelRoute | undefined {
  const usable = routes.filter(isUsable);
  const rank = (route: ModelRoute) => [route.from.kind === PeerKind.Internal ? -(route.localPref ?? 100) : -100, route.asPath.length];
  const compareRank = (a: ModelRoute, b: ModelRoute) => rank(a)[0]! - rank(b)[0]! || rank(a)[1]! - rank(b)[1]!;
  const [first] = [...usable].sort(compareRank);
  if (first === undefined) return undefined;
  const tied = usable.filter((route) => compareRank(route, first) === 0);
  const survivors = tied.filter(
    (route) => !tied.some((other) => neighboringAs(other) === neighboringAs(route) && (other.med ?? 0) < (route.med ?? 0)),
  );
  return survivors.sort(better)[0];
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

function familyOf(prefix: string): 'ipv4' | 'ipv6' {
  return prefix.includes(':') ? 'ipv6' : 'ipv4';
}

function identifier(from: FakePeer): number {
  return from.name.includes(':') ? 0xc0000263 : Number(from.name.split('.').at(-1));
}

function isExported(route: ModelRoute, to: FakePeer): boolean {
  if (route.from === to) return false;
  if (to.kind === PeerKind.Internal) return route.from.kind === PeerKind.External;
  return route.communities === undefined;
}

test('any order of events leaves every peer with what the model says it must hold', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 120, size: 'max' }), (events) => {
      const faults: string[] = [];
      const rib = new Rib({
        localAs: LOCAL_AS,
        bgpIdentifier: 1,
        observer: { fault: (_peer, fault) => faults.push(fault.reason), endOfRib: () => undefined },
        capacity: { ipv4: 2, ipv6: 2, pathsPerNlri: 1, attributeSets: 2 }, // every column grows
      });
      const peers = PEERS.map((options) => new FakePeer(rib, { ...options, ownAddresses: [OWN_IPV4, OWN_IPV6] }));
      const model = new Map<string, Map<FakePeer, ModelRoute>>();
      // "peer family" -> prefixes that are stale, while a refresh runs.
      const stale = new Map<string, Set<string>>();
      for (const one of peers) one.up();

      for (const step of events) {
        if (step.type === 'work') {
          rib.work();
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
              ...(step.noExport ? { communities: [0xffff_ff01] } : {}),
            };
            assert.equal(from.announce(route), undefined);
            const routes = model.get(route.prefix) ?? new Map<FakePeer, ModelRoute>();
            model.set(route.prefix, routes.set(from, { ...route, from }));
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
      }

      for (const one of peers) one.backlogBytes = 0;
      settle(rib);
      checkInvariants(rib);
      assert.deepEqual(faults, []);
      for (const to of peers) {
        const expected = PREFIXES.filter((at) => {
          const best = decideModel([...(model.get(at)?.values() ?? [])]);
          return best !== undefined && isExported(best, to);
        });
        assert.deepEqual([...to.view.keys()].sort(), expected.sort(), `view of ${to.name}`);
        for (const at of expected) {
          const best = decideModel([...model.get(at)!.values()])!;
          const asPath = to.kind === PeerKind.External ? [to.localAs, ...best.asPath] : best.asPath;
          assert.ok(to.view.get(at)!.includes(`"asns":[${asPath.join(',')}]`) || asPath.length === 0, `AS_PATH of ${at} at ${to.name}`);
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
