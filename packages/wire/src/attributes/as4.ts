/**
 * Between speakers with four-octet AS numbers and speakers with two-octet ones (RFC 6793 §4.2). AS_PATH and AGGREGATOR have AS_TRANS in place of
 * large numbers; AS4_PATH and AS4_AGGREGATOR beside them have the full numbers.
 *
 *   from a two-octet peer, `reconcileAs4`:
 *     1. AGGREGATOR names an AS other than AS_TRANS beside AS4_AGGREGATOR: a two-octet speaker has aggregated again; both AS4_* are ignored.
 *     2. AS4_AGGREGATOR takes the place of AGGREGATOR.
 *     3. AS4_PATH longer than AS_PATH is ignored. Otherwise the ASes that AS_PATH has more, at its head, are prepended to AS4_PATH.
 *   to a two-octet peer, `narrowAs`: the way back.
 */
import { AS_TRANS } from '../codes.ts';
import { type AsPathSegment, asPathLength, isConfederation, SEGMENT_ASNS_MAX } from './as-path.ts';
import { findAttribute, type PathAttribute } from './attribute.ts';
import { OPTIONAL_TRANSITIVE } from './fields.ts';

const TWO_OCTETS_MAX = 0xffff;

/** The attributes as a four-octet speaker would have sent them: AS4_* are merged into the others (RFC 6793 §4.2.3). */
export function reconcileAs4(attributes: readonly PathAttribute[]): PathAttribute[] {
  const aggregator = findAttribute(attributes, 'aggregator');
  const as4Aggregator = findAttribute(attributes, 'as4-aggregator');
  const as4Path = findAttribute(attributes, 'as4-path');
  const aggregatedAnew = aggregator !== undefined && as4Aggregator !== undefined && aggregator.value.as !== AS_TRANS;
  const reconciled: PathAttribute[] = [];
  for (const attribute of attributes) {
    if (attribute.type === 'as4-path' || attribute.type === 'as4-aggregator') continue;
    if (attribute.type === 'as-path' && as4Path !== undefined && !aggregatedAnew) {
      reconciled.push({ ...attribute, value: mergeAsPaths(attribute.value, as4Path.value) });
    } else if (attribute.type === 'aggregator' && as4Aggregator !== undefined && !aggregatedAnew) {
      reconciled.push({ ...attribute, value: as4Aggregator.value });
    } else {
      reconciled.push(attribute);
    }
  }
  return reconciled;
}

/** The attributes in the form that a two-octet speaker can read. AS4_* are added only if a number does not fit (RFC 6793 §4.2.2). */
export function narrowAs(attributes: readonly PathAttribute[]): readonly PathAttribute[] {
  const path = findAttribute(attributes, 'as-path');
  const aggregator = findAttribute(attributes, 'aggregator');
  const widePath = path !== undefined && isWide(path.value);
  const wideAggregator = aggregator !== undefined && aggregator.value.as > TWO_OCTETS_MAX;
  if (!widePath && !wideAggregator) return attributes;
  const narrowed: PathAttribute[] = attributes.filter(
    ({ type }) =>
      !(widePath && (type === 'as-path' || type === 'as4-path')) &&
      !(wideAggregator && (type === 'aggregator' || type === 'as4-aggregator')),
  );
  if (widePath) {
    narrowed.push({ ...path, value: path.value.map(({ type, asns }) => ({ type, asns: asns.map(narrow) })) });
    const told = path.value.filter((segment) => !isConfederation(segment));
    if (isWide(told)) narrowed.push({ type: 'as4-path', flags: OPTIONAL_TRANSITIVE, value: told });
  }
  if (wideAggregator) {
    narrowed.push({ ...aggregator, value: { ...aggregator.value, as: AS_TRANS } });
    narrowed.push({ type: 'as4-aggregator', flags: OPTIONAL_TRANSITIVE, value: aggregator.value });
  }
  return narrowed;
}

/** RFC 6793 §4.2.3: AS4_PATH, preceded by the ASes that AS_PATH has more. */
export function mergeAsPaths(asPath: readonly AsPathSegment[], as4Path: readonly AsPathSegment[]): AsPathSegment[] {
  // RFC 6793 §6: confederation segments in AS4_PATH are ignored.
  const told = as4Path.filter((segment) => !isConfederation(segment));
  let missing = asPathLength(asPath) - asPathLength(told);
  if (missing < 0 || told.length === 0) return [...asPath];
  const merged: AsPathSegment[] = [];
  for (const segment of asPath) {
    if (isConfederation(segment)) {
      // It does not count. It is prepended if it is before or after a segment that is prepended whole.
      merged.push(segment);
      continue;
    }
    if (missing === 0) break;
    const { type, asns } = segment;
    const taken = type === 'sequence' ? Math.min(asns.length, missing) : asns.length;
    merged.push({ type, asns: asns.slice(0, taken) });
    missing -= type === 'sequence' ? taken : 1;
    if (taken < asns.length) break;
  }
  const [first, ...rest] = told;
  const last = merged.at(-1);
  // Two parts of one sequence become one sequence again.
  if (last?.type === 'sequence' && first?.type === 'sequence' && last.asns.length + first.asns.length <= SEGMENT_ASNS_MAX) {
    merged[merged.length - 1] = { type: 'sequence', asns: [...last.asns, ...first.asns] };
    return [...merged, ...rest];
  }
  return [...merged, ...told];
}

function narrow(asn: number): number {
  return asn > TWO_OCTETS_MAX ? AS_TRANS : asn;
}

function isWide(segments: readonly AsPathSegment[]): boolean {
  return segments.some(({ asns }) => asns.some((asn) => asn > TWO_OCTETS_MAX));
}
