/** Senders leave at once, and may come back: how long until all others know. */
import type { Load } from './load.ts';
import { lastReceived } from './load.ts';

/** Without a message for so long, all others know. Only where the others hold as many routes as before. */
const QUIET_MS = 2000;

export interface LeaveResult {
  /** Seconds until the last of the others has lost what it must. */
  readonly down_s: number;
  /** Seconds from the first octet that is sent again until the last of the others has everything again. */
  readonly return_s?: number;
}

export async function leave(load: Load, count: number, returns: boolean): Promise<LeaveResult> {
  const leaving = load.senders.slice(0, count);
  const others = load.receivers.filter((peer) => !leaving.includes(peer));
  const { shared } = load.options;
  const leftAt = performance.now();
  for (const peer of leaving) peer.close();
  const left = load.wanted(count);
  await load.until('left', () => {
    if (!others.every(({ held }) => held <= left)) return false;
    return !shared || performance.now() - Math.max(lastReceived(others), leftAt) > QUIET_MS;
  });
  const down_s = Math.max(0, lastReceived(others) - leftAt) / 1000;
  if (!returns) return { down_s };

  for (const peer of leaving) peer.connect();
  await load.establish();
  const backAt = performance.now();
  await Promise.all(leaving.map((peer, index) => peer.send(load.streams[index]!.octets)));
  const return_s = ((await load.converge('returned', load.receivers, load.wanted())) - backAt) / 1000;
  return { down_s, return_s };
}
