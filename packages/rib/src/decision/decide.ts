/**
 * The decision process (RFC 4271 §9.1), phase 2: which of a destination's paths is best. What counts can be switched (decision-options.ts).
 *
 *   1.    not stale: without LLGR_STALE                                                 RFC 9494 §4.3
 *   2.    degree of preference: LOCAL_PREF, or its default for external routes          RFC 4271 §9.1.1
 *   3.    with AIGP before without; then the lowest sum of AIGP and interior cost       RFC 7311 §4.1
 *   4. a  shortest AS_PATH, an AS_SET counts one                                        RFC 4271 §9.1.2.2 a
 *   5. b  lowest ORIGIN                                                                 §9.1.2.2 b
 *   6. c  lowest MULTI_EXIT_DISC among those of the same neighboring AS                 §9.1.2.2 c
 *   7. d  local before external before internal                                        §9.1.2.2 d
 *   8. e  lowest interior cost, where the RIB is told costs                             §9.1.2.2 e
 *   9.    the oldest of external paths, where that is switched on
 *  10. f  lowest BGP Identifier, or ORIGINATOR_ID in its place                          §9.1.2.2 f, RFC 4456 §9
 *  11.    shortest CLUSTER_LIST                                                         RFC 4456 §9
 *  12. g  lowest peer address; then lowest path identifier                              §9.1.2.2 g, RFC 7911
 *
 * Steps 1 to 5 are one comparison of `rank`, worked out once per attribute set, but for sets with AIGP. Only paths equal in it go through the
 * others. steps.ts has the same steps for people, and a test compares the two. Validation states (RPKI, ASPA) are no step: policy turns them
 * into LOCAL_PREF or rejects, as in other daemons.
 */
import { hasAigp } from '../attributes/facts.ts';
import { invariant } from '../broken-invariant.ts';
import { NONE } from '../columns.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { NOT_CANDIDATE } from '../path-flags.ts';
import { compareAddresses, PeerKind } from '../peer.ts';
import type { PathId, RibTable } from '../table.ts';
import { aigpTotal, clusterCount, neighboringAs, originator } from './values.ts';

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

/** Whether MULTI_EXIT_DISC is compared in pairs, so that the order in which paths came can count. */
export function comparesInPairs(table: RibTable): boolean {
  const { alwaysCompareMed, deterministicMed } = table.attributes.decision;
  return !alwaysCompareMed && !deterministicMed;
}

/** The paths of this rank through the steps that follow; `first` is the first of them in the chain. */
function breakTie(table: RibTable, first: number, bestRank: number): number {
  const leader = hasAigp(bestRank) ? aigpLeader(table, first, bestRank) : NONE;
  if (comparesInPairs(table)) return lastStanding(table, first, bestRank, leader);
  let best: number = NONE;
  for (let path = first; path !== NONE; path = table.pathNext[path]!) {
    if (!isTied(table, path, bestRank, leader) || losesOnMed(table, path, first, bestRank, leader)) continue;
    if (best === NONE || comparePaths(table, path, best) < 0) best = path;
  }
  invariant(best !== NONE, 'the lowest MULTI_EXIT_DISC of each neighboring AS survives');
  return best;
}

/** Whether a path is equal to the best ones in steps 1 to 5. `leader` is one of those where AIGP counts, else NONE. */
function isTied(table: RibTable, path: number, rank: number, leader: number): boolean {
  return (
    table.attributes.rank[table.pathAttr[path]!] === rank &&
    (table.pathFlags[path]! & NOT_CANDIDATE) === 0 &&
    table.peers[table.pathPeer[path]!]!.up &&
    (leader === NONE || compareAigp(table, path, leader) === 0)
  );
}

/** Step 3 and what follows it up to step 5: the first of the paths that are best there. */
function aigpLeader(table: RibTable, first: number, rank: number): number {
  let leader = first;
  for (let path = table.pathNext[first]!; path !== NONE; path = table.pathNext[path]!) {
    if (isTied(table, path, rank, NONE) && compareAigp(table, path, leader) < 0) leader = path;
  }
  return leader;
}

