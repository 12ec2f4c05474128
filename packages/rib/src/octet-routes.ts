/**
 * Routes of families whose NLRI are no plain prefixes enter the Adj-RIB-In. As ingest.ts does it for prefixes, with one difference: the octets of
 * an NLRI may change while the route stays the same (labels, say), and then the route is announced again.
 */
import { type Family, Fault, formatFamily, NotificationCode, readU32, UpdateError } from '@tsbgp/wire';
import { NONE } from './columns.ts';
import { CHANGE_PENALTY, WITHDRAWAL_PENALTY } from './damping/flap-history.ts';
import { NO_REASON } from './filter-reason.ts';
import { findPath } from './find-path.ts';
import { isHeldAnyway, judgeRoute } from './import/judge-path.ts';
import type { LimitedRoutes } from './import/limited-routes.ts';
import { rejudgePaths } from './import/reuse.ts';
import type { ImportRules } from './import/rules.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import type { PathOctets } from './nlri/path-octets.ts';
import type { RibPeer } from './peer.ts';
import { restate } from './restated.ts';
import type { PathId, RibTable } from './table.ts';
import type { ImportVerdict } from './verdict.ts';

const IDENTIFIER_LENGTH = 4;

/** A table whose NLRI are octets. */
export type OctetTable = RibTable & { readonly octets: PathOctets };

export function hasOctets(table: RibTable): table is OctetTable {
  return table.octets !== undefined;
}

export class OctetRoutes {
  readonly #rules: ImportRules;
  readonly #limited: LimitedRoutes;
  /** The field that was checked last has NLRI that are malformed. */
  #hasMalformed = false;

  constructor(rules: ImportRules, limited: LimitedRoutes) {
    this.#rules = rules;
    this.#limited = limited;
  }

  /**
   * What of the NLRI in `bytes[start, end)`, which are whole, cannot be read: all routes of the UPDATE are then withdrawn, or these NLRI are
   * discarded (`FamilyCodec.malformed`). Undefined where all can.
   */
  check({ octets: { index }, family }: OctetTable, bytes: Uint8Array, start: number, end: number, identifiers: boolean): Fault | undefined {
    this.#hasMalformed = false;
    if (index.malformed === 'reset') return undefined; // such an UPDATE does not get here
    for (let at = start; at < end; ) {
      const from = identifiers ? at + IDENTIFIER_LENGTH : at;
      const next = index.endOf(bytes, from, end);
      if (!index.isWellFormed(bytes, from, next)) {
        this.#hasMalformed = true;
        return malformed(family, index.malformed === 'withdraw' ? 'withdraw' : 'discard');
      }
      at = next;
    }
    return undefined;
  }

