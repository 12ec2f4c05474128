import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { formatAddress, formatFamily, IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { type Interfaces, linkOf, nextHopsSelf } from './next-hop.ts';

/** "2001:db8::1/64", with `%7` behind it for the number of the interface. */
function address(text: string): NetworkInterfaceInfo {
  const [cidr = '', scope = '0'] = text.split('%');
  const common = { address: cidr.split('/')[0]!, netmask: '', mac: '00:00:00:00:00:00', internal: false, cidr };
  return cidr.includes(':') ? { ...common, family: 'IPv6', scopeid: Number(scope) } : { ...common, family: 'IPv4' };
}

const table = (interfaces: Record<string, readonly string[]>): Interfaces =>
  Object.fromEntries(Object.entries(interfaces).map(([name, addresses]) => [name, addresses.map(address)]));

const HOST = table({
  lo: ['127.0.0.1/8', '10.255.0.1/32', '::1/128', '2001:db8:255::1/128'],
  eth0: ['192.0.2.1/24', '2001:db8:a::1/64', 'fe80::1/64%2'],
  'eth0.10': ['198.51.100.1/25', '2001:db8:10::1/64', 'fe80::1/64%10'],
  'eth0.20': ['198.51.100.129/25', 'fe80::1/64%20', '2001:db8:20::1/64'],
  v4only: ['203.0.113.1/24'],
  v6only: ['2001:db8:6::1/64', 'fe80::6/64%6'],
  unnumbered: ['fe80::99/64%9'],
  cloud: ['169.254.7.1/30', '2001:db8:c::1/64'],
  'alias:1': ['192.0.2.129/26'],
  alias: ['10.9.0.1/24', '2001:db8:e::1/64'],
});
const BARE = table({ lo: ['127.0.0.1/8', '::1/128'] });

const CASES: readonly (readonly [string, string, string, string, Interfaces?])[] = [
  // local, remote, IPv4, IPv6
  ['192.0.2.1', '192.0.2.9', '192.0.2.1', '2001:db8:a::1'],
  ['2001:db8:a::1', '2001:db8:a::9', '192.0.2.1', '2001:db8:a::1'],
  ['fe80::1%eth0', 'fe80::9%eth0', '192.0.2.1', '2001:db8:a::1 fe80::1'],
  ['fe80::1%eth0.10', 'fe80::9%eth0.10', '198.51.100.1', '2001:db8:10::1 fe80::1'],
  ['fe80::1%eth0.20', 'fe80::9%eth0.20', '198.51.100.129', '2001:db8:20::1 fe80::1'],
  ['fe80::1%20', 'fe80::9%20', '198.51.100.129', '2001:db8:20::1 fe80::1'],
  ['fe80::1', 'fe80::9%eth0.20', '198.51.100.129', '2001:db8:20::1 fe80::1'],
  ['fe80::1', 'fe80::9', 'none', 'none'],
  ['fe80::6', 'fe80::9', 'none', '2001:db8:6::1 fe80::6'],
  ['fe80::99%unnumbered', 'fe80::9%unnumbered', 'none', 'none'],
  ['203.0.113.1', '203.0.113.9', '203.0.113.1', 'none'],
  ['2001:db8:6::1', '2001:db8:6::9', 'none', '2001:db8:6::1'],
  ['2001:db8:c::1', '2001:db8:c::9', '169.254.7.1', '2001:db8:c::1'],
  ['192.0.2.129', '192.0.2.130', '192.0.2.129', '2001:db8:e::1'],
  ['10.255.0.1', '10.255.0.2', '10.255.0.1', '2001:db8:255::1'],
  ['2001:db8:255::1', '2001:db8:255::2', '10.255.0.1', '2001:db8:255::1'],
  ['127.0.0.1', '127.0.0.2', '127.0.0.1', 'none', BARE],
  ['127.0.0.7', '127.0.0.2', '127.0.0.7', 'none', BARE],
  ['::1', '::1', 'none', '::1', BARE],
  ['10.255.0.1', '10.255.0.2', '10.255.0.1', 'none', table({ lo: ['127.0.0.1/8', '::1/128', '10.255.0.1/32'] })],
  ['2001:db8:255::1', '2001:db8:255::2', 'none', '2001:db8:255::1', table({ lo: ['127.0.0.1/8', '::1/128', '2001:db8:255::1/128'] })],
];

/** An address, or a global and a link-local one. */
function text(nextHop: Uint8Array | undefined): string {
  if (nextHop === undefined) return 'none';
  return nextHop.length <= 16 ? formatAddress(nextHop) : `${formatAddress(nextHop.subarray(0, 16))} ${formatAddress(nextHop.subarray(16))}`;
}

for (const [localAddress, remoteAddress, ipv4, ipv6, interfaces = HOST] of CASES) {
  test(`RFC 4271 §5.1.3: ${localAddress} with ${remoteAddress}: our next hops are ${ipv4} and ${ipv6}`, () => {
    const got = nextHopsSelf({ localAddress, remoteAddress }, [IPV4_UNICAST, IPV6_UNICAST], {}, interfaces);
    const shown = [IPV4_UNICAST, IPV6_UNICAST].map((family) => {
      return `${formatFamily(family)} ${text(got.get(family))}`;
    });
    assert.deepEqual(shown, [`ipv4-unicast ${ipv4}`, `ipv6-unicast ${ipv6}`]);
  });
}

test('the link of a session is the interface whose subnet holds both ends', () => {
  const link = (localAddress: string, remoteAddress: string) => linkOf({ localAddress, remoteAddress }, HOST);
  assert.equal(link('198.51.100.129', '198.51.100.130'), 'eth0.20');
  assert.equal(link('198.51.100.1', '198.51.100.130'), undefined);
  assert.equal(link('fe80::1%eth0.20', 'fe80::9%eth0.20'), 'eth0.20');
  assert.equal(link('2001:db8:a::1', '2001:db8:a::9'), 'eth0');
  assert.equal(link('10.255.0.1', '10.255.0.2'), undefined);
  assert.equal(link('127.0.0.3', '127.0.0.2'), 'lo');
});

const BOTH = [IPV4_UNICAST, IPV6_UNICAST] as const;
const EXTENDED = new Set([IPV4_UNICAST]);

for (const [title, localAddress, remoteAddress, choice, ipv4, ipv6] of [
  ['an IPv6 session', '2001:db8:a::1', '2001:db8:a::9', { extended: EXTENDED }, '2001:db8:a::1', '2001:db8:a::1'],
  ['an IPv4 session', '192.0.2.1', '192.0.2.9', { extended: EXTENDED }, '192.0.2.1', '2001:db8:a::1'],
  ['a link without other addresses', 'fe80::99%unnumbered', 'fe80::9%unnumbered', { extended: EXTENDED }, 'fe80::99', 'none'],
  ['an interface without IPv4', '2001:db8:6::1', '2001:db8:6::9', { extended: EXTENDED }, '2001:db8:6::1', '2001:db8:6::1'],
  ['next-hop-ipv4 beside it', '2001:db8:a::1', '2001:db8:a::9', { extended: EXTENDED, ipv4: '10.1.1.1' }, '10.1.1.1', '2001:db8:a::1'],
  ['both given', '10.255.0.1', '10.255.0.2', { ipv4: '10.1.1.1', ipv6: '2001:db8:1::1' }, '10.1.1.1', '2001:db8:1::1'],
] as const) {
  test(`RFC 8950, RFC 2545 §3: our next hops, ${title}`, () => {
    const got = nextHopsSelf({ localAddress, remoteAddress }, BOTH, choice, HOST);
    assert.deepEqual(
      BOTH.map((family) => text(got.get(family))),
      [ipv4, ipv6],
    );
  });
}