/** Steps 3 to 5 of paths with AIGP; negative when `a` is better. */
function compareAigp(table: RibTable, a: number, b: number): number {
  if (table.pathAttr[a] === table.pathAttr[b]) {
    // Of one set; only whether they are ours can make their costs differ.
    if (table.peers[table.pathPeer[a]!]!.kind === table.peers[table.pathPeer[b]!]!.kind) return 0;
  }
  const ofA = aigpTotal(table, a);
  const ofB = aigpTotal(table, b);
  if (ofA !== ofB) return ofA < ofB ? -1 : 1;
  return table.attributes.tailOf(table.pathAttr[a]!) - table.attributes.tailOf(table.pathAttr[b]!);
}

/** Step 6: another candidate through the same neighboring AS has a lower MULTI_EXIT_DISC. */
function losesOnMed(table: RibTable, path: number, first: number, rank: number, leader: number): boolean {
  const { med, decision } = table.attributes;
  const ownMed = med[table.pathAttr[path]!]!;
  if (ownMed === 0) return false;
  const ownNeighbor = decision.alwaysCompareMed ? 0 : neighboringAs(table, path);
  for (let other = first; other !== NONE; other = table.pathNext[other]!) {
    if (med[table.pathAttr[other]!]! >= ownMed || !isTied(table, other, rank, leader)) continue;
    if (decision.alwaysCompareMed || neighboringAs(table, other) === ownNeighbor) return true;
  }
  return false;
}

/** Step 6 and what follows in pairs: each path, latest first, against the best of those before it. */
function lastStanding(table: RibTable, first: number, rank: number, leader: number): number {
  let best = NONE as number;
  for (let path = first; path !== NONE; path = table.pathNext[path]!) {
    if (!isTied(table, path, rank, leader)) continue;
    if (best === NONE || comparePair(table, path, best) < 0) best = path;
  }
  return best;
}

/** Steps 6 to 12 between two paths; negative when `a` is better. */
function comparePair(table: RibTable, a: number, b: number): number {
  const { med } = table.attributes;
  const byMed = med[table.pathAttr[a]!]! - med[table.pathAttr[b]!]!;
  if (byMed !== 0 && neighboringAs(table, a) === neighboringAs(table, b)) return byMed;
  return comparePaths(table, a, b);
}

/** Steps 7 to 12; negative when `a` is better. */
function comparePaths(table: RibTable, a: number, b: number): number {
  const { attributes } = table;
  const { decision, costOf } = attributes;
  const peerA = table.peers[table.pathPeer[a]!]!;
  const peerB = table.peers[table.pathPeer[b]!]!;
  if (peerA.typeRank !== peerB.typeRank) return peerA.typeRank - peerB.typeRank; // 7
  const attrA = table.pathAttr[a]!;
  const attrB = table.pathAttr[b]!;
  if (costOf !== undefined && attrA !== attrB && peerA.kind !== PeerKind.Local) {
    const costA = costOf(attrA);
    const costB = costOf(attrB);
    if (costA !== costB) return costA < costB ? -1 : 1; // 8
  }
  if (decision.preferOldest && peerA.kind === PeerKind.External) {
    const byAge = table.pathLearned[a]! - table.pathLearned[b]!; // 9
    if (byAge !== 0) return byAge;
  }
  if (decision.compareRouterId) {
    const byIdentifier = originator(attributes, attrA, peerA) - originator(attributes, attrB, peerB); // 10
    if (byIdentifier !== 0) return byIdentifier;
  }
  const byClusters = clusterCount(attributes, attrA) - clusterCount(attributes, attrB); // 11
  if (byClusters !== 0) return byClusters;
  const byAddress = compareAddresses(peerA.options.address, peerB.options.address); // 12
  return byAddress !== 0 ? byAddress : table.identifierOf(a as PathId) - table.identifierOf(b as PathId);
}
