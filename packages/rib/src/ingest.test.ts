/**
 * An UPDATE enters the Adj-RIB-In: RFC 7606's verdicts on routes, and what a block that is known already may skip.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, IPV4_UNICAST, IPV6_UNICAST, toHex } from '@tsbgp/wire';
import { FakePeer, settle } from '../test/fake-peer.ts';
import { Rib } from './index.ts';
import { checkInvariants } from './invariants.ts';

const ORIGIN = '40010100';
const AS_PATH = '4002060201 0000fdea';
const NEXT_HOP = '400304 0a000002';
const PREFIX = '18 c00002';

interface SceneOptions {
  readonly internal?: boolean;
  readonly fourOctetAs?: boolean;
  /** Whether IPv4 routes with IPv6 next hops were agreed upon. */
  readonly extendedNextHop?: boolean;
}

function scene(options: SceneOptions = {}) {
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
  const sender = new FakePeer(rib, { address: '10.0.0.2', as: options.internal === true ? 64_512 : 65_002, localAs: 64_512, ...options });
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

test('RFC 7606 §7.11, RFC 8950 §4: IPv4 with a next hop of 16 octets, not agreed upon, ends the session', () => {
  const { rib, sender, receiver } = scene({ extendedNextHop: false });
  // The whole message: IPv4 unicast in MP_REACH_NLRI, next hop 2001:db8::2, 198.51.100.0/24.
  const message = fromHex(
    'ffffffffffffffffffffffffffffffff00400200000029800e190001011020010db80000000000000000000000020018c633644001010040020602010000fde9',
  );
  const fault = sender.raw(message.subarray(19));
  assert.deepEqual([fault?.action, fault?.code, fault?.subcode], ['reset', 3, 9]);
  assert.equal(rib.table(IPV4_UNICAST).pathCount, 0);
  assert.equal(receiver.messages, 0);
});

/** MP_REACH_NLRI of one prefix. */
function reach(family: string, nextHop: string, nlri: string): string {
  const hop = nextHop.replaceAll(' ', '');
  const value = `${family}${(hop.length / 2).toString(16).padStart(2, '0')}${hop}00${nlri}`.replaceAll(' ', '');
  return `800e${(value.length / 2).toString(16).padStart(2, '0')}${value}`;
}

const IPV6_HOP = '20010db8000000000000000000000002';
const LINK_LOCAL = 'fe800000000000000000000000000002';

for (const [title, mpReach, outcome] of [
  ['IPv4 with an IPv4 next hop', reach('000101', '0a000002', '18 c63364'), 'best'],
  ['IPv4 with 0.1.2.3', reach('000101', '00010203', '18 c63364'), 'unusable'],
  ['IPv4 with 224.0.0.1', reach('000101', 'e0000001', '18 c63364'), 'unusable'],
  ['IPv4 with 255.255.255.255', reach('000101', 'ffffffff', '18 c63364'), 'unusable'],
  ['IPv4 with an IPv6 next hop that was agreed upon', reach('000101', IPV6_HOP, '18 c63364'), 'best'],
  ['IPv4 with two IPv6 next hops that were agreed upon', reach('000101', IPV6_HOP + LINK_LOCAL, '18 c63364'), 'best'],
  ['IPv4 with :: as next hop', reach('000101', '00'.repeat(16), '18 c63364'), 'unusable'],
  ['IPv6 with a global next hop', reach('000201', IPV6_HOP, '20 20010db8'), 'best'],
  ['IPv6 with a link-local next hop', reach('000201', LINK_LOCAL, '20 20010db8'), 'best'],
  ['IPv6 with both', reach('000201', IPV6_HOP + LINK_LOCAL, '20 20010db8'), 'best'],
  ['IPv6 with ::', reach('000201', '00'.repeat(16), '20 20010db8'), 'unusable'],
  ['IPv6 with ff02::1', reach('000201', `ff02${'00'.repeat(13)}01`, '20 20010db8'), 'unusable'],
  ['IPv6 with ::ffff:224.0.0.1', reach('000201', `${'00'.repeat(10)}ffffe0000001`, '20 20010db8'), 'unusable'],
  ['IPv6 with ::ffff:10.0.0.2', reach('000201', `${'00'.repeat(10)}ffff0a000002`, '20 20010db8'), 'best'],
  ['IPv6 with a next hop of 4 octets', reach('000201', '0a000002', '20 20010db8'), 'reset 3/9'],
  ['IPv6 with a next hop of 24 octets', reach('000201', IPV6_HOP + '00'.repeat(8), '20 20010db8'), 'reset 3/9'],
  ['IPv4 without a next hop', reach('000101', '', '18 c63364'), 'reset 3/9'],
  ['IPv4 with a next hop of 5 octets', reach('000101', '0a00000200', '18 c63364'), 'reset 3/9'],
] as const) {
  test(`RFC 7606 §7.11, RFC 4271 §6.3: no route without a usable next hop is best: ${title}: ${outcome}`, () => {
    const { rib, receiver, send } = scene({ extendedNextHop: true });
    const got = send('', mpReach + ORIGIN + AS_PATH, '');
    const tables = rib.tables;
    if (outcome.startsWith('reset')) {
      assert.equal(got, outcome);
      assert.ok(tables.every((table) => table.pathCount === 0));
      return;
    }
    assert.equal(got, undefined);
    assert.equal(
      tables.reduce((sum, table) => sum + table.pathCount, 0),
      1,
    );
    const best = tables.reduce((sum, table) => sum + table.bestCount, 0);
    assert.equal(best, outcome === 'best' ? 1 : 0);
    assert.equal(receiver.view.size, best);
  });
}

for (const [title, attributes] of [
  ['AFI 27, SAFI 1, announced', '800e09 001b 01 04 0a0a0a0a 00'],
  ['AFI 27, SAFI 1, withdrawn', '800f06 001b 01 18c633'],
  ['AFI 27, SAFI 1, End-of-RIB', '800f03 001b 01'],
  ['AFI 9, SAFI 200, announced', '800e0b 0009 c8 04 0a0a0a0a 00 ffff'],
  ['AFI 1, SAFI 128, which was not negotiated, with the next hop of SAFI 1', '800e09 0001 80 04 0a0a0a0a 00'],
  ['AFI 25, SAFI 70, which was not negotiated, with a broken route', '800e0b 0019 46 04 0a0a0a0a 00 02ff'],
  ['AFI 2, SAFI 2, which was not negotiated, with a prefix of 255 bits', '800f05 0002 02 ff00'],
] as const) {
  test(`RFC 4760 §8: a family that nobody knows or that was not negotiated is ignored: ${title}`, () => {
    const { rib, endOfRib, send } = scene();
    assert.equal(send('', attributes, ''), undefined);
    assert.equal(send('', attributes + ORIGIN + AS_PATH + NEXT_HOP, PREFIX), undefined);
    assert.equal(rib.table(IPV4_UNICAST).bestCount, 1);
    assert.deepEqual(endOfRib, []);
  });
}

for (const internal of [true, false]) {
  for (const [title, path] of [
    ['AS_CONFED_SEQUENCE', '40020603010000ffdd'],
    ['AS_CONFED_SET', '40020604010000ffdd'],
    ['AS_CONFED_SEQUENCE after a sequence', '40020c 02010000fdea 03010000ffdd'],
  ] as const) {
    test(`RFC 5065 §4.1, §5: ${title} from an ${internal ? 'internal' : 'external'} peer is treat-as-withdraw without a confederation`, () => {
      const { rib, faults, receiver, send } = scene({ internal });
      send('', ORIGIN + AS_PATH + NEXT_HOP, PREFIX);
      assert.equal(receiver.view.size, 1);
      assert.equal(send('', `${ORIGIN}${path}4003047f00000440050400000064`, PREFIX), undefined);
      assert.equal(faults[0], 'withdraw 3/11');
      assert.equal(rib.table(IPV4_UNICAST).pathCount, 0);
      assert.equal(receiver.view.size, 0);
    });
  }
}

test('RFC 6793 §6: confederation segments in AS4_PATH are ignored, the rest of it is not', () => {
  const { receiver, send } = scene({ fourOctetAs: false });
  // AS_PATH 65002 23456, AS4_PATH (65501) 65002 70000.
  send('', `${ORIGIN}4002060202fdea5ba0${NEXT_HOP}c01110 03010000ffdd 02020000fdea00011170`, PREFIX);
  assert.match([...receiver.view.values()].join(), /"asns":\[64512,65002,70000\]/);
});

for (const [title, first] of [
  ['an AGGREGATOR of no octets', 'c00700'],
  ['a LOCAL_PREF that an external peer may not send', '40050400000064'],
  ['an ATOMIC_AGGREGATE of one octet', '40060101'],
] as const) {
  test(`RFC 7606 §3 (g): the second of a kind is discarded, also when the first was: ${title}`, () => {
    const { rib, faults, send } = scene();
    const second = { c0: 'c007080000fde9c0000201', '40': first.startsWith('4005') ? '400504000001f4' : '400600' }[first.slice(0, 2)]!;
    assert.equal(send('', ORIGIN + AS_PATH + NEXT_HOP + first + second, PREFIX), undefined);
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /^discard/);
    const table = rib.table(IPV4_UNICAST);
    const path = table.best[table.index.findWire(fromHex(PREFIX), 0)]!;
    assert.equal(toHex(rib.attributes.octets(table.pathAttr[path]!)), toHex(fromHex(ORIGIN + AS_PATH + NEXT_HOP)));
  });
}

