/** What clients do to the transport: the worst of it costs them their request or their connection. */
import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import type { Socket } from 'node:net';
import { after, afterEach, before, suite, test } from 'node:test';
import { fakeRoute } from '../../test/api-server/fake-control-plane.ts';
import {
  ACK,
  closed,
  END_HEADERS,
  END_STREAM,
  exchange,
  Frame,
  frame,
  frames,
  hpack,
  open,
  PREFACE,
  requestHeaders,
  type Target,
} from '../../test/api-server/raw-http.ts';
import { type Served, serve, until } from '../../test/api-server/serve.ts';
import type { ApiLimits } from './limits.ts';

const GET_GLOBAL = '/tsbgp.v1.GlobalService/GetGlobal';
const GET_HEALTH = '/tsbgp.v1.ControlService/GetHealth';
const WATCH = '/tsbgp.v1.RibService/WatchRoutes';
const ADD_ROUTES = '/tsbgp.v1.InjectionService/AddRoutes';
const JSON_TYPE = ['content-type', 'application/json'] as const;

const portOf = ({ url }: Served): Target => ({ port: Number(new URL(url).port) });
const post = (path: string, headers: string, body = '{}'): string =>
  `POST ${path} HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;

function refusedCount(api: Served, reason: string): number {
  return Number(new RegExp(`tsbgp_api_refused_total\\{reason="${reason}"\\} (\\d+)`).exec(api.metrics())?.[1]);
}

async function answers(api: Served): Promise<void> {
  const response = await fetch(api.url + GET_GLOBAL, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  assert.equal(response.status, 200);
  await response.text();
}

/** Of the first HEADERS frame, without decoding: nghttp2 takes some from its static table, others are three digits. */
function http2Status(octets: Buffer): number | undefined {
  const headers = frames(octets).find(({ type }) => type === Frame.Headers)?.payload;
  if (headers === undefined) return undefined;
  const indexed: Record<number, number> = { 0x88: 200, 0x89: 204, 0x8a: 206, 0x8b: 304, 0x8c: 400, 0x8d: 404, 0x8e: 500 };
  return indexed[headers[0]!] ?? (headers[0] === 0x48 ? Number(headers.subarray(2, 5).toString()) : undefined);
}

suite('hosts and origins', { timeout: 60_000 }, () => {
  let api: Served;
  before(async () => {
    api = await serve(undefined, { hosts: ['router1.example.net'] });
  });
  after(() => api.stop());
  afterEach(() => answers(api));

  for (const host of ['x:99999', '%zz', '', 'a b', '[::1', '1.2.3.256', 'a@localhost', 'localhost:port']) {
    test(`Host "${host}" is a bad request, over HTTP/1.1 and HTTP/2 (RFC 9112 §3.2)`, async () => {
      const one = await exchange(portOf(api), [post(GET_GLOBAL, `host: ${host}\r\n`)]);
      assert.match(one.toString(), /^HTTP\/1\.1 400 /);
      const two = await exchange(portOf(api), [
        Buffer.concat([
          PREFACE,
          frame(Frame.Headers, END_HEADERS, 1, hpack(requestHeaders(GET_GLOBAL, [JSON_TYPE], host))),
          frame(Frame.Data, END_STREAM, 1, Buffer.from('{}')),
        ]),
      ]);
      // nghttp2 itself resets the stream where the octets cannot be in an authority at all.
      assert.ok(
        http2Status(two) === 400 || frames(two).some(({ type }) => type === Frame.RstStream || type === Frame.Goaway),
        two.toString('hex'),
      );
    });
  }

  test('a request without Host is a bad one: HTTP/1.0, HTTP/1.1, and with two of them', async () => {
    for (const text of [
      post(GET_GLOBAL, '').replace('HTTP/1.1', 'HTTP/1.0'),
      post(GET_GLOBAL, ''),
      post(GET_GLOBAL, 'host: localhost\r\nhost: evil.example\r\n'),
    ]) {
      assert.match((await exchange(portOf(api), [text])).toString(), /^HTTP\/1\.1 400 /);
    }
  });

  test('a foreign host is refused on TCP, whoever asks (DNS rebinding)', async () => {
    assert.match(
      (await exchange(portOf(api), [post(GET_GLOBAL, 'host: evil.example\r\n')])).toString(),
      /^HTTP\/1\.1 403 [\s\S]*api\.hosts/,
    );
    assert.match(
      (await exchange(portOf(api), [post(`http://evil.example${GET_GLOBAL}`, 'host: localhost\r\n')])).toString(),
      /^HTTP\/1\.1 403 /,
    );
    const two = await exchange(portOf(api), [
      Buffer.concat([
        PREFACE,
        frame(
          Frame.Headers,
          END_HEADERS | END_STREAM,
          1,
          hpack(requestHeaders(GET_GLOBAL, [['content-type', 'application/grpc']], 'evil.example')),
        ),
      ]),
    ]);
    assert.equal(http2Status(two), 403);
  });

  test('our own hosts are answered: loopback, the address itself, the names of the option', async () => {
    for (const host of ['localhost:1', '127.0.0.1', '[::1]:50051', 'router1.example.net:50051', 'ROUTER1.example.net']) {
      assert.match((await exchange(portOf(api), [post(GET_GLOBAL, `host: ${host}\r\n`)])).toString(), /^HTTP\/1\.1 200 /, host);
    }
    assert.match(
      (await exchange(portOf(api), [post(`http://localhost${GET_GLOBAL}`, 'host: localhost\r\n')])).toString(),
      /^HTTP\/1\.1 200 /,
    );
  });

  test('the unix socket takes any well-formed host', async () => {
    for (const host of ['evil.example', '%2Frun%2Ftsbgp%2Ftsbgpd.sock', '']) {
      assert.match((await exchange({ path: api.socket }, [post(GET_GLOBAL, `host: ${host}\r\n`)])).toString(), /^HTTP\/1\.1 200 /, host);
    }
    assert.match((await exchange({ path: api.socket }, [post(GET_GLOBAL, 'host: x:99999\r\n')])).toString(), /^HTTP\/1\.1 400 /);
  });

  test('a foreign origin is refused on every listener, and takes no effect', async () => {
    for (const target of [portOf(api), { path: api.socket }]) {
      for (const origin of ['http://evil.example', 'null', 'http://localhost:3000']) {
        const answer = await exchange(target, [
          post('/tsbgp.v1.ControlService/Shutdown', `host: localhost:50051\r\norigin: ${origin}\r\n`),
        ]);
        assert.match(answer.toString(), /^HTTP\/1\.1 403 /);
        assert.doesNotMatch(answer.toString(), /access-control-allow/i);
      }
    }
    assert.deepEqual(api.control.shutdowns, []);
    assert.ok(refusedCount(api, 'origin') >= 6);
  });

  test('nothing of it was an error of ours', () => assert.deepEqual(api.logged, []));
});

