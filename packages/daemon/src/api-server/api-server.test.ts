import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { createTsbgpClient, GetGlobalRequestSchema, GetGlobalResponseSchema, TsbgpError } from '@tsbgp/api';
import { fakeRoute } from '../../test/api-server/fake-control-plane.ts';
import { type Served, serve, until } from '../../test/api-server/serve.ts';

const GET_GLOBAL = '/tsbgp.v1.GlobalService/GetGlobal';
const WATCH = '/tsbgp.v1.RibService/WatchRoutes';

suite('one port, every protocol', { timeout: 30_000 }, () => {
  let api: Served;
  before(async () => {
    api = await serve();
  });
  after(() => api.stop());

  const post = (path: string, type: string, body: string | Uint8Array<ArrayBuffer>): Promise<Response> =>
    fetch(api.url + path, { method: 'POST', headers: { 'content-type': type }, body });

  test('gRPC over HTTP/2, unix socket and TCP', async () => {
    for (const address of [`unix://${api.socket}`, api.url]) {
      const answer = await createTsbgpClient({ address }).global.getGlobal({});
      assert.equal(answer.localAs, 65001);
      assert.equal(answer.startedAt?.seconds, BigInt(Date.parse('2026-11-20T12:00:00Z') / 1000));
    }
  });

  test('JSON over HTTP/1.1, as curl sends it', async () => {
    const response = await post(GET_GLOBAL, 'application/json', '{}');
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      localAs: 65001,
      routerId: '192.0.2.1',
      clusterId: '192.0.2.1',
      listen: [{ host: '::', port: 179 }],
      version: '0.1.0',
      startedAt: '2026-11-20T12:00:00Z',
      // false and 0 are left out.
      decision: { aigp: true, deterministicMed: true, compareRouterId: true, multipath: 1 },
    });
  });

  test('JSON over HTTP/1.1 on the unix socket', async () => {
    const status = await new Promise((resolve, reject) => {
      const options = { socketPath: api.socket, path: GET_GLOBAL, method: 'POST', headers: { 'content-type': 'application/json' } };
      const request = httpRequest(options, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.once('error', reject).end('{}');
    });
    assert.equal(status, 200);
  });

  test('gRPC-Web over HTTP/1.1', async () => {
    const body = envelope(0, toBinary(GetGlobalRequestSchema, create(GetGlobalRequestSchema)));
    const response = await post(GET_GLOBAL, 'application/grpc-web+proto', body);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/grpc-web+proto');
    const [message, trailer] = openEnvelopes(new Uint8Array(await response.arrayBuffer()));
    assert.equal(fromBinary(GetGlobalResponseSchema, message!.data).localAs, 65001);
    assert.equal(trailer!.flags, 0x80);
    assert.match(new TextDecoder().decode(trailer!.data), /grpc-status: 0/i);
  });

  test('a first octet that comes alone does not decide the protocol', async () => {
    const text = `POST ${GET_GLOBAL} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`;
    assert.match(await slowly([text.slice(0, 1), text.slice(1)]), /^HTTP\/1\.1 200 /);
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    const settings = String.fromCharCode(0, 0, 0, 4, 0, 0, 0, 0, 0);
    const answer = await slowly(['P', 'RI', preface.slice(3) + settings]);
    assert.equal(answer.charCodeAt(3), 4, 'a SETTINGS frame answers');
  });

  /** Sends the parts some turns apart; the first answer. */
  function slowly(parts: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ path: api.socket });
      socket.once('error', reject);
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data.toString('latin1'));
      });
      parts.forEach((part, i) => void setTimeout(() => socket.write(part, 'latin1'), i * 30));
    });
  }

  test('no such method: 404, or UNIMPLEMENTED, not a hanging call', async () => {
    assert.equal((await post('/tsbgp.v1.GlobalService/Nothing', 'application/json', '{}')).status, 404);
    assert.equal((await post('/', 'text/plain', '')).status, 404);
  });

  test('rubbish on the port closes that connection and no other', async () => {
    const answer = await slowly(['\x00\xff\x00\xff rubbish\r\n\r\n']);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.equal((await post(GET_GLOBAL, 'application/json', '{}')).status, 200);
  });

  test('a message larger than the limit is refused before it is read', async () => {
    const head = Uint8Array.of(0, 0x7f, 0xff, 0xff, 0xff);
    const response = await post(GET_GLOBAL, 'application/grpc-web+proto', head);
    const [trailer] = openEnvelopes(new Uint8Array(await response.arrayBuffer()));
    assert.match(new TextDecoder().decode(trailer!.data), /grpc-status: 8/i);
  });

  test('headers of a watch on a quiet daemon come at once', async () => {
    const session = connectHttp2(api.url);
    try {
      const started = performance.now();
      const call = session.request({ ':method': 'POST', ':path': WATCH, 'content-type': 'application/grpc+proto', te: 'trailers' });
      call.end(envelope(0, new Uint8Array(0)));
      const headers = await new Promise<Record<string, unknown>>((resolve, reject) => call.once('response', resolve).once('error', reject));
      assert.ok(performance.now() - started < 200, `${performance.now() - started} ms`);
      assert.equal(headers[':status'], 200);
      assert.equal(headers['content-type'], 'application/grpc+proto');
      await until(() => api.control.listeners.size === 1, 'the watch is under way');
      call.close();
      await until(() => api.control.listeners.size === 0, 'the watcher is freed');
    } finally {
      session.destroy();
    }
  });

  test('the same over HTTP/1.1 with gRPC-Web, and what comes then arrives', async () => {
    const gone = new AbortController();
    const started = performance.now();
    const response = await fetch(api.url + WATCH, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc-web+proto' },
      body: envelope(0, new Uint8Array(0)),
      signal: gone.signal,
    });
    assert.ok(performance.now() - started < 200);
    await until(() => api.control.listeners.size === 1, 'the watch is under way');
    api.control.tell({ type: 'announce', route: fakeRoute(1) });
    const { value } = await response.body!.getReader().read();
    assert.ok(value!.length > 5);
    gone.abort();
    await until(() => api.control.listeners.size === 0, 'the watcher is freed');
  });

  test('close ends the watches, and says that it was not the end of the changes', async () => {
    const other = await serve();
    const watching = (async () => {
      for await (const _ of other.client.rib.watchRoutes({})) assert.fail('nothing happens here');
    })();
    const ended = assert.rejects(watching, (error) => error instanceof TsbgpError && error.code === 'UNAVAILABLE' && error.isUnreachable);
    await until(() => other.control.listeners.size === 1, 'the watch is under way');
    await other.stop();
    await ended;
    assert.equal(other.control.listeners.size, 0);
  });
});

function envelope(flags: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(5 + data.length);
  out[0] = flags;
  new DataView(out.buffer).setUint32(1, data.length);
  out.set(data, 5);
  return out;
}

function openEnvelopes(bytes: Uint8Array): { flags: number; data: Uint8Array }[] {
  const found: { flags: number; data: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 1);
    found.push({ flags: bytes[at]!, data: bytes.subarray(at + 5, at + 5 + length) });
    at += 5 + length;
  }
  return found;
}
