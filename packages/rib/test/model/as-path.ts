/** AS_PATH in the naive reference: what is done to it on the way in and out. */
import type { AsPathSegment } from '@tsbgp/wire';
import type { ModelPeer } from './route.ts';

export type AsPath = readonly AsPathSegment[];

const SEGMENT_MAX = 255;

export function isConfederationSegment({ type }: AsPathSegment): boolean {
  return type === 'confed-sequence' || type === 'confed-set';
}

/** RFC 4271 §9.1.2.2 a, RFC 5065 §5.3. */
export function pathLength(path: AsPath): number {
  return path.reduce((sum, { type, asns }) => sum + (type === 'sequence' ? asns.length : type === 'set' ? 1 : 0), 0);
}

/** RFC 4271 §5.1.2 b, RFC 5065 §4.1: into the first segment if it is of that type and has room, else into a new one. */
export function prepended(path: AsPath, type: AsPathSegment['type'], ases: readonly number[]): AsPath {
  const [first, ...rest] = path;
  if (ases.length === 0) return path;
  if (first?.type !== type || first.asns.length + ases.length > SEGMENT_MAX) return [{ type, asns: [...ases] }, ...path];
  return [{ type, asns: [...ases, ...first.asns] }, ...rest];
}

/** What the peers of this session get. */
export function sentPath(path: AsPath, to: ModelPeer): AsPath {
  if (to.relation === 'internal') return path;
  if (to.relation === 'member') return prepended(path, 'confed-sequence', [to.localAs]);
  const outside = path.filter((segment) => !isConfederationSegment(segment));
  const ours = to.asPath.behindLocal === undefined ? [to.localAs] : [to.localAs, to.asPath.behindLocal];
  return prepended(overridden(withoutPrivate(outside, to), to), 'sequence', ours);
}

/** RFC 6996. The AS of the peer itself is never taken away. */
function withoutPrivate(path: AsPath, to: ModelPeer): AsPath {
  const { removePrivate } = to.asPath;
  const goes = (as: number) => isPrivate(as) && as !== to.as;
  if (removePrivate === undefined) return path;
  if (removePrivate === 'replace') return path.map(({ type, asns }) => ({ type, asns: asns.map((as) => (goes(as) ? to.localAs : as)) }));
  if (removePrivate === 'remove' && !path.every(({ asns }) => asns.every(isPrivate))) return path;
  return path.map(({ type, asns }) => ({ type, asns: asns.filter((as) => !goes(as)) })).filter(({ asns }) => asns.length > 0);
}

function overridden(path: AsPath, to: ModelPeer): AsPath {
  if (!to.asPath.override) return path;
  return path.map(({ type, asns }) => ({ type, asns: asns.map((as) => (as === to.as ? to.localAs : as)) }));
}

function isPrivate(as: number): boolean {
  return (as >= 64_512 && as <= 65_534) || (as >= 4_200_000_000 && as <= 4_294_967_294);
}
