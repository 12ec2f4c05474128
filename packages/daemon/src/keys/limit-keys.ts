/**
 * The keys of a neighbor about how much it may bring and what is kept of it: prefix limits, paths, attribute sets, rejected routes, refreshes
 * and the filters that it may send. Part of the rows of neighbor-keys.ts.
 */
import { familyNumbers } from './families.ts';
import { choice, flag, integer } from './fields.ts';
import type { NeighborKey } from './neighbor-key.ts';

export type MaxPrefixAction = 'warn' | 'discard' | 'shutdown';
const ACTIONS: readonly MaxPrefixAction[] = ['warn', 'discard', 'shutdown'];

/** A number for each of some families, by the name of the family. */
export type FamilyNumbers = Readonly<Record<string, number>>;

export interface LimitConfig {
  /** The most routes of a family that are received, rejected ones included. */
  readonly maxPrefix?: FamilyNumbers | undefined;
  /** The most routes of a family that are accepted. */
  readonly maxPrefixAccepted?: FamilyNumbers | undefined;
  readonly maxPrefixAction: MaxPrefixAction;
  /** A warning comes at so many percent of a limit. */
  readonly maxPrefixWarning: number;
  /** Minutes after which a session that a limit ended starts again. Undefined: it waits for the operator. */
  readonly maxPrefixRestart?: number | undefined;
  /** The most paths of all families together. */
  readonly maxPaths: number;
  readonly maxAttributeSets: number;
  /** Rejected routes are held with their reason. False: they are only counted. */
  readonly keepRejectedRoutes: boolean;
  /** How long routes that are not sent again are kept when no EoRR comes (RFC 7313). */
  readonly refreshStaleTimeSeconds: number;
  /** The neighbor may send us prefix filters (RFC 5291, RFC 5292). */
  readonly orfReceive: boolean;
}

const MAX = 4_294_967_295;

export const MAX_PATHS_DEFAULT = 8_000_000;
export const MAX_ATTRIBUTE_SETS_DEFAULT = 1_000_000;
export const REFRESH_STALE_SECONDS_DEFAULT = 600;

const NEEDS_LIMIT = { names: ['maxPrefix', 'maxPrefixAccepted'], text: 'there is neither max-prefix nor max-prefix-accepted' } as const;

