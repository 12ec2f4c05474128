/**
 * Ready-made policies: each check, the control communities in all four sizes of AS numbers, and the traps that exchange points fell into.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf, PEER, routeOf } from '../../test/routes.ts';
import { formatProblem } from '../config/problems.ts';
import { readPolicies } from '../config/read.ts';
import { PolicyEngine } from '../engine/engine.ts';
import { unreachableStatements } from '../engine/lint.ts';
import type { Policy } from '../engine/policy.ts';
import { Members, numbersOf } from '../route/members.ts';
import type { Peer } from '../route/peer.ts';
import type { PolicySections } from '../sections.ts';
import { customerEdgePolicies, transitEdgePolicies } from './edge.ts';
import { REJECT_REASONS } from './reasons.ts';
import { routeServerPolicies } from './route-server.ts';

/** A member of the exchange: AS numbers that are no bogons. */
const MEMBER: Peer = { ...PEER, as: 1001, localAs: 6695 };

function policyOf(sections: PolicySections, name: string, extraSets: object = {}): Policy {
  const { policies, problems } = readPolicies({
    sets: {
      ...(sections.sets as object),
      ...Object.fromEntries(
        Object.entries(extraSets).map(([kind, sets]) => [
          kind,
          { ...(sections.sets as Record<string, object>)[kind], ...(sets as object) },
        ]),
      ),
    },
    policies: sections.policies,
  });
  assert.deepEqual(problems.map(formatProblem), []);
  return new PolicyEngine().compile({ policies: [policies.get(name)!], default: 'reject' });
}

function table(title: string, policy: Policy, cases: readonly (readonly [string, string, Partial<Peer>?])[]): void {
  test(title, async (t) => {
    assert.deepEqual(unreachableStatements(policy), []);
    for (const [line, expected, peer] of cases) {
      await t.test(`${line} -> ${expected}`, () => {
        const route = routeOf(line);
        assert.equal(outcomeOf(policy.evaluate(route, { ...MEMBER, ...peer }), route), expected);
      });
    }
  });
}

const IRR = { prefixes: { mine: ['5.5.0.0/16', '2a00:1::/32'] }, 'as-numbers': { origins: [1001, 1002] } };

table(
  'route server, import: each check with its reason',
  policyOf(routeServerPolicies({ blocklist: ['80.81.192.0/21'], neverViaRouteServers: [7777] }), 'route-server-in'),
  [
    ['5.5.0.0/16 path=1001 1002', 'accept'],
    ['5.5.0.0/16 path=1001; nh=198.51.100.2', 'reject next-hop'],
    [`5.5.0.0/16 path=${Array.from({ length: 33 }, () => 1001).join(' ')}`, 'reject as-path-too-long'],
    ['5.5.0.0/16 path=', 'reject as-path-empty'],
    ['5.5.0.0/16 path=1002 1001', 'reject first-as'],
    ['5.5.0.0/16 path=1001 64512 5', 'reject bogon-as'],
    ['5.5.0.0/16 path=1001 23456', 'reject bogon-as'],
    ['5.5.0.0/16 path=1001 65535', 'reject bogon-as'],
    ['5.5.0.0/16 path=1001 {4200000000 7}', 'reject bogon-as'],
    ['5.5.0.0/16 path=1001 131071', 'reject bogon-as'],
    ['5.5.0.0/16 path=1001 131072', 'accept'],
    ['5.5.0.0/16 path=1001 3356 5', 'reject transit-free-as'],
    ['5.5.0.0/16 path=3356 5', 'accept', { as: 3356 }],
    ['5.5.0.0/16 path=1001 7777', 'reject never-via-route-servers'],
    ['80.81.192.0/24 path=1001', 'reject prefix-on-blocklist'],
    ['80.81.192.0/21 path=1001', 'reject prefix-on-blocklist'],
    ['10.0.0.0/16 path=1001', 'reject bogon-prefix'],
    ['192.168.1.0/24 path=1001', 'reject bogon-prefix'],
    ['203.0.113.0/24 path=1001', 'reject bogon-prefix'],
    ['0.0.0.0/0 path=1001', 'reject bogon-prefix'],
    ['2001:db8:1::/48 path=1001; nh=2001:db8:ffff::1', 'reject bogon-prefix', { address: '2001:db8:ffff::1' }],
    ['fc00::/16 path=1001; nh=2001:db8:ffff::1', 'reject bogon-prefix', { address: '2001:db8:ffff::1' }],
    ['2a00:1::/32 path=1001; nh=2001:db8:ffff::1', 'accept', { address: '2001:db8:ffff::1' }],
    ['5.5.0.0/16 path=1001; rov=invalid', 'reject rpki-invalid'],
    ['5.5.5.0/25 path=1001', 'reject prefix-too-long'],
    ['4.0.0.0/7 path=1001', 'reject prefix-too-short'],
    ['2a00:1:1:1::/64 path=1001; nh=2001:db8:ffff::1', 'reject prefix-too-long', { address: '2001:db8:ffff::1' }],
    ['2a00::/11 path=1001; nh=2001:db8:ffff::1', 'reject prefix-too-short', { address: '2001:db8:ffff::1' }],
    ['5.5.0.0/16 path=1001; com=graceful-shutdown', 'accept lp=0'],
  ],
);

