/** What the RIB asks import policies, how long it remembers their answers, and what becomes of routes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST } from '@tsbgp/wire';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../../test/fake-peer.ts';
import { pathsOf, TestPolicy } from '../../test/test-policy.ts';
import { countOf, POLICY_REASONS_MAX, policyReason, type Rib } from '../index.ts';
import { checkInvariants } from '../invariants.ts';

const PREFIXES = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'] as const;
const [FIRST, SECOND, THIRD] = PREFIXES;

function up(rib: Rib, last: number, more: Partial<FakePeerOptions> = {}): FakePeer {
  const peer = new FakePeer(rib, {
    address: `10.0.0.${last}`,
    as: 65_000 + last,
    localAs: 64_500,
    policySubject: { number: last },
    ...more,
  });
  peer.up();
  return peer;
}

/** Prefix -> why it is not used, or the communities that it is used with. */
function routes(rib: Rib): Record<string, string> {
  const found: Record<string, string> = {};
  const table = rib.table(IPV4_UNICAST);
  for (const [prefix, path, attributes] of pathsOf(table)) {
    const reason = table.filterReason(path);
    found[prefix] = reason === undefined ? `used ${attributes}`.trim() : `${reason} ${policyReason(table, path) ?? ''}`.trim();
  }
  return found;
}

function announce(peer: FakePeer, ...prefixes: string[]): void {
  for (const prefix of prefixes) peer.announce({ prefix, asPath: [peer.as] });
}

test('a policy is asked once for an attribute set, family and class of neighbors, whatever the number of routes', () => {
  const rib = smallRib();
  const policy = new TestPolicy();
  const sender = up(rib, 1, { importPolicy: policy });
  announce(sender, ...PREFIXES);
  assert.equal(policy.asked, 1);
  sender.announce({ prefix: FIRST, asPath: [sender.as, 3] });
  assert.equal(policy.asked, 2);
  sender.announce({ prefix: '2001:db8::/32', asPath: [sender.as] });
  assert.equal(policy.asked, 3);
  // The same set from a neighbor of another class.
  const other = up(rib, 2, { importPolicy: policy, policySubject: { number: 2 } });
  other.announce({ prefix: FIRST, asPath: [sender.as] });
  assert.equal(policy.asked, 4);
  settle(rib);
  checkInvariants(rib);
});

test('an answer is forgotten with its attribute set', () => {
  const rib = smallRib();
  const policy = new TestPolicy({ add: 1 });
  const sender = up(rib, 1, { importPolicy: policy });
  announce(sender, FIRST);
  settle(rib);
  assert.equal(rib.attributes.count, 2);
  sender.withdraw(FIRST);
  settle(rib);
  assert.equal(rib.attributes.count, 0);
  announce(sender, FIRST);
  assert.equal(policy.asked, 2);
  assert.deepEqual(routes(rib), { [FIRST]: 'used 1' });
});

test('two sets that policies make of each other are freed', () => {
  const rib = smallRib();
  const adds = up(rib, 1, { importPolicy: new TestPolicy({ add: 1 }) });
  const removes = up(rib, 2, { importPolicy: new TestPolicy({ remove: 1 }) });
  const path = { prefix: FIRST, asPath: [65_009], nextHop: '10.0.0.9' };
  adds.announce(path);
  removes.announce({ ...path, communities: [1] });
  settle(rib);
  checkInvariants(rib);
  assert.equal(rib.attributes.count, 2);
  adds.withdraw(FIRST);
  removes.withdraw(FIRST);
  settle(rib);
  assert.equal(rib.attributes.count, 0);
});

test('where a verdict depends on the NLRI, only the rest of the policy is run for each route', () => {
  const rib = smallRib();
  const policy = new TestPolicy({ add: 1, onlyTo: [SECOND], rejects: [[THIRD, 'third']] });
  const sender = up(rib, 1, { importPolicy: policy });
  announce(sender, ...PREFIXES);
  settle(rib);
  assert.deepEqual(routes(rib), { [FIRST]: 'used', [SECOND]: 'used 1', [THIRD]: 'import-policy third' });
  assert.deepEqual([policy.asked, policy.resumed], [1, 3]);
  checkInvariants(rib);
  sender.down();
  settle(rib);
  assert.equal(rib.attributes.count, 0);
});

