/** What a member is sent besides routes: End-of-RIB, and the marks of enhanced refreshes, in their order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { FakePeer, settle, smallRib } from '../../test/fake-peer.ts';
import type { RefreshMarks, Rib } from '../index.ts';
import { checkInvariants } from '../invariants.ts';

function scene(routes = 2): { rib: Rib; sender: FakePeer; receiver: FakePeer; marks: RefreshMarks } {
  const rib = smallRib();
  const sender = new FakePeer(rib, { address: '10.0.0.1', as: 65_001, localAs: 64_500 });
  sender.up();
  for (let at = 0; at < routes; at++) sender.announce({ prefix: `10.${at >> 8}.${at & 0xff}.0/24`, asPath: [65_001] });
  settle(rib);
  const receiver = new FakePeer(rib, { address: '10.0.0.2', as: 65_002, localAs: 64_500 });
  const marks = { begin: () => void receiver.log.push('BoRR'), end: () => void receiver.log.push('EoRR') };
  return { rib, sender, receiver, marks };
}

const ROUTES = ['announce 10.0.0.0/24', 'announce 10.0.1.0/24'];

/** What the receiver was sent of IPv4, the routes of one message in the order of prefixes. */
function sent({ log }: FakePeer): string[] {
  const order: string[] = [];
  for (let at = 0; at < log.length; ) {
    let end = at;
    while (end < log.length && log[end]!.startsWith('announce')) end++;
    order.push(...(end > at ? log.slice(at, end).sort() : [log[at]!]));
    at = Math.max(end, at + 1);
  }
  return order.filter((line) => !line.includes('ipv6'));
}

test('RFC 4724 §2, RFC 7313 §4: a refresh right after OPEN does not cost End-of-RIB, and begins after it', () => {
  const { rib, receiver, marks } = scene();
  receiver.up();
  rib.resend(receiver.ribPeer!, IPV4_UNICAST, marks);
  settle(rib);
  assert.deepEqual(sent(receiver), [...ROUTES, 'end-of-rib ipv4-unicast', 'BoRR', ...ROUTES, 'EoRR']);
  assert.deepEqual([...receiver.endOfRib].sort(), [IPV4_UNICAST, IPV6_UNICAST].sort());
});

test('RFC 2918 §4: a plain refresh right after OPEN does not cost End-of-RIB', () => {
  const { rib, receiver } = scene();
  receiver.up();
  rib.resend(receiver.ribPeer!, IPV4_UNICAST);
  settle(rib);
  assert.deepEqual(sent(receiver), [...ROUTES, 'end-of-rib ipv4-unicast']);
});

test('RFC 7313 §4: a refresh in step is marked at both ends', () => {
  const { rib, receiver, marks } = scene();
  receiver.up();
  settle(rib);
  receiver.log.length = 0;
  rib.resend(receiver.ribPeer!, IPV4_UNICAST, marks);
  settle(rib);
  assert.deepEqual(sent(receiver), ['BoRR', ...ROUTES, 'EoRR']);
});

test('RFC 7313 §4: refreshes asked for while one runs are answered by one more, and marks never nest', () => {
  const { rib, receiver, marks } = scene();
  receiver.up();
  settle(rib);
  receiver.log.length = 0;
  for (let asked = 0; asked < 1000; asked++) rib.resend(receiver.ribPeer!, IPV4_UNICAST, marks);
  settle(rib);
  assert.deepEqual(sent(receiver), ['BoRR', ...ROUTES, 'EoRR', 'BoRR', ...ROUTES, 'EoRR']);
});

test('a thousand refreshes before the first routes are one', () => {
  const { rib, receiver, marks } = scene();
  receiver.up();
  for (let asked = 0; asked < 1000; asked++) rib.resend(receiver.ribPeer!, IPV4_UNICAST, marks);
  settle(rib);
  assert.deepEqual(sent(receiver), [...ROUTES, 'end-of-rib ipv4-unicast', 'BoRR', ...ROUTES, 'EoRR']);
});

test('a plain refresh within an enhanced one sends everything before EoRR', () => {
  const { rib, receiver, marks } = scene();
  receiver.up();
  settle(rib);
  receiver.log.length = 0;
  rib.resend(receiver.ribPeer!, IPV4_UNICAST, marks);
  rib.resend(receiver.ribPeer!, IPV4_UNICAST);
  settle(rib);
  assert.deepEqual(sent(receiver), ['BoRR', ...ROUTES, 'EoRR']);
});

test('a refresh while a group is built in many slices ends in End-of-RIB, BoRR, routes, EoRR', () => {
  const { rib, receiver, marks } = scene(40_000);
  receiver.up();
  rib.work();
  rib.resend(receiver.ribPeer!, IPV4_UNICAST, marks);
  settle(rib);
  checkInvariants(rib);
  const order = receiver.log.filter((line) => !line.startsWith('announce') && !line.includes('ipv6'));
  assert.deepEqual(order, ['end-of-rib ipv4-unicast', 'BoRR', 'EoRR']);
  assert.equal(receiver.log.filter((line) => line.startsWith('announce')).length, 80_000);
});

test('a slow peer gets End-of-RIB and its refresh when its socket takes more', () => {
  const { rib, sender, receiver, marks } = scene();
  receiver.backlogBytes = 1 << 30;
  receiver.up();
  rib.resend(receiver.ribPeer!, IPV4_UNICAST, marks);
  settle(rib);
  assert.deepEqual(receiver.log, []);
  sender.withdraw('10.0.1.0/24');
  receiver.backlogBytes = 0;
  settle(rib);
  const left = ['announce 10.0.0.0/24'];
  assert.deepEqual(sent(receiver), [...left, 'end-of-rib ipv4-unicast', 'BoRR', ...left, 'EoRR']);
});

test('without routes there is End-of-RIB, and a refresh is its marks', () => {
  const { rib, receiver, marks } = scene(0);
  receiver.up();
  rib.resend(receiver.ribPeer!, IPV4_UNICAST, marks);
  settle(rib);
  assert.deepEqual(sent(receiver), ['end-of-rib ipv4-unicast', 'BoRR', 'EoRR']);
});
