import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { FilterReason, DecisionStep as Step } from '@tsbgp/api';
import { IPV4_UNICAST } from '@tsbgp/wire';
import { fakeRoute } from '../../test/api-server/fake-control-plane.ts';
import { type Served, serve } from '../../test/api-server/serve.ts';

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

  test('no path is NOT_FOUND, with the field', async () => {
    await assert.rejects(api.client.rib.listPaths({ prefix: '203.0.113.0/24' }), { code: 'NOT_FOUND', field: 'prefix' });
  });
});
