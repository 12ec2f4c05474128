/** Calls of WatchRoutes whose answers are not read. */
import type { ClientHttp2Session } from 'node:http2';
import { type Attack, pause } from '../plan.ts';
import { call, session } from './unread.ts';

const WATCHERS = 40;
const CONNECTIONS = 4;
const LIFE_MS = 20_000;
const METHOD = 'RibService/WatchRoutes';
/** WatchRoutesRequest as a gRPC message: `initial: true`, and for every second watcher `table: TABLE_RECEIVED`. */
const BEST = Buffer.of(0, 0, 0, 0, 2, 0x20, 1);
const RECEIVED = Buffer.of(0, 0, 0, 0, 4, 0x10, 2, 0x20, 1);

export const watchers: Attack = async ({ signal, did }) => {
  while (!signal.aborted) {
    const sessions: ClientHttp2Session[] = Array.from({ length: CONNECTIONS }, session);
    for (let i = 0; i < WATCHERS; i++) {
      const on = sessions[i % CONNECTIONS]!;
      if (on.destroyed) continue;
      call(on, METHOD, i % 2 === 0 ? BEST : RECEIVED);
      did('watchers');
    }
    await pause(LIFE_MS, signal);
    for (const connection of sessions) connection.destroy();
  }
};
