/** Ready-made policies by one line of configuration: what presets do differently, overrides by name, and mistakes with their places. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf, PEER, routeOf } from '../../test/routes.ts';
import { PolicyEngine } from '../engine/engine.ts';
import type { Peer } from '../route/peer.ts';
import { formatProblem } from './problems.ts';
import { readPolicies } from './read.ts';

const MEMBER: Peer = { ...PEER, as: 1001, localAs: 6695 };
const SETS = { prefixes: { mine: ['5.5.0.0/16'] }, 'as-numbers': { origins: [1001, 1002] } };

/** What a chain of the policies makes of routes. */
function judge(policies: Readonly<Record<string, unknown>>, chain: readonly string[], sets: object = SETS) {
  const result = readPolicies({ sets, policies });
  assert.deepEqual(result.problems.map(formatProblem), []);
  const policy = new PolicyEngine().compile({ policies: chain.map((name) => result.policies.get(name)!), default: 'reject' });
  return (line: string, peer: Partial<Peer> = {}): string => {
    const route = routeOf(line);
    return outcomeOf(policy.evaluate(route, { ...MEMBER, ...peer }), route);
  };
}

function problems(policy: unknown, sets: object = SETS): string[] {
  return readPolicies({ sets, policies: { rs: policy } }).problems.map(formatProblem);
}

test('one line is a whole route server; nothing of it is an unused set', () => {
  const { warnings } = readPolicies({
    policies: { 'rs-in': { ready: 'ixp-route-server-in' }, 'rs-out': { ready: 'ixp-route-server-out' } },
  });
  assert.deepEqual(warnings, []);
  const in_ = judge({ rs: { ready: 'ixp-route-server-in', blocklist: ['80.81.192.0/21'] } }, ['rs']);
  assert.equal(in_('5.5.0.0/16 path=1001 1002'), 'accept');
  assert.equal(in_('10.0.0.0/16 path=1001'), 'reject bogon-prefix');
  assert.equal(in_('80.81.192.0/24 path=1001'), 'reject prefix-on-blocklist');
  assert.equal(in_('5.5.0.0/16 path=1001; nh=198.51.100.2'), 'reject next-hop');
  const out = judge({ rs: { ready: 'ixp-route-server-out' } }, ['rs']);
  assert.equal(out('5.5.0.0/16 path=7; com=0:1001'), 'reject not-to-peer');
});

test('the lists of a member in a policy of its own, before the one that all members share', () => {
  const policies = {
    as1001: { ready: 'irr', prefixes: 'mine', origins: 'origins', blackhole: true },
    rs: { ready: 'ixp-route-server-in', blackhole: true },
  };
  const in_ = judge(policies, ['as1001', 'rs']);
  assert.equal(in_('5.5.0.0/16 path=1001'), 'accept');
  assert.equal(in_('6.6.0.0/16 path=1001'), 'reject prefix-not-in-irr');
  assert.equal(in_('5.5.0.0/16 path=1001 1003'), 'reject origin-not-in-irr');
  // Trap 2: a blackhole is longer than everything allows, and lies inside an allowed prefix.
  assert.equal(in_('5.5.5.5/32 path=1001; com=blackhole; rov=invalid'), 'accept com=65535:666 65535:65281');
  assert.equal(in_('6.6.6.6/32 path=1001; com=blackhole'), 'reject prefix-not-in-irr');
});

