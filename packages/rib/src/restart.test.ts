/** Graceful restart (RFC 4724) and long-lived graceful restart (RFC 9494), as the one who keeps the routes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAttribute, IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import fc from 'fast-check';
import { scaled } from '../../../test/scale.ts';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../test/fake-peer.ts';
import { explain } from './decision/explain.ts';
import { isStale, NONE } from './index.ts';
import { checkInvariants } from './invariants.ts';

const A = '198.51.100.0/24';
const B = '198.51.101.0/24';
const V6 = '2001:db8::/32';
const LLGR_STALE = 0xffff_0006;
const NO_LLGR = 0xffff_0007;
const NO_EXPORT = 0xffff_ff01;

function scene(third: Partial<FakePeerOptions> = {}) {
  const rib = smallRib();
  const sender = new FakePeer(rib, { address: '127.0.0.2', as: 65_001, localAs: 64_500 });
  const receiver = new FakePeer(rib, { address: '127.0.0.3', as: 65_002, localAs: 64_500, ...third });
  sender.up();
  receiver.up();
  const announce = (...prefixes: string[]): void => {
    for (const prefix of prefixes) assert.equal(sender.announce({ prefix, asPath: [65_001] }), undefined);
  };
  const work = (): string[] => {
    settle(rib);
    checkInvariants(rib);
    return [...receiver.view.keys()].sort();
  };
  return { rib, sender, receiver, table: rib.table(IPV4_UNICAST), announce, work };
}

test('RFC 4724 §4.2: routes stay while the session is lost, and no message leaves for others', () => {
  const { sender, receiver, table, announce, work } = scene();
  announce(A, B, V6);
  work();
  const { messages } = receiver;
  sender.suspend(IPV4_UNICAST, IPV6_UNICAST);
  assert.deepEqual(work(), [A, B, V6]);
  assert.equal(sender.ribPeer!.refresh[0]!.stale, 2);
  assert.ok(isStale(table, table.firstPath(table.index.findWire(Uint8Array.of(24, 198, 51, 100), 0))));
  sender.resume();
  announce(A, V6);
  assert.deepEqual(work(), [A, B, V6], 'until End-of-RIB');
  assert.equal(receiver.messages, messages);
  assert.equal(sender.endRefresh('ipv4'), true);
  assert.equal(sender.endRefresh('ipv6'), true);
  assert.deepEqual(work(), [A, V6]);
  assert.equal(sender.ribPeer!.refresh[0]!.stale, 0);
  assert.equal(receiver.log.filter((line) => line.startsWith('withdraw')).join(), `withdraw ${B}`);
});

test('families that are not kept go when the session is lost, and a family that the next session lacks goes then', () => {
  const { sender, announce, work } = scene();
  announce(A, V6);
  work();
  sender.suspend(IPV4_UNICAST);
  assert.deepEqual(work(), [A]);
  assert.equal(sender.endRefresh('ipv6'), false);
  assert.equal(sender.endRefresh('ipv4'), true, 'the time of the restart is over');
  assert.deepEqual(work(), []);
  assert.equal(sender.ribPeer!.pathCount, 0);
});

test('RFC 4724 §4.2: a route that is still stale from an earlier restart goes with the next one', () => {
  const { sender, announce, work } = scene();
  announce(A, B);
  work();
  sender.suspend(IPV4_UNICAST);
  sender.resume();
  announce(A);
  sender.suspend(IPV4_UNICAST);
  assert.deepEqual(work(), [A]);
});

test('a session of another BGP Identifier does not inherit the routes', () => {
  const { rib, sender, announce, work } = scene();
  announce(A);
  work();
  sender.suspend(IPV4_UNICAST);
  const before = sender.ribPeer!;
  const after = rib.resumePeer(before, { ...before.options, bgpIdentifier: 99 });
  assert.notEqual(after, before);
  sender.ribPeer = after;
  assert.deepEqual(work(), []);
});

test('a peer that is back gets all routes and End-of-RIB again', () => {
  const { sender, receiver, work } = scene();
  receiver.announce({ prefix: A, asPath: [65_002] });
  work();
  sender.suspend(IPV4_UNICAST);
  receiver.announce({ prefix: B, asPath: [65_002] });
  work();
  sender.endOfRib.length = 0;
  sender.resume();
  work();
  assert.deepEqual([...sender.view.keys()].sort(), [A, B]);
  assert.deepEqual(sender.endOfRib.toSorted(), [IPV4_UNICAST, IPV6_UNICAST].toSorted());
});

test('with ADD-PATH each path identifier is stale until it comes again', () => {
  const { sender, receiver, work } = scene({ addPath: [IPV4_UNICAST] });
  sender.down();
  sender.up({ sendsAddPath: true });
  for (const pathIdentifier of [1, 2]) {
    sender.announce({ prefix: A, asPath: [65_001], med: pathIdentifier, pathIdentifier });
    sender.announce({ prefix: B, asPath: [65_001], med: pathIdentifier, pathIdentifier });
  }
  work();
  const { messages } = receiver;
  sender.suspend(IPV4_UNICAST);
  sender.resume();
  sender.announce({ prefix: A, asPath: [65_001], med: 2, pathIdentifier: 2 });
  sender.announce({ prefix: B, asPath: [65_001], med: 1, pathIdentifier: 1 });
  work();
  assert.equal(receiver.messages, messages);
  sender.endRefresh('ipv4');
  work();
  assert.equal(receiver.view.size, 2);
  assert.equal(sender.ribPeer!.received[0], 2);
});

test('limits count what is stale too, and what comes again counts once', () => {
  const { rib, sender, announce, work } = scene();
  const limits = { action: 'shutdown' as const, routes: new Map([[IPV4_UNICAST, { received: 2 }]]) };
  sender.down();
  settle(rib);
  sender.up({ limits: { ...limits, warningPercent: 100, paths: undefined, attributeSets: undefined } as never });
  announce(A, B);
  work();
  sender.suspend(IPV4_UNICAST);
  sender.resume();
  announce(A, B);
  sender.endRefresh('ipv4');
  assert.deepEqual(work(), [A, B]);
});

test('RFC 9494 §4.2: stale routes that are kept for long are last, have LLGR_STALE, and those with NO_LLGR go', () => {
  const { rib, sender, receiver, table, work } = scene({ staleRoutes: 'all' });
  const other = new FakePeer(rib, { address: '127.0.0.4', as: 65_003, localAs: 64_500 });
  other.up();
  sender.announce({ prefix: A, asPath: [65_001] }, { prefix: B, asPath: [65_001], communities: [NO_LLGR] });
  sender.announce({ prefix: '203.0.113.0/24', asPath: [65_001] });
  other.announce({ prefix: A, asPath: [65_003, 65_009, 65_010] });
  work();
  assert.match(receiver.view.get(A)!, /65001/);
  sender.suspend(IPV4_UNICAST);
  sender.keepForLong('ipv4');
  assert.deepEqual(work(), [A, '203.0.113.0/24']);
  assert.match(receiver.view.get(A)!, /65003/, 'any other route is better');
  assert.match(receiver.view.get('203.0.113.0/24')!, /llgr-stale/);
  const ranked = explain(table, table.index.findWire(Uint8Array.of(24, 198, 51, 100), 0) as never);
  assert.deepEqual(
    ranked.map((each) => (each.outcome === 'lost' ? each.defeat.step : each.outcome)),
    ['best', 'stale'],
  );
  assert.deepEqual([...other.view.keys()], [], 'RFC 9494 §4.3: not to a peer without the capability');
  sender.resume();
  sender.announce({ prefix: '203.0.113.0/24', asPath: [65_001] });
  work();
  assert.doesNotMatch(receiver.view.get('203.0.113.0/24')!, /llgr-stale/);
  sender.endRefresh('ipv4');
  assert.deepEqual(work(), [A, '203.0.113.0/24']);
  assert.deepEqual([...other.view.keys()], ['203.0.113.0/24']);
});

test('RFC 9494 §4.6: an internal peer without the capability may get stale routes with NO_EXPORT and LOCAL_PREF 0', () => {
  const { sender, receiver, announce, work } = scene({ as: 64_500, staleRoutes: 'marked' });
  announce(A);
  work();
  sender.suspend(IPV4_UNICAST);
  sender.keepForLong('ipv4');
  work();
  const attributes = receiver.attributes.get(A)!;
  assert.equal(findAttribute(attributes, 'local-pref')?.value, 0);
  assert.deepEqual(findAttribute(attributes, 'communities')?.value, [LLGR_STALE, NO_EXPORT]);
});

test('a hundred restarts in a row at random moments leave no stale route, no index and no attribute set behind', () => {
  const step = fc.record({
    routes: fc.uniqueArray(fc.nat(200), { maxLength: 60 }),
    kept: fc.uniqueArray(fc.constantFrom(IPV4_UNICAST, IPV6_UNICAST)),
    work: fc.nat(3),
    // How far the restart gets before the next one.
    end: fc.constantFrom('lost', 'resumed', 'long', 'end-of-rib', 'gone'),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 100 }), (steps) => {
      const { rib, sender, receiver, table, work } = scene({ staleRoutes: 'all' });
      for (const { routes, kept, work: slices, end } of steps) {
        for (const route of routes) sender.announce({ prefix: `10.0.${route}.0/24`, asPath: [65_001, 1 + (route % 7)], med: route % 5 });
        for (let slice = 0; slice < slices; slice++) rib.work();
        if (end === 'gone') {
          sender.down();
          sender.up();
          continue;
        }
        sender.suspend(...kept);
        if (end === 'long') sender.keepForLong('ipv4');
        for (let slice = 0; slice < slices; slice++) rib.work();
        if (end === 'lost') sender.endRefresh('ipv4');
        sender.resume();
        if (end === 'end-of-rib') sender.endRefresh('ipv4');
        checkInvariants(rib);
      }
      sender.suspend(IPV4_UNICAST);
      sender.resume();
      sender.announce({ prefix: A, asPath: [65_001] });
      sender.endRefresh('ipv4');
      assert.deepEqual(work(), [A]);
      assert.equal(table.pathCount, 1);
      assert.equal(table.firstPath(0 as never), NONE);
      assert.ok(rib.peers.length <= 8, `${rib.peers.length} peer indexes`);
      assert.ok(table.index.top < 1000 && rib.attributes.top < 1000, 'ids are used again');
      for (const one of [sender, receiver]) one.down();
      settle(rib);
      checkInvariants(rib);
      assert.equal(rib.attributes.count, 0);
      assert.equal(table.index.count, 0);
    }),
    { numRuns: scaled(50, 4), seed: 4724 },
  );
});
