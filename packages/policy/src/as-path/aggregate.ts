/**
 * The AS_PATH of an aggregate of two routes (RFC 4271 §9.2.2.2, appendix F.6): the sequence that both begin with, then a set of all other
 * AS numbers of both.
 */
import type { AsPathSegment } from '@tsbgp/wire';

export function aggregateAsPaths(left: readonly AsPathSegment[], right: readonly AsPathSegment[]): AsPathSegment[] {
  const a = leading(left);
  const b = leading(right);
  let shared = 0;
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++;
  const common = a.slice(0, shared);
  const rest = new Set([...remaining(left, shared), ...remaining(right, shared)].filter((asn) => !common.includes(asn)));
  const segments: AsPathSegment[] = [];
  if (common.length > 0) segments.push({ type: 'sequence', asns: common });
  if (rest.size > 0) segments.push({ type: 'set', asns: [...rest].sort((x, y) => x - y) });
  return segments;
}

/** AS numbers of the sequences in front of the first other segment. */
function leading(segments: readonly AsPathSegment[]): readonly number[] {
  const other = segments.findIndex(({ type }) => type !== 'sequence');
  return segments.slice(0, other === -1 ? segments.length : other).flatMap(({ asns }) => asns);
}

function remaining(segments: readonly AsPathSegment[], skipped: number): readonly number[] {
  return segments.flatMap(({ asns }) => asns).slice(skipped);
}
