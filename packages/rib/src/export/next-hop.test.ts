/** Which next hop goes out to whom, and which routes are not sent for want of one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, encodeAttributes, type Family, findAttribute, IPV4_UNICAST, IPV6_UNICAST, type PathAttribute } from '@tsbgp/wire';
import { FakePeer, type FakePeerOptions, settle, smallRib } from '../../test/fake-peer.ts';
import { inject } from '../../test/inject.ts';
import { NotSent, type Rib } from '../index.ts';
import { checkInvariants } from '../invariants.ts';

const PREFIX = '2001:db8:1::/48';
const PREFIX_OCTETS = Uint8Array.of(48, 0x20, 0x01, 0x0d, 0xb8, 0, 1);
const OWN = '2001:db8:ffff::1';
const BASE: readonly PathAttribute[] = [
  { type: 'origin', flags: 0x40, value: 'igp' },
  { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: [65_001] }] },
];
const NOTHING: ReadonlyMap<Family, Uint8Array> = new Map();
const ONLY_IPV4: ReadonlyMap<Family, Uint8Array> = new Map([[IPV4_UNICAST, addressBytes('198.51.100.1')]]);

function peerOf(rib: Rib, address: string, options: Partial<FakePeerOptions> = {}): FakePeer {
  const peer = new FakePeer(rib, { address, as: 65_002, localAs: 64_500, ...options });
  peer.up();
  return peer;
}

/** The next hops that a peer has for a prefix; 'none' without the route. */
function nextHops(peer: FakePeer, prefix = PREFIX): string {
  const attributes = peer.attributes.get(prefix);
  if (attributes === undefined) return 'none';
  return findAttribute(attributes, 'mp-reach-nlri')?.value.nextHops.join(' ') ?? findAttribute(attributes, 'next-hop')!.value;
}

interface Case {
  readonly received: readonly string[];
  readonly internal: string;
  readonly internalWithoutOwn: string;
  readonly sameLink: string;
  readonly otherLink: string;
}

const CASES: readonly Case[] = [
  {
    received: ['2001:db8:9::2'],
    internal: '2001:db8:9::2',
    internalWithoutOwn: '2001:db8:9::2',
    sameLink: '2001:db8:9::2',
    otherLink: '2001:db8:9::2',
  },
  {
    received: ['2001:db8:9::2', 'fe80::2'],
    internal: '2001:db8:9::2',
    internalWithoutOwn: '2001:db8:9::2',
    sameLink: '2001:db8:9::2 fe80::2',
    otherLink: '2001:db8:9::2',
  },
  { received: ['fe80::2'], internal: OWN, internalWithoutOwn: 'none', sameLink: 'fe80::2', otherLink: 'none' },
  { received: ['fe80::2', 'fe80::2'], internal: OWN, internalWithoutOwn: 'none', sameLink: 'fe80::2 fe80::2', otherLink: 'none' },
  // A second address that is not link-local: e.g. 20010db8000900000000000000000002 ff020000000000000000000000000001.
  ...['ff02::1', '::', '2001:db8:9::3'].map((second) => ({
    received: ['2001:db8:9::2', second],
    internal: '2001:db8:9::2',
    internalWithoutOwn: '2001:db8:9::2',
    sameLink: '2001:db8:9::2',
    otherLink: '2001:db8:9::2',
  })),
  { received: ['fe80::2', '2001:db8:9::2'], internal: OWN, internalWithoutOwn: 'none', sameLink: 'fe80::2', otherLink: 'none' },
];

for (const { received, internal, internalWithoutOwn, sameLink, otherLink } of CASES) {
  test(`RFC 2545 §3: next hop ${received.join(' with ')} of an external peer is link-local to nobody elsewhere`, () => {
    const rib = smallRib();
    const from = peerOf(rib, '10.0.0.1', { as: 65_001, link: 'eth0', routeServerClient: true });
    const peers = {
      internal: peerOf(rib, '10.0.0.2', { as: 64_500 }),
      internalWithoutOwn: peerOf(rib, '10.0.0.3', { as: 64_500, nextHopSelf: NOTHING }),
      sameLink: peerOf(rib, '10.0.0.4', { routeServerClient: true, link: 'eth0' }),
      otherLink: peerOf(rib, '10.0.0.5', { routeServerClient: true, link: 'eth1' }),
      noLink: peerOf(rib, '10.0.0.6', { routeServerClient: true }),
      external: peerOf(rib, '10.0.0.7'),
      nextHopSelf: peerOf(rib, '10.0.0.8', { as: 64_500, nextHopSelfAlways: true }),
    };
    assert.equal(from.announceWith(BASE, received, PREFIX), undefined);
    settle(rib);
    checkInvariants(rib);
    const got = Object.fromEntries(Object.entries(peers).map(([name, peer]) => [name, nextHops(peer)]));
    assert.deepEqual(got, { internal, internalWithoutOwn, sameLink, otherLink, noLink: otherLink, external: OWN, nextHopSelf: OWN });
  });
}

