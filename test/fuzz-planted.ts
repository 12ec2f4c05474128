/** Targets with faults that the fuzzer must find; the `targets` module of fuzz.test.ts. The hash of its URL selects the target. */
import type { Seed, Target } from '../fuzz/target.ts';

const kept: Uint8Array[] = [];

const PLANTED: Readonly<Record<string, Target['run']>> = {
  throws(bytes, start, end) {
    if (end - start > 3 && bytes[start + 3] === 0xab) throw new Error('planted: the fourth octet');
    return 0;
  },
  loops(bytes, start, end) {
    // An attribute of length 0 that does not advance.
    for (let at = start; at < end; at += bytes[at] === 0xcd ? 0 : 1);
    return 0;
  },
  leaks() {
    kept.push(new Uint8Array(4096));
    return kept.length;
  },
  slow(bytes, start, end) {
    if (end - start > 1 && bytes[start + 1] === 0xef) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    return 0;
  },
  sound: (_bytes, start, end) => end - start,
};

export const targets: readonly Target[] = Object.entries(PLANTED).map(([name, run]) => ({
  name,
  kind: 'capabilities',
  weight: name === new URL(import.meta.url).hash.slice(1) ? 1 : 0,
  run,
}));

export function allSeeds(): Seed[] {
  return [{ kind: 'capabilities', bytes: new Uint8Array(24) }];
}