table('trap 12: the next hop of another session of the same AS', policyOf(routeServerPolicies({ nextHop: 'same-as' }), 'route-server-in'), [
  ['5.5.0.0/16 path=1001; nh=198.51.100.2', 'accept'],
  ['5.5.0.0/16 path=1001; nh=198.51.100.3', 'reject next-hop'],
]);

table('IRR: prefix and origin', policyOf(routeServerPolicies({ irr: { prefixes: 'mine', origins: 'origins' } }), 'route-server-in', IRR), [
  ['5.5.0.0/16 path=1001 1002', 'accept'],
  ['5.5.0.0/16 path=1001 1003', 'reject origin-not-in-irr'],
  ['5.5.0.0/16 path=1001 {1002}', 'reject origin-not-in-irr'],
  ['5.5.5.0/24 path=1001', 'reject prefix-not-in-irr'],
  ['5.5.5.0/24 path=1001; rov=valid', 'reject prefix-not-in-irr'],
]);

table(
  'trap 1: a valid ROA in the place of a route object, only where it is asked for',
  policyOf(routeServerPolicies({ irr: { prefixes: 'mine', origins: 'origins' }, rpkiValidNeedsNoIrr: true }), 'route-server-in', IRR),
  [
    ['5.5.5.0/24 path=1001; rov=valid', 'accept'],
    ['5.5.5.0/24 path=1001; rov=not-found', 'reject prefix-not-in-irr'],
    ['5.5.5.0/24 path=1001 1003; rov=valid', 'reject origin-not-in-irr'],
  ],
);

table(
  'trap 2: a blackhole request is longer than everything allows, but lies inside an allowed prefix',
  policyOf(routeServerPolicies({ irr: { prefixes: 'mine', origins: 'origins' }, blackhole: {} }), 'route-server-in', IRR),
  [
    ['5.5.5.5/32 path=1001; com=blackhole; rov=invalid', 'accept com=65535:666 65535:65281'],
    ['6.6.6.6/32 path=1001; com=blackhole', 'reject prefix-not-in-irr'],
    ['5.5.5.5/32 path=1001', 'reject prefix-not-in-irr'],
    ['5.5.5.5/32 path=1001 1003; com=blackhole', 'reject origin-not-in-irr'],
  ],
);

const outgoing = policyOf(routeServerPolicies({ blackhole: {} }), 'route-server-out');