test('RFC 4271 §5.1.3: without an address of ours in the family, what needs one is not sent, and is counted', () => {
  const told: string[] = [];
  const rib = smallRib({
    notSent: (group, reason, _nlri, total) =>
      void told.push(`${group.members.map(({ peer }) => peer.options.name).join()} ${reason} ${total}`),
    exportFailed: (_group, error) => assert.fail(String(error)),
    peerFailed: (_peer, error) => assert.fail(String(error)),
  });
  const from = peerOf(rib, '10.0.0.1', { as: 65_001 });
  const external = peerOf(rib, '10.0.0.2', { nextHopSelf: ONLY_IPV4 });
  const self = peerOf(rib, '10.0.0.3', { as: 64_500, nextHopSelf: ONLY_IPV4, nextHopSelfAlways: true });
  const internal = peerOf(rib, '10.0.0.4', { as: 64_500, nextHopSelf: ONLY_IPV4 });
  for (let at = 0; at < 12; at++) from.announceWith(BASE, ['2001:db8:9::2'], `2001:db8:1:${at}::/64`);
  from.announceWith(BASE, ['10.0.0.1'], '192.0.2.0/24');
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual([...external.view.keys()], ['192.0.2.0/24']);
  assert.deepEqual([...self.view.keys()], ['192.0.2.0/24'], 'next-hop-self is not forgotten in silence');
  assert.equal(internal.view.size, 13, 'a next hop that stays needs none of ours');
  assert.deepEqual(
    told,
    ['10.0.0.2', '10.0.0.3'].flatMap((name) => [1, 10].map((total) => `${name} ${NotSent.NoNextHop} ${total}`)),
  );
  const member = rib.memberOf(external.ribPeer!, IPV6_UNICAST)!;
  assert.equal(member.advertised, 0);
  assert.equal(member.group.notSent(NotSent.NoNextHop), 12);
  from.withdraw('2001:db8:1:3::/64');
  settle(rib);
  checkInvariants(rib);
  assert.equal(member.group.notSent(NotSent.NoNextHop), 11);
});

for (const [family, prefix, nextHop, own] of [
  [IPV6_UNICAST, PREFIX, '::', OWN],
  [IPV6_UNICAST, PREFIX, 'fe80::9', OWN],
  [IPV4_UNICAST, '192.0.2.0/24', '0.0.0.0', '198.51.100.1'],
] as const) {
  test(`an injected route with next hop ${nextHop} goes out with ours, or not at all`, () => {
    const rib = smallRib();
    const internal = peerOf(rib, '10.0.0.2', { as: 64_500 });
    const without = peerOf(rib, '10.0.0.3', { as: 64_500, nextHopSelf: NOTHING });
    const external = peerOf(rib, '10.0.0.4');
    const client = peerOf(rib, '10.0.0.5', { routeServerClient: true });
    const next: PathAttribute =
      family === IPV4_UNICAST
        ? { type: 'next-hop', flags: 0x40, value: nextHop }
        : { type: 'mp-reach-nlri', flags: 0x80, value: { family, nextHops: [nextHop], nlri: [] } };
    const octets = family === IPV4_UNICAST ? Uint8Array.of(24, 192, 0, 2) : PREFIX_OCTETS;
    const attributes = encodeAttributes([...BASE, next], {
      fourOctetAs: true,
      addPath: new Set(),
      peerType: 'ibgp',
      extendedMessage: true,
    });
    assert.equal(inject(rib, family, octets, attributes), undefined);
    settle(rib);
    checkInvariants(rib);
    assert.deepEqual(
      [internal, without, external, client].map((peer) => nextHops(peer, prefix)),
      [own, 'none', own, own],
    );
  });
}

