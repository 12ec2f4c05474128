/** What the configuration file says of route reflection, confederations, roles and AS numbers, and its mistakes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigRejected } from './config-error.ts';
import { type DaemonConfig, parseConfig } from './load.ts';

const CONFEDERATION = 'confederation: { identifier: 64500, members: [65002, 65003] }';

function file(global: string, ...neighbors: string[]): string {
  const list = neighbors.map((keys, i) => `  - { address: 192.0.2.${i + 1}, ${keys} }\n`);
  return `global: { as: 65001, router-id: 192.0.2.254, ${global} }\nneighbors:\n${list.join('')}`;
}

function load(text: string): DaemonConfig {
  return parseConfig(text, 'f.yaml').config;
}

function errorsOf(text: string): string[] {
  try {
    load(text);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigRejected);
    return error.errors.map(({ message }) => message);
  }
}

test('RFC 5065, RFC 4456: the confederation and the cluster identifier of the speaker', () => {
  const { global } = load(file(`cluster-id: 10.0.0.1, ${CONFEDERATION}`, 'remote-as: 65002', 'remote-as: 174, role: customer'));
  assert.deepEqual(global.confederation, { identifier: 64_500, members: [65_002, 65_003] });
  assert.equal(global.clusterId, '10.0.0.1');
});

for (const [global, neighbor, expected] of [
  ['cluster-id: 0.0.0.0', '', /global\.cluster-id: found "0\.0\.0\.0".*RFC 4456/],
  ['confederation: { identifier: 64500 }', '', /confederation\.members: found nothing, allowed a list of AS numbers/],
  ['confederation: { members: [65002] }', '', /confederation\.identifier: found nothing/],
  ['confederation: { identifier: 65001, members: [] }', '', /identifier: found 65001 \(global\.as\), allowed a number of its own/],
  [
    'confederation: { identifier: 64500, members: [65001] }',
    '',
    /members\[0\]: found 65001 \(global\.as\), allowed the other ASes of the confederation/,
  ],
  ['confederation: { identifier: 64500, members: [64500] }', '', /members\[0\]: found 64500 \(the identifier of the confederation\)/],
  ['confederation: { identifier: 64500, members: [65002, 65002] }', '', /members\[1\]: found 65002 \(it is there already\)/],
  [CONFEDERATION, 'remote-as: 64500', /remote-as: found 64500 \(the number of our confederation\), allowed the AS of a member/],
  [CONFEDERATION, 'remote-as: 65002, role: peer', /role: found "?peer"? \(AS 65002 is in our confederation\), allowed eBGP only/],
  [CONFEDERATION, 'remote-as: 65002, local-as: 65100', /local-as: found 65100 \(AS 65002 is in our confederation\)/],
  [CONFEDERATION, 'remote-as: 65001, local-as: 65100', /local-as: found 65100 \(AS 65001 is in our confederation\)/],
  ['', 'remote-as: 174, route-reflector-client: true', /found true \(AS 174 is not ours, so this is eBGP\), allowed iBGP only/],
  ['', 'remote-as: 65001, role: peer', /found "?peer"? \(AS 65001 is ours, so this is iBGP\), allowed eBGP only/],
  ['', 'remote-as: 65001, remove-private-as: all', /iBGP\), allowed eBGP only/],
  [
    '',
    'remote-as: 65001, client-to-client-reflection: false',
    /no client of a route reflector\), allowed only with route-reflector-client/,
  ],
  ['', 'remote-as: 174, strict-role: true', /\(the neighbor has no role\), allowed only with role/],
  ['', 'remote-as: 174, local-as-dual-as: true', /\(the neighbor has no local-as\), allowed only with local-as/],
  ['', 'remote-as: 174, remove-private-as: some', /found "?some"?, allowed remove, all or replace/],
  ['', 'remote-as: 174, role: client', /allowed provider, customer, peer, rs or rs-client/],
  ['', 'remote-as: 174, allowas-in: 11', /found 11, allowed 0 to 10 times/],
  ['', 'remote-as: 174, as-override: true, route-server-client: true', /as-override.*one of them: a route server leaves AS_PATH as it is/],
] as const) {
  test(`"${global} ${neighbor}" is refused: ${expected.source.slice(0, 50)}`, () => {
    const errors = errorsOf(file(global, neighbor === '' ? 'remote-as: 174' : neighbor));
    assert.equal(errors.length, 1, errors.join('\n'));
    assert.match(errors[0]!, expected);
  });
}

test('keys in defaults count for those neighbors that may have them', () => {
  const defaults = '{ role: provider, strict-role: true, route-reflector-client: true, client-to-client-reflection: false, allowas-in: 1 }';
  const { neighbors } = load(`${file(CONFEDERATION, 'remote-as: 65001', 'remote-as: 65002', 'remote-as: 174')}defaults: ${defaults}\n`);
  const shown = neighbors.map((each) => [
    each.role,
    each.strictRole,
    each.routeReflectorClient,
    each.clientToClientReflection,
    each.allowasIn,
  ]);
  assert.deepEqual(shown, [
    [undefined, false, true, false, 1],
    [undefined, false, false, true, 1],
    ['provider', true, false, true, 1],
  ]);
});

test('RFC 8212: the border of a member AS needs a policy too', () => {
  const { warnings } = parseConfig(file(CONFEDERATION, 'remote-as: 65001', 'remote-as: 65002'), 'f.yaml');
  assert.deepEqual(
    warnings.map(({ path }) => path),
    ['neighbors[1]'],
  );
});
