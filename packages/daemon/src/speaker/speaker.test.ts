import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { fromHex, IPV4_UNICAST } from '@tsbgp/wire';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker, QUIET } from '../../test/speakers.ts';
import { Boundaries } from '../boundaries.ts';
import type { Speaker } from './speaker.ts';

/** 198.51.100.0/24 from AS 65002, then End-of-RIB. */
const UPDATES = fromHex(
  'ffffffffffffffffffffffffffffffff 002f 02 0000 0014 40010100 40020602010000fdea 4003047f000002 18c63364' +
    'ffffffffffffffffffffffffffffffff 0017 02 0000 0000',
);

suite('Speaker', { timeout: 20_000 }, () => {
  let speaker: Speaker;
  let boundaries: Boundaries;
  let port: number;
  let thrown: Error | undefined;

  beforeEach(async () => {
    thrown = undefined;
    const info = (_fields: object, message: string): void => {
      if (message === 'End-of-RIB received' && thrown !== undefined) throw thrown;
    };
    boundaries = new Boundaries(QUIET);
    speaker = makeSpeaker({ logger: { ...QUIET, info }, boundaries });
    ({ port } = await speaker.listen({ host: '127.0.0.1', port: 0 }));
    speaker.addNeighbor(makeNeighbor(2));
  });
  afterEach(() => speaker.close());

  const until = async (condition: () => boolean, what: string): Promise<void> => {
    for (const end = performance.now() + 10_000; !condition(); ) {
      assert.ok(performance.now() < end, what);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  test('an exception in a callback of the RIB is contained: the session and its routes stay', async () => {
    thrown = new Error('injected');
    const peer = new RawPeer(port, 2);
    await peer.up();
    await peer.write(UPDATES);
    await until(() => boundaries.count('rib-observer') === 1, 'the exception is counted');
    await until(() => speaker.health().routes === 1, 'the route is there');
    assert.equal(peer.closed, false);
    assert.deepEqual(peer.notifications, []);
    await peer.close();
  });

  test('our own listener is no neighbor', () => {
    assert.throws(() => speaker.addNeighbor(makeNeighbor(1, { remotePort: port, passive: false })), {
      code: 'invalid-argument',
      field: 'neighbor.address',
    });
  });

  test('a neighbor may name policies that are there, and no other', async () => {
    const more = makeSpeaker({ policyNames: () => ['customers-in'] });
    const named = (importPolicy: string) => makeNeighbor(7, { importPolicy, exportPolicy: 'ipv4-unicast: customers-out deny-all' });
    assert.throws(() => more.addNeighbor(named('customer-in')), {
      code: 'invalid-argument',
      field: 'neighbor.import_policy',
      message:
        /no policy "customer-in", did you mean "customers-in"\?\), allowed .*, customers-in\nneighbor.export_policy: .*no policy "customers-out"/,
    });
    more.addNeighbor(makeNeighbor(7, { importPolicy: 'customers-in' }));
    const change = more.changeNeighbor(makeNeighbor(7, { importPolicy: 'customers-out' }), true);
    await assert.rejects(change, { code: 'invalid-argument', field: 'neighbor.import_policy' });
    assert.equal(more.getNeighbor('127.0.0.7').config.importPolicy, 'customers-in');
    await more.close();
  });

  test('a neighbor is found by any spelling of its address', () => {
    assert.equal(speaker.getNeighbor('::ffff:127.0.0.2').config.address, '127.0.0.2');
    speaker.addNeighbor(makeNeighbor(7, { address: '2001:DB8:0::7' }));
    assert.equal(speaker.getNeighbor('2001:db8::7').config.address, '2001:db8::7');
    assert.throws(() => speaker.addNeighbor(makeNeighbor(7, { address: '2001:db8:0:0::7' })), { code: 'already-exists' });
  });

  test('routes that were added are listed, deleted routes are not', async () => {
    await speaker.addRoutes([{ family: IPV4_UNICAST, prefix: '203.0.113.0/24', nextHop: '192.0.2.1', attributes: [] }]);
    await until(() => speaker.health().routes === 1, 'the route is best');
    assert.deepEqual(
      (await speaker.routesPage({ table: 'best', neighbor: '' }, 10)).routes.map(({ prefix }) => prefix),
      ['203.0.113.0/24'],
    );
    assert.equal(await speaker.deleteRoutes([{ family: IPV4_UNICAST, prefix: '203.0.113.0/24' }]), 1);
    await until(() => speaker.health().routes === 0, 'the route is gone');
  });
});
