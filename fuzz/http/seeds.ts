/** Parts of inputs: whole requests of HTTP/1.1, and frames of HTTP/2 to combine. */
import {
  ACK,
  END_HEADERS,
  END_STREAM,
  Frame,
  frame,
  hpack,
  PREFACE,
  requestHeaders,
} from '../../packages/daemon/test/api-server/raw-http.ts';
import type { Random } from '../random.ts';

/** Paths, each with a valid body in JSON. All fields are optional, so the empty message is valid in protobuf. */
const CALLS: readonly (readonly [path: string, json: string])[] = [
  ['/tsbgp.v1.GlobalService/GetGlobal', '{}'],
  ['/tsbgp.v1.NeighborService/AddNeighbor', '{"neighbor":{"address":"192.0.2.7","remoteAs":65001,"description":"x"}}'],
  ['/tsbgp.v1.NeighborService/ListNeighbors', '{}'],
  ['/tsbgp.v1.NeighborService/DisableNeighbor', '{"address":"192.0.2.7","reason":"\\u0000"}'],
  ['/tsbgp.v1.RibService/ListBest', '{"filter":{"prefix":"10.0.0.0/8","prefixMatch":"PREFIX_MATCH_LONGER"},"pageSize":10}'],
  ['/tsbgp.v1.RibService/StreamBest', '{}'],
  ['/tsbgp.v1.RibService/WatchRoutes', '{"initial":true}'],
  [
    '/tsbgp.v1.InjectionService/AddRoutes',
    '{"routes":[{"prefix":"192.0.2.0/24","nextHop":"192.0.2.1","attributes":[{"communities":{"values":[1,2]}}]}]}',
  ],
  ['/tsbgp.v1.InjectionService/AddRouteStream', '{"routes":[{"prefix":"192.0.2.0/24","nextHop":"192.0.2.1"}]}'],
  ['/tsbgp.v1.ControlService/GetHealth', '{}'],
  ['/tsbgp.v1.ControlService/GetMetrics', '{}'],
  ['/tsbgp.v1.ControlService/Shutdown', '{"reason":"x"}'],
  ['/grpc.health.v1.Health/Watch', '{}'],
  ['/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', '{"listServices":""}'],
];
const PATHS = [
  '/metrics',
  '/healthz',
  '/',
  '*',
  'http://localhost/metrics',
  '//x',
  '/tsbgp.v1.RibService/ListBest?message={}&encoding=json',
];
const TYPES = [
  'application/json',
  'application/proto',
  'application/grpc',
  'application/grpc+proto',
  'application/grpc+json',
  'application/grpc-web',
  'application/grpc-web-text',
  'application/connect+json',
  'application/connect+proto',
  'text/plain',
  '',
];
const HOSTS = [
  'localhost',
  '127.0.0.1:50051',
  '[::1]',
  'x:99999',
  '%zz',
  '',
  'a b',
  '[::1',
  '1.2.3.256',
  '%2Frun%2Ftsbgp%2Ftsbgpd.sock',
  'evil.example',
  'a@b',
];
const HEADERS: readonly (readonly [string, string])[] = [
  ['expect', '100-continue'],
  ['expect', 'tea'],
  ['origin', 'http://evil.example'],
  ['origin', 'http://localhost'],
  ['grpc-timeout', '1n'],
  ['grpc-timeout', '99999999H'],
  ['connect-timeout-ms', '1'],
  ['connect-timeout-ms', '9999999999'],
  ['grpc-encoding', 'gzip'],
  ['content-encoding', 'gzip'],
  ['te', 'trailers'],
  ['content-length', '5'],
  ['content-length', '99999999'],
  ['trailer', 'x'],
  ['grpc-accept-encoding', 'gzip, identity'],
];
const HTTP1_HEADERS: readonly (readonly [string, string])[] = [
  ['connection', 'close'],
  ['connection', 'upgrade'],
  ['upgrade', 'h2c'],
  ['http2-settings', 'AAMAAABkAAQAAP__'],
  ['transfer-encoding', 'chunked'],
  ['host', 'localhost'],
];
const JSON_BODIES = [`{"routes":[${'{},'.repeat(200)}{}]}`, '['.repeat(300), '{"address":7}', '{"x":{}}', '{', ''];
const PROTO_BODIES = ['', '0a05ff', '0a0a0a0831302e302e302e30', '08ffffffffffffffffff01', '0b0c', '1a020a00', '0a00'.repeat(300)].map(
  (hex) => Buffer.from(hex, 'hex'),
);

function one<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)]!;
}

