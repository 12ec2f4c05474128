/** Connections to the BGP port, silent or with garbage, from the addresses of a neighbor and of a stranger. */
import type { Socket } from 'node:net';
import { type Attack, BGP_PORT, pause, SILENT_ADDRESS, STRANGER_ADDRESS } from '../plan.ts';
import { silent } from './raw.ts';

const CONNECTIONS = 2000;
const PER_STEP = 50;
const LIFE_MS = 20_000;
const GARBAGE = Buffer.from('GET / HTTP/1.1\r\nHost: bgp\r\n\r\n');
/** A marker, and a length that no OPEN has. */
const SHORT_OPEN = Buffer.concat([Buffer.alloc(16, 0xff), Buffer.of(0, 19, 1)]);

export const strangers: Attack = async ({ signal, did }) => {
  while (!signal.aborted) {
    const sockets: Socket[] = [];
    for (let i = 0; i < CONNECTIONS && !signal.aborted; i++) {
      const octets = [undefined, undefined, GARBAGE, SHORT_OPEN][i % 4];
      sockets.push(silent(BGP_PORT, i % 2 === 0 ? SILENT_ADDRESS : STRANGER_ADDRESS, octets));
      did('connections');
      if (i % PER_STEP === 0) await pause(50, signal);
    }
    await pause(LIFE_MS, signal);
    for (const socket of sockets) socket.destroy();
  }
};
