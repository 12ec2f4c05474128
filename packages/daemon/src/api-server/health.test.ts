import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Client, Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@tsbgp/api';
import { type Served, serve } from '../../test/api-server/serve.ts';

suite('grpc.health.v1', { timeout: 20_000 }, () => {
  let api: Served;
  let health: Client<typeof Health>;
  before(async () => {
    api = await serve();
    health = createClient(Health, createGrpcTransport({ baseUrl: api.url }));
  });
  after(() => api.stop());

  test('the daemon and each service answer SERVING; another name is NOT_FOUND', async () => {
    for (const service of ['', 'tsbgp.v1.RibService', 'grpc.health.v1.Health']) {
      assert.equal((await health.check({ service })).status, ServingStatus.SERVING);
    }
    await assert.rejects(health.check({ service: 'tsbgp.v1.Nothing' }), (error) => ConnectError.from(error).code === Code.NotFound);
  });

  test('a watch tells the state, and then each change', async () => {
    const leave = new AbortController();
    const watch = health.watch({}, { signal: leave.signal })[Symbol.asyncIterator]();
    assert.equal((await watch.next()).value?.status, ServingStatus.SERVING);
    api.control.healthy = false;
    assert.equal((await watch.next()).value?.status, ServingStatus.NOT_SERVING);
    api.control.healthy = true;
    assert.equal((await watch.next()).value?.status, ServingStatus.SERVING);
    leave.abort();
  });

  test('a watch of a service that does not exist says so and goes on', async () => {
    const leave = new AbortController();
    const watch = health.watch({ service: 'tsbgp.v1.Nothing' }, { signal: leave.signal })[Symbol.asyncIterator]();
    assert.equal((await watch.next()).value?.status, ServingStatus.SERVICE_UNKNOWN);
    leave.abort();
  });
});
