/**
 * Policies of the edge of a network: towards transit providers and peers, and towards customers.
 */
import type { PolicySections } from '../sections.ts';
import {
  asPathEmpty,
  asPathTooLong,
  aspaInvalid,
  bogonAs,
  bogonPrefix,
  CHECK_SETS,
  firstAs,
  gracefulShutdown,
  type Overrides,
  overridden,
  type PrefixLengths,
  prefixLengths,
  rejecting,
  rpkiInvalid,
  type StatementTerms,
  transitFreeAs,
} from './checks.ts';

/** What all edges of a network have in common. */
export interface EdgeOptions {
  /** @default 50 */
  readonly maxPathLength?: number | undefined;
  readonly prefixLengths?: PrefixLengths | undefined;
  /** Our own prefixes: nobody else announces them to us. */
  readonly ownPrefixes?: readonly string[] | undefined;
  /** By the name of a statement. */
  readonly overrides?: Overrides | undefined;
}

/** What a customer may announce. */
export interface CustomerOptions extends EdgeOptions {
  /** What the customer may announce: entries, or a set of the configuration. */
  readonly prefixes: readonly string[] | { readonly set: string };
  /** Which AS numbers may be the origin of it. */
  readonly origins: readonly (number | string)[] | { readonly set: string };
  /** LOCAL_PREF of customers' routes: above that of peers and transit. @default 200 */
  readonly localPref?: number | undefined;
}

/** `transit-in`: hygiene for routes of a transit provider or a peer. Throws RangeError when `overrides` names no statement. */
export function transitEdgePolicies(options: EdgeOptions = {}): PolicySections {
  return sections('transit-in', [...hygiene(options), ...prefixLengths(options.prefixLengths ?? {}), gracefulShutdown()], options, {}, {});
}

/** `customer-in`: only what the customer may announce, and blackhole requests (RFC 7999) for addresses inside it. */
export function customerEdgePolicies(options: CustomerOptions): PolicySections {
  const own = 'set' in options.prefixes ? options.prefixes.set : 'customer-prefixes';
  const origins = 'set' in options.origins ? options.origins.set : 'customer-origins';
  const statements: StatementTerms[] = [
    ...hygiene(options),
    transitFreeAs,
    rejecting('origin-not-in-irr', { not: { 'origin-as': { set: origins } } }),
    {
      name: 'blackhole',
      match: { communities: 'blackhole', prefix: { set: own, match: 'covered' } },
      set: { 'next-hop': 'blackhole', communities: { add: ['no-export'] } },
      action: 'accept',
    },
    rejecting('prefix-not-in-irr', { prefix: { set: own, match: 'none' } }),
    ...prefixLengths(options.prefixLengths ?? {}),
    { name: 'prefer', set: { 'local-preference': options.localPref ?? 200 } },
    gracefulShutdown(),
  ];
  // A /32 to be dropped is longer than its ROA allows: ROV comes after it.
  const late = statements.filter(({ name }) => name === 'rpki-invalid');
  const ordered = statements.filter(({ name }) => name !== 'rpki-invalid');
  ordered.splice(
    ordered.findIndex(({ name }) => name === 'prefix-not-in-irr'),
    0,
    ...late,
  );
  return sections(
    'customer-in',
    ordered,
    options,
    'set' in options.prefixes ? {} : { [own]: options.prefixes },
    'set' in options.origins ? {} : { [origins]: options.origins },
  );
}

function hygiene({ maxPathLength = 50, ownPrefixes }: EdgeOptions): StatementTerms[] {
  return [
    asPathTooLong(maxPathLength),
    asPathEmpty,
    firstAs,
    bogonAs,
    bogonPrefix,
    ...(ownPrefixes === undefined ? [] : [rejecting('prefix-on-blocklist', { prefix: { set: 'own-prefixes', match: 'covered' } })]),
    rpkiInvalid,
    aspaInvalid,
  ];
}

function sections(
  name: string,
  given: readonly StatementTerms[],
  { overrides = {}, ownPrefixes }: EdgeOptions,
  prefixes: Readonly<Record<string, readonly string[]>>,
  asNumbers: Readonly<Record<string, readonly (number | string)[]>>,
): PolicySections {
  const { statements, unknown } = overridden(given, overrides);
  if (unknown.length > 0)
    throw new RangeError(`overrides: no statement is called ${unknown.join(', ')}; there are ${given.map((one) => one.name).join(', ')}`);
  return {
    sets: {
      prefixes: { ...CHECK_SETS.prefixes, ...(ownPrefixes === undefined ? {} : { 'own-prefixes': ownPrefixes }), ...prefixes },
      'as-numbers': { ...CHECK_SETS['as-numbers'], ...asNumbers },
    },
    policies: { [name]: { default: 'accept', statements } },
  };
}
