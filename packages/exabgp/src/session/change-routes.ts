/** Routes of a command, given to the neighbors that it selects. */
import { CommandError, type Purpose, type Route } from '@tsbgp/process-api';
import type { Neighbor } from './neighbor.ts';

/** Throws CommandError when no neighbor takes any of the routes. */
export function changeRoutes(neighbors: readonly Neighbor[], routes: readonly Route[], purpose: Purpose): void {
  let taken = false;
  for (const route of routes) {
    for (const neighbor of neighbors) {
      if (!neighbor.takes(route.family)) continue;
      taken = true;
      if (purpose === 'announce' && route.startsWithdrawn !== true) neighbor.announce(route);
      else if (purpose === 'announce') neighbor.watchdogs.add(route);
      else neighbor.withdraw(route);
    }
  }
  if (taken) return;
  throw new CommandError(neighbors.length === 0 ? 'no neighbor is selected' : 'no selected neighbor has the family of the route');
}
