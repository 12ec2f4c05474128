/** Filters: each condition alone, and that all of them have to hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, encodeMessage, parseMessage } from '@tsbgp/wire';
import { mrtContext } from '../attributes.ts';
import { MrtRecord } from '../record.ts';
import { encodeMrt } from '../write.ts';
import { asPathPattern, filterPrefix, RouteFilter, type RouteFilterOptions } from './route-filter.ts';
import { RouteJsonFormatter } from './route-json.ts';
import { RouteScanner } from './route-scanner.ts';
import { RouteKind } from './route-view.ts';

const PEER = { localAs: 64_512, interfaceIndex: 0, localAddress: '192.0.2.200', fourOctetAs: true } as const;

function update(peer: number, text: string): Uint8Array {
  const message = encodeMessage(parseMessage(text), mrtContext({ fourOctetAs: true }));
  return encodeMrt(
    { timestamp: 1_700_000_000 },
    { type: 'bgp-message', ...PEER, peerAs: 65_000 + peer, peerAddress: `192.0.2.${peer}`, local: false, addPath: false, message },
  );
}

const RECORDS = [
  update(
    1,
    'update nlri { 10.0.0.0/8; 10.1.0.0/16 } attributes { ORIGIN igp; AS_PATH 65001 6939 3333; NEXT_HOP 192.0.2.1; COMMUNITIES 65000:1 }',
  ),
  update(
    2,
    'update nlri { 10.1.2.0/24 } attributes { ORIGIN igp; AS_PATH 65002 16939 { 3333 4444 }; NEXT_HOP 192.0.2.2; LARGE_COMMUNITIES 65000:1:2 }',
  ),
  update(1, 'update withdrawn { 10.1.0.0/16 }'),
  update(2, 'update attributes { MP_REACH_NLRI ipv6-unicast next-hop 2001:db8::2 nlri { 2001:db8:1::/48 }; ORIGIN igp; AS_PATH 65002 }'),
  encodeMrt(
    { timestamp: 1_700_000_000 },
    { type: 'state-change', ...PEER, peerAs: 65_001, peerAddress: '192.0.2.1', oldState: 6, newState: 1 },
  ),
];

/** NLRI that pass the filter; a change of state is `*`. */
function passing(options: RouteFilterOptions): string[] {
  const json = new RouteJsonFormatter();
  const scanner = new RouteScanner(new RouteFilter(options, json));
  for (const octets of RECORDS) assert.equal(scanner.scan(new MrtRecord(octets, 0, octets.length, 0)), undefined);
  const lines = Buffer.from(json.take()).toString().split('\n').filter(Boolean);
  return lines
    .map((line) => JSON.parse(line) as { type: string; nlri?: string })
    .map(({ type, nlri }) => (type === 'withdraw' ? `-${nlri}` : (nlri ?? '*')));
}

for (const [title, options, expected] of [
  ['nothing asked: everything', {}, ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '-10.1.0.0/16', '2001:db8:1::/48', '*']],
  ['exactly a prefix', { prefixes: [filterPrefix('10.1.0.0/16', 'exact')!] }, ['10.1.0.0/16', '-10.1.0.0/16']],
  [
    'a prefix and what is within it',
    { prefixes: [filterPrefix('10.1.0.0/16', 'longer')!] },
    ['10.1.0.0/16', '10.1.2.0/24', '-10.1.0.0/16'],
  ],
  ['an address and what covers it', { prefixes: [filterPrefix('10.1.3.4', 'shorter')!] }, ['10.0.0.0/8', '10.1.0.0/16', '-10.1.0.0/16']],
  [
    'one of two prefixes',
    { prefixes: [filterPrefix('2001:db8::/32', 'longer')!, filterPrefix('10.0.0.0/8', 'exact')!] },
    ['10.0.0.0/8', '2001:db8:1::/48'],
  ],
  ['the origin, in a set too', { originAs: [3333] }, ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24']],
  ['another origin of the set', { originAs: [4444] }, ['10.1.2.0/24']],
  ['a path with _ around a number', { asPath: asPathPattern('_6939_') }, ['10.0.0.0/8', '10.1.0.0/16']],
  ['a path by its beginning', { asPath: asPathPattern('^65002_') }, ['10.1.2.0/24', '2001:db8:1::/48']],
  ['a peer by its address', { peers: [addressBytes('192.0.2.2')] }, ['10.1.2.0/24', '2001:db8:1::/48']],
  ['a peer by its AS: its changes of state, too', { peers: [65_001] }, ['10.0.0.0/8', '10.1.0.0/16', '-10.1.0.0/16', '*']],
  ['a standard community', { communities: [0xfde8_0001] }, ['10.0.0.0/8', '10.1.0.0/16']],
  ['a large community', { communities: [Uint8Array.from([0, 0, 0xfd, 0xe8, 0, 0, 0, 1, 0, 0, 0, 2])] }, ['10.1.2.0/24']],
  ['kinds', { kinds: [RouteKind.Withdrawn, 'state'] }, ['-10.1.0.0/16', '*']],
  ['all conditions together', { originAs: [3333], prefixes: [filterPrefix('10.0.0.0/8', 'exact')!], peers: [65_001] }, ['10.0.0.0/8']],
] as const satisfies readonly (readonly [string, RouteFilterOptions, readonly string[]])[]) {
  test(`filter: ${title}`, () => assert.deepEqual(passing(options), expected));
}
