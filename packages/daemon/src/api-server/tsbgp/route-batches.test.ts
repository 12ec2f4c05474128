import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { AddRoutesRequestSchema, DeleteRoutesRequestSchema, type LocalRoute as RouteMessage } from '@tsbgp/api';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { serve } from '../../../test/api-server/serve.ts';
import type { Batch } from '../../control-plane.ts';
import { keyBatch, routeBatch } from './route-batches.ts';

type Init = Parameters<typeof create<typeof AddRoutesRequestSchema>>[1];

const ROUTES: Init = {
  routes: [
    { prefix: '10.0.0.0/8', nextHop: '192.0.2.1' },
    { family: 'ipv6-unicast', prefix: '2001:db8::/32', nextHop: '2001:db8::1', pathIdentifier: 4_294_967_295 },
    { prefix: '10.1.0.0/16', nextHop: '192.0.2.1', attributes: [{ kind: { case: 'localPref', value: 7 } }] },
    {
      prefix: '10.2.0.0/16',
      nextHop: '192.0.2.2',
      attributes: [
        { kind: { case: 'asPath', value: { segments: [{ type: 1, asns: [65_001, 4_200_000_000] }] } } },
        { flags: 0xc0, kind: { case: 'communities', value: { values: [1, 2, 3] } } },
      ],
      pathIdentifier: 300,
    },
    { prefix: '10.3.0.0/16', nextHop: '192.0.2.9', attributes: [{ kind: { case: 'localPref', value: 7 } }] },
  ],
};

function items<T>(batch: Batch<T>): T[] {
  return Array.from({ length: batch.length }, (_, index) => batch.at(index)!);
}

test('routes with the same attributes get the same array, so that they are encoded once', () => {
  const [none, alsoNone, one, , other] = items(routeBatch(create(AddRoutesRequestSchema, ROUTES).routes));
  assert.equal(one!.attributes, other!.attributes);
  assert.equal(none!.attributes, alsoNone!.attributes);
  assert.deepEqual(one!.attributes, [{ type: 'local-pref', flags: 0x40, value: 7 }]);
});

test('keys are those that the messages have', () => {
  const { routes } = create(DeleteRoutesRequestSchema, {
    routes: [{ prefix: '10.0.0.0/8' }, { family: 'ipv6-unicast', prefix: '2001:db8::/32', pathIdentifier: 9 }],
  });
  assert.deepEqual(items(keyBatch(routes)), [
    { family: IPV4_UNICAST, prefix: '10.0.0.0/8', pathIdentifier: 0 },
    { family: IPV6_UNICAST, prefix: '2001:db8::/32', pathIdentifier: 9 },
  ]);
});

suite('over the API', () => {
  test('the binary format and JSON do the same, alone and in streams', { timeout: 20_000 }, async () => {
    const api = await serve();
    try {
      const { injection } = api.client;
      const { routes } = create(AddRoutesRequestSchema, ROUTES);
      await injection.addRoutes({ routes });
      const fromClient = [...api.control.injected.values()];
      assert.deepEqual(fromClient, items(routeBatch(routes)));
      api.control.injected.clear();
      const json = { routes: [{ prefix: '10.1.0.0/16', nextHop: '192.0.2.1', attributes: [{ localPref: 7 }] }] };
      for (const [method, answer] of [
        ['AddRoutes', {}],
        ['DeleteRoutes', { deleted: '1' }],
      ] as const) {
        const body = JSON.stringify(method === 'AddRoutes' ? json : { routes: [{ prefix: '10.1.0.0/16' }] });
        const response = await fetch(`${api.url}/tsbgp.v1.InjectionService/${method}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        assert.deepEqual(await response.json(), answer);
      }
      async function* batches(): AsyncGenerator<{ routes: RouteMessage[] }> {
        yield { routes };
        yield { routes: routes.slice(0, 1) };
      }
      assert.equal((await injection.addRouteStream(batches())).added, BigInt(routes.length + 1));
      async function* keys(): AsyncGenerator<{ routes: { prefix: string }[] }> {
        yield { routes: routes.map(({ prefix }) => ({ prefix })) };
      }
      assert.equal((await injection.deleteRouteStream(keys())).deleted, BigInt(routes.length));
    } finally {
      await api.stop();
    }
  });
});
