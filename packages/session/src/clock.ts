/** The system's clock, and jitter. */
import type { Clock } from './types.ts';

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
  random: Math.random,
};

/** RFC 4271 §10: 75 to 100 % of a time, so that peers that started together do not act together for ever. */
export function jitter(milliseconds: number, random: number): number {
  return milliseconds * (0.75 + 0.25 * random);
}
