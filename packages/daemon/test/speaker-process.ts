/**
 * A Speaker in a separate process, so that a test can measure its memory and survive its end. Started with fork(), with the last octet of
 * the last neighbor as argument. The parent gets a report at once and then one for each message; the process ends when the parent disconnects.
 */
import process from 'node:process';
import type { Speaker } from '../src/speaker/speaker.ts';
import { makeNeighbor, makeSpeaker, QUIET } from './speakers.ts';

export interface SpeakerReport {
  readonly port: number;
  readonly rssBytes: number;
  readonly health: ReturnType<Speaker['health']>;
  readonly neighbors: { address: string; state: string; notificationsSent: number; received: number; advertised: number }[];
}

const log: string[] = [];
const note = (fields: object, message: string): void => void log.push(`${message} ${JSON.stringify(fields)}`);
const speaker = makeSpeaker({ logger: { ...QUIET, warn: note, error: note } });
const { port } = await speaker.listen({ host: '127.0.0.1', port: 0 });
for (let last = 2; last <= Number(process.argv[2] ?? 4); last++) speaker.addNeighbor(makeNeighbor(last));

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
