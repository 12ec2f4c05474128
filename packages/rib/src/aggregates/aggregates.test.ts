/** Aggregates by the rules of RFC 4271 §9.2.2.2: when they are there, with which attributes, and what summary-only keeps back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAttribute, IPV4_UNICAST, IPV6_UNICAST, type PathAttribute } from '@tsbgp/wire';
import { FakePeer, settle, smallRib } from '../../test/fake-peer.ts';
import { NotSent, type Rib } from '../index.ts';
import { checkInvariants } from '../invariants.ts';
import type { AggregateOptions } from './aggregates.ts';

/** 192.0.0.0/16 as the RIB takes it. */
const AGGREGATE = prefix(16, 192, 0);
const OF_CONTRIBUTOR = '192.0.2.0/24';

function prefix(length: number, ...octets: number[]): Uint8Array {
  const bytes = new Uint8Array(17);
  bytes.set([length, ...octets]);
  return bytes;
}

function world(...aggregates: AggregateOptions[]): { rib: Rib; sender: FakePeer; receiver: FakePeer } {
  const rib = smallRib();
  const sender = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500 });
  const receiver = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: 64_500 });
  sender.up();
  receiver.up();
  rib.setAggregates(IPV4_UNICAST, aggregates);
  work(rib);
  return { rib, sender, receiver };
}

function work(rib: Rib): void {
  settle(rib);
  checkInvariants(rib);
}

function sent(receiver: FakePeer): readonly PathAttribute[] {
  const attributes = receiver.attributes.get('192.0.0.0/16');
  assert.ok(attributes, 'the aggregate is sent');
  return attributes;
}

test('an aggregate is there while a more specific prefix is, and not before and after', () => {
  const { rib, sender, receiver } = world({ prefix: AGGREGATE });
  assert.deepEqual([...receiver.view.keys()], []);
  sender.announce({ prefix: OF_CONTRIBUTOR, asPath: [65_001] }, { prefix: '192.0.3.0/24', asPath: [65_001] });
  work(rib);
  assert.deepEqual([...receiver.view.keys()].toSorted(), ['192.0.0.0/16', OF_CONTRIBUTOR, '192.0.3.0/24']);
  sender.withdraw(OF_CONTRIBUTOR);
  work(rib);
  assert.ok(receiver.view.has('192.0.0.0/16'));
  sender.withdraw('192.0.3.0/24');
  work(rib);
  assert.deepEqual([...receiver.view.keys()], []);
  assert.equal(rib.attributes.count, 0);
});

test('the prefix itself, a shorter one and one beside it do not contribute', () => {
  const { rib, sender, receiver } = world({ prefix: AGGREGATE });
  for (const each of ['192.0.0.0/16', '192.0.0.0/15', '193.0.0.0/24']) sender.announce({ prefix: each, asPath: [65_001, 65_009] });
  work(rib);
  assert.equal(rib.aggregatesOf(rib.table(IPV4_UNICAST))?.contributors(AGGREGATE), 0);
  assert.match(receiver.view.get('192.0.0.0/16') ?? '', /65009/, 'the route of the neighbor, not ours');
});

test('the AS_PATH is ours alone; ATOMIC_AGGREGATE says that ASes are left out, AGGREGATOR who did it (RFC 4271 §5.1.6, §5.1.7)', () => {
  const { rib, sender, receiver } = world({ prefix: AGGREGATE });
  sender.announce({ prefix: OF_CONTRIBUTOR, asPath: [65_001, 65_009], communities: [7], med: 5 });
  work(rib);
  assert.deepEqual(findAttribute(sent(receiver), 'as-path')?.value, [{ type: 'sequence', asns: [64_500] }]);
  assert.ok(findAttribute(sent(receiver), 'atomic-aggregate'));
  assert.deepEqual(findAttribute(sent(receiver), 'aggregator')?.value, { as: 64_500, address: '0.0.0.1' });
  assert.equal(findAttribute(sent(receiver), 'communities'), undefined);
  assert.equal(findAttribute(sent(receiver), 'multi-exit-disc'), undefined);
});

test('where no AS is left out and no contributor has it, there is no ATOMIC_AGGREGATE', () => {
  const { rib, receiver } = world({ prefix: AGGREGATE });
  const internal = new FakePeer(rib, { address: '10.0.0.3', as: 64_500, localAs: 64_500 });
  internal.up();
  internal.announce({ prefix: OF_CONTRIBUTOR, asPath: [] });
  work(rib);
  assert.equal(findAttribute(sent(receiver), 'atomic-aggregate'), undefined);
  const base = { flags: 0x40 } as const;
  internal.announceWith(
    [
      { type: 'origin', ...base, value: 'igp' },
      { type: 'as-path', ...base, value: [] },
      { type: 'atomic-aggregate', ...base, value: true },
    ],
    ['10.0.0.3'],
    '192.0.3.0/24',
  );
  work(rib);
  assert.ok(findAttribute(sent(receiver), 'atomic-aggregate'));
});