export const LIMIT_KEYS: { readonly [Name in keyof LimitConfig]-?: NeighborKey<LimitConfig[Name], keyof LimitConfig> } = {
  maxPrefix: {
    key: 'max-prefix',
    value: familyNumbers(
      {
        allowed: '1 to 4294967295 routes, for IPv4 and IPv6 unicast or by family',
        example: 'max-prefix: { ipv4-unicast: 1200000, ipv6-unicast: 300000 }',
        about:
          'The most routes that are received from this neighbor, rejected ones included; with ADD-PATH each path counts. `max-prefix-action` says what happens beyond it; see [operations.md](operations.md#limits-of-a-neighbor).',
        standard: 'no limit',
      },
      1,
      MAX,
    ),
    onChange: 'import',
    option: { flags: '--max-prefix <limits>', help: 'routes received: 1000, or ipv4-unicast=1000,ipv6-unicast=500' },
    foreign: 'maximum-prefix maximum-prefixes max-prefixes prefix-limit prefix-limits max-prefix-limit maximum-routes receive-limit',
  },
  maxPrefixAccepted: {
    key: 'max-prefix-accepted',
    value: familyNumbers(
      {
        allowed: '1 to 4294967295 routes, for IPv4 and IPv6 unicast or by family',
        example: 'max-prefix-accepted: 1000',
        about: 'The most routes of this neighbor that are accepted. With `discard` those beyond it are held and rejected.',
        standard: 'no limit',
      },
      1,
      MAX,
    ),
    onChange: 'import',
    option: { flags: '--max-prefix-accepted <limits>', help: 'routes accepted, written as for --max-prefix' },
    foreign: 'import-limit accepted-prefix-limit',
  },
  maxPrefixAction: {
    key: 'max-prefix-action',
    value: choice(
      {
        example: 'max-prefix-action: discard',
        about:
          'What happens beyond a limit. `warn`: a line in the log and an event. `discard`: also, what is beyond is not taken, with the reason `max-prefix`. `shutdown`: the session ends with Cease (Maximum Number of Prefixes Reached).',
        standard: 'shutdown',
      },
      ACTIONS,
    ),
    default: 'shutdown',
    needs: NEEDS_LIMIT,
    onChange: 'import',
    option: { flags: '--max-prefix-action <action>', help: 'beyond a limit' },
    foreign: 'limit-action teardown drop-excess warning-only',
  },
  maxPrefixWarning: {
    key: 'max-prefix-warning',
    value: integer(
      {
        allowed: '1 to 100 percent',
        example: 'max-prefix-warning: 90',
        about: 'A warning comes when so many percent of a limit are in use.',
      },
      1,
      100,
    ),
    default: 75,
    needs: NEEDS_LIMIT,
    onChange: 'import',
    option: { flags: '--max-prefix-warning <percent>', help: 'warn when so much of a limit is in use' },
    foreign: 'warning-threshold threshold',
  },
  maxPrefixRestart: {
    key: 'max-prefix-restart',
    value: integer(
      {
        allowed: '1 to 65535 minutes',
        example: 'max-prefix-restart: 30',
        about: 'Minutes after which a session that a limit ended starts again. `tsbgp neighbor enable` starts it at once.',
        standard: 'it stays down until `tsbgp neighbor enable`',
      },
      1,
      65_535,
    ),
    needs: NEEDS_LIMIT,
    onChange: 'nothing',
    option: { flags: '--max-prefix-restart <minutes>', help: 'start again so long after a limit ended the session' },
    foreign: 'restart-interval restart idle-timeout',
  },
  maxPaths: {
    key: 'max-paths',
    value: integer(
      {
        allowed: '1 to 4294967295 paths',
        example: 'max-paths: 2000000',
        about: 'The most paths of this neighbor, of all families together. It bounds the memory that a neighbor can take.',
      },
      1,
      MAX,
    ),
    default: MAX_PATHS_DEFAULT,
    onChange: 'import',
    option: { flags: '--max-paths <number>', help: 'paths of all families together' },
  },
  maxAttributeSets: {
    key: 'max-attribute-sets',
    value: integer(
      {
        allowed: '1 to 4294967295 attribute sets',
        example: 'max-attribute-sets: 500000',
        about:
          'The most distinct sets of path attributes that this neighbor may bring. A set of more than 1,024 octets counts once for each 1,024 begun.',
      },
      1,
      MAX,
    ),
    default: MAX_ATTRIBUTE_SETS_DEFAULT,
    onChange: 'import',
    option: { flags: '--max-attribute-sets <number>', help: 'distinct sets of path attributes' },
  },
  keepRejectedRoutes: {
    key: 'keep-rejected-routes',
    value: flag({
      example: 'keep-rejected-routes: false',
      about:
        'Rejected routes are held, and `tsbgp rib rejected` shows them with the reason. false: they are only counted and take no memory; a change of policy then needs a route refresh.',
    }),
    default: true,
    onChange: 'import',
    option: { flags: '--forget-rejected-routes', help: 'count rejected routes, and do not hold them', negated: true },
    foreign: 'import-keep-filtered keep-filtered soft-reconfiguration adj-rib-in import-table keep keep-all',
  },
  refreshStaleTimeSeconds: {
    key: 'refresh-stale-time',
    value: integer(
      {
        allowed: '1 to 65535 seconds',
        example: 'refresh-stale-time: 360',
        about:
          'Enhanced route refresh (RFC 7313): how long routes are kept that the neighbor has not sent again, when it does not say that it has sent all.',
      },
      1,
      65_535,
    ),
    default: REFRESH_STALE_SECONDS_DEFAULT,
    onChange: 'nothing',
    option: { flags: '--refresh-stale-time <seconds>', help: 'keep stale routes so long without EoRR' },
    foreign: 'refresh-stalepath-time',
  },
  orfReceive: {
    key: 'orf-receive',
    value: flag({
      example: 'orf-receive: true',
      about:
        'The neighbor may send us prefix filters (RFC 5291, RFC 5292): it is then sent only routes that pass them. `tsbgp neighbor show` lists them.',
    }),
    default: false,
    onChange: 'session',
    option: { flags: '--orf-receive', help: 'take prefix filters from it (RFC 5292)' },
    foreign: 'orf prefix-orf outbound-route-filter orf-capability capability-orf',
  },
};
