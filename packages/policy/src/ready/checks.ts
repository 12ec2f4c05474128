/**
 * Checks as statements in the form of a configuration: each has a name, which is also its reason, and can be replaced or left out by that
 * name. What they look at is in `sets`.
 */
import { BOGON_ASNS, BOGON_PREFIXES, IPV6_GLOBAL_UNICAST, TRANSIT_FREE_ASNS } from './bogons.ts';
import type { RejectReason } from './reasons.ts';

/** A statement in the terms of the section `policies`. */
export type StatementTerms = Readonly<Record<string, unknown>> & { readonly name: string };

/** `false` leaves the statement out; a mapping replaces those of its keys that it has. */
export type Overrides = Readonly<Record<string, false | Readonly<Record<string, unknown>>>>;

export function rejecting(reason: RejectReason, match: Readonly<Record<string, unknown>>): StatementTerms {
  return { name: reason, match, action: { reject: reason } };
}

/** Sets of the checks below. */
export const CHECK_SETS: {
  readonly prefixes: Readonly<Record<string, readonly string[]>>;
  readonly 'as-numbers': Readonly<Record<string, readonly (number | string)[]>>;
} = {
  prefixes: { 'bogon-prefixes': BOGON_PREFIXES, 'ipv6-global-unicast': [IPV6_GLOBAL_UNICAST] },
  'as-numbers': { 'bogon-asns': BOGON_ASNS, 'transit-free': TRANSIT_FREE_ASNS },
};

export const asPathEmpty: StatementTerms = rejecting('as-path-empty', { 'as-path-length': 0 });
export const firstAs: StatementTerms = rejecting('first-as', { not: { 'first-as': '{peer-as}' } });
export const bogonAs: StatementTerms = rejecting('bogon-as', { 'any-as': { set: 'bogon-asns' } });
export const rpkiInvalid: StatementTerms = rejecting('rpki-invalid', { rov: 'invalid' });
export const aspaInvalid: StatementTerms = rejecting('aspa-invalid', { aspa: 'invalid' });

/** IPv6 outside 2000::/3 is nobody's, so it counts as a bogon too. */
export const bogonPrefix: StatementTerms = rejecting('bogon-prefix', {
  any: [{ prefix: { set: 'bogon-prefixes' } }, { family: 'ipv6-unicast', prefix: { set: 'ipv6-global-unicast', match: 'none' } }],
});

export function asPathTooLong(max: number): StatementTerms {
  return rejecting('as-path-too-long', { 'as-path-length': `> ${max}` });
}

/** A network that is itself transit-free may announce its own AS. */
export const transitFreeAs: StatementTerms = rejecting('transit-free-as', {
  'any-as': { set: 'transit-free' },
  not: { neighbor: { as: [...TRANSIT_FREE_ASNS] } },
});

/** Shortest and longest prefixes that are accepted. */
export interface PrefixLengths {
  /** @default [8, 24] */
  readonly ipv4?: readonly [min: number, max: number] | undefined;
  /** @default [12, 48] */
  readonly ipv6?: readonly [min: number, max: number] | undefined;
}

export function prefixLengths({ ipv4 = [8, 24], ipv6 = [12, 48] }: PrefixLengths): StatementTerms[] {
  const length = (index: 0 | 1, sign: '<' | '>'): unknown => [
    { family: 'ipv4-unicast', 'prefix-length': `${sign} ${ipv4[index]}` },
    { family: 'ipv6-unicast', 'prefix-length': `${sign} ${ipv6[index]}` },
  ];
  return [rejecting('prefix-too-long', { any: length(1, '>') }), rejecting('prefix-too-short', { any: length(0, '<') })];
}

/** RFC 8326: the neighbor is about to go away, so others are preferred. */
export function gracefulShutdown(localPref = 0): StatementTerms {
  return { name: 'graceful-shutdown', match: { communities: 'graceful-shutdown' }, set: { 'local-preference': localPref } };
}

/**
 * Statements with those replaced or left out that `overrides` names. Names that are not there are returned, so that a typing mistake is
 * seen.
 */
export function overridden(
  statements: readonly StatementTerms[],
  overrides: Overrides,
): { statements: StatementTerms[]; unknown: string[] } {
  const kept = statements.flatMap((statement) => {
    const override = Object.hasOwn(overrides, statement.name) ? overrides[statement.name] : undefined;
    return override === false ? [] : [{ ...statement, ...override, name: statement.name }];
  });
  const unknown = Object.keys(overrides).filter((name) => !statements.some((statement) => statement.name === name));
  return { statements: kept, unknown };
}
