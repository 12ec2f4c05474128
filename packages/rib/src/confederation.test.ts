/** Confederations (RFC 5065): AS_CONFED segments, what crosses the borders of member ASes, loops. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAttribute } from '@tsbgp/wire';
import { asPathAt, asPathSegments } from '../test/as-path-text.ts';
import { type Announcement, FakePeer, type FakePeerOptions, settle, smallRib } from '../test/fake-peer.ts';
import type { PathId, Rib } from './index.ts';
import { checkInvariants } from './invariants.ts';

/** The confederation 64500 has the member ASes 65001 (ours), 65002 and 65003. */
const CONFEDERATION = 64_500;
const MEMBER = 65_001;
const PREFIX = '198.51.100.0/24';
const NO_EXPORT = 0xffff_ff01;
const NO_EXPORT_SUBCONFED = 0xffff_ff03;

function member(): Rib {
  const observer = { fault: () => undefined, endOfRib: () => undefined };
  return smallRib(undefined, MEMBER, { confederation: CONFEDERATION, observer });
}

function peer(rib: Rib, address: string, as: number, options: Partial<FakePeerOptions> = {}): FakePeer {
  const inside = as >= 65_001 && as <= 65_003;
  const made = new FakePeer(rib, {
    address,
    as,
    localAs: inside ? MEMBER : CONFEDERATION,
    confederation: inside,
    confederationExternal: inside && as !== MEMBER,
    ...options,
  });
  made.up();
  return made;
}

/** An internal peer, one of another member AS, and one outside. */
function scene() {
  const rib = member();
  return { rib, internal: peer(rib, '10.0.0.1', MEMBER), neighbor: peer(rib, '10.0.0.2', 65_002), outside: peer(rib, '10.0.0.3', 174) };
}

const pathOf = (to: FakePeer): string | undefined => asPathAt(to, PREFIX);

function route(path: string, more: Partial<Announcement> = {}): Announcement {
  return { prefix: PREFIX, asPath: [], segments: asPathSegments(path), ...more };
}

for (const [from, path, internal, neighbor, outside] of [
  ['internal', '174 3356', undefined, '(65001) 174 3356', '64500 174 3356'],
  ['internal', '', undefined, '(65001)', '64500'],
  ['neighbor', '(65002) 174', '(65002) 174', undefined, '64500 174'],
  ['neighbor', '(65002 65003)', '(65002 65003)', undefined, '64500'],
  ['neighbor', '(65002) [65003 65009] 174', '(65002) [65003 65009] 174', undefined, '64500 174'],
  ['outside', '174 3356', '174 3356', '(65001) 174 3356', undefined],
] as const) {
  test(`RFC 5065 §4.1: "${path}" of ${from} peers goes to peers inside and outside`, () => {
    const { rib, ...peers } = scene();
    assert.equal(peers[from].announce(route(path, { localPref: 200 })), undefined);
    settle(rib);
    assert.deepEqual([pathOf(peers.internal), pathOf(peers.neighbor), pathOf(peers.outside)], [internal, neighbor, outside]);
    checkInvariants(rib);
  });
}

test('RFC 5065 §4.1: our AS joins a leading AS_CONFED_SEQUENCE of the way here', () => {
  const rib = member();
  const from = peer(rib, '10.0.0.2', 65_002);
  const to = peer(rib, '10.0.0.4', 65_003);
  from.announce(route('(65002) 174'));
  settle(rib);
  assert.equal(pathOf(to), '(65001 65002) 174');
});

test('RFC 5065 §5: LOCAL_PREF, MULTI_EXIT_DISC and NEXT_HOP cross the borders of member ASes as they are', () => {
  const { rib, neighbor, internal } = scene();
  internal.announce(route('174', { localPref: 250, med: 9, nextHop: '10.7.7.7' }));
  settle(rib);
  const attributes = neighbor.attributes.get(PREFIX)!;
  assert.equal(findAttribute(attributes, 'local-pref')?.value, 250);
  assert.equal(findAttribute(attributes, 'multi-exit-disc')?.value, 9);
  assert.equal(findAttribute(attributes, 'next-hop')?.value, '10.7.7.7');
  internal.withdraw(PREFIX);
  neighbor.announce(route('(65002) 174', { localPref: 300, med: 8, nextHop: '10.8.8.8' }));
  settle(rib);
  const back = internal.attributes.get(PREFIX)!;
  assert.equal(findAttribute(back, 'local-pref')?.value, 300);
  assert.equal(findAttribute(back, 'multi-exit-disc')?.value, 8);
  assert.equal(findAttribute(back, 'next-hop')?.value, '10.8.8.8');
});

