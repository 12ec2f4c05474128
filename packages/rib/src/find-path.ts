/** A path of a destination by whom it came from. */
import { NONE } from './columns.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import type { RibPeer } from './peer.ts';
import type { PathId, RibTable } from './table.ts';

/** The path of (NLRI, peer, path identifier), or NONE. The NLRI need not have had a path yet. */
export function findPath(table: RibTable, nlri: NlriId, peer: RibPeer, identifier: number): PathId {
  let path: number = nlri < table.head.length ? table.head[nlri]! : NONE;
  while (path !== NONE && (table.pathPeer[path] !== peer.index || table.identifierOf(path as PathId) !== identifier))
    path = table.pathNext[path]!;
  return path as PathId;
}
