import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseConfig } from '../config/load.ts';
import type { NeighborEdit } from '../configuration.ts';
import type { NeighborField } from '../keys/neighbor-keys.ts';
import { editNeighbor } from './edit-neighbors.ts';

const EXAMPLES = join(import.meta.dirname, '../../../../examples');

const values = (of: Partial<Record<NeighborField, unknown>>) => new Map(Object.entries(of) as [NeighborField, unknown][]);
const change = (of: Partial<Record<NeighborField, unknown>>): NeighborEdit => ({ type: 'change', address: 'x', values: values(of) });
const add = (of: Partial<Record<NeighborField, unknown>>): NeighborEdit => ({ type: 'add', address: '192.0.2.9', values: values(of) });

test('comments, blank lines, quotes and the order of everything else stay', () => {
  const text = `# our edge
global: {as: 64500, router-id: "192.0.2.254"} # one line

neighbors:
# transit
- address: 192.0.2.1 # left
  remote-as: 64501

  description: 'a "quoted" one'  # who
  policy: accept-all
# peers
- {address: 192.0.2.2, remote-as: 64502, families: [ipv4-unicast, ipv6-unicast]}

# the end
`;
  const changed = editNeighbor(
    text,
    change({ description: 'another', importPolicy: 'hygiene customers', remoteAs: 64_599, holdTimeSeconds: undefined }),
    0,
  );
  assert.equal(
    changed,
    text
      .replace(`'a "quoted" one'  # who`, 'another # who')
      .replace('64501', '64599')
      .replace('  policy: accept-all\n', '  import: hygiene customers\n  export: accept-all\n'),
  );
  const added = editNeighbor(text, add({ remoteAs: 64_509, maxPrefix: { 'ipv4-unicast': 10 }, enabled: false }), 2);
  assert.equal(
    added,
    text.replace('\n# the end', '- {address: 192.0.2.9, remote-as: 64509, max-prefix: {ipv4-unicast: 10}, enabled: false}\n\n# the end'),
  );
  assert.equal(editNeighbor(text, { type: 'delete', address: 'x' }, 1), text.replace(/# peers\n.*\n/, ''));
});

test('a section that is not there, is empty or is in brackets', () => {
  const item = 'neighbors:\n  - address: 192.0.2.9\n    remote-as: 64509\n';
  const edit = add({ remoteAs: 64_509 });
  for (const before of ['', 'neighbors:\n', 'neighbors: []\n']) assert.equal(editNeighbor(`a: 1\n${before}`, edit, 0), `a: 1\n${item}`);
  const brackets = 'neighbors: [ { address: 192.0.2.1, remote-as: 1 } ]\n';
  assert.equal(editNeighbor(brackets, edit, 1), brackets.replace(' ]', ', { address: 192.0.2.9, remote-as: 64509 } ]'));
});

test('what cannot be edited is refused', () => {
  assert.throws(() => editNeighbor('neighbors: 7\n', add({}), 0), { code: 'failed-precondition' });
  assert.throws(() => editNeighbor('a: &n { address: 192.0.2.1 }\nneighbors: [ *n ]\n', change({ remoteAs: 1 }), 0), {
    code: 'failed-precondition',
  });
});

for (const name of readdirSync(EXAMPLES).filter((file) => file.endsWith('.yaml'))) {
  test(`examples/${name}: adding a neighbor and deleting it again leaves the file as it was`, () => {
    const path = join(EXAMPLES, name);
    const text = readFileSync(path, 'utf8');
    const count = parseConfig(text, path).config.neighbors.length;
    const added = editNeighbor(text, add({ remoteAs: 64_509, addPath: 'both', localAddress: '192.0.2.1' }), count);
    const { neighbors } = parseConfig(added, path).config;
    assert.deepEqual([neighbors.length, neighbors.at(-1)?.address, neighbors.at(-1)?.addPath], [count + 1, '192.0.2.9', 'both']);
    assert.equal(editNeighbor(added, { type: 'delete', address: '192.0.2.9' }, count), text);
  });
}
