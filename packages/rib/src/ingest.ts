/**
 * An UPDATE enters the Adj-RIB-In.
 *
 *   1. Sections: lengths that contradict each other end the session.
 *   2. Attributes: if the block is one that we hold already, octet by octet, everything about it is known. Else it is scanned, judged
 *      (RFC 7606) and brought into canonical form. A set that would not fit its length field then is treated as withdrawn.
 *   3. NLRI: all of them are read once for syntax, so that nothing is applied of an UPDATE that ends the session.
 *   4. Withdrawals are applied, then announcements; a verdict of treat-as-withdraw turns those into withdrawals.
 *
 * Nothing a peer sends makes this throw. If something does throw (an observer, a column that finds no memory), what was applied so far stays
 * applied and all columns agree: an attribute set is held from its making until its paths hold it, and an NLRI without a path is dropped.
 */
import {
  AttributeCode,
  type Family,
  Fault,
  makeFamily,
  NotificationCode,
  readU16,
  readU32,
  UpdateError,
  type WireContext,
} from '@tsbgp/wire';
import { AttributeScan, prefixesAreWhole, UpdateScan, updateVerdict } from '@tsbgp/wire/scan';
import type { AttributeTable } from './attributes/attribute-table.ts';
import { CanonicalBlock, type NextHopSource, widenAsNumbers } from './attributes/canonical.ts';
import { AttrFlag } from './attributes/facts.ts';
import { NONE } from './columns.ts';
import { CHANGE_PENALTY, WITHDRAWAL_PENALTY } from './damping/flap-history.ts';
import { codeOf, isUnusableReason, NO_REASON, type ReasonCode, reasonOf, type UnusableReason } from './filter-reason.ts';
import { findPath } from './find-path.ts';
import { isHeldAnyway, judgeRoute } from './import/judge-path.ts';
import { LimitedRoutes } from './import/limited-routes.ts';
import { rejudgePaths } from './import/reuse.ts';
import type { ImportRules } from './import/rules.ts';
import { type LimitNotice, limitFault } from './limits.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import { hasOctets, OctetRoutes, type OctetTable } from './octet-routes.ts';
import type { RibPeer } from './peer.ts';
import type { RibTable } from './table.ts';
import type { ImportVerdict } from './verdict.ts';

/** Told what RFC 7606 made of an UPDATE that did not end the session, and when a peer has sent all it has. */
export interface IngestObserver {
  /** An UPDATE was treated as withdraw, or attributes of it were discarded (RFC 7606). */
  fault(peer: RibPeer, fault: Fault): void;
  /** The peer has sent all its routes of the family (RFC 4724 §2). */
  endOfRib(peer: RibPeer, family: Family): void;
  /** Routes of an UPDATE are held, but not used (RFC 4271 §6.3, §9.1.2, RFC 4456 §8). At most once per field of routes. */
  unusable?(peer: RibPeer, reason: UnusableReason): void;
  /** So much of a limit is in use that a warning is due, or it was passed; once until the count was lower again. */
  limit?(peer: RibPeer, notice: LimitNotice): void;
}

/** Routes of a field whose ids are found before the first one is announced. */
const IDS_AHEAD = 32;

export class Ingest {
  readonly #attributes: AttributeTable;
  readonly #tables: ReadonlyMap<Family, RibTable>;
  readonly #ipv4: RibTable;
  readonly #rules: ImportRules;
  readonly #observer: IngestObserver;
  readonly #update: UpdateScan = new UpdateScan();
  readonly #scan: AttributeScan = new AttributeScan();
  readonly #canonical: CanonicalBlock = new CanonicalBlock();
  readonly #limited: LimitedRoutes = new LimitedRoutes();
  readonly #octets: OctetRoutes;
  /** The attributes of a session without four-octet AS numbers, rewritten with them. */
  #wide: Uint8Array = new Uint8Array(0);
  readonly #wideScan: AttributeScan = new AttributeScan();
  /** Scratch of `#announceEach`. */
  readonly #ids: Int32Array = new Int32Array(IDS_AHEAD);
  /** Of the block that `#known` did not find. */
  #missedHash = 0;
  /** Seconds since 1970, kept by the caller: the RIB has no clock. */
  nowSeconds = 0;

