/**
 * A policy, compiled: one function from a route to a verdict, with a promise about what it looks at.
 *
 * The promise is what makes policy cheap. A table has far fewer attribute sets than routes, so the RIB asks
 *
 *     'nothing'      once per peer: the verdict is `constant`
 *     'attributes'   once per attribute set, and keeps the verdict beside it
 *     'route'        once per route: the prefix, or where it came from, matters too
 *
 * Today a policy accepts all or denies all. Statements come between the two and the default that stands here.
 */
import type { Family, PathAttribute } from '@tsbgp/wire';
import { ACCEPT, REJECT, type Verdict } from './verdict.ts';

export type DefaultAction = 'accept-all' | 'deny-all';
export type Direction = 'import' | 'export';
export type PeerType = 'ebgp' | 'ibgp';
export type DependsOn = 'nothing' | 'attributes' | 'route';

export interface PolicyConfig {
  readonly direction: Direction;
  readonly peerType: PeerType;
  /** What happens to a route that nothing else decides. Undefined: what RFC 8212 demands. */
  readonly defaultAction?: DefaultAction | undefined;
}

/** What a policy may look at. Getters are free to decode late: a policy that depends on less never calls them. */
export interface RouteView {
  readonly family: Family;
  readonly prefix: string;
  /** The neighbor it came from; '' for one injected here. */
  readonly neighbor: string;
  readonly attributes: readonly PathAttribute[];
}

export interface Policy {
  readonly direction: Direction;
  readonly dependsOn: DependsOn;
  /** Present when `dependsOn` is 'nothing'. */
  readonly constant: Verdict | undefined;
  /** Pure: the same view gives the same verdict for the life of this policy. */
  evaluate(route: RouteView): Verdict;
}

/** RFC 8212 §2: without policy an eBGP session imports and exports nothing; iBGP is not concerned. */
export function defaultActionOf(peerType: PeerType): DefaultAction {
  return peerType === 'ebgp' ? 'deny-all' : 'accept-all';
}

export function compilePolicy(config: PolicyConfig): Policy {
  const verdict = (config.defaultAction ?? defaultActionOf(config.peerType)) === 'accept-all' ? ACCEPT : REJECT;
  return { direction: config.direction, dependsOn: 'nothing', constant: verdict, evaluate: () => verdict };
}
