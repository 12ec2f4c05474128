/**
 * The state of the daemon, for the log (SIGUSR1) and for crash reports. Every part is read separately, because after a broken invariant some of
 * them may throw, and the others still help.
 */
import { formatFamily } from '@tsbgp/wire';
import type { ControlPlane, NeighborState } from './control-plane.ts';
import type { Delay } from './metrics/event-loop-delay.ts';
import { VERSION } from './version.ts';

/** Neighbors listed at most. Those that are not Established come first. */
export const SUMMARY_NEIGHBORS_MAX: number = 500;

export interface StateSummary {
  readonly process: Readonly<Record<string, unknown>>;
  readonly health: unknown;
  readonly neighbors: readonly Readonly<Record<string, unknown>>[];
  /** Number of neighbors that are not in the list. */
  readonly neighborsLeftOut: number;
  /** Every metric that does not belong to one neighbor: limits, their use, and losses. */
  readonly metrics: Readonly<Record<string, number>>;
}

type Source = Pick<ControlPlane, 'health' | 'listNeighbors' | 'metrics'>;

export function summarize(control: Source, delay: Delay): StateSummary {
  const neighbors = attempt(() => control.listNeighbors(), []);
  const listed = neighbors
    .toSorted((a, b) => Number(a.state === 'Established') - Number(b.state === 'Established'))
    .slice(0, SUMMARY_NEIGHBORS_MAX);
  return {
    process: {
      version: VERSION,
      node: process.version,
      pid: process.pid,
      uptimeSeconds: Math.round(process.uptime()),
      memory: attempt(() => process.memoryUsage(), undefined),
      eventLoopDelay: delay,
    },
    health: attempt<unknown>(() => control.health(), undefined),
    neighbors: listed.map((neighbor) =>
      attempt<Readonly<Record<string, unknown>>>(() => describe(neighbor), { address: neighbor.config.address }),
    ),
    neighborsLeftOut: neighbors.length - listed.length,
    metrics: attempt(() => metricsOf(control.metrics()), {}),
  };
}

function describe({ config, state, adminState, session, prefixes, flapCount, lastError, lastErrorAt }: NeighborState) {
  return {
    address: config.address,
    remoteAs: config.remoteAs,
    state,
    adminState,
    establishedAt: session?.establishedAt,
    backlogBytes: session?.backlogBytes,
    routes: prefixes.map((counts) => ({ ...counts, family: formatFamily(counts.family) })),
    flapCount,
    lastError,
    lastErrorAt,
  };
}

function metricsOf(exposition: string): Record<string, number> {
  const samples: Record<string, number> = {};
  for (const line of exposition.split('\n')) {
    if (line === '' || line.startsWith('#') || line.includes('neighbor="')) continue;
    const space = line.lastIndexOf(' ');
    samples[line.slice(0, space)] = Number(line.slice(space + 1));
  }
  return samples;
}

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise; // the state is broken; the report goes on without this part
  }
}
