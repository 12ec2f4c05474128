/**
 * NLRI whose octets are others than those that were sent, while everything else is the same: other labels, say. They are announced again by the
 * next decision. Only in tables whose NLRI are octets.
 */

import type { NlriId } from './nlri/nlri-index.ts';
import type { PathOctets } from './nlri/path-octets.ts';
import { NlriFlag, PathFlag } from './path-flags.ts';

/** What of a table counts here. */
interface Restated {
  readonly octets: PathOctets | undefined;
  readonly nlriFlags: Uint8Array;
}

/** A table whose paths change. */
interface WithPaths<Path extends number> extends Restated {
  readonly best: Int32Array;
  readonly pathFlags: Uint8Array;
  readonly observer: ((nlri: NlriId, path: Path, announced: boolean) => void) | undefined;
  nlriOf(path: Path): NlriId;
  mark(nlri: NlriId): void;
}

/** A path has the NLRI `bytes[start, end)` from now on: those who were sent the one before get this one. */
export function restate<Path extends number>(table: WithPaths<Path>, path: Path, bytes: Uint8Array, start: number, end: number): void {
  const nlri = table.nlriOf(path);
  table.octets!.set(path, nlri, bytes, start, end);
  if (table.best[nlri] === path) table.nlriFlags[nlri]! |= NlriFlag.Touched;
  if ((table.pathFlags[path]! & PathFlag.Filtered) === 0) {
    table.nlriFlags[nlri]! |= NlriFlag.Restated;
    table.mark(nlri);
  }
  table.observer?.(nlri, path, true);
}

/** A path goes. Its slot may be used again for the NLRI before the decision, with other octets. */
export function forgetOctets({ octets, nlriFlags }: Restated, path: number, nlri: number): void {
  octets!.removed(path);
  nlriFlags[nlri]! |= NlriFlag.Restated;
}

/** Whether an NLRI is to be announced again even where nothing else changed. */
export function isRestated({ octets, nlriFlags }: Restated, nlri: number): boolean {
  return octets !== undefined && (nlriFlags[nlri]! & NlriFlag.Restated) !== 0;
}

/** The decision for an NLRI was made, and all groups were told. */
export function endRestated({ octets, nlriFlags }: Restated, nlri: number): void {
  if (octets !== undefined) nlriFlags[nlri]! &= ~NlriFlag.Restated;
}
