/** All paths of one prefix and what the decision process made of each. */
import { type ExplainedPath, explain, longestMatch, multipath, type NlriId, NONE, type PathId, type Rib, type RibTable } from '@tsbgp/rib';
import { ControlError, type DecisionConfig, type ExplainedRoute, type PathQuery, type PrefixPaths } from '../control-plane.ts';
import type { WirePrefix } from '../keys/wire-prefix.ts';
import { prefixOf, receivedRoute } from './route-view.ts';
import { readPrefix } from './wire-prefix.ts';

/** Paths of one answer. Further ones are only counted. */
export const PATHS_MAX = 1000;

const NOTHING: ReadonlySet<PathId> = new Set();

/** A prefix with paths, and what the decision process made of each, the best first. */
export interface FoundPaths {
  readonly rib: Rib;
  readonly table: RibTable;
  readonly nlri: NlriId;
  readonly explained: readonly ExplainedPath[];
}

/**
 * Throws ControlError `invalid-argument`, and `not-found` when there is no path. `whyAbsent` may know why there is none to just this prefix, as a
 * sentence without its end.
 */
export function findPaths(rib: Rib, query: PathQuery, whyAbsent: (prefix: WirePrefix) => string | undefined): FoundPaths {
  const prefix = readPrefix(query.prefix, 'prefix');
  const isLongestMatch = query.longestMatch === true || !query.prefix.includes('/');
  const table = rib.tables.find(({ index }) => index.bitsMax === prefix.bitsMax);
  const found = table === undefined ? NONE : isLongestMatch ? longestMatch(table, prefix.octets) : table.index.findWire(prefix.octets, 0);
  const nlri = found as NlriId;
  const explained = table === undefined || nlri === NONE ? [] : explain(table, nlri);
  if (table === undefined || explained.length === 0) {
    const what = isLongestMatch ? `no route covers ${query.prefix}` : `there is no path to ${query.prefix}`;
    const why = whyAbsent(prefix);
    throw new ControlError('not-found', 'prefix', why === undefined ? what : `${what}: ${why}`);
  }
  return { rib, table, nlri, explained };
}

export function prefixPaths({ rib, table, nlri, explained }: FoundPaths, decision: DecisionConfig): PrefixPaths {
  const { multipath: max, multipathRelax: relax } = decision;
  const beside = max === 1 ? NOTHING : new Set(multipath(table, nlri, { max, relax }));
  return {
    family: table.family,
    prefix: prefixOf(table, nlri),
    paths: explained.slice(0, PATHS_MAX).map((path) => explainedRoute(rib, table, path, beside)),
    pathCount: explained.length,
  };
}

function explainedRoute(rib: Rib, table: RibTable, explained: ExplainedPath, beside: ReadonlySet<PathId>): ExplainedRoute {
  const { path, outcome } = explained;
  // A decision may still be due. `explain` has made it already, so `best` is taken from there: the answer agrees with itself.
  const route = { ...receivedRoute(table, path, rib.validation?.states), best: outcome === 'best', filtered: outcome === 'filtered' };
  const isMultipath = beside.size > 1 && beside.has(path);
  if (outcome === 'filtered') {
    const filterReason = table.filterReason(path);
    const policyStatement = filterReason === 'import-policy' ? rib.explainImport(table, path)?.by : undefined;
    return { route, multipath: false, filterReason, policyStatement };
  }
  if (outcome !== 'lost') return { route, multipath: isMultipath };
  const { step, value, betterValue, by } = explained.defeat;
  return {
    route,
    multipath: isMultipath,
    defeat: {
      step,
      value,
      betterValue,
      betterNeighbor: table.peerOf(by)?.options.name ?? '',
      betterPathIdentifier: table.identifierOf(by),
    },
  };
}
