/**
 * What a policy written in TypeScript looks like:
 *
 *     import { definePolicy } from '@tsbgp/policy';
 *
 *     export default definePolicy({
 *       import(route, peer) {
 *         if (route.asPathLength > 50) return { reject: 'as-path-too-long' };
 *         if (route.has('64512:110')) route.localPref = 110;
 *         return 'accept';
 *       },
 *     });
 *
 * The functions must be pure: the same values give the same answer. Verdicts are kept for all routes and neighbors with the same values of
 * what a call read, so the clock, a random number or a variable of the module has no place in them.
 */
import type { PeerKind, PeerRole } from '../route/peer.ts';
import type { RouteType } from '../route/route.ts';

/** `undefined`: no opinion; the next policy, or the default, decides. */
export type ScriptDecision = 'accept' | 'reject' | { readonly reject: string } | undefined;

/** ROV states (RFC 6811 §2). */
export type RovWord = 'not-checked' | 'valid' | 'not-found' | 'invalid';
/** ASPA states. */
export type AspaWord = 'not-checked' | 'valid' | 'unknown' | 'invalid';
/** Values of ORIGIN. */
export type OriginWord = 'igp' | 'egp' | 'incomplete';

/** The route. What is set can be read again. Setting a value that cannot be throws, which rejects the route. */
export interface ScriptRoute {
  /**
   * `192.0.2.0/24`; `no prefix` for families without prefixes. Reading it makes the verdict one of this prefix only, as for the two below.
   */
  readonly prefix: string;
  /** Bits; -1 for families without prefixes. */
  readonly prefixLength: number;
  readonly pathIdentifier: number;
  /** Whether the prefix is in a set, e.g. one made by `prefixSet`. Reads the prefix. */
  isIn(set: { has(isIpv6: boolean, address: { w0: number; w1: number; w2: number; w3: number }, length: number): boolean }): boolean;
  /** `ipv4-unicast` */
  readonly family: string;
  /** AS numbers from the left, sets flattened in ascending order. */
  readonly asPath: readonly number[];
  /** A set counts as one. */
  readonly asPathLength: number;
  readonly firstAs: number | undefined;
  /** Undefined where the path is empty or ends with a set (RFC 6811). */
  readonly originAs: number | undefined;
  /** Whether a pattern for AS paths matches, e.g. `_65001$`. */
  matchesAsPath(pattern: string): boolean;
  /** All kinds, as texts: `64512:1`, `64512:1:2`, `rt:64512:1`, `no-export`. */
  readonly communities: readonly string[];
  /** Whether a community matches the pattern: `64512:1`, `64512:*`, `64512:0:{peer-as}`. */
  has(pattern: string): boolean;
  /** Adds one community of any kind; `{peer-as}` may stand in it. Throws TypeError. */
  addCommunity(community: string): void;
  /** Removes all that match the pattern. Throws TypeError. */
  removeCommunities(pattern: string): void;
  /** Repeats the AS number in front of the path. @default once */
  prepend(asn: number, count?: number): void;
  localPref: number | undefined;
  med: number | undefined;
  origin: OriginWord;
  /** An address; `self` and `unchanged` can be set too. */
  nextHop: string | undefined;
  readonly rov: RovWord;
  readonly aspa: AspaWord;
  readonly routeType: RouteType;
  /** The neighbor that the route came from; undefined for a local route. */
  readonly source: { readonly address: string; readonly as: number; readonly group: string | undefined } | undefined;
}

/** The neighbor for which the policy is evaluated. Each field that is read divides verdicts by its values. */
export interface ScriptPeer {
  readonly address: string;
  readonly as: number;
  readonly localAs: number;
  readonly group: string | undefined;
  readonly role: PeerRole | undefined;
  readonly tags: readonly string[];
  readonly kind: PeerKind;
}

/** What a policy may count and tell. Counts are evaluations, not routes. */
export interface ScriptTell {
  /** Adds to a counter of this name. At most METRICS_MAX names; further ones are left out. */
  count(name: string, by?: number): void;
  /** Tells the host of something. */
  event(name: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}

/** Decides about one route for one neighbor. */
export type ScriptFunction = (route: ScriptRoute, peer: ScriptPeer, tell: ScriptTell) => ScriptDecision;

/** A policy in TypeScript: a function for each direction; one may be missing. */
export interface ScriptDefinition {
  readonly import?: ScriptFunction | undefined;
  readonly export?: ScriptFunction | undefined;
}

/** Gives the definition back: only for its types. */
export function definePolicy(definition: ScriptDefinition): ScriptDefinition {
  return definition;
}

/** What is wrong with the default export of a policy file; undefined when it is a definition. */
export function definitionProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'the file has no default export made by definePolicy({ … })';
  const known = ['import', 'export'];
  const { import: importing, export: exporting } = value as ScriptDefinition;
  if (importing === undefined && exporting === undefined) return 'the policy has neither import nor export';
  for (const [name, fn] of Object.entries(value)) {
    if (!known.includes(name)) return `the policy has "${name}", allowed are import and export`;
    if (fn !== undefined && typeof fn !== 'function') return `${name} is not a function`;
  }
  return undefined;
}
