import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { FilterReason, ExportPending as Pending, ExportReason as Reason, DecisionStep as Step } from '@tsbgp/api';
import { IPV4_UNICAST } from '@tsbgp/wire';
import { fakeRoute } from '../../../test/api-server/fake-control-plane.ts';
import { type Served, serve } from '../../../test/api-server/serve.ts';

suite('RibService.ListPaths', { timeout: 30_000 }, () => {
  let api: Served;
  before(async () => {
    api = await serve();
    const route = fakeRoute(0);
    api.control.prefixPaths.set(route.prefix, {
      family: IPV4_UNICAST,
      prefix: route.prefix,
      pathCount: 3,
      paths: [
        { route },
        {
          route: { ...route, best: false, neighbor: '192.0.2.3' },
          defeat: { step: 'local-pref', value: '100', betterValue: '200', betterNeighbor: '192.0.2.2', betterPathIdentifier: 0 },
        },
        { route: { ...route, best: false, filtered: true, neighbor: '192.0.2.4' }, filterReason: 'as-loop' },
      ],
    });
  });
  after(() => api.stop());

  test('the best path first, the step on which another lost with both values, the reason of a filtered one', async () => {
    const { prefix, family, paths, pathCount } = await api.client.rib.listPaths({ prefix: fakeRoute(0).prefix });
    assert.deepEqual([prefix, family, pathCount], ['10.0.0.0/24', 'ipv4-unicast', 3]);
    assert.deepEqual(
      paths.map(({ route, defeat, filterReason }) => [
        route?.neighbor,
        defeat && [defeat.step, defeat.value, defeat.betterValue, defeat.betterNeighbor],
        filterReason,
      ]),
      [
        ['192.0.2.2', undefined, FilterReason.UNSPECIFIED],
        ['192.0.2.3', [Step.LOCAL_PREF, '100', '200', '192.0.2.2'], FilterReason.UNSPECIFIED],
        ['192.0.2.4', undefined, FilterReason.AS_LOOP],
      ],
    );
  });

  test('ExplainRoute: the same paths, how they compare in pairs, and what each neighbor gets', async () => {
    api.control.explanation = {
      comparisons: [{ better: 0, worse: 1, step: 'local-pref', betterValue: '200', worseValue: '100' }],
      neighbors: [
        { neighbor: '192.0.2.2', paths: [{ path: 0, reason: 'own-route' }, { path: 1 }], pending: 'behind' },
        { neighbor: '192.0.2.9', cause: 'no-session', paths: [] },
      ],
    };
    const { prefix } = fakeRoute(0);
    const { paths, comparisons, neighbors } = await api.client.rib.explainRoute({ prefix, pairwise: true });
    assert.equal(paths.length, 3);
    assert.deepEqual(
      comparisons.map(({ better, worse, step, betterValue, worseValue }) => [better, worse, step, betterValue, worseValue]),
      [[0, 1, Step.LOCAL_PREF, '200', '100']],
    );
    assert.deepEqual(
      neighbors.map(({ neighbor, reason, pending, paths: sent }) => [
        neighbor,
        reason,
        pending,
        sent.map(({ path, reason: why }) => [path, why]),
      ]),
      [
        [
          '192.0.2.2',
          Reason.UNSPECIFIED,
          Pending.BEHIND,
          [
            [0, Reason.OWN_ROUTE],
            [1, Reason.UNSPECIFIED],
          ],
        ],
        ['192.0.2.9', Reason.NO_SESSION, Pending.UNSPECIFIED, []],
      ],
    );
    await api.client.rib.explainRoute({ prefix, neighbor: '192.0.2.9' });
    assert.deepEqual(api.control.explained, [
      { prefix, longestMatch: false, neighbor: undefined, pairwise: true },
      { prefix, longestMatch: false, neighbor: '192.0.2.9', pairwise: false },
    ]);
    await assert.rejects(api.client.rib.explainRoute({ prefix: '203.0.113.0/24' }), { code: 'NOT_FOUND', field: 'prefix' });
  });

  test('no path is NOT_FOUND, with the field', async () => {
    await assert.rejects(api.client.rib.listPaths({ prefix: '203.0.113.0/24' }), { code: 'NOT_FOUND', field: 'prefix' });
  });
});
