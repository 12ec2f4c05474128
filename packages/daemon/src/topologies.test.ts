/** The examples of docs/topologies.md, run: a pair of route reflectors, a confederation. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { PathAttribute } from '@tsbgp/wire';
import { until } from '../test/api-server/serve.ts';
import { Network } from '../test/network.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '../../../examples', name), 'utf8');

const PREFIX = '198.51.100.0/24';

/** The text with two addresses exchanged. */
function swapped(text: string, one: string, other: string): string {
  return text.replace(/[\d.]+/g, (found) => (found === one ? other : found === other ? one : found));
}

function client(address: string, ...more: string[]): string {
  return `
global: { as: 64500, router-id: ${address} }
neighbors:
  - { address: 192.0.2.1, remote-as: 64500 }
  - { address: 192.0.2.2, remote-as: 64500 }
${more.map((line) => `  - ${line}\n`).join('')}`;
}

test('examples/reflector.yaml: two reflectors, three clients; what one client has the others get, once through each', {
  timeout: 60_000,
}, async (t) => {
  const first = read('reflector.yaml');
  const network = await Network.start(t, {
    '192.0.2.1': first,
    '192.0.2.2': swapped(first, '192.0.2.1', '192.0.2.2'),
    '192.0.2.11': client('192.0.2.11'),
    '192.0.2.12': client('192.0.2.12'),
    '192.0.2.13': client('192.0.2.13'),
  });
  await network.originate('192.0.2.11', PREFIX, [{ type: 'local-pref', flags: 0x40, value: 150 }]);
  for (const other of ['192.0.2.12', '192.0.2.13']) {
    await network.shows(
      other,
      PREFIX,
      ['next-hop', 'local-pref', 'originator-id', 'cluster-list'],
      '192.0.2.99 | 150 | 192.0.2.11 | 192.0.2.1',
    );
    await until(() => network.paths(other, PREFIX).length === 2, 'a path through each reflector');
  }
  // The reflectors tell each other; each has the route of the client itself as the best one.
  await network.shows('192.0.2.2', PREFIX, ['originator-id', 'cluster-list'], '- | -');
  await until(() => network.paths('192.0.2.2', PREFIX).length === 2, 'the path through the other reflector');
  await network.at('192.0.2.11').deleteRoutes([{ family: 257 as never, prefix: PREFIX }]);
  for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.12', '192.0.2.13']) {
    await until(() => network.paths(address, PREFIX).length === 0, `${address} has no path left`);
  }
});

test('examples/confederation.yaml: outside it is AS 64500, inside each member AS is seen', { timeout: 60_000 }, async (t) => {
  const CONFEDERATION = (as: number, others: string) => `confederation: { identifier: 64500, members: [${others}] }, as: ${as}`;
  const network = await Network.start(t, {
    '192.0.2.1': read('confederation.yaml'),
    '192.0.2.2': `
global: { ${CONFEDERATION(65_001, '65002, 65003')}, router-id: 192.0.2.2 }
neighbors: [ { address: 192.0.2.1, remote-as: 65001 } ]`,
    '192.0.2.3': `
global: { ${CONFEDERATION(65_002, '65001, 65003')}, router-id: 192.0.2.3 }
defaults: { policy: accept-all }
neighbors: [ { address: 192.0.2.1, remote-as: 65001 }, { address: 192.0.2.5, remote-as: 65003 } ]`,
    '192.0.2.4': `
global: { as: 64510, router-id: 192.0.2.4 }
neighbors: [ { address: 192.0.2.1, remote-as: 64500, policy: accept-all, role: provider } ]`,
    '192.0.2.5': `
global: { ${CONFEDERATION(65_003, '65001, 65002')}, router-id: 192.0.2.5 }
neighbors: [ { address: 192.0.2.3, remote-as: 65002, policy: accept-all } ]`,
  });
  const names = ['as-path', 'local-pref', 'only-to-customer'] as const;
  // From outside: the OTC of the provider stays with the route.
  await network.originate('192.0.2.4', PREFIX);
  await network.shows('192.0.2.2', PREFIX, names, '64510 | 100 | 64510');
  await network.shows('192.0.2.3', PREFIX, names, '(65001) 64510 | 100 | 64510');
  await network.shows('192.0.2.5', PREFIX, names, '(65002 65001) 64510 | 100 | 64510');
  // From inside, with a private AS number behind it, which goes at the border.
  const tail: PathAttribute = { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: [64_700, 3356] }] };
  await network.originate('192.0.2.5', '203.0.113.0/24', [tail, { type: 'local-pref', flags: 0x40, value: 120 }]);
  await network.shows('192.0.2.1', '203.0.113.0/24', names, '(65002 65003) 64700 3356 | 120 | -');
  await network.shows('192.0.2.2', '203.0.113.0/24', names, '(65002 65003) 64700 3356 | 120 | -');
  await network.shows('192.0.2.4', '203.0.113.0/24', names, '64500 3356 | - | -');
  assert.equal(network.at('192.0.2.1').getNeighbor('127.0.2.4').state, 'Established');
});
