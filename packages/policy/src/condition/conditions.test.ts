/** Every condition of the configuration, on routes that match and on routes that do not. */
import { runTables } from '../../test/tables.ts';

const yes = [{ name: 'yes', action: { reject: 'yes' } }];

function match(conditions: unknown): readonly unknown[] {
  return [{ match: conditions, action: { reject: 'yes' } }];
}

runTables([
  { title: 'no condition matches every route', statements: yes, cases: [['192.0.2.0/24 path=1', 'reject yes']] },
  {
    title: 'prefix: exact, ranges, families',
    statements: match({ prefix: ['192.0.2.0/24', '10.0.0.0/8 ge 9 le 16', '2001:db8::/32 le 48'] }),
    cases: [
      ['192.0.2.0/24 path=1', 'reject yes'],
      ['192.0.2.0/25 path=1', 'accept'],
      ['192.0.0.0/16 path=1', 'accept'],
      ['10.0.0.0/8 path=1', 'accept'],
      ['10.1.0.0/9 path=1', 'reject yes'],
      ['10.1.0.0/16 path=1', 'reject yes'],
      ['10.1.1.0/24 path=1', 'accept'],
      ['2001:db8:1::/48 path=1', 'reject yes'],
      ['2001:db8:1:1::/64 path=1', 'accept'],
    ],
  },
  {
    title: 'prefix: a named set, inverted',
    sets: { prefixes: { mine: ['192.0.2.0/24+'] } },
    statements: match({ prefix: { set: 'mine', match: 'none' } }),
    cases: [
      ['192.0.2.0/25 path=1', 'accept'],
      ['198.51.100.0/24 path=1', 'reject yes'],
      ['2001:db8::/32 path=1', 'reject yes'],
    ],
  },
  {
    title: 'prefix: every entry must match',
    statements: match({ prefix: { values: ['10.0.0.0/8+', '10.1.0.0/16+'], match: 'all' } }),
    cases: [
      ['10.1.2.0/24 path=1', 'reject yes'],
      ['10.2.2.0/24 path=1', 'accept'],
    ],
  },
  {
    title: 'prefix: inside an entry, whatever lengths it allows',
    statements: match({ prefix: { values: ['192.0.2.0/24', '10.0.0.0/8 ge 16 le 24', '10.5.0.0/16'], match: 'covered' } }),
    cases: [
      ['192.0.2.1/32 path=1', 'reject yes'],
      ['192.0.2.0/24 path=1', 'reject yes'],
      ['192.0.0.0/16 path=1', 'accept'],
      ['10.5.5.5/32 path=1', 'reject yes'],
      ['10.0.0.0/8 path=1', 'reject yes'],
      ['11.0.0.0/8 path=1', 'accept'],
    ],
  },
  {
    title: 'prefix length',
    statements: match({ 'prefix-length': '> 24', family: 'ipv4-unicast' }),
    cases: [
      ['192.0.2.0/25 path=1', 'reject yes'],
      ['192.0.2.0/24 path=1', 'accept'],
      ['2001:db8::/32 path=1', 'accept'],
    ],
  },
  {
    title: 'AS path patterns',
    statements: match({ 'as-path': ['^65001_', '_174$', '[= * 701 ? =]'] }),
    cases: [
      ['192.0.2.0/24 path=65001 2', 'reject yes'],
      ['192.0.2.0/24 path=165001 2', 'accept'],
      ['192.0.2.0/24 path=2 174', 'reject yes'],
      ['192.0.2.0/24 path=2 1174', 'accept'],
      ['192.0.2.0/24 path=1 701 5', 'reject yes'],
      ['192.0.2.0/24 path=1 701', 'accept'],
    ],
  },
  {
    title: 'AS path patterns: a set, all and none of it',
    sets: { 'as-paths': { both: ['_1_', '_2_'] } },
    statements: [
      { match: { 'as-path': { set: 'both', match: 'all' } }, action: { reject: 'all' } },
      { match: { 'as-path': { set: 'both', match: 'none' } }, action: { reject: 'none' } },
    ],
    cases: [
      ['192.0.2.0/24 path=1 2', 'reject all'],
      ['192.0.2.0/24 path=1 3', 'accept'],
      ['192.0.2.0/24 path=3', 'reject none'],
    ],
  },
  {
    title: 'AS path length: a set counts as one',
    statements: match({ 'as-path-length': '>= 3' }),
    cases: [
      ['192.0.2.0/24 path=1 2', 'accept'],
      ['192.0.2.0/24 path=1 2 {3 4 5}', 'reject yes'],
      ['192.0.2.0/24 path=1 2 3', 'reject yes'],
      ['192.0.2.0/24 path=1 (65001 65002)', 'accept'],
    ],
  },
  {
    title: 'AS numbers: first, origin, any',
    sets: { 'as-numbers': { tier1: [174, '700-702'] } },
    statements: [
      { match: { 'first-as': 65001, 'origin-as': [65009] }, action: { reject: 'ends' } },
      { match: { 'any-as': { set: 'tier1' } }, action: { reject: 'tier1' } },
      { match: { not: { 'first-as': '{peer-as}' } }, action: { reject: 'not-the-peer' } },
    ],
    cases: [
      ['192.0.2.0/24 path=65001 65009', 'reject ends'],
      ['192.0.2.0/24 path=65001 {65009}', 'accept'],
      ['192.0.2.0/24 path=65001 701 5', 'reject tier1'],
      ['192.0.2.0/24 path=65001 {5 702} 5', 'reject tier1'],
      ['192.0.2.0/24 path=65001 703', 'accept'],
      ['192.0.2.0/24 path=65002 65001', 'reject not-the-peer'],
      ['192.0.2.0/24 path=65002', 'accept', { as: 65002 }],
    ],
  },
  {
    title: 'an empty path has no AS',
    statements: match({ not: { 'first-as': '0-4294967295' } }),
    cases: [
      ['192.0.2.0/24 path=', 'reject yes'],
      ['192.0.2.0/24 path=1', 'accept'],
    ],
  },
  {
    title: 'the own AS is in the path',
    statements: match({ 'any-as': '{local-as}' }),
    cases: [
      ['192.0.2.0/24 path=65001 64512 3', 'reject yes'],
      ['192.0.2.0/24 path=65001 3', 'accept'],
    ],
  },
  {
    title: 'communities: single ones, names, wildcards, ranges, regular expressions',
    statements: match({
      communities: [
        '64512:1',
        'no-export',
        '64513:*',
        '64514:100-199',
        '/^64515:.*7$/',
        '64512:5:*',
        '/:9$/large',
        'rt:64512:7',
        'ro:*:8',
        'rt:1:*',
      ],
    }),
    cases: [
      ['192.0.2.0/24 path=1; com=64512:1', 'reject yes'],
      ['192.0.2.0/24 path=1; com=64512:2 64512:1', 'reject yes'],
      ['192.0.2.0/24 path=1; com=64512:2', 'accept'],
      ['192.0.2.0/24 path=1', 'accept'],
      ['192.0.2.0/24 path=1; com=no-export', 'reject yes'],
      ['192.0.2.0/24 path=1; com=65535:65281', 'reject yes'],
      ['192.0.2.0/24 path=1; com=64513:0', 'reject yes'],
      ['192.0.2.0/24 path=1; com=64514:150', 'reject yes'],
      ['192.0.2.0/24 path=1; com=64514:200', 'accept'],
      ['192.0.2.0/24 path=1; com=64515:17', 'reject yes'],
      ['192.0.2.0/24 path=1; com=64515:18', 'accept'],
      ['192.0.2.0/24 path=1; large=64512:5:77', 'reject yes'],
      ['192.0.2.0/24 path=1; large=64512:6:77', 'accept'],
      ['192.0.2.0/24 path=1; large=64512:6:9', 'reject yes'],
      ['192.0.2.0/24 path=1; ext=rt:64512:7', 'reject yes'],
      ['192.0.2.0/24 path=1; ext=rt:64512L:7', 'reject yes'],
      ['192.0.2.0/24 path=1; ext=rt:1:99999', 'reject yes'],
      ['192.0.2.0/24 path=1; ext=ro:64512:7', 'accept'],
      ['192.0.2.0/24 path=1; ext=ro:64512:8', 'reject yes'],
      ['192.0.2.0/24 path=1; ext=ro:192.0.2.1:8', 'reject yes'],
      ['192.0.2.0/24 path=1; ext=ro:200000:8', 'reject yes'],
    ],
  },
  {
    title: 'communities: any, none, all, only',
    sets: { communities: { mine: ['64512:1', '64512:2'] } },
    statements: [
      { match: { communities: { set: 'mine', match: 'all' } }, set: { med: 1 } },
      { match: { communities: { set: 'mine', match: 'none' } }, set: { med: 2 } },
      { match: { communities: { set: 'mine', match: 'only' } }, set: { 'local-preference': 3 } },
    ],
    cases: [
      ['192.0.2.0/24 path=1; com=64512:1 64512:2', 'accept med=1; lp=3'],
      ['192.0.2.0/24 path=1; com=64512:1 64512:2 64512:3', 'accept med=1'],
      ['192.0.2.0/24 path=1; com=64512:1', 'accept lp=3'],
      ['192.0.2.0/24 path=1; com=64512:3', 'accept med=2'],
      ['192.0.2.0/24 path=1', 'accept med=2; lp=3'],
      ['192.0.2.0/24 path=1; com=64512:1; large=1:1:1', 'accept lp=3'],
    ],
  },
  {
    title: "communities with the neighbor's numbers, of 16 and of 32 bits",
    statements: match({ communities: ['0:{peer-as}', '{local-as}:0:{peer-as}', 'rt:{local-as}:{peer-as}'] }),
    cases: [
      ['192.0.2.0/24 path=1; com=0:65001', 'reject yes'],
      ['192.0.2.0/24 path=1; com=0:65002', 'accept'],
      ['192.0.2.0/24 path=1; large=64512:0:65001', 'reject yes'],
      ['192.0.2.0/24 path=1; large=64513:0:65001', 'accept'],
      ['192.0.2.0/24 path=1; large=64512:0:200000', 'reject yes', { as: 200_000 }],
      ['192.0.2.0/24 path=1; com=0:3392', 'accept', { as: 200_000 }],
      ['192.0.2.0/24 path=1; com=0:3392', 'reject yes', { as: 200_000, as16: 3392 }],
      ['192.0.2.0/24 path=1; ext=rt:64512:65001', 'reject yes'],
      ['192.0.2.0/24 path=1; ext=rt:64512:200000', 'reject yes', { as: 200_000 }],
    ],
  },
  {
    title: 'numbers of communities',
    statements: [
      { match: { 'community-count': '> 3' }, action: { reject: 'all' } },
      { match: { 'large-community-count': 2 }, action: { reject: 'large' } },
      { match: { 'standard-community-count': '2-3' }, action: { reject: 'standard' } },
      { match: { 'extended-community-count': 1 }, action: { reject: 'extended' } },
    ],
    cases: [
      ['192.0.2.0/24 path=1; com=1:1 1:2; large=1:1:1 1:1:2', 'reject all'],
      ['192.0.2.0/24 path=1; large=1:1:1 1:1:2', 'reject large'],
      ['192.0.2.0/24 path=1; com=1:1 1:2 1:3', 'reject standard'],
      ['192.0.2.0/24 path=1; ext=rt:1:1', 'reject extended'],
      ['192.0.2.0/24 path=1; com=1:1', 'accept'],
    ],
  },
  {
    title: 'LOCAL_PREF and MED: numbers, ranges, absent',
    statements: [
      { match: { 'local-preference': { min: 100, max: 199 } }, action: { reject: 'lp' } },
      { match: { 'local-preference': 200 }, action: { reject: 'lp200' } },
      { match: { med: '<= 10' }, action: { reject: 'low' } },
      { match: { med: 'absent' }, action: { reject: 'no-med' } },
    ],
    cases: [
      ['192.0.2.0/24 path=1; lp=100', 'reject lp'],
      ['192.0.2.0/24 path=1; lp=199', 'reject lp'],
      ['192.0.2.0/24 path=1; lp=200', 'reject lp200'],
      ['192.0.2.0/24 path=1; lp=201; med=11', 'accept'],
      ['192.0.2.0/24 path=1; med=0', 'reject low'],
      ['192.0.2.0/24 path=1', 'reject no-med'],
    ],
  },
  {
    title: 'origin',
    statements: match({ origin: ['egp', 'incomplete'] }),
    cases: [
      ['192.0.2.0/24 path=1; origin=egp', 'reject yes'],
      ['192.0.2.0/24 path=1; origin=incomplete', 'reject yes'],
      ['192.0.2.0/24 path=1; origin=igp', 'accept'],
    ],
  },
  {
    title: 'next hop: addresses, prefixes, the peer, a neighbor with the same AS',
    statements: [
      { match: { 'next-hop': ['203.0.113.1', '10.0.0.0/8+', '2001:db8::5'] }, action: { reject: 'listed' } },
      { match: { 'next-hop': 'peer' }, action: 'accept' },
      { match: { 'next-hop': 'same-as' }, action: { reject: 'same-as' } },
      { action: { reject: 'foreign' } },
    ],
    cases: [
      ['192.0.2.0/24 path=1; nh=203.0.113.1', 'reject listed'],
      ['192.0.2.0/24 path=1; nh=10.2.3.4', 'reject listed'],
      ['192.0.2.0/24 path=1; nh=198.51.100.1', 'accept'],
      ['192.0.2.0/24 path=1; nh=198.51.100.2', 'reject same-as'],
      ['192.0.2.0/24 path=1; nh=198.51.100.3', 'reject foreign'],
      ['2001:db8::/48 path=1; nh=2001:db8::5', 'reject listed'],
      ['192.0.2.0/24 path=1; nh=2001:db8::5', 'reject listed'],
      ['2001:db8::/48 path=1; nh=2001:db8::6', 'accept', { address: '2001:db8::6' }],
    ],
  },
  {
    title: 'family, route type, path identifier',
    statements: [
      { match: { family: ['ipv6-unicast'] }, action: { reject: 'six' } },
      { match: { 'route-type': 'local' }, action: { reject: 'local' } },
      { match: { 'route-type': ['internal'] }, action: { reject: 'internal' } },
      { match: { 'path-identifier': '>= 2' }, action: { reject: 'second' } },
    ],
    cases: [
      ['2001:db8::/48 path=1', 'reject six'],
      ['192.0.2.0/24 path=; type=local', 'reject local'],
      ['192.0.2.0/24 path=1; type=internal', 'reject internal'],
      ['192.0.2.0/24 path=1; id=1', 'accept'],
      ['192.0.2.0/24 path=1; id=2', 'reject second'],
    ],
  },
  {
    title: 'ROV and ASPA',
    statements: [
      { match: { rov: 'invalid' }, action: { reject: 'rov' } },
      { match: { aspa: ['invalid', 'unknown'] }, action: { reject: 'aspa' } },
      { match: { rov: 'valid' }, set: { 'local-preference': 200 } },
    ],
    cases: [
      ['192.0.2.0/24 path=1; rov=invalid', 'reject rov'],
      ['192.0.2.0/24 path=1; rov=valid', 'accept lp=200'],
      ['192.0.2.0/24 path=1; rov=not-found', 'accept'],
      ['192.0.2.0/24 path=1', 'accept'],
      ['192.0.2.0/24 path=1; aspa=unknown', 'reject aspa'],
      ['192.0.2.0/24 path=1; rov=valid; aspa=valid', 'accept lp=200'],
    ],
  },
  {
    title: 'the neighbor: address, AS, group, role, tag, kind',
    sets: { neighbors: { friends: { as: [65010, 65011] } } },
    statements: [
      { match: { neighbor: { address: ['198.51.100.7', '2001:db8::/64+'] } }, action: { reject: 'address' } },
      { match: { neighbor: { as: '65002-65004' } }, action: { reject: 'as' } },
      { match: { neighbor: { group: 'transit', role: 'provider' } }, action: { reject: 'transit' } },
      { match: { neighbor: { tag: ['rome', 'oslo'] } }, action: { reject: 'tag' } },
      { match: { neighbor: { kind: 'ibgp' } }, action: { reject: 'ibgp' } },
      { match: { neighbor: { set: 'friends' } }, action: { reject: 'friends' } },
    ],
    cases: [
      ['192.0.2.0/24 path=1', 'accept'],
      ['192.0.2.0/24 path=1', 'reject address', { address: '198.51.100.7' }],
      ['192.0.2.0/24 path=1', 'reject address', { address: '2001:db8::9' }],
      ['192.0.2.0/24 path=1', 'reject as', { as: 65003 }],
      ['192.0.2.0/24 path=1', 'reject transit', { group: 'transit', role: 'provider' }],
      ['192.0.2.0/24 path=1', 'accept', { group: 'transit' }],
      ['192.0.2.0/24 path=1', 'reject tag', { tags: ['x', 'oslo'] }],
      ['192.0.2.0/24 path=1', 'reject ibgp', { kind: 'ibgp' }],
      ['192.0.2.0/24 path=1', 'reject friends', { as: 65011 }],
    ],
  },
  {
    title: 'the neighbor that the route came from',
    statements: match({ source: { address: '203.0.113.5' } }),
    cases: [
      ['192.0.2.0/24 path=1; from=203.0.113.5', 'reject yes'],
      ['192.0.2.0/24 path=1; from=203.0.113.6', 'accept'],
      ['192.0.2.0/24 path=1', 'accept'],
    ],
  },
  {
    title: 'any, all and not, inside each other',
    statements: match({
      any: [{ rov: 'invalid' }, { all: [{ med: '>= 5' }, { not: { any: [{ origin: 'igp' }, { communities: '0:{peer-as}' }] } }] }],
    }),
    cases: [
      ['192.0.2.0/24 path=1; rov=invalid', 'reject yes'],
      ['192.0.2.0/24 path=1; med=5; origin=egp', 'reject yes'],
      ['192.0.2.0/24 path=1; med=5; origin=egp; com=0:65001', 'accept'],
      ['192.0.2.0/24 path=1; med=5; origin=egp; com=0:65002', 'reject yes'],
      ['192.0.2.0/24 path=1; med=4; origin=egp', 'accept'],
      ['192.0.2.0/24 path=1; med=5', 'accept'],
    ],
  },
]);
