/** What the program shows of a neighbor that restarts and whose routes are kept (RFC 4724, RFC 9494). */
import { counted, duration } from '../terminal/units.ts';

/** Stale routes of a session that was lost, those that are the last choice, and those of a neighbor that is back. */
export type StalePhaseView = 'restart' | 'long-lived' | 'resync';

export interface StaleRoutesView {
  readonly phase: StalePhaseView;
  /** When they go at the latest, or become the last choice. */
  readonly until: Date | undefined;
}

interface Restarting {
  /** When its session was lost; undefined where it does not restart. */
  readonly restartingSince?: Date | undefined;
  readonly prefixes: readonly {
    readonly family: string;
    readonly stale: number;
    readonly staleRoutes?: StaleRoutesView | undefined;
  }[];
}

const PHASES: Readonly<Record<StalePhaseView, string>> = {
  restart: 'kept while it is away',
  'long-lived': 'the last choice while it is away (RFC 9494)',
  resync: 'until it has sent all again',
};

/** `lost 1m10s ago; ipv4-unicast: 1,200 stale routes, kept while it is away, at most 50s more`; undefined where it does not restart. */
export function restartText({ restartingSince, prefixes }: Restarting, now: Date): string | undefined {
  if (restartingSince === undefined) return undefined;
  const families = prefixes.flatMap(({ family, stale, staleRoutes }) => {
    if (staleRoutes === undefined) return [];
    const { phase, until } = staleRoutes;
    const left = until === undefined ? '' : `, at most ${duration(secondsBetween(now, until))} more`;
    return [`${family}: ${counted(stale, 'stale route')}, ${PHASES[phase]}${left}`];
  });
  return [`lost ${duration(secondsBetween(restartingSince, now))} ago`, ...families].join('; ');
}

/** `restarts, 1,200 stale routes`; '' where it does not restart. */
export function restartSummary({ restartingSince, prefixes }: Restarting): string {
  const stale = prefixes.reduce((sum, row) => sum + row.stale, 0);
  return restartingSince === undefined ? '' : `restarts, ${counted(stale, 'stale route')}`;
}

function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, (to.getTime() - from.getTime()) / 1000);
}
