/**
 * A field of routes that may pass a limit of the peer: looked at route by route, in the order in which they came (limits.ts).
 */
import { Fault, readU32 } from '@tsbgp/wire';
import { NONE } from '../columns.ts';
import { codeOf } from '../filter-reason.ts';
import { findPath } from '../find-path.ts';
import { type Limit, limitFault } from '../limits.ts';
import type { RibPeer } from '../peer.ts';
import type { RibTable } from '../table.ts';
import { type ImportVerdict, Verdict } from '../verdict.ts';

const MAX_PREFIX = codeOf('max-prefix');

export class LimitedRoutes {
  /** Limits that routes passed since the caller emptied it. */
  readonly passed: Set<Limit> = new Set();
  readonly #beyond: Verdict = new Verdict();

  /** Announces the routes in `bytes[start, end)` as far as the limits of the peer let it. A fault ends the session. */
  announce(
    table: RibTable,
    peer: RibPeer,
    verdict: ImportVerdict,
    bytes: Uint8Array,
    start: number,
    end: number,
    identifiers: boolean,
    nowSeconds: number,
  ): Fault | undefined {
    let offset = start;
    while (offset < end) {
      let identifier = 0;
      if (identifiers) {
        identifier = readU32(bytes, offset);
        offset += 4;
      }
      // What is not taken is not put into the index either.
      const known = table.index.findWire(bytes, offset);
      const path = known === NONE ? NONE : findPath(table, known, peer, identifier);
      const taken = this.judge(table, peer, verdict, path);
      if (taken instanceof Fault) return taken;
      if (taken !== undefined) table.announce(table.index.insertWire(bytes, offset), peer, identifier, taken, nowSeconds);
      else if (path !== NONE) table.withdraw(known, peer, identifier);
      offset += 1 + ((bytes[offset]! + 7) >>> 3);
    }
    return undefined;
  }

  /**
   * With which verdict a route is announced, whose path is `path` or NONE. Undefined: it is not taken, and what was held of it goes. A fault ends
   * the session.
   */
  judge(table: RibTable, peer: RibPeer, verdict: ImportVerdict, path: number): ImportVerdict | Fault | undefined {
    const limits = peer.limits!;
    const passedByNew = path === NONE ? limits.passedByNew(peer, table.position) : undefined;
    const before = path === NONE ? undefined : table.pathFlags[path];
    const passed = passedByNew ?? limits.passedByAccepted(peer, table.position, verdict.flags, before);
    if (passed === undefined) return verdict;
    this.passed.add(passed);
    if (limits.action === 'warn') return verdict;
    if (passedByNew === undefined && limits.action === 'discard' && peer.keepsRejected) return this.#beyond.rejectAs(verdict, MAX_PREFIX);
    if (limits.action === 'shutdown') return limitFault(passed);
    peer.discard(table.position, MAX_PREFIX, 1);
    return undefined;
  }
}
