/**
 * The changes in the lab: every few seconds a peer loses some routes, gets them back by another path, or moves some to another path without
 * losing them. The sequence of a peer is the same in every run.
 */
import { mix } from './topology.ts';

export interface FlapPlan {
  readonly kind: 'withdraw' | 'restore' | 'move';
  /** Indexes into the peer's list of routes. */
  readonly routes: readonly number[];
}

/** Most routes that are lost at a time: a small part of the table. */
export const FLAP_SIZE_MAX = 12;

/** Never ends. `restore` brings back what the last `withdraw` took. */
export function* flapPlans(seed: number, routeCount: number): Generator<FlapPlan, never> {
  for (let round = 0; ; round++) {
    const lost = pick(seed, round, 1, routeCount);
    yield { kind: 'withdraw', routes: lost };
    yield { kind: 'restore', routes: lost };
    if (mix(seed, round, 2) % 2 === 0) yield { kind: 'move', routes: pick(seed, round, 3, routeCount) };
  }
}

function pick(seed: number, round: number, salt: number, routeCount: number): number[] {
  const count = 3 + (mix(seed, round, salt) % (FLAP_SIZE_MAX - 2));
  const picked = new Set<number>();
  for (let i = 0; i < count; i++) picked.add(mix(seed, round, salt, i) % routeCount);
  return [...picked];
}
