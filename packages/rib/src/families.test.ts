/** Families whose NLRI are no plain prefixes: received, chosen, sent and withdrawn as octets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Family,
  Fault,
  fromHex,
  IPV4_UNICAST,
  type PathAttribute,
  parseExtendedCommunity,
  parseFamily,
  toHex,
  UpdateError,
} from '@tsbgp/wire';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../test/fake-peer.ts';
import { NotSent } from './export/not-sent.ts';
import { checkInvariants } from './invariants.ts';
import type { Rib } from './rib.ts';

const VPN = parseFamily('ipv4-mpls-vpn')!;
const EVPN = parseFamily('l2vpn-evpn')!;
const FLOW = parseFamily('ipv4-flowspec')!;
const LABELED = parseFamily('ipv4-labeled-unicast')!;
const MULTICAST = parseFamily('ipv4-multicast')!;
const UNKNOWN = parseFamily('afi-9/safi-200')!;

function attributes(...asns: number[]): PathAttribute[] {
  return [
    { type: 'origin', flags: 0x40, value: 'igp' },
    { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns }] },
  ];
}

/** A RIB and external peers 192.0.2.1, 192.0.2.2, … in AS 64501, 64502, … */
function world(family: Family, count: number, options: Partial<FakePeerOptions> = {}): { rib: Rib; peers: FakePeer[] } {
  const rib = smallRib();
  rib.addFamily(family);
  const peers = Array.from({ length: count }, (_, at) => {
    const address = `192.0.2.${at + 1}`;
    return new FakePeer(rib, { address, as: 64_501 + at, localAs: 64_500, families: [family], ...options });
  });
  for (const peer of peers) peer.up();
  settle(rib);
  return { rib, peers };
}

function check(rib: Rib): void {
  settle(rib);
  checkInvariants(rib);
}

function shown(peer: FakePeer): string[] {
  return [...peer.view.values()].map((text) => text.split(' [')[0]!).toSorted();
}

test('RFC 8277 §2.4: labels are no part of a route; one with other labels takes its place, and goes out with them', () => {
  const { rib, peers } = world(VPN, 2);
  const [a, b] = peers as [FakePeer, FakePeer];
  a.announceNlri(VPN, ['65000:1 10.0.0.0/8 labels 16', '65000:2 10.0.0.0/8 labels 16,17'], attributes(64_501), '192.0.2.1');
  check(rib);
  assert.deepEqual(b.view.size, 2);
  assert.deepEqual(shown(b), ['65000:1 10.0.0.0/8 labels 16 | 192.0.2.1', '65000:2 10.0.0.0/8 labels 16,17 | 192.0.2.1']);
  a.announceNlri(VPN, ['65000:1 10.0.0.0/8 labels 99'], attributes(64_501), '192.0.2.1');
  check(rib);
  assert.equal(rib.table(VPN).pathCount, 2);
  assert.deepEqual(shown(b)[0], '65000:1 10.0.0.0/8 labels 99 | 192.0.2.1');
  b.log.length = 0;
  a.announceNlri(VPN, ['65000:1 10.0.0.0/8 labels 99'], attributes(64_501), '192.0.2.1');
  check(rib);
  assert.deepEqual(b.log, [], 'nothing is sent where nothing changed');
  a.withdrawNlri(VPN, '65000:1 10.0.0.0/8 labels withdraw');
  a.withdrawNlri(VPN, '65000:2 10.0.0.0/8 labels 5');
  check(rib);
  assert.deepEqual(b.log, ['withdraw 65000:1 10.0.0.0/8 labels withdraw', 'withdraw 65000:2 10.0.0.0/8 labels withdraw']);
  assert.equal(b.view.size, 0);
  assert.equal(rib.table(VPN).index.count, 0);
});

test('the labels are those of the path that is best', () => {
  const { rib, peers } = world(VPN, 3);
  const [a, b, c] = peers as [FakePeer, FakePeer, FakePeer];
  a.announceNlri(VPN, ['65000:1 10.0.0.0/8 labels 16'], attributes(64_501, 1), '192.0.2.1');
  b.announceNlri(VPN, ['65000:1 10.0.0.0/8 labels 32'], attributes(64_502), '192.0.2.2');
  check(rib);
  assert.deepEqual(shown(c), ['65000:1 10.0.0.0/8 labels 32 | 192.0.2.2']);
  b.down();
  check(rib);
  assert.deepEqual(shown(c), ['65000:1 10.0.0.0/8 labels 16 | 192.0.2.1']);
});

