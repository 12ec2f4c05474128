/**
 * The key `match` of a statement: conditions, all of which must hold. A value is what is looked for; `{ set: NAME }` is a set of the
 * section
 * `sets`, with `match: any | none | all` (communities also `only`, prefixes also `covered`).
 */
import { parseFamily } from '@tsbgp/wire';
import { ORIGIN_NAMES } from '../change/numbers.ts';
import { CommunitySet, type SetMatch } from '../community/set.ts';
import { type AsPosition, asNumberCondition, asPathCondition, type PatternMatch } from '../condition/as-path.ts';
import { communityCondition } from '../condition/communities.ts';
import type { Condition } from '../condition/condition.ts';
import { allOf, anyOf, not } from '../condition/logic.ts';
import { describePeerFilter, type NeighborSide, neighborCondition } from '../condition/neighbor.ts';
import {
  aspaCondition,
  communityCountCondition,
  familyCondition,
  localPrefCondition,
  medCondition,
  type NumberRange,
  originCondition,
  pathIdentifierCondition,
  pathLengthCondition,
  prefixLengthCondition,
  routeTypeCondition,
  rovCondition,
  tagCondition,
} from '../condition/numbers.ts';
import { nextHopCondition, nextHopPeerCondition, type PrefixMatch, prefixCondition } from '../condition/prefix.ts';
import { ASPA_NAMES, ROV_NAMES, type RouteType } from '../route/route.ts';
import { describe, type Path } from './problems.ts';
import type { NamedSets, SetKind, SetKinds } from './sets.ts';
import { asMapping, type KeyReader, listOf, readMapping, readRange, readTexts, readWords } from './values.ts';

const ROUTE_TYPES: readonly RouteType[] = ['local', 'internal', 'external'];
const EXAMPLE = 'match: { prefix: { set: customers }, as-path-length: "<= 50" }';
const MATCHES: Readonly<Record<SetKind, readonly string[]>> = {
  prefixes: ['any', 'none', 'all', 'covered'],
  'as-numbers': ['any'],
  'as-paths': ['any', 'none', 'all'],
  communities: ['any', 'none', 'all', 'only'],
  neighbors: ['any'],
};
/** `any`, `all` and `not` inside each other. */
const DEPTH_MAX = 32;

/** The conditions of the mapping, in its order. */
export function readMatch(sets: NamedSets, value: unknown, path: Path, depth = 0): Condition[] {
  const { problems } = sets;
  const conditions: Condition[] = [];
  if (depth > DEPTH_MAX) {
    problems.invalid(
      path,
      value,
      { allowed: `at most ${DEPTH_MAX} levels of any, all and not`, example: EXAMPLE },
      'conditions inside conditions inside …',
    );
    return [];
  }
  const add = (condition: Condition | undefined): void => {
    if (condition !== undefined) conditions.push(condition);
  };
  const range =
    (make: (range: NumberRange) => Condition): KeyReader =>
    (inner, at) => {
      const found = readRange(problems, inner, at, `${at.at(-1)}: ">= 5"`);
      if (found !== undefined) add(make(found));
    };
  const words =
    (names: readonly string[], make: (indexes: readonly number[]) => Condition): KeyReader =>
    (inner, at) => {
      const indexes = readWords(problems, inner, at, names, `${at.at(-1)}: ${names[0]}`);
      if (indexes.length > 0) add(make(indexes));
    };
  const nested = (inner: unknown, at: Path): Condition[] =>
    listOf(inner).flatMap((one, index) => {
      const place = Array.isArray(inner) ? [...at, index] : at;
      const problemsBefore = problems.list.length;
      const found = readMatch(sets, one, place, depth + 1);
      if (found.length > 0) return [allOf(found)];
      // Without conditions it would match everything: hardly what "not" or "any" was meant to say.
      if (problems.list.length === problemsBefore)
        problems.invalid(place, one, { allowed: 'conditions', example: EXAMPLE }, 'no conditions');
      return [];
    });
  const asns =
    (position: AsPosition): KeyReader =>
    (inner, at) => {
      const { set, label } = setOrValue(sets, 'as-numbers', inner, at, (one, place) => sets.readAsNumbers(one, place));
      if (set !== undefined) add(asNumberCondition(position, set, label));
    };
  const neighbor =
    (side: NeighborSide): KeyReader =>
    (inner, at) => {
      const name = asMapping(inner)?.['set'];
      if (name === undefined) {
        const filter = sets.readNeighbors(inner, at);
        add(neighborCondition(side, filter, describePeerFilter(filter)));
        return;
      }
      const { set, label } = setOrValue(sets, 'neighbors', inner, at, () => undefined);
      if (set !== undefined) add(neighborCondition(side, set, label));
    };
  const readers: Record<string, KeyReader> = {
    prefix(inner, at) {
      const { set, label, match } = setOrValue(sets, 'prefixes', inner, at, (one, place) => sets.readPrefixes(one, place));
      if (set !== undefined) add(prefixCondition(set, label, match as PrefixMatch));
    },
    'prefix-length': range(prefixLengthCondition),
    family(inner, at) {
      const found = readTexts(problems, inner, at, FAMILY).map((text) => parseFamily(text) ?? problems.invalid(at, text, FAMILY));
      if (found.every((family) => family !== undefined)) add(familyCondition(found));
    },
    'as-path'(inner, at) {
      const { set, label, match } = setOrValue(sets, 'as-paths', inner, at, (one, place) => sets.readAsPaths(one, place));
      if (set !== undefined) add(asPathCondition(set, label, match as PatternMatch));
    },
    'as-path-length': range(pathLengthCondition),
    'first-as': asns('first'),
    'origin-as': asns('origin'),
    'any-as': asns('any'),
    communities(inner, at) {
      const { set, label, match } = setOrValue(
        sets,
        'communities',
        inner,
        at,
        (one, place) => new CommunitySet(sets.readCommunities(one, place)),
      );
      if (set !== undefined) add(communityCondition(set, label, match as SetMatch));
    },
    'community-count': range((found) => communityCountCondition(found)),
    'large-community-count': range((found) => communityCountCondition(found, 'large')),
    'standard-community-count': range((found) => communityCountCondition(found, 'standard')),
    'extended-community-count': range((found) => communityCountCondition(found, 'extended')),
    'local-preference': range(localPrefCondition),
    med: range(medCondition),
    origin: words(ORIGIN_NAMES, originCondition),
    'next-hop'(inner, at) {
      if (inner === 'peer' || inner === 'same-as') return add(nextHopPeerCondition(inner));
      const { set, label } = setOrValue(sets, 'prefixes', hostOrSet(inner), at, (one, place) => sets.readPrefixes(one, place));
      if (set !== undefined) add(nextHopCondition(set, label));
    },
    'route-type': words(ROUTE_TYPES, (indexes) => routeTypeCondition(indexes.map((index) => ROUTE_TYPES[index]!))),
    rov: words(ROV_NAMES, rovCondition),
    aspa: words(ASPA_NAMES, aspaCondition),
    'path-identifier': range(pathIdentifierCondition),
    tag: range(tagCondition),
    neighbor: neighbor('peer'),
    source: neighbor('source'),
    any: (inner, at) => add(anyOf(nested(inner, at))),
    all: (inner, at) => nested(inner, at).forEach(add),
    not: (inner, at) => nested(inner, at).forEach((condition) => add(not(condition))),
  };
  readMapping(problems, value, path, readers, EXAMPLE);
  return conditions;
}

