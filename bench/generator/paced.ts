/** A sender's UPDATEs sent piece by piece, with the time of each route noted. */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Latencies } from './latencies.ts';
import type { Load } from './load.ts';
import type { LoadPeer } from './load-peer.ts';
import type { SenderStream } from './stream.ts';

/** Octets that are handed to the kernel in one turn, so that what arrives meanwhile is read soon. */
const PIECE = 16_384;
/** Between two slices of the churn. */
const SLICE_MS = 10;

/** As fast as the kernel takes it. */
export async function sendAtOnce(peer: LoadPeer, stream: SenderStream, latencies: Latencies): Promise<void> {
  for (let message = 0; message < stream.ends.length; ) {
    const start = message;
    const from = startOf(stream, start);
    while (message < stream.ends.length && stream.ends[message]! - from <= PIECE) message++;
    await sendMessages(peer, stream, start, Math.max(message, start + 1), latencies);
    message = Math.max(message, start + 1);
    await turn();
  }
}

export interface ChurnOptions {
  /** Routes that are announced with other attributes, a second. */
  readonly routesPerSecond: number;
  readonly seconds: number;
}

/**
 * The first sender announces its routes again and again, evenly over time. Each time around, the attributes are others. Returns the share of
 * the intended routes that were sent in time: below 1 the load generator was too slow.
 */
export async function churn(load: Load, { routesPerSecond, seconds }: ChurnOptions, latencies: Latencies): Promise<number> {
  const sender = load.senders[0]!;
  const versions = [load.streamOf(0, 1), load.streamOf(0, 2)];
  const startedAt = performance.now();
  let sent = 0;
  for (let round = 0; ; round++) {
    const stream = versions[round % 2]!;
    const routes = load.options.prefixes;
    const messages = stream.firsts.length - 1; // without End-of-RIB
    for (let message = 0; message < messages; ) {
      const elapsed = (performance.now() - startedAt) / 1000;
      if (elapsed >= seconds) return sent / (seconds * routesPerSecond);
      const due = elapsed * routesPerSecond - round * routes;
      const start = message;
      while (message < messages && stream.firsts[message]! - stream.firsts[0]! < due) message++;
      if (message > start) {
        sent += stream.firsts[message]! - stream.firsts[start]!;
        await sendMessages(sender, stream, start, message, latencies);
      }
      await sleep(SLICE_MS);
    }
  }
}

async function sendMessages(peer: LoadPeer, stream: SenderStream, start: number, end: number, latencies: Latencies): Promise<void> {
  const last = stream.firsts.length - 1;
  latencies.sent(stream.firsts[Math.min(start, last)]!, stream.firsts[Math.min(end, last)]!);
  await peer.send(stream.octets.subarray(startOf(stream, start), stream.ends[end - 1]!));
}

function startOf(stream: SenderStream, message: number): number {
  return message === 0 ? 0 : stream.ends[message - 1]!;
}
