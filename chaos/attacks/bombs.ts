/** Requests that are large in size, in count or in depth. */
import { API_PORT, type Attack, DAEMON_ADDRESS, pause } from '../plan.ts';
import { exchange } from './raw.ts';

function post(path: string, body: string): string {
  return [
    `POST /tsbgp.v1.${path} HTTP/1.1`,
    `Host: ${DAEMON_ADDRESS}:${API_PORT}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

export const bombs: Attack = async ({ signal, did }) => {
  const all = [
    post('RibService/ListBest', `{"filter":{"prefix":"${'1'.repeat(20_000_000)}"}}`),
    post('InjectionService/AddRoutes', `{"routes":[${'{},'.repeat(5_000_000)}{}]}`),
    post('InjectionService/AddRoutes', '['.repeat(10_000_000)),
    post('InjectionService/AddRoutes', `{"routes":${'[{"attributes":'.repeat(100_000)}`),
    post('NeighborService/AddNeighbor', `{"neighbor":{"description":"${'\\u001b'.repeat(1_000_000)}"}}`),
    `POST / HTTP/1.1\r\n${`X-Header: ${'y'.repeat(1000)}\r\n`.repeat(1000)}\r\n`,
  ];
  for (let i = 0; !signal.aborted; i++) {
    await exchange(API_PORT, all[i % all.length]!, 3000);
    did('bombs');
    await pause(1000, signal);
  }
};
