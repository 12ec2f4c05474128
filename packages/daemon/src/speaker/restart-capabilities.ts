/**
 * What our OPEN says about graceful restart (RFC 4724 §3, RFC 8538 §2, RFC 9494 §3). A helper names no families: it promises End-of-RIB, keeps
 * the routes of the neighbor, and does not ask it to keep ours.
 */
import { type Capability, type Family, formatFamily } from '@tsbgp/wire';
import type { NeighborConfig } from '../control-plane.ts';

/** `hasRestarted`: the neighbor may still keep routes of ours from before our start, and is not to wait for our End-of-RIB. */
export function restartCapabilities(config: NeighborConfig, hasRestarted: boolean): Capability[] {
  const { gracefulRestart, gracefulNotification, restartTimeSeconds, forwardingState, longLivedGracefulRestart: longLived } = config;
  if (gracefulRestart === 'off') return [];
  const isRestarting = gracefulRestart === 'restarting';
  const families = isRestarting ? config.families : [];
  const flags = (family: Family) => ({ family, forwarding: forwardingState });
  const staleTime = (family: Family): number => longLived?.[formatFamily(family)] ?? 0;
  return [
    {
      type: 'graceful-restart',
      restartState: hasRestarted && isRestarting,
      notification: gracefulNotification,
      restartTimeSeconds: isRestarting ? restartTimeSeconds : 0,
      families: families.map(flags),
    },
    ...(longLived === undefined
      ? []
      : [
          {
            type: 'long-lived-graceful-restart' as const,
            families: families.filter(staleTime).map((family) => ({ ...flags(family), staleTimeSeconds: staleTime(family) })),
          },
        ]),
  ];
}
