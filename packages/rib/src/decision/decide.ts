/**
 * The decision process (RFC 4271 §9.1), phase 2: which of a destination's paths is best.
 *
 *   1. degree of preference: LOCAL_PREF, or its default for external routes            §9.1.1
 *   2. a  shortest AS_PATH, an AS_SET counts one                                        §9.1.2.2 a
 *   3. b  lowest ORIGIN                                                                 §9.1.2.2 b
 *   4. c  lowest MULTI_EXIT_DISC among those of the same neighboring AS                 §9.1.2.2 c
 *   5. d  local before external before internal                                        §9.1.2.2 d
 *   6. e  lowest interior cost: all equal, the RIB knows no IGP                         §9.1.2.2 e
 *   7. f  lowest BGP Identifier, or ORIGINATOR_ID in its place                          §9.1.2.2 f, RFC 4456 §9
 *   8.    shortest CLUSTER_LIST                                                         RFC 4456 §9
 *   9. g  lowest peer address; then lowest path identifier                              §9.1.2.2 g, RFC 7911
 *
 * Steps 1 to 3 are one comparison of `rank`, worked out once per attribute set. Only paths equal in it go through the others.
 */

import { AttributeCode, readU32 } from '@tsbgp/wire';
import type { AttributeTable } from './attributes/attribute-table.ts';
import { findAttribute, headerLength, valueLength } from './attributes/block.ts';
import { AttrFlag } from './attributes/facts.ts';
import { invariant } from './broken-invariant.ts';
import { NONE } from './columns.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import { NOT_CANDIDATE } from './path-flags.ts';
import { compareAddresses, PeerKind, type RibPeer } from './peer.ts';
import type { PathId, RibTable } from './table.ts';

/** Best path of a destination, or NONE. Allocates nothing. */
export function decide(table: RibTable, nlri: NlriId): PathId {
  const { pathNext, pathAttr, pathFlags, pathPeer, peers } = table;
  const rank = table.attributes.rank;
  let best: number = NONE;
  let bestRank = 0;
  let ties = 0;
  for (let path = table.head[nlri]!; path !== NONE; path = pathNext[path]!) {
    if ((pathFlags[path]! & NOT_CANDIDATE) !== 0 || !peers[pathPeer[path]!]!.up) continue;
    const pathRank = rank[pathAttr[path]!]!;
    if (best === NONE || pathRank < bestRank) {
      best = path;
      bestRank = pathRank;
      ties = 1;
    } else if (pathRank === bestRank) {
      ties++;
    }
  }
  return (ties > 1 ? breakTie(table, best, bestRank) : best) as PathId;
}

/** Steps 4 to 9 over the paths of this rank; `first` is the first of them in the chain. */
function breakTie(table: RibTable, first: number, bestRank: number): number {
  let best: number = NONE;
  for (let path = first; path !== NONE; path = table.pathNext[path]!) {
    if (!isCandidate(table, path, bestRank) || losesOnMed(table, path, first, bestRank)) continue;
    if (best === NONE || comparePaths(table, path, best) < 0) best = path;
  }
  invariant(best !== NONE, 'the lowest MULTI_EXIT_DISC of each neighboring AS survives');
  return best;
}

function isCandidate(table: RibTable, path: number, rank: number): boolean {
  return (
    table.attributes.rank[table.pathAttr[path]!] === rank &&
    (table.pathFlags[path]! & NOT_CANDIDATE) === 0 &&
    table.peers[table.pathPeer[path]!]!.up
  );
}

/** Step 4: another candidate through the same neighboring AS has a lower MULTI_EXIT_DISC. */
function losesOnMed(table: RibTable, path: number, first: number, rank: number): boolean {
  const { med } = table.attributes;
  const ownMed = med[table.pathAttr[path]!]!;
  if (ownMed === 0) return false;
  const ownNeighbor = neighboringAs(table, path);
  for (let other = first; other !== NONE; other = table.pathNext[other]!) {
    if (med[table.pathAttr[other]!]! < ownMed && isCandidate(table, other, rank) && neighboringAs(table, other) === ownNeighbor)
      return true;
  }
  return false;
}

/**
 * The neighboring AS of step 4: the first AS of the AS_PATH. Where the path is empty or begins with a set, an external peer's own AS, and for
 * an internal peer, which then originated or aggregated the route, our AS. Deviates from RFC 4271 §9.1.2.2 c for routes of a route server: the
 * AS that the server had the route from counts, not that of the server, as in BIRD and FRR.
 */
export function neighboringAs(table: RibTable, path: number): number {
  const first = table.attributes.neighborAs[table.pathAttr[path]!]!;
  if (first !== 0) return first;
  const peer = table.peers[table.pathPeer[path]!]!;
  return peer.kind === PeerKind.External ? peer.options.remoteAs : peer.localAs;
}

/** Steps 5 to 9; negative when `a` is better. */
function comparePaths(table: RibTable, a: number, b: number): number {
  const peerA = table.peers[table.pathPeer[a]!]!;
  const peerB = table.peers[table.pathPeer[b]!]!;
  if (peerA.kind !== peerB.kind) return peerA.kind - peerB.kind; // 5
  const attrA = table.pathAttr[a]!;
  const attrB = table.pathAttr[b]!;
  const byIdentifier = originator(table.attributes, attrA, peerA) - originator(table.attributes, attrB, peerB); // 7
  if (byIdentifier !== 0) return byIdentifier;
  const byClusters = clusterCount(table.attributes, attrA) - clusterCount(table.attributes, attrB); // 8
  if (byClusters !== 0) return byClusters;
  const byAddress = compareAddresses(peerA.options.address, peerB.options.address); // 9
  return byAddress !== 0 ? byAddress : table.identifierOf(a as PathId) - table.identifierOf(b as PathId);
}

/** Step 7: the BGP Identifier that a path is compared by. */
export function originator(attributes: AttributeTable, attr: number, peer: RibPeer): number {
  const data = attributes.arena.data;
  const header = internalAttribute(attributes, attr, AttributeCode.OriginatorId);
  return header === NONE ? peer.options.bgpIdentifier : readU32(data, header + headerLength(data, header));
}

/** Step 8. */
export function clusterCount(attributes: AttributeTable, attr: number): number {
  const header = internalAttribute(attributes, attr, AttributeCode.ClusterList);
  return header === NONE ? 0 : valueLength(attributes.arena.data, header) / 4;
}

/** Header of an attribute that only internal routes have, or NONE: nearly always by one bit. */
function internalAttribute(attributes: AttributeTable, attr: number, code: number): number {
  if ((attributes.flags[attr]! & AttrFlag.InternalOnly) === 0) return NONE;
  const start = attributes.offset[attr]!;
  return findAttribute(attributes.arena.data, start, start + attributes.length[attr]!, code);
}
