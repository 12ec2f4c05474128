/**
 * A neighbor that is lost and may come back with the routes it had (graceful restart, RFC 4724 §4.2; long-lived, RFC 9494 §4.2). The RIB keeps
 * them and knows which are stale; this file has a timer for each family, and the rules.
 *
 *     restart      The session is lost. Routes stay as they are, for the restart time of the neighbor.
 *     long-lived   That is over. Routes are the last choice and have LLGR_STALE, for the stale time of the family.
 *     resync       The session is back. What is not sent again before End-of-RIB goes. The time goes on: stale-path-time from the loss of the
 *                  session on, or what is left of the stale time of the family.
 *
 * A family without an entry has no stale routes. When none has one, it is over.
 */
import type { Rib, RibPeer } from '@tsbgp/rib';
import type { Logger, SessionInfo } from '@tsbgp/session';
import { type Family, formatFamily } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';
import type { StalePhase } from '../control-plane.ts';
import type { EventLog } from '../events.ts';
import { type KeepTimes, stillKept } from './kept-routes.ts';
import { StaleTimer } from './stale-timer.ts';

export interface NeighborRestartOptions {
  readonly rib: Pick<Rib, 'endRefresh' | 'keepForLong' | 'table'>;
  /** Suspended. */
  readonly peer: RibPeer;
  readonly kept: ReadonlyMap<Family, KeepTimes>;
  /** From the loss of the session on. */
  readonly stalePathSeconds: number;
  readonly logger: Logger;
  readonly boundaries: Boundaries;
  readonly events: EventLog;
  /** The RIB has work to do. */
  readonly schedule: () => void;
  /** No family has stale routes any more. */
  readonly over: () => void;
}

interface StaleFamily {
  phase: StalePhase;
  isLongLived: boolean;
  timer: StaleTimer;
}

export class NeighborRestart {
  readonly lostAt: Date = new Date();
  readonly #options: NeighborRestartOptions;
  readonly #families: Map<Family, StaleFamily> = new Map();

  constructor(options: NeighborRestartOptions) {
    this.#options = options;
    for (const [family, { restartSeconds }] of options.kept) {
      const timer = this.#timer(restartSeconds, () => this.#restartTimeOver(family));
      this.#families.set(family, { phase: 'restart', isLongLived: false, timer });
    }
    this.#report(undefined, `its session is lost: its routes are stale, and are kept until it is back, at most ${longest(options.kept)} s`);
  }

  /** What becomes of the stale routes of a family, and when they go at the latest. Undefined where it has none. */
  stateOf(family: Family): { readonly phase: StalePhase; readonly endsAt: Date } | undefined {
    const stale = this.#families.get(family);
    return stale && { phase: stale.phase, endsAt: stale.timer.endsAt };
  }

  /** The session is back, and `Rib.resumePeer` was called for the same peer. */
  back(session: Pick<SessionInfo, 'negotiated' | 'families'>): void {
    for (const [family, stale] of this.#families) {
      if (!stillKept(session, family, stale.isLongLived)) {
        this.#end(family, 'the neighbor is back and did not keep its forwarding state: its stale routes go');
        continue;
      }
      const { phase } = stale;
      stale.phase = 'resync';
      if (phase !== 'restart') continue;
      stale.timer.cancel();
      const left = Math.max(0, this.#options.stalePathSeconds - (Date.now() - this.lostAt.getTime()) / 1000);
      stale.timer = this.#timer(left, () => this.#end(family, 'no End-of-RIB in time: routes that are still stale go'));
    }
  }

  endOfRib(family: Family): void {
    if (this.#families.get(family)?.phase === 'resync') this.#end(family, 'the neighbor has sent its routes again: those still stale go');
  }

  /** The peer is gone from the RIB, or its routes are to be kept anew: forgets all of it. */
  cancel(): void {
    for (const { timer } of this.#families.values()) timer.cancel();
    this.#families.clear();
  }

  #restartTimeOver(family: Family): void {
    const { rib, peer, kept, schedule } = this.#options;
    const stale = this.#families.get(family);
    const seconds = kept.get(family)?.longLivedSeconds ?? 0;
    if (stale === undefined) return;
    if (seconds === 0) return this.#end(family, 'its restart takes too long: its stale routes go');
    rib.keepForLong(peer, family);
    schedule();
    stale.phase = 'long-lived';
    stale.isLongLived = true;
    stale.timer = this.#timer(seconds, () => this.#end(family, 'its stale time is over: its stale routes go'));
    this.#report(family, `its restart takes too long: its stale routes are the last choice for ${seconds} s more (RFC 9494)`);
  }

  #end(family: Family, why: string): void {
    const { rib, peer, schedule, over } = this.#options;
    this.#families.get(family)?.timer.cancel();
    this.#families.delete(family);
    const { position } = rib.table(family);
    const { stale } = peer.refresh[position]!;
    if (rib.endRefresh(peer, family)) schedule();
    this.#report(family, `${why}, ${stale} of them`);
    if (this.#families.size === 0) over();
  }

  #timer(seconds: number, expire: () => void): StaleTimer {
    return new StaleTimer(seconds, this.#options.peer.options.name, this.#options.boundaries, expire);
  }

  #report(family: Family | undefined, text: string): void {
    const { logger, events, peer } = this.#options;
    const { name: neighbor } = peer.options;
    logger.info({ neighbor, ...(family !== undefined && { family: formatFamily(family) }) }, `graceful restart: ${text}`);
    events.record({ type: 'graceful-restart', neighbor, family, text });
  }
}

function longest(kept: ReadonlyMap<Family, KeepTimes>): number {
  return Math.max(...[...kept.values()].map(({ restartSeconds, longLivedSeconds }) => restartSeconds + longLivedSeconds));
}
