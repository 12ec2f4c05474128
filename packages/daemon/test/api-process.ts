/**
 * A Speaker and its API in a separate process, so that a test can put load on them and measure from outside. Started with fork(), with the
 * path of the socket as argument. The parent gets a report at once and then one for each message; the process ends when the parent
 * disconnects. Neighbors 127.0.0.2 and 127.0.0.3 are configured.
 */
import process from 'node:process';
import { createApiServer } from '../src/api-server/api-server.ts';
import { Boundaries } from '../src/boundaries.ts';
import { makeNeighbor, makeSpeaker, QUIET } from './speakers.ts';

export interface ApiProcessReport {
  readonly port: number;
  readonly rssBytes: number;
  /** The longest turn of the event loop since the report before, in milliseconds of CPU time of this thread. */
  readonly longestTurnMs: number;
}

const boundaries = new Boundaries(QUIET);
const speaker = makeSpeaker({ boundaries, metricSources: [boundaries.addMetrics] });
const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
for (const last of [2, 3]) speaker.addNeighbor(makeNeighbor(last));
await createApiServer(speaker, { logger: QUIET, boundaries }).listen({ unixSocket: process.argv[2]! });

const cpuMs = (): number => process.threadCpuUsage().user / 1000 + process.threadCpuUsage().system / 1000;
let longestTurnMs = 0;
let lastMs = cpuMs();
setImmediate(function turn() {
  const now = cpuMs();
  longestTurnMs = Math.max(longestTurnMs, now - lastMs);
  lastMs = now;
  setImmediate(turn);
});

const report = (): ApiProcessReport => {
  const taken = { port, rssBytes: process.memoryUsage.rss(), longestTurnMs };
  longestTurnMs = 0;
  return taken;
};
process.on('message', () => process.send?.(report()));
process.on('disconnect', () => process.exit(0));
process.send?.(report());
