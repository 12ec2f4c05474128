/**
 * Verification of AS_PATHs with ASPAs (draft-ietf-sidrops-aspa-verification). It finds routes that an AS passed on although it got them from a
 * provider or peer (route leaks, RFC 7908), and paths with forged hops.
 *
 * A path is good if it goes up from customers to providers, then perhaps across between two peers, and then only down to customers:
 *
 *            AS(3) ---- AS(4)
 *           /                \            AS(1) is the origin, AS(N) our neighbor
 *        AS(2)              AS(5)
 *         /                    \
 *      AS(1)                  AS(6)
 *
 * 1. A path without an AS, or with an AS_SET, is invalid (§6, and RFC 9774).
 * 2. Unless we are the client of a route server, the first AS must be that of our neighbor.
 * 3. Repetitions of an AS count once.
 * 4. Upstream (§6.1): the neighbor is our customer, peer or client. The path may only go up: no hop may be denied, and the path is
 *    valid when each is attested.
 * 5. Downstream (§6.2): the neighbor is our provider. Some way up from the origin and some way down to the neighbor must meet, with one
 *    hop across between them at most. If even the longest ramps that ASPAs do not deny fail to meet, the path is invalid. If those do, but
 *    not the ramps that ASPAs attest, it is unknown.
 */
import type { AsPathSegment } from '@tsbgp/wire';
import { Role } from '@tsbgp/wire';
import type { AspaTable } from './aspa-table.ts';

/** State of an AS_PATH (draft-ietf-sidrops-aspa-verification §6). */
export type AspaState = 'valid' | 'invalid' | 'unknown';
/** Upstream: the path went up to us, from customers or across from a peer. Downstream: it came down from a provider. */
export type AspaDirection = 'upstream' | 'downstream';

/** Which procedure applies, from our role towards the neighbor (RFC 9234 §4.1). Only a customer gets routes that came down. */
export function aspaDirection(localRole: number): AspaDirection {
  return localRole === Role.Customer ? 'downstream' : 'upstream';
}

/** How a path came to us. */
export interface VerifyOptions {
  readonly direction: AspaDirection;
  /** The neighbor's AS, unless the neighbor is a route server: it may leave its AS out of the path. @default not compared */
  readonly neighborAs?: number | undefined;
}

/** The state of an AS_PATH as `@tsbgp/wire` decodes it. Segments of a confederation do not count. */
export function verifyAsPath(table: AspaTable, segments: readonly AsPathSegment[], options: VerifyOptions): AspaState {
  const asns: number[] = [];
  for (const { type, asns: some } of segments) {
    if (type === 'set') return 'invalid';
    if (type === 'sequence') asns.push(...some);
  }
  return verifyAsns(table, asns, options);
}

/** The state of a path of AS numbers, the neighbor first and the origin last. Repetitions are allowed. */
export function verifyAsns(table: AspaTable, path: ArrayLike<number>, { direction, neighborAs }: VerifyOptions): AspaState {
  if (path.length === 0) return 'invalid';
  if (neighborAs !== undefined && path[0] !== neighborAs) return 'invalid';
  return direction === 'upstream' ? upstream(table, path) : downstream(table, path);
}

function upstream(table: AspaTable, path: ArrayLike<number>): AspaState {
  let state: AspaState = 'valid';
  for (let i = path.length - 1; i > 0; i--) {
    if (path[i] === path[i - 1]) continue;
    const hop = table.hop(path[i]!, path[i - 1]!);
    if (hop === 'not-provider') return 'invalid';
    if (hop === 'no-attestation') state = 'unknown';
  }
  return state;
}

/**
 * A ramp of n ASes is n - 1 hops. Ramps meet when they hold all N ASes of the path together: with N, one hop is between them; with more, they
 * share ASes.
 */
function downstream(table: AspaTable, path: ArrayLike<number>): AspaState {
  let count = 1;
  for (let i = 1; i < path.length; i++) if (path[i] !== path[i - 1]) count++;
  const up = rampLengths(table, path, path.length - 1, -1, count);
  const down = rampLengths(table, path, 0, 1, count);
  if (up.longest + down.longest < count) return 'invalid';
  return up.attested + down.attested < count ? 'unknown' : 'valid';
}

/** Ramp lengths in ASes, from index `from` on: `longest` until a hop is denied, `attested` until a hop is not attested. */
function rampLengths(
  table: AspaTable,
  path: ArrayLike<number>,
  from: number,
  step: 1 | -1,
  count: number,
): { longest: number; attested: number } {
  let length = 1;
  let attested = 0;
  for (let i = from; path[i + step] !== undefined; i += step) {
    if (path[i] === path[i + step]) continue;
    const hop = table.hop(path[i]!, path[i + step]!);
    if (hop !== 'provider' && attested === 0) attested = length;
    if (hop === 'not-provider') return { longest: length, attested };
    length++;
  }
  return { longest: count, attested: attested === 0 ? count : attested };
}
