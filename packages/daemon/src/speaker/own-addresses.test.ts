/** Which addresses are ours towards a peer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, formatAddress } from '@tsbgp/wire';
import { ownAddresses } from './own-addresses.ts';

const INTERFACES = {
  lo: [{ address: '127.0.0.1' }, { address: '::1' }],
  eth0: [{ address: '192.0.2.1' }, { address: '2001:db8::1' }, { address: 'fe80::1' }],
  eth1: [{ address: '198.51.100.1' }, { address: 'fe80::2' }],
  down: undefined,
};

const NEXT_HOPS = [addressBytes('192.0.2.1'), Uint8Array.from([...addressBytes('2001:db8::1'), ...addressBytes('fe80::1')])];

for (const [title, localAddress, remoteAddress, neighbors, expected] of [
  [
    'those of every interface, and link-local ones of the interface that has the address of the session',
    '192.0.2.1',
    '192.0.2.9',
    [],
    ['192.0.2.1', '2001:db8::1', 'fe80::1', '127.0.0.1', '::1', '198.51.100.1'],
  ],
  [
    'link-local ones of the zone of the session, and of the next hop',
    'fe80::2%eth1',
    'fe80::1%eth1',
    [],
    ['fe80::2', '192.0.2.1', '2001:db8::1', 'fe80::1', '127.0.0.1', '::1', '198.51.100.1'],
  ],
  [
    'not that of a neighbor',
    '192.0.2.1',
    '192.0.2.9',
    ['198.51.100.1', 'fe80::1%eth0', '203.0.113.9'],
    ['192.0.2.1', '2001:db8::1', '127.0.0.1', '::1'],
  ],
  [
    'of a session on loopback, its own and what we send as next hop: the others are as much those of the peer',
    '127.0.0.1',
    '127.0.0.2',
    [],
    ['127.0.0.1', '192.0.2.1', '2001:db8::1', 'fe80::1'],
  ],
  [
    'so too where the peer has another address of this machine',
    '127.0.0.9',
    '198.51.100.1',
    ['198.51.100.1', '192.0.2.1'],
    ['127.0.0.9', '2001:db8::1', 'fe80::1'],
  ],
] as const) {
  test(`our own addresses: ${title}`, () => {
    const isNeighbor = (octets: Uint8Array): boolean => neighbors.some((each) => each.split('%')[0] === formatAddress(octets));
    assert.deepEqual(
      ownAddresses({ localAddress, remoteAddress, nextHops: NEXT_HOPS }, isNeighbor, INTERFACES).map((octets) => formatAddress(octets)),
      expected,
    );
  });
}
