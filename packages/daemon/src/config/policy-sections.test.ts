/** The sections `sets` and `policies`, and the chains of neighbors: read, and reported with their places. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigRejected, formatWarning } from './config-error.ts';
import { type Loaded, parseConfig } from './load.ts';

const GLOBAL = 'global: { as: 64500, router-id: 192.0.2.254 }\n';
const POLICIES = 'policies: { hygiene: [ { action: next-policy } ], customers: [ { action: accept } ] }\n';

function load(text: string): Loaded {
  return parseConfig(GLOBAL + text, 'tsbgpd.yaml');
}

function messages(text: string): string[] {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigRejected) return error.errors.map(({ message }) => message);
    throw error;
  }
  return [];
}

function chains(text: string): (string | undefined)[][] {
  return load(POLICIES + text).config.neighbors.map(({ importPolicy, exportPolicy }) => [importPolicy, exportPolicy]);
}

test('import and export name a policy, a list of policies, or these by family', () => {
  const text = `neighbors:
  - { address: 192.0.2.1, remote-as: 64501, import: customers, export: accept-all }
  - { address: 192.0.2.2, remote-as: 64502, import: [hygiene, customers], export: "hygiene accept-all" }
  - { address: 192.0.2.3, remote-as: 64503, policy: { ipv4-unicast: [hygiene, customers], ipv6-unicast: deny-all } }
`;
  const byFamily = 'ipv4-unicast: hygiene customers; ipv6-unicast: deny-all';
  assert.deepEqual(chains(text), [
    ['customers', 'accept-all'],
    ['hygiene customers', 'hygiene accept-all'],
    [byFamily, byFamily],
  ]);
  assert.deepEqual(chains(`neighbors: [ { address: 192.0.2.1, remote-as: 64501, policy: "${byFamily}" } ]`), [[byFamily, byFamily]]);
});

test('a chain of defaults applies where the neighbor has none', () => {
  const text = `defaults: { import: [hygiene, customers], export: deny-all }
neighbors:
  - { address: 192.0.2.1, remote-as: 64501 }
  - { address: 192.0.2.2, remote-as: 64502, import: accept-all }
`;
  assert.deepEqual(chains(text), [
    ['hygiene customers', 'deny-all'],
    ['accept-all', 'deny-all'],
  ]);
});

test('a mistake in a set or a policy has its file, line, column and path', () => {
  const text = `sets:
  prefixes:
    customers: [192.0.2.0/24, 192.0.2.0/33]
policies:
  in:
    statements:
      - mtch: { med: 5 }
      - match: { prefix: { set: customer } }
`;
  assert.deepEqual(messages(text), [
    'tsbgpd.yaml:4:31 sets.prefixes.customers[1]: found "192.0.2.0/33" is not a prefix, allowed a prefix, alone or with lengths: ' +
      '"192.0.2.0/24 ge 25 le 28", "192.0.2.0/24+", e.g. "customers: [192.0.2.0/24, "2001:db8::/32 le 48"]"',
    'tsbgpd.yaml:8:9 policies.in.statements[0].mtch: found unknown key "mtch" (did you mean "match"?), allowed name, match, set, call, do, ' +
      'else, action, e.g. "{ match: { rov: invalid }, action: reject }"',
    'tsbgpd.yaml:9:33 policies.in.statements[1].match.prefix.set: found no set of prefixes called "customer", allowed customers',
  ]);
});

for (const [title, text, expected] of [
  [
    'a policy that is not there',
    'neighbors: [ { address: 192.0.2.1, remote-as: 64501, import: [hygeine, customers] } ]',
    /3:62 neighbors\[0\]\.import: found a list \(there is no policy "hygeine", did you mean "hygiene"\?\), allowed accept-all, deny-all, hygiene/,
  ],
  [
    'a policy that is not there, in defaults',
    'defaults: { policy: custmers }',
    /defaults\.policy: found "custmers" \(there is no policy "custmers", did/,
  ],
  ['a family that is none', 'defaults: { import: { ipv4: customers } }', /found a mapping \("ipv4" is no family, as ipv4-unicast is\)/],
  ['a family twice', 'defaults: { import: "ipv4-unicast: hygiene; ipv4-unicast: customers" }', /\(ipv4-unicast twice\)/],
  ['a mapping without families', 'defaults: { import: {} }', /\(no family\)/],
  ['an empty chain', 'defaults: { import: [] }', /\(no policy\)/],
  ['a policy twice in a chain', 'defaults: { import: [hygiene, hygiene] }', /\(hygiene twice\)/],
  ['a chain of numbers', 'defaults: { import: [5] }', /defaults\.import: found a list, allowed accept-all, deny-all, the name of a policy/],
] as const) {
  test(`is refused: ${title}`, () => {
    const [message, ...others] = messages(POLICIES + text);
    assert.match(message ?? '', expected);
    assert.deepEqual(others, []);
  });
}

for (const [title, text, expected] of [
  ['a policy with the name of a built-in one', 'policies: { accept-all: [] }', /policies\.accept-all: .*is there already/],
  ['a policy whose name chains cannot hold', 'policies: { "a b": [] }', /policies\.a b: .*"a b" is no name/],
  ['policies that are no mapping', 'policies: [ 5 ]', /policies: found a list, allowed a mapping from names to policies/],
  ['a file that is no name', 'policies: { p: { file: 5 } }', /policies\.p\.file: found 5, allowed the name of a TypeScript/],
  ['a file beside statements', 'policies: { p: { file: a.ts, statements: [] } }', /policies\.p\.statements: found unknown key/],
] as const) {
  test(`is refused: ${title}`, () => {
    const [message, ...others] = messages(text);
    assert.match(message ?? '', expected);
    assert.deepEqual(others, []);
  });
}

test('sets that nobody uses and statements that no route comes to are warnings with their places', () => {
  const { warnings } = load(`sets:
  prefixes:
    unused: [192.0.2.0/24]
policies:
  a:
    - action: reject
    - name: late
      set: { med: 5 }
  b:
    statements:
      - action: accept
      - action: reject
`);
  assert.deepEqual(warnings.map(formatWarning), [
    'tsbgpd.yaml:4:5 sets.prefixes.unused: no statement uses this set',
    'tsbgpd.yaml:8:7 policies.a[1]: no route comes here: what comes before it decides about every route',
    'tsbgpd.yaml:13:9 policies.b.statements[1]: no route comes here: what comes before it decides about every route',
  ]);
});

test('a ready-made policy is one line, which chains name; a mistake in it has its place', () => {
  const { config, warnings } = load(`policies:
  rs-in: { ready: ixp-route-server-in, preset: de-cix }
neighbors: [ { address: 192.0.2.1, remote-as: 64501, import: rs-in, export: deny-all } ]
`);
  assert.equal(config.neighbors[0]?.importPolicy, 'rs-in');
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    messages('policies:\n  rs-in:\n    ready: ixp-route-server-in\n    overrides:\n      bogon-as: { match: { rov: x } }\n'),
    [
      'tsbgpd.yaml:6:33 policies.rs-in.overrides.bogon-as.match.rov: found "x", allowed not-checked, valid, not-found, invalid, e.g. "rov: not-checked"',
    ],
  );
});
