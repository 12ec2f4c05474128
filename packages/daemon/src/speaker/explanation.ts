/** Why routes of a prefix are where they are: its paths, how they compare, and what each neighbor gets of them. */
import { explainPair, type PathId, type Rib } from '@tsbgp/rib';
import type { DecisionConfig, ExplainQuery, NeighborExplanation, PathComparison, RouteExplanation } from '../control-plane.ts';
import type { Neighbor } from './neighbor.ts';
import { type FoundPaths, prefixPaths } from './paths.ts';

/** Paths that are compared in pairs: the first so many. */
export const COMPARED_PATHS_MAX = 32;
/** Paths in the answer for one of all neighbors, and for the one that is asked about. Further ones are left out unless they are sent. */
export const PATHS_PER_NEIGHBOR_MAX = 16;
const PATHS_OF_ONE_NEIGHBOR_MAX = 1000;

export interface ExplainRequest {
  readonly rib: Rib;
  readonly query: ExplainQuery;
  readonly decision: DecisionConfig;
  /** Those to explain. */
  readonly neighbors: readonly Neighbor[];
}

export function explainRoute(found: FoundPaths, { rib, query, decision, neighbors }: ExplainRequest): RouteExplanation {
  return {
    ...prefixPaths(found, decision),
    comparisons: query.pairwise === true ? comparisonsOf(found) : [],
    neighbors: neighborsOf(rib, found, neighbors, query.neighbor === undefined ? PATHS_PER_NEIGHBOR_MAX : PATHS_OF_ONE_NEIGHBOR_MAX),
  };
}

function comparisonsOf({ table, explained }: FoundPaths): PathComparison[] {
  const compared = explained.filter(({ outcome }) => outcome !== 'filtered').slice(0, COMPARED_PATHS_MAX);
  return compared.flatMap(({ path: first }, i) =>
    compared.slice(i + 1).flatMap(({ path: second }, k): PathComparison[] => {
      const answer = explainPair(table, first, second);
      if (answer === undefined) return [];
      const places = [i, i + 1 + k] as const;
      const [better, worse] = answer.by === first ? places : places.toReversed();
      return [{ better: better!, worse: worse!, step: answer.step, betterValue: answer.betterValue, worseValue: answer.value }];
    }),
  );
}

function neighborsOf(rib: Rib, found: FoundPaths, neighbors: readonly Neighbor[], pathsMax: number): NeighborExplanation[] {
  const { table, nlri, explained } = found;
  const placeOf = new Map<PathId, number>(explained.map(({ path }, at) => [path, at]));
  const connected = neighbors.flatMap(({ connectedPeer }) => (connectedPeer === undefined ? [] : [connectedPeer]));
  const answers = rib.explainExports(connected, table.family, nlri, pathsMax);
  return neighbors.map(({ config, connectedPeer }): NeighborExplanation => {
    const neighbor = config.address;
    if (connectedPeer === undefined) return { neighbor, cause: 'no-session', paths: [] };
    const answer = answers[connected.indexOf(connectedPeer)];
    if (answer === undefined) return { neighbor, cause: 'no-family', paths: [] };
    const paths = answer.paths.map(({ path, reason, policy }) => ({
      path: placeOf.get(path)!,
      reason,
      policyReason: policy?.reason,
      policyStatement: policy?.by,
    }));
    return { neighbor, pending: answer.pending, paths };
  });
}