test('another policy judges what is held again, without a word of the peer', () => {
  const rib = smallRib();
  const sender = up(rib, 1, { importPolicy: new TestPolicy({ rejects: [[FIRST, 'first']] }) });
  const receiver = up(rib, 2);
  announce(sender, ...PREFIXES);
  settle(rib);
  receiver.log.length = 0;
  sender.change({ importPolicy: new TestPolicy({ rejects: [[SECOND, 'second']] }) });
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(receiver.log.toSorted(), [`announce ${FIRST}`, `withdraw ${SECOND}`]);
  assert.deepEqual(routes(rib), { [FIRST]: 'used', [SECOND]: 'import-policy second', [THIRD]: 'used' });
  sender.change({ importPolicy: undefined });
  settle(rib);
  assert.deepEqual(new Set(Object.values(routes(rib))), new Set(['used']));
  assert.equal(rib.attributes.count, 1);
});

test('reasons are counted with their words, and together as import-policy', () => {
  const rib = smallRib();
  const policy = new TestPolicy({
    rejects: [
      [FIRST, 'bogon'],
      [SECOND, undefined],
      [THIRD, 'bogon'],
    ],
  });
  const sender = up(rib, 1, { importPolicy: policy });
  announce(sender, ...PREFIXES);
  settle(rib);
  const [counts] = sender.ribPeer!.rejected;
  assert.equal(countOf(counts!, 'import-policy'), 3);
  assert.deepEqual([...rib.policyReasonCounts(counts!)], [{ reason: 'bogon', count: 2 }]);
  const table = rib.table(IPV4_UNICAST);
  const explained = [...pathsOf(table)].map(([prefix, path]) => [prefix, rib.explainImport(table, path)?.by]);
  assert.deepEqual(Object.fromEntries(explained), { [FIRST]: FIRST, [SECOND]: SECOND, [THIRD]: THIRD });
});

test(`beyond ${POLICY_REASONS_MAX} reasons, routes are rejected without one`, () => {
  const rib = smallRib();
  const prefixes = Array.from({ length: POLICY_REASONS_MAX + 1 }, (_, at) => `10.0.${at}.0/24`);
  const sender = up(rib, 1, { importPolicy: new TestPolicy({ rejects: prefixes.map((prefix) => [prefix, `no ${prefix}`]) }) });
  announce(sender, ...prefixes);
  settle(rib);
  checkInvariants(rib);
  assert.equal(routes(rib)[prefixes.at(-2)!], `import-policy no ${prefixes.at(-2)}`);
  assert.equal(routes(rib)[prefixes.at(-1)!], 'import-policy');
});

test('rejected routes that are not held are counted, and a route that was there before is gone', () => {
  const rib = smallRib();
  const policy = new TestPolicy({ rejects: [[FIRST, 'first']], rejectsCommunity: 5 });
  const sender = up(rib, 1, { importPolicy: policy, keepRejected: false });
  announce(sender, FIRST, SECOND);
  sender.announce({ prefix: SECOND, asPath: [sender.as], communities: [5] });
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(routes(rib), {});
  assert.equal(countOf(sender.ribPeer!.discarded[0]!, 'import-policy'), 2);
  assert.equal(rib.table(IPV4_UNICAST).index.count, 0);
});

test('a change that cannot be made rejects the route with its reason', () => {
  const rib = smallRib();
  const sender = up(rib, 1, { importPolicy: new TestPolicy({ fails: 'attributes-too-long' }) });
  announce(sender, FIRST);
  settle(rib);
  assert.deepEqual(routes(rib), { [FIRST]: 'import-policy attributes-too-long' });
});

test('GRACEFUL_SHUTDOWN that a policy adds counts (RFC 8326)', () => {
  const rib = smallRib();
  const sender = up(rib, 1, { importPolicy: new TestPolicy({ add: 0xffff_0000 }), obeysGracefulShutdown: true });
  const other = up(rib, 2);
  announce(sender, FIRST);
  other.announce({ prefix: FIRST, asPath: [other.as, 1, 2, 3] });
  settle(rib);
  const table = rib.table(IPV4_UNICAST);
  assert.equal(table.peerOf(table.bestPath(table.nlriOf(1 as never)))?.options.name, '10.0.0.2');
});
