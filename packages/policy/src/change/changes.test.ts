/** Every action of the configuration: what the attributes are afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeAttributes, parseAttribute, STORED_CONTEXT } from '@tsbgp/wire';
import { outcomeOf, PEER, routeOf } from '../../test/routes.ts';
import { policyOf, runTables } from '../../test/tables.ts';
import { SET_LENGTH_MAX } from '../route/block.ts';
import { CHANGES_MAX, Change } from './change.ts';
import { localPrefAction, medAction } from './numbers.ts';

function set(actions: unknown): readonly unknown[] {
  return [{ set: actions }];
}

runTables([
  {
    title: 'LOCAL_PREF',
    statements: set({ 'local-preference': 200 }),
    cases: [
      ['192.0.2.0/24 path=1', 'accept lp=200'],
      ['192.0.2.0/24 path=1; lp=100', 'accept lp=200'],
      ['192.0.2.0/24 path=1; lp=200', 'accept'],
    ],
  },
  {
    title: 'LOCAL_PREF: added, taken away, only where it is absent, removed',
    statements: [
      { match: { 'local-preference': '<= 100' }, set: { 'local-preference': '+50' }, action: 'accept' },
      { match: { 'local-preference': '>= 4294967290' }, set: { 'local-preference': '+50' }, action: 'accept' },
      { match: { 'local-preference': 'absent' }, set: { 'local-preference': { 'if-absent': 120 } }, action: 'accept' },
      { match: { 'local-preference': 300 }, set: { 'local-preference': 'remove' }, action: 'accept' },
      { set: { 'local-preference': '-500' } },
    ],
    cases: [
      ['192.0.2.0/24 path=1; lp=100', 'accept lp=150'],
      ['192.0.2.0/24 path=1; lp=4294967295', 'accept'],
      ['192.0.2.0/24 path=1; lp=4294967290', 'accept lp=4294967295'],
      ['192.0.2.0/24 path=1', 'accept lp=120'],
      ['192.0.2.0/24 path=1; lp=300', 'accept lp='],
      ['192.0.2.0/24 path=1; lp=499', 'accept lp=0'],
    ],
  },
  {
    title: 'LOCAL_PREF: a missing one counts as 100 when something is added',
    statements: set({ 'local-preference': '+10' }),
    cases: [['192.0.2.0/24 path=1', 'accept lp=110']],
  },
  {
    title: 'MED: set, added, taken away, removed',
    statements: [
      { match: { communities: '1:1' }, set: { med: 7 } },
      { match: { communities: '1:2' }, set: { med: '+5' } },
      { match: { communities: '1:3' }, set: { med: '-5' } },
      { match: { communities: '1:4' }, set: { med: 'remove' } },
    ],
    cases: [
      ['192.0.2.0/24 path=1; com=1:1', 'accept med=7'],
      ['192.0.2.0/24 path=1; com=1:2', 'accept med=5'],
      ['192.0.2.0/24 path=1; com=1:2; med=10', 'accept med=15'],
      ['192.0.2.0/24 path=1; com=1:3; med=3', 'accept med=0'],
      ['192.0.2.0/24 path=1; com=1:3', 'accept'],
      ['192.0.2.0/24 path=1; com=1:4; med=3', 'accept med='],
      ['192.0.2.0/24 path=1; com=1:1 1:2', 'accept med=12'],
    ],
  },
  { title: 'ORIGIN', statements: set({ origin: 'incomplete' }), cases: [['192.0.2.0/24 path=1', 'accept origin=incomplete']] },
  {
    title: 'next hop: an address',
    statements: set({ 'next-hop': '203.0.113.7' }),
    cases: [
      ['192.0.2.0/24 path=1', 'accept nh=203.0.113.7'],
      ['192.0.2.0/24 path=1; nh=2001:db8::1', 'accept nh=203.0.113.7'],
      ['2001:db8::/48 path=1', 'reject next-hop-of-other-family'],
    ],
  },
  {
    title: 'next hop: an IPv6 address, also for IPv4 (RFC 8950)',
    statements: set({ 'next-hop': '2001:db8::7' }),
    cases: [
      ['2001:db8::/48 path=1', 'accept nh=2001:db8::7'],
      ['192.0.2.0/24 path=1', 'accept nh=2001:db8::7'],
    ],
  },
  {
    title: 'next hop: by family',
    statements: set({ 'next-hop': { ipv4: '203.0.113.7', ipv6: '2001:db8::7' } }),
    cases: [
      ['192.0.2.0/24 path=1', 'accept nh=203.0.113.7'],
      ['2001:db8::/48 path=1', 'accept nh=2001:db8::7'],
    ],
  },
  {
    title: 'next hop: blackhole',
    statements: set({ 'next-hop': 'blackhole' }),
    cases: [
      ['192.0.2.0/24 path=1', 'accept nh=192.0.2.1'],
      ['2001:db8::/48 path=1', 'accept nh=100::1'],
    ],
  },
  {
    title: 'next hop: the peer',
    statements: set({ 'next-hop': 'peer' }),
    cases: [
      ['192.0.2.0/24 path=1; nh=10.0.0.1', 'accept nh=198.51.100.1'],
      ['192.0.2.0/24 path=1; nh=10.0.0.1', 'accept nh=203.0.113.99', { address: '203.0.113.99' }],
    ],
  },
  { title: 'next hop: self', statements: set({ 'next-hop': 'self' }), cases: [['192.0.2.0/24 path=1', 'accept next-hop-self']] },
  {
    title: 'next hop: unchanged',
    statements: set({ 'next-hop': 'unchanged' }),
    cases: [['192.0.2.0/24 path=1', 'accept next-hop-unchanged']],
  },
  {
    title: 'communities: added, none twice',
    statements: set({ communities: { add: ['64512:1', '64512:1:2', 'rt:64512:3', 'no-export'] } }),
    cases: [
      ['192.0.2.0/24 path=1', 'accept com=64512:1 65535:65281; ext=rt:64512:3; large=64512:1:2'],
      ['192.0.2.0/24 path=1; com=9:9 64512:1', 'accept com=9:9 64512:1 65535:65281; ext=rt:64512:3; large=64512:1:2'],
    ],
  },
  {
    title: 'communities: replaced',
    statements: set({ communities: { replace: ['64512:1'] } }),
    cases: [
      ['192.0.2.0/24 path=1; com=9:9 8:8; large=1:1:1', 'accept com=64512:1'],
      ['192.0.2.0/24 path=1', 'accept com=64512:1'],
    ],
  },
  {
    title: 'communities: removed by pattern',
    statements: set({ communities: { remove: ['64512:*', '/^1:/', '64512:*:*'] } }),
    cases: [
      ['192.0.2.0/24 path=1; com=64512:1 2:2 1:5', 'accept com=2:2'],
      ['192.0.2.0/24 path=1; com=64512:1', 'accept com='],
      ['192.0.2.0/24 path=1; large=64512:1:1 64513:1:1', 'accept large=64513:1:1'],
      ['192.0.2.0/24 path=1; com=2:2', 'accept'],
    ],
  },
  {
    title: 'communities: all but some; all of a kind',
    statements: [{ set: { communities: { keep: ['64512:*'], 'remove-all': ['large', 'extended'] } } }],
    cases: [['192.0.2.0/24 path=1; com=64512:1 2:2; large=1:1:1; ext=rt:1:1', 'accept com=64512:1; ext=; large=']],
  },
  {
    title: 'communities: sorted; those that must not leave the AS',
    statements: set({ communities: { 'remove-all': 'non-transitive', sort: true } }),
    cases: [
      [
        '192.0.2.0/24 path=1; com=2:2 1:1 2:2; large=2:1:1 1:9:9; ext=rt:2:2 0x4300000000000002 rt:1:1',
        'accept com=1:1 2:2; ext=rt:1:1 rt:2:2; large=1:9:9 2:1:1',
      ],
      ['192.0.2.0/24 path=1; com=1:1 2:2', 'accept'],
    ],
  },
  {
    title: "communities: with the neighbor's numbers; one that does not fit is left out",
    statements: set({ communities: { add: ['64512:{peer-as}', '{local-as}:7:{peer-as}'], remove: ['9:{peer-as}'] } }),
    cases: [
      ['192.0.2.0/24 path=1; com=9:65001', 'accept com=64512:65001; large=64512:7:65001'],
      ['192.0.2.0/24 path=1', 'accept large=64512:7:200000', { as: 200_000 }],
      ['192.0.2.0/24 path=1', 'accept com=64512:5; large=64512:7:200000', { as: 200_000, as16: 5 }],
    ],
  },
  {
    title: 'AS_PATH prepend',
    statements: [
      { match: { communities: '1:1' }, set: { 'as-path': { prepend: { as: 'own', count: 2 } } } },
      { match: { communities: '1:2' }, set: { 'as-path': { prepend: { as: 'last', count: 3 } } } },
      { match: { communities: '1:3' }, set: { 'as-path': { prepend: [7, 8] } } },
      { match: { communities: '1:4' }, set: { 'as-path': { prepend: { as: 'peer' } } } },
      { match: { communities: '1:5' }, set: { 'as-path': { prepend: 'own' } } },
    ],
    cases: [
      ['192.0.2.0/24 path=1 2; com=1:1', 'accept path=64512 64512 1 2'],
      ['192.0.2.0/24 path=1 2; com=1:2', 'accept path=1 1 1 1 2'],
      ['192.0.2.0/24 path=1 2; com=1:3', 'accept path=7 8 1 2'],
      ['192.0.2.0/24 path=1 2; com=1:4', 'accept path=65001 1 2'],
      ['192.0.2.0/24 path={1 2}; com=1:5', 'accept path=64512 {1,2}'],
      ['192.0.2.0/24 path=; com=1:2', 'accept'],
      ['192.0.2.0/24 path=; com=1:1', 'accept path=64512 64512'],
    ],
  },
  {
    title: 'AS_PATH: private numbers, removal, replacement, a new path',
    statements: [
      { match: { communities: '1:1' }, set: { 'as-path': { 'remove-private': 'all' } } },
      { match: { communities: '1:2' }, set: { 'as-path': { 'remove-private': 'replace' } } },
      { match: { communities: '1:3' }, set: { 'as-path': { remove: [5, '7-9'] } } },
      { match: { communities: '1:4' }, set: { 'as-path': { keep: [5] } } },
      { match: { communities: '1:5' }, set: { 'as-path': { replace: { as: 5, by: 'peer' } } } },
      { match: { communities: '1:6' }, set: { 'as-path': { set: '9 {8 7}' } } },
      { match: { communities: '1:7' }, set: { 'as-path': { 'remove-private': 'if-only' } } },
    ],
    cases: [
      ['192.0.2.0/24 path=1 64512 2; com=1:1', 'accept path=1 2'],
      ['192.0.2.0/24 path=1 65000 2; com=1:2', 'accept path=1 64512 2'],
      ['192.0.2.0/24 path=1 5 8 2; com=1:3', 'accept path=1 2'],
      ['192.0.2.0/24 path=1 5 8 2; com=1:4', 'accept path=5'],
      ['192.0.2.0/24 path=1 5 {5 2}; com=1:5', 'accept path=1 65001 {2,65001}'],
      ['192.0.2.0/24 path=1; com=1:6', 'accept path=9 {7,8}'],
      ['192.0.2.0/24 path=64512 64513; com=1:7', 'accept path='],
      ['192.0.2.0/24 path=64512 1; com=1:7', 'accept'],
    ],
  },
  {
    title: 'changes are made in the order in which they are written, and later statements see them',
    statements: [
      { set: { med: 10, communities: { add: ['1:1'] } } },
      { match: { med: 10, communities: '1:1' }, set: { med: '+1', communities: { remove: ['1:*'] }, tag: 4 } },
      { match: { tag: 4, communities: { values: '1:1', match: 'none' } }, action: 'accept' },
      { action: { reject: 'unseen' } },
    ],
    cases: [['192.0.2.0/24 path=1; com=2:2', 'accept med=11; tag=4']],
  },
]);

test('a changed set is canonical: codes ascend, MP_REACH_NLRI is first, lengths are as short as they can be', () => {
  const policy = policyOf({
    policies: {
      p: [{ set: { med: 5, communities: { add: ['1:1', '1:1:1'] }, origin: 'egp', 'local-preference': 7, 'next-hop': '2001:db8::9' } }],
    },
  });
  const route = routeOf('2001:db8::/32 path=1 2');
  const verdict = policy.evaluate(route, PEER);
  assert.ok(verdict.type === 'accept');
  const octets = verdict.change.apply(route.bytes) as Uint8Array;
  const codes: number[] = [];
  for (let at = 0; at < octets.length; at += 3 + octets[at + 2]!) {
    assert.equal(octets[at]! & 0x1f, 0, 'no Extended Length where it is not needed');
    codes.push(octets[at + 1]!);
  }
  assert.deepEqual(codes, [14, 1, 2, 4, 5, 8, 32]);
});

test('the Partial bit of a changed attribute stays', () => {
  const octets = Uint8Array.of(0x40, 1, 1, 0, 0xe0, 8, 4, 0, 1, 0, 1);
  const policy = policyOf({ policies: { p: [{ set: { communities: { add: ['1:2'] } } }] } });
  const route = routeOf('192.0.2.0/24 path=1').setAttributes(octets);
  const verdict = policy.evaluate(route, PEER);
  assert.ok(verdict.type === 'accept');
  assert.deepEqual([...(verdict.change.apply(octets) as Uint8Array)], [0x40, 1, 1, 0, 0xe0, 8, 8, 0, 1, 0, 1, 0, 1, 0, 2]);
});

test('a change of long attributes gets a length of two octets, and loses it again', () => {
  const many = Array.from({ length: 70 }, (_, i) => `2:${i}`);
  const long = policyOf({ policies: { p: [{ set: { communities: { add: many } } }] } });
  const short = policyOf({ policies: { p: [{ set: { communities: { keep: ['2:1'] } } }] } });
  const route = routeOf('192.0.2.0/24 path=1; com=1:1');
  const first = long.evaluate(route, PEER);
  assert.ok(first.type === 'accept');
  const octets = first.change.apply(route.bytes) as Uint8Array;
  route.setAttributes(octets);
  assert.equal(route.communities.length, 71);
  assert.equal(outcomeOf(short.evaluate(route, PEER), route), 'accept com=2:1');
});

test('what would make a set too long is refused as a whole, and the route rejected when a later condition looks', () => {
  const communities = Array.from({ length: 16_000 }, (_, i) => `${i >>> 8}:${i & 0xff}`).join(' ');
  const route = routeOf('192.0.2.0/24 path=1 2 3');
  route.setAttributes(
    encodeAttributes(
      [parseAttribute('ORIGIN igp'), parseAttribute('AS_PATH 1 2'), parseAttribute(`COMMUNITIES ${communities}`)],
      STORED_CONTEXT,
    ),
  );
  assert.ok(route.bytes.length < SET_LENGTH_MAX);
  const prepend = { set: { 'as-path': { prepend: { as: 'own', count: 255 } } } };
  const policy = policyOf({ policies: { p: [prepend, prepend] } });
  assert.equal(outcomeOf(policy.evaluate(route, PEER), route), 'reject attributes-too-long');
  const looks = policyOf({ policies: { p: [prepend, prepend, { match: { med: 1 }, action: 'accept' }] } });
  assert.equal(outcomeOf(looks.evaluate(route, PEER), route), 'reject attributes-too-long');
});

test('equal changes of one root are the same object; changes are composed', () => {
  const root = Change.root();
  const lp = localPrefAction({ type: 'set', value: 5 }).editFor(undefined)!;
  const med = medAction({ type: 'add', value: 1 }).editFor(undefined)!;
  assert.equal(root.plus(lp).plus(med), root.plus(localPrefAction({ type: 'set', value: 5 }).editFor(undefined)!).plus(med));
  assert.equal(root.plus(lp).followedBy(root.plus(med)), root.plus(lp).plus(med));
  assert.equal(root.plus(lp).plus(med).text, 'LOCAL_PREF 5; MED +1');
});

test('a root forgets changes when there are too many, and goes on', () => {
  const root = Change.root();
  const change = (med: number): Change => root.plus(medAction({ type: 'set', value: med }).editFor(undefined)!);
  const first = change(0);
  for (let med = 1; med < CHANGES_MAX; med++) change(med);
  assert.equal(change(0), first);
  change(CHANGES_MAX);
  assert.notEqual(change(0), first);
  assert.equal(change(0), change(0));
  assert.equal(first.text, change(0).text);
});
