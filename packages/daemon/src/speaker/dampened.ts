/** Routes that flapped lately, for people: those that are suppressed, and those that are watched (route flap damping, RFC 2439). */
import { type Flapping, NONE, type PathId, type Rib, type RibPeer, type RibTable } from '@tsbgp/rib';
import type { DampenedQuery, DampenedRoute, DampenedRoutes } from '../control-plane.ts';
import { prefixOf } from './route-view.ts';

/** Routes of one answer. Further ones are only counted. */
export const DAMPENED_MAX = 10_000;

interface Found extends Flapping {
  readonly table: RibTable;
  readonly peer: RibPeer;
}

/** `peer` is that of the neighbor that was asked for; undefined: all of them. */
export function dampenedRoutes(rib: Rib, { all = false }: DampenedQuery, peer: RibPeer | undefined): DampenedRoutes {
  const found: Found[] = [];
  for (const each of peer === undefined ? rib.peers : [peer]) {
    if (each?.damping === undefined || !each.up) continue;
    for (const table of rib.tables) {
      for (const flapping of each.damping.historyOf(table.position)?.all(rib.nowSeconds) ?? []) {
        if (all || flapping.isSuppressed) found.push({ ...flapping, table, peer: each });
      }
    }
  }
  found.sort((a, b) => Number(b.isSuppressed) - Number(a.isSuppressed) || b.penalty - a.penalty);
  return { routes: found.slice(0, DAMPENED_MAX).map(routeOf), count: found.length };
}

function routeOf({ table, peer, nlri, penalty, flaps, isSuppressed, reuseSeconds }: Found): DampenedRoute {
  let announced = false;
  for (let path = table.firstPath(nlri) as number; path !== NONE; path = table.nextPath(path as PathId)) {
    if (table.peerIndexOf(path as PathId) === peer.index) announced = true;
  }
  return {
    family: table.family,
    prefix: prefixOf(table, nlri),
    neighbor: peer.options.name,
    penalty: Math.round(penalty),
    flaps,
    suppressed: isSuppressed,
    announced,
    reuseSeconds,
  };
}