suite('requests that do not go as they should', { timeout: 60_000 }, () => {
  let api: Served;
  before(async () => {
    api = await serve();
  });
  after(() => api.stop());
  afterEach(() => answers(api));

  const headers = (more: readonly (readonly [string, string])[], flags = END_HEADERS, stream = 1, path = GET_GLOBAL) =>
    frame(Frame.Headers, flags, stream, hpack(requestHeaders(path, more)));
  const cancel = (stream = 1) => frame(Frame.RstStream, 0, stream, Buffer.of(0, 0, 0, 8));

  test('HTTP/2: Expect: 100-continue and RST_STREAM in one packet', async () => {
    await exchange(portOf(api), [Buffer.concat([PREFACE, headers([JSON_TYPE, ['expect', '100-continue']]), cancel()])], 50);
  });

  test('Expect: 100-continue is answered, then the request', async () => {
    const head = post(GET_GLOBAL, 'host: localhost\r\nexpect: 100-continue\r\n').slice(0, -2);
    assert.match((await exchange(portOf(api), [head, '{}'])).toString(), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    const two = await exchange(portOf(api), [
      Buffer.concat([PREFACE, headers([JSON_TYPE, ['expect', '100-continue']])]),
      frame(Frame.Data, END_STREAM, 1, Buffer.from('{}')),
    ]);
    const answered = frames(two).filter(({ type }) => type === Frame.Headers);
    assert.equal(answered.length, 2, '100, then 200');
  });

  test('another Expect is refused with 417', async () => {
    assert.match((await exchange(portOf(api), [post(GET_GLOBAL, 'host: localhost\r\nexpect: tea\r\n')])).toString(), /^HTTP\/1\.1 417 /);
    await exchange(portOf(api), [Buffer.concat([PREFACE, headers([JSON_TYPE, ['expect', 'tea']]), cancel()])], 50);
  });

  const http2: [string, Buffer][] = [
    ['RST_STREAM right after HEADERS', Buffer.concat([headers([JSON_TYPE]), cancel()])],
    ['RST_STREAM in the middle of the body', Buffer.concat([headers([JSON_TYPE]), frame(Frame.Data, 0, 1, Buffer.from('{')), cancel()])],
    [
      'RST_STREAM of a watch',
      Buffer.concat([
        headers([['content-type', 'application/grpc']], END_HEADERS, 1, WATCH),
        frame(Frame.Data, END_STREAM, 1, Buffer.alloc(5)),
        cancel(),
      ]),
    ],
    [
      'CONNECT',
      frame(
        Frame.Headers,
        END_HEADERS | END_STREAM,
        1,
        hpack([
          [':method', 'CONNECT'],
          [':authority', 'localhost:1'],
        ]),
      ),
    ],
    [
      'CONNECT and RST_STREAM',
      Buffer.concat([
        frame(
          Frame.Headers,
          END_HEADERS,
          1,
          hpack([
            [':method', 'CONNECT'],
            [':authority', 'localhost:1'],
          ]),
        ),
        cancel(),
      ]),
    ],
    [
      'trailers',
      Buffer.concat([
        headers([JSON_TYPE]),
        frame(Frame.Data, 0, 1, Buffer.from('{}')),
        frame(Frame.Headers, END_HEADERS | END_STREAM, 1, hpack([['x', 'y']])),
      ]),
    ],
    ['GOAWAY with a stream open', Buffer.concat([headers([JSON_TYPE]), frame(Frame.Goaway, 0, 0, Buffer.alloc(8))])],
    [
      'a window of 0 for the answer',
      Buffer.concat([
        frame(Frame.Settings, 0, 0, Buffer.of(0, 4, 0, 0, 0, 0)),
        headers([JSON_TYPE]),
        frame(Frame.Data, END_STREAM, 1, Buffer.from('{}')),
      ]),
    ],
    ['headers that never end', frame(Frame.Headers, 0, 1, hpack(requestHeaders(GET_GLOBAL)))],
    ['10,000 octets of a header', headers([['x', 'y'.repeat(10_000)], JSON_TYPE])],
    [
      'CONTINUATION without end',
      Buffer.concat([
        frame(Frame.Headers, 0, 1, hpack(requestHeaders(GET_GLOBAL))),
        ...Array.from({ length: 200 }, () => frame(Frame.Continuation, 0, 1, hpack([['x', 'y'.repeat(1000)]]))),
      ]),
    ],
    ['a header bomb', Buffer.concat([headers(Array.from({ length: 300 }, (_, i) => [`x-${i}`, 'y'] as const))])],
    ['5,000 PINGs', Buffer.concat(Array.from({ length: 5000 }, () => frame(Frame.Ping, 0, 0, Buffer.alloc(8))))],
    ['5,000 SETTINGS', Buffer.concat(Array.from({ length: 5000 }, () => frame(Frame.Settings, 0, 0)))],
    [
      '3,000 streams that are reset at once',
      Buffer.concat(
        Array.from({ length: 3000 }, (_, i) => Buffer.concat([headers([JSON_TYPE], END_HEADERS, 2 * i + 1), cancel(2 * i + 1)])),
      ),
    ],
    [
      'no path',
      frame(
        Frame.Headers,
        END_HEADERS | END_STREAM,
        1,
        hpack([
          [':method', 'POST'],
          [':scheme', 'http'],
          [':authority', 'localhost'],
        ]),
      ),
    ],
    ['a path that is no path', headers([JSON_TYPE], END_HEADERS | END_STREAM, 1, '*')],
    ['PUSH_PROMISE', frame(Frame.PushPromise, END_HEADERS, 1, Buffer.from([0, 0, 0, 2]))],
    ['a SETTINGS acknowledgement that nobody asked for', frame(Frame.Settings, ACK, 0)],
    ['a frame that is too long', frame(Frame.Data, 0, 1, Buffer.alloc(20_000))],
    [
      'a message that is cut off',
      Buffer.concat([headers([['content-type', 'application/grpc']]), frame(Frame.Data, END_STREAM, 1, Buffer.of(0, 0, 0, 0, 9, 1))]),
    ],
  ];
  for (const [what, octets] of http2) {
    test(`HTTP/2: ${what}`, async () => {
      await exchange(portOf(api), [Buffer.concat([PREFACE, octets])], 50);
      await exchange(portOf(api), [PREFACE, octets], 50);
    });
  }

  const http1: [string, string][] = [
    ['octets that are no HTTP', '\x00\x01\x02'],
    ['a header without end', `POST ${GET_GLOBAL} HTTP/1.1\r\nx: ${'y'.repeat(100_000)}`],
    [
      'a bad chunk',
      `POST ${GET_GLOBAL} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
    ],
    ['both lengths', `POST ${GET_GLOBAL} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['CONNECT', 'CONNECT localhost:1 HTTP/1.1\r\nhost: localhost\r\n\r\n'],
    [
      'an upgrade to h2c',
      `POST ${GET_GLOBAL} HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\ncontent-length: 0\r\n\r\n`,
    ],
    ['an upgrade to websocket', `GET ${WATCH} HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n`],
    [
      'a body that is cut off',
      `POST ${GET_GLOBAL} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{`,
    ],
    [
      'trailers',
      `POST ${GET_GLOBAL} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: y\r\n\r\n`,
    ],
    [
      'a timeout of 99,999,999 hours',
      `POST ${GET_GLOBAL} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/grpc-web\r\ngrpc-timeout: 99999999H\r\ncontent-length: 5\r\n\r\n\0\0\0\0\0`,
    ],
    [
      'a content type with control characters',
      `POST ${GET_GLOBAL} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\x7f\r\ncontent-length: 2\r\n\r\n{}`,
    ],
  ];
  for (const [what, text] of http1) test(`HTTP/1.1: ${what}`, async () => void (await exchange(portOf(api), [text], 50)));

  test('a call that is left while it is decoded, while it runs, and while its answer leaves', async () => {
    const session = connectHttp2(api.url);
    for (const delay of [0, 1, 5, 20]) {
      const call = session.request({ ':method': 'POST', ':path': ADD_ROUTES, 'content-type': 'application/json' });
      call.on('error', () => undefined);
      call.end(
        `{"routes":[${'{"prefix":"192.0.2.0/24","nextHop":"192.0.2.1"},'.repeat(5000)}{"prefix":"192.0.2.0/24","nextHop":"192.0.2.1"}]}`,
      );
      await new Promise((resolve) => setTimeout(resolve, delay));
      call.close(8);
    }
    session.destroy();
    await until(() => /tsbgp_api_calls_running\{kind="unary"\} 0/.test(api.metrics()), 'all have ended');
  });

  test('GET is refused with 405, another content type with 415', async () => {
    assert.match(
      (await exchange(portOf(api), [`GET ${GET_GLOBAL} HTTP/1.1\r\nhost: localhost\r\n\r\n`])).toString(),
      /^HTTP\/1\.1 405 [\s\S]*allow: POST/i,
    );
    assert.match(
      (await exchange(portOf(api), [post(GET_GLOBAL, 'host: localhost\r\n').replace('application/json', 'text/plain')])).toString(),
      /^HTTP\/1\.1 415 [\s\S]*content-type: found \\"text\/plain\\", allowed are application\/json/,
    );
  });

  test('none of it was an error of ours, and nothing of it is left', async () => {
    assert.deepEqual(api.logged, []);
    assert.equal(api.boundaries.count('api'), 0);
    await until(() => /tsbgp_api_calls_running\{kind="unary"\} 0/.test(api.metrics()), 'no call runs');
    assert.match(api.metrics(), /tsbgp_api_calls_running\{kind="stream"\} 0/);
    assert.match(api.metrics(), /tsbgp_api_held_bytes\{what="requests"\} 0/);
    assert.match(api.metrics(), /tsbgp_api_held_bytes\{what="answers"\} 0/);
    assert.match(api.metrics(), /tsbgp_api_held_messages 0/);
    assert.equal(api.control.listeners.size, 0);
  });
});

suite('bounds', { timeout: 60_000 }, () => {
  const withLimits = async (limits: Partial<ApiLimits>, run: (api: Served) => Promise<void>): Promise<void> => {
    const api = await serve(undefined, { limits });
    try {
      await run(api);
      assert.deepEqual(api.logged, []);
    } finally {
      await api.stop();
    }
  };
  const openWatch = (api: Served): Socket => {
    const socket = open(portOf(api));
    socket.on('error', () => undefined);
    socket.write(`POST ${WATCH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/grpc-web\r\ncontent-length: 5\r\n\r\n\0\0\0\0\0`);
    return socket;
  };

  test('a connection on which no request comes is closed: silent, half a header, half a preface, headers of HTTP/2 without end', () =>
    withLimits({ headerSeconds: 0.2 }, async (api) => {
      const halves = ['', 'POST / HTTP/1.1\r\nhost: x', 'PRI * HT', PREFACE.subarray(0, 20)];
      const sockets = halves.map((half) => {
        const socket = open(portOf(api));
        socket.write(half);
        return socket;
      });
      await Promise.all(sockets.map(closed));
      await until(() => refusedCount(api, 'header-time') === 4, 'all were counted');
    }));

  test('an idle connection of HTTP/2 stays, as clients of gRPC keep theirs', () =>
    withLimits({ headerSeconds: 0.1 }, async (api) => {
      const session = connectHttp2(api.url);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      assert.equal(session.closed || session.destroyed, false);
      session.destroy();
    }));

  test('HTTP/2: streams that are opened around a GOAWAY of a client that goes are freed', () =>
    withLimits({ goawaySeconds: 0.2, answerSeconds: 0.2 }, async (api) => {
      const call = (stream: number, path: string, type: string, body: string, flags: number) =>
        Buffer.concat([
          frame(Frame.Headers, END_HEADERS, stream, hpack(requestHeaders(path, [['content-type', type]]))),
          frame(Frame.Data, flags, stream, Buffer.from(body)),
        ]);
      const octets = Buffer.concat([
        PREFACE,
        call(1, GET_GLOBAL, 'application/json', '{}', 0),
        frame(Frame.Settings, 0, 0, Buffer.of(0, 4, 0, 0, 0, 0)),
        call(3, WATCH, 'application/grpc', '\0\0\0\0\0', END_STREAM),
        frame(Frame.Goaway, 0, 0, Buffer.alloc(8)),
        call(5, GET_GLOBAL, 'application/json', '{}', 0),
        call(7, GET_GLOBAL, 'application/json', '{', 0),
      ]);
      for (const target of [portOf(api), { path: api.socket }]) await exchange(target, [octets], 30);
      await until(() => !/tsbgp_api_connections\{listener="\w+"\} [1-9]/.test(api.metrics()), 'the connections are freed');
      await until(() => !/tsbgp_api_calls_running\{kind="\w+"\} [1-9]/.test(api.metrics()), 'the calls are freed');
      assert.equal(api.control.listeners.size, 0);
    }));

  test('of connections without a request the oldest makes room', () =>
    withLimits({ halfOpenConnections: 3 }, async (api) => {
      const first = open(portOf(api));
      const gone = closed(first);
      const others = [];
      for (let i = 0; i < 3; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        others.push(open(portOf(api)));
      }
      await gone;
      assert.equal(refusedCount(api, 'half-open'), 1);
      await answers(api);
      for (const socket of others) socket.destroy();
    }));

  test('connections that are busy keep their place, a new one is closed; the unix socket has room of its own', () =>
    withLimits({ connections: 4, tcpConnections: 2 }, async (api) => {
      const watches = [openWatch(api), openWatch(api)];
      await until(() => api.control.listeners.size === 2, 'both watch');
      await closed(open(portOf(api)));
      assert.equal(refusedCount(api, 'connections'), 1);
      assert.equal((await api.client.global.getGlobal({})).localAs, 65001);
      for (const socket of watches) socket.destroy();
      await until(() => api.control.listeners.size === 0, 'they are freed');
      await answers(api);
    }));

  test('streams are bounded: RESOURCE_EXHAUSTED in every protocol, and health is still answered', () =>
    withLimits({ streams: 2, requests: 1 }, async (api) => {
      const watches = [openWatch(api), openWatch(api)];
      await until(() => api.control.listeners.size === 2, 'both watch');
      await assert.rejects(
        async () => {
          for await (const _ of api.client.rib.watchRoutes({}));
        },
        { code: 'RESOURCE_EXHAUSTED', isUnreachable: false, message: /2 streaming calls are under way/ },
      );
      const connect = await fetch(api.url + WATCH, {
        method: 'POST',
        headers: { 'content-type': 'application/connect+json' },
        body: '\0\0\0\0\u0002{}',
      });
      assert.match(await connect.text(), /"code":"resource_exhausted"/);
      assert.equal((await api.client.control.getHealth({})).healthy, true);
      assert.equal(refusedCount(api, 'streams'), 2);
      assert.match(api.metrics(), /tsbgp_api_streams\{method="tsbgp.v1.RibService\/WatchRoutes"\} 2/);
      for (const socket of watches) socket.destroy();
      await until(() => api.control.listeners.size === 0, 'they are freed');
      assert.match(api.metrics(), /tsbgp_api_calls_total\{method="tsbgp.v1.RibService\/WatchRoutes",code="CANCELED"\} 2/);
    }));

  test('unary calls are bounded, and health is still answered', () =>
    withLimits({ requests: 1 }, async (api) => {
      const slow = open(portOf(api));
      slow.write(post(GET_GLOBAL, 'host: localhost\r\n').slice(0, -1));
      await until(() => /calls_running\{kind="unary"\} 1/.test(api.metrics()), 'it runs');
      assert.match(
        (await exchange(portOf(api), [post(GET_GLOBAL, 'host: localhost\r\n')])).toString(),
        /^HTTP\/1\.1 503 [\s\S]*resource_exhausted/,
      );
      assert.match((await exchange(portOf(api), [post(GET_HEALTH, 'host: localhost\r\n')])).toString(), /^HTTP\/1\.1 200 /);
      slow.destroy();
      await until(() => /calls_running\{kind="unary"\} 0/.test(api.metrics()), 'it is freed');
      await answers(api);
    }));

  test('a connection with too many pipelined requests is closed', () =>
    withLimits({ requestsPerConnection: 10 }, async (api) => {
      const socket = open(portOf(api));
      const gone = closed(socket);
      socket.write(post(GET_GLOBAL, 'host: localhost\r\n').repeat(500));
      await gone;
      assert.ok(refusedCount(api, 'requests-per-connection') >= 1);
    }));

  test('a request that does not arrive in time is refused', () =>
    withLimits({ messageSeconds: 0.2 }, async (api) => {
      const answer = await exchange(portOf(api), [post(GET_GLOBAL, 'host: localhost\r\n').slice(0, -1)]);
      assert.match(answer.toString(), /deadline_exceeded[\s\S]*did not arrive within 0.2 s/);
      assert.equal(refusedCount(api, 'message-time'), 1);
    }));

  test('a client stream may pause between its messages, not within one', () =>
    withLimits({ messageSeconds: 0.2 }, async (api) => {
      async function* slowly() {
        await new Promise((resolve) => setTimeout(resolve, 400));
        yield { routes: [{ prefix: '10.0.0.0/8', nextHop: '192.0.2.1' }] };
        await new Promise((resolve) => setTimeout(resolve, 400));
        yield { routes: [{ prefix: '11.0.0.0/8', nextHop: '192.0.2.1' }] };
      }
      assert.equal((await api.client.injection.addRouteStream(slowly())).added, 2n);
    }));

  test('a message that is too long is refused by its length, with or without an envelope', () =>
    withLimits({ messageBytes: 1000 }, async (api) => {
      assert.match(
        (await exchange(portOf(api), [post(GET_GLOBAL, 'host: localhost\r\n', `{"x":"${'y'.repeat(2000)}"}`)])).toString(),
        /resource_exhausted/,
      );
      await assert.rejects(api.client.neighbors.getNeighbor({ address: 'x'.repeat(2000) }), { code: 'RESOURCE_EXHAUSTED' });
      assert.equal(refusedCount(api, 'message-size'), 2);
      await answers(api);
    }));

  test('our own client sends as much as the daemon takes, and its connection goes on', () =>
    withLimits({}, async (api) => {
      const bytes = new Uint8Array(600);
      const routes = Array.from({ length: 25_000 }, (_, i) => ({
        prefix: `10.${i >> 8}.${i & 255}.0/24`,
        nextHop: '192.0.2.9',
        attributes: [{ flags: 192, kind: { case: 'unknown' as const, value: { code: 200, value: bytes } } }],
      }));
      await api.client.injection.addRoutes({ routes }); // 15.9 MB
      await api.client.global.getGlobal({});
    }));

  test('requests that are under way share a bound of octets', () =>
    withLimits({ heldRequestBytes: 3000 }, async (api) => {
      const slow = open(portOf(api));
      slow.write(post(GET_GLOBAL, 'host: localhost\r\n', `{${' '.repeat(2500)}}`).slice(0, -1));
      await until(() => /held_bytes\{what="requests"\} 25/.test(api.metrics()), 'the first is held');
      assert.match(
        (await exchange(portOf(api), [post(GET_GLOBAL, 'host: localhost\r\n', `{${' '.repeat(600)}}`)])).toString(),
        /resource_exhausted/,
      );
      slow.destroy();
      await until(() => /held_bytes\{what="requests"\} 0/.test(api.metrics()), 'it is freed');
      await answers(api);
    }));

  test('an answer that the client does not take is given up', () =>
    withLimits({ answerSeconds: 0.3, answerBytesPerSecond: 1e9 }, async (api) => {
      api.control.metrics = () => 'x'.repeat(20_000_000);
      const socket = open(portOf(api));
      socket.pause();
      socket.write(post('/tsbgp.v1.ControlService/GetMetrics', 'host: localhost\r\n'));
      await until(() => refusedCount(api, 'answer-time') === 1, 'it was given up');
      await until(() => /held_bytes\{what="answers"\} 0/.test(api.metrics()), 'nothing is held');
      socket.destroy();
    }));

  test('a client of HTTP/1.1 that resets its connection said nothing malformed', () =>
    withLimits({}, async (api) => {
      const sockets = Array.from({ length: 5 }, () => open(portOf(api)));
      for (const socket of sockets)
        socket.pause().write(post(WATCH, 'host: localhost\r\n').replace('application/json', 'application/grpc-web+proto'));
      for (const socket of sockets) socket.write(post(GET_GLOBAL, 'host: localhost\r\n'));
      await until(() => /tsbgp_api_connections\{listener="tcp"\} 5/.test(api.metrics()), 'they are open');
      for (const socket of sockets) socket.resetAndDestroy();
      await until(() => /tsbgp_api_connections\{listener="tcp"\} 0/.test(api.metrics()), 'they are gone');
      assert.equal(refusedCount(api, 'malformed'), 0);
    }));

  test('streams that were reset are no slow clients: nothing waits for them', () =>
    withLimits({ answerSeconds: 0.1 }, async (api) => {
      const reset = (id: number) => [
        frame(Frame.Headers, END_HEADERS, id, hpack(requestHeaders(GET_GLOBAL, [JSON_TYPE]))),
        frame(Frame.RstStream, 0, id, Buffer.of(0, 0, 0, 8)),
      ];
      const streams = Array.from({ length: 1000 }, (_, i) => reset(2 * i + 1)).flat();
      await exchange(portOf(api), [Buffer.concat([PREFACE, ...streams])], 400);
      assert.equal(refusedCount(api, 'answer-time'), 0);
      await answers(api);
    }));

  test('answers that nobody takes share a bound of octets; small ones are still given', () =>
    withLimits({ heldAnswerBytes: 30_000_000 }, async (api) => {
      api.control.metrics = () => 'x'.repeat(20_000_000);
      const sockets = Array.from({ length: 3 }, () => {
        const socket = open(portOf(api));
        socket.on('error', () => undefined);
        socket.pause();
        socket.write(post('/tsbgp.v1.ControlService/GetMetrics', 'host: localhost\r\n'));
        return socket;
      });
      await until(() => refusedCount(api, 'held-answers') === 2, 'two were refused');
      await answers(api);
      for (const socket of sockets) socket.destroy();
      await until(() => /held_bytes\{what="answers"\} 0/.test(api.metrics()), 'it is freed');
    }));

  test('a watcher that does not read, and then goes, is freed: its handler is told although it waits for the socket', () =>
    withLimits({}, async (api) => {
      const socket = openWatch(api);
      socket.pause();
      await until(() => api.control.listeners.size === 1, 'it watches');
      const route = { type: 'announce', route: fakeRoute(1) } as const;
      for (let i = 0; i < 200; i++) {
        api.control.tell(...Array.from({ length: 200 }, () => route));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await until(() => !/held_bytes\{what="answers"\} 0/.test(api.metrics()), 'its answer is held');
      socket.destroy();
      await until(() => api.control.listeners.size === 0, 'it is freed');
      assert.match(api.metrics(), /held_bytes\{what="answers"\} 0/);
    }));
});
