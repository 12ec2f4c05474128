/** 200 calls of StreamBest whose answers are not read, and 20 whose answers are read to the end. */
import type { ClientHttp2Session } from 'node:http2';
import { type Attack, pause } from '../plan.ts';
import { call, session } from './unread.ts';

const UNREAD = 200;
const READ = 20;
const CONNECTIONS = 10;
const LIFE_MS = 15_000;
const METHOD = 'RibService/StreamBest';

export const streams: Attack = async ({ signal, did }) => {
  await Promise.all([unread(), ...Array.from({ length: READ }, read)]);

  async function unread(): Promise<void> {
    while (!signal.aborted) {
      const sessions: ClientHttp2Session[] = Array.from({ length: CONNECTIONS }, session);
      for (let i = 0; i < UNREAD; i++) {
        const on = sessions[i % CONNECTIONS]!;
        if (on.destroyed) continue;
        call(on, METHOD);
        did('unread streams');
      }
      await pause(LIFE_MS, signal);
      for (const connection of sessions) connection.destroy();
    }
  }

  async function read(): Promise<void> {
    while (!signal.aborted) {
      const on = session();
      const { stream, ended } = call(on, METHOD);
      stream.on('data', (chunk: Buffer) => did('octets of streams', chunk.length));
      await Promise.race([ended, pause(LIFE_MS, signal)]);
      on.destroy();
      did('streams read');
      await pause(500, signal);
    }
  }
};
