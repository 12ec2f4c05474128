/** The section `groups`: what neighbors have from it, and what is said about mistakes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NeighborConfig } from '../control-plane.ts';
import { ConfigRejected } from './config-error.ts';
import { parseConfig } from './load.ts';

const HEAD = 'global: { as: 64500, router-id: 192.0.2.254, listen: [127.0.0.1:0] }\n';

function neighbors(text: string): readonly NeighborConfig[] {
  return parseConfig(HEAD + text, 'f.yaml').config.neighbors;
}

function problems(text: string): string[] {
  try {
    neighbors(text);
  } catch (error) {
    if (error instanceof ConfigRejected) return error.errors.map(({ message }) => message.replace(/^f\.yaml:/, ''));
    throw error;
  }
  return [];
}

test('a key comes from the neighbor, else from its group, else from defaults; a list is replaced whole', () => {
  const [first, second, third] = neighbors(`
defaults: { policy: accept-all, hold-time: 30, families: [ipv4-unicast, ipv6-unicast] }
groups:
  customers: { import: deny-all, hold-time: 60, remote-as: 64501, tags: [paid], families: [ipv6-unicast] }
neighbors:
  - { address: 192.0.2.1, group: customers }
  - { address: 192.0.2.2, group: customers, remote-as: 64502, hold-time: 9, tags: [free, new], policy: accept-all }
  - { address: 192.0.2.3, remote-as: 64503 }
`);
  const shown = ({ remoteAs, holdTimeSeconds, importPolicy, exportPolicy, tags, families, group }: NeighborConfig): unknown[] => [
    group,
    remoteAs,
    holdTimeSeconds,
    importPolicy,
    exportPolicy,
    tags,
    families.length,
  ];
  assert.deepEqual(shown(first!), ['customers', 64_501, 60, 'deny-all', 'accept-all', ['paid'], 1]);
  assert.deepEqual(shown(second!), ['customers', 64_502, 9, 'accept-all', 'accept-all', ['free', 'new'], 1]);
  assert.deepEqual(shown(third!), [undefined, 64_503, 30, 'accept-all', 'accept-all', [], 2]);
});

test('a key that a neighbor may not have does not come from its group', () => {
  const [external, internal] = neighbors(`
groups: { all: { multihop: 4, route-reflector-client: true, policy: accept-all } }
neighbors:
  - { address: 192.0.2.1, remote-as: 64501, group: all }
  - { address: 192.0.2.2, remote-as: 64500, group: all }
`);
  assert.deepEqual([external!.multihopTtl, external!.routeReflectorClient], [4, false]);
  assert.deepEqual([internal!.multihopTtl, internal!.routeReflectorClient], [undefined, true]);
});

for (const [title, text, expected] of [
  [
    'an unknown group',
    'groups: { customers: {} }\nneighbors: [ { address: 192.0.2.1, remote-as: 64501, group: custmers } ]',
    '3:61 neighbors[0].group: found "custmers" (there is no group "custmers", did you mean "customers"?), allowed customers',
  ],
  ['an unknown key', 'groups: { customers: { hold-tim: 9 } }', '2:24 groups.customers.hold-tim: found unknown key "hold-tim"'],
  ['a word of another daemon', 'peer-groups: {}', '2:1 peer-groups: found unknown key "peer-groups" (here it is "groups")'],
  ['an address', 'groups: { customers: { address: 192.0.2.1 } }', '2:24 groups.customers.address: found unknown key "address"'],
  ['a group of a group', 'groups: { a: { group: b } }', '2:16 groups.a.group: found unknown key "group"'],
  ['a name', 'groups: { "a b": {} }', '2:18 groups.a b: found'],
  ['no mapping', 'groups: [ a ]', '2:9 groups: found'],
  ['a value', 'groups: { customers: { hold-time: 2 } }', '2:35 groups.customers.hold-time: found 2'],
  ['a policy', 'groups: { customers: { import: nowhere } }', '2:32 groups.customers.import: found nowhere (there is no policy "nowhere")'],
  [
    'a local address of the other kind',
    'groups: { a: { local-address: 192.0.2.9, policy: accept-all } }\nneighbors: [ { address: "2001:db8::1", remote-as: 64501, group: a } ]',
    '2:31 groups.a.local-address: found 192.0.2.9 (neighbors[0] has an IPv6 address)',
  ],
] as const) {
  test(`refused with its place: ${title}`, () => {
    const [first = 'nothing'] = problems(text);
    assert.equal(first.replaceAll('"nowhere" (', 'nowhere (').replaceAll('"192.0.2.9"', '192.0.2.9').slice(0, expected.length), expected);
  });
}
