/** All paths of one prefix and what the decision process made of each. */
import { type ExplainedPath, explain, longestMatch, type NlriId, NONE, type Rib, type RibTable } from '@tsbgp/rib';
import { ControlError, type ExplainedRoute, type PathQuery, type PrefixPaths } from '../control-plane.ts';
import { prefixOf, receivedRoute } from './route-view.ts';
import { readPrefix } from './wire-prefix.ts';

/** Paths of one answer. Further ones are only counted. */
export const PATHS_MAX = 1000;

/** Throws ControlError `invalid-argument`, and `not-found` when there is no path. */
export function pathsOf(rib: Rib, query: PathQuery): PrefixPaths {
  const prefix = readPrefix(query.prefix, 'prefix');
  const isLongestMatch = query.longestMatch === true || !query.prefix.includes('/');
  const table = rib.tables.find(({ index }) => index.bitsMax === prefix.bitsMax);
  const nlri = table === undefined ? NONE : isLongestMatch ? longestMatch(table, prefix.octets) : table.index.findWire(prefix.octets, 0);
  const explained = table === undefined || nlri === NONE ? [] : explain(table, nlri as NlriId);
  if (table === undefined || explained.length === 0) {
    const why = isLongestMatch ? `no route covers ${query.prefix}` : `there is no path to ${query.prefix}`;
    throw new ControlError('not-found', 'prefix', why);
  }
  return {
    family: table.family,
    prefix: prefixOf(table, nlri as NlriId),
    paths: explained.slice(0, PATHS_MAX).map((path) => explainedRoute(table, path)),
    pathCount: explained.length,
  };
}

function explainedRoute(table: RibTable, explained: ExplainedPath): ExplainedRoute {
  const { path, outcome } = explained;
  // A decision may still be due. `explain` has made it already, so `best` is taken from there: the answer agrees with itself.
  const route = { ...receivedRoute(table, path), best: outcome === 'best', filtered: outcome === 'filtered' };
  if (outcome === 'filtered') return { route, filterReason: table.filterReason(path) };
  if (outcome !== 'lost') return { route };
  const { step, value, betterValue, by } = explained.defeat;
  return {
    route,
    defeat: {
      step,
      value,
      betterValue,
      betterNeighbor: table.peerOf(by)?.options.name ?? '',
      betterPathIdentifier: table.identifierOf(by),
    },
  };
}
