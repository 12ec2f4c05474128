/** Conditions on AS_PATH: patterns, and the AS numbers in it. */
import { AsSet } from '../as-path/as-set.ts';
import { firstAs, originAs } from '../as-path/octets.ts';
import type { AsPathPattern } from '../as-path/pattern.ts';
import type { OwnNumber } from '../community/own-numbers.ts';
import { NOBODY } from '../route/members.ts';
import { type ReadBits, Reads } from '../route/reads.ts';
import type { Condition, RouteState } from './condition.ts';

export type PatternMatch = 'any' | 'none' | 'all';

export function asPathCondition(
  patterns: readonly AsPathPattern[],
  label: string,
  match: PatternMatch = 'any',
  dialect = 'cisco',
): Condition {
  const text = `AS path ${match === 'none' ? 'matches none of' : match === 'all' ? 'matches all of' : 'matches'} ${label}`;
  const matches = ({ route }: RouteState, pattern: AsPathPattern): boolean => pattern.test(route.segments, route.pathText);
  return {
    text,
    key: `${text} ${dialect} ${JSON.stringify(patterns.map(({ source }) => source))}`,
    reads: Reads.Attributes,
    test(state) {
      if (match === 'all') return patterns.every((pattern) => matches(state, pattern));
      return patterns.some((pattern) => matches(state, pattern)) === (match === 'any');
    },
    found(state) {
      const pattern = patterns.find((one) => matches(state, one));
      return `AS path "${state.route.pathText()}"${pattern === undefined ? '' : `, matched by "${pattern.source}"`}`;
    },
  };
}

/** Which AS numbers of the path are looked at. `first` is the neighbor's in most cases; `origin` as in RFC 6811. */
export type AsPosition = 'first' | 'origin' | 'any';

/** AS numbers of a set, and the neighbor's own. */
export interface AsNumbers {
  readonly set: AsSet;
  readonly own: readonly OwnNumber[];
}

const OWN_READS: Readonly<Record<OwnNumber, ReadBits>> = { 'peer-as': Reads.PeerAs, 'local-as': Reads.LocalAs };

/** Whether an AS number at this position is in the set or is the neighbor's own. An empty path has none. */
export function asNumberCondition(position: AsPosition, numbers: AsNumbers, label: string): Condition {
  const { set, own } = numbers;
  const text = `${position} AS in ${label}`;
  const candidates = ({ route }: RouteState): readonly number[] => {
    if (position === 'any') return route.segments.flatMap(({ asns }) => asns);
    const one = position === 'first' ? firstAs(route.segments) : originAs(route.segments);
    return one === undefined ? [] : [one];
  };
  return {
    text,
    key: `${text} ${set.text} ${own.join()}`,
    reads: own.reduce<ReadBits>((reads, name) => reads | OWN_READS[name], Reads.Attributes),
    test: (state, peer) =>
      candidates(state).some(
        (asn) => set.has(asn) || (peer !== undefined && own.some((name) => asn === (name === 'peer-as' ? peer.as : peer.localAs))),
      ),
    members(state, members) {
      const asns = candidates(state);
      if (asns.some((asn) => set.has(asn))) return members.all;
      return asns.reduce((found, asn) => own.reduce((sum, name) => sum | members.withOwnNumber(name, 32, asn), found), NOBODY);
    },
    found: (state) => `${position} AS ${candidates(state).join(' ') || 'absent'}`,
  };
}
