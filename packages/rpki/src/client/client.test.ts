/** The client with one cache: queries, timers, errors, versions. Time and the cache are the test's. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fromHex, toHex } from '@tsbgp/wire';
import { breathe } from '../../test/fake-clock.ts';
import type { FakeSocket } from '../../test/fake-socket.ts';
import { World } from '../../test/world.ts';
import { type CacheStatus, decodePdu, encodePdu, formatRanges, type Pdu, RtrError, RtrFault } from '../index.ts';

const INTERVALS = { refresh: 3600, retry: 600, expire: 7200 };
const RESET_V2 = '0202000000000008';

suite('queries', () => {
  test('Reset Query, data, End of Data; after refresh a Serial Query', async () => {
    const { world, socket } = await connected();
    assert.deepEqual(socket.taken(), [RESET_V2]);
    await say(socket, ...full(7, 1, prefix('192.0.2.0/24', 1), prefix('198.51.100.0/24', 2)));
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1', '198.51.100.0/24-24 AS2']);
    assert.deepEqual(
      world.changes.map(({ ranges }) => formatRanges(ranges)),
      [['192.0.2.0/24', '198.51.100.0/24']],
    );
    const status = cacheStatus(world);
    assert.deepEqual(
      [status.phase, status.version, status.sessionId, status.serial, status.ipv4, status.nextQuerySeconds, status.expiresSeconds],
      ['synced', 2, 7, 1, 2, 3600, 7200],
    );
    await world.clock.advance(3600_000);
    assert.deepEqual(decoded(socket), [{ version: 2, type: 'serial-query', sessionId: 7, serial: 1 }]);
    await say(socket, ...delta(7, 2, { ...prefix('192.0.2.0/24', 1), flags: 0 }, prefix('203.0.113.0/24', 3)));
    assert.deepEqual(world.vrps(), ['198.51.100.0/24-24 AS2', '203.0.113.0/24-24 AS3']);
    assert.deepEqual(formatRanges(world.changes[1]!.ranges), ['192.0.2.0/24', '203.0.113.0/24']);
    assert.equal(world.client.status().ready, true);
  });

  test('a stream that is cut anywhere means the same', async () => {
    const octets = full(7, 1, prefix('192.0.2.0/24', 1), prefix('2001:db8::/32', 2), aspa(5, [6, 7]))
      .map(encodePdu)
      .map((each) => toHex(each))
      .join('');
    for (const size of [1, 3, 7, 19]) {
      const { world, socket } = await connected();
      for (let at = 0; at < octets.length; at += 2 * size) socket.send(octets.slice(at, at + 2 * size));
      await breathe(40);
      assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1', '2001:db8::/32-32 AS2']);
      assert.equal(world.client.aspas.hop(5, 6), 'provider');
      world.client.close();
    }
  });

  test('RFC 8210 §5.2: a Serial Notify that came during a transfer is followed after it', async () => {
    const { world, socket } = await connected();
    socket.taken();
    const [response, ...rest] = full(7, 1, prefix('192.0.2.0/24', 1));
    await say(socket, response!, notify(7, 2), ...rest);
    assert.deepEqual(socket.taken(), []);
    await world.clock.advance(1000);
    assert.deepEqual(decoded(socket), [{ version: 2, type: 'serial-query', sessionId: 7, serial: 1 }]);
  });

  test('Cache Reset: everything is asked for, and the old data serve until the new are there', async () => {
    const { world, socket } = await synced();
    await say(socket, { version: 2, type: 'cache-reset' });
    assert.deepEqual(socket.taken(), [RESET_V2]);
    await say(socket, { version: 2, type: 'cache-response', sessionId: 9 }, prefix('203.0.113.0/24', 3));
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1']);
    await say(socket, endOfData(9, 1));
    assert.deepEqual(world.vrps(), ['203.0.113.0/24-24 AS3']);
  });

  test('a cache that answers every Reset Query with Cache Reset is left', async () => {
    const { world, socket } = await connected();
    await say(socket, { version: 2, type: 'cache-reset' }, { version: 2, type: 'cache-reset' }, { version: 2, type: 'cache-reset' });
    assert.equal(cacheStatus(world).phase, 'waiting');
    assert.match(cacheStatus(world).lastError!.reason, /answered 3 Reset Queries with Cache Reset/);
  });

  test('RFC 8210 §8.4: No Data Available keeps the connection, and the query is sent again after the retry interval', async () => {
    const { world, socket } = await connected();
    socket.taken();
    await say(socket, { version: 2, type: 'error-report', code: RtrError.NoDataAvailable, pdu: fromHex(RESET_V2), text: 'starting' });
    assert.equal(cacheStatus(world).phase, 'no-data');
    assert.match(cacheStatus(world).lastError!.reason, /the cache reports No Data Available: starting/);
    await world.clock.advance(600_000);
    assert.deepEqual(socket.taken(), [RESET_V2]);
    await say(socket, ...full(7, 1, prefix('192.0.2.0/24', 1)));
    assert.equal(cacheStatus(world).phase, 'synced');
  });
});

suite('times', () => {
  test('the data of a dead cache serve until they expire (RFC 8210 §6)', async () => {
    const { world, socket } = await synced();
    socket.hangUp();
    await breathe();
    assert.equal(cacheStatus(world).phase, 'waiting');
    for (let seconds = 0; seconds < 7199; seconds += 1) {
      await world.clock.advance(1000);
      const last = world.socket('a');
      if (last.connecting) last.refuse('connect ECONNREFUSED');
    }
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1']);
    await world.clock.advance(1000);
    assert.deepEqual(world.vrps(), []);
    assert.deepEqual(formatRanges(world.changes.at(-1)!.ranges), ['192.0.2.0/24']);
    assert.match(cacheStatus(world).lastError!.reason, /have expired/);
    assert.equal(world.client.status().ready, false);
  });

  test('after a reconnect the Serial Query goes on where the data are', async () => {
    const { world, socket } = await synced();
    socket.hangUp();
    await breathe();
    await world.clock.advance(5000);
    const next = world.socket('a');
    assert.notEqual(next, socket);
    next.accept();
    await breathe();
    assert.deepEqual(decoded(next), [{ version: 2, type: 'serial-query', sessionId: 7, serial: 1 }]);
    await say(next, ...delta(7, 2, prefix('203.0.113.0/24', 3)));
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1', '203.0.113.0/24-24 AS3']);
    // The expiry counts from the last End of Data.
    assert.equal(cacheStatus(world).expiresSeconds, 7200);
  });

  test('attempts come after 5, 10, 20 … seconds, and then after each retry interval', async () => {
    const { world } = await unconnected();
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      world.socket('a').refuse('connect ECONNREFUSED');
      await breathe();
      waits.push(cacheStatus(world).nextQuerySeconds!);
      await world.clock.advance(waits.at(-1)! * 1000);
    }
    assert.deepEqual(waits, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
    assert.equal(cacheStatus(world).errors, 9);
  });

  test("a cache's intervals are kept within the bounds of RFC 8210 §6", async () => {
    const { world, socket } = await connected();
    await say(
      socket,
      { version: 2, type: 'cache-response', sessionId: 7 },
      { ...endOfData(7, 1), intervals: { refresh: 100_000, retry: 0, expire: 60 } },
    );
    assert.deepEqual(cacheStatus(world).intervals, { refresh: 300, retry: 1, expire: 600 });
  });

  test('a client with a cache is not ready before the cache has answered, although all files are read', async () => {
    const states: boolean[] = [];
    const world = new World({ caches: [{ host: 'a' }], onStatus: () => states.push(world.client.status().ready) });
    const socket = await world.startOne();
    assert.deepEqual(new Set(states), new Set([false]));
    await say(socket, ...full(7, 1, prefix('192.0.2.0/24', 1)));
    assert.equal(states.at(-1), true);
  });

  test('an interval of our own holds whatever the cache names, the others are those of the cache', async () => {
    const world = new World({ caches: [{ host: 'a', overrides: { refresh: 60, expire: 10 } }] });
    const socket = await world.startOne();
    await say(socket, ...full(7, 1, prefix('192.0.2.0/24', 1)));
    assert.deepEqual(cacheStatus(world).intervals, { refresh: 60, retry: 300, expire: 600 });
    assert.equal(cacheStatus(world).nextQuerySeconds, 60);
  });

  test('a cache that does not answer, or stops in the middle, is left after 60 seconds', async () => {
    const { world, socket } = await connected();
    await world.clock.advance(59_000);
    await say(socket, { version: 2, type: 'cache-response', sessionId: 7 });
    await world.clock.advance(59_000);
    await say(socket, prefix('192.0.2.0/24', 1));
    await world.clock.advance(59_999);
    assert.equal(cacheStatus(world).phase, 'receiving');
    await world.clock.advance(1);
    assert.equal(cacheStatus(world).phase, 'waiting');
    assert.ok(socket.closedByClient);
    assert.deepEqual(world.vrps(), []);
  });

  test('a connection that does not open is given up after 60 seconds', async () => {
    const { world } = await unconnected();
    await world.clock.advance(60_000);
    assert.equal(cacheStatus(world).phase, 'waiting');
    assert.ok(world.socket('a').destroyed);
  });
});

suite('versions (RFC 8210 §7)', () => {
  test('a cache that answers in a lower version is taken at it', async () => {
    const { world, socket } = await connected();
    await say(
      socket,
      ...full(7, 1, prefix('192.0.2.0/24', 1)).map(
        (pdu): Pdu => ({ ...pdu, version: 0, ...(pdu.type === 'end-of-data' && { intervals: undefined }) }),
      ),
    );
    assert.equal(cacheStatus(world).version, 0);
    assert.deepEqual(cacheStatus(world).intervals, INTERVALS);
    assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1']);
  });

  test('Unsupported Protocol Version: the next lower version at once, and from then on', async () => {
    const { world, socket } = await connected();
    // StayRTR writes version 0 in this report, although it knows version 1.
    await say(socket, {
      version: 0,
      type: 'error-report',
      code: RtrError.UnsupportedVersion,
      pdu: fromHex(RESET_V2),
      text: 'Bad protocol version',
    });
    const second = world.socket('a');
    assert.notEqual(second, socket);
    second.accept();
    await breathe();
    assert.deepEqual(second.taken(), ['0102000000000008']);
    await say(second, ...full(7, 1, prefix('192.0.2.0/24', 1)).map((pdu): Pdu => ({ ...pdu, version: 1 })));
    second.hangUp();
    await breathe();
    await world.clock.advance(5000);
    world.socket('a').accept();
    await breathe();
    assert.deepEqual(decoded(world.socket('a')), [{ version: 1, type: 'serial-query', sessionId: 7, serial: 1 }]);
  });

  test('a cache that closes without an answer is asked in lower versions, and then later in the highest', async () => {
    const { world } = await unconnected();
    const versions: number[] = [];
    for (let i = 0; i < 4; i++) {
      const socket = world.socket('a');
      socket.accept();
      await breathe();
      versions.push(fromHex(socket.taken()[0]!)[0]!);
      socket.hangUp();
      await breathe();
      if (i === 2) await world.clock.advance(5000);
    }
    assert.deepEqual(versions, [2, 1, 0, 2]);
  });

  for (const [what, hex] of [
    ['a version that we do not know', '0303000000000008'],
    ['an ASPA of an earlier draft of version 2', '020b0000 00000018 01000002 0000fbf0 0000fbf1 0000fbf2'],
  ] as const) {
    test(`${what}: an Error Report, and the next lower version at once`, async () => {
      const { world, socket } = await synced();
      await say(socket, notify(7, 2), { version: 2, type: 'cache-response', sessionId: 7 });
      socket.taken();
      socket.send(hex);
      await breathe();
      assert.equal(error(socket).code, RtrError.UnsupportedVersion);
      const next = world.socket('a');
      next.accept();
      await breathe();
      assert.deepEqual(next.taken(), ['0102000000000008']);
      assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1']);
    });
  }

  test('another version in the middle of a session is Unexpected Protocol Version', async () => {
    const { socket } = await synced();
    await say(socket, { ...notify(7, 2), version: 1 });
    assert.equal(error(socket).code, RtrError.UnexpectedVersion);
  });

  test('a Serial Notify before the first answer is ignored, whatever its version', async () => {
    const { socket } = await connected();
    socket.taken();
    await say(socket, { ...notify(1, 2), version: 0 });
    assert.deepEqual(socket.taken(), []);
    assert.ok(!socket.closedByClient);
  });
});

suite('errors of the cache are answered with an Error Report, and everything is asked for anew', () => {
  const cases: readonly (readonly [what: string, code: number, hex: string])[] = [
    ['a VRP that is there', RtrError.DuplicateAnnouncement, hexOf(prefix('192.0.2.0/24', 1))],
    ['a withdrawal of a VRP that is not there', RtrError.WithdrawalOfUnknownRecord, hexOf({ ...prefix('10.0.0.0/8', 1), flags: 0 })],
    ['a withdrawal of an ASPA that is not there', RtrError.WithdrawalOfUnknownRecord, hexOf({ ...aspa(1, []), flags: 0 })],
    ['an ASPA without providers', RtrError.AspaProviderList, hexOf(aspa(1, []))],
    ['an ASPA with AS 0 among its providers', RtrError.AspaProviderList, hexOf(aspa(1, [0, 2]))],
    ['a maximum length below the length', RtrError.CorruptData, '0204000000000014 01181000c000020000000001'],
    ['a maximum length above 32', RtrError.CorruptData, '0204000000000014 01182100c000020000000001'],
    ['data of another version', RtrError.CorruptData, hexOf({ ...prefix('10.0.0.0/8', 1), version: 1 })],
    ['an unknown type', RtrError.UnsupportedPduType, '02630000 00000008'],
    ['a length that no PDU has', RtrError.CorruptData, '0204000000000007'],
    ['End of Data of another session', RtrError.CorruptData, hexOf(endOfData(8, 2))],
    ['a query', RtrError.InvalidRequest, RESET_V2],
  ];
  for (const [what, code, hex] of cases) {
    test(what, async () => {
      const { world, socket } = await synced();
      await say(socket, notify(7, 2), { version: 2, type: 'cache-response', sessionId: 7 });
      socket.taken();
      socket.send(hex);
      await breathe();
      assert.equal(error(socket).code, code);
      assert.ok(socket.closedByClient);
      // What was there stays in use.
      assert.deepEqual(world.vrps(), ['192.0.2.0/24-24 AS1']);
      await world.clock.advance(5000);
      world.socket('a').accept();
      await breathe();
      assert.deepEqual(world.socket('a').taken(), [RESET_V2]);
    });
  }

  test('data without a Cache Response', async () => {
    const { socket } = await synced();
    await say(socket, prefix('10.0.0.0/8', 1));
    assert.equal(error(socket).code, RtrError.CorruptData);
  });

  test('an Error Report, even a broken one, is not answered', async () => {
    for (const hex of ['020a0001 00000010 00000000 00000000', '020a0001 00000010 00000009 00000000']) {
      const { world, socket } = await synced();
      socket.send(hex);
      await breathe();
      assert.deepEqual(socket.taken(), []);
      assert.equal(cacheStatus(world).phase, 'waiting');
    }
  });

  test('a session ID that changes while the cache is asked for changes', async () => {
    const { socket } = await synced();
    await say(socket, notify(7, 2), { version: 2, type: 'cache-response', sessionId: 8 });
    assert.equal(error(socket).code, RtrError.CorruptData);
  });
});

suite('ASPAs', () => {
  test('an announcement replaces, a withdrawal removes, and the change names the customers', async () => {
    const { world, socket } = await connected();
    await say(socket, ...full(7, 1, aspa(1, [10, 11]), aspa(2, [0])));
    assert.deepEqual([...world.changes[0]!.customers], [1, 2]);
    await say(socket, notify(7, 2), ...delta(7, 2, aspa(1, [12]), { ...aspa(2, []), flags: 0 }));
    assert.deepEqual([...world.changes[1]!.customers].sort(), [1, 2]);
    assert.deepEqual([...world.client.aspas.aspas()], [{ customer: 1, providers: [12], sources: ['tcp a:323'] }]);
  });
});

test('a callback that throws ends nothing', async () => {
  const { world, socket } = await connected();
  world.changes.push = () => {
    throw new Error('mine');
  };
  await say(socket, ...full(7, 1, prefix('192.0.2.0/24', 1)));
  assert.equal(cacheStatus(world).phase, 'synced');
  assert.equal(world.logged[0], 'onChange of the RPKI client threw');
});

test('close drops the data and the timers', async () => {
  const { world, socket } = await synced();
  world.client.close();
  await breathe();
  assert.ok(socket.closedByClient);
  assert.deepEqual(world.vrps(), []);
  await world.clock.advance(2000);
  assert.equal(world.clock.size, 0);
});

async function unconnected(): Promise<{ world: World }> {
  const world = new World({ caches: [{ host: 'a' }] });
  await world.client.start();
  return { world };
}

async function connected(): Promise<{ world: World; socket: FakeSocket }> {
  const world = new World({ caches: [{ host: 'a' }] });
  return { world, socket: await world.startOne() };
}

/** In sync, with session 7, serial 1 and one VRP. */
async function synced(): Promise<{ world: World; socket: FakeSocket }> {
  const both = await connected();
  await say(both.socket, ...full(7, 1, prefix('192.0.2.0/24', 1)));
  both.socket.taken();
  return both;
}