  constructor(
    attributes: AttributeTable,
    tables: ReadonlyMap<Family, RibTable>,
    ipv4: RibTable,
    rules: ImportRules,
    observer: IngestObserver,
  ) {
    this.#rules = rules;
    this.#octets = new OctetRoutes(rules, this.#limited);
    this.#attributes = attributes;
    this.#tables = tables;
    this.#ipv4 = ipv4;
    this.#observer = observer;
  }

  /**
   * Applies the UPDATE body in `bytes[start, end)`, borrowed for the call. A fault that is returned ends the session. Nothing was applied
   * then, unless the fault is a limit that the peer passed: routes before it were.
   */
  update(peer: RibPeer, bytes: Uint8Array, start: number, end: number): Fault | undefined {
    const update = this.#update;
    const broken = update.scan(bytes, start, end);
    if (broken !== undefined) return broken;
    const { attributesStart, attributesEnd, nlriStart, nlriEnd, withdrawnStart, withdrawnEnd } = update;
    const context = peer.receive;
    const ipv4Identifiers = context.addPath.has(this.#ipv4.family);
    if (nlriEnd > nlriStart || withdrawnEnd > withdrawnStart) {
      if (
        !prefixesAreWhole(bytes, withdrawnStart, withdrawnEnd, 32, ipv4Identifiers) ||
        !prefixesAreWhole(bytes, nlriStart, nlriEnd, 32, ipv4Identifiers)
      ) {
        return invalidNetworkField();
      }
      if (nlriEnd > nlriStart) {
        const known = this.#known(peer, bytes, attributesStart, attributesEnd);
        if (known !== NONE && peer.options.families.includes(this.#ipv4.family)) {
          if (withdrawnEnd === withdrawnStart) {
            return this.#announce(this.#ipv4, peer, known, bytes, nlriStart, nlriEnd, ipv4Identifiers);
          }
          // A withdrawal may release the last reference to the very set that is announced.
          this.#attributes.hold(known);
          try {
            this.#withdraw(this.#ipv4, peer, bytes, withdrawnStart, withdrawnEnd, ipv4Identifiers);
            return this.#announce(this.#ipv4, peer, known, bytes, nlriStart, nlriEnd, ipv4Identifiers);
          } finally {
            this.#attributes.release(known);
          }
        }
      }
    } else if (attributesEnd === attributesStart) {
      this.#observer.endOfRib(peer, this.#ipv4.family);
      return undefined;
    }
    return this.#judgeAndApply(peer, bytes, context, ipv4Identifiers);
  }

  /** The id of a raw block that is canonical and that this peer may send; then it passed every check when it was interned. */
  #known(peer: RibPeer, bytes: Uint8Array, start: number, end: number): number {
    if (peer.scansAll) return NONE;
    const hash = this.#attributes.hash(bytes, start, end);
    const attr = this.#attributes.find(bytes, start, end, hash);
    this.#missedHash = hash;
    if (attr === NONE) return NONE;
    const flags = this.#attributes.flags[attr]!;
    if ((flags & AttrFlag.MpNextHop) !== 0) return NONE;
    return (flags & AttrFlag.InternalOnly) !== 0 && !peer.sendsEverything ? NONE : attr;
  }

  #judgeAndApply(peer: RibPeer, bytes: Uint8Array, context: WireContext, ipv4Identifiers: boolean): Fault | undefined {
    const update = this.#update;
    const scan = this.#scan;
    scan.scan(bytes, update.attributesStart, update.attributesEnd, context);
    let fault = updateVerdict(update, scan);
    if (!context.fourOctetAs && (fault === undefined || fault.action === 'discard')) fault = this.#widen(bytes, context) ?? fault;
    if (fault !== undefined) {
      // Families that cannot be told apart from the damage are not disabled one by one: a reset is what RFC 7606 §2 allows instead.
      if (fault.action === 'reset' || fault.action === 'disable') return fault;
      if (fault.action === 'withdraw') peer.treatedAsWithdraw++;
      else peer.attributesDiscarded++;
      this.#observer.fault(peer, fault);
    }
    const reach = scan.find(AttributeCode.MpReachNlri);
    const unreach = scan.find(AttributeCode.MpUnreachNlri);
    const reachTable = reach === -1 ? undefined : this.#tableAt(peer, bytes, scan.valueStart[reach]!);
    const unreachTable = unreach === -1 ? undefined : this.#tableAt(peer, bytes, scan.valueStart[unreach]!);
    let reachStart = 0;
    let reachEnd = 0;
    let unreachStart = 0;
    let unreachEnd = 0;
    if (reachTable !== undefined) {
      reachStart = scan.valueStart[reach]! + 5 + bytes[scan.valueStart[reach]! + 3]!;
      reachEnd = scan.valueEnd[reach]!;
      const identifiers = context.addPath.has(reachTable.family);
      if (hasOctets(reachTable)) fault = this.#checkOctets(reachTable, peer, bytes, reachStart, reachEnd, identifiers) ?? fault;
      else if (!prefixesAreWhole(bytes, reachStart, reachEnd, reachTable.index.bitsMax, identifiers)) return invalidNetworkField();
    }
    if (unreachTable !== undefined) {
      unreachStart = scan.valueStart[unreach]! + 3;
      unreachEnd = scan.valueEnd[unreach]!;
      const identifiers = context.addPath.has(unreachTable.family);
      if (!hasOctets(unreachTable) && !prefixesAreWhole(bytes, unreachStart, unreachEnd, unreachTable.index.bitsMax, identifiers)) {
        return invalidNetworkField();
      }
    }

    const { nlriStart, nlriEnd } = update;
    this.#withdraw(this.#ipv4, peer, bytes, update.withdrawnStart, update.withdrawnEnd, ipv4Identifiers);
    if (unreachTable !== undefined) {
      const identifiers = context.addPath.has(unreachTable.family);
      this.#withdraw(unreachTable, peer, bytes, unreachStart, unreachEnd, identifiers);
      if (unreachStart === unreachEnd && scan.count === 1) this.#observer.endOfRib(peer, unreachTable.family);
    }
    if (fault?.action === 'withdraw') {
      this.#withdraw(this.#ipv4, peer, bytes, nlriStart, nlriEnd, ipv4Identifiers);
      if (reachTable !== undefined) {
        this.#withdraw(reachTable, peer, bytes, reachStart, reachEnd, context.addPath.has(reachTable.family));
      }
      return undefined;
    }
    // Both fields of one UPDATE share their attributes but not their next hop; two attribute sets then.
    if (reachTable !== undefined && reachEnd > reachStart) {
      const passed = this.#announceNew(reachTable, peer, 'mp-reach', bytes, reachStart, reachEnd);
      if (passed !== undefined) return passed;
    }
    if (nlriEnd > nlriStart && peer.options.families.includes(this.#ipv4.family)) {
      return this.#announceNew(this.#ipv4, peer, 'next-hop', bytes, nlriStart, nlriEnd);
    }
    return undefined;
  }

  /** NLRI that cannot be read are told of, and counted. A fault that is returned withdraws the routes of the UPDATE. */
  #checkOctets(table: OctetTable, peer: RibPeer, bytes: Uint8Array, start: number, end: number, identifiers: boolean): Fault | undefined {
    const fault = this.#octets.check(table, bytes, start, end, identifiers);
    if (fault === undefined) return undefined;
    if (fault.action === 'withdraw') peer.treatedAsWithdraw++;
    else peer.attributesDiscarded++;
    this.#observer.fault(peer, fault);
    return fault.action === 'withdraw' ? fault : undefined;
  }

