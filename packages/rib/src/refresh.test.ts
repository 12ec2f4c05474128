/** Enhanced route refresh, as the receiver of the routes (RFC 7313 §4.2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, IPV4_UNICAST } from '@tsbgp/wire';
import { FakePeer, settle } from '../test/fake-peer.ts';
import { type PathId, Rib, type RibTable } from './index.ts';
import { checkInvariants } from './invariants.ts';
import { GENERATION_MASK, GENERATIONS } from './path-flags.ts';

function scene() {
  const rib = new Rib({
    localAs: 64_500,
    bgpIdentifier: 1,
    observer: { fault: (_peer, fault) => assert.fail(fault.reason), endOfRib: () => undefined },
    capacity: { ipv4: 8, ipv6: 8, attributeSets: 8 },
  });
  const sender = new FakePeer(rib, { address: '127.0.0.2', as: 65_001, localAs: 64_500 });
  const receiver = new FakePeer(rib, { address: '127.0.0.3', as: 65_002, localAs: 64_500 });
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

/** Whether the peer of a path is sending its routes again and has not yet sent this one. */
function isStale(table: RibTable, path: number): boolean {
  const peer = table.peerOf(path as PathId);
  return peer !== undefined && (table.pathFlags[path]! & GENERATION_MASK) !== peer.refresh[table.position]!.bits;
}

const A = '198.51.100.0/24';
const B = '198.51.101.0/24';
const V6 = '2001:db8::/32';

test('what is not announced between BoRR and EoRR goes, the rest stays as it is', () => {
  const { sender, receiver, table, announce, work } = scene();
  announce(A, B, V6);
  assert.deepEqual(work(), [A, B, V6]);
  sender.beginRefresh('ipv4');
  assert.deepEqual(
    [1, 2].map((path) => isStale(table, path)),
    [true, true],
  );
  const { messages } = receiver;
  const changes: boolean[] = [];
  table.observer = (_nlri, _path, announced) => changes.push(announced);
  announce(A);
  assert.deepEqual(
    [1, 2].map((path) => isStale(table, path)),
    [false, true],
  );
  assert.deepEqual(work(), [A, B, V6], 'stale routes are used until EoRR');
  assert.equal(receiver.messages, messages, 'the same route again is no change');
  assert.deepEqual(changes, []);
  assert.equal(sender.endRefresh('ipv4'), true);
  assert.deepEqual(work(), [A, V6]);
  assert.deepEqual(changes, [false]);
  assert.equal(isStale(table, 1), false);
});

test('a route that is announced with other attributes during the refresh replaces the stale one', () => {
  const { sender, receiver, announce, work } = scene();
  announce(A);
  sender.beginRefresh('ipv4');
  sender.announce({ prefix: A, asPath: [65_001, 65_009] });
  sender.endRefresh('ipv4');
  assert.deepEqual(work(), [A]);
  assert.match(receiver.view.get(A)!, /64500,65001,65009/);
});

test('EoRR without BoRR says nothing', () => {
  const { sender, announce, work } = scene();
  announce(A);
  assert.equal(sender.endRefresh('ipv4'), false);
  assert.deepEqual(work(), [A]);
  sender.beginRefresh('ipv4');
  announce(A);
  assert.equal(sender.endRefresh('ipv4'), true);
  assert.equal(sender.endRefresh('ipv4'), false);
  assert.deepEqual(work(), [A]);
});

test('BoRR while a refresh runs begins it anew: what was announced since is stale too', () => {
  const { sender, announce, work } = scene();
  announce(A, B);
  sender.beginRefresh('ipv4');
  announce(A);
  sender.beginRefresh('ipv4');
  announce(B);
  sender.endRefresh('ipv4');
  assert.deepEqual(work(), [B]);
});