test('a route that goes and comes again with other labels before it is decided is sent again, also to a member that is behind', () => {
  const { rib, peers } = world(VPN, 2);
  const [a, b] = peers as [FakePeer, FakePeer];
  a.announceNlri(VPN, ['65000:1 10.0.0.0/8 labels 16'], attributes(64_501), '192.0.2.1');
  check(rib);
  b.backlogBytes = 1 << 30;
  a.withdrawNlri(VPN, '65000:1 10.0.0.0/8 labels withdraw');
  a.announceNlri(VPN, ['65000:1 10.0.0.0/8 labels 17'], attributes(64_501), '192.0.2.1');
  settle(rib);
  assert.deepEqual(shown(b), ['65000:1 10.0.0.0/8 labels 16 | 192.0.2.1']);
  b.backlogBytes = 0;
  check(rib);
  assert.deepEqual(shown(b), ['65000:1 10.0.0.0/8 labels 17 | 192.0.2.1']);
});

test('labels and tunnels belong to the next hop: it goes to an external peer as it came in, unless next-hop-self is wanted', () => {
  const own = new Map([[VPN, fromHex('0000000000000000 c6336401')]]);
  const { rib, peers } = world(VPN, 2, { nextHopSelf: own });
  const [a, b] = peers as [FakePeer, FakePeer];
  a.announceNlri(VPN, ['65000:1 10.0.0.0/8 labels 16'], attributes(64_501), '192.0.2.77');
  check(rib);
  assert.match(shown(b)[0]!, / \| 192\.0\.2\.77$/);
  b.change({ nextHopSelfAlways: true });
  check(rib);
  assert.match(shown(b)[0]!, / \| 198\.51\.100\.1$/);
});

test('RFC 4271 §6.3: a next hop of ours after a route distinguisher is not used', () => {
  const { rib, peers } = world(VPN, 2, { ownAddresses: ['198.51.100.1'] });
  const [a, b] = peers as [FakePeer, FakePeer];
  a.announceNlri(VPN, ['65000:1 10.0.0.0/8 labels 16'], attributes(64_501), '198.51.100.1');
  a.announceNlri(VPN, ['65000:1 11.0.0.0/8 labels 16'], attributes(64_501), '0.0.0.0');
  check(rib);
  assert.equal(b.view.size, 0);
  assert.equal(rib.table(VPN).pathCount, 2);
});

test('RFC 7432 §7.2: a MAC address that moves is the same route; its ESI and labels go out as they came in', () => {
  const { rib, peers } = world(EVPN, 3);
  const [a, b, c] = peers as [FakePeer, FakePeer, FakePeer];
  const mac = (esi: string, labels: string): string =>
    `mac-ip-advertisement rd 65000:1 esi ${esi} ethernet-tag 0 mac 02:00:00:00:00:01 ip 192.0.2.1 label-fields ${labels}`;
  const first = mac('00:00:00:00:00:00:00:00:00:00', '100');
  const moved = mac('00:11:22:33:44:55:66:77:88:99', '200,300');
  const mobility: PathAttribute = { type: 'extended-communities', flags: 0xc0, value: [parseExtendedCommunity('0x0600000000000001')] };
  a.announceNlri(
    EVPN,
    [first, 'inclusive-multicast rd 65000:1 ethernet-tag 0 originating-router 192.0.2.1'],
    attributes(64_501),
    '192.0.2.1',
  );
  b.announceNlri(EVPN, [moved], [...attributes(64_502), mobility], '192.0.2.2');
  check(rib);
  assert.equal(rib.table(EVPN).index.count, 2);
  assert.equal(c.view.size, 2);
  a.withdrawNlri(EVPN, first);
  check(rib);
  assert.ok(shown(c).includes(`${moved} | 192.0.2.2`));
  assert.equal(c.view.size, 2);
});