for (const [preset, cases] of [
  [
    'euro-ix',
    {
      long: 'reject as-path-too-long',
      hop: 'reject next-hop',
      bogon: 'reject bogon-as',
      tier: 'accept',
      roa: 'reject prefix-not-in-irr',
      short: 'accept',
    },
  ],
  [
    'arouteserver',
    {
      long: 'reject as-path-too-long',
      hop: 'reject next-hop',
      bogon: 'reject bogon-as',
      tier: 'reject transit-free-as',
      roa: 'reject prefix-not-in-irr',
      short: 'accept',
    },
  ],
  ['ixp-manager', { long: 'accept', hop: 'accept', bogon: 'accept', tier: 'accept', roa: 'accept', short: 'accept' }],
  [
    'de-cix',
    {
      long: 'reject as-path-too-long',
      hop: 'reject next-hop',
      bogon: 'reject bogon-as',
      tier: 'accept',
      roa: 'reject prefix-not-in-irr',
      short: 'reject prefix-too-short',
    },
  ],
  [
    'equinix',
    {
      long: 'reject as-path-too-long',
      hop: 'reject next-hop',
      bogon: 'reject bogon-as',
      tier: 'accept',
      roa: 'reject prefix-not-in-irr',
      short: 'accept',
    },
  ],
] as const) {
  test(`preset ${preset}: path length, next hop of the same AS, bogon AS, transit-free AS, trap 1, short IPv6`, () => {
    const sets = { ...SETS, prefixes: { mine: ['5.5.0.0/16', '6.6.0.0/16', '2a00::/16'] } };
    const in_ = judge({ rs: { ready: 'ixp-route-server-in', preset } }, ['rs'], sets);
    const listed = judge({ rs: { ready: 'ixp-route-server-in', preset, prefixes: 'mine', origins: 'origins' } }, ['rs']);
    assert.deepEqual(
      {
        long: in_(`5.5.0.0/16 path=${Array.from({ length: 40 }, () => 1001).join(' ')}`),
        hop: in_('5.5.0.0/16 path=1001; nh=198.51.100.2', { addresses: ['198.51.100.2'] }),
        bogon: in_('5.5.0.0/16 path=1001 64512'),
        tier: in_('5.5.0.0/16 path=1001 12956'),
        roa: listed('5.5.5.0/24 path=1001; rov=valid'),
        short: in_('2a00::/16 path=1001; nh=2001:db8:ffff::1', { address: '2001:db8:ffff::1' }),
      },
      cases,
    );
  });
}

for (const [title, peer] of [
  ['16-bit route server, 16-bit member', { localAs: 6695, as: 1001 }],
  ['16-bit route server, 32-bit member', { localAs: 6695, as: 200_001 }],
  ['32-bit route server, 16-bit member', { localAs: 204_663, localAs16: 65_534, as: 1001 }],
  ['32-bit route server, 32-bit member', { localAs: 204_663, localAs16: 65_534, as: 200_001 }],
] as const) {
  const { localAs: rs, as: member } = peer;
  test(`trap 3, preset equinix: who gets a route: ${title}`, () => {
    const out = judge({ rs: { ready: 'ixp-route-server-out', preset: 'equinix' } }, ['rs']);
    assert.equal(out(`5.5.0.0/16 path=7; large=${rs}:0:${member}`, peer), 'reject not-to-peer');
    assert.equal(out(`5.5.0.0/16 path=7; large=${rs}:0:${rs}`, peer), 'reject to-nobody');
    assert.equal(out(`5.5.0.0/16 path=7; large=${rs}:0:${rs} ${rs}:1:${member}`, peer), 'accept large=');
    assert.equal(out(`5.5.0.0/16 path=7 8; large=${rs}:102:${member}`, peer), 'accept path=7 7 7 8; large=; tag=2');
    if (member > 0xffff) return;
    const rs16 = 'localAs16' in peer ? peer.localAs16 : rs;
    assert.equal(out(`5.5.0.0/16 path=7; com=${rs16}:${rs16} ${rs16}:${member}`, peer), 'reject not-to-peer');
    assert.equal(out(`5.5.0.0/16 path=7; com=${rs16}:${rs16}`, peer), 'accept com=');
  });

  test(`trap 3, preset euro-ix: nobody but one, in large communities and old ones: ${title}`, () => {
    const out = judge({ rs: { ready: 'ixp-route-server-out' } }, ['rs']);
    const rs16 = 'localAs16' in peer ? peer.localAs16 : rs;
    assert.equal(out(`5.5.0.0/16 path=7; com=0:${rs16}`, peer), 'reject to-nobody');
    assert.equal(out(`5.5.0.0/16 path=7; com=0:${rs16}; large=${rs}:1:${member}`, peer), 'accept com=; large=');
    assert.equal(out(`5.5.0.0/16 path=7; large=${rs}:0:0`, peer), 'reject to-nobody');
  });
}

