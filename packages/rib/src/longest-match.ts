/** The longest prefix that covers an address. Cold: an index of prefixes is asked once for each length. */
import { NONE } from './columns.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import type { RibTable } from './table.ts';

/**
 * The longest prefix with a best path that covers `prefix`, itself included; where none has one, the longest with any path of a session that
 * is up; else NONE. `prefix` is in wire form, followed by all octets of its address.
 */
export function longestMatch(table: RibTable, prefix: Uint8Array): NlriId {
  const probe = Uint8Array.from(prefix);
  let withoutBest: number = NONE;
  for (let bits = prefix[0]!; bits >= 0; bits--) {
    probe[0] = bits;
    const nlri = table.index.findWire(probe, 0);
    if (nlri === NONE) continue;
    if ((table.best[nlri] ?? NONE) !== NONE) return nlri;
    if (withoutBest === NONE && hasPath(table, nlri)) withoutBest = nlri;
  }
  return withoutBest as NlriId;
}

/** Whether a session that is up, or we, announced the destination. */
export function hasPath(table: RibTable, nlri: NlriId): boolean {
  for (let path = table.head[nlri] ?? NONE; path !== NONE; path = table.pathNext[path]!) {
    if (table.peers[table.pathPeer[path]!]!.up) return true;
  }
  return false;
}
