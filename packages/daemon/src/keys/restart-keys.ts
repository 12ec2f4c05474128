/** The keys of a neighbor about graceful restart (RFC 4724, RFC 8538, RFC 9494). Part of the rows of neighbor-keys.ts. */
import { familyNumbers } from './families.ts';
import { choice, flag, integer } from './fields.ts';
import type { FamilyNumbers } from './limit-keys.ts';
import type { NeighborKey } from './neighbor-key.ts';

/** `helper`: its routes stay while it restarts. `restarting`: also, it is asked to keep ours while we do. */
export type RestartMode = 'helper' | 'restarting' | 'off';
const MODES: readonly RestartMode[] = ['helper', 'restarting', 'off'];

export interface RestartConfig {
  readonly gracefulRestart: RestartMode;
  /** How long the neighbor is asked to wait for our session. */
  readonly restartTimeSeconds: number;
  /** The longest time that stale routes are kept, from the loss of the session on. */
  readonly stalePathTimeSeconds: number;
  /** NOTIFICATIONs and the hold timer begin a graceful restart too (RFC 8538). */
  readonly gracefulNotification: boolean;
  /** Packets are forwarded as before while we restart. */
  readonly forwardingState: boolean;
  /** Long-lived graceful restart (RFC 9494): seconds by the name of the family. Undefined: not used. */
  readonly longLivedGracefulRestart?: FamilyNumbers | undefined;
  /** An iBGP neighbor without RFC 9494 is sent routes that are stale for long. */
  readonly sendStaleRoutes: boolean;
}

/** RFC 4724 §3: twelve bits. */
const RESTART_TIME_MAX = 4095;
/** RFC 9494 §3: three octets. */
const STALE_TIME_MAX = 16_777_215;

export const RESTART_TIME_DEFAULT = 120;
export const STALE_PATH_TIME_DEFAULT = 360;

const NEEDS_MODE = { names: ['gracefulRestart'], values: [undefined, 'helper', 'restarting'], text: 'graceful-restart is off' } as const;
const NEEDS_RESTARTING = { names: ['gracefulRestart'], values: ['restarting'], text: 'graceful-restart is not restarting' } as const;

export const RESTART_KEYS: { readonly [Name in keyof RestartConfig]-?: NeighborKey<RestartConfig[Name], keyof RestartConfig> } = {
  gracefulRestart: {
    key: 'graceful-restart',
    value: choice(
      {
        example: 'graceful-restart: restarting',
        about:
          'Graceful restart (RFC 4724). `helper`: routes of this neighbor stay while it restarts. `restarting`: also, it is asked to keep ours while tsbgpd restarts. `off`: neither. Holds for the next session; see [graceful-restart.md](graceful-restart.md).',
      },
      MODES,
    ),
    default: 'helper',
    onChange: 'nothing',
    option: { flags: '--graceful-restart <mode>', help: 'helper, restarting or off (RFC 4724)' },
    foreign: 'graceful-restart-mode graceful-restart-helper graceful',
  },
  restartTimeSeconds: {
    key: 'restart-time',
    value: integer(
      {
        allowed: `0 to ${RESTART_TIME_MAX} seconds (RFC 4724 §3)`,
        example: 'restart-time: 180',
        about: 'How long the neighbor is asked to wait for our session when tsbgpd restarts.',
      },
      0,
      RESTART_TIME_MAX,
    ),
    default: RESTART_TIME_DEFAULT,
    needs: NEEDS_RESTARTING,
    onChange: 'nothing',
    option: { flags: '--restart-time <seconds>', help: 'it is to wait so long for our restart' },
    foreign: 'graceful-restart-time gr-restart-time',
  },
  stalePathTimeSeconds: {
    key: 'stale-path-time',
    value: integer(
      {
        allowed: '1 to 65535 seconds',
        example: 'stale-path-time: 180',
        about:
          'The longest time that routes of the neighbor are kept which it has not sent again, counted from the loss of its session. A shorter restart time of the neighbor holds until its session is back.',
      },
      1,
      65_535,
    ),
    default: STALE_PATH_TIME_DEFAULT,
    needs: NEEDS_MODE,
    onChange: 'nothing',
    option: { flags: '--stale-path-time <seconds>', help: 'keep its routes so long at most without a session and End-of-RIB' },
    foreign: 'stale-routes-time stale-time graceful-restart-stalepath-time',
  },
  gracefulNotification: {
    key: 'graceful-notification',
    value: flag({
      example: 'graceful-notification: false',
      about:
        'Where the neighbor agrees, routes also stay after a NOTIFICATION and after the hold timer (RFC 8538). What ends a session for good is then a Hard Reset: the operator, a limit, a neighbor that is deleted.',
    }),
    default: true,
    needs: NEEDS_MODE,
    onChange: 'nothing',
    option: { flags: '--hard-notification', help: 'routes go after a NOTIFICATION (without RFC 8538)', negated: true },
    foreign: 'notification-enabled graceful-restart-notification',
  },
  forwardingState: {
    key: 'forwarding-state',
    value: flag({
      example: 'forwarding-state: false',
      about:
        'Packets are forwarded as before while tsbgpd restarts: it does not write the table of the kernel. false: the neighbor is told that they are not (RFC 4724 §3), and removes our routes when we are back.',
    }),
    default: true,
    needs: NEEDS_RESTARTING,
    onChange: 'nothing',
    option: { flags: '--forwarding-lost', help: 'tell it that we do not forward while we restart', negated: true },
    foreign: 'preserve-fw-state graceful-restart-preserve-fw-state',
  },
  longLivedGracefulRestart: {
    key: 'long-lived-graceful-restart',
    value: familyNumbers(
      {
        allowed: `0 to ${STALE_TIME_MAX} seconds, for every family or by family`,
        example: 'long-lived-graceful-restart: { ipv4-unicast: 86400 }',
        about:
          'Long-lived graceful restart (RFC 9494): when the restart takes too long, routes of the neighbor are kept so long at most as the last choice, with LLGR_STALE, and no longer than the neighbor asks for. With `graceful-restart: restarting` the neighbor is asked to do the same.',
        standard: 'not used',
      },
      0,
      STALE_TIME_MAX,
    ),
    needs: NEEDS_MODE,
    onChange: 'nothing',
    option: { flags: '--long-lived-graceful-restart <times>', help: 'seconds by family (RFC 9494): 86400, or ipv4-unicast=86400' },
    foreign: 'long-lived-stale-time llgr llgr-stale-time',
  },
  sendStaleRoutes: {
    key: 'send-stale-routes',
    value: flag({
      example: 'send-stale-routes: true',
      about:
        'An iBGP neighbor without long-lived graceful restart is also sent routes with LLGR_STALE: with NO_EXPORT and LOCAL_PREF 0 (RFC 9494 §4.6). Without the key they are withdrawn from it.',
    }),
    default: false,
    ibgpOnly: 'send-stale-routes for iBGP only: elsewhere LOCAL_PREF does not say that a route is the last choice',
    onChange: 'stream',
    option: { flags: '--send-stale-routes', help: 'also routes that are stale for long (RFC 9494 §4.6)' },
  },
};