for (const [name, attribute] of [
  ['MP_REACH_NLRI', reach('000201', IPV6_HOP, '20 20010db8')],
  ['MP_UNREACH_NLRI', '800f08 000201 20 20010db8'],
] as const) {
  test(`RFC 7606 §3 (g): ${name} twice ends the session`, () => {
    const { send } = scene();
    assert.equal(send('', attribute + ORIGIN + AS_PATH + attribute, ''), 'reset 3/1');
  });
}

/** AS_PATH of `count` two-octet numbers. */
function longPath(count: number, as: number): string {
  let path = '';
  for (let left = count; left > 0; left -= 255) {
    const inSegment = Math.min(left, 255);
    path += `02${inSegment.toString(16).padStart(2, '0')}${as.toString(16).padStart(4, '0').repeat(inSegment)}`;
  }
  return `5002${(path.length / 2).toString(16).padStart(4, '0')}${path}`;
}

for (const [count, communities, outcome] of [
  [15_000, 0, 'held'],
  [16_200, 0, 'held'],
  [16_384, 0, 'withdraw'],
  [20_000, 0, 'withdraw'],
  [15_000, 5000, 'withdraw'],
] as const) {
  test(`a two-octet peer's AS_PATH of ${count} numbers, with ${communities} communities: ${outcome}`, () => {
    const { rib, faults, send } = scene({ fourOctetAs: false });
    send('', `${ORIGIN}4002040201fdea${NEXT_HOP}`, PREFIX);
    const block = `d008${(4 * communities).toString(16).padStart(4, '0')}${'fde90001'.repeat(communities)}`;
    assert.equal(send('', ORIGIN + longPath(count, 65_002) + NEXT_HOP + (communities > 0 ? block : ''), PREFIX), undefined);
    assert.equal(rib.table(IPV4_UNICAST).pathCount, outcome === 'held' ? 1 : 0);
    assert.deepEqual(faults, outcome === 'held' ? [] : ['withdraw 3/5']);
  });
}