interface Chosen {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

/** Mostly a valid call, so that its handler is reached. */
function choose(random: Random): Chosen {
  const [path, json] = one(random, CALLS);
  const type = random.oneIn(2) ? one(random, TYPES.slice(0, 3)) : one(random, TYPES);
  return { path: random.oneIn(6) ? one(random, PATHS) : path, type, body: bodyOf(random, type, json) };
}

function bodyOf(random: Random, type: string, json: string): Buffer {
  const isWrong = random.oneIn(4);
  const text = Buffer.from(isWrong ? one(random, JSON_BODIES) : json);
  const message = /json|plain/.test(type) ? text : isWrong ? one(random, PROTO_BODIES) : Buffer.alloc(0);
  if (!/grpc|connect/.test(type)) return message;
  const head = Buffer.of(random.oneIn(6) ? random.below(256) : 0, 0, 0, 0, 0);
  head.writeUInt32BE(random.oneIn(8) ? random.next() : message.length, 1);
  const envelope = Buffer.concat([head, message]);
  return random.oneIn(4) ? Buffer.concat([envelope, envelope]) : envelope;
}

/** One to three requests in sequence. */
export function http1(random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let count = 1 + (random.oneIn(4) ? random.below(3) : 0); count > 0; count--) {
    const { path, type, body } = choose(random);
    const chunked = random.oneIn(5);
    const method = path.startsWith('/tsbgp') || path.startsWith('/grpc') ? 'POST' : 'GET';
    const lines = [
      `${random.oneIn(8) ? one(random, ['GET', 'HEAD', 'OPTIONS', 'CONNECT', 'PUT', 'TRACE']) : method} ${path} HTTP/1.${random.oneIn(12) ? 0 : 1}`,
    ];
    if (!random.oneIn(12)) lines.push(`host: ${random.oneIn(3) ? one(random, HOSTS) : 'localhost'}`);
    lines.push(`content-type: ${type}`, chunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`);
    while (random.oneIn(3)) lines.push(one(random, random.oneIn(2) ? HEADERS : HTTP1_HEADERS).join(': '));
    parts.push(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
    parts.push(chunked ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]) : body);
  }
  return Buffer.concat(parts);
}

/** The preface and some frames. */
export function http2(random: Random): Buffer {
  const parts: Buffer[] = [PREFACE];
  let stream = 1;
  for (let left = 1 + random.below(random.oneIn(4) ? 20 : 5); left > 0; left--) {
    const on = random.oneIn(8) ? random.below(12) : stream;
    switch (random.below(10)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        const { path, type, body } = choose(random);
        const more: [string, string][] = [['content-type', type]];
        while (random.oneIn(3)) more.push([...one(random, HEADERS)]);
        const fields = requestHeaders(path, more, random.oneIn(4) ? one(random, HOSTS) : 'localhost');
        if (random.oneIn(6)) fields[0] = [':method', one(random, ['CONNECT', 'GET', 'HEAD', 'OPTIONS', ''])];
        if (random.oneIn(12)) fields.splice(random.below(fields.length), 1);
        const ends = random.oneIn(5);
        parts.push(frame(Frame.Headers, random.oneIn(12) ? 0 : END_HEADERS | (ends ? END_STREAM : 0), stream, hpack(fields)));
        if (!ends && !random.oneIn(4)) parts.push(frame(Frame.Data, random.oneIn(3) ? 0 : END_STREAM, stream, body));
        if (random.oneIn(3)) parts.push(frame(Frame.RstStream, 0, stream, Buffer.of(0, 0, 0, random.below(14))));
        stream += 2;
        break;
      }
      case 4:
        parts.push(frame(Frame.RstStream, 0, random.oneIn(2) ? Math.max(1, stream - 2) : on, Buffer.of(0, 0, 0, random.below(14))));
        break;
      case 5:
        parts.push(
          frame(
            Frame.Settings,
            random.oneIn(6) ? ACK : 0,
            0,
            Buffer.of(0, 1 + random.below(8), 0, 0, random.oneIn(2) ? 0 : random.below(256), random.below(256)),
          ),
        );
        break;
      case 6:
        parts.push(frame(Frame.Ping, random.oneIn(3) ? ACK : 0, 0, Buffer.alloc(8)));
        break;
      case 7:
        parts.push(frame(Frame.Goaway, 0, 0, Buffer.alloc(8, random.below(256))));
        break;
      case 8:
        parts.push(
          frame(
            Frame.WindowUpdate,
            0,
            random.oneIn(2) ? 0 : on,
            Buffer.of(random.oneIn(4) ? 0x7f : 0, 0, random.below(256), random.below(256)),
          ),
        );
        break;
      default:
        parts.push(frame(random.below(12), random.below(256), on, Buffer.alloc(random.below(40), random.below(256))));
    }
  }
  return Buffer.concat(parts);
}
