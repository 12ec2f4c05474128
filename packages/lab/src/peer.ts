/**
 * The process of one lab peer: `node peer.ts '{"position":0,…}'` (LabSpeakerOptions as JSON). Reports to the process that forked it and
 * ends when that process says "stop" or is gone. Ctrl-C reaches the whole process group, but this process ignores it: the parent stops
 * everything in order.
 */
import { type LabEvent, type LabSpeakerOptions, startLabSpeaker } from './lab-speaker.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as LabSpeakerOptions;
const speaker = startLabSpeaker(options, report);

process.on('SIGINT', () => {});
process.on('SIGTERM', () => void stop());
process.on('disconnect', () => void stop());
process.on('message', (message) => {
  if (message === 'stop') void stop();
});

function report(event: LabEvent): void {
  if (process.connected) process.send?.(event);
}

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await speaker.close();
  process.exit(0);
}
