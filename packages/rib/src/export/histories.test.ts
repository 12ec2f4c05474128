/** Histories that a small model does not reach: many routes, many members, many cohorts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeAttributes, Fault, IPV4_UNICAST, STORED_CONTEXT } from '@tsbgp/wire';
import { FakePeer, settle, smallRib } from '../../test/fake-peer.ts';
import { Rib } from '../index.ts';
import { checkInvariants } from '../invariants.ts';
import { Audiences, only } from './audience.ts';

const CLIENT = { routeServerClient: true, routeServer: { controlCommunities: true } } as const;

test('RFC 2918 §4: a route that went during the first pass is withdrawn also when a refresh begins the pass anew', () => {
  const rib = smallRib();
  const source = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500 });
  const target = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: 64_500 });
  source.up();
  const prefixes = Array.from({ length: 6000 }, (_, i) => `20.${i >>> 8}.${i & 255}.0/24`);
  for (const prefix of prefixes) source.announce({ prefix, asPath: [65_001] });
  settle(rib);
  target.up();
  while (target.view.size === 0) rib.work();
  assert.ok(target.view.size < prefixes.length, 'the first pass is not over');
  source.withdraw(prefixes[0]!);
  rib.resend(target.ribPeer!, IPV4_UNICAST);
  settle(rib);
  assert.equal(target.view.has(prefixes[0]!), false);
  assert.equal(target.view.size, prefixes.length - 1);
});

function announceLocal(rib: ReturnType<typeof smallRib>, communities: readonly number[]): void {
  const attributes = encodeAttributes(
    [
      { type: 'origin', flags: 0x40, value: 'igp' },
      { type: 'as-path', flags: 0x40, value: [] },
      { type: 'next-hop', flags: 0x40, value: '198.51.100.1' },
      { type: 'communities', flags: 0xc0, value: [...communities] },
    ],
    STORED_CONTEXT,
  );
  const attr = rib.internLocal(IPV4_UNICAST, attributes);
  assert.ok(!(attr instanceof Fault));
  rib.announceLocal(IPV4_UNICAST, Uint8Array.of(24, 192, 0, 2), 0, attr);
  rib.releaseLocal(attr);
}

for (const [what, low, may] of [
  ['not to', 0, false],
  ['only to', 64_500, true],
] as const) {
  test(`RFC 7947 §2.3: a local route ${what} a client is decided for the client that comes later`, () => {
    const rib = smallRib();
    const other = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500, ...CLIENT });
    const named = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: 64_500, ...CLIENT });
    other.up();
    announceLocal(rib, may ? [64_500, low * 65_536 + 65_002] : [low * 65_536 + 65_002]);
    settle(rib);
    named.up();
    settle(rib);
    assert.equal(named.view.has('192.0.2.0/24'), may);
    named.down();
    settle(rib);
    named.up();
    settle(rib);
    assert.equal(named.view.has('192.0.2.0/24'), may);
    checkInvariants(rib);
  });
}

/** 32 cohorts that wait for ever, of which the last holds two members: the most that are kept apart. */
function manyCohorts() {
  const rib = smallRib();
  const source = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500 });
  const targets = Array.from({ length: 33 }, (_, i) => new FakePeer(rib, { address: `10.0.1.${i}`, as: 65_100 + i, localAs: 64_500 }));
  source.up();
  for (const target of targets) target.up();
  settle(rib);
  let announced = 0;
  const announce = (count: number) => {
    for (; count > 0; count--) source.announce({ prefix: `20.${announced >>> 8}.${announced++ & 255}.0/24`, asPath: [65_001] });
    settle(rib);
  };
  for (const target of targets.slice(0, 31)) {
    target.backlogBytes = 1 << 30;
    announce(1);
  }
  const [a, b] = targets.slice(31) as [FakePeer, FakePeer];
  a.backlogBytes = 1 << 30;
  b.backlogBytes = 1 << 30;
  announce(1);
  return { rib, source, a, b, announce, memberOf: (peer: FakePeer) => rib.memberOf(peer.ribPeer!, IPV4_UNICAST)! };
}

test('with 33 cohorts: a member that goes on while the other of its cohort does not is behind or in step, not both', () => {
  const { rib, a, b, announce, memberOf } = manyCohorts();
  a.backlogBytes = 0;
  settle(rib);
  assert.equal(a.view.size, 32, 'it caught up');
  assert.equal(memberOf(a).behind, false);
  assert.equal(memberOf(a).missedCount, 0, 'who is in step misses nothing');
  a.backlogBytes = 1 << 30;
  announce(1);
  const { messages } = a;
  a.down();
  a.backlogBytes = 0;
  b.backlogBytes = 0;
  settle(rib);
  assert.equal(a.messages, messages, 'nothing is written to a session that is over');
});

test('NLRI that are gone are freed in slices', () => {
  const rib = smallRib();
  const source = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500 });
  const stuck = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: 64_500 });
  source.up();
  stuck.up();
  settle(rib);
  stuck.backlogBytes = 1 << 30;
  const prefixes = Array.from({ length: 40_000 }, (_, i) => `${20 + (i >>> 16)}.${(i >>> 8) & 255}.${i & 255}.0/24`);
  for (const prefix of prefixes) source.announce({ prefix, asPath: [65_001] });
  settle(rib);
  for (const prefix of prefixes) source.withdraw(prefix);
  settle(rib);
  const { index } = rib.tables[0]!;
  assert.equal(index.count, prefixes.length, 'a member has still to be told of them');
  stuck.backlogBytes = 0;
  for (let before = index.count, more = true; more; before = index.count) {
    more = rib.work();
    assert.ok(before - index.count <= 16_384, `${before - index.count} NLRI are freed in one slice`);
  }
  assert.equal(index.count, 0);
});

