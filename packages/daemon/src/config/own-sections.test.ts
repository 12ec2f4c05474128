/** The sections about routes of our own: what they become, and what is said about mistakes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAttribute, IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import type { OwnConfig } from '../own-config.ts';
import { ConfigRejected } from './config-error.ts';
import { parseConfig } from './load.ts';
import { reportAccepted } from './report.ts';

const GLOBAL = 'global: { as: 64500, router-id: 192.0.2.254, update-delay: 120 }\n';

function own(text: string): OwnConfig {
  return parseConfig(GLOBAL + text, 'f.yaml').config.own;
}

function problems(text: string): string[] {
  try {
    own(text);
  } catch (error) {
    if (error instanceof ConfigRejected) return error.errors.map(({ message }) => message);
    throw error;
  }
  return [];
}

test('every attribute of a route arrives where it belongs', () => {
  const { routes } = own(`routes:
  - prefix: 203.0.113.0/24
    next-hop: 192.0.2.1
    as-path: 65001 65002
    prepend: 2
    origin: egp
    med: 5
    local-pref: 200
    community: [65000:1, no-export]
    large-community: ["65000:1:2"]
    ext-community: ["rt:65000:7"]
  - { prefix: "2001:DB8::/32", prepend: 1 }
  - { prefix: 198.51.100.0/24 }
`);
  assert.deepEqual(
    routes.map(({ family, prefix, nextHop }) => [family, prefix, nextHop]),
    [
      [IPV4_UNICAST, '203.0.113.0/24', '192.0.2.1'],
      [IPV6_UNICAST, '2001:db8::/32', '::'],
      [IPV4_UNICAST, '198.51.100.0/24', '0.0.0.0'],
    ],
  );
  assert.deepEqual(routes[0]!.attributes.map(formatAttribute).toSorted(), [
    'AS_PATH 64500 64500 65001 65002',
    'COMMUNITIES 65000:1 no-export',
    'EXTENDED_COMMUNITIES rt:65000:7',
    'LARGE_COMMUNITIES 65000:1:2',
    'LOCAL_PREF 200',
    'MULTI_EXIT_DISC 5',
    'ORIGIN egp',
  ]);
  assert.deepEqual(routes[1]!.attributes.map(formatAttribute), ['AS_PATH 64500']);
  assert.deepEqual(routes[2]!.attributes, []);
});

test('aggregates, conditions, damping and the update delay', () => {
  const { aggregates, conditions, damping, updateDelaySeconds } = own(
    `aggregates:
  - { prefix: 203.0.113.0/22, summary-only: true, merge-communities: true, med: 7 }
`.replace('203.0.113.0/22', '203.0.112.0/22') +
      `conditions:
  - { name: a, present: [192.0.2.0/24] }
  - { name: b, absent: [192.0.2.0/24, "2001:db8::/32"], hold: 30 }
damping: { half-life: 600, suppress: 12000, max-suppress: 3000 }
`,
  );
  assert.deepEqual(
    aggregates.map(({ prefix, summaryOnly, mergeCommunities, attributes }) => [prefix, summaryOnly, mergeCommunities, attributes.length]),
    [['203.0.112.0/22', true, true, 1]],
  );
  assert.deepEqual(conditions, [
    { name: 'a', type: 'present', prefixes: ['192.0.2.0/24'], holdSeconds: 5 },
    { name: 'b', type: 'absent', prefixes: ['192.0.2.0/24', '2001:db8::/32'], holdSeconds: 30 },
  ]);
  assert.deepEqual(damping, { halfLifeSeconds: 600, reuse: 750, suppress: 12_000, maxSuppressSeconds: 3000 });
  assert.equal(updateDelaySeconds, 120);
});

test('--check says what there is', () => {
  const { config, warnings } = parseConfig(
    `${GLOBAL}routes: [ { prefix: 203.0.113.0/24 } ]\naggregates: [ { prefix: 198.51.100.0/22 } ]\n`,
    'f.yaml',
  );
  assert.match(reportAccepted(config, warnings), /own routes 1, 1 aggregate\n/);
});

for (const [title, text, expected] of [
  [
    'bits after the length',
    'routes: [ { prefix: 203.0.113.1/24 } ]',
    /routes\[0\]\.prefix: .*did you mean "203\.0\.113\.0\/24" or "203\.0\.113\.1\/32"/,
  ],
  ['an address without a length', 'routes: [ { prefix: 203.0.113.1 } ]', /no length; write "203\.0\.113\.1\/32"/],
  ['a prefix that nobody routes', 'routes: [ { prefix: 127.0.0.0/8 } ]', /routes\[0\]\.prefix: .*loopback/],
  ['a next hop that is none', 'routes: [ { prefix: 203.0.113.0/24, next-hop: 224.0.0.1 } ]', /next-hop: .*multicast/],
  ['a next hop of the other family', 'routes: [ { prefix: 203.0.113.0/24, next-hop: "2001:db8::1" } ]', /the prefix is 203\.0\.113\.0\/24/],
  ['an AS_SET', 'routes: [ { prefix: 203.0.113.0/24, as-path: "1 {2}" } ]', /an AS_SET, RFC 9774/],
  [
    'a community that is none',
    'routes: [ { prefix: 203.0.113.0/24, community: ["65000:99999999"] } ]',
    /community\[0\]: found "65000:99999999"/,
  ],
  ['a prefix twice', 'routes: [ { prefix: 203.0.113.0/24 }, { prefix: 203.0.113.0/24 } ]', /routes\[0\] on line 2 is the same/],
  ['an aggregate twice', 'aggregates: [ { prefix: 10.0.0.0/8 }, { prefix: 10.0.0.0/8 } ]', /aggregates\[1\]\.prefix/],
  ['an aggregate of one address', 'aggregates: [ { prefix: 10.0.0.1/32 } ]', /nothing can contribute/],
  ['a condition that nobody has', 'routes: [ { prefix: 203.0.113.0/24, while: up } ]', /no condition has this name/],
  ['a condition without prefixes', 'conditions: [ { name: up } ]', /neither present nor absent/],
  ['a condition that wants both', 'conditions: [ { name: up, present: [10.0.0.0/8], absent: [11.0.0.0/8] } ]', /both present and absent/],
  ['a condition about nothing', 'conditions: [ { name: up, present: [] } ]', /conditions\[0\]\.present: .*empty/],
  ['a name twice', 'conditions: [ { name: up, present: [10.0.0.0/8] }, { name: up, absent: [10.0.0.0/8] } ]', /each name once/],
  [
    'a route that depends on itself',
    'conditions: [ { name: up, absent: [203.0.113.0/24] } ]\nroutes: [ { prefix: 203.0.113.0/24, while: up } ]',
    /it depends on whether 203\.0\.113\.0\/24 is there, which is this route/,
  ],
  [
    'a route that depends on an aggregate to which it contributes',
    'conditions: [ { name: up, absent: [10.0.0.0/8] } ]\nroutes: [ { prefix: 10.1.0.0/16, while: up } ]\naggregates: [ { prefix: 10.0.0.0/8 } ]',
    /it depends on whether 10\.1\.0\.0\/16 is there, which is this route/,
  ],
  [
    'two routes that depend on each other',
    'conditions: [ { name: a, absent: [10.0.0.0/8] }, { name: b, absent: [11.0.0.0/8] } ]\nroutes: [ { prefix: 11.0.0.0/8, while: a }, { prefix: 10.0.0.0/8, while: b } ]',
    /which is this route/,
  ],
  [
    'default-originate-while without default-originate',
    'conditions: [ { name: up, present: [10.0.0.0/8] } ]\nneighbors: [ { address: 192.0.2.1, remote-as: 64501, policy: accept-all, default-originate-while: up } ]',
    /without default-originate: true/,
  ],
  [
    'default-originate-while of a condition that is not there',
    'neighbors: [ { address: 192.0.2.1, remote-as: 64501, policy: accept-all, default-originate: true, default-originate-while: up } ]',
    /of which there are none/,
  ],
  ['reuse above suppress', 'damping: { reuse: 7000 }', /suppress is 6000/],
  ['a threshold that is never reached', 'damping: { suppress: 20000 }', /a penalty grows to 12000 at most/],
  ['damping towards iBGP', 'neighbors: [ { address: 192.0.2.1, remote-as: 64500, damping: true } ]', /damping for eBGP only/],
  ['the words of another daemon', 'static: [ { prefix: 203.0.113.0/24 } ]', /here it is "routes"/],
  ['and in a route', 'routes: [ { prefix: 203.0.113.0/24, localpref: 200 } ]', /here it is "local-pref"/],
] as const) {
  test(`a mistake is explained: ${title}`, () => {
    const found = problems(`${text}\n`);
    assert.ok(found.length > 0, 'refused');
    assert.match(found.join('\n'), expected);
  });
}
