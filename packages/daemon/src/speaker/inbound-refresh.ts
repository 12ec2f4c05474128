/**
 * Receives enhanced route refreshes (RFC 7313 §4.2). The peer sends BoRR before and EoRR after its answer to a route refresh; routes that it does
 * not send between them are withdrawn. The RIB keeps which routes are stale; this file has the timer and the rules.
 *
 *   BoRR   All routes of the family become stale, and a timer starts. A second BoRR does the same again.
 *   EoRR   Stale routes are withdrawn. The same happens after `staleSeconds` without EoRR (§4.2 allows a bound).
 *
 * Before the End-of-RIB, BoRR and EoRR are ignored where both sides announced graceful restart. Deviates from RFC 7313 §4, for which the peer's
 * capability is enough: OpenBGPD announces its own, and sends End-of-RIB only to peers that announced it too.
 */
import type { Rib, RibPeer } from '@tsbgp/rib';
import type { Logger } from '@tsbgp/session';
import { type Family, formatFamily, RefreshSubtype } from '@tsbgp/wire';
import type { Boundaries } from '../boundaries.ts';

export interface InboundRefreshOptions {
  readonly rib: Pick<Rib, 'beginRefresh' | 'endRefresh'>;
  readonly peer: RibPeer;
  /** Both sides announced the graceful restart capability (RFC 4724 §3), so that End-of-RIB will come. */
  readonly gracefulRestart: boolean;
  /** How long stale routes are kept after BoRR when no EoRR comes (`refresh-stale-time`). */
  readonly staleSeconds: () => number;
  readonly logger: Logger;
  readonly boundaries: Boundaries;
  /** The RIB has work to do. */
  readonly schedule: () => void;
}

/** The refreshes that one session receives. Call `close` at its end. */
export class InboundRefreshes {
  readonly #options: InboundRefreshOptions;
  readonly #timers: Map<Family, NodeJS.Timeout> = new Map();
  readonly #endOfRib: Set<Family> = new Set();

  constructor(options: InboundRefreshOptions) {
    this.#options = options;
  }

  /** The peer has sent End-of-RIB of the family. */
  endOfRib(family: Family): void {
    this.#endOfRib.add(family);
  }

  /** Whether the peer has sent End-of-RIB of the family. */
  hasEnded(family: Family): boolean {
    return this.#endOfRib.has(family);
  }

  /** BoRR or EoRR for a family of the session. */
  mark(family: Family, subtype: number): void {
    if (this.#options.gracefulRestart && !this.#endOfRib.has(family)) {
      this.#log(family, `${subtype === RefreshSubtype.Begin ? 'BoRR' : 'EoRR'} before End-of-RIB ignored (RFC 7313 §4)`);
    } else if (subtype === RefreshSubtype.Begin) {
      this.#begin(family);
    } else if (subtype === RefreshSubtype.End) {
      this.#end(family, 'EoRR');
    }
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #begin(family: Family): void {
    const { rib, peer, boundaries } = this.#options;
    const staleSeconds = this.#options.staleSeconds();
    rib.beginRefresh(peer, family);
    clearTimeout(this.#timers.get(family));
    const expire = (): void => {
      boundaries.run('timer', { neighbor: peer.options.name }, () => this.#end(family, `no EoRR within ${staleSeconds} s`));
    };
    this.#timers.set(family, setTimeout(expire, staleSeconds * 1000).unref());
    this.#log(family, 'BoRR: all routes of the family are stale until they are announced again');
  }

  #end(family: Family, why: string): void {
    const { rib, peer, schedule } = this.#options;
    clearTimeout(this.#timers.get(family));
    this.#timers.delete(family);
    if (!rib.endRefresh(peer, family)) return;
    schedule();
    this.#log(family, `${why}: routes that are still stale are withdrawn`);
  }

  #log(family: Family, message: string): void {
    this.#options.logger.info({ neighbor: this.#options.peer.options.name, family: formatFamily(family) }, message);
  }
}
