import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tsbgp } from '../../test/world.ts';

test('explain PREFIX: the paths and what decided, the pairs, and what each neighbor gets and why not the rest', async () => {
  const { out } = await tsbgp(['explain', '1.1.1.1', '--pairwise']);
  assert.deepEqual(
    out.split('\n').map((line) => line.trimEnd()),
    [
      '1.1.1.0/24  3 paths, best from 192.0.2.1  longest match of 1.1.1.1',
      '',
      'Path  From       Decision',
      '   1  192.0.2.1  best, with multipath',
      '   2  192.0.2.2  multipath; higher BGP identifier: 10.0.0.2, that from 192.0.2.1 has 10.0.0.1',
      '   3  192.0.2.3  our own AS is in its AS path (RFC 4271 §9.1.2)',
      '',
      'Path  before  as the other has',
      '   1       2  higher BGP identifier: 10.0.0.2, not 10.0.0.1',
      '',
      'Neighbor   Gets     Because',
      '192.0.2.1  path 2   not 1: it came from this neighbor',
      '192.0.2.2  path 1   not yet: the neighbor is behind',
      '192.0.2.3  nothing  not 1: community no-export',
      '192.0.2.4  nothing  there is no session',
      '192.0.2.5  nothing  no path can be used',
      '192.0.2.6  path 1   not 2: a reason that this tsbgp does not know',
      '',
    ],
  );
});

test('explain --json has the words of the steps and reasons', async () => {
  const { out } = await tsbgp(['explain', '1.1.1.0/24', '--neighbor', '192.0.2.1', '--json']);
  const { neighbors, comparisons } = JSON.parse(out) as { neighbors: unknown[]; comparisons: unknown[] };
  assert.deepEqual(neighbors[0], { neighbor: '192.0.2.1', paths: [{ path: 0, reason: 'own-route' }, { path: 1 }] });
  assert.deepEqual(comparisons[0], { better: 0, worse: 1, step: 'bgp-identifier', betterValue: '10.0.0.1', worseValue: '10.0.0.2' });
});

test('explain: what is asked for must be a prefix or an address, and a neighbor an address', async () => {
  assert.equal((await tsbgp(['explain', 'example'])).code, 2);
  assert.equal((await tsbgp(['explain', '1.1.1.0/24', '--neighbor', 'x'])).code, 2);
});
