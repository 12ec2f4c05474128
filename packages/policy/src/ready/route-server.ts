/**
 * The policies of a route server of an exchange point, in the order in which arouteserver checks: from what costs little to what costs
 * more, with blackhole requests before the checks of ROV and of lengths, which would reject each /32.
 *
 * Members control who gets their routes, in standard and in large communities alike (Euro-IX); RS is our AS, PEER that of a member:
 *
 *     0:PEER       RS:0:PEER          not to this member       first: it wins over the others
 *     RS:PEER      RS:1:PEER          to this member
 *     0:RS         RS:0:0             to nobody else
 *     65511:PEER   RS:101:PEER        prepended once to this member; 65512, 65513 and 102, 103: twice, three times
 *     65501:RS     RS:101:0           prepended once to everybody; …
 */
import type { PolicySections } from '../sections.ts';
import {
  asPathEmpty,
  asPathTooLong,
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

/** What differs between exchange points. */
export interface RouteServerOptions {
  /** @default 32 */
  readonly maxPathLength?: number | undefined;
  readonly prefixLengths?: PrefixLengths | undefined;
  /** `strict`: the address of the session. `same-as`: that of any session of the member's AS. @default strict */
  readonly nextHop?: 'strict' | 'same-as' | undefined;
  /** Prefixes that nobody may announce: the LANs of the exchange. */
  readonly blocklist?: readonly string[] | undefined;
  /** AS numbers that are never behind a route server (PeeringDB has a flag for it). */
  readonly neverViaRouteServers?: readonly (number | string)[] | undefined;
  /** Names of the sets of a member's IRR prefixes and origins, `sets.prefixes` and `sets.as-numbers`. Undefined: not checked. */
  readonly irr?: { readonly prefixes: string; readonly origins: string } | undefined;
  /**
   * A route that RPKI has for valid needs no route object (IXP Manager does so, arouteserver does not unless told).
   * @default false
   */
  readonly rpkiValidNeedsNoIrr?: boolean | undefined;
  /** Members may ask for traffic to be dropped (RFC 7999). Undefined: the request is not special. */
  readonly blackhole?: { readonly ipv4?: string | undefined; readonly ipv6?: string | undefined } | undefined;
  /** By the name of a statement. */
  readonly overrides?: Overrides | undefined;
}

const PREPENDS = [3, 2, 1] as const;

/** Sections `sets` and `policies` with `route-server-in` and `route-server-out`. Throws RangeError when `overrides` names no statement. */
export function routeServerPolicies(options: RouteServerOptions = {}): PolicySections {
  const importing = overridden(importStatements(options), options.overrides ?? {});
  const exporting = overridden(exportStatements(options), options.overrides ?? {});
  const unknown = importing.unknown.filter((name) => exporting.unknown.includes(name));
  if (unknown.length > 0) {
    const names = [...importStatements(options), ...exportStatements(options)].map(({ name }) => name);
    throw new RangeError(`overrides: no statement is called ${unknown.join(', ')}; there are ${names.join(', ')}`);
  }
  return {
    sets: {
      prefixes: { ...CHECK_SETS.prefixes, ...(options.blocklist === undefined ? {} : { blocklist: options.blocklist }) },
      'as-numbers': {
        ...CHECK_SETS['as-numbers'],
        ...(options.neverViaRouteServers === undefined ? {} : { 'never-via-route-servers': options.neverViaRouteServers }),
      },
    },
    policies: {
      'route-server-in': { default: 'accept', statements: importing.statements },
      'route-server-out': { default: 'accept', statements: exporting.statements },
    },
  };
}

function importStatements(options: RouteServerOptions): StatementTerms[] {
  const { maxPathLength = 32, nextHop = 'strict', irr, blackhole } = options;
  const isUnprotected = { communities: { values: 'blackhole', match: 'none' } };
  return [
    // Only we say these: a member's own would be taken for ours. What it asks for (0 to 999) stays until the export has read it.
    { name: 'scrub', set: { communities: { remove: ['{local-as}:1000-1999:*'] } } },
    rejecting('next-hop', { not: { 'next-hop': nextHop === 'strict' ? 'peer' : 'same-as' } }),
    asPathTooLong(maxPathLength),
    asPathEmpty,
    firstAs,
    bogonAs,
    transitFreeAs,
    ...(options.neverViaRouteServers === undefined
      ? []
      : [rejecting('never-via-route-servers', { 'any-as': { set: 'never-via-route-servers' } })]),
    ...(options.blocklist === undefined ? [] : [rejecting('prefix-on-blocklist', { prefix: { set: 'blocklist', match: 'covered' } })]),
    bogonPrefix,
    ...(irr === undefined ? [] : irrStatements(irr, options)),
    ...(blackhole === undefined
      ? []
      : [{ name: 'blackhole', match: { communities: 'blackhole' }, set: { communities: { add: ['no-export'] } }, action: 'accept' }]),
    rpkiInvalid,
    ...prefixLengths(options.prefixLengths ?? {}).map((statement) =>
      blackhole === undefined ? statement : { ...statement, match: { ...(statement['match'] as object), ...isUnprotected } },
    ),
    gracefulShutdown(),
  ];
}

/** The checks of one member's lists alone, to be passed before a policy that all members share. Throws RangeError as `routeServerPolicies`. */
export function irrPolicy(
  irr: NonNullable<RouteServerOptions['irr']>,
  options: Pick<RouteServerOptions, 'blackhole' | 'rpkiValidNeedsNoIrr' | 'overrides'>,
): StatementTerms[] {
  const { statements, unknown } = overridden(irrStatements(irr, options), options.overrides ?? {});
  if (unknown.length === 0) return statements;
  throw new RangeError(`overrides: no statement is called ${unknown.join(', ')}; there are origin-not-in-irr, prefix-not-in-irr`);
}

/** A /32 that is to be dropped has no route object of its own: it must lie inside a prefix that the member may announce. */
function irrStatements(irr: { readonly prefixes: string; readonly origins: string }, options: RouteServerOptions): StatementTerms[] {
  const rescued = options.rpkiValidNeedsNoIrr === true ? [{ rov: 'valid' }] : [];
  const isBlackhole = { communities: 'blackhole' };
  const covered = options.blackhole === undefined ? [] : [{ ...isBlackhole, prefix: { set: irr.prefixes, match: 'covered' } }];
  return [
    rejecting('origin-not-in-irr', { not: { 'origin-as': { set: irr.origins } } }),
    rejecting('prefix-not-in-irr', { not: { any: [{ prefix: { set: irr.prefixes } }, ...covered, ...rescued] } }),
  ];
}

function exportStatements({ blackhole }: RouteServerOptions): StatementTerms[] {
  const prepends = (to: 'peer' | 'all', count: 1 | 2 | 3): StatementTerms => ({
    name: `prepend-${count}-to-${to}`,
    match: {
      communities:
        to === 'peer'
          ? [`6551${count}:{peer-as}`, `{local-as}:10${count}:{peer-as}`]
          : [`6550${count}:{local-as}`, `{local-as}:10${count}:0`],
      tag: 'absent',
    },
    // The member's AS, not ours: a route server is not in the path.
    set: { 'as-path': { prepend: { as: 'last', count } }, tag: count },
  });
  return [
    { ...rpkiInvalid, match: { ...(rpkiInvalid['match'] as object), communities: { values: 'blackhole', match: 'none' } } },
    { name: 'not-to-peer', match: { communities: ['0:{peer-as}', '{local-as}:0:{peer-as}'] }, action: { reject: 'not-to-peer' } },
    {
      name: 'to-nobody',
      match: { communities: ['0:{local-as}', '{local-as}:0:0'], not: { communities: ['{local-as}:{peer-as}', '{local-as}:1:{peer-as}'] } },
      action: { reject: 'to-nobody' },
    },
    ...PREPENDS.map((count) => prepends('peer', count)),
    ...PREPENDS.map((count) => prepends('all', count)),
    ...(blackhole === undefined ? [] : [{ name: 'blackhole-next-hop', match: { communities: 'blackhole' }, set: blackholeHop(blackhole) }]),
    {
      name: 'scrub-actions',
      set: {
        communities: {
          // What is ours to read: members do not see what others asked for. Well-known ones (65535:*) and those of others stay.
          remove: ['0:*', '{local-as}:*', '{local-as}:0-999:*', '65501-65503:{local-as}', '65511-65513:*'],
        },
      },
    },
  ];
}

function blackholeHop({ ipv4, ipv6 }: NonNullable<RouteServerOptions['blackhole']>): Readonly<Record<string, unknown>> {
  return {
    'next-hop':
      ipv4 === undefined && ipv6 === undefined
        ? 'blackhole'
        : { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) },
  };
}
