import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { AddRoutesRequestSchema, DeleteRoutesRequestSchema, type LocalRoute as RouteMessage } from '@tsbgp/api';
import { serve } from '../../test/api-server/serve.ts';
import type { Batch } from '../control-plane.ts';
import { keyBatch, type RawBatch, RawBatchSchema, rawKeyBatch, rawRouteBatch, routeBatch } from './route-batches.ts';

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

function raw(octets: Uint8Array): RawBatch {
  return fromBinary(RawBatchSchema, octets);
}

function items<T>(batch: Batch<T>): T[] {
  return Array.from({ length: batch.length }, (_, index) => batch.at(index)!);
}

test('routes read from their octets are those that the messages have', () => {
  const message = create(AddRoutesRequestSchema, ROUTES);
  assert.deepEqual(items(rawRouteBatch(raw(toBinary(AddRoutesRequestSchema, message)))), items(routeBatch(message.routes)));
});

test('keys read from their octets are those that the messages have', () => {
  const message = create(DeleteRoutesRequestSchema, {
    routes: [{ prefix: '10.0.0.0/8' }, { family: 'ipv6-unicast', prefix: '2001:db8::/32', pathIdentifier: 9 }],
  });
  assert.deepEqual(items(rawKeyBatch(raw(toBinary(DeleteRoutesRequestSchema, message)))), items(keyBatch(message.routes)));
});

test('routes with the same octets of attributes get the same array, so that they are encoded once', () => {
  const [, , one, , other] = items(rawRouteBatch(raw(toBinary(AddRoutesRequestSchema, create(AddRoutesRequestSchema, ROUTES)))));
  assert.equal(one!.attributes, other!.attributes);
});

test('fields in another order, written twice or unknown are read as protobuf demands', () => {
  const fields = {
    prefix: [0x12, 10, ...Buffer.from('10.0.0.0/8')],
    other: [0x12, 11, ...Buffer.from('10.9.0.0/16')],
    nextHop: [0x1a, 9, ...Buffer.from('192.0.2.1')],
    localPref: [0x22, 2, 0x30, 5],
    med: [0x22, 2, 0x28, 6],
    path: [0x28, 3],
    unknown: [0x9a, 0x06, 2, 1, 2, 0x98, 0x06, 0x80, 0x01, 0x95, 0x06, 1, 2, 3, 4, 0x91, 0x06, 1, 2, 3, 4, 5, 6, 7, 8],
  };
  const octets = [
    ...fields.localPref,
    ...fields.other,
    ...fields.unknown,
    ...fields.path,
    ...fields.med,
    ...fields.nextHop,
    ...fields.prefix,
  ];
  const request = Uint8Array.of(0x0a, octets.length, ...octets);
  const { routes } = fromBinary(AddRoutesRequestSchema, request);
  assert.deepEqual(items(rawRouteBatch(raw(request))), items(routeBatch(routes)));
});

for (const [what, octets] of [
  ['a length past the end', [0x12, 5, 1]],
  ['a tag without a value', [0x12]],
  ['a varint without an end', [0x28, ...Array.from({ length: 11 }, () => 0xff)]],
  ['a group', [0x13, 0x14]],
  ['a fixed field past the end', [0x12, 1, 0x41, 0x1d, 1]],
  ['attributes that are none', [0x1a, 1, 0x41, 0x22, 2, 0xff, 0xff]],
] as const) {
  test(`${what} is refused with the place of the route`, () => {
    const batch = rawRouteBatch(raw(Uint8Array.of(0x0a, octets.length, ...octets)));
    assert.throws(() => batch.at(0), { name: 'ControlError', code: 'invalid-argument', field: 'routes[0]' });
  });
}

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
