/** Requests to the HTTP listener whose answers are read, read slowly, or not read. */
import type { Socket } from 'node:net';
import { type Attack, DAEMON_ADDRESS, HTTP_PORT, pause } from '../plan.ts';
import { exchange, silent } from './raw.ts';

const HELD = 500;
const LIFE_MS = 20_000;

export const scrapes: Attack = async ({ signal, did }) => {
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${DAEMON_ADDRESS}:${HTTP_PORT}\r\nConnection: close\r\n\r\n`;
  while (!signal.aborted) {
    const held: Socket[] = [];
    for (let i = 0; i < HELD; i++) held.push(silent(HTTP_PORT, undefined, i % 3 === 0 ? undefined : get('/metrics').repeat(i % 3)));
    const end = Date.now() + LIFE_MS;
    while (Date.now() < end && !signal.aborted) {
      const answer = await exchange(HTTP_PORT, get('/metrics'), 2000);
      did(answer.startsWith('HTTP/1.1 200') ? 'scrapes' : 'scrapes refused');
      await pause(500, signal);
    }
    for (const socket of held) socket.destroy();
  }
};