test('ORIGIN is the worst of the contributors, unless the operator gives one (RFC 4271 §9.2.2.2)', () => {
  for (const given of [undefined, 'egp'] as const) {
    const attributes: readonly PathAttribute[] = given === undefined ? [] : [{ type: 'origin', flags: 0x40, value: given }];
    const { rib, sender, receiver } = world({ prefix: AGGREGATE, attributes });
    sender.announce({ prefix: OF_CONTRIBUTOR, asPath: [65_001] });
    sender.announceWith(
      [
        { type: 'origin', flags: 0x40, value: 'incomplete' },
        { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: [65_001] }] },
      ],
      ['10.0.0.1'],
      '192.0.3.0/24',
    );
    work(rib);
    assert.equal(findAttribute(sent(receiver), 'origin')?.value, given ?? 'incomplete');
    sender.withdraw('192.0.3.0/24');
    work(rib);
    assert.equal(findAttribute(sent(receiver), 'origin')?.value, given ?? 'igp');
  }
});

test('communities are merged where that is wanted: each once, those of the operator first (RFC 1997, RFC 8092 §4)', () => {
  const own: PathAttribute = { type: 'communities', flags: 0xc0, value: [9, 7] };
  const { rib, sender, receiver } = world({ prefix: AGGREGATE, mergeCommunities: true, attributes: [own] });
  sender.announce({ prefix: OF_CONTRIBUTOR, asPath: [65_001], communities: [5, 7] });
  sender.announce({ prefix: '192.0.3.0/24', asPath: [65_001], communities: [5, 6] });
  work(rib);
  assert.deepEqual(findAttribute(sent(receiver), 'communities')?.value, [9, 7, 5, 6]);
  sender.withdraw('192.0.3.0/24');
  work(rib);
  assert.deepEqual(findAttribute(sent(receiver), 'communities')?.value, [9, 7, 5]);
});

test('summary-only: more specific prefixes are not sent, with the reason, and are again when the operator takes it back', () => {
  const { rib, sender, receiver } = world({ prefix: AGGREGATE, summaryOnly: true });
  sender.announce({ prefix: OF_CONTRIBUTOR, asPath: [65_001] }, { prefix: '198.51.100.0/24', asPath: [65_001] });
  work(rib);
  assert.deepEqual([...receiver.view.keys()].toSorted(), ['192.0.0.0/16', '198.51.100.0/24']);
  const table = rib.table(IPV4_UNICAST);
  const [group] = rib.groupsOf(table);
  assert.equal(group?.notSent(NotSent.Summarized), 1);
  const explained = rib.explainExport(receiver.ribPeer!, IPV4_UNICAST, table.index.findWire(Uint8Array.of(24, 192, 0, 2), 0));
  assert.deepEqual(
    explained?.paths.map(({ reason }) => reason),
    ['summarized'],
  );
  assert.equal(table.summarized?.has(table.index.findWire(Uint8Array.of(24, 192, 0, 2), 0)), true);
  rib.setAggregates(IPV4_UNICAST, [{ prefix: AGGREGATE }]);
  work(rib);
  assert.deepEqual([...receiver.view.keys()].toSorted(), ['192.0.0.0/16', OF_CONTRIBUTOR, '198.51.100.0/24']);
  assert.equal(table.summarized, undefined);
  assert.equal(receiver.log.filter((each) => each === 'withdraw 192.0.0.0/16').length, 0, 'the aggregate stayed');
});

test('aggregates within aggregates: each counts prefixes that are none, and is sent', () => {
  const { rib, sender, receiver } = world({ prefix: AGGREGATE, summaryOnly: true }, { prefix: prefix(8, 192) });
  sender.announce({ prefix: OF_CONTRIBUTOR, asPath: [65_001] });
  work(rib);
  assert.deepEqual([...receiver.view.keys()].toSorted(), ['192.0.0.0/16', '192.0.0.0/8']);
  const aggregates = rib.aggregatesOf(rib.table(IPV4_UNICAST));
  assert.deepEqual([aggregates?.contributors(AGGREGATE), aggregates?.contributors(prefix(8, 192))], [1, 1]);
});

test('an aggregate that is configured later counts the prefixes that are there; without aggregates nothing is kept', () => {
  const { rib, sender, receiver } = world();
  sender.announce({ prefix: OF_CONTRIBUTOR, asPath: [65_001] });
  work(rib);
  const table = rib.table(IPV4_UNICAST);
  assert.equal(rib.aggregatesOf(table), undefined);
  rib.setAggregates(IPV4_UNICAST, [{ prefix: AGGREGATE }]);
  assert.equal(rib.idle, false);
  work(rib);
  assert.ok(receiver.view.has('192.0.0.0/16'));
  rib.setAggregates(IPV4_UNICAST, []);
  work(rib);
  assert.deepEqual([...receiver.view.keys()], [OF_CONTRIBUTOR]);
  assert.equal(rib.aggregatesOf(table), undefined);
});

test('IPv6, with our own next hop', () => {
  const { rib, sender, receiver } = world();
  rib.setAggregates(IPV6_UNICAST, [{ prefix: prefix(32, 0x20, 0x01, 0x0d, 0xb8), summaryOnly: true }]);
  sender.announce({ prefix: '2001:db8:1::/48', asPath: [65_001] });
  work(rib);
  assert.deepEqual([...receiver.view.keys()], ['2001:db8::/32']);
  assert.match(receiver.view.get('2001:db8::/32') ?? '', /^2001:db8:ffff::1 /);
});
