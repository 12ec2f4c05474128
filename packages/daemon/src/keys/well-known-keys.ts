/** The keys of a neighbor about well-known communities in what it sends. Part of the rows of neighbor-keys.ts. */
import { choice, flag } from './fields.ts';
import type { NeighborKey } from './neighbor-key.ts';

export type BlackholeMark = 'no-export' | 'no-advertise' | 'as-is';
const BLACKHOLE_MARKS: readonly BlackholeMark[] = ['no-export', 'no-advertise', 'as-is'];

export interface WellKnownConfig {
  /** Routes with GRACEFUL_SHUTDOWN get LOCAL_PREF 0. */
  readonly gracefulShutdown: boolean;
  /** What routes with BLACKHOLE get. Undefined: no-export; as-is for clients of a route server. */
  readonly blackholeCommunity?: BlackholeMark | undefined;
}

export const WELL_KNOWN_KEYS: {
  readonly [Name in keyof WellKnownConfig]-?: NeighborKey<WellKnownConfig[Name], keyof WellKnownConfig>;
} = {
  gracefulShutdown: {
    key: 'graceful-shutdown',
    value: flag({
      example: 'graceful-shutdown: false',
      about:
        'Routes of an eBGP neighbor with GRACEFUL_SHUTDOWN get LOCAL_PREF 0: they are used only where there is no other (RFC 8326 §4.1). false: the community is passed on and not obeyed.',
    }),
    default: true,
    onChange: 'import',
    option: { flags: '--ignore-graceful-shutdown', help: 'do not obey GRACEFUL_SHUTDOWN of it', negated: true },
    foreign: 'gshut',
  },
  blackholeCommunity: {
    key: 'blackhole-community',
    value: choice(
      {
        example: 'blackhole-community: as-is',
        about:
          'What routes of an eBGP neighbor with BLACKHOLE get, so that they do not leave our AS (no-export) or this router (no-advertise); RFC 7999 §3.2.',
        standard: 'no-export; as-is for clients of a route server',
      },
      BLACKHOLE_MARKS,
    ),
    ebgpOnly: 'blackhole-community for eBGP only: within an AS the community has done its work',
    onChange: 'import',
    option: { flags: '--blackhole-community <mark>', help: 'what its routes with BLACKHOLE get' },
  },
};
