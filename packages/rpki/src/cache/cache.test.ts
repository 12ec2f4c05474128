import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toHex } from '@tsbgp/wire';
import { LiveClient } from '../../test/live.ts';
import { vrp } from '../../test/world.ts';
import { encodePdu, type Pdu, RtrCache, RtrError } from '../index.ts';
import { CacheData, CHANGES_MAX } from './cache-data.ts';
import { CacheSession } from './cache-session.ts';

const INTERVALS = { refresh: 1, retry: 2, expire: 600 };
const A = vrp('192.0.2.0/24-24 AS1');
const B = vrp('2001:db8::/32-48 AS2');

suite('answers', () => {
  test('everything, then changes, each record once', () => {
    const data = new CacheData({ vrps: [A] }, 7, 1);
    const session = new CacheSession(data, INTERVALS);
    assert.deepEqual(types(session, { version: 2, type: 'reset-query' }), ['cache-response', '+192.0.2.0/24', 'end-of-data 1']);
    data.update({ vrps: [A, B], aspas: [{ customer: 5, providers: [6] }] });
    data.update({ vrps: [B], aspas: [{ customer: 5, providers: [7] }] });
    assert.deepEqual(types(session, query(1)), ['cache-response', '+2001:db8::/32', '+AS5 7', '-192.0.2.0/24', 'end-of-data 3']);
    assert.deepEqual(types(session, query(3)), ['cache-response', 'end-of-data 3']);
    data.update({ vrps: [A, B] });
    assert.deepEqual(types(session, query(2)), ['cache-response', '-AS5 ', 'end-of-data 4']);
  });

  test('Cache Reset for another session, an unknown serial, and one that is too old', () => {
    const data = new CacheData({ vrps: [A] }, 7, 1);
    const session = new CacheSession(data, INTERVALS);
    assert.deepEqual(types(session, { ...query(1), sessionId: 8 }), ['cache-reset']);
    assert.deepEqual(types(session, query(9)), ['cache-reset']);
    for (let i = 0; i <= CHANGES_MAX; i++) data.update({ vrps: i % 2 === 0 ? [B] : [A] });
    assert.deepEqual(types(session, query(1)), ['cache-reset']);
    assert.notDeepEqual(types(session, query(2)), ['cache-reset']);
  });

  test('a version that is too high or another one is refused, ASPAs are for version 2', () => {
    const data = new CacheData({ vrps: [], aspas: [{ customer: 5, providers: [6] }] }, 7, 1);
    const old = new CacheSession(data, INTERVALS, 1);
    assert.deepEqual(types(old, { version: 2, type: 'reset-query' }), [`error ${RtrError.UnsupportedVersion}`, 'close']);
    const session = new CacheSession(data, INTERVALS);
    assert.deepEqual(types(session, { version: 0, type: 'reset-query' }), ['cache-response', 'end-of-data 1']);
    assert.deepEqual(types(session, { version: 1, type: 'reset-query' }), [`error ${RtrError.UnexpectedVersion}`, 'close']);
    assert.deepEqual(types(session, { version: 0, type: 'cache-reset' }), [`error ${RtrError.InvalidRequest}`, 'close']);
    assert.deepEqual(types(session, { version: 0, type: 'error-report', code: 0, pdu: new Uint8Array(0), text: '' }), ['close']);
  });

  test('no Serial Notify before the version is settled, and none without a change', () => {
    const data = new CacheData({ vrps: [A] }, 7, 1);
    const session = new CacheSession(data, INTERVALS);
    assert.equal(session.notify(), undefined);
    assert.equal(data.update({ vrps: [A] }), false);
    types(session, { version: 1, type: 'reset-query' });
    assert.deepEqual(session.notify(), { version: 1, type: 'serial-notify', sessionId: 7, serial: 1 });
  });
});

for (const versionMax of [0, 1, 2] as const) {
  test(`client and cache, of which one speaks version ${versionMax} at most`, async () => {
    const cache = new RtrCache({ vrps: [A, B], aspas: [{ customer: 5, providers: [6] }] }, { versionMax, serial: 0xffff_ffff });
    const { port } = await cache.listen({ host: '127.0.0.1', port: 0 });
    const live = new LiveClient([{ host: '127.0.0.1', port }]);
    await live.client.start();
    await live.until(() => live.cache.phase === 'synced');
    assert.deepEqual([live.cache.version, live.cache.aspas, live.cache.connects], [versionMax, versionMax === 2 ? 1 : 0, 3 - versionMax]);
    // The serial wraps (RFC 1982).
    cache.update({ vrps: [A] });
    await live.until(() => live.cache.serial === 0);
    assert.deepEqual(live.vrps, ['192.0.2.0/24-24 AS1']);
    live.client.close();
    await cache.close();
  });
}

function query(serial: number): Pdu & { type: 'serial-query' } {
  return { version: 2, type: 'serial-query', sessionId: 7, serial };
}

/** The answer to a PDU, a word or two for each PDU. */
function types(session: CacheSession, question: Pdu): string[] {
  const bytes = encodePdu(question);
  const { pdus, close } = session.answer(bytes, 0, bytes.length);
  const words = [...pdus].map((pdu) => {
    assert.ok(toHex(encodePdu(pdu)).length > 0);
    const sign = 'flags' in pdu && (pdu.flags & 1) === 0 ? '-' : '+';
    if (pdu.type === 'ipv4-prefix' || pdu.type === 'ipv6-prefix') return sign + pdu.prefix;
    if (pdu.type === 'aspa') return `${sign}AS${pdu.customer} ${pdu.providers.join(' ')}`;
    if (pdu.type === 'end-of-data') return `end-of-data ${pdu.serial}`;
    return pdu.type === 'error-report' ? `error ${pdu.code}` : pdu.type;
  });
  return close ? [...words, 'close'] : words;
}
