/** Changes of an AS_PATH, as functions from segments to segments. */
import type { AsPathSegment } from '@tsbgp/wire';
import { AsSet } from './as-set.ts';
import { isConfederation } from './octets.ts';

/** RFC 6996 §5. */
export const PRIVATE_ASNS: AsSet = new AsSet([
  [64_512, 65_534],
  [4_200_000_000, 4_294_967_294],
]);

/** Puts AS numbers in front: into the first sequence, or into a new one. Sequences of more than 255 are divided when they are written. */
export function prependAsns(segments: readonly AsPathSegment[], asns: readonly number[]): AsPathSegment[] {
  if (asns.length === 0) return [...segments];
  const [first, ...rest] = segments;
  return first?.type === 'sequence'
    ? [{ type: 'sequence', asns: [...asns, ...first.asns] }, ...rest]
    : [{ type: 'sequence', asns: [...asns] }, ...segments];
}

/**
 * One path in front of another. A sequence of a confederation that begins the other one goes when a plain sequence comes before it: the
 * route has left the confederation (RFC 5065 §5.3).
 */
export function prependPath(front: readonly AsPathSegment[], segments: readonly AsPathSegment[]): AsPathSegment[] {
  const kept = segments.findIndex(({ type }) => type !== 'confed-sequence');
  const rest = front.at(-1)?.type === 'sequence' ? segments.slice(kept === -1 ? segments.length : kept) : segments;
  return [...front, ...rest];
}

/** Without the AS numbers for which `isGone` holds; segments that become empty go. */
export function withoutAsns(segments: readonly AsPathSegment[], isGone: (asn: number) => boolean): AsPathSegment[] {
  return segments.map(({ type, asns }) => ({ type, asns: asns.filter((asn) => !isGone(asn)) })).filter(({ asns }) => asns.length > 0);
}

export function replaceAsns(segments: readonly AsPathSegment[], isReplaced: (asn: number) => boolean, by: number): AsPathSegment[] {
  return segments.map(({ type, asns }) => ({ type, asns: asns.map((asn) => (isReplaced(asn) ? by : asn)) }));
}

/** How private AS numbers go: `all` of them; `if-only` where the path has no others; `replace` each by our own AS. */
export type RemovePrivateMode = 'all' | 'if-only' | 'replace';

/** Segments of a confederation are left alone: their private numbers are members of ours (RFC 5065). */
export function removePrivateAsns(segments: readonly AsPathSegment[], mode: RemovePrivateMode, localAs: number): AsPathSegment[] {
  const own = segments.filter(isConfederation);
  const outside = segments.filter((segment) => !isConfederation(segment));
  const isPrivate = (asn: number): boolean => PRIVATE_ASNS.has(asn);
  if (mode === 'replace') return [...own, ...replaceAsns(outside, isPrivate, localAs)];
  if (mode === 'if-only' && !outside.every(({ asns }) => asns.every(isPrivate))) return [...segments];
  return [...own, ...withoutAsns(outside, isPrivate)];
}