const FAMILY = { allowed: 'the name of a family', example: 'family: ipv4-unicast' };

interface Found<S> {
  /** undefined: a problem was told. */
  readonly set: S | undefined;
  /** For texts: the name of the set, or its values. */
  readonly label: string;
  readonly match: SetMatch | PrefixMatch;
}

/** `{ set: NAME, match: any }`, `{ values: […], match: none }`, or the values alone. */
function setOrValue<K extends SetKind>(
  sets: NamedSets,
  kind: K,
  value: unknown,
  path: Path,
  read: (value: unknown, path: Path) => SetKinds[K] | undefined,
): Found<SetKinds[K]> {
  const mapping = asMapping(value);
  if (mapping === undefined) return { set: read(value, path), label: shortList(value), match: 'any' };
  let found: SetKinds[K] | undefined;
  let label = '';
  let match: SetMatch | PrefixMatch = 'any';
  const allowedMatches = MATCHES[kind];
  const isWhole = readMapping(
    sets.problems,
    value,
    path,
    {
      set(inner, at) {
        label = typeof inner === 'string' ? inner : describe(inner);
        found = typeof inner === 'string' ? sets.get(kind, inner) : undefined;
        const names = sets.namesOf(kind);
        const expected = { allowed: names.length === 0 ? `a name of "sets.${kind}", which is empty` : names.join(', '), example: '' };
        if (found === undefined) sets.problems.add('unknown-name', at, `no set of ${kind} called ${describe(inner)}`, expected);
      },
      values(inner, at) {
        label = shortList(inner);
        found = read(inner, at);
      },
      match: (inner, at) =>
        (match = (allowedMatches[readWords(sets.problems, inner, at, allowedMatches, 'match: none')[0] ?? 0] ?? 'any') as
          | SetMatch
          | PrefixMatch),
    },
    '{ set: NAME, match: none }',
  );
  if (isWhole && found === undefined && label === '') {
    sets.problems.add('missing-key', path, 'neither set nor values', { allowed: 'one of them', example: '{ set: NAME }' });
  }
  return { set: found, label, match };
}

const SHOWN_MAX = 4;

function shortList(value: unknown): string {
  const values = listOf(value).map((one) => (typeof one === 'object' ? describe(one) : String(one)));
  return values.length <= SHOWN_MAX
    ? values.join(' or ')
    : `${values.slice(0, SHOWN_MAX).join(' or ')} or ${values.length - SHOWN_MAX} more`;
}

/** Addresses among prefixes are prefixes of all their bits. */
function hostOrSet(value: unknown): unknown {
  const host = (one: unknown): unknown => (typeof one === 'string' && !one.includes('/') ? `${one}/${one.includes(':') ? 128 : 32}` : one);
  return asMapping(value) !== undefined ? value : Array.isArray(value) ? value.map(host) : host(value);
}