test('RFC 7947 §2.3.2: with many candidates of different MULTI_EXIT_DISC a slice of work stays short', () => {
  const rib = smallRib();
  const peers = Array.from(
    { length: 60 },
    (_, i) => new FakePeer(rib, { address: `10.0.1.${i}`, as: 65_100 + i, localAs: 64_500, ...CLIENT }),
  );
  for (const peer of peers) peer.up();
  settle(rib);
  for (const [i, peer] of peers.entries()) {
    for (let k = 0; k < 100; k++) peer.announce({ prefix: `20.0.${k}.0/24`, asPath: [i < 2 ? 65_100 : peer.as], med: i });
  }
  let longest = 0;
  for (let more = true; more; ) {
    const start = performance.now();
    more = rib.work();
    longest = Math.max(longest, performance.now() - start);
  }
  assert.ok(longest < 1000, `${longest.toFixed(0)} ms`);
});

test('what the operations of audiences remember is bounded, also where few audiences come out', () => {
  const audiences = new Audiences();
  const members = Array.from({ length: 700 }, (_, i) => audiences.intern(only(i)));
  const sets = Array.from({ length: 1600 }, (_, i) => audiences.intern((1n << 700n) | (BigInt(i) * 0x1_0000_0001_0001n)));
  for (const member of members) for (const set of sets) audiences.and(set, member);
  assert.equal(audiences.collectDue, true, '1,120,000 pairs are remembered');
});

test('RFC 7911: a member that stays behind is told once of each path that it held, however often the routes came and went', () => {
  const rib = smallRib();
  const source = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500 });
  const target = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: 64_500, addPath: [IPV4_UNICAST] });
  source.up();
  target.up();
  settle(rib);
  const prefixes = Array.from({ length: 19 }, (_, i) => `20.0.${i}.0/24`);
  for (const prefix of prefixes) source.announce({ prefix, asPath: [65_001] });
  settle(rib);
  target.backlogBytes = 1 << 30;
  for (let round = 0; round < 9; round++) {
    // In another order each time: the routes get other paths.
    const order = prefixes.map((_, i) => prefixes[(i * (2 * round + 1)) % prefixes.length]!);
    for (const prefix of order) source.withdraw(prefix);
    settle(rib);
    for (const prefix of order) source.announce({ prefix, asPath: [65_001, round + 1] });
    settle(rib);
  }
  for (const prefix of prefixes) source.withdraw(prefix);
  settle(rib);
  target.log.length = 0;
  target.backlogBytes = 0;
  settle(rib);
  assert.equal(target.view.size, 0);
  assert.ok(target.log.length <= 2 * prefixes.length, `${target.log.length} withdrawals of ${prefixes.length} routes`);
});

test('RFC 7911: a member that joins others who wait for a refresh is told of a path that came after their first change', () => {
  const rib = smallRib();
  const source = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500, sendsAddPath: true });
  const targets = [2, 3].map(
    (i) => new FakePeer(rib, { address: `10.0.0.${i}`, as: 65_000 + i, localAs: 64_500, addPath: [IPV4_UNICAST] }),
  );
  const [a, b] = targets as [FakePeer, FakePeer];
  source.up();
  a.up();
  b.up();
  settle(rib);
  const announce = (pathIdentifier: number) => {
    source.announce({ prefix: '192.0.2.0/24', asPath: [65_001, pathIdentifier], pathIdentifier });
    settle(rib);
  };
  announce(1);
  a.backlogBytes = 1 << 30;
  rib.resend(a.ribPeer!, IPV4_UNICAST);
  settle(rib);
  announce(2);
  assert.equal(b.view.size, 2);
  b.backlogBytes = 1 << 30;
  rib.resend(b.ribPeer!, IPV4_UNICAST);
  settle(rib);
  source.withdraw('192.0.2.0/24', 2);
  settle(rib);
  a.backlogBytes = 0;
  b.backlogBytes = 0;
  settle(rib);
  assert.equal(a.view.size, 1);
  assert.equal(b.view.size, 1);
});

test('NLRI that were freed before they had a path, beyond the columns: a new group is built', () => {
  const rib = new Rib({
    localAs: 64_500,
    bgpIdentifier: 1,
    observer: { fault: (_peer, fault) => assert.fail(fault.reason), endOfRib: () => undefined },
    exportObserver: {
      notSent: () => undefined,
      exportFailed: (_group, error) => assert.fail(String(error)),
      peerFailed: () => assert.fail(),
    },
    capacity: { ipv4: 2, ipv6: 2, attributeSets: 8 },
  });
  const source = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500 });
  source.up();
  const { index } = rib.tables[0]!;
  source.announce({ prefix: '192.0.2.0/24', asPath: [65_001] });
  settle(rib);
  for (const octet of [1, 2, 3]) index.insertWire(Uint8Array.of(24, 20, 0, octet), 0);
  for (const octet of [1, 2, 3]) rib.tables[0]!.dropUnused(index.findWire(Uint8Array.of(24, 20, 0, octet), 0));
  assert.ok(index.top > rib.tables[0]!.nlriCapacity);
  const late = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: 64_500 });
  late.up();
  settle(rib);
  assert.equal(late.view.size, 1);
  checkInvariants(rib);
});