for (const [title, peer] of [
  ['16-bit route server, 16-bit member', { localAs: 6695, as: 1001 }],
  ['16-bit route server, 32-bit member', { localAs: 6695, as: 200_001 }],
  ['32-bit route server, 16-bit member', { localAs: 204_663, localAs16: 65_534, as: 1001 }],
  ['32-bit route server, 32-bit member', { localAs: 204_663, localAs16: 65_534, as: 200_001, as16: 64_999 }],
] as const) {
  const rs = peer.localAs;
  const rs16 = 'localAs16' in peer ? peer.localAs16 : rs;
  const member = peer.as;
  const member16 = member <= 0xffff ? member : 'as16' in peer ? peer.as16 : undefined;
  const other = { as: 1002 };
  const cases: [string, string, Partial<Peer>?][] = [
    ['5.5.0.0/16 path=7', 'accept'],
    [`5.5.0.0/16 path=7; large=${rs}:0:${member}`, 'reject not-to-peer'],
    [`5.5.0.0/16 path=7; large=${rs}:0:0`, 'reject to-nobody'],
    [`5.5.0.0/16 path=7; large=${rs}:0:0 ${rs}:1:${member}`, 'accept large='],
    [`5.5.0.0/16 path=7; large=${rs}:0:0 ${rs}:1:${member}`, 'reject to-nobody', other],
    [`5.5.0.0/16 path=7; com=0:${rs16}`, 'reject to-nobody'],
    [`5.5.0.0/16 path=7; com=0:${rs16}; large=${rs}:1:${member}`, 'accept com=; large='],
    [`5.5.0.0/16 path=7; large=${rs}:1:${member} ${rs}:0:${member}`, 'reject not-to-peer'],
    [`5.5.0.0/16 path=7 8; large=${rs}:102:${member}`, 'accept path=7 7 7 8; large=; tag=2'],
    [`5.5.0.0/16 path=7 8; large=${rs}:103:0 ${rs}:101:${member}`, 'accept path=7 7 8; large=; tag=1'],
    [`5.5.0.0/16 path=7 8; large=${rs}:103:0 ${rs}:101:${member}`, 'accept path=7 7 7 7 8; large=; tag=3', other],
    [`5.5.0.0/16 path=7; com=65502:${rs16}`, 'accept path=7 7 7; com=; tag=2'],
    [`5.5.0.0/16 path=7; large=${rs}:1000:1 9:9:9; com=graceful-shutdown 9:9`, 'accept'],
  ];
  if (member16 !== undefined) {
    cases.push(
      [`5.5.0.0/16 path=7; com=0:${member16}`, 'reject not-to-peer'],
      [`5.5.0.0/16 path=7; com=0:${rs16} ${rs16}:${member16}`, 'accept com='],
      [`5.5.0.0/16 path=7; com=0:${rs16} ${rs16}:${member16} 0:${member16}`, 'reject not-to-peer'],
      [`5.5.0.0/16 path=7; com=65511:${member16}`, 'accept path=7 7; com=; tag=1'],
    );
  }
  table(
    `trap 3: control communities: ${title}`,
    outgoing,
    cases.map(([line, expected, more]) => [line, expected, { ...peer, ...more }] as const),
  );
}

table("route server, export: no RPKI invalid, blackholes with their next hop, trap 11: the prepend is the member's", outgoing, [
  ['5.5.0.0/16 path=7; rov=invalid', 'reject rpki-invalid'],
  ['5.5.5.5/32 path=7; com=blackhole; rov=invalid', 'accept nh=192.0.2.1'],
  ['5.5.5.5/32 path=7; com=blackhole 0:1001', 'reject not-to-peer'],
  ['5.5.0.0/16 path=7; com=65501:6695', 'accept path=7 7; com=; tag=1'],
]);

