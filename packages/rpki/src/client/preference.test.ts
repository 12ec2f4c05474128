/** Several caches (RFC 8210 §10). */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toHex } from '@tsbgp/wire';
import { breathe } from '../../test/fake-clock.ts';
import { World } from '../../test/world.ts';
import { encodePdu } from '../index.ts';

suite('caches of one preference', () => {
  test('are used together', async () => {
    const world = await started(['a', 1], ['b', 1]);
    await serve(world, 'a', '192.0.2.0/24');
    await serve(world, 'b', '198.51.100.0/24');
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1', '198.51.100.0/24-24 AS1']);
  });

  test('may say the same: what one of them withdraws stays', async () => {
    const world = await started(['a', 1], ['b', 1]);
    await serve(world, 'a', '192.0.2.0/24');
    await serve(world, 'b', '192.0.2.0/24');
    assert.equal(world.changes.length, 1);
    world.socket('a').send(toHex(encodePdu({ version: 2, type: 'serial-notify', sessionId: 1, serial: 2 })));
    world
      .socket('a')
      .send(
        [
          encodePdu({ version: 2, type: 'cache-response', sessionId: 1 }),
          encodePdu({ version: 2, type: 'ipv4-prefix', flags: 0, prefix: '192.0.2.0/24', maxLength: 24, asn: 1 }),
          encodePdu({ version: 2, type: 'end-of-data', sessionId: 1, serial: 2 }),
        ]
          .map((pdu) => toHex(pdu))
          .join(''),
      );
    await breathe();
    assert.deepEqual(phases(world), ['synced', 'synced']);
    assert.equal(world.changes.length, 1);
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1']);
  });
});

suite('caches of a lower preference', () => {
  test('are not asked while a better one is tried for the first time', async () => {
    const world = await started(['a', 1], ['b', 2]);
    assert.deepEqual(phases(world), ['connecting', 'idle']);
    assert.equal(world.sockets.has('b'), false);
  });

  test('serve when all of the better ones fail, beside the data that these gave before', async () => {
    const world = await started(['a', 1], ['b', 1], ['c', 2]);
    await serve(world, 'a', '192.0.2.0/24');
    world.socket('b').refuse('connect ECONNREFUSED');
    await breathe();
    assert.deepEqual(phases(world), ['synced', 'waiting', 'idle']);
    world.socket('a').hangUp();
    await breathe();
    assert.deepEqual(phases(world), ['waiting', 'waiting', 'connecting']);
    await serve(world, 'c', '198.51.100.0/24');
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1', '198.51.100.0/24-24 AS1']);
  });

  test('stop when a better one is in sync again, and their data go', async () => {
    const world = await started(['a', 1], ['b', 2]);
    world.socket('a').refuse('connect ECONNREFUSED');
    await breathe();
    await serve(world, 'b', '198.51.100.0/24');
    assert.deepEqual(world.vrps(), ['198.51.100.0/24-24 AS1']);
    const second = world.socket('b');
    await world.clock.advance(5000);
    await serve(world, 'a', '192.0.2.0/24');
    assert.deepEqual(phases(world), ['synced', 'idle']);
    assert.ok(second.closedByClient);
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1']);
  });
});

suite('update', () => {
  test('a cache whose options are the same keeps its connection and its data', async () => {
    const world = await started(['a', 1], ['b', 1]);
    await serve(world, 'a', '192.0.2.0/24');
    await serve(world, 'b', '198.51.100.0/24');
    const before = world.socket('a');
    await world.client.update(world.with({ caches: [{ preference: 1, host: 'a' }, { host: 'c' }] }));
    await breathe();
    assert.equal(world.socket('a'), before);
    assert.ok(!before.closedByClient && world.socket('b').closedByClient);
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1']);
    assert.deepEqual(
      world.client.status().caches.map(({ name }) => name),
      ['tcp a:323', 'tcp c:323'],
    );
  });

  test('two caches of one name are refused, and nothing changes', async () => {
    const world = await started(['a', 1]);
    await assert.rejects(
      world.client.update(world.with({ caches: [{ host: 'b' }, { host: 'b' }] })),
      /two caches are called "tcp b:323": give one of them another "name"/,
    );
    assert.deepEqual(phases(world), ['connecting']);
  });
});

async function started(...caches: readonly (readonly [host: string, preference: number])[]): Promise<World> {
  const world = new World({ caches: caches.map(([host, preference]) => ({ host, preference })) });
  await world.client.start();
  return world;
}

function phases(world: World): string[] {
  return world.client.status().caches.map(({ phase }) => phase);
}

/** Accepts the connection to a cache, and gives everything: one VRP. */
async function serve(world: World, host: string, prefix: string): Promise<void> {
  const socket = world.socket(host);
  socket.accept();
  await breathe();
  const pdus = [
    encodePdu({ version: 2, type: 'cache-response', sessionId: 1 }),
    encodePdu({ version: 2, type: 'ipv4-prefix', flags: 1, prefix, maxLength: 24, asn: 1 }),
    encodePdu({ version: 2, type: 'end-of-data', sessionId: 1, serial: 1 }),
  ];
  socket.send(pdus.map((pdu) => toHex(pdu)).join(''));
  await breathe();
}
