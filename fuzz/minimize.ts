/** Makes a failing input smaller and simpler while it still fails. */
import type { Kind } from './target.ts';

/** Most runs for one input. */
const TRIES = 4000;

/** Octets that still fail: cut short, without unnecessary blocks, and with zeros where the value does not matter. */
export function minimize(bytes: Uint8Array, kind: Kind, fails: (candidate: Uint8Array) => boolean, tries: number = TRIES): Uint8Array {
  const search = candidates(bytes, kind);
  let next = search.next(false);
  for (let left = tries; left > 0 && !next.done; left--) next = search.next(fails(next.value));
  return next.done ? next.value : bytesSoFar(search);
}

/** As `minimize`, where another thread has to run the input. */
export async function minimizeSlowly(
  bytes: Uint8Array,
  kind: Kind,
  fails: (candidate: Uint8Array) => Promise<boolean>,
  tries: number,
): Promise<Uint8Array> {
  const search = candidates(bytes, kind);
  let next = search.next(false);
  for (let left = tries; left > 0 && !next.done; left--) next = search.next(await fails(next.value));
  return next.done ? next.value : bytesSoFar(search);
}

type Search = Generator<Uint8Array, Uint8Array, boolean>;

function bytesSoFar(search: Search): Uint8Array {
  const last = search.return(new Uint8Array(0));
  return last.value;
}

/** Yields an input to try, gets whether it fails, and returns the smallest that failed. Closed early, it returns the smallest so far. */
function* candidates(bytes: Uint8Array, kind: Kind): Search {
  let least = bytes;
  try {
    for (let size = least.length >> 1; size > 0; size >>= 1) {
      for (let at = least.length - size; at >= 0; ) {
        const shorter = Uint8Array.from([...least.subarray(0, at), ...least.subarray(at + size)]);
        const repaired = kind === 'message' ? withLength(shorter) : shorter;
        if (yield repaired) least = repaired;
        else if (repaired !== shorter && (yield shorter)) least = shorter;
        at = Math.min(at - size, least.length - size);
      }
    }
    for (let at = least.length - 1; at >= 0; at--) {
      if (least[at] === 0 || (kind === 'message' && at < 16)) continue;
      const plainer = least.slice();
      plainer[at] = 0;
      if (yield plainer) least = plainer;
    }
  } finally {
    // A closed generator returns the value of `finally`.
    // oxlint-disable-next-line no-unsafe-finally
    return least;
  }
}

/** The same octets with the correct length field in the header. */
function withLength(message: Uint8Array): Uint8Array {
  if (message.length < 19) return message;
  const repaired = message.slice();
  repaired[16] = message.length >>> 8;
  repaired[17] = message.length;
  return repaired;
}
