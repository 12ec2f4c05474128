/** Limits of a peer (max-prefix, paths, attribute sets), and rejected routes that are not held. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CeaseSubcode, Fault, IPV4_UNICAST, IPV6_UNICAST, NotificationCode, type PathAttribute } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../test/scale.ts';
import { FakePeer, settle } from '../test/fake-peer.ts';
import { FILTER_REASONS, type LimitNotice, type LimitOptions, type PathId, Rib } from './index.ts';
import { checkInvariants } from './invariants.ts';

type Options = Partial<LimitOptions> & { readonly received?: number; readonly accepted?: number; readonly keepRejected?: boolean };

function scene({ received, accepted, keepRejected = true, ...limits }: Options) {
  const notices: LimitNotice[] = [];
  const rib = new Rib({
    localAs: 64_500,
    bgpIdentifier: 1,
    observer: {
      fault: (_peer, fault) => assert.fail(fault.reason),
      endOfRib: () => undefined,
      limit: (_peer, notice) => notices.push(notice),
    },
    capacity: { ipv4: 2, ipv6: 2, pathsPerNlri: 1, attributeSets: 2 },
  });
  const peer = new FakePeer(rib, {
    address: '127.0.0.2',
    as: 65_001,
    localAs: 64_500,
    keepRejected,
    limits: { action: 'discard', warningPercent: 100, routes: new Map([[IPV4_UNICAST, { received, accepted }]]), ...limits },
  });
  const other = new FakePeer(rib, { address: '127.0.0.3', as: 65_003, localAs: 64_500 });
  peer.up();
  other.up();
  const announce = (...numbers: number[]): Fault | undefined =>
    peer.announceWith(attributes(65_001), ['127.0.0.2'], ...numbers.map(prefix));
  const view = (): string[] => {
    settle(rib);
    checkInvariants(rib);
    return [...other.view.keys()].sort();
  };
  const table = rib.table(IPV4_UNICAST);
  const reasons = (from = peer) => reasonsOf(from.ribPeer!.rejected[0]!);
  const discarded = (from = peer) => reasonsOf(from.ribPeer!.discarded[0]!);
  return { rib, table, peer, other, notices, announce, view, reasons, discarded };
}

function attributes(...path: number[]): PathAttribute[] {
  return [
    { type: 'origin', flags: 0x40, value: 'igp' },
    { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: path }] },
  ];
}

function prefix(number: number): string {
  return `10.${number >> 8}.${number & 0xff}.0/24`;
}

function reasonsOf(counts: Uint32Array | Float64Array): Record<string, number> {
  return Object.fromEntries(FILTER_REASONS.map((reason, at) => [reason, counts[at + 1]!] as const).filter(([, count]) => count > 0));
}

test('max-prefix on received, discard: what comes first is held, the rest takes no path slot and is counted', () => {
  const { table, announce, view, discarded, reasons, notices } = scene({ received: 3 });
  assert.equal(announce(1, 2, 3, 4, 5), undefined);
  assert.deepEqual(view(), [1, 2, 3].map(prefix));
  assert.equal(table.pathCount, 3);
  assert.equal(table.index.count, 3);
  assert.deepEqual(discarded(), { 'max-prefix': 2 });
  assert.deepEqual(reasons(), {});
  assert.deepEqual(notices, [{ limit: 'received', family: IPV4_UNICAST, count: 3, max: 3, isExceeded: true, action: 'discard' }]);
});

test('a route that is held may change at the limit, and another one comes in once one is gone', () => {
  const { peer, other, announce, view, discarded } = scene({ received: 2 });
  announce(1, 2);
  assert.equal(peer.announceWith(attributes(65_001, 65_009), ['127.0.0.2'], prefix(1)), undefined);
  view();
  assert.ok(other.view.get(prefix(1))!.includes('65009'));
  announce(3);
  peer.withdraw(prefix(2));
  assert.deepEqual(view(), [prefix(1)], 'what was discarded does not come back by itself');
  announce(3);
  assert.deepEqual(view(), [1, 3].map(prefix));
  assert.deepEqual(discarded(), { 'max-prefix': 1 });
});

test('max-prefix on accepted, discard: the rest is held and rejected, and judged again when room is asked for', () => {
  const { rib, table, peer, announce, view, reasons, discarded } = scene({ accepted: 2 });
  announce(1, 2, 3, 4);
  assert.deepEqual(view(), [1, 2].map(prefix));
  assert.deepEqual(reasons(), { 'max-prefix': 2 });
  assert.deepEqual(discarded(), {});
  assert.equal(table.filterReason(3 as PathId), 'max-prefix');
  peer.withdraw(prefix(1));
  assert.deepEqual(view(), [prefix(2)]);
  rib.rejudge(peer.ribPeer!);
  assert.deepEqual(view(), [2, 3].map(prefix), 'as many as may be, in the order of their slots');
  assert.deepEqual(reasons(), { 'max-prefix': 1 });
});

test('routes rejected for another reason count as received and not as accepted', () => {
  const { peer, announce, view, reasons } = scene({ received: 4, accepted: 2 });
  peer.announceWith(attributes(65_001, 64_500), ['127.0.0.2'], prefix(8), prefix(9));
  announce(1, 2);
  assert.deepEqual(view(), [1, 2].map(prefix));
  assert.deepEqual(reasons(), { 'as-loop': 2 });
});

for (const which of ['received', 'accepted'] as const) {
  test(`RFC 4486 §4: max-prefix on ${which}, shutdown: Cease/1 with family and bound; what came before was taken`, () => {
    const { announce, table, notices } = scene({ [which]: 2, action: 'shutdown' });
    assert.equal(announce(1, 2), undefined);
    const fault = announce(3);
    assert.ok(fault instanceof Fault);
    assert.deepEqual([fault.action, fault.code, fault.subcode], ['reset', NotificationCode.Cease, CeaseSubcode.MaximumPrefixesReached]);
    assert.deepEqual([...fault.data], [0, 1, 1, 0, 0, 0, 2]);
    assert.equal(table.pathCount, 2);
    assert.equal(table.index.count, 2);
    assert.equal(notices.at(-1)!.isExceeded, true);
  });
}

test('the same UPDATE in one field or in many ends in the same state', () => {
  const routes = [5, 1, 1, 7, 5, 2, 3, 9];
  const states = [[routes], routes.map((each) => [each])].map((fields) => {
    const { announce, view, discarded } = scene({ received: 4 });
    for (const field of fields) announce(...field);
    return [view(), discarded()];
  });
  assert.deepEqual(states[0], states[1]);
});

test('a warning comes once at the threshold, and again after the count was below it', () => {
  const { peer, announce, notices } = scene({ received: 10, warningPercent: 75, action: 'warn' });
  announce(1, 2, 3, 4, 5, 6, 7);
  assert.deepEqual(notices, []);
  announce(8);
  announce(9);
  assert.deepEqual(
    notices.map(({ count, isExceeded }) => [count, isExceeded]),
    [[8, false]],
  );
  announce(10, 11, 12);
  assert.deepEqual(
    notices.slice(1).map(({ count, isExceeded }) => [count, isExceeded]),
    [[12, true]],
  );
  for (const each of [12, 11, 10, 9, 8, 7]) peer.withdraw(prefix(each));
  announce(7, 8);
  assert.deepEqual(
    notices.slice(2).map(({ count, isExceeded }) => [count, isExceeded]),
    [[8, false]],
  );
});

test('a limit of one family does not concern another, and paths of all families have one in common', () => {
  const { peer, announce, view, discarded } = scene({ received: 1, paths: 2 });
  announce(1, 2);
  peer.announce({ prefix: '2001:db8::/32', asPath: [65_001] }, { prefix: '2001:db8:1::/48', asPath: [65_001] });
  assert.deepEqual(view(), [prefix(1), '2001:db8::/32']);
  assert.deepEqual(discarded(), { 'max-prefix': 1 });
  assert.equal(
    peer.ribPeer!.discarded[1]!.reduce((sum, count) => sum + count),
    1,
  );
});

test('attribute sets that a peer brings are bounded, those that others brought are not counted', () => {
  const { rib, peer, other, view, discarded, notices } = scene({ attributeSets: 2 });
  const send = (from: FakePeer, number: number, tail: number): Fault | undefined =>
    from.announceWith(attributes(65_001, tail), ['127.0.0.9'], prefix(number));
  send(other, 1, 1);
  for (const tail of [1, 2, 3, 4]) assert.equal(send(peer, tail, tail), undefined);
  view();
  assert.deepEqual(discarded(), { 'attribute-sets': 1 });
  assert.equal(peer.ribPeer!.attributeSets, 2);
  assert.deepEqual(notices.at(-1), { limit: 'attribute-sets', family: undefined, count: 3, max: 2, isExceeded: true, action: 'discard' });
  send(peer, 2, 5);
  view();
  assert.deepEqual(discarded(), { 'attribute-sets': 2 });
  assert.equal(rib.table(IPV4_UNICAST).pathCount, 3, 'the route that came with a set too many replaces the one before: that is gone');
  send(peer, 2, 5);
  view();
  assert.deepEqual(discarded(), { 'attribute-sets': 2 });
});

test('a set of more than 1,024 octets counts as often as it begins another 1,024', () => {
  const { peer } = scene({ attributeSets: 100 });
  const [origin] = attributes(65_001);
  const sequence = (asn: number) => ({ type: 'sequence' as const, asns: Array.from({ length: 250 }, () => asn) });
  const path: PathAttribute = { type: 'as-path', flags: 0x50, value: [sequence(65_001), sequence(2)] };
  peer.announceWith([origin!, path], ['127.0.0.2'], prefix(1));
  assert.equal(peer.ribPeer!.attributeSets, 2);
});

test('more paths than may be, shutdown: Cease/8', () => {
  const { announce } = scene({ paths: 1, action: 'shutdown' });
  const fault = announce(1, 2);
  assert.deepEqual([fault?.code, fault?.subcode], [NotificationCode.Cease, CeaseSubcode.OutOfResources]);
});

test('rejected routes that are not held take no path slot, replace what was there, and are counted', () => {
  const { rib, table, peer, announce, view, discarded, reasons } = scene({ keepRejected: false });
  announce(1, 2);
  peer.announceWith(attributes(65_001, 64_500), ['127.0.0.2'], prefix(2), prefix(3));
  assert.deepEqual(view(), [prefix(1)]);
  assert.equal(table.pathCount, 1);
  assert.deepEqual(discarded(), { 'as-loop': 2 });
  assert.deepEqual(reasons(), {});
  assert.equal(peer.ribPeer!.withdrawn[0], 0, 'the peer withdrew nothing');
  assert.equal(peer.ribPeer!.holdsAll(0), false);
  assert.equal(peer.ribPeer!.holdsAll(1), true);
  rib.rejudge(peer.ribPeer!);
  assert.deepEqual(view(), [prefix(1)]);
});

test('accepted beyond the limit without keeping rejected routes: not held, and judged again the same way', () => {
  const { rib, table, peer, announce, view, discarded } = scene({ accepted: 1, keepRejected: false });
  announce(1, 2);
  assert.deepEqual(view(), [prefix(1)]);
  assert.equal(table.pathCount, 1);
  assert.deepEqual(discarded(), { 'max-prefix': 1 });
  rib.rejudge(peer.ribPeer!);
  assert.deepEqual(view(), [prefix(1)]);
});

test('withdrawals are counted as they come, those after a refresh too', () => {
  const { peer, announce, view } = scene({});
  announce(1, 2, 3);
  peer.withdraw(prefix(1));
  peer.withdraw(prefix(1));
  assert.equal(peer.ribPeer!.withdrawn[0], 1);
  peer.beginRefresh('ipv4');
  announce(2);
  peer.endRefresh('ipv4');
  view();
  assert.equal(peer.ribPeer!.withdrawn[0], 2);
});

interface Step {
  readonly type: 'announce' | 'loop' | 'withdraw' | 'rejudge' | 'work';
  readonly numbers: readonly number[];
}

const step: fc.Arbitrary<Step> = fc.record({
  type: fc.constantFrom('announce', 'announce', 'loop', 'withdraw', 'rejudge', 'work'),
  numbers: fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }),
});

test('any history agrees with a model that looks at each route in the order in which it came', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.record({
        received: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
        accepted: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
        paths: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
        keepRejected: fc.boolean(),
        action: fc.constantFrom('warn' as const, 'discard' as const),
      }),
      (steps, limits) => {
        const { rib, table, peer, announce, view, discarded } = scene(limits as Options);
        const held = new Map<string, 'accepted' | 'as-loop' | 'max-prefix'>();
        const lost: Record<string, number> = {};
        const { received = Infinity, accepted = Infinity, paths = Infinity, keepRejected, action } = limits;
        const count = (): number => [...held.values()].filter((each) => each === 'accepted').length;
        const reject = (at: string, reason: 'as-loop' | 'max-prefix', isHeld = keepRejected): void => {
          if (isHeld) {
            held.set(at, reason);
          } else {
            held.delete(at);
            lost[reason] = (lost[reason] ?? 0) + 1;
          }
        };
        const take = (at: string, isLoop: boolean): void => {
          if (isLoop && !keepRejected) return reject(at, 'as-loop');
          if (action === 'discard' && !held.has(at) && held.size >= Math.min(received, paths)) return reject(at, 'max-prefix', false);
          if (isLoop) return reject(at, 'as-loop');
          if (action === 'discard' && held.get(at) !== 'accepted' && count() >= accepted) return reject(at, 'max-prefix');
          held.set(at, 'accepted');
        };
        for (const { type, numbers } of steps) {
          if (type === 'announce') announce(...numbers);
          if (type === 'loop') peer.announceWith(attributes(65_001, 64_500), ['127.0.0.2'], ...numbers.map(prefix));
          if (type === 'announce' || type === 'loop') for (const each of numbers) take(prefix(each), type === 'loop');
          if (type === 'withdraw') {
            for (const each of numbers) peer.withdraw(prefix(each));
            for (const each of numbers) held.delete(prefix(each));
          }
          if (type === 'work') rib.work();
          if (type === 'rejudge') {
            rib.rejudge(peer.ribPeer!);
            settle(rib);
            const slots = [...Array(table.pathTop).keys()].filter((path) => table.pathNlri[path] !== 0);
            const order = slots.map((path) => prefixOf(rib, path)).filter((at) => held.has(at));
            for (const at of order) {
              if (held.get(at) === 'max-prefix' && (action === 'warn' || count() < accepted)) held.set(at, 'accepted');
            }
          }
          checkInvariants(rib);
        }
        assert.deepEqual(
          view(),
          [...held]
            .filter(([, how]) => how === 'accepted')
            .map(([at]) => at)
            .sort(),
        );
        assert.equal(table.pathCount, held.size);
        assert.deepEqual(
          discarded(),
          Object.fromEntries(FILTER_REASONS.filter((each) => lost[each] !== undefined).map((each) => [each, lost[each]])),
        );
      },
    ),
    { numRuns: Number(process.env['TSBGP_MODEL_RUNS'] ?? scaled(3000, 300)), seed: 4486 },
  );
});

function prefixOf(rib: Rib, path: number): string {
  const table = rib.table(IPV4_UNICAST);
  const wire = new Uint8Array(24);
  table.index.write(wire, 0, table.nlriOf(path as PathId));
  return `${wire[1]}.${wire[2]}.${wire[3]}.0/24`;
}

test('limits of IPv6 name their family', () => {
  const { peer, notices } = scene({ routes: new Map([[IPV6_UNICAST, { received: 1 }]]) });
  peer.announce({ prefix: '2001:db8::/32', asPath: [65_001] }, { prefix: '2001:db8:1::/48', asPath: [65_001] });
  assert.equal(notices.at(-1)!.family, IPV6_UNICAST);
});
