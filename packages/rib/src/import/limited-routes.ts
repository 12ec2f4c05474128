/**
 * A field of routes that may pass a limit of the peer: looked at route by route, in the order in which they came (limits.ts).
 */
import { type Fault, readU32 } from '@tsbgp/wire';
import { NONE } from '../columns.ts';
import { codeOf } from '../filter-reason.ts';
import { type Limit, type Limits, limitFault } from '../limits.ts';
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
    const limits = peer.limits!;
    let offset = start;
    while (offset < end) {
      let identifier = 0;
      if (identifiers) {
        identifier = readU32(bytes, offset);
        offset += 4;
      }
      const fault = this.#announceOne(table, peer, limits, verdict, bytes, offset, identifier, nowSeconds);
      if (fault !== undefined) return fault;
      offset += 1 + ((bytes[offset]! + 7) >>> 3);
    }
    return undefined;
  }

  #announceOne(
    table: RibTable,
    peer: RibPeer,
    limits: Limits,
    verdict: ImportVerdict,
    bytes: Uint8Array,
    offset: number,
    identifier: number,
    nowSeconds: number,
  ): Fault | undefined {
    // What is not taken is not put into the index either.
    const known = table.index.findWire(bytes, offset);
    const path = known === NONE || known >= table.nlriCapacity ? NONE : table.find(known, peer.index, identifier);
    const passedByNew = path === NONE ? limits.passedByNew(peer, table.position) : undefined;
    const before = path === NONE ? undefined : table.pathFlags[path];
    const passedByAccepted = limits.passedByAccepted(peer, table.position, verdict.flags, before);
    const passed = passedByNew ?? passedByAccepted;
    if (passed === undefined || limits.action === 'warn') {
      if (passed !== undefined) this.passed.add(passed);
      table.announce(table.index.insertWire(bytes, offset), peer, identifier, verdict, nowSeconds);
      return undefined;
    }
    this.passed.add(passed);
    if (passedByNew === undefined && limits.action === 'discard' && peer.keepsRejected) {
      const beyond = this.#beyond.rejectAs(verdict, MAX_PREFIX);
      table.announce(table.index.insertWire(bytes, offset), peer, identifier, beyond, nowSeconds);
      return undefined;
    }
    if (limits.action === 'shutdown') return limitFault(passed);
    // Held before, and rejected for another reason then.
    if (path !== NONE) table.withdraw(known, peer, identifier);
    peer.discard(table.position, MAX_PREFIX, 1);
    return undefined;
  }
}
