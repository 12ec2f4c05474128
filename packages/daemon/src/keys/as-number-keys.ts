/** The keys of a neighbor about AS numbers: what is done to AS_PATH, and which paths are not used. Part of the rows of neighbor-keys.ts. */
import { choice, flag, integer } from './fields.ts';
import type { NeighborKey } from './neighbor-key.ts';

export type RemovePrivateAs = 'remove' | 'all' | 'replace';
const REMOVE_PRIVATE_AS: readonly RemovePrivateAs[] = ['remove', 'all', 'replace'];

export interface AsNumberConfig {
  /** What comes in does not get `localAs` in front. */
  readonly localAsNoPrepend: boolean;
  /** What goes out has `localAs` in front, without our own AS behind it. */
  readonly localAsReplaceAs: boolean;
  /** The neighbor may know us by `localAs` or by our own AS. */
  readonly localAsDualAs: boolean;
  readonly removePrivateAs?: RemovePrivateAs | undefined;
  /** How often our own AS may be in a path that is used. */
  readonly allowasIn: number;
  /** Our AS takes the place of the neighbor's in what it is sent. */
  readonly asOverride: boolean;
  /** Undefined: true for eBGP, except towards a route server (our role is rs-client). */
  readonly enforceFirstAs?: boolean | undefined;
  readonly acceptAsSets: boolean;
  readonly acceptLongAsPaths: boolean;
}

const OUTSIDE = 'eBGP only, with a neighbor outside our confederation';
const WITH_LOCAL_AS = { name: 'localAs', because: 'the neighbor has no local-as', allowed: 'only with local-as' } as const;

export const AS_NUMBER_KEYS: {
  readonly [Name in keyof AsNumberConfig]-?: NeighborKey<AsNumberConfig[Name], keyof AsNumberConfig | 'localAs' | 'routeServerClient'>;
} = {
  localAsNoPrepend: {
    key: 'local-as-no-prepend',
    value: flag({
      example: 'local-as-no-prepend: true',
      about: 'Routes of this neighbor do not get its `local-as` in front of AS_PATH.',
    }),
    default: false,
    ebgpOnly: OUTSIDE,
    outsideOnly: true,
    requires: WITH_LOCAL_AS,
    onChange: 'import',
    option: { flags: '--local-as-no-prepend', help: 'its routes do not get the local AS in front' },
    foreign: 'no-prepend',
  },
  localAsReplaceAs: {
    key: 'local-as-replace-as',
    value: flag({
      example: 'local-as-replace-as: true',
      about: 'AS_PATH towards this neighbor begins with `local-as` alone. Without the key our own AS follows it.',
    }),
    default: false,
    ebgpOnly: OUTSIDE,
    outsideOnly: true,
    requires: WITH_LOCAL_AS,
    onChange: 'stream',
    option: { flags: '--local-as-replace-as', help: 'AS_PATH towards it has the local AS in the place of ours' },
    foreign: 'replace-as no-prepend-global-as',
  },
  localAsDualAs: {
    key: 'local-as-dual-as',
    value: flag({
      example: 'local-as-dual-as: true',
      about: 'The neighbor may know us by `local-as` or by our own AS: where it refuses the one, the next attempt is with the other.',
    }),
    default: false,
    ebgpOnly: OUTSIDE,
    outsideOnly: true,
    requires: WITH_LOCAL_AS,
    onChange: 'session',
    option: { flags: '--local-as-dual-as', help: 'it may know us by our own AS too' },
    foreign: 'dual-as alias',
  },
  removePrivateAs: {
    key: 'remove-private-as',
    value: choice(
      {
        example: 'remove-private-as: all',
        about:
          'Private AS numbers (RFC 6996) in AS_PATH towards this eBGP neighbor. `remove`: they go where the path has no others. `all`: each goes. `replace`: each becomes our AS. That of the neighbor itself stays, so that it sees its own routes.',
        standard: 'they stay',
      },
      REMOVE_PRIVATE_AS,
    ),
    ebgpOnly: OUTSIDE,
    outsideOnly: true,
    excludes: { name: 'routeServerClient', allowed: 'one of them: a route server leaves AS_PATH as it is (RFC 7947 §2.2.2)' },
    onChange: 'stream',
    option: { flags: '--remove-private-as <what>', help: 'private AS numbers towards it' },
    foreign: 'remove-private remove-private-as-all',
  },
  allowasIn: {
    key: 'allowas-in',
    value: integer(
      {
        allowed: '0 to 10 times',
        example: 'allowas-in: 1',
        about: 'How often our own AS may be in the AS_PATH of a route of this neighbor. More often is a loop (RFC 4271 §9.1.2).',
      },
      0,
      10,
    ),
    default: 0,
    onChange: 'import',
    option: { flags: '--allowas-in <times>', help: 'how often our own AS may be in its paths' },
    foreign: 'allow-own-as allow-local-as loops as-loops accept-own-as',
  },
  asOverride: {
    key: 'as-override',
    value: flag({
      example: 'as-override: true',
      about: 'In AS_PATH towards this eBGP neighbor our AS takes the place of its own, for sites of one AS that see each other through us.',
    }),
    default: false,
    ebgpOnly: OUTSIDE,
    outsideOnly: true,
    excludes: { name: 'routeServerClient', allowed: 'one of them: a route server leaves AS_PATH as it is (RFC 7947 §2.2.2)' },
    onChange: 'stream',
    option: { flags: '--as-override', help: 'our AS in the place of its own in what it is sent' },
    foreign: 'override-as',
  },
  enforceFirstAs: {
    key: 'enforce-first-as',
    value: flag({
      example: 'enforce-first-as: false',
      about:
        'AS_PATH of a route of this eBGP neighbor must begin with its AS (RFC 4271 §6.3). A route server does not put its AS in front (RFC 7947 §2.2.2): switch it off towards one.',
      standard: 'true for eBGP, but false where `role` is `rs-client`',
    }),
    ebgpOnly: OUTSIDE,
    outsideOnly: true,
    onChange: 'import',
    option: { flags: '--any-first-as', help: 'its paths may begin with any AS', negated: true },
    foreign: 'enforce-neighbor-as check-first-as',
  },
  acceptAsSets: {
    key: 'accept-as-sets',
    value: flag({
      example: 'accept-as-sets: true',
      about: 'Routes with an AS_SET or AS_CONFED_SET in AS_PATH are used. Without the key they are rejected (RFC 9774).',
    }),
    default: false,
    onChange: 'import',
    option: { flags: '--accept-as-sets', help: 'use routes with an AS_SET (RFC 9774)' },
    foreign: 'allow-as-sets allow-as-set reject-as-sets',
  },
  acceptLongAsPaths: {
    key: 'accept-long-as-paths',
    value: flag({
      example: 'accept-long-as-paths: true',
      about: 'Routes with more than 750 AS numbers in AS_PATH are used. Without the key they are rejected.',
    }),
    default: false,
    onChange: 'import',
    option: { flags: '--accept-long-as-paths', help: 'use routes with more than 750 AS numbers' },
    foreign: 'maxas-limit max-as-len as-path-limit',
  },
};