test('trap 4: routes without action communities have one verdict for all members, others one more for each that is named', () => {
  const members = new Members(
    Array.from({ length: 700 }, (_, i): Peer => ({ ...MEMBER, address: `10.0.${i >>> 8}.${i & 0xff}`, as: 1000 + i })),
  );
  const verdicts = (line: string): number[] =>
    outgoing.evaluateMembers(routeOf(line), members).map(({ members: set }) => [...numbersOf(set)].length);
  assert.deepEqual(verdicts('5.5.0.0/16 path=7'), [700]);
  assert.deepEqual(
    verdicts('5.5.0.0/16 path=7; com=0:1005 0:1006').toSorted((a, b) => a - b),
    [2, 698],
  );
  assert.deepEqual(
    verdicts('5.5.0.0/16 path=7; large=6695:0:0 6695:1:1003 6695:101:1003').toSorted((a, b) => a - b),
    [1, 699],
  );
});

table(
  'trap 6: what only the route server may say is taken off on import; what others say, and what members ask for, stays',
  policyOf(routeServerPolicies(), 'route-server-in'),
  [
    ['5.5.0.0/16 path=1001; large=6695:1000:1 6695:0:1002 9:1000:1', 'accept large=6695:0:1002 9:1000:1'],
    ['5.5.0.0/16 path=1001; com=0:1002 65535:65281', 'accept'],
  ],
);

table('transit edge', policyOf(transitEdgePolicies({ ownPrefixes: ['5.5.0.0/16'] }), 'transit-in'), [
  ['8.8.8.0/24 path=1001 15169', 'accept'],
  ['8.8.8.0/24 path=1001 3356 15169', 'accept'],
  ['5.5.5.0/24 path=1001', 'reject prefix-on-blocklist'],
  ['8.8.8.0/25 path=1001', 'reject prefix-too-long'],
  ['8.8.8.0/24 path=1001; rov=invalid', 'reject rpki-invalid'],
  ['8.8.8.0/24 path=1001; aspa=invalid', 'reject aspa-invalid'],
  ['10.0.0.0/8 path=1001', 'reject bogon-prefix'],
]);

table('customer edge', policyOf(customerEdgePolicies({ prefixes: ['5.5.0.0/16 le 24'], origins: [1001] }), 'customer-in'), [
  ['5.5.0.0/16 path=1001', 'accept lp=200'],
  ['5.5.5.0/24 path=1001; com=graceful-shutdown', 'accept lp=0'],
  ['5.5.5.0/25 path=1001', 'reject prefix-not-in-irr'],
  ['6.6.0.0/16 path=1001', 'reject prefix-not-in-irr'],
  ['5.5.0.0/16 path=1001 7', 'reject origin-not-in-irr'],
  ['5.5.0.0/16 path=1001 174 1001', 'reject transit-free-as'],
  ['5.5.5.5/32 path=1001; com=blackhole; rov=invalid', 'accept nh=192.0.2.1; com=65535:666 65535:65281'],
  ['6.6.6.6/32 path=1001; com=blackhole', 'reject prefix-not-in-irr'],
  ['5.5.0.0/16 path=1001; rov=invalid', 'reject rpki-invalid'],
]);

test('each check can be left out or changed by its name; a name that is none is told', () => {
  const policy = policyOf(
    routeServerPolicies({ overrides: { 'bogon-as': false, 'as-path-too-long': { match: { 'as-path-length': '> 2' } } } }),
    'route-server-in',
  );
  const outcome = (line: string): string => {
    const route = routeOf(line);
    return outcomeOf(policy.evaluate(route, MEMBER), route);
  };
  assert.equal(outcome('5.5.0.0/16 path=1001 64512'), 'accept');
  assert.equal(outcome('5.5.0.0/16 path=1001 2 3'), 'reject as-path-too-long');
  assert.throws(() => routeServerPolicies({ overrides: { bogons: false } }), /no statement is called bogons; there are scrub, next-hop/);
  assert.throws(() => transitEdgePolicies({ overrides: { x: false } }), /no statement is called x/);
});

test('every reason has its number, and no number twice', () => {
  const numbers = Object.values(REJECT_REASONS);
  assert.equal(new Set(numbers).size, numbers.length);
});
