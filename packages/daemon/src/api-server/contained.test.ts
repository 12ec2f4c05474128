/** Exceptions of handlers, and octets that are no message: the client gets a status, the process lives, and it is counted. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { connect as connectHttp2 } from 'node:http2';
import { after, afterEach, before, suite, test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { Health } from '@tsbgp/api';
import { type Served, serve, until } from '../../test/api-server/serve.ts';

suite('exceptions', { timeout: 30_000 }, () => {
  let api: Served;
  let count = 0;
  before(async () => {
    api = await serve();
  });
  after(() => api.stop());
  afterEach(async () => {
    assert.equal((await api.client.global.getGlobal({})).localAs, 65001);
    assert.equal(api.boundaries.count('api'), count);
  });

  const internal = { code: 'INTERNAL', message: 'internal error: see the log of the daemon' };

  test('of a handler that throws: INTERNAL', async () => {
    api.control.global = () => {
      throw new Error('planted: global');
    };
    await assert.rejects(api.client.global.getGlobal({}), internal);
    count++;
    Reflect.deleteProperty(api.control, 'global');
  });

  test('of a handler that rejects: INTERNAL', async () => {
    api.control.deleteNeighbor = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      throw new TypeError('planted: delete');
    };
    await assert.rejects(api.client.neighbors.deleteNeighbor({ address: '192.0.2.1' }), internal);
    count++;
  });

  test('of what is no Error: INTERNAL', async () => {
    api.control.enableNeighbor = () => {
      throw 'planted: text';
    };
    await assert.rejects(api.client.neighbors.enableNeighbor({ address: '192.0.2.1' }), internal);
    count++;
  });

  test('of a handler whose value makes no message: INTERNAL', async () => {
    const { global } = api.control;
    api.control.global = () => ({ ...global.call(api.control), startedAt: undefined as unknown as Date });
    await assert.rejects(api.client.global.getGlobal({}), internal);
    count++;
    Reflect.deleteProperty(api.control, 'global');
  });

  test('in the middle of a stream: INTERNAL after the messages before it', async () => {
    const health = createClient(Health, createGrpcTransport({ baseUrl: api.url }));
    const watch = health.watch({})[Symbol.asyncIterator]();
    assert.equal((await watch.next()).done, false);
    api.control.health = () => {
      throw new Error('planted: health');
    };
    await assert.rejects(watch.next(), { rawMessage: 'internal error: see the log of the daemon' });
    count++;
    Reflect.deleteProperty(api.control, 'health');
  });

  test('of a client stream: INTERNAL', async () => {
    api.control.addRoutes = () => {
      throw new Error('planted: add');
    };
    async function* routes() {
      yield { routes: [{ prefix: '10.0.0.0/8', nextHop: '192.0.2.1' }] };
    }
    await assert.rejects(api.client.injection.addRouteStream(routes()), internal);
    count++;
  });

  test('of metrics: INTERNAL', async () => {
    api.control.metrics = () => {
      throw new Error('planted: metrics');
    };
    await assert.rejects(api.client.control.getMetrics({}), internal);
    count++;
  });

  test('of a shutdown, which no call waits for', async () => {
    api.control.shutdown = () => {
      throw new Error('planted: shutdown');
    };
    await api.client.control.shutdown({});
    await until(() => api.boundaries.count('api') === count + 1, 'it was counted');
    count++;
  });

  test('each was logged once, with its method, and the clients were told nothing of it', () => {
    const messages = api.logged.map((fields) => String((fields as { err: unknown }).err));
    assert.equal(messages.filter((message) => /planted: global/.test(message)).length, 1);
    assert.ok(api.logged.some((fields) => (fields as { method?: string }).method === 'tsbgp.v1.GlobalService/GetGlobal'));
    assert.match(api.metrics(), /tsbgp_api_calls_total\{method="tsbgp.v1.GlobalService\/GetGlobal",code="INTERNAL"\} 2/);
  });
});

test('a broken invariant of the RIB still ends the process, although a call found it', () => {
  const program = `
    import { BrokenInvariant } from '@tsbgp/rib';
    import { serve } from './test/api-server/serve.ts';
    const api = await serve();
    api.control.global = () => { throw new BrokenInvariant('planted'); };
    process.on('uncaughtException', (error) => process.exit(error instanceof BrokenInvariant ? 42 : 1));
    await api.client.global.getGlobal({}).catch(() => undefined);
    setTimeout(() => process.exit(0), 2000);`;
  const { status, stderr } = spawnSync(process.execPath, ['--conditions=tsbgp-source', '--input-type=module-typescript', '-e', program], {
    cwd: new URL('../..', import.meta.url),
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(status, 42, stderr);
});

suite('octets that are no message', { timeout: 30_000 }, () => {
  let api: Served;
  before(async () => {
    api = await serve();
  });
  after(() => api.stop());

  const BAD = Buffer.from('0a05ff', 'hex');
  const enveloped = (flags: number, message: Buffer): Buffer => {
    const head = Buffer.of(flags, 0, 0, 0, 0);
    head.writeUInt32BE(message.length, 1);
    return Buffer.concat([head, message]);
  };
  const UNARY = '/tsbgp.v1.NeighborService/GetNeighbor';
  const SERVER_STREAM = '/tsbgp.v1.RibService/StreamBest';
  const CLIENT_STREAM = '/tsbgp.v1.InjectionService/AddRouteStream';

  async function post(path: string, type: string, body: Buffer): Promise<{ status: number; text: string }> {
    const response = await fetch(api.url + path, { method: 'POST', headers: { 'content-type': type }, body: Uint8Array.from(body) });
    return { status: response.status, text: JSON.stringify(Object.fromEntries(response.headers)) + (await response.text()) };
  }

  /** Status and message in the trailers of gRPC. */
  function grpc(path: string, body: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      const session = connectHttp2(api.url);
      session.on('error', reject);
      const call = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' });
      let found = '';
      call.on('response', (headers) => {
        found += `${headers['grpc-status'] ?? ''} ${headers['grpc-message'] ?? ''}`;
      });
      call.on('trailers', (headers) => {
        found += `${headers['grpc-status']} ${headers['grpc-message']}`;
      });
      call.on('error', reject);
      call.on('close', () => {
        session.close();
        resolve(found);
      });
      call.resume();
      call.end(body);
    });
  }

  for (const path of [UNARY, SERVER_STREAM, CLIENT_STREAM]) {
    test(`gRPC: INVALID_ARGUMENT from ${path}`, async () => assert.match(await grpc(path, enveloped(0, BAD)), /^\s*3 /));
    test(`gRPC-Web: INVALID_ARGUMENT from ${path}`, async () => {
      assert.match((await post(path, 'application/grpc-web+proto', enveloped(0, BAD))).text, /grpc-status"?: ?"?3\b/i);
    });
    test(`gRPC: an envelope that is cut off is INVALID_ARGUMENT from ${path}`, async () => {
      assert.match(await grpc(path, enveloped(0, Buffer.alloc(100)).subarray(0, 50)), /^\s*3 /);
    });
    test(`gRPC: unknown flags are INVALID_ARGUMENT from ${path}`, async () =>
      assert.match(await grpc(path, enveloped(4, Buffer.alloc(0))), /^\s*3 /));
  }
  for (const path of [SERVER_STREAM, CLIENT_STREAM]) {
    test(`Connect: invalid_argument from ${path}, in protobuf and JSON`, async () => {
      assert.match((await post(path, 'application/connect+proto', enveloped(0, BAD))).text, /"code":"invalid_argument"/);
      assert.match(
        (await post(path, 'application/connect+json', enveloped(0, Buffer.from('{"fliter":1}')))).text,
        /"code":"invalid_argument"[\s\S]*fliter/,
      );
    });
  }
  test('Connect: invalid_argument and 400 from a unary call', async () => {
    const { status, text } = await post(UNARY, 'application/proto', BAD);
    assert.deepEqual([status, /"code":"invalid_argument"/.test(text)], [400, true]);
  });

  test('JSON: a misspelled member is refused with its place and what is allowed, and nothing is applied', async () => {
    const body = '{"routes":[{"prefix":"192.0.2.0/24","nextHop":"192.0.2.1","atributes":[]}]}';
    const { status, text } = await post('/tsbgp.v1.InjectionService/AddRoutes', 'application/json', Buffer.from(body));
    assert.equal(status, 400);
    assert.match(text, /routes\[0\]\.atributes: is not known, allowed are family, prefix, nextHop, attributes, pathIdentifier/);
    assert.match(text, /"field":"routes\[0\]\.atributes"/);
    assert.equal(api.control.injected.size, 0);
  });

  test('a filter with a misspelled member lists nothing', async () => {
    const { status, text } = await post(
      '/tsbgp.v1.RibService/ListBest',
      'application/json',
      Buffer.from('{"filter":{"prefx":"10.0.0.0/8"}}'),
    );
    assert.equal(status, 400);
    assert.match(text, /filter\.prefx: is not known, allowed are family, prefix/);
  });

  const large: [string, string, Buffer][] = [
    ['five million empty routes', '/tsbgp.v1.InjectionService/AddRoutes', Buffer.from(`{"routes":[${'{},'.repeat(4_999_999)}{}]}`)],
    ['ten million octets of [', '/tsbgp.v1.RibService/ListBest', Buffer.alloc(10_000_000, '[')],
    ['a prefix of 20 MB', '/tsbgp.v1.RibService/ListBest', Buffer.from(`{"filter":{"prefix":"${'1'.repeat(20_000_000)}"}}`)],
    ['a prefix of 500 kB', '/tsbgp.v1.NeighborService/GetNeighbor', Buffer.from(`{"address":"${'1'.repeat(500_000)}"}`)],
  ];
  for (const [what, path, body] of large) {
    test(`${what}: a short answer, soon, and health meanwhile`, async () => {
      const started = performance.now();
      const [{ status, text }, health] = await Promise.all([post(path, 'application/json', body), api.client.control.getHealth({})]);
      assert.ok(status === 400 || status === 429 || status === 404, `${status}`);
      assert.ok(text.length < 4000, `${text.length}`);
      assert.equal(health.healthy, true);
      assert.ok(performance.now() - started < 2000, `${performance.now() - started} ms`);
    });
  }

  test('nothing of it was an error of ours', () => {
    assert.deepEqual(api.logged, []);
    assert.equal(api.boundaries.count('api'), 0);
  });
});

