/**
 * A Speaker in a process of its own, so that a test can measure its memory and outlive it. Started with fork(): the parent gets the port and
 * then an answer to each question; it ends when the parent disconnects.
 */
import process from 'node:process';
import { IPV4_UNICAST, IPV6_UNICAST } from '@tsbgp/wire';
import { Boundaries } from '../src/boundaries.ts';
import { completeNeighbor } from '../src/keys/neighbor-layers.ts';
import { Speaker } from '../src/speaker/speaker.ts';

export interface SpeakerReport {
  readonly port: number;
  readonly rssBytes: number;
  readonly health: ReturnType<Speaker['health']>;
  readonly neighbors: { address: string; state: string; notificationsSent: number; received: number; advertised: number }[];
}

const log: string[] = [];
const note = (fields: object, message: string): void => void log.push(`${message} ${JSON.stringify(fields)}`);
const logger = { debug: () => undefined, info: () => undefined, warn: note, error: note };
const speaker = new Speaker({
  localAs: 64_512,
  routerId: '10.0.0.1',
  version: 'test',
  onShutdown: () => undefined,
  logger,
  boundaries: new Boundaries(logger),
});
const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
// Neighbours on 127.0.0.2 and on: AS 65002 and on.
for (let i = 2; i <= Number(process.argv[2] ?? 4); i++) {
  speaker.addNeighbor(
    completeNeighbor({
      address: `127.0.0.${i}`,
      remoteAs: 65_000 + i,
      families: [IPV4_UNICAST, IPV6_UNICAST],
      passive: true,
      holdTimeSeconds: 240,
      importPolicy: 'accept-all',
      exportPolicy: 'accept-all',
    }),
  );
}

const report = (): SpeakerReport => ({
  port,
  rssBytes: process.memoryUsage.rss(),
  health: speaker.health(),
  neighbors: speaker.listNeighbors().map((neighbor) => ({
    address: neighbor.config.address,
    state: neighbor.state,
    notificationsSent: neighbor.counters.notificationsSent,
    received: neighbor.prefixes[0]?.received ?? 0,
    advertised: neighbor.prefixes[0]?.advertised ?? 0,
  })),
});
process.on('message', () => process.send?.(report()));
process.on('disconnect', () => process.exit(0));
process.send?.(report());
