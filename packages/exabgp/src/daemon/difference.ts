/** What a new configuration changes. */

import { isDeepStrictEqual } from 'node:util';
import type { Route } from '@tsbgp/process-api';
import { type NeighborConfig, neighborName } from '../config/neighbor.ts';

export interface NeighborDifference {
  readonly added: readonly NeighborConfig[];
  /** Names of neighbors that are not in the file any more. */
  readonly removed: readonly string[];
  /** Something changed that both sides agreed on: the session must end. */
  readonly changed: readonly NeighborConfig[];
  /** Only routes, or what programs hear, may have changed. */
  readonly kept: readonly NeighborConfig[];
}

export function differenceOf(before: readonly NeighborConfig[], after: readonly NeighborConfig[]): NeighborDifference {
  const old = new Map(before.map((config) => [neighborName(config), config]));
  const names = new Set(after.map(neighborName));
  const present = (config: NeighborConfig): NeighborConfig | undefined => old.get(neighborName(config));
  const same = (config: NeighborConfig): boolean => isDeepStrictEqual(sessionPart(present(config)!), sessionPart(config));
  return {
    added: after.filter((config) => present(config) === undefined),
    removed: [...old.keys()].filter((name) => !names.has(name)),
    changed: after.filter((config) => present(config) !== undefined && !same(config)),
    kept: after.filter((config) => present(config) !== undefined && same(config)),
  };
}

function sessionPart(config: NeighborConfig): object {
  const { routes: _routes, api: _api, operational: _operational, description: _description, ...rest } = config;
  return rest;
}

export interface RouteDifference {
  readonly gone: readonly Route[];
  readonly changed: readonly Route[];
}

/** Routes that the configuration no longer has, and those that are new or different. */
export function routeDifference(before: readonly Route[], after: readonly Route[]): RouteDifference {
  const old = new Map(before.map((route) => [route.key, route]));
  const wanted = new Map(after.map((route) => [route.key, route]));
  return {
    gone: [...old.values()].filter(({ key }) => !wanted.has(key)),
    changed: [...wanted.values()].filter((route) => {
      const present = old.get(route.key);
      return (
        present === undefined || present.set.key !== route.set.key || present.nlri !== route.nlri || present.watchdog !== route.watchdog
      );
    }),
  };
}
