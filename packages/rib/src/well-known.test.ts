/** What well-known communities and a session that is about to end do to routes (RFC 3765, RFC 7999, RFC 8326). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAttribute, Role } from '@tsbgp/wire';
import { type Announcement, FakePeer, type FakePeerOptions, settle, smallRib } from '../test/fake-peer.ts';
import type { PathId, Rib } from './index.ts';
import { checkInvariants } from './invariants.ts';

const PREFIX = '198.51.100.0/24';
const GRACEFUL_SHUTDOWN = 0xffff_0000;
const BLACKHOLE = 0xffff_029a;
const NO_EXPORT = 0xffff_ff01;
const NO_ADVERTISE = 0xffff_ff02;
const NOPEER = 0xffff_ff04;

function peer(rib: Rib, last: number, options: Partial<FakePeerOptions> = {}): FakePeer {
  const made = new FakePeer(rib, { address: `10.0.0.${last}`, as: 65_000 + last, localAs: 64_500, ...options });
  made.up();
  return made;
}

function route(last: number, more: Partial<Announcement> = {}): Announcement {
  return { prefix: PREFIX, asPath: [65_000 + last], ...more };
}

function communitiesAt(to: FakePeer): readonly number[] | undefined {
  const attributes = to.attributes.get(PREFIX);
  return attributes && (findAttribute(attributes, 'communities')?.value ?? []);
}

test('RFC 8326 §4.1: a route with GRACEFUL_SHUTDOWN is used only where there is no other', () => {
  const rib = smallRib();
  const [leaving, staying] = [2, 3].map((last) => peer(rib, last, { obeysGracefulShutdown: true })) as [FakePeer, FakePeer];
  const internal = peer(rib, 4, { as: 64_500 });
  leaving.announce(route(2, { communities: [GRACEFUL_SHUTDOWN] }));
  settle(rib);
  assert.equal(findAttribute(internal.attributes.get(PREFIX)!, 'local-pref')?.value, 0);
  assert.deepEqual(communitiesAt(internal), [GRACEFUL_SHUTDOWN]);
  staying.announce(route(3, { asPath: [65_003, 1, 2, 3] }));
  settle(rib);
  checkInvariants(rib);
  assert.equal(findAttribute(internal.attributes.get(PREFIX)!, 'local-pref')?.value, 100);
  // What the peer sent is kept as it was sent.
  const [table] = rib.tables;
  const path = table!.firstPath(table!.nlriOf(1 as PathId));
  assert.notEqual(table!.receivedAttrOf(table!.nextPath(path)), table!.attrOf(table!.nextPath(path)));
  // Without the switch the shorter path is better again, without the peer being asked.
  leaving.change({ obeysGracefulShutdown: false });
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(findAttribute(internal.attributes.get(PREFIX)!, 'as-path')?.value[0]?.asns, [65_002]);
});

test('RFC 8326 §4.2: while a session is about to end, GRACEFUL_SHUTDOWN goes out and LOCAL_PREF 0 comes in', () => {
  const rib = smallRib();
  const [leaving, other] = [2, 3].map((last) => peer(rib, last)) as [FakePeer, FakePeer];
  const internal = peer(rib, 4, { as: 64_500 });
  leaving.announce(route(2));
  other.announce(route(3, { asPath: [65_003, 1] }), { ...route(3, { communities: [5] }), prefix: '203.0.113.0/24' });
  settle(rib);
  assert.deepEqual(findAttribute(internal.attributes.get(PREFIX)!, 'as-path')?.value[0]?.asns, [65_002]);
  for (const each of [leaving, other, internal]) each.log.length = 0;
  leaving.change({ gracefulShutdown: true });
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(findAttribute(internal.attributes.get(PREFIX)!, 'as-path')?.value[0]?.asns, [65_003, 1]);
  assert.deepEqual(communitiesAt(leaving), [GRACEFUL_SHUTDOWN]);
  assert.deepEqual(findAttribute(leaving.attributes.get('203.0.113.0/24')!, 'communities')?.value, [5, GRACEFUL_SHUTDOWN]);
  leaving.change({ gracefulShutdown: false });
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(findAttribute(leaving.attributes.get('203.0.113.0/24')!, 'communities')?.value, [5]);
  assert.deepEqual(findAttribute(internal.attributes.get(PREFIX)!, 'as-path')?.value[0]?.asns, [65_002]);
});

for (const [mark, added] of [
  ['no-export', NO_EXPORT],
  ['no-advertise', NO_ADVERTISE],
] as const) {
  test(`RFC 7999 §3.2: BLACKHOLE gets ${mark}`, () => {
    const rib = smallRib();
    const customer = peer(rib, 2, { blackholeMark: mark });
    const external = peer(rib, 3);
    const internal = peer(rib, 4, { as: 64_500 });
    customer.announce(route(2, { communities: [BLACKHOLE] }));
    customer.announce({ ...route(2), prefix: '203.0.113.0/24' });
    settle(rib);
    checkInvariants(rib);
    assert.deepEqual([...external.view.keys()], ['203.0.113.0/24']);
    assert.deepEqual(communitiesAt(internal), mark === 'no-export' ? [BLACKHOLE, added] : undefined);
  });
}

test('RFC 3765: NOPEER keeps a route from peers, not from customers and providers', () => {
  const rib = smallRib();
  const source = peer(rib, 2);
  const roles = [Role.Peer, Role.Provider, Role.Customer, undefined].map((role, i) => peer(rib, 3 + i, { role }));
  source.announce(route(2, { communities: [NOPEER] }));
  settle(rib);
  assert.deepEqual(
    roles.map(({ view }) => view.size),
    [0, 1, 1, 1],
  );
});
