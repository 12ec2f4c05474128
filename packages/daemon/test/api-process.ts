/**
 * A Speaker and its API in a process of their own, so that a test can put load on them and measure from outside. Started with fork(), with
 * the path of the socket as argument: the parent gets a report at once and then one for each message; it ends when the parent disconnects. Neighbors 127.0.0.2 and 127.0.0.3 are configured.
 */
import process from 'node:process';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { createApiServer } from '../src/api-server/api-server.ts';
import { Boundaries } from '../src/boundaries.ts';
import { completeNeighbor } from '../src/keys/neighbor-layers.ts';
import { Speaker } from '../src/speaker/speaker.ts';

export interface ApiProcessReport {
  readonly port: number;
  readonly rssBytes: number;
  /** The longest turn of the event loop since the report before, in milliseconds that this thread had the CPU: others may want it too. */
  readonly longestTurnMs: number;
}

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const boundaries = new Boundaries(logger);
const speaker = new Speaker({
  localAs: 64_512,
  routerId: '10.0.0.1',
  version: 'test',
  onShutdown: () => undefined,
  logger,
  boundaries,
  metricSources: [boundaries.addMetrics],
});
const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
for (const last of [2, 3]) {
  speaker.addNeighbor(
    completeNeighbor({
      address: `127.0.0.${last}`,
      remoteAs: 65_000 + last,
      families: [IPV4_UNICAST, IPV6_UNICAST],
      passive: true,
      holdTimeSeconds: 240,
      importPolicy: 'accept-all',
      exportPolicy: 'accept-all',
    }),
  );
}
await createApiServer(speaker, { unixSocket: process.argv[2]!, logger, boundaries }).start();

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