test('BoRR right after EoRR: what the sweep has yet to remove goes, what was announced stays until the next EoRR', () => {
  const { sender, announce, work } = scene();
  announce(A, B);
  sender.beginRefresh('ipv4');
  announce(A);
  sender.endRefresh('ipv4');
  sender.beginRefresh('ipv4');
  assert.deepEqual(work(), [A]);
  sender.endRefresh('ipv4');
  assert.deepEqual(work(), []);
});

test('a refresh of routes that policy keeps out keeps them out', () => {
  const { rib, receiver } = scene();
  const denied = new FakePeer(rib, { address: '127.0.0.4', as: 65_004, localAs: 64_500, importAccept: false });
  denied.up();
  denied.announce({ prefix: A, asPath: [65_004] });
  denied.beginRefresh('ipv4');
  denied.announce({ prefix: A, asPath: [65_004] });
  denied.endRefresh('ipv4');
  settle(rib);
  checkInvariants(rib);
  assert.equal(receiver.view.size, 0);
  assert.deepEqual([denied.ribPeer?.received[0], denied.ribPeer?.accepted[0]], [1, 0]);
});

test('a session that ends during a refresh, or before the stale routes are swept, takes all its routes along', () => {
  for (const ended of [false, true]) {
    const { rib, sender, announce, work } = scene();
    announce(A, B);
    work();
    sender.beginRefresh('ipv4');
    announce(A);
    if (ended) sender.endRefresh('ipv4');
    sender.down();
    assert.deepEqual(work(), []);
    sender.up();
    announce(B);
    assert.deepEqual(work(), [B]);
    assert.equal(isStale(rib.table(IPV4_UNICAST), 1), false);
  }
});

test('a refresh that is begun anew more often than there are generations is exact', () => {
  const { sender, table, announce, work } = scene();
  const prefixes = Array.from({ length: 3 * GENERATIONS }, (_, i) => `198.51.${i}.0/24`);
  announce(A, B);
  for (const prefix of prefixes) {
    sender.beginRefresh('ipv4');
    sender.beginRefresh('ipv4'); // twice, with nothing in between, takes no generation
    announce(prefix, B);
  }
  assert.equal(table.pathCount, prefixes.length + 1 + (prefixes.includes(A) ? 0 : 1));
  sender.endRefresh('ipv4');
  assert.deepEqual(work(), [B, prefixes.at(-1)].sort());
});

test('sweeps of stale routes that wait are not mixed up with refreshes that are begun anew', () => {
  const { sender, announce, work } = scene();
  announce(A, B);
  sender.beginRefresh('ipv4');
  announce(A);
  sender.endRefresh('ipv4'); // B is to go
  for (let i = 0; i < 2 * GENERATIONS; i++) {
    sender.beginRefresh('ipv4');
    announce(`203.0.${i}.0/24`);
  }
  announce(A);
  assert.deepEqual(
    work().filter((prefix) => !prefix.startsWith('203.')),
    [A],
  );
  sender.endRefresh('ipv4');
  assert.deepEqual(work(), [A, `203.0.${2 * GENERATIONS - 1}.0/24`]);
});

test('a sweep is cut into slices: a hundred thousand stale routes do not go in one', () => {
  const { rib, sender, table } = scene();
  const count = 100_000;
  for (let i = 0; i < count; i += 1000) {
    const nlri = Uint8Array.from(
      Array.from({ length: 1000 }, (_, n) => [32, 10, (i + n) >> 16, ((i + n) >> 8) & 255, (i + n) & 255]).flat(),
    );
    const attributes = [0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xe9, 0x40, 3, 4, ...addressBytes('127.0.0.2')];
    assert.equal(sender.raw(Uint8Array.from([0, 0, 0, attributes.length, ...attributes, ...nlri])), undefined);
  }
  settle(rib);
  assert.equal(table.pathCount, count);
  sender.beginRefresh('ipv4');
  sender.endRefresh('ipv4');
  rib.work();
  assert.ok(table.pathCount > count / 2, `${table.pathCount} left`);
  settle(rib);
  checkInvariants(rib);
  assert.equal(table.pathCount, 0);
});