test('RFC 4271 §4.3: the attributes of a two-octet peer are kept as it sent them, but for their AS numbers', () => {
  const { rib, send } = scene({ fourOctetAs: false });
  const others = 'c00804fde90001 c01010 0002fde900000001 0002fde900000002 e0630168';
  send('', `${reach('000201', IPV6_HOP, '20 20010db8')}${ORIGIN}4002060202fdea5ba0${NEXT_HOP}${others}c0110a02020000fdea00011170`, PREFIX);
  const shown = rib.tables.map((table) => toHex(rib.attributes.octets(table.pathAttr[1]!)));
  const rest = `40020a02020000fdea00011170`;
  const tail = others.replaceAll(' ', '');
  assert.deepEqual(shown, [
    `${ORIGIN}${rest}${NEXT_HOP.replaceAll(' ', '')}${tail}`,
    `800e14${'00020110'}${IPV6_HOP}${ORIGIN}${rest}${tail}`,
  ]);
});

test('RFC 4271 §4.3: equal sets are one set, whatever the bits of their flags that mean nothing', () => {
  const { rib, receiver, send } = scene();
  for (const [i, [origin, asPath, nextHop, communities]] of (
    [
      ['400101', '40', '40', 'c0'],
      ['450101', '41', '4f', 'c5'],
      ['600101', '60', '60', 'cf'],
      ['400101', '40', '40', 'c5'],
    ] as const
  ).entries()) {
    const block = `${origin}00 ${asPath}02060201 0000fde9 ${nextHop}03047f000002 ${communities}0804c5630101`;
    assert.equal(send('', block, `18 c6336${i}`), undefined, block);
  }
  assert.equal(rib.attributes.count, 1);
  assert.equal(receiver.view.size, 4);
});
