/**
 * Routes of a peer that are stale: it is about to send them again, or its session was lost and they are kept for the next one.
 *
 *     route refresh      begin at BoRR, end at EoRR                                            RFC 7313 §4.2
 *     graceful restart   suspend when the session is lost, end at End-of-RIB or when the       RFC 4724 §4.2
 *                        peer cannot keep what it promised, or its time is over
 *     long-lived         between the two, when the restart takes too long                      RFC 9494 §4.2
 *
 * The RIB has no clock: the caller says when. refresh.ts has which paths are stale; this file changes what becomes of them.
 */
import type { Rejudgements } from './import/rejudge.ts';
import type { RibPeer } from './peer.ts';
import type { Refresh } from './refresh.ts';
import { type Sweeps, unifyStale } from './sweep.ts';
import type { PathId, RibTable } from './table.ts';

export class StaleRoutes {
  readonly #sweeps: Sweeps;
  readonly #rejudgements: Rejudgements;

  constructor(sweeps: Sweeps, rejudgements: Rejudgements) {
    this.#sweeps = sweeps;
    this.#rejudgements = rejudgements;
  }

  /**
   * All routes that the peer has sent so far are stale until it sends them again. Called once more before `end`, it begins anew. After a restart
   * all of them are awaited anyway, until End-of-RIB (RFC 7313 §4).
   */
  begin(peer: RibPeer, table: RibTable): void {
    if (!refreshOf(peer, table).isRestart) this.#begin(peer, table);
  }

  #begin(peer: RibPeer, table: RibTable): void {
    const refresh = refreshOf(peer, table);
    const held = peer.received[table.position]!;
    if (refresh.begin(held)) return;
    // No generation is left: an unfinished refresh was begun anew several times, with routes in between.
    this.#sweeps.finishStale(peer, table);
    unifyStale(table, peer);
    refresh.begin(held);
  }

  /** The peer has sent all its routes again, or will not: those that are still stale are swept away. False where none could be stale. */
  end(peer: RibPeer, table: RibTable): boolean {
    const refresh = refreshOf(peer, table);
    if (!refresh.isRunning) return false;
    refresh.end();
    this.#sweeps.addStale(peer, table);
    return true;
  }

  /** The session is lost: all routes become stale, and are kept or swept away. */
  suspend(peer: RibPeer, table: RibTable, isKept: boolean): void {
    const refresh = refreshOf(peer, table);
    // RFC 4724 §4.2: what is still stale after an earlier restart goes, whatever comes of this one.
    if (refresh.isRestart) this.end(peer, table);
    this.#begin(peer, table);
    refresh.isRestart = true;
    if (!isKept) this.end(peer, table);
  }

  /**
   * Stale routes are kept on for long: they get LLGR_STALE, and those with NO_LLGR go (import/long-lived.ts). Only after `suspend` and before
   * `end`.
   */
  keepForLong(peer: RibPeer, table: RibTable): void {
    const refresh = refreshOf(peer, table);
    if (!refresh.isRestart || refresh.isLongLived) return;
    refresh.isLongLived = true;
    this.#rejudgements.add(peer);
  }
}

/** Whether the peer of a path has still to send it again. */
export function isStale(table: RibTable, path: PathId): boolean {
  return table.peerOf(path)?.refresh[table.position]!.isStale(table.pathFlags[path]!) === true;
}

function refreshOf(peer: RibPeer, table: RibTable): Refresh {
  return peer.refresh[table.position]!;
}
