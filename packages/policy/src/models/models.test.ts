/** Policies of rustbgpd and bgpgg: what their texts say, in tables of routes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf, PEER, routeOf } from '../../test/routes.ts';
import { PolicyEngine } from '../engine/engine.ts';
import type { Policy } from '../engine/policy.ts';
import type { Peer } from '../route/peer.ts';
import { type BgpggDefinedSets, type BgpggStatement, bgpggChain, bgpggPolicy } from './bgpgg.ts';
import { type RustbgpdNeighborSet, type RustbgpdStatement, rustbgpdChain, rustbgpdPolicy } from './rustbgpd.ts';

const SETS = new Map<string, RustbgpdNeighborSet>([
  ['friends', { addresses: ['203.0.113.1'], remote_asns: [65010], peer_groups: ['transit'] }],
]);

function rustbgpd(...definitions: { default_action?: string; statements: RustbgpdStatement[] }[]): Policy {
  const policies = definitions.map((definition, index) => {
    const policy = rustbgpdPolicy(`p${index}`, definition, SETS);
    assert.ok('statements' in policy, String(policy));
    return policy;
  });
  return new PolicyEngine().compile(rustbgpdChain(policies));
}

function bgpgg(statements: BgpggStatement[], sets: BgpggDefinedSets = {}, fallback?: 'accept' | 'reject'): Policy {
  const policy = bgpggPolicy('p', statements, sets);
  assert.ok('statements' in policy, String(policy));
  return new PolicyEngine().compile(bgpggChain([policy], fallback));
}

function table(title: string, policy: Policy, cases: readonly (readonly [string, string, Partial<Peer>?])[]): void {
  for (const [line, expected, peer] of cases) {
    test(`${title}: ${line} -> ${expected}`, () => {
      const route = routeOf(line);
      assert.equal(outcomeOf(policy.evaluate(route, { ...PEER, ...peer }), route), expected);
    });
  }
}

const deny = (conditions: Partial<RustbgpdStatement>): RustbgpdStatement => ({ action: 'deny', ...conditions });

table(
  'rustbgpd: prefix',
  rustbgpd({
    statements: [
      deny({ prefix: '10.0.0.0/8' }),
      deny({ prefix: '172.16.0.0/12', ge: 13 }),
      deny({ prefix: '192.168.0.0/16', le: 24 }),
      deny({ prefix: '2001:db8::/32', ge: 40, le: 48 }),
    ],
  }),
  [
    ['10.0.0.0/8 path=1', 'reject'],
    ['10.0.0.0/9 path=1', 'accept'],
    ['172.16.0.0/12 path=1', 'accept'],
    ['172.16.0.0/32 path=1', 'reject'],
    ['192.168.0.0/16 path=1', 'reject'],
    ['192.168.1.0/25 path=1', 'accept'],
    ['2001:db8::/44 path=1', 'reject'],
    ['2001:db8::/32 path=1', 'accept'],
  ],
);

table(
  'rustbgpd: communities',
  rustbgpd({ statements: [deny({ match_community: ['65001:100', 'RT:65001:7', 'LC:65001:1:2', 'NO_EXPORT', 'RO:192.0.2.1:5'] })] }),
  [
    ['192.0.2.0/24 path=1; com=65001:100', 'reject'],
    ['192.0.2.0/24 path=1; com=65001:101', 'accept'],
    ['192.0.2.0/24 path=1; ext=rt:65001:7', 'reject'],
    ['192.0.2.0/24 path=1; ext=rt:65001L:7', 'reject'],
    ['192.0.2.0/24 path=1; large=65001:1:2', 'reject'],
    ['192.0.2.0/24 path=1; com=no-export', 'reject'],
    ['192.0.2.0/24 path=1; ext=ro:192.0.2.1:5', 'reject'],
  ],
);

table(
  'rustbgpd: AS path',
  rustbgpd({
    statements: [
      deny({ match_as_path: '_174_' }),
      deny({ match_as_path: '^65009$' }),
      deny({ match_as_path: '{3 4}' }),
      deny({ match_as_path_length_ge: 5 }),
    ],
  }),
  [
    ['192.0.2.0/24 path=1 174 2', 'reject'],
    ['192.0.2.0/24 path=1 1740 2', 'accept'],
    ['192.0.2.0/24 path=1 {174 9}', 'reject'],
    ['192.0.2.0/24 path=65009', 'reject'],
    ['192.0.2.0/24 path=1 {4 3}', 'reject'],
    ['192.0.2.0/24 path=1 2 3 4', 'accept'],
    ['192.0.2.0/24 path=1 2 3 4 5', 'reject'],
  ],
);

table(
  'rustbgpd: validation, neighbor, type, numbers, next hop',
  rustbgpd({
    statements: [
      deny({ match_rpki_validation: 'invalid' }),
      deny({ match_aspa_validation: 'invalid' }),
      deny({ match_neighbor_set: 'friends' }),
      deny({ match_route_type: 'internal' }),
      deny({ match_local_pref_ge: 300, match_local_pref_le: 400 }),
      deny({ match_med_le: 3 }),
      deny({ match_next_hop: '203.0.113.77' }),
    ],
  }),
  [
    ['192.0.2.0/24 path=1; rov=invalid', 'reject'],
    ['192.0.2.0/24 path=1; rov=not-found', 'accept'],
    ['192.0.2.0/24 path=1; aspa=invalid', 'reject'],
    ['192.0.2.0/24 path=1', 'reject', { address: '203.0.113.1' }],
    ['192.0.2.0/24 path=1', 'reject', { as: 65010 }],
    ['192.0.2.0/24 path=1', 'reject', { group: 'transit' }],
    ['192.0.2.0/24 path=1; type=internal', 'reject'],
    ['192.0.2.0/24 path=1; lp=300', 'reject'],
    ['192.0.2.0/24 path=1; lp=401', 'accept'],
    ['192.0.2.0/24 path=1; med=3', 'reject'],
    ['192.0.2.0/24 path=1; med=4', 'accept'],
    ['192.0.2.0/24 path=1; nh=203.0.113.77', 'reject'],
  ],
);

table(
  'rustbgpd: the first statement that matches decides; then the default',
  rustbgpd({
    default_action: 'deny',
    statements: [
      {
        action: 'permit',
        match_community: ['1:1'],
        set_local_pref: 200,
        set_med: 5,
        set_community_add: ['9:9', 'LC:1:2:3'],
        set_community_remove: ['1:1'],
        set_as_path_prepend: { asn: 64512, count: 2 },
        set_next_hop: '203.0.113.5',
      },
      deny({ match_community: ['1:1', '1:2'] }),
      { action: 'permit', match_community: ['1:3'], set_next_hop: 'self' },
    ],
  }),
  [
    ['192.0.2.0/24 path=1; com=1:1', 'accept path=64512 64512 1; nh=203.0.113.5; med=5; lp=200; com=9:9; large=1:2:3'],
    ['192.0.2.0/24 path=1; com=1:2', 'reject'],
    ['192.0.2.0/24 path=1; com=1:3', 'accept next-hop-self'],
    ['192.0.2.0/24 path=1', 'reject'],
  ],
);

table(
  'rustbgpd: a chain: all must permit, later values win, conditions see the received route',
  rustbgpd(
    { statements: [{ action: 'permit', match_community: ['1:1'], set_med: 1, set_community_add: ['2:2'] }] },
    {
      statements: [
        deny({ match_community: ['2:2'] }),
        { action: 'permit', match_community: ['1:1'], set_med: 2, set_community_remove: ['2:2'] },
      ],
    },
    { statements: [deny({ match_community: ['3:3'] })] },
  ),
  [
    ['192.0.2.0/24 path=1; com=1:1', 'accept med=2'],
    ['192.0.2.0/24 path=1; com=2:2', 'reject'],
    ['192.0.2.0/24 path=1; com=1:1 3:3', 'reject'],
    ['192.0.2.0/24 path=1', 'accept'],
  ],
);

for (const [title, definition, expected] of [
  ['no condition', { statements: [{ action: 'permit' }] }, 'a statement needs a condition'],
  ['deny with set', { statements: [deny({ prefix: '10.0.0.0/8', set_med: 1 })] }, 'cannot set anything'],
  ['ge without prefix', { statements: [deny({ ge: 8 })] }, 'ge and le need a prefix'],
  ['ge below the length', { statements: [deny({ prefix: '10.0.0.0/8', ge: 7 })] }, 'lengths 7 to 32'],
  ['an action that is none', { statements: [{ action: 'accept', prefix: '10.0.0.0/8' }] }, 'found "accept", allowed permit or deny'],
  ['a default that is none', { default_action: 'x', statements: [] }, 'default_action'],
  [
    'a prepend that is too long',
    { statements: [{ action: 'permit', prefix: '10.0.0.0/8', set_as_path_prepend: { asn: 1, count: 11 } }] },
    'allowed 1 to 10',
  ],
  ['a set that is not there', { statements: [deny({ match_neighbor_set: 'x' })] }, 'there is no neighbor set "x"'],
  ['a community that is none', { statements: [deny({ match_community: ['x'] })] }, 'statements[0].match_community'],
  ['a state that is none', { statements: [deny({ match_rpki_validation: 'bad' })] }, 'allowed valid, invalid, not_found'],
  ['a pattern that is none', { statements: [deny({ match_as_path: '(' })] }, 'never closed'],
  ['a next hop that is none', { statements: [{ action: 'permit', prefix: '10.0.0.0/8', set_next_hop: 'x' }] }, '"x" is not an address'],
] as const) {
  test(`rustbgpd refuses ${title}`, () => {
    const policy = rustbgpdPolicy('p', definition as never);
    assert.ok(Array.isArray(policy));
    assert.ok(
      policy.some((sentence: string) => sentence.includes(expected)),
      policy.join('\n'),
    );
  });
}

const ACCEPT = { accept: true };
const defined: BgpggDefinedSets = {
  prefixSets: {
    exact: [{ prefix: '192.0.2.0/24' }],
    range: [
      { prefix: '10.0.0.0/8', masklength_range: '16..24' },
      { prefix: '10.1.0.0/16', masklength_range: '..24' },
    ],
  },
  neighborSets: { two: ['203.0.113.1', '203.0.113.2'], one: ['203.0.113.1'] },
  asPathSets: { paths: ['65001_65002', '^1_2$'] },
  communitySets: { com: ['65001:1', '65001:2'] },
  extCommunitySets: { ext: ['rt:65001:7'] },
  largeCommunitySets: { large: ['1:2:3'] },
};

for (const [option, cases] of [
  [
    'any',
    [
      ['10.1.0.0/16 path=1', 'accept'],
      ['10.2.0.0/16 path=1', 'accept'],
      ['10.2.0.0/25 path=1', 'reject'],
      ['11.0.0.0/16 path=1', 'reject'],
    ],
  ],
  [
    'all',
    [
      ['10.1.0.0/16 path=1', 'accept'],
      ['10.2.0.0/16 path=1', 'reject'],
    ],
  ],
  [
    'invert',
    [
      ['10.1.0.0/16 path=1', 'reject'],
      ['11.0.0.0/16 path=1', 'accept'],
    ],
  ],
  ['unknown', [['10.1.0.0/16 path=1', 'accept']]],
] as const) {
  table(
    `bgpgg: prefix set, ${option}`,
    bgpgg([{ conditions: { match_prefix_set: { set_name: 'range', match_option: option } }, actions: ACCEPT }], defined),
    cases,
  );
}

for (const [option, cases] of [
  [
    'any',
    [
      ['192.0.2.0/24 path=1; from=203.0.113.1', 'accept'],
      ['192.0.2.0/24 path=1; from=203.0.113.3', 'reject'],
    ],
  ],
  ['all', [['192.0.2.0/24 path=1; from=203.0.113.1', 'reject']]],
  [
    'invert',
    [
      ['192.0.2.0/24 path=1; from=203.0.113.3', 'accept'],
      ['192.0.2.0/24 path=1; from=203.0.113.2', 'reject'],
      ['192.0.2.0/24 path=; type=local', 'reject'],
    ],
  ],
] as const) {
  table(
    `bgpgg: neighbor set, ${option}`,
    bgpgg([{ conditions: { match_neighbor_set: { set_name: 'two', match_option: option } }, actions: ACCEPT }], defined),
    cases,
  );
}

for (const [option, cases] of [
  [
    'any',
    [
      ['192.0.2.0/24 path=1; com=65001:1 9:9', 'accept'],
      ['192.0.2.0/24 path=1; com=9:9', 'reject'],
      ['192.0.2.0/24 path=1', 'reject'],
    ],
  ],
  [
    'all',
    [
      ['192.0.2.0/24 path=1; com=65001:1', 'accept'],
      ['192.0.2.0/24 path=1; com=65001:1 9:9', 'reject'],
      ['192.0.2.0/24 path=1', 'accept'],
    ],
  ],
  [
    'invert',
    [
      ['192.0.2.0/24 path=1; com=9:9', 'accept'],
      ['192.0.2.0/24 path=1; com=65001:2', 'reject'],
      ['192.0.2.0/24 path=1', 'accept'],
    ],
  ],
] as const) {
  table(
    `bgpgg: community set, ${option}`,
    bgpgg([{ conditions: { match_community_set: { set_name: 'com', match_option: option } }, actions: ACCEPT }], defined),
    cases,
  );
}

table('bgpgg: AS path set', bgpgg([{ conditions: { match_as_path_set: { set_name: 'paths' } }, actions: ACCEPT }], defined), [
  ['192.0.2.0/24 path=65001 65002 3', 'accept'],
  ['192.0.2.0/24 path=1 2', 'accept'],
  ['192.0.2.0/24 path=1 2 3', 'reject'],
]);

table(
  'bgpgg: extended and large sets, exact prefix, neighbor',
  bgpgg(
    [
      { conditions: { match_ext_community_set: { set_name: 'ext' } }, actions: ACCEPT },
      { conditions: { match_large_community_set: { set_name: 'large' } }, actions: ACCEPT },
      { conditions: { prefix: '198.51.100.0/24' }, actions: ACCEPT },
      { conditions: { neighbor: '203.0.113.9' }, actions: ACCEPT },
    ],
    defined,
  ),
  [
    ['192.0.2.0/24 path=1; ext=rt:65001:7', 'accept'],
    ['192.0.2.0/24 path=1; large=1:2:3', 'accept'],
    ['198.51.100.0/24 path=1', 'accept'],
    ['198.51.100.0/25 path=1', 'reject'],
    ['192.0.2.0/24 path=1; from=203.0.113.9', 'accept'],
  ],
);

table(
  'bgpgg: a statement that only sets accepts; the end rejects',
  bgpgg(
    [
      { conditions: { match_community_set: { set_name: 'com' } }, actions: { local_pref: 150, med: 7, add_communities: ['8:8'] } },
      { conditions: { prefix: '10.0.0.0/8' }, actions: { accept: true, reject: true } },
    ],
    defined,
  ),
  [
    ['192.0.2.0/24 path=1; com=65001:1', 'accept med=7; lp=150; com=65001:1 8:8'],
    ['192.0.2.0/24 path=1; com=65001:1; lp=90', 'accept med=7; com=65001:1 8:8'],
    ['10.0.0.0/8 path=1', 'reject'],
    ['192.0.2.0/24 path=1', 'reject'],
  ],
);

table('bgpgg: the default of the assignment', bgpgg([], {}, 'accept'), [['192.0.2.0/24 path=1', 'accept']]);

for (const [title, name, statements, expected] of [
  ['a name that is kept', '_default_in', [], 'begins with "_"'],
  ['a set that is not there', 'p', [{ conditions: { match_prefix_set: { set_name: 'x' } } }], 'there is no set "x"'],
  ['a community that is none', 'p', [{ actions: { add_communities: ['x'] } }], 'is no well-known community'],
  ['a prefix that is none', 'p', [{ conditions: { prefix: 'x' } }], '"x" is not a prefix'],
] as const) {
  test(`bgpgg refuses ${title}`, () => {
    const policy = bgpggPolicy(name, statements);
    assert.ok(Array.isArray(policy));
    assert.ok(
      policy.some((sentence: string) => sentence.includes(expected)),
      policy.join('\n'),
    );
  });
}
