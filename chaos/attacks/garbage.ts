/** Requests that no client should send. */
import { API_PORT, type Attack, HTTP_PORT, pause } from '../plan.ts';
import { exchange } from './raw.ts';

const HOSTS = ['x:99999', '%zz', '', 'a b', '[::1', '1.2.3.256', '\u0000', 'x'.repeat(5000), '127.0.0.1:50051:1', 'attacker.example'];
const PATHS = ['/tsbgp.v1.GlobalService/GetGlobal', '/', '*', '//', 'http://[', '/%', '/tsbgp.v1.RibService/ListBest?x=%zz'];
const BODIES = ['{}', '{', '[]', 'null', '{"filter":{"prefx":"x"}}', '\u0000\u0000\u0000\u0000\u0005\u0001', '{"filter":7}', '"\ud800"'];
const TYPES = [
  'application/json',
  'application/proto',
  'application/grpc',
  'application/grpc-web',
  'application/connect+json',
  'text/plain',
];
const RAW = [
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n',
  'PRI',
  'GET / HTTP/1.0\r\n\r\n',
  'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffff\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
  'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n',
  '\u0000\u0000\u0000',
];

export const garbage: Attack = async ({ signal, did }) => {
  for (let i = 0; !signal.aborted; i++) {
    const pick = <T>(list: readonly T[], step: number): T => list[Math.floor(i / step) % list.length]!;
    const body = pick(BODIES, 3);
    const request = [
      `POST ${pick(PATHS, 7)} HTTP/1.1`,
      `Host: ${pick(HOSTS, 1)}`,
      `Content-Type: ${pick(TYPES, 2)}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      i % 5 === 0 ? 'Expect: 100-continue' : 'Connection: close',
      '',
      body,
    ].join('\r\n');
    await Promise.all([
      exchange(API_PORT, request),
      exchange(HTTP_PORT, request.replace('POST', i % 2 === 0 ? 'GET' : 'PUT')),
      exchange(API_PORT, pick(RAW, 1)),
    ]);
    did('requests', 3);
    await pause(20, signal);
  }
};
