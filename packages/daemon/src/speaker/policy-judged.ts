/** Routes of the RIB as policies see them. */
import { type Peer, Route } from '@tsbgp/policy';
import { type PathId, PeerKind, type RibPeer, type RibTable } from '@tsbgp/rib';
import { Afi, afiOf, readU32 } from '@tsbgp/wire';

const scratch = new Uint8Array(32);

/** Fills `route` with a path: as it came, for import, or as import left it, for export. Attributes are borrowed from the table. */
export function fillRoute(route: Route, table: RibTable, path: PathId, direction: 'import' | 'export', source: Peer | undefined): Route {
  const { arena, offset, length } = table.attributes;
  const attr = direction === 'import' ? table.receivedAttrOf(path) : table.attrOf(path);
  route.family = table.family;
  scratch.fill(0);
  table.index.write(scratch, 0, table.nlriOf(path));
  const words = afiOf(table.family) === Afi.Ipv6 ? 4 : 1;
  const word = (at: number): number => (at < words ? readU32(scratch, 1 + 4 * at) : 0);
  route.setPrefix(scratch[0]!, word(0), word(1), word(2), word(3));
  route.setAttributes(arena.data, offset[attr]!, offset[attr]! + length[attr]!);
  route.pathIdentifier = table.hasPathIdentifiers ? table.identifierOf(path) : 0;
  route.routeType = routeTypeOf(table.peerOf(path));
  route.source = source;
  return route;
}

function routeTypeOf(peer: RibPeer | undefined): Route['routeType'] {
  if (peer === undefined || peer.kind === PeerKind.Local) return 'local';
  return peer.kind === PeerKind.Internal ? 'internal' : 'external';
}