  /** Announces the routes in `bytes[start, end)`, which `check` has seen, without those that are malformed. A fault ends the session. */
  announce(
    table: OctetTable,
    peer: RibPeer,
    verdict: ImportVerdict,
    bytes: Uint8Array,
    start: number,
    end: number,
    identifiers: boolean,
    nowSeconds: number,
  ): Fault | undefined {
    const { octets } = table;
    const { index } = octets;
    const { limits } = peer;
    // `verdict` is that of the rules, which judge again below.
    const isOfRoute = verdict.isOpen || peer.judgesOneByOne;
    const plain = isOfRoute ? { ...verdict } : verdict;
    for (let at = start; at < end; ) {
      const identifier = identifiers ? readU32(bytes, at) : 0;
      const from = identifiers ? at + IDENTIFIER_LENGTH : at;
      const next = index.endOf(bytes, from, end);
      at = next;
      if (this.#hasMalformed && !index.isWellFormed(bytes, from, next)) continue;
      const nlri = index.insert(bytes, from, next);
      const path = findPath(table, nlri, peer, identifier);
      const judged = isOfRoute ? this.#judge(table, peer, nlri, path, identifier, plain, nowSeconds) : plain;
      let taken: ImportVerdict | Fault | undefined = judged;
      if (judged.reason !== NO_REASON && !peer.keepsRejected && !isHeldAnyway(judged.reason, peer)) {
        peer.discard(table.position, judged.reason, 1);
        taken = undefined;
      } else if (limits !== undefined && !limits.hasRoom(peer, table.position, 1)) taken = this.#limited.judge(table, peer, judged, path);
      if (taken === undefined || taken instanceof Fault) {
        if (taken === undefined && path !== NONE) table.withdraw(nlri, peer, identifier);
        else table.dropUnused(nlri);
        if (taken !== undefined) return taken;
        continue;
      }
      prepare(table, nlri, path, bytes, from, next);
      table.announce(nlri, peer, identifier, taken, nowSeconds);
    }
    return undefined;
  }

  #judge(
    table: RibTable,
    peer: RibPeer,
    nlri: NlriId,
    path: number,
    identifier: number,
    verdict: ImportVerdict,
    nowSeconds: number,
  ): ImportVerdict {
    const isChange = path !== NONE && table.receivedAttrOf(path as never) !== verdict.received;
    if (isChange && peer.damping?.flap(table, nlri, CHANGE_PENALTY, nowSeconds) === true) rejudgePaths(this.#rules, table, nlri, peer);
    return judgeRoute(this.#rules, table, nlri, identifier, peer, verdict);
  }

  /** Returns how many routes there are in `bytes[start, end)`. */
  withdraw(
    table: OctetTable,
    peer: RibPeer,
    bytes: Uint8Array,
    start: number,
    end: number,
    identifiers: boolean,
    nowSeconds: number,
  ): number {
    const { index } = table.octets;
    let count = 0;
    for (let at = start; at < end; count++) {
      const identifier = identifiers ? readU32(bytes, at) : 0;
      const from = identifiers ? at + IDENTIFIER_LENGTH : at;
      at = index.endOf(bytes, from, end);
      if (!index.isWellFormed(bytes, from, at)) continue;
      const nlri = index.find(bytes, from, at);
      if (nlri === NONE || !table.withdraw(nlri, peer, identifier)) continue;
      if (peer.damping?.flap(table, nlri, WITHDRAWAL_PENALTY, nowSeconds) === true) rejudgePaths(this.#rules, table, nlri, peer);
    }
    return count;
  }

  /** Frees the NLRI of a field that are in the index although their path was not added. */
  dropUnused(table: OctetTable, bytes: Uint8Array, start: number, end: number, identifiers: boolean): void {
    const { index } = table.octets;
    for (let at = start; at < end; ) {
      const from = identifiers ? at + IDENTIFIER_LENGTH : at;
      at = index.endOf(bytes, from, end);
      if (index.isWellFormed(bytes, from, at)) table.dropUnused(index.find(bytes, from, at));
    }
  }
}

/** A path to `nlri`, which is `path` or is about to be added, has the octets `bytes[start, end)`. */
function prepare(table: OctetTable, nlri: NlriId, path: PathId, bytes: Uint8Array, start: number, end: number): void {
  const { octets } = table;
  if (path === NONE) octets.expect(bytes, start, end);
  else if (!octets.isSame(path, nlri, bytes, start, end)) restate(table, path, bytes, start, end);
}

/** Announces the one route that begins at `offset`, whatever its peer may bring. Returns its NLRI. */
export function announceOctets(
  table: OctetTable,
  peer: RibPeer,
  bytes: Uint8Array,
  offset: number,
  identifier: number,
  verdict: ImportVerdict,
  nowSeconds: number,
): NlriId {
  const { index } = table.octets;
  const end = index.endOf(bytes, offset, bytes.length);
  const nlri = index.insert(bytes, offset, end);
  prepare(table, nlri, findPath(table, nlri, peer, identifier), bytes, offset, end);
  table.announce(nlri, peer, identifier, verdict, nowSeconds);
  return nlri;
}

function malformed(family: Family, action: 'withdraw' | 'discard'): Fault {
  const reason = `an NLRI of ${formatFamily(family)} is malformed`;
  return new Fault(action, NotificationCode.UpdateMessageError, UpdateError.InvalidNetworkField, reason);
}
