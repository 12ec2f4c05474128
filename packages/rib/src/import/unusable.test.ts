/** Routes that are held but not used, and what is answered when somebody asks why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex, IPV4_UNICAST, IPV6_UNICAST, parseIpv4, readU32 } from '@tsbgp/wire';
import { FakePeer, type FakePeerOptions, settle } from '../../test/fake-peer.ts';
import { type PathId, Rib, type UnusableReason } from '../index.ts';
import { checkInvariants } from '../invariants.ts';

const OWN = ['192.0.2.254', '127.0.0.1', '2001:db8:9::254', 'fe80::254'];

function newRib() {
  const told: UnusableReason[] = [];
  const rib = new Rib({
    localAs: 64_500,
    bgpIdentifier: readU32(parseIpv4('192.0.2.254')!, 0),
    observer: {
      fault: (_peer, fault) => assert.fail(fault.reason),
      endOfRib: () => undefined,
      unusable: (_peer, reason) => told.push(reason),
    },
    capacity: { ipv4: 8, ipv6: 8, attributeSets: 8 },
  });
  return { rib, told };
}

function peerOf(rib: Rib, options: Partial<FakePeerOptions> = {}): FakePeer {
  const peer = new FakePeer(rib, { address: '127.0.0.2', as: 65_001, localAs: 64_500, ownAddresses: OWN, ...options });
  peer.up();
  return peer;
}

/** Path attributes and NLRI as an UPDATE body. */
function body(attributes: string, nlri: string): Uint8Array {
  const [a, n] = [fromHex(attributes), fromHex(nlri)];
  return Uint8Array.from([0, 0, a.length >> 8, a.length & 0xff, ...a, ...n]);
}

/** IPv6 routes with these next hops. */
function ipv6(hops: string): string {
  const octets = fromHex(hops);
  return `800e${(9 + octets.length).toString(16)} 000201 ${octets.length.toString(16)} ${hops} 00 18 200105 40010100 40020602010000fde9`;
}

const GLOBAL = '20010db8000900000000000000000002';
const OWN_GLOBAL = '20010db8000900000000000000000254';
const LINK_LOCAL = 'fe800000000000000000000000000002';
const OWN_LINK_LOCAL = 'fe800000000000000000000000000254';
const SHARED = '40010100 40020602010000fde9';

const CASES: readonly (readonly [string, string, string, UnusableReason | undefined, Partial<FakePeerOptions>?])[] = [
  ['RFC 4271 §6.3 (a): NEXT_HOP is our address', `${SHARED} 4003047f000001`, '18c63364', 'next-hop'],
  ['RFC 4271 §6.3 (a): NEXT_HOP is another address of ours', `${SHARED} 400304c00002fe`, '18c63364', 'next-hop'],
  ['RFC 4271 §5.1.3: NEXT_HOP is the address of the peer', `${SHARED} 4003047f000002`, '18c63364', undefined],
  ['RFC 4271 §5.1.3: NEXT_HOP is that of a third party', `${SHARED} 4003047f000003`, '18c63364', undefined],
  ['our address in MP_REACH_NLRI of IPv4', `800e0d 00010104 7f000001 00 18c63364 ${SHARED}`, '', 'next-hop'],
  ['our global IPv6 address', ipv6(OWN_GLOBAL), '', 'next-hop'],
  ['our link-local address', ipv6(OWN_LINK_LOCAL), '', 'next-hop'],
  ['a global address and our link-local one', ipv6(GLOBAL + OWN_LINK_LOCAL), '', 'next-hop'],
  ['our global address and a link-local one', ipv6(OWN_GLOBAL + LINK_LOCAL), '', 'next-hop'],
  ['a global and a link-local address of the peer', ipv6(GLOBAL + LINK_LOCAL), '', undefined],
  ['our IPv4 address as an IPv4-mapped one', ipv6(`${'00'.repeat(10)}ffff7f000001`), '', 'next-hop'],
  [
    'RFC 4456 §8: ORIGINATOR_ID is ours',
    '40010100 400200 4003047f000004 40050400000064 800904c00002fe',
    '18c63364',
    'originator-id',
    { as: 64_500 },
  ],
  [
    'RFC 4456 §8: ORIGINATOR_ID is another',
    '40010100 400200 4003047f000004 40050400000064 800904c00002fd',
    '18c63364',
    undefined,
    { as: 64_500 },
  ],
  [
    'RFC 4456 §8: CLUSTER_LIST has ours',
    '40010100 400200 4003047f000004 40050400000064 80090401010101 800a08 01020304 c00002fe',
    '18c63364',
    'cluster-list',
    { as: 64_500 },
  ],
  ['RFC 4271 §9.1.2: our global AS', `40010100 40020e0203 0000fde9 0000fbf4 0000fe14 4003047f000002`, '18c63364', 'as-loop'],
  ['RFC 4271 §9.1.2: our AS in a set', `40010100 40021002010000fde9 01020000fe140000fbf4 4003047f000002`, '18c63364', 'as-loop'],
  [
    'RFC 4271 §9.1.2: the AS we use on that session',
    `40010100 40020e0203 0000fdee 0000fe4c 0000fe14 4003047f000002`,
    '18c63364',
    'as-loop',
    { localAs: 65_100, as: 65_006 },
  ],
  [
    'RFC 4271 §9.1.2: our global AS, on a session with another',
    `40010100 40020e0203 0000fdee 0000fbf4 0000fe14 4003047f000002`,
    '18c63364',
    'as-loop',
    { localAs: 65_100, as: 65_006 },
  ],
  ['the AS we use on another session is no loop', `40010100 40020e0203 0000fdee 0000fe4c 0000fe14 4003047f000002`, '18c63364', undefined],
  [
    'RFC 6793 §4.2.3: an AS number that only AS4_PATH tells',
    `40010100 400206 0202fde95ba0 4003047f000002 c0110a 0202 0000fde9 00011170`,
    '18c63364',
    'as-loop',
    { localAs: 70_000, fourOctetAs: false },
  ],
];

