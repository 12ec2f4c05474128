/** RpkiService over a socket, before a control plane that answers from constants. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AspaState, AspaHop_Attestation as Attestation, RpkiCache_State as CacheState, Vrp_Match as Match, RovState } from '@tsbgp/api';
import { serve } from '../../../test/api-server/serve.ts';

test('GetRpki and ListCaches: counts, ages, what is absent stays absent, and no secret', async (t) => {
  const api = await serve();
  t.after(() => api.stop());
  const client = api.client.rpki;
  const rpki = await client.getRpki({});
  assert.deepEqual(
    [rpki.configured, rpki.ready, rpki.ipv4Vrps, rpki.ipv6Vrps, rpki.aspas, rpki.vrpBytes, rpki.caches, rpki.cachesSynced],
    [true, false, 3n, 2n, 1n, 4096n, 1, 1],
  );
  assert.deepEqual([rpki.revalidated, rpki.revalidating], [12n, true]);
  const [file] = rpki.files;
  assert.deepEqual([file!.path, file!.slurm, file!.age, file!.error], ['/a.json', true, undefined, '/a.json: cannot be read']);
  const { caches } = await client.listCaches({});
  const [cache] = caches;
  assert.deepEqual([cache!.state, cache!.version, cache!.sessionId, cache!.serial], [CacheState.SYNCED, 2, 0, 7]);
  assert.deepEqual([cache!.dataAge, cache!.dataExpires, cache!.nextQuery, cache!.connected], [60, 7140, 0, 0]);
  assert.deepEqual([cache!.refresh, cache!.retry, cache!.expire], [3600, 600, 7200]);
  assert.deepEqual([cache!.lastError, cache!.lastErrorAge], ['connect ECONNREFUSED', 61]);
  assert.doesNotMatch(
    JSON.stringify(caches, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    /secret/,
  );
});

test('Validate: what is asked arrives, and the answer has its reasons', async (t) => {
  const api = await serve();
  t.after(() => api.stop());
  const client = api.client.rpki;
  const { rov, covering, aspa, hops } = await client.validate({ prefix: '192.0.2.0/26', originAs: 0, asPath: [1, 2], role: 'peer' });
  assert.deepEqual(api.control.rpki.asked, [{ prefix: '192.0.2.0/26', originAs: 0, asPath: [1, 2], role: 'peer' }]);
  assert.deepEqual([rov, aspa, covering[0]!.match, covering[0]!.sources], [RovState.INVALID, AspaState.UNKNOWN, Match.TOO_LONG, ['cache']]);
  const [hop] = hops;
  assert.deepEqual([hop!.fromAs, hop!.toAs, hop!.up, hop!.down], [2, 1, Attestation.UNSPECIFIED, Attestation.NOT_PROVIDER]);
  await assert.rejects(
    client.validate({ prefix: '192.0.2.0/26', role: 'friend' }),
    /role: found "friend", allowed are "provider", "customer"/,
  );
});

test('ListVrps and ListAspas: filters and pages', async (t) => {
  const api = await serve();
  t.after(() => api.stop());
  const client = api.client.rpki;
  const first = await client.listVrps({ prefix: '192.0.2.0/24', covering: true, asn: 5 });
  assert.deepEqual([first.vrps.length, first.nextPageToken], [1, '5']);
  assert.equal((await client.listVrps({ pageToken: '5' })).nextPageToken, '');
  await assert.rejects(client.listVrps({ pageSize: 1001 }), /page_size/);
  const { aspas } = await client.listAspas({ provider: 2 });
  assert.deepEqual([aspas[0]!.customer, aspas[0]!.providers], [1, [2, 3]]);
  assert.deepEqual(api.control.rpki.asked, [
    { prefix: '192.0.2.0/24', covering: true, asn: 5, after: undefined },
    { prefix: undefined, covering: false, asn: undefined, after: '5' },
    { prefix: undefined, covering: false, asn: undefined, after: undefined },
    { customer: undefined, provider: 2, after: undefined },
  ]);
});
