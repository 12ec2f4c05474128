/** Route reflection (RFC 4456): who gets what from whom, and what is written on the way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAttribute, parseIpv4, readU32 } from '@tsbgp/wire';
import { type Announcement, FakePeer, type FakePeerOptions, settle, smallRib } from '../test/fake-peer.ts';
import type { PathId, Rib } from './index.ts';
import { checkInvariants } from './invariants.ts';

const AS = 64_500;
const PREFIX = '198.51.100.0/24';
const id = (text: string): number => readU32(parseIpv4(text)!, 0);
const OURS = '192.0.2.254';

function reflector(): Rib {
  return smallRib(undefined, AS, { bgpIdentifier: id(OURS) });
}

function peer(rib: Rib, address: string, options: Partial<FakePeerOptions> = {}): FakePeer {
  const made = new FakePeer(rib, { address, as: AS, localAs: AS, ...options });
  made.up();
  return made;
}

/** ORIGINATOR_ID and CLUSTER_LIST of the route that the peer holds. */
function reflected(to: FakePeer): string {
  const attributes = to.attributes.get(PREFIX);
  if (attributes === undefined) return 'no route';
  const originator = findAttribute(attributes, 'originator-id')?.value ?? 'none';
  return `originator ${originator} clusters ${findAttribute(attributes, 'cluster-list')?.value.join(' ') ?? 'none'}`;
}

function route(more: Partial<Announcement> = {}): Announcement {
  return { prefix: PREFIX, asPath: [65_001], localPref: 100, ...more };
}

test('RFC 4456 §6: a route of a client goes to all, one of a non-client to clients only; split horizon without clients', () => {
  const rib = reflector();
  const client = peer(rib, '10.0.0.1', { reflectorClient: true });
  const other = peer(rib, '10.0.0.2', { reflectorClient: true });
  const nonClient = peer(rib, '10.0.0.3');
  const second = peer(rib, '10.0.0.4');
  const external = peer(rib, '10.0.0.5', { as: 65_005 });
  const view = () => [client, other, nonClient, second, external].map((each) => each.view.size);
  client.announce(route());
  settle(rib);
  assert.deepEqual(view(), [0, 1, 1, 1, 1]);
  client.withdraw(PREFIX);
  nonClient.announce(route());
  settle(rib);
  assert.deepEqual(view(), [1, 1, 0, 0, 1]);
  nonClient.withdraw(PREFIX);
  external.announce({ prefix: PREFIX, asPath: [65_005] });
  settle(rib);
  assert.deepEqual(view(), [1, 1, 1, 1, 0]);
  checkInvariants(rib);
});

test('RFC 4456 §8: ORIGINATOR_ID is the BGP Identifier of the source, CLUSTER_LIST our cluster; neither where nothing is reflected', () => {
  const rib = reflector();
  const client = peer(rib, '10.0.0.1', { reflectorClient: true });
  const nonClient = peer(rib, '10.0.0.3');
  const external = peer(rib, '10.0.0.5', { as: 65_005 });
  client.announce(route());
  settle(rib);
  assert.equal(reflected(nonClient), `originator 10.0.0.1 clusters ${OURS}`);
  assert.equal(reflected(external), 'originator none clusters none');
  client.withdraw(PREFIX);
  external.announce({ prefix: PREFIX, asPath: [65_005] });
  settle(rib);
  assert.equal(reflected(client), 'originator none clusters none');
});

test('RFC 4456 §8: an ORIGINATOR_ID that is there stays, our cluster goes in front of the others; LOCAL_PREF, NEXT_HOP, MED and AS_PATH stay', () => {
  const rib = reflector();
  const client = peer(rib, '10.0.0.1', { reflectorClient: true });
  const nonClient = peer(rib, '10.0.0.3');
  nonClient.announce(route({ originatorId: '10.9.9.9', clusterList: ['1.1.1.1', '2.2.2.2'], localPref: 77, med: 5, nextHop: '10.7.7.7' }));
  settle(rib);
  assert.equal(reflected(client), `originator 10.9.9.9 clusters ${OURS} 1.1.1.1 2.2.2.2`);
  const attributes = client.attributes.get(PREFIX)!;
  assert.equal(findAttribute(attributes, 'local-pref')?.value, 77);
  assert.equal(findAttribute(attributes, 'multi-exit-disc')?.value, 5);
  assert.equal(findAttribute(attributes, 'next-hop')?.value, '10.7.7.7');
  assert.deepEqual(findAttribute(attributes, 'as-path')?.value, [{ type: 'sequence', asns: [65_001] }]);
});