  /** Announces the routes in `bytes[start, end)` with the attributes of the scanned block. A fault is a limit that the peer passed. */
  #announceNew(table: RibTable, peer: RibPeer, source: NextHopSource, bytes: Uint8Array, start: number, end: number): Fault | undefined {
    const attributes = this.#attributes;
    const identifiers = peer.receive.addPath.has(table.family);
    const { count } = attributes;
    const attr = this.#intern(bytes, peer.receive, source);
    attributes.hold(attr);
    try {
      if (attributes.count > count) {
        attributes.makers.made(attr, attributes.length[attr]!, peer);
        const { limits } = peer;
        if (limits !== undefined && peer.attributeSets > limits.attributeSets.quiet) {
          const isPassed = peer.attributeSets > limits.attributeSets.max;
          if (isPassed) this.#limited.passed.add(limits.attributeSets);
          this.#tellLimits(table, peer);
          if (isPassed && limits.action === 'shutdown') return limitFault(limits.attributeSets);
          if (isPassed && limits.action === 'discard') {
            this.#discard(table, peer, codeOf('attribute-sets'), bytes, start, end, identifiers);
            return undefined;
          }
        }
      }
      return this.#announce(table, peer, attr, bytes, start, end, identifiers);
    } finally {
      attributes.release(attr);
    }
  }

  /** The id of the attribute set of the scanned block. Nobody holds a new one yet. */
  #intern(bytes: Uint8Array, context: WireContext, source: NextHopSource): number {
    const canonical = this.#canonical;
    if (context.fourOctetAs) {
      canonical.write(bytes, this.#scan, source);
      const { attributesStart, attributesEnd } = this.#update;
      // The very octets that `#known` looked for.
      if (canonical.isSame(bytes, attributesStart, attributesEnd)) {
        return this.#attributes.intern(bytes, attributesStart, attributesEnd, this.#missedHash);
      }
    } else {
      canonical.write(this.#wide, this.#wideScan, source);
    }
    return this.#attributes.intern(canonical.bytes, canonical.start, canonical.end);
  }

  /** Rewrites the scanned block with AS numbers of four octets. Treat-as-withdraw where no attribute set has room for them. */
  #widen(bytes: Uint8Array, context: WireContext): Fault | undefined {
    const wide = widenAsNumbers(bytes, this.#scan, context);
    if (wide === undefined) {
      const reason = 'with AS numbers of four octets the path attributes take more than 65535 octets';
      return new Fault('withdraw', NotificationCode.UpdateMessageError, UpdateError.AttributeLength, reason);
    }
    this.#wide = wide;
    this.#wideScan.scan(wide, 0, wide.length, { ...context, fourOctetAs: true });
    const { fault } = this.#wideScan;
    return fault?.action === 'discard' ? undefined : fault;
  }

  #tableAt(peer: RibPeer, bytes: Uint8Array, value: number): RibTable | undefined {
    const family = makeFamily(readU16(bytes, value), bytes[value + 2]!);
    return peer.options.families.includes(family) ? this.#tables.get(family) : undefined;
  }

  #announce(
    table: RibTable,
    peer: RibPeer,
    attr: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    identifiers: boolean,
  ): Fault | undefined {
    const refresh = peer.refresh[table.position]!;
    const { limits } = peer;
    const verdict = this.#rules.judge(attr, peer, table, bytes, identifiers ? start + 4 : start);
    const { reason, used } = verdict;
    // Nobody but routes may hold a set that policy made, and one of those in the field may go in the middle of it.
    if (used !== attr) this.#attributes.hold(used);
    verdict.flags |= refresh.bits;
    refresh.announcedBits = refresh.bits;
    let fault: Fault | undefined;
    try {
      if (reason !== NO_REASON && !peer.keepsRejected) {
        this.#discard(table, peer, reason, bytes, start, end, identifiers);
      } else if (hasOctets(table)) {
        fault = this.#octets.announce(table, peer, verdict, bytes, start, end, identifiers, this.nowSeconds);
        if (limits !== undefined && (this.#limited.passed.size > 0 || !limits.hasRoom(peer, table.position, 0)))
          this.#tellLimits(table, peer);
      } else if (verdict.isOpen || peer.judgesOneByOne) {
        fault = this.#announceOneByOne(table, peer, verdict, bytes, start, end, identifiers);
      } else if (limits === undefined || limits.hasRoom(peer, table.position, end - start)) {
        this.#announceEach(table, peer, verdict, bytes, start, end, identifiers);
      } else {
        fault = this.#limited.announce(table, peer, verdict, bytes, start, end, identifiers, this.nowSeconds);
        this.#tellLimits(table, peer);
      }
    } catch (error) {
      if (hasOctets(table)) this.#octets.dropUnused(table, bytes, start, end, identifiers);
      else dropUnused(table, bytes, start, end, identifiers);
      throw error;
    } finally {
      if (used !== attr) this.#attributes.release(used);
    }
    if (reason !== NO_REASON && peer.options.importAccept) this.#tellUnusable(peer, reason);
    return fault;
  }

  /** The routes in `bytes[start, end)` are rejected and not held: whatever the peer had announced for them before is gone. */
  #discard(table: RibTable, peer: RibPeer, reason: ReasonCode, bytes: Uint8Array, start: number, end: number, identifiers: boolean): void {
    peer.discard(table.position, reason, this.#withdrawEach(table, peer, bytes, start, end, identifiers));
  }

  /** The limits of the peer are others: tells of those that are passed by what is held. */
  tellLimitsOf(peer: RibPeer): void {
    for (const table of this.#tables.values()) this.#tellLimits(table, peer);
  }

  #tellLimits(table: RibTable, peer: RibPeer): void {
    const { passed } = this.#limited;
    const notices = peer.limits?.news(peer, table.position, passed) ?? [];
    passed.clear();
    for (const notice of notices) this.#observer.limit?.(peer, notice);
  }

  #announceEach(
    table: RibTable,
    peer: RibPeer,
    verdict: ImportVerdict,
    bytes: Uint8Array,
    start: number,
    end: number,
    identifiers: boolean,
  ): void {
    const { index } = table;
    const now = this.nowSeconds;
    const ids = this.#ids;
    // First the ids of some routes, then what becomes of them: so the processor waits for the slots of several prefixes at once.
    for (let next = start; next < end; ) {
      const from = next;
      let count = 0;
      for (; next < end && count < IDS_AHEAD; count++) {
        if (identifiers) next += 4;
        ids[count] = index.insertWire(bytes, next);
        next += 1 + ((bytes[next]! + 7) >>> 3);
      }
      for (let at = 0, offset = from; at < count; at++) {
        let identifier = 0;
        if (identifiers) {
          identifier = readU32(bytes, offset);
          offset += 5 + ((bytes[offset + 4]! + 7) >>> 3);
        }
        table.announce(ids[at]! as NlriId, peer, identifier, verdict, now);
      }
    }
  }

  /** As `#announceEach`, for a peer whose routes are judged one by one. */
  #announceOneByOne(
    table: RibTable,
    peer: RibPeer,
    verdict: ImportVerdict,
    bytes: Uint8Array,
    start: number,
    end: number,
    identifiers: boolean,
  ): Fault | undefined {
    const { limits, damping } = peer;
    // `verdict` is that of the rules, which judge again below.
    const plain = { ...verdict };
    for (let offset = start; offset < end; offset += 1 + ((bytes[offset]! + 7) >>> 3)) {
      const routeStart = offset;
      const identifier = identifiers ? readU32(bytes, offset) : 0;
      if (identifiers) offset += 4;
      const nlri = table.index.insertWire(bytes, offset);
      if (damping !== undefined) {
        const path = findPath(table, nlri, peer, identifier);
        const isChange = path !== NONE && table.receivedAttrOf(path) !== plain.received;
        if (isChange && damping.flap(table, nlri, CHANGE_PENALTY, this.nowSeconds)) rejudgePaths(this.#rules, table, nlri, peer);
      }
      const judged = judgeRoute(this.#rules, table, nlri, identifier, peer, plain);
      if (judged.reason !== NO_REASON && !peer.keepsRejected && !isHeldAnyway(judged.reason, peer)) {
        table.withdraw(nlri, peer, identifier);
        peer.discard(table.position, judged.reason, 1);
        table.dropUnused(nlri);
        continue;
      }
      if (limits === undefined || limits.hasRoom(peer, table.position, 1)) {
        table.announce(nlri, peer, identifier, judged, this.nowSeconds);
        continue;
      }
      const routeEnd = offset + 1 + ((bytes[offset]! + 7) >>> 3);
      const fault = this.#limited.announce(table, peer, judged, bytes, routeStart, routeEnd, identifiers, this.nowSeconds);
      table.dropUnused(nlri);
      this.#tellLimits(table, peer);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #tellUnusable(peer: RibPeer, code: ReasonCode): void {
    const reason = reasonOf(code);
    if (reason === undefined || !isUnusableReason(reason)) return;
    peer.unusable[reason]++;
    this.#observer.unusable?.(peer, reason);
  }

  /** A peer whose routes are suppressed when they flap withdrew one. */
  #withdrawn(table: RibTable, peer: RibPeer, nlri: NlriId): void {
    if (peer.damping!.flap(table, nlri, WITHDRAWAL_PENALTY, this.nowSeconds)) rejudgePaths(this.#rules, table, nlri, peer);
  }

  #withdraw(table: RibTable, peer: RibPeer, bytes: Uint8Array, start: number, end: number, identifiers: boolean): void {
    if (start === end) return;
    const held = peer.received[table.position]!;
    this.#withdrawEach(table, peer, bytes, start, end, identifiers);
    peer.withdrawn[table.position]! += held - peer.received[table.position]!;
    if (peer.limits?.wereTold(table.position) === true) this.#tellLimits(table, peer);
  }

  /** Returns how many routes there are in `bytes[start, end)`. */
  #withdrawEach(table: RibTable, peer: RibPeer, bytes: Uint8Array, start: number, end: number, identifiers: boolean): number {
    if (hasOctets(table)) return this.#octets.withdraw(table, peer, bytes, start, end, identifiers, this.nowSeconds);
    const { index } = table;
    let offset = start;
    let identifier = 0;
    let count = 0;
    for (; offset < end; count++) {
      if (identifiers) {
        identifier = (readU16(bytes, offset) << 16) | readU16(bytes, offset + 2);
        offset += 4;
      }
      const nlri = index.findWire(bytes, offset);
      if (nlri !== NONE && table.withdraw(nlri, peer, identifier >>> 0) && peer.damping !== undefined) this.#withdrawn(table, peer, nlri);
      offset += 1 + ((bytes[offset]! + 7) >>> 3);
    }
    return count;
  }
}

/** Frees the NLRI of a field that are in the index although their path was not added. */
function dropUnused(table: RibTable, bytes: Uint8Array, start: number, end: number, identifiers: boolean): void {
  let offset = start;
  while (offset < end) {
    if (identifiers) offset += 4;
    table.dropUnused(table.index.findWire(bytes, offset));
    offset += 1 + ((bytes[offset]! + 7) >>> 3);
  }
}

/** RFC 4271 §6.3, RFC 7606 §3 (j): what cannot be read cannot be withdrawn. */
function invalidNetworkField(): Fault {
  return new Fault('reset', NotificationCode.UpdateMessageError, UpdateError.InvalidNetworkField, 'NLRI field cannot be read');
}