test('RFC 8955 §4: a flow specification has no next hop, and goes out without one', () => {
  const { rib, peers } = world(FLOW, 2);
  const [a, b] = peers as [FakePeer, FakePeer];
  const rule = 'destination-prefix 192.0.2.0/24 ip-protocol =6 destination-port =80';
  a.announceNlri(FLOW, [rule], attributes(64_501), '');
  check(rib);
  assert.deepEqual(shown(b), [`${rule} | `]);
  b.change({ nextHopSelfAlways: true });
  check(rib);
  assert.deepEqual(shown(b), [`${rule} | `]);
});

/** An UPDATE body with MP_REACH_NLRI first, ORIGIN and AS_PATH (64501) after it. */
function withReach(value: string): Uint8Array {
  const octets = toHex(fromHex(value));
  const mp = `80 0e ${(octets.length / 2).toString(16).padStart(2, '0')} ${octets}`;
  const all = fromHex(`${mp} 40 01 01 00 40 02 06 02 01 0000fbf5`);
  return fromHex(`0000 ${all.length.toString(16).padStart(4, '0')} ${toHex(all)}`);
}

test('RFC 8955 §10: a malformed flow specification withdraws all routes of its UPDATE', () => {
  const faults: Fault[] = [];
  const rib = smallRib(undefined, 64_500, { observer: { fault: (_, fault) => void faults.push(fault), endOfRib: () => undefined } });
  rib.addFamily(FLOW);
  const a = new FakePeer(rib, { address: '192.0.2.1', as: 64_501, localAs: 64_500, families: [FLOW] });
  a.up();
  a.announceNlri(FLOW, ['destination-prefix 192.0.2.0/24'], attributes(64_501), '');
  check(rib);
  // The same rule, and one whose components are out of order.
  assert.equal(a.raw(withReach('0001 85 00 00 05 01 18 c00002 06 03 81 06 01 08 0a')), undefined);
  check(rib);
  assert.deepEqual(
    faults.map(({ action, subcode }) => [action, subcode]),
    [['withdraw', UpdateError.InvalidNetworkField]],
  );
  assert.equal(rib.table(FLOW).pathCount, 0);
});

test('RFC 7606 §5.4: a malformed route of a typed family is discarded, and the routes beside it are in force', () => {
  const faults: Fault[] = [];
  const rib = smallRib(undefined, 64_500, { observer: { fault: (_, fault) => void faults.push(fault), endOfRib: () => undefined } });
  rib.addFamily(EVPN);
  const a = new FakePeer(rib, { address: '192.0.2.1', as: 64_501, localAs: 64_500, families: [EVPN] });
  a.up();
  // Type 3 with two octets, then type 3 as it should be, then a type that nobody knows.
  const multicast = '03 11 0000fde800000001 00000000 20 c0000201';
  assert.equal(a.raw(withReach(`0019 46 04 c0000201 00 03 02 0102 ${multicast} 63 02 0102`)), undefined);
  check(rib);
  assert.deepEqual(
    faults.map(({ action }) => action),
    ['discard'],
  );
  assert.equal(rib.table(EVPN).pathCount, 2);
});

test('a family that nobody knows is reflected as octets, a field as a whole, and withdrawn by the same octets', () => {
  const { rib, peers } = world(UNKNOWN, 2);
  const [a, b] = peers as [FakePeer, FakePeer];
  a.announceNlri(UNKNOWN, ['0xdeadbeef0102'], attributes(64_501), '192.0.2.1');
  check(rib);
  assert.deepEqual(shown(b), ['0xdeadbeef0102 | 192.0.2.1']);
  a.withdrawNlri(UNKNOWN, '0xdeadbeef0102');
  check(rib);
  assert.equal(b.view.size, 0);
});

test('an external peer is sent routes of multicast with our own next hop, as those of unicast', () => {
  const { rib, peers } = world(MULTICAST, 2, { nextHopSelf: new Map([[MULTICAST, fromHex('c6336401')]]) });
  const [a, b] = peers as [FakePeer, FakePeer];
  a.announceNlri(MULTICAST, ['192.0.2.0/24'], attributes(64_501), '192.0.2.1');
  check(rib);
  assert.match(b.view.get('192.0.2.0/24')!, /^198\.51\.100\.1 /);
});

