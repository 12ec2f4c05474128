/** Where routes of our own come from, who added them, and routes that flapped, over the API. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Aggregate, type Condition, Condition_Type, RouteOrigin } from '@tsbgp/api';
import { fakeRoute } from '../../../test/api-server/fake-control-plane.ts';
import { type Served, serve } from '../../../test/api-server/serve.ts';

const ROUTE = { prefix: '10.0.0.0/8', nextHop: '192.0.2.1' };

suite('routes of our own', { timeout: 60_000 }, () => {
  let api: Served;
  before(async () => {
    api = await serve();
  });
  after(() => api.stop());

  test('who adds a route is told to the control plane, per message of a stream', async () => {
    api.control.adders.length = 0;
    const { injection } = api.client;
    await injection.addRoutes({ routes: [ROUTE], addedBy: 'alice' });
    await injection.addRouteStream(
      (async function* () {
        yield { routes: [ROUTE], addedBy: 'bob' };
        yield { routes: [ROUTE] };
      })(),
    );
    assert.deepEqual(api.control.adders, ['alice', 'bob', '']);
  });

  test('listings say where a route comes from', async () => {
    const local = { ...fakeRoute(1), neighbor: '' };
    api.control.table = [
      { ...local, localOrigin: 'api', addedBy: 'alice' },
      { ...local, localOrigin: 'configuration' },
      { ...local, localOrigin: 'aggregate' },
      { ...local, localOrigin: 'default-originate' },
      fakeRoute(2),
    ];
    const { routes } = await api.client.rib.listReceived({});
    assert.deepEqual(
      routes.map(({ origin, addedBy }) => [origin, addedBy]),
      [
        [RouteOrigin.API, 'alice'],
        [RouteOrigin.CONFIGURATION, ''],
        [RouteOrigin.AGGREGATE, ''],
        [RouteOrigin.DEFAULT_ORIGINATE, ''],
        [RouteOrigin.UNSPECIFIED, ''],
      ],
    );
  });

  test('ListAggregates and ListConditions', async () => {
    const { injection } = api.client;
    const [{ $typeName: _, ...aggregate }] = (await injection.listAggregates({})).aggregates as [Aggregate];
    assert.deepEqual(aggregate, {
      family: 'ipv4-unicast',
      prefix: '203.0.112.0/22',
      summaryOnly: true,
      mergeCommunities: false,
      contributors: 2n,
    });
    const [{ $typeName: __, ...condition }] = (await injection.listConditions({})).conditions as [Condition];
    assert.deepEqual(condition, {
      name: 'lost',
      type: Condition_Type.ABSENT,
      prefixes: ['198.51.100.0/24'],
      hold: 30,
      holds: true,
      changing: true,
      routes: 1,
      neighbors: 2,
    });
  });

  test('ListDampened', async () => {
    const { routes, count } = await api.client.rib.listDampened({ neighbor: '192.0.2.1', all: true });
    assert.deepEqual(api.control.dampenedQueries, [{ neighbor: '192.0.2.1', all: true }]);
    assert.equal(count, 1n);
    const [{ $typeName: _, ...route }] = routes as [(typeof routes)[number]];
    assert.deepEqual(route, {
      family: 'ipv4-unicast',
      prefix: '203.0.113.0/24',
      neighbor: '192.0.2.1',
      penalty: 7000,
      flaps: 7,
      suppressed: true,
      announced: true,
      reuseSeconds: 2901,
    });
  });
});