test('RFC 4271 §5.1.3: a route whose next hop is the address of the peer is not sent to it', () => {
  const rib = smallRib();
  const from = peerOf(rib, '10.0.0.1', { as: 65_001, routeServerClient: true });
  const one = peerOf(rib, '10.0.0.2', { routeServerClient: true });
  const two = peerOf(rib, '10.0.0.3', { as: 65_003, routeServerClient: true });
  settle(rib);
  const counts = () => [one, two].map(({ ribPeer }) => rib.memberOf(ribPeer!, IPV4_UNICAST)!.advertised);
  const logs = () => [one, two].map(({ log }) => log.splice(0).filter((line) => !line.startsWith('end')));
  logs();

  from.announceWith(BASE, ['10.0.0.2'], '192.0.2.0/24', '198.51.100.0/24');
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(logs(), [[], ['announce 198.51.100.0/24', 'announce 192.0.2.0/24']], 'not even a withdrawal of what was never sent');
  assert.deepEqual(counts(), [0, 2]);

  // To another next hop, and back: then what it held goes.
  from.announceWith(BASE, ['10.0.0.1'], '192.0.2.0/24');
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(logs(), [['announce 192.0.2.0/24'], ['announce 192.0.2.0/24']]);
  assert.deepEqual(counts(), [1, 2]);
  from.announceWith(BASE, ['10.0.0.2'], '192.0.2.0/24');
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(logs(), [['withdraw 192.0.2.0/24'], ['announce 192.0.2.0/24']]);
  assert.deepEqual(counts(), [0, 2]);

  // Its next session, and a refresh, leave it out too.
  one.down();
  one.up();
  settle(rib);
  rib.resend(one.ribPeer!, IPV4_UNICAST);
  settle(rib);
  checkInvariants(rib);
  assert.equal(one.view.size, 0);
  assert.deepEqual(counts(), [0, 2]);

  from.withdraw('192.0.2.0/24');
  from.withdraw('198.51.100.0/24');
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual(counts(), [0, 0]);
  assert.equal(two.view.size, 0);
});

test('RFC 4271 §5.1.3: a slow peer too is not sent a route whose next hop it is, and loses what it held', () => {
  const rib = smallRib();
  const from = peerOf(rib, '10.0.0.1', { as: 65_001 });
  const internal = peerOf(rib, '10.0.0.2', { as: 64_500 });
  const other = peerOf(rib, '10.0.0.3', { as: 64_500 });
  from.announceWith(BASE, ['10.0.0.1'], '192.0.2.0/24', '198.51.100.0/24');
  settle(rib);
  assert.equal(internal.view.size, 2);
  internal.backlogBytes = 1 << 30;
  from.announceWith(BASE, ['10.0.0.2'], '192.0.2.0/24');
  settle(rib);
  internal.backlogBytes = 0;
  settle(rib);
  checkInvariants(rib);
  assert.deepEqual([...internal.view.keys()], ['198.51.100.0/24']);
  assert.equal(other.view.size, 2);
  assert.equal(rib.memberOf(internal.ribPeer!, IPV4_UNICAST)!.advertised, 1);
});

test('RFC 4271 §5.1.3: the link-local address beside a next hop counts as well', () => {
  const rib = smallRib();
  const from = peerOf(rib, '2001:db8:9::1', { as: 65_001, routeServerClient: true, link: 'eth0' });
  const one = peerOf(rib, 'fe80::2', { routeServerClient: true, link: 'eth0' });
  const two = peerOf(rib, 'fe80::3', { as: 65_003, routeServerClient: true, link: 'eth0' });
  from.announceWith(BASE, ['2001:db8:9::2', 'fe80::2'], PREFIX);
  settle(rib);
  checkInvariants(rib);
  assert.equal(nextHops(one), 'none');
  assert.equal(nextHops(two), '2001:db8:9::2 fe80::2');
});

test('RFC 4271 §5.1.3: the IPv4-mapped address of a peer is its address', () => {
  const rib = smallRib();
  const from = peerOf(rib, '10.0.0.1', { as: 65_001 });
  const one = peerOf(rib, '10.0.0.2', { as: 64_500 });
  const two = peerOf(rib, '10.0.0.3', { as: 64_500 });
  from.announceWith(BASE, ['::ffff:10.0.0.2'], PREFIX); // 00000000000000000000ffff0a000002
  settle(rib);
  checkInvariants(rib);
  assert.equal(nextHops(one), 'none');
  assert.equal(nextHops(two), '::ffff:10.0.0.2');
  assert.equal(rib.memberOf(one.ribPeer!, IPV6_UNICAST)!.advertised, 0);

  // Not every address that ends in the same octets.
  from.announceWith(BASE, ['2001:db8::10.0.0.2'], PREFIX);
  settle(rib);
  checkInvariants(rib);
  assert.equal(nextHops(one), '2001:db8::a00:2');
});
