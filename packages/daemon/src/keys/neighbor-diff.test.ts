import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { diffNeighbor } from './neighbor-diff.ts';
import type { NeighborConfig } from './neighbor-keys.ts';
import { completeNeighbor } from './neighbor-layers.ts';

const before = completeNeighbor({ address: '192.0.2.1', remoteAs: 64_501, families: [IPV4_UNICAST, IPV6_UNICAST] });

const cases: readonly (readonly [Partial<NeighborConfig>, readonly string[]])[] = [
  [{}, []],
  [{ families: [IPV4_UNICAST, IPV6_UNICAST] }, []],
  [{ description: 'transit' }, []],
  [{ importPolicy: 'accept-all' }, ['import']],
  [{ exportPolicy: 'accept-all' }, ['export']],
  [{ nextHopSelf: true }, ['stream']],
  [{ routeServerClient: true }, ['stream']],
  [{ maxPrefix: { 'ipv4-unicast': 1000 } }, ['import']],
  [{ maxPrefixRestart: 30 }, []],
  [{ orfReceive: true }, ['session']],
  [{ holdTimeSeconds: 30 }, ['session']],
  [{ families: [IPV6_UNICAST, IPV4_UNICAST] }, ['session']],
  [{ families: [IPV4_UNICAST] }, ['session']],
  [{ description: 'transit', nextHopSelf: true, importPolicy: 'deny-all', exportPolicy: 'deny-all' }, ['export', 'import', 'stream']],
];

for (const [change, touched] of cases) {
  test(`a change of ${Object.keys(change).join(', ') || 'nothing'} touches ${touched.join(', ') || 'nothing'}`, () => {
    assert.deepEqual([...diffNeighbor(before, { ...before, ...change })].toSorted(), touched);
    assert.deepEqual([...diffNeighbor({ ...before, ...change }, before)].toSorted(), touched);
  });
}

test('numbers by family are compared one by one', () => {
  const limited = { ...before, maxPrefix: { 'ipv4-unicast': 1000 } };
  assert.deepEqual([...diffNeighbor(limited, { ...before, maxPrefix: { 'ipv4-unicast': 1000 } })], []);
  assert.deepEqual([...diffNeighbor(limited, { ...before, maxPrefix: { 'ipv4-unicast': 1001 } })], ['import']);
  assert.deepEqual([...diffNeighbor(limited, { ...before, maxPrefix: { 'ipv4-unicast': 1000, 'ipv6-unicast': 1 } })], ['import']);
});
