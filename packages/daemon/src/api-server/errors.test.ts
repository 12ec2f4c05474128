import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { FieldErrorSchema, ResetNeighborRequest_Kind as Kind, SessionState, TsbgpError } from '@tsbgp/api';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { type Served, serve, until } from '../../test/api-server/serve.ts';

suite('calls that change something, and their refusals', { timeout: 30_000 }, () => {
  let api: Served;
  before(async () => {
    api = await serve();
  });
  after(() => api.stop());

  test('a neighbor comes, is shown with its defaults, is driven, and goes', async () => {
    const { neighbors } = api.client;
    const { neighbor } = await neighbors.addNeighbor({ neighbor: { address: '2001:db8::2', remoteAs: 4_200_000_000 } });
    assert.equal(neighbor?.state, SessionState.ACTIVE);
    assert.deepEqual(neighbor.config?.families, ['ipv6-unicast']);
    assert.equal(neighbor.config.holdTime, 90);
    assert.equal(neighbor.config.enabled, true);
    assert.equal(neighbor.counters?.bytesReceived, 2n ** 40n);
    assert.equal((await neighbors.listNeighbors({})).neighbors.length, 1);

    const address = '2001:db8::2';
    await neighbors.disableNeighbor({ address, reason: 'maintenance' });
    assert.equal((await neighbors.getNeighbor({ address })).neighbor?.adminDown, true);
    assert.equal(api.control.disabled.get(address), 'maintenance');
    await neighbors.enableNeighbor({ address });
    assert.equal((await neighbors.getNeighbor({ address })).neighbor?.adminDown, false);

    for (const kind of [Kind.HARD, Kind.SOFT, Kind.SOFT_IN, Kind.SOFT_OUT]) await neighbors.resetNeighbor({ address, kind });
    assert.deepEqual(
      api.control.resets.map(({ kind }) => kind),
      ['hard', 'soft', 'soft-in', 'soft-out'],
    );
    await neighbors.resetNeighbor({ address, kind: Kind.SOFT_IN, families: ['ipv4-unicast'] });
    assert.deepEqual(api.control.resets.at(-1)!.options?.families, [IPV4_UNICAST]);
    await neighbors.deleteNeighbor({ address });
    await assert.rejects(neighbors.getNeighbor({ address }), { code: 'NOT_FOUND', field: 'address', message: /no neighbor 2001:db8::2/ });
  });

  test('a neighbor is changed: all fields, or those that are named; a session is reset only where that is allowed', async () => {
    const { neighbors } = api.client;
    const address = '192.0.2.77';
    await neighbors.addNeighbor({ neighbor: { address, remoteAs: 64_501, description: 'old', holdTime: 30 } });
    const named = await neighbors.changeNeighbor({ neighbor: { address, description: 'new' }, fields: { paths: ['description'] } });
    assert.equal(named.neighbor?.config?.description, 'new');
    assert.equal(named.neighbor.config.holdTime, 30);
    const cleared = await neighbors.changeNeighbor({ neighbor: { address }, fields: { paths: ['description', 'hold_time'] } });
    assert.equal(cleared.neighbor?.config?.description, '');
    assert.equal(cleared.neighbor.config.holdTime, 90);
    const change = { neighbor: { address, remoteAs: 64_502 } };
    await assert.rejects(neighbors.changeNeighbor(change), { code: 'FAILED_PRECONDITION', field: 'reset_session' });
    assert.equal((await neighbors.getNeighbor({ address })).neighbor?.config?.remoteAs, 64_501);
    assert.deepEqual((await neighbors.changeNeighbor({ ...change, resetSession: true })).touched, ['session']);
    const misspelt = neighbors.changeNeighbor({ neighbor: { address }, fields: { paths: ['holdtime'] } });
    await assert.rejects(misspelt, { code: 'INVALID_ARGUMENT', field: 'fields', message: /found "holdtime", allowed are remote_as, / });
    await neighbors.deleteNeighbor({ address });
    await assert.rejects(neighbors.changeNeighbor(change), { code: 'NOT_FOUND', field: 'address' });
  });

  const refusals: [what: string, call: (api: Served) => Promise<unknown>, code: string, field: string][] = [
    ['no neighbor', ({ client }) => client.neighbors.addNeighbor({}), 'INVALID_ARGUMENT', 'neighbor'],
    [
      'AS 0',
      ({ client }) => client.neighbors.addNeighbor({ neighbor: { address: '192.0.2.2' } }),
      'INVALID_ARGUMENT',
      'neighbor.remote_as',
    ],
    [
      'a family that is none',
      ({ client }) => client.neighbors.addNeighbor({ neighbor: { address: '192.0.2.2', remoteAs: 1, families: ['ipv4-unicast', 'x'] } }),
      'INVALID_ARGUMENT',
      'neighbor.families[1]',
    ],
    [
      'a policy that is none',
      ({ client }) => client.neighbors.addNeighbor({ neighbor: { address: '192.0.2.2', remoteAs: 1, exportPolicy: 'all' } }),
      'INVALID_ARGUMENT',
      'neighbor.export_policy',
    ],
    ['no kind of reset', ({ client }) => client.neighbors.resetNeighbor({ address: '192.0.2.2' }), 'INVALID_ARGUMENT', 'kind'],
    ['no such neighbor', ({ client }) => client.neighbors.deleteNeighbor({ address: '192.0.2.9' }), 'NOT_FOUND', 'address'],
    [
      'no next hop',
      ({ client }) => client.injection.addRoutes({ routes: [{ prefix: '10.0.0.0/8' }] }),
      'INVALID_ARGUMENT',
      'routes[0].next_hop',
    ],
    [
      'no prefix, as the control plane finds',
      ({ client }) => client.injection.addRoutes({ routes: [route('10.0.0.0/8'), route('10')] }),
      'INVALID_ARGUMENT',
      'routes[1].prefix',
    ],
    [
      'an attribute without a kind',
      ({ client }) => client.injection.addRoutes({ routes: [{ ...route('10.0.0.0/8'), attributes: [{}] }] }),
      'INVALID_ARGUMENT',
      'routes[0].attributes[0]',
    ],
  ];
  for (const [what, call, code, field] of refusals) {
    test(`${what}: ${code} at ${field}`, async () => {
      await assert.rejects(call(api), (error) => {
        assert.ok(error instanceof TsbgpError);
        assert.deepEqual([error.code, error.field, error.isUnreachable], [code, field, false]);
        return true;
      });
    });
  }

  test('a neighbor that is there already: ALREADY_EXISTS', async () => {
    const neighbor = { address: '192.0.2.3', remoteAs: 65003 };
    await api.client.neighbors.addNeighbor({ neighbor });
    await assert.rejects(api.client.neighbors.addNeighbor({ neighbor }), { code: 'ALREADY_EXISTS', field: 'neighbor.address' });
  });

  test('over JSON the field is in the details as well', async () => {
    const response = await fetch(`${api.url}/tsbgp.v1.NeighborService/GetNeighbor`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"address":"192.0.2.9"}',
    });
    assert.equal(response.status, 404);
    const body = (await response.json()) as { code: string; details: { type: string; value: string }[] };
    assert.equal(body.code, 'not_found');
    assert.equal(body.details[0]!.type, 'tsbgp.v1.FieldError');
    assert.equal(fromBinary(FieldErrorSchema, Buffer.from(body.details[0]!.value, 'base64')).field, 'address');
  });

  test('what nobody expected is INTERNAL: logged here, no word of it there', async () => {
    const { metrics } = api.control;
    api.control.metrics = () => {
      throw new Error('secret of the implementation');
    };
    try {
      await assert.rejects(api.client.control.getMetrics({}), (error) => {
        assert.ok(error instanceof TsbgpError);
        assert.equal(error.code, 'INTERNAL');
        assert.doesNotMatch(error.message, /secret|\.ts/);
        return true;
      });
    } finally {
      api.control.metrics = metrics;
    }
    assert.match(String((api.logged.at(-1) as { err: Error }).err), /secret/);
  });

  test('an error in the middle of a stream has its code and field too', async () => {
    await assert.rejects(
      async () => {
        for await (const _ of api.client.rib.streamBest({ filter: { family: 'x' } }));
      },
      { code: 'INVALID_ARGUMENT', field: 'filter.family' },
    );
  });

  test('routes are injected and taken back, at once and as streams', async () => {
    const { injection } = api.client;
    await injection.addRoutes({ routes: [route('10.1.0.0/16'), { ...route('2001:db8::/32'), nextHop: '2001:db8::1' }] });
    assert.equal(api.control.injected.get('10.1.0.0/16')?.family, IPV4_UNICAST);
    assert.equal(api.control.injected.get('2001:db8::/32')?.family, IPV6_UNICAST);
    assert.equal((await injection.deleteRoutes({ routes: [{ prefix: '10.1.0.0/16' }, { prefix: '10.2.0.0/16' }] })).deleted, 1n);
    async function* messages() {
      for (let i = 0; i < 5; i++) yield { routes: Array.from({ length: 200 }, (_, j) => route(`10.${i}.${j}.0/24`)) };
    }
    assert.equal((await injection.addRouteStream(messages())).added, 1000n);
    assert.equal((await injection.deleteRouteStream(messages())).deleted, 1000n);
  });

  test('an error of a stream of routes names the message and the route in it; the messages before it stand', async () => {
    const { injection } = api.client;
    async function* messages() {
      yield { routes: [route('10.3.0.0/16')] };
      yield { routes: [route('10.4.0.0/16'), { ...route('10.5.0.0/16'), nextHop: '' }] };
    }
    await assert.rejects(injection.addRouteStream(messages()), {
      code: 'INVALID_ARGUMENT',
      field: 'messages[1].routes[1].next_hop',
      message: /messages\[1\]\.routes\[1\]\.next_hop: is missing/,
    });
    assert.deepEqual(
      ['10.3.0.0/16', '10.4.0.0/16', '10.5.0.0/16'].filter((prefix) => api.control.injected.has(prefix)),
      ['10.3.0.0/16'],
    );
    async function* keys() {
      yield { routes: [{ prefix: '10.3.0.0/16' }] };
      yield { routes: [{ prefix: '10.4.0.0/16', family: 'x' }] };
    }
    await assert.rejects(injection.deleteRouteStream(keys()), { code: 'INVALID_ARGUMENT', field: 'messages[1].routes[0].family' });
    assert.equal(api.control.injected.has('10.3.0.0/16'), false);
  });

  test('health, metrics, and the end', async () => {
    const health = await api.client.control.getHealth({});
    assert.deepEqual([health.healthy, health.uptimeSeconds, health.rssBytes], [true, 7n, 2n ** 33n]);
    assert.equal((await api.client.control.getMetrics({})).text, 'tsbgp_up 1\n');
    await api.client.control.shutdown({ reason: 'maintenance' });
    await until(() => api.control.shutdowns.length === 1, 'shutdown is asked for');
    await api.client.control.shutdown({ reason: 'upgrade', restart: true });
    await until(() => api.control.shutdowns.length === 2, 'a restart is asked for');
    assert.deepEqual(api.control.shutdowns, ['maintenance', 'restart upgrade']);
  });

  test('nothing but the unexpected was logged', () => assert.equal(api.logged.length, 1));
});

function route(prefix: string) {
  return { prefix, nextHop: '192.0.2.1' };
}
