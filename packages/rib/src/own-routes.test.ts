/** Default routes for single neighbors (default-originate), and local routes of several origins. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeAttributes, Fault, findAttribute, IPV4_UNICAST, IPV6_UNICAST, STORED_CONTEXT } from '@tsbgp/wire';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../test/fake-peer.ts';
import { explain, type Rib } from './index.ts';
import { checkInvariants } from './invariants.ts';

const FAMILIES = [IPV4_UNICAST, IPV6_UNICAST];

function up(rib: Rib, last: number, options: Partial<FakePeerOptions> = {}): FakePeer {
  const peer = new FakePeer(rib, { address: `10.0.0.${last}`, as: 65_000 + last, localAs: 64_500, ...options });
  peer.up();
  return peer;
}

function work(rib: Rib): void {
  settle(rib);
  checkInvariants(rib);
}

test('a default route goes to the neighbors that are to have it and to no other of their update group', () => {
  const rib = smallRib();
  const other = up(rib, 1);
  const one = up(rib, 2, { defaultOriginate: FAMILIES });
  work(rib);
  assert.equal(rib.groupsOf(rib.table(IPV4_UNICAST)).length, 1, 'one group');
  assert.deepEqual([...one.view.keys()].toSorted(), ['0.0.0.0/0', '::/0']);
  assert.deepEqual([...other.view.keys()], []);
  assert.deepEqual(findAttribute(one.attributes.get('0.0.0.0/0')!, 'as-path')?.value, [{ type: 'sequence', asns: [64_500] }]);
  assert.deepEqual(findAttribute(one.attributes.get('0.0.0.0/0')!, 'next-hop')?.value, '198.51.100.1');
  assert.deepEqual(one.log.slice(-1), ['end-of-rib ipv6-unicast']);
});

test('it takes the place of a learned default route, and that comes back', () => {
  const rib = smallRib();
  const upstream = up(rib, 1);
  const one = up(rib, 2, { defaultOriginate: [IPV4_UNICAST] });
  const other = up(rib, 3);
  upstream.announce({ prefix: '0.0.0.0/0', asPath: [65_001] });
  work(rib);
  assert.doesNotMatch(one.view.get('0.0.0.0/0') ?? '65001', /65001/);
  assert.match(other.view.get('0.0.0.0/0') ?? '', /65001/);
  const table = rib.table(IPV4_UNICAST);
  const reasons = (peer: FakePeer) =>
    rib.explainExport(peer.ribPeer!, IPV4_UNICAST, table.index.findWire(Uint8Array.of(0), 0))?.paths.map(({ reason }) => reason);
  assert.deepEqual([reasons(one), reasons(other)], [[undefined, 'own-default'], [undefined]], 'our own is sent, before the learned one');
  rib.originateDefault(one.ribPeer!, IPV4_UNICAST, false);
  work(rib);
  assert.match(one.view.get('0.0.0.0/0') ?? '', /65001/);
  rib.originateDefault(one.ribPeer!, IPV4_UNICAST, true);
  upstream.withdraw('0.0.0.0/0');
  work(rib);
  assert.doesNotMatch(one.view.get('0.0.0.0/0') ?? '65001', /65001/);
  assert.equal(other.view.has('0.0.0.0/0'), false);
  assert.equal(rib.table(IPV4_UNICAST).bestCount, 0, 'the default route is not in the Loc-RIB');
});

test('a number of a member that left is given to another, which does not get the default route', () => {
  const rib = smallRib();
  up(rib, 1);
  const one = up(rib, 2, { defaultOriginate: [IPV4_UNICAST] });
  work(rib);
  one.down();
  work(rib);
  const later = up(rib, 3);
  work(rib);
  assert.deepEqual([...later.view.keys()], []);
  assert.equal(rib.table(IPV4_UNICAST).index.count, 0);
  assert.equal(rib.attributes.count, 0);
});

test('policy that rejects everything does not keep it back; a missing next hop does', () => {
  const rib = smallRib();
  const denied = up(rib, 1, { exportAccept: false, defaultOriginate: [IPV4_UNICAST] });
  const without = up(rib, 2, { nextHopSelf: new Map(), defaultOriginate: [IPV4_UNICAST] });
  work(rib);
  assert.deepEqual([...denied.view.keys()], ['0.0.0.0/0']);
  assert.deepEqual([...without.view.keys()], []);
});

for (const [title, options] of [
  ['ADD-PATH', { addPath: FAMILIES }],
  ['a client of a route server', { routeServerClient: true }],
  ['an internal neighbor', { as: 64_500 }],
] as const) {
  test(`${title} gets it too, and only it`, () => {
    const rib = smallRib();
    const upstream = up(rib, 1);
    const one = up(rib, 2, { ...options, defaultOriginate: [IPV4_UNICAST] });
    upstream.announce({ prefix: '0.0.0.0/0', asPath: [65_001] });
    work(rib);
    assert.equal(one.view.size, 1);
    assert.doesNotMatch([...one.view.values()][0]!, /65001/);
    upstream.withdraw('0.0.0.0/0');
    work(rib);
    assert.equal(one.view.size, 1);
    rib.originateDefault(one.ribPeer!, IPV4_UNICAST, false);
    work(rib);
    assert.equal(one.view.size, 0);
  });
}

test('injected and configured routes do not replace each other; the injected one is preferred where all else is equal', () => {
  const rib = smallRib();
  const one = up(rib, 1);
  const prefix = Uint8Array.of(24, 192, 0, 2);
  for (const origin of ['configuration', 'api'] as const) {
    const attributes = encodeAttributes(
      [
        { type: 'origin', flags: 0x40, value: 'igp' },
        { type: 'as-path', flags: 0x40, value: [] },
        { type: 'next-hop', flags: 0x40, value: '0.0.0.0' },
        { type: 'communities', flags: 0xc0, value: [origin === 'api' ? 1 : 2] },
      ],
      STORED_CONTEXT,
    );
    const attr = rib.internLocal(IPV4_UNICAST, attributes);
    assert.ok(!(attr instanceof Fault));
    const path = rib.announceLocal(IPV4_UNICAST, prefix, 0, attr, 0, origin);
    assert.equal(rib.table(IPV4_UNICAST).peerOf(path)?.options.localOrigin, origin);
    rib.releaseLocal(attr);
  }
  work(rib);
  const table = rib.table(IPV4_UNICAST);
  const [, second] = explain(table, table.index.findWire(prefix, 0));
  assert.ok(second?.outcome === 'lost');
  assert.deepEqual([second.defeat.step, second.defeat.value, second.defeat.betterValue], ['peer-type', 'local, configuration', 'local']);
  assert.deepEqual(findAttribute(one.attributes.get('192.0.2.0/24')!, 'communities')?.value, [1]);
  assert.equal(rib.withdrawLocal(IPV4_UNICAST, prefix, 0), true);
  work(rib);
  assert.deepEqual(findAttribute(one.attributes.get('192.0.2.0/24')!, 'communities')?.value, [2]);
});
