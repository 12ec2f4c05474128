/** A source of time. Tests pass one that they move. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls back once, after `milliseconds`. Returns a handle for `clearTimeout`. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Cancels a call that `setTimeout` promised. */
  clearTimeout(handle: unknown): void;
  /** In [0, 1), for jitter. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
  random: Math.random,
};
