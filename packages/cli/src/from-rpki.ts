/** States of RPKI from the API, in the words of the program. */
import { AspaState, RovState } from '@tsbgp/api';
import type { AspaView, RovView } from './views/route.ts';

/** Undefined: not checked, or from a daemon that does not say. */
export function rovView(state: RovState): RovView | undefined {
  return ROV[state];
}

/** As `rovView`. */
export function aspaView(state: AspaState): AspaView | undefined {
  return ASPA[state];
}

const ROV: Partial<Record<RovState, RovView>> = {
  [RovState.VALID]: 'valid',
  [RovState.NOT_FOUND]: 'not-found',
  [RovState.INVALID]: 'invalid',
};

const ASPA: Partial<Record<AspaState, AspaView>> = {
  [AspaState.VALID]: 'valid',
  [AspaState.UNKNOWN]: 'unknown',
  [AspaState.INVALID]: 'invalid',
};
