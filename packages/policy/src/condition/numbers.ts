/** Conditions that compare a number, or a word out of a few. */
import { asPathLength, type Family, formatFamily } from '@tsbgp/wire';
import { ORIGIN_NAMES } from '../change/numbers.ts';
import type { CommunityKind } from '../community/community.ts';
import { type ReadBits, Reads } from '../route/reads.ts';
import { ASPA_NAMES, NO_PREFIX, ROV_NAMES, type RouteType } from '../route/route.ts';
import type { Condition, RouteState } from './condition.ts';

/** Both ends count. `isAbsent`: matches where there is no such number, and only there. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isAbsent?: boolean | undefined;
}

export function rangeText({ min, max, isAbsent }: NumberRange): string {
  if (isAbsent === true) return 'absent';
  if (min === max) return `= ${min}`;
  if (max === Number.POSITIVE_INFINITY) return `>= ${min}`;
  return min <= 0 ? `<= ${max}` : `${min} to ${max}`;
}

/** AS_PATH length as in the decision process: a set counts as one (RFC 4271 §9.1.2.2 a). */
export function pathLengthCondition(range: NumberRange): Condition {
  return numberCondition('AS path length', Reads.Attributes, range, ({ route }) => asPathLength(route.segments));
}

export function medCondition(range: NumberRange): Condition {
  return numberCondition('MED', Reads.Attributes, range, ({ route }) => route.med);
}

export function localPrefCondition(range: NumberRange): Condition {
  return numberCondition('LOCAL_PREF', Reads.Attributes, range, ({ route }) => route.localPref);
}

/** Without `kind`, communities of all kinds together. */
export function communityCountCondition(range: NumberRange, kind?: CommunityKind): Condition {
  return numberCondition(`number of ${kind ?? 'all'} communities`, Reads.Attributes, range, ({ route }) =>
    kind === undefined ? route.communities.length : route.communities.filter((community) => community.kind === kind).length,
  );
}

export function pathIdentifierCondition(range: NumberRange): Condition {
  return numberCondition('path identifier', Reads.PathIdentifier, range, ({ given }) => given.pathIdentifier);
}

/** A number of an earlier statement of the same evaluation. */
export function tagCondition(range: NumberRange): Condition {
  return numberCondition('tag', Reads.Tag, range, ({ tag }) => tag);
}

/** Bits of the prefix. Never matches a family without prefixes. */
export function prefixLengthCondition(range: NumberRange): Condition {
  return numberCondition('prefix length', Reads.Prefix, range, ({ given }) =>
    given.prefixLength === NO_PREFIX ? undefined : given.prefixLength,
  );
}

function numberCondition(name: string, reads: ReadBits, range: NumberRange, valueOf: (state: RouteState) => number | undefined): Condition {
  const text = `${name} ${rangeText(range)}`;
  return {
    text,
    key: text,
    reads,
    test(state) {
      const value = valueOf(state);
      return value === undefined || range.isAbsent === true
        ? value === undefined && range.isAbsent === true
        : value >= range.min && value <= range.max;
    },
    found: (state) => `${name} ${valueOf(state) ?? 'absent'}`,
  };
}

export function originCondition(origins: readonly number[]): Condition {
  return wordCondition(
    'origin',
    Reads.Attributes,
    origins.map((origin) => ORIGIN_NAMES[origin]!),
    ({ route }) => (route.origin === undefined ? 'absent' : ORIGIN_NAMES[route.origin]!),
  );
}

export function rovCondition(states: readonly number[]): Condition {
  return wordCondition(
    'ROV state',
    Reads.RovState,
    states.map((state) => ROV_NAMES[state]!),
    ({ given }) => ROV_NAMES[given.rov]!,
  );
}

export function aspaCondition(states: readonly number[]): Condition {
  return wordCondition(
    'ASPA state',
    Reads.AspaState,
    states.map((state) => ASPA_NAMES[state]!),
    ({ given }) => ASPA_NAMES[given.aspa]!,
  );
}

export function familyCondition(families: readonly Family[]): Condition {
  const wanted: ReadonlySet<Family> = new Set(families);
  const words = wordCondition('family', Reads.Family, families.map(formatFamily), ({ given }) => formatFamily(given.family));
  return { ...words, test: ({ given }) => wanted.has(given.family) };
}

export function routeTypeCondition(types: readonly RouteType[]): Condition {
  return wordCondition('route type', Reads.Source, types, ({ given }) => given.routeType);
}

function wordCondition(name: string, reads: ReadBits, allowed: readonly string[], wordOf: (state: RouteState) => string): Condition {
  const words = [...new Set(allowed)];
  const text = `${name} ${words.join(' or ')}`;
  return {
    text,
    key: text,
    reads,
    test: (state) => words.includes(wordOf(state)),
    found: (state) => `${name} ${wordOf(state)}`,
  };
}