async function say(socket: FakeSocket, ...pdus: readonly Pdu[]): Promise<void> {
  socket.send(pdus.map(hexOf).join(''));
  await breathe();
}

function decoded(socket: FakeSocket): (Pdu | RtrFault)[] {
  return socket.taken().map((hex) => decodePdu(fromHex(hex), 0, hex.length / 2));
}

function error(socket: FakeSocket): Pdu & { type: 'error-report' } {
  const pdu = decoded(socket).at(-1);
  assert.ok(pdu !== undefined && !(pdu instanceof RtrFault) && pdu.type === 'error-report', JSON.stringify(pdu));
  return pdu;
}

function cacheStatus(world: World): CacheStatus {
  return world.client.status().caches[0]!;
}

function hexOf(pdu: Pdu): string {
  return toHex(encodePdu(pdu));
}

function full(sessionId: number, serial: number, ...data: readonly Pdu[]): Pdu[] {
  return [{ version: 2, type: 'cache-response', sessionId }, ...data, endOfData(sessionId, serial)];
}

const delta = full;

function endOfData(sessionId: number, serial: number): Pdu & { type: 'end-of-data' } {
  return { version: 2, type: 'end-of-data', sessionId, serial, intervals: INTERVALS };
}

function notify(sessionId: number, serial: number): Pdu {
  return { version: 2, type: 'serial-notify', sessionId, serial };
}

function prefix(text: string, asn: number): Pdu & { type: 'ipv4-prefix' | 'ipv6-prefix' } {
  const type = text.includes(':') ? 'ipv6-prefix' : 'ipv4-prefix';
  return { version: 2, type, flags: 1, prefix: text, maxLength: Number(text.split('/')[1]), asn };
}

function aspa(customer: number, providers: readonly number[]): Pdu & { type: 'aspa' } {
  return { version: 2, type: 'aspa', flags: 1, customer, providers };
}
