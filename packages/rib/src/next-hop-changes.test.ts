/** RFC 4271 §9.1.2, §9.1.2.2 e and RFC 7311 §3.4: interior costs to next hops, and what happens when they change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, findAttribute, formatAddress, IPV4_UNICAST } from '@tsbgp/wire';
import { FakePeer, settle } from '../test/fake-peer.ts';
import { Rib } from './index.ts';

const LOCAL_AS = 64_500;
const PREFIX = '192.0.2.0/24';

function world(costs: Map<string, number | undefined>) {
  const asked: string[] = [];
  const rib = new Rib({
    localAs: LOCAL_AS,
    bgpIdentifier: 1,
    observer: { fault: () => undefined, endOfRib: () => undefined },
    capacity: { ipv4: 4, ipv6: 4, attributeSets: 4 },
    nextHopCost(nextHop) {
      asked.push(formatAddress(nextHop));
      return costs.get(formatAddress(nextHop));
    },
  });
  const [one, two] = ['10.0.0.1', '10.0.0.2'].map((address) => new FakePeer(rib, { address, as: LOCAL_AS, localAs: LOCAL_AS }));
  const external = new FakePeer(rib, { address: '10.0.0.3', as: 65_003, localAs: LOCAL_AS, aigp: true });
  for (const peer of [one!, two!, external]) peer.up();
  const table = rib.table(IPV4_UNICAST);
  const best = (): string | undefined => {
    settle(rib);
    return table.peerOf(table.bestPath(table.index.findWire(Uint8Array.of(24, 192, 0, 2), 0)))?.options.name;
  };
  return { rib, table, one: one!, two: two!, external, asked, best };
}

test('RFC 4271 §9.1.2.2 e: the lower cost is better; a change decides again what it concerns, and asks only for that', () => {
  const costs = new Map([
    ['10.0.0.1', 10],
    ['10.0.0.2', 20],
    ['10.0.0.9', 5],
  ]);
  const { rib, table, one, two, asked, best } = world(costs);
  one.announce({ prefix: PREFIX, asPath: [65_001] }, { prefix: '198.51.100.0/24', asPath: [65_001], nextHop: '10.0.0.9' });
  two.announce({ prefix: PREFIX, asPath: [65_001] }, { prefix: '203.0.113.0/24', asPath: [65_001] });
  assert.equal(best(), '10.0.0.1');
  const before = table.decisions;
  asked.length = 0;
  costs.set('10.0.0.1', 30);
  costs.set('10.0.0.9', 6);
  rib.nextHopCostsChanged([addressBytes('10.0.0.1')]);
  assert.equal(best(), '10.0.0.2');
  assert.equal(table.decisions - before, 1, 'only the prefix that has another path too');
  assert.deepEqual(asked, ['10.0.0.1']);
  rib.nextHopCostsChanged([addressBytes('10.0.0.1')]);
  assert.equal(best(), '10.0.0.2');
  assert.equal(table.decisions - before, 1, 'a cost that is the same decides nothing again');
  costs.set('10.0.0.1', 1);
  rib.nextHopCostsChanged();
  assert.equal(best(), '10.0.0.1');
});

test('RFC 4271 §9.1.2: a path whose next hop cannot be reached is held, and used once it can be', () => {
  const costs = new Map<string, number | undefined>([['10.0.0.1', undefined]]);
  const { rib, table, one, external, best } = world(costs);
  one.announce({ prefix: PREFIX, asPath: [65_001] });
  assert.equal(best(), undefined);
  const path = table.firstPath(table.index.findWire(Uint8Array.of(24, 192, 0, 2), 0));
  assert.equal(table.filterReason(path), 'next-hop-unreachable');
  assert.deepEqual([...external.view.keys()], []);
  costs.set('10.0.0.1', 7);
  rib.nextHopCostsChanged([addressBytes('10.0.0.1')]);
  assert.equal(best(), '10.0.0.1');
  assert.deepEqual([...external.view.keys()], [PREFIX]);
  costs.set('10.0.0.1', undefined);
  rib.nextHopCostsChanged();
  assert.equal(best(), undefined);
  assert.deepEqual([...external.view.keys()], []);
});

test('RFC 7311 §3.4: AIGP goes out with the cost to the old next hop where the next hop becomes ours, and again when the cost changes', () => {
  const costs = new Map([['10.0.0.1', 10]]);
  const { rib, one, two, external } = world(costs);
  const metric = (): unknown => findAttribute(external.attributes.get(PREFIX)!, 'aigp')?.value;
  const of = (value: bigint) => [{ name: 'metric', fields: { value } }];
  one.announce({ prefix: PREFIX, asPath: [65_001], aigp: 100 });
  settle(rib);
  assert.deepEqual(metric(), of(110n));
  costs.set('10.0.0.1', 25);
  rib.nextHopCostsChanged([addressBytes('10.0.0.1')]);
  settle(rib);
  assert.deepEqual(metric(), of(125n));
  // From an external peer that uses AIGP to an internal one, which reaches the same next hop itself.
  external.announce({ prefix: '198.51.100.0/24', asPath: [65_003], aigp: 40, nextHop: '10.0.0.1' });
  settle(rib);
  assert.deepEqual(findAttribute(two.attributes.get('198.51.100.0/24')!, 'aigp')?.value, of(40n));
});

test('RFC 7311 §3.3: without AIGP on the session the attribute is neither taken nor sent, and two such sessions differ in their octets', () => {
  const { rib, one, external, two } = world(
    new Map([
      ['10.0.0.1', 0],
      ['10.0.0.4', 0],
    ]),
  );
  const plain = new FakePeer(rib, { address: '10.0.0.4', as: 65_004, localAs: LOCAL_AS });
  plain.up();
  one.announce({ prefix: PREFIX, asPath: [65_001], aigp: 100 });
  plain.announce({ prefix: '203.0.113.0/24', asPath: [65_004], aigp: 5 });
  settle(rib);
  assert.notEqual(findAttribute(external.attributes.get(PREFIX)!, 'aigp'), undefined);
  assert.equal(findAttribute(plain.attributes.get(PREFIX)!, 'aigp'), undefined);
  assert.equal(findAttribute(two.attributes.get('203.0.113.0/24')!, 'aigp'), undefined);
  assert.equal(plain.ribPeer!.attributesDiscarded, 1);
  // The very octets that the RIB already knows, from a peer that may not send them.
  plain.announce({ prefix: PREFIX, asPath: [65_001], aigp: 100, nextHop: '10.0.0.1' });
  assert.equal(plain.ribPeer!.attributesDiscarded, 2);
});