test('RFC 7911: with ADD-PATH each path has its own labels', () => {
  const { rib, peers } = world(LABELED, 3, { addPath: [LABELED] });
  const [a, b, c] = peers as [FakePeer, FakePeer, FakePeer];
  a.announceNlri(LABELED, ['10.0.0.0/8 labels 16'], attributes(64_501), '192.0.2.1');
  b.announceNlri(LABELED, ['10.0.0.0/8 labels 32'], attributes(64_502), '192.0.2.2');
  check(rib);
  assert.deepEqual(
    shown(c)
      .map((text) => text.replace(/ path-id \d+/, ''))
      .toSorted(),
    ['10.0.0.0/8 labels 16 | 192.0.2.1', '10.0.0.0/8 labels 32 | 192.0.2.2'],
  );
  a.announceNlri(LABELED, ['10.0.0.0/8 labels 17'], attributes(64_501), '192.0.2.1');
  check(rib);
  assert.ok(shown(c).some((text) => text.startsWith('10.0.0.0/8 labels 17 ')));
  assert.equal(c.view.size, 2);
  b.withdrawNlri(LABELED, '10.0.0.0/8 labels withdraw');
  check(rib);
  assert.equal(c.view.size, 1);
});

test('limits, graceful restart and refresh work as for prefixes', () => {
  const limits = { action: 'discard', warningPercent: 80, routes: new Map([[VPN, { received: 2 }]]) } as const;
  const { rib, peers } = world(VPN, 2, { limits });
  const [a, b] = peers as [FakePeer, FakePeer];
  const routes = [1, 2, 3].map((octet) => `65000:1 10.${octet}.0.0/16 labels 16`);
  a.announceNlri(VPN, routes, attributes(64_501), '192.0.2.1');
  check(rib);
  assert.equal(rib.table(VPN).pathCount, 2);
  assert.equal(rib.table(VPN).index.count, 2);
  a.suspend(VPN);
  check(rib);
  assert.equal(b.view.size, 2, 'stale routes stay');
  a.resume();
  b.log.length = 0;
  a.announceNlri(VPN, [routes[0]!.replace('labels 16', 'labels 20')], attributes(64_501), '192.0.2.1');
  rib.endRefresh(a.ribPeer!, VPN);
  check(rib);
  assert.deepEqual(b.log.toSorted(), ['announce 65000:1 10.1.0.0/16 labels 20', 'withdraw 65000:1 10.2.0.0/16 labels withdraw']);
});

test('messages with long NLRI are as full as they get, and one that no message holds is not sent', () => {
  const { rib, peers } = world(FLOW, 2, { extendedMessage: true });
  const [a, b] = peers as [FakePeer, FakePeer];
  const ports = (first: number, count = 900): string => Array.from({ length: count }, (_, at) => `=${first + at + 300}`).join(',');
  for (let rule = 0; rule < 40; rule++) {
    a.announceNlri(FLOW, [`destination-prefix 10.${rule}.0.0/16 port ${ports(rule)}`], attributes(64_501), '');
  }
  check(rib);
  assert.equal(b.view.size, 40);
  assert.ok(b.messages < 10, `${b.messages} messages`);
  b.down();
  b.up({ extendedMessage: false });
  check(rib);
  assert.equal(b.view.size, 40);
  a.announceNlri(FLOW, [`port ${ports(1, 1355)}`], attributes(64_501), '');
  check(rib);
  assert.equal(b.view.size, 40);
  assert.equal(b.ribPeer && rib.memberOf(b.ribPeer, FLOW)?.group.notSent(NotSent.TooLarge), 1);
  a.withdrawNlri(FLOW, `port ${ports(1, 1355)}`);
  check(rib);
  assert.equal(rib.table(FLOW).index.count, 40);
});

test('a family that is added while sessions last has counters, and those of others stay as they are', () => {
  const rib = smallRib();
  const a = new FakePeer(rib, { address: '192.0.2.1', as: 64_501, localAs: 64_500 });
  a.up();
  a.announce({ prefix: '192.0.2.0/24', asPath: [64_501] });
  check(rib);
  assert.equal(rib.addFamily(EVPN), rib.addFamily(EVPN));
  assert.equal(rib.addFamily(IPV4_UNICAST), rib.tables[0]);
  check(rib);
  a.down();
  check(rib);
});
