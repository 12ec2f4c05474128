/**
 * An UPDATE enters the Adj-RIB-In: RFC 7606's verdicts on routes, and what a block that is known already may skip.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { FakePeer, settle } from '../test/fake-peer.ts';
import { Rib } from './index.ts';
import { checkInvariants } from './invariants.ts';

const ORIGIN = '40010100';
const AS_PATH = '4002060201 0000fdea';
const NEXT_HOP = '400304 0a000002';
const PREFIX = '18 c00002';

function scene(options: { internal?: boolean } = {}) {
  const faults: string[] = [];
  const endOfRib: number[] = [];
  const rib = new Rib({
    localAs: 64_512,
    bgpIdentifier: 1,
    observer: {
      fault: (_peer, fault) => faults.push(`${fault.action} ${fault.code}/${fault.subcode}`),
      endOfRib: (_peer, of) => endOfRib.push(of),
    },
    capacity: { ipv4: 8, ipv6: 8, attributeSets: 8 },
  });
  const sender = new FakePeer(rib, { address: '10.0.0.2', as: options.internal === true ? 64_512 : 65_002, localAs: 64_512 });
  const receiver = new FakePeer(rib, { address: '10.0.0.3', as: 65_003, localAs: 64_512 });
  sender.up();
  receiver.up();
  const send = (withdrawn: string, attributes: string, nlri: string) => {
    const [w, a, n] = [fromHex(withdrawn), fromHex(attributes), fromHex(nlri)];
    const body = new Uint8Array([w.length >> 8, w.length & 255, ...w, a.length >> 8, a.length & 255, ...a, ...n]);
    const fault = sender.raw(body);
    settle(rib);
    checkInvariants(rib);
    return fault === undefined ? undefined : `${fault.action} ${fault.code}/${fault.subcode}`;
  };
  return { rib, sender, receiver, faults, endOfRib, send };
}

test('RFC 4271 §9: an announced route is held, and sent on', () => {
  const { receiver, send } = scene();
  assert.equal(send('', ORIGIN + AS_PATH + NEXT_HOP, PREFIX), undefined);
  assert.deepEqual([...receiver.view.keys()], ['192.0.2.0/24']);
});

test('RFC 7606 §2: treat-as-withdraw takes back what was announced before', () => {
  const { receiver, faults, send } = scene();
  send('', ORIGIN + AS_PATH + NEXT_HOP, PREFIX);
  assert.equal(send('', `40010107${AS_PATH}${NEXT_HOP}`, PREFIX), undefined);
  assert.deepEqual(faults, ['withdraw 3/6']);
  assert.equal(receiver.view.size, 0);
});

test('RFC 7606 §3 d: a missing NEXT_HOP is treat-as-withdraw', () => {
  const { receiver, faults, send } = scene();
  assert.equal(send('', ORIGIN + AS_PATH, PREFIX), undefined);
  assert.deepEqual(faults, ['withdraw 3/3']);
  assert.equal(receiver.view.size, 0);
});

test('RFC 7606 §5.3: NLRI that cannot be read end the session, and nothing of the UPDATE is applied', () => {
  const { rib, send } = scene();
  assert.equal(send('', ORIGIN + AS_PATH + NEXT_HOP, `${PREFIX} 21 c0000200`), 'reset 3/10');
  assert.equal(rib.table(IPV4_UNICAST).pathCount, 0);
});

test('RFC 7606 §3 a: lengths that contradict each other end the session', () => {
  const { sender } = scene();
  assert.equal(sender.raw(fromHex('0005 00 0000'))?.action, 'reset');
});

test('RFC 7606 §7.5: LOCAL_PREF of an external peer is discarded, also in a block that an internal one may send', () => {
  const { rib, faults, send } = scene();
  const internal = new FakePeer(rib, { address: '10.0.0.4', as: 64_512, localAs: 64_512 });
  internal.up();
  internal.announce({ prefix: '198.51.100.0/24', asPath: [65_002], nextHop: '10.0.0.2', localPref: 500 });
  // The very octets that the internal peer's set is interned by.
  assert.equal(send('', `${ORIGIN}${AS_PATH}${NEXT_HOP}400504000001f4`, PREFIX), undefined);
  assert.deepEqual(faults, ['discard 3/9']);
  const table = rib.table(IPV4_UNICAST);
  const path = table.best[table.index.findWire(fromHex(PREFIX), 0)]!;
  assert.equal(rib.attributes.octets(table.pathAttr[path]!).length, fromHex(ORIGIN + AS_PATH + NEXT_HOP).length);
});

test('RFC 4271 §9.1.2: a path with our own AS in it is held but not chosen', () => {
  const { rib, sender, receiver, send } = scene();
  send('', `${ORIGIN}40020a0202 0000fdea 0000fc00${NEXT_HOP}`, PREFIX);
  assert.equal(receiver.view.size, 0);
  assert.equal(sender.ribPeer?.received[0], 1);
  assert.equal(sender.ribPeer?.accepted[0], 0);
  assert.equal(rib.table(IPV4_UNICAST).bestCount, 0);
});

test('RFC 4271 §4.3: the same route in both fields of an UPDATE counts as announced', () => {
  const { receiver, send } = scene();
  send('', ORIGIN + AS_PATH + NEXT_HOP, PREFIX);
  assert.equal(send(PREFIX, ORIGIN + AS_PATH + NEXT_HOP, PREFIX), undefined);
  assert.equal(receiver.view.size, 1);
});

test('RFC 4724 §2: End-of-RIB of both forms is heard', () => {
  const { endOfRib, send } = scene();
  send('', '', '');
  send('', '800f03 0002 01', '');
  assert.deepEqual(endOfRib, [IPV4_UNICAST, IPV6_UNICAST]);
});

test('RFC 1997: NO_EXPORT stays with us, NO_ADVERTISE too', () => {
  for (const community of ['ffffff01', 'ffffff02']) {
    const { rib, receiver, send } = scene();
    send('', `${ORIGIN}${AS_PATH}${NEXT_HOP}c00804${community}`, PREFIX);
    assert.equal(rib.table(IPV4_UNICAST).bestCount, 1);
    assert.equal(receiver.view.size, 0);
  }
});