suite('what a neighbor is given', { timeout: 20_000 }, () => {
  let api: Served;
  before(async () => {
    api = await serve();
    await api.client.neighbors.addNeighbor({ neighbor: { address: '192.0.2.2', remoteAs: 65002, description: 'transit, Zürich' } });
  });
  after(() => api.stop());

  for (const description of ['a\nb', 'a\u001b[31mb', 'a\u0000', 'a\u2028b', 'x'.repeat(256)]) {
    test(`the description ${JSON.stringify(description).slice(0, 20)} is refused`, () =>
      assert.rejects(api.client.neighbors.addNeighbor({ neighbor: { address: '192.0.2.3', remoteAs: 65003, description } }), {
        code: 'INVALID_ARGUMENT',
        field: 'neighbor.description',
        message: /^neighbor\.description: found /,
      }));
  }

  test('a reason of more than 255 octets is refused, not cut (RFC 9003 §2)', async () => {
    const { neighbors, control } = api.client;
    const reason = 'ü'.repeat(130);
    const refused = { code: 'INVALID_ARGUMENT', field: 'reason', message: /found 260 octets, allowed are at most 255/ };
    await assert.rejects(neighbors.disableNeighbor({ address: '192.0.2.2', reason }), refused);
    await assert.rejects(neighbors.resetNeighbor({ address: '192.0.2.2', kind: 1, reason }), refused);
    await assert.rejects(control.shutdown({ reason }), refused);
    assert.equal(api.control.disabled.size, 0);
    await neighbors.disableNeighbor({ address: '192.0.2.2', reason: 'ü'.repeat(127) });
  });
});