test('RFC 1997: NO_EXPORT stays in the confederation, NO_EXPORT_SUBCONFED in the member AS', () => {
  for (const [community, inNeighbor] of [
    [NO_EXPORT, 1],
    [NO_EXPORT_SUBCONFED, 0],
  ] as const) {
    const { rib, internal, neighbor, outside } = scene();
    internal.announce(route('174', { localPref: 100, communities: [community] }));
    settle(rib);
    assert.deepEqual([neighbor.view.size, outside.view.size], [inNeighbor, 0]);
  }
});

for (const [from, path, reason] of [
  ['neighbor', '(65002 65001) 174', 'as-loop'],
  ['neighbor', '(65002) [65001] 174', 'as-loop'],
  ['neighbor', '(65002) 174 64500', 'as-loop'],
  ['outside', '174 64500', 'as-loop'],
  ['outside', '174 65001', undefined],
  ['internal', '(65002) 174', undefined],
  ['neighbor', '(65002) 174 65001', undefined],
] as const) {
  test(`RFC 5065 §4: "${path}" of ${from} peers is ${reason ?? 'no loop'}`, () => {
    const { rib, ...peers } = scene();
    peers[from].announce(route(path));
    settle(rib);
    assert.equal(rib.tables[0]!.filterReason(1 as PathId), reason);
    assert.equal(rib.tables[0]!.pathCount, 1);
  });
}

test('RFC 5065 §5: what does not begin with an AS_CONFED_SEQUENCE is treated as withdrawn from another member AS, also where the set is known', () => {
  const { rib, internal, neighbor } = scene();
  internal.announce(route('174', { nextHop: '10.7.7.7' }));
  settle(rib);
  neighbor.announce(route('174', { nextHop: '10.7.7.7' }));
  assert.equal(neighbor.ribPeer!.treatedAsWithdraw, 1);
  assert.equal(rib.tables[0]!.pathCount, 1);
});

test('RFC 4456 §8: no ORIGINATOR_ID and CLUSTER_LIST go to another member AS, and those that come from there are discarded', () => {
  const { rib, internal, neighbor } = scene();
  internal.announce(route('174', { localPref: 100, originatorId: '10.9.9.9', clusterList: ['1.1.1.1'] }));
  settle(rib);
  assert.equal(findAttribute(neighbor.attributes.get(PREFIX)!, 'originator-id'), undefined);
  assert.equal(findAttribute(neighbor.attributes.get(PREFIX)!, 'cluster-list'), undefined);
  internal.withdraw(PREFIX);
  neighbor.announce(route('(65002) 174', { originatorId: '10.9.9.9' }));
  settle(rib);
  assert.equal(neighbor.ribPeer!.attributesDiscarded, 1);
  assert.equal(findAttribute(internal.attributes.get(PREFIX)!, 'originator-id'), undefined);
});

test('RFC 5065 §5.3: a route of another member AS loses to one of an external peer, as an internal one does', () => {
  const { rib, neighbor, outside, internal } = scene();
  neighbor.announce(route('(65002) 174'));
  outside.announce(route('174'));
  settle(rib);
  assert.equal(pathOf(internal), '174');
});

test('RFC 4456, RFC 5065: a reflector in a member AS; routes of another member AS go to clients and non-clients', () => {
  const rib = member();
  const client = peer(rib, '10.0.0.1', MEMBER, { reflectorClient: true });
  const nonClient = peer(rib, '10.0.0.4', MEMBER);
  const neighbor = peer(rib, '10.0.0.2', 65_002);
  neighbor.announce(route('(65002) 174'));
  settle(rib);
  assert.deepEqual([client, nonClient].map(pathOf), ['(65002) 174', '(65002) 174']);
  for (const each of [client, nonClient]) assert.equal(findAttribute(each.attributes.get(PREFIX)!, 'cluster-list'), undefined);
  checkInvariants(rib);
});