for (const [title, attributes, nlri, reason, options] of CASES) {
  test(`${title}: ${reason === undefined ? 'the route is used' : `held, not used: ${reason}`}`, () => {
    const { rib, told } = newRib();
    // The RIB must know of AS 65100 as ours, also where this peer is not told so.
    peerOf(rib, { address: '127.0.0.9', as: 65_099, localAs: 65_100 });
    const receiver = peerOf(rib, { address: '127.0.0.8', as: 65_088 });
    const sender = peerOf(rib, options);
    assert.equal(sender.raw(body(attributes, nlri)), undefined);
    settle(rib);
    checkInvariants(rib);
    const table = rib.table(nlri === '' && !attributes.includes('000101') ? IPV6_UNICAST : IPV4_UNICAST);
    assert.equal(table.pathCount, 1);
    assert.equal(table.bestCount, reason === undefined ? 1 : 0);
    assert.equal(receiver.view.size, table.bestCount);
    assert.equal(table.filterReason(1 as PathId), reason);
    assert.deepEqual(told, reason === undefined ? [] : [reason]);
    if (reason !== undefined) assert.equal(sender.ribPeer?.unusable[reason], 1);
  });
}

test('import policy is the reason where nothing else is, and is told to nobody', () => {
  const { rib, told } = newRib();
  const sender = peerOf(rib, { importAccept: false });
  sender.raw(body(`${SHARED} 4003047f000002`, '18c63364'));
  sender.raw(body(`${SHARED} 4003047f000001`, '18c63365'));
  const table = rib.table(IPV4_UNICAST);
  assert.deepEqual(
    [1, 2].map((path) => table.filterReason(path as PathId)),
    ['import-policy', 'next-hop'],
  );
  assert.deepEqual(told, []);
});

test('the same set is used from one peer and not from another, to whom it has our address', () => {
  const { rib } = newRib();
  const first = peerOf(rib, { address: '127.0.0.3', as: 65_003, ownAddresses: ['127.0.0.1'] });
  first.announce({ prefix: '198.51.100.0/24', asPath: [65_003], nextHop: '192.0.2.254' });
  settle(rib);
  const table = rib.table(IPV4_UNICAST);
  assert.equal(table.bestCount, 1);
  // The set is interned already, without a flag. Its new holder comes with an address that nobody had before.
  const second = peerOf(rib, { address: '127.0.0.4', as: 65_003 });
  second.announce({ prefix: '198.51.101.0/24', asPath: [65_003], nextHop: '192.0.2.254' });
  settle(rib);
  second.announce({ prefix: '198.51.102.0/24', asPath: [65_003], nextHop: '192.0.2.254' });
  settle(rib);
  checkInvariants(rib);
  assert.equal(table.pathCount, 3);
  assert.equal(table.bestCount, 1);
  assert.equal(rib.attributes.count, 1);
  assert.deepEqual(
    [1, 2, 3].map((path) => table.filterReason(path as PathId)),
    [undefined, 'next-hop', 'next-hop'],
  );
});