test('RFC 4456 §7: a cluster identifier of the RIB, and clusters of their own: a route passes both', () => {
  const rib = smallRib(undefined, AS, { bgpIdentifier: id(OURS), clusterId: id('9.9.9.9') });
  const plain = peer(rib, '10.0.0.1', { reflectorClient: true });
  const one = peer(rib, '10.0.0.2', { reflectorClient: true, clusterId: id('0.0.0.1') });
  const alsoOne = peer(rib, '10.0.0.3', { reflectorClient: true, clusterId: id('0.0.0.1') });
  const two = peer(rib, '10.0.0.4', { reflectorClient: true, clusterId: id('0.0.0.2') });
  const nonClient = peer(rib, '10.0.0.5', { clusterId: id('0.0.0.7') });
  one.announce(route());
  settle(rib);
  assert.deepEqual([plain, alsoOne, two, nonClient].map(reflected), [
    'originator 10.0.0.2 clusters 9.9.9.9 0.0.0.1',
    'originator 10.0.0.2 clusters 0.0.0.1',
    'originator 10.0.0.2 clusters 0.0.0.2 0.0.0.1',
    'originator 10.0.0.2 clusters 0.0.0.1',
  ]);
  checkInvariants(rib);
});

test('without reflection between clients: those of one cluster get nothing of each other, those of another cluster do', () => {
  const rib = reflector();
  const quiet = { reflectorClient: true, clientToClient: false };
  const one = peer(rib, '10.0.0.1', quiet);
  const two = peer(rib, '10.0.0.2', quiet);
  const elsewhere = peer(rib, '10.0.0.3', { ...quiet, clusterId: id('0.0.0.2') });
  const nonClient = peer(rib, '10.0.0.4');
  one.announce(route());
  settle(rib);
  assert.deepEqual(
    [two, elsewhere, nonClient].map(({ view }) => view.size),
    [0, 1, 1],
  );
  rib.changePeer(two.ribPeer!, { ...two.ribPeer!.options, clientToClient: true });
  settle(rib);
  assert.equal(two.view.size, 1, 'the option changes while the session lasts');
  checkInvariants(rib);
});

test('RFC 4456 §8: a route with a cluster identifier of ours is not used, on whatever session it is ours', () => {
  const rib = reflector();
  const one = peer(rib, '10.0.0.1', { reflectorClient: true, clusterId: id('0.0.0.1') });
  const nonClient = peer(rib, '10.0.0.2');
  nonClient.announce(route({ originatorId: '10.9.9.9', clusterList: ['5.5.5.5', '0.0.0.1'] }));
  settle(rib);
  const [table] = rib.tables;
  assert.equal(table!.filterReason(1 as PathId), 'cluster-list');
  assert.equal(one.view.size, 0);
  // A cluster that was nobody's when the route came.
  nonClient.announce(route({ originatorId: '10.9.9.9', clusterList: ['5.5.5.5'] }));
  settle(rib);
  assert.equal(table!.filterReason(1 as PathId), undefined);
  assert.equal(one.view.size, 1);
  const five = peer(rib, '10.0.0.3', { reflectorClient: true, clusterId: id('5.5.5.5') });
  settle(rib);
  assert.equal(table!.filterReason(1 as PathId), 'cluster-list', 'what is held is judged again');
  assert.equal(five.view.size + one.view.size, 0);
  checkInvariants(rib);
});

test('a set that is reflected is encoded for each source with its own ORIGINATOR_ID', () => {
  const rib = reflector();
  const sources = ['10.0.0.1', '10.0.0.2'].map((address) => peer(rib, address, { reflectorClient: true }));
  const nonClient = peer(rib, '10.0.0.9');
  for (const [index, source] of sources.entries()) source.announce(route({ prefix: `198.51.${index}.0/24`, nextHop: '10.7.7.7' }));
  settle(rib);
  assert.equal(rib.attributes.count, 1);
  const originators = [...nonClient.attributes.values()].map((attributes) => findAttribute(attributes, 'originator-id')?.value);
  assert.deepEqual(originators.sort(), ['10.0.0.1', '10.0.0.2']);
});