test('each statement is left out or changed by its name, also one that a preset changes', () => {
  const overrides = { 'bogon-as': false, 'as-path-too-long': { match: { 'as-path-length': '> 2' } } };
  const in_ = judge({ rs: { ready: 'ixp-route-server-in', preset: 'arouteserver', overrides } }, ['rs']);
  assert.equal(in_('5.5.0.0/16 path=1001 64512'), 'accept');
  assert.equal(in_('5.5.0.0/16 path=1001 2 3'), 'reject as-path-too-long');
  assert.equal(in_('5.5.0.0/16 path=1001 12956'), 'reject transit-free-as');
  // A set of the configuration takes the place of a ready-made one.
  const sets = { ...SETS, 'as-numbers': { ...SETS['as-numbers'], 'bogon-asns': [1002] } };
  assert.equal(judge({ rs: { ready: 'ixp-route-server-in' } }, ['rs'], sets)('5.5.0.0/16 path=1001 1002'), 'reject bogon-as');
});

test('edges of a network', () => {
  const transit = judge({ up: { ready: 'transit-edge', 'own-prefixes': ['5.5.0.0/16'], 'max-path-length': 3 } }, ['up']);
  assert.equal(transit('5.5.5.0/24 path=1001'), 'reject prefix-on-blocklist');
  assert.equal(transit('6.6.0.0/16 path=1001 2 3 4'), 'reject as-path-too-long');
  const customer = judge({ down: { ready: 'customer-edge', prefixes: 'mine', origins: 'origins', 'local-preference': 300 } }, ['down']);
  assert.equal(customer('5.5.0.0/16 path=1001'), 'accept lp=300');
  assert.equal(customer('6.6.0.0/16 path=1001'), 'reject prefix-not-in-irr');
});

for (const [title, policy, expected] of [
  [
    'a name that is none',
    { ready: 'ixp-rs' },
    /^policies\.rs\.ready: found "ixp-rs", allowed ixp-route-server-in, ixp-route-server-out, irr/,
  ],
  [
    'a preset that is none',
    { ready: 'ixp-route-server-in', preset: 'decix' },
    /^policies\.rs\.preset: found "decix" \(did you mean "de-cix"\?\)/,
  ],
  [
    'a key of another ready-made policy',
    { ready: 'irr', prefixes: 'mine', origins: 'origins', blocklist: [] },
    /^policies\.rs\.blocklist: found unknown key "blocklist"/,
  ],
  ['no list', { ready: 'irr', prefixes: 'mine' }, /^policies\.rs: found no "origins", allowed the name of a set/],
  [
    'an override of nothing',
    { ready: 'ixp-route-server-in', overrides: { bogons: false } },
    /^policies\.rs\.overrides: found overrides: no statement is called bogons; there are scrub/,
  ],
  [
    'an override that is wrong',
    { ready: 'ixp-route-server-in', overrides: { 'bogon-as': { match: { 'any-as': { set: 'x' } } } } },
    /^policies\.rs\.overrides\.bogon-as\.match\.any-as\.set: found no set of as-numbers called "x"/,
  ],
  [
    'overrides in another form',
    { ready: 'ixp-route-server-in', overrides: { 'bogon-as': true } },
    /^policies\.rs\.overrides: found something else, allowed a mapping from names of statements/,
  ],
  ['a length that is none', { ready: 'transit-edge', 'prefix-lengths': { ipv4: 'x' } }, /^policies\.rs\.prefix-lengths\.ipv4: found "x"/],
] as const) {
  test(`is refused: ${title}`, () => {
    const [first, ...others] = problems(policy);
    assert.match(first ?? '', expected);
    assert.deepEqual(others, []);
  });
}
