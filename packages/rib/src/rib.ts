/**
 * The RIB: Adj-RIB-In, Loc-RIB and Adj-RIB-Out of all families, one owner, synchronous, without a clock.
 *
 *     session -> ingest -> table (Adj-RIB-In, dirty NLRI)            at once, per UPDATE
 *     work()  -> decide -> Loc-RIB -> update groups -> ports         in slices, until nothing is left
 *
 * The caller calls `work` between turns of its event loop for as long as it answers true.
 */

import { type Family, type Fault, IPV4_UNICAST } from '@tsbgp/wire';
import type { AggregateOptions, Aggregates } from './aggregates/aggregates.ts';
import { type AttrId, AttributeTable } from './attributes/attribute-table.ts';
import { NextHopCosts } from './attributes/next-hop-costs.ts';
import { OwnIdentity } from './attributes/own-identity.ts';
import { invariant } from './broken-invariant.ts';
import { DecisionChanges } from './decision-changes.ts';
import { DECISION_DEFAULTS, type DecisionOptions } from './decision-options.ts';
import { type BestObserver, Decisions } from './decisions.ts';
import { encoderBuffer } from './export/encoder.ts';
import { type ExportExplanation, ExportQuestion } from './export/explain.ts';
import { FailedPeers } from './export/failed-peers.ts';
import { FilterChanges } from './export/filter-changes.ts';
import type { UpdateGroup } from './export/group.ts';
import { UpdateGroups } from './export/groups.ts';
import type { Member, RefreshMarks } from './export/member.ts';
import { Rejudgements } from './import/rejudge.ts';
import { Reuse } from './import/reuse.ts';
import { ImportRules } from './import/rules.ts';
import { Ingest } from './ingest.ts';
import { areSameLimits, Limits } from './limits.ts';
import { announceLocal, internLocal, withdrawLocal } from './local.ts';
import { NextHopChanges } from './next-hop-changes.ts';
import type { NlriId } from './nlri/nlri-index.ts';
import { OwnRoutes } from './own-routes.ts';
import { OwnSearch } from './own-search.ts';
import { Owners } from './owners.ts';
import { isSamePeer, type PeerOptions, type RibPeer } from './peer.ts';
import { type ChangeableOptions, changedOptions } from './peer-changes.ts';
import { PeerIndexes } from './peer-indexes.ts';
import type { PolicyVerdict } from './policy/policy.ts';
import type { PrefixFilter } from './prefix-filter.ts';
import { Validation } from './revalidation/validation.ts';
import type { RibOptions } from './rib-options.ts';
import { RouteStates } from './rpki/route-states.ts';
import { StaleRoutes } from './stale-routes.ts';
import { Sweeps } from './sweep.ts';
import type { PathId, RibTable } from './table.ts';
import { Tables } from './tables.ts';

import { Walks } from './walks.ts';

/** Adj-RIB-In, Loc-RIB and Adj-RIB-Out of all families. One owner, synchronous, without a clock. */
export class Rib {
  readonly attributes: AttributeTable;
  /** Those of IPv4 and IPv6 unicast first; others in the order in which their families were added. */
  readonly tables: readonly RibTable[];
  /** Where routes that are injected come from. */
  readonly localPeer: RibPeer;
  /** Others who make routes of our own. */
  readonly owners: Owners;
  /** What RPKI says of routes; undefined where nobody knows. */
  readonly validation: Validation | undefined;
  bestObserver: BestObserver | undefined = undefined;

  readonly #tables: Tables;
  readonly #makeGroups: (table: RibTable) => UpdateGroups;
  readonly #indexes: PeerIndexes = new PeerIndexes();
  readonly #peers: readonly (RibPeer | undefined)[] = this.#indexes.peers;
  readonly #importRules: ImportRules;
  readonly #rejudgements: Rejudgements;
  readonly #reuse: Reuse;
  readonly #ingest: Ingest;
  /** Undefined where nobody tells costs. */
  readonly #nextHopChanges: NextHopChanges | undefined;
  readonly #decisionChanges: DecisionChanges;
  /** Begun by a change, and done in slices once it is settled what is ours. */
  readonly #walks: Walks;
  readonly #failures: FailedPeers;
  readonly #groups: UpdateGroups[] = [];
  readonly #members: Map<RibPeer, Member[]> = new Map();
  readonly #own: OwnRoutes;
  readonly #sweeps: Sweeps = new Sweeps((peer) => this.#departed.push(peer));
  readonly #staleRoutes: StaleRoutes;
  readonly #ownSearch: OwnSearch;
  /** Swept peers whose index waits until no Adj-RIB-Out names it any more. */
  #departed: RibPeer[] = [];
  readonly #decisions: Decisions = new Decisions();
  readonly #filterChanges: FilterChanges = new FilterChanges();
  readonly #memberAt = (peer: RibPeer, position: number): Member | undefined => this.memberOf(peer, this.#tables.families[position]!);

  constructor(options: RibOptions) {
    const { attributeSets = 1 << 20 } = options.capacity ?? {};
    this.attributes = new AttributeTable(new OwnIdentity(options.localAs, options.bgpIdentifier, options), attributeSets, {
      ...DECISION_DEFAULTS,
      ...options.decision,
    });
    this.#tables = new Tables(this.attributes, this.#peers, options.capacity);
    this.tables = this.#tables.all;
    const states = options.validator && new RouteStates(this.attributes, this.tables, options.validator);
    this.#importRules = new ImportRules(this.attributes, this.#tables.families, states);
    for (const table of this.tables) this.#importRules.inform(table);
    const isReadByExport = (table: RibTable, what: number): boolean => this.#groups[table.position]!.policiesRead(what);
    this.validation = states && new Validation(this.#importRules, states, this.attributes, this.tables, isReadByExport);
    this.#failures = new FailedPeers(options.exportObserver);
    this.#rejudgements = new Rejudgements(this.#importRules, this.tables);
    this.#staleRoutes = new StaleRoutes(this.#sweeps, this.#rejudgements);
    this.#ownSearch = new OwnSearch(this.attributes, (peer) => this.#rejudgements.add(peer));
    if (options.nextHopCost !== undefined) {
      const costs = new NextHopCosts(this.attributes, options.nextHopCost);
      this.attributes.costOf = costs.of;
      const resendAigp = (): void => this.#groups.forEach((groups) => groups.resendAigp());
      this.#nextHopChanges = new NextHopChanges(costs, this.attributes, this.tables, this.#importRules, resendAigp);
    }
    this.#decisionChanges = new DecisionChanges(this.attributes, this.tables);
    this.#walks = new Walks([this.#rejudgements, this.#nextHopChanges, this.validation, this.#decisionChanges]);
    this.#reuse = new Reuse(this.#importRules, this.tables);
    const buffer = encoderBuffer();
    const replaced = (member: Member, successor: Member): void => {
      const members = this.#members.get(member.peer);
      if (members !== undefined) members[members.indexOf(member)] = successor;
    };
    this.#makeGroups = (table) => new UpdateGroups(table, buffer, options.exportObserver, replaced, options.buildSlice);
    for (const table of this.tables) this.#groups.push(this.#makeGroups(table));
    this.#ingest = new Ingest(this.attributes, this.#tables.of, this.table(IPV4_UNICAST), this.#importRules, options.observer);
    const { localAs, bgpIdentifier } = options;
    const newPeer = (made: PeerOptions): RibPeer => this.#indexes.add(made, this.#tables.families, this.attributes.own.clusterId);
    this.#own = new OwnRoutes({ localAs, bgpIdentifier, tables: this.tables, newPeer, nowSeconds: () => this.nowSeconds });
    this.localPeer = this.#own.peer('api');
    const [nowSeconds, tableOf] = [() => this.nowSeconds, (family: Family) => this.table(family)];
    this.owners = new Owners({ tables: this.tables, own: this.#own, sweeps: this.#sweeps, tableOf, nowSeconds });
  }

  /**
   * From now on the RIB keeps routes of the family, whichever it is: with NLRI that are plain prefixes, or any octets. Returns its table, which
   * may be there already. To be called before a peer with the family is added.
   */
  addFamily(family: Family): RibTable {
    if (this.has(family)) return this.table(family);
    const table = this.#tables.add(family);
    this.#groups.push(this.#makeGroups(table));
    for (const peer of this.#peers) peer?.addFamily(family);
    this.#own.addFamily();
    this.#importRules.policies.addFamily();
    this.#importRules.inform(table);
    return table;
  }

  /** The table of a family that the RIB has; see `has`. */
  table(family: Family): RibTable {
    const table = this.#tables.of.get(family);
    invariant(table !== undefined, 'family without a table');
    return table;
  }

  /** Whether the RIB keeps routes of the family. */
  has(family: Family): boolean {
    return this.#tables.of.has(family);
  }

  /** Seconds since 1970, told now and then by the caller; stamped on paths that are learned. */
  set nowSeconds(seconds: number) {
    this.#ingest.nowSeconds = seconds;
  }

  get nowSeconds(): number {
    return this.#ingest.nowSeconds;
  }

  /** A session is Established. Its first routes go out with the next `work`. */
  addPeer(options: PeerOptions): RibPeer {
    const peer = this.#indexes.add(options, this.#tables.families, this.attributes.own.clusterId);
    this.attributes.makers.add(peer);
    this.#join(peer, options);
    return peer;
  }

  #join(peer: RibPeer, options: PeerOptions): void {
    this.#ownSearch.begin(peer, this.#peers);
    this.#importRules.admit(peer);
    const members: Member[] = [];
    for (const family of options.defaultOriginate ?? []) this.originateDefault(peer, family, true);
    for (const family of options.families) {
      const table = this.#tables.of.get(family);
      if (table === undefined) continue;
      if (options.receive.addPath.has(family)) table.keepPathIdentifiers();
      members.push(this.#groups[table.position]!.add(peer));
    }
    this.#members.set(peer, members);
  }

  /**
   * The options of a peer are others from now on, while its session lasts or its routes are kept. Its routes are judged again as they were received, and it is sent
   * the difference to what it holds; both in slices of `work`. What the session itself is made of stays: who the peer is, the AS numbers, the
   * address, the families, what was negotiated, which peers are clients of ours, and the port.
   */
  changePeer(peer: RibPeer, options: ChangeableOptions): void {
    invariant(peer.up && peer !== this.localPeer, 'a peer that is gone is changed');
    const { limits, families } = peer.options;
    peer.take(changedOptions(peer.options, options));
    if (!areSameLimits(limits, options.limits)) {
      peer.limits = options.limits && new Limits(options.limits, this.#tables.families);
      this.#ingest.tellLimitsOf(peer);
    }
    this.#ownSearch.begin(peer, this.#peers);
    this.#importRules.admit(peer);
    this.#rejudgements.add(peer);
    const isDefault = (family: Family): boolean => !peer.isSuspended && options.defaultOriginate?.includes(family) === true;
    for (const family of families) this.originateDefault(peer, family, isDefault(family));
    for (const member of this.#members.get(peer) ?? []) this.#groups[member.group.table.position]!.change(member);
  }

  /** The session is over: its paths no longer take part, and `work` sweeps them away. */
  removePeer(peer: RibPeer): void {
    invariant(peer.up && peer.options.localOrigin === undefined, 'peer removed twice');
    peer.up = false;
    this.#leave(peer);
    peer.damping?.forget(this.tables);
    this.#rejudgements.remove(peer);
    this.#importRules.dismiss(peer);
    this.attributes.makers.remove(peer);
    this.#sweeps.addDeparted(peer, this.tables);
  }

  #leave(peer: RibPeer): void {
    for (const member of this.#members.get(peer) ?? []) this.#groups[member.group.table.position]!.remove(member);
    this.#members.delete(peer);
    this.#own.forget(peer);
  }

  /**
   * The session is lost and may come back (RFC 4724 §4.2): its paths of these families stay, stale, and take part; those of others go. The
   * peer is sent nothing until `resumePeer`. `endRefresh` ends the wait of a family, `removePeer` that of all.
   */
  suspendPeer(peer: RibPeer, kept: ReadonlySet<Family>): void {
    invariant(peer.up && !peer.isSuspended && peer.options.localOrigin === undefined, 'a peer that is gone is suspended');
    peer.isSuspended = true;
    this.#filterChanges.forget(peer);
    this.#leave(peer);
    for (const table of this.tables) this.#staleRoutes.suspend(peer, table, kept.has(table.family));
  }

  /**
   * The session of a suspended peer is back. Returns the peer. Its paths are stale until they are announced again; those of families that the
   * session does not have go. Where the options are those of another peer (`isSamePeer`), its paths go, and the answer is a new one.
   */
  resumePeer(peer: RibPeer, options: PeerOptions): RibPeer {
    invariant(peer.up && peer.isSuspended, 'a peer is resumed that was not suspended');
    if (!isSamePeer(peer, options)) {
      this.removePeer(peer);
      return this.addPeer(options);
    }
    peer.resume(options, this.#tables.families);
    this.#join(peer, options);
    for (const table of this.tables) if (!options.families.includes(table.family)) this.#staleRoutes.end(peer, table);
    if (peer.pathCount > 0) this.#rejudgements.add(peer);
    return peer;
  }

  /** Stale paths of a suspended peer are kept on for long, marked with LLGR_STALE (RFC 9494 §4.2). Those with NO_LLGR go. */
  keepForLong(peer: RibPeer, family: Family): void {
    this.#staleRoutes.keepForLong(peer, this.table(family));
  }

  /**
   * The peer begins to send all its routes of a family again (BoRR, RFC 7313 §4.2): those it has sent so far are stale until it sends them
   * again. Called once more before `endRefresh`, it begins anew.
   */
  beginRefresh(peer: RibPeer, family: Family): void {
    const table = this.#tables.of.get(family);
    if (table !== undefined) this.#staleRoutes.begin(peer, table);
  }

  /**
   * The peer has sent all its routes of a family again (EoRR; End-of-RIB after `resumePeer`), or will not: `work` withdraws those that are
   * still stale. False where none could be.
   */
  endRefresh(peer: RibPeer, family: Family): boolean {
    const table = this.#tables.of.get(family);
    return table !== undefined && this.#staleRoutes.end(peer, table);
  }

  /**
   * Other switches of the decision process count from now on; those that are left out have their defaults. Destinations with more than one path
   * are decided again, in slices of `work`; peers are sent what differs.
   */
  changeDecision(options: Partial<DecisionOptions>): void {
    this.#decisionChanges.begin({ ...DECISION_DEFAULTS, ...options });
  }

  /**
   * Costs that `RibOptions.nextHopCost` gave are others now: those of these next hops, or if none are named, any. `work` decides again what is
   * concerned. A next hop is the same octets that the hook is asked for.
   */
  nextHopCostsChanged(nextHops?: readonly Uint8Array[]): void {
    this.#nextHopChanges?.begin(nextHops);
  }

  /**
   * Judges the paths of a peer again as they were received, by `work`: the soft reset of what comes in, without asking the peer. Routes that
   * are not held (`RibPeer.holdsAll`) do not come back.
   */
  rejudge(peer: RibPeer): void {
    this.#rejudgements.add(peer);
  }

  /** An UPDATE body in `bytes[start, end)`, borrowed for the call. A fault that is returned ends the session. */
  ingest(peer: RibPeer, bytes: Uint8Array, start: number, end: number): Fault | undefined {
    return this.#ingest.update(peer, bytes, start, end);
  }

  /**
   * Interns path attributes in wire form, with NEXT_HOP or MP_REACH_NLRI, for local routes of a family. Returns their id, to be given back
   * with `releaseLocal`, or the fault that keeps them from being announced.
   */
  internLocal(family: Family, attributes: Uint8Array): AttrId | Fault {
    return internLocal(this.table(family), attributes);
  }

  /** Gives back an id of `internLocal`. Routes that were announced with it keep the set. */
  releaseLocal(attr: AttrId): void {
    this.attributes.release(attr);
  }

  /**
   * Announces a local route: the prefix in wire form at `offset` of `prefixes`, with attributes of `internLocal`. Several paths of one prefix
   * are told apart by `identifier`, 32 bits (RFC 7911). Routes of different origins do not replace each other. Returns the path.
   */
  announceLocal(
    family: Family,
    prefixes: Uint8Array,
    offset: number,
    attr: AttrId,
    identifier = 0,
    origin: 'api' | 'configuration' = 'api',
  ): PathId {
    return announceLocal(this.table(family), this.#own.peer(origin), prefixes, offset, attr, identifier, this.nowSeconds);
  }

  /** Withdraws a local route. Returns whether there was one. */
  withdrawLocal(family: Family, prefixes: Uint8Array, offset: number, identifier = 0, origin: 'api' | 'configuration' = 'api'): boolean {
    return withdrawLocal(this.table(family), this.#own.peer(origin), prefixes, offset, identifier);
  }

  /** `work` looks at routes that flapped: those that have been stable for long enough are used again. To be called every few seconds. */
  reuseDamped(): void {
    this.#reuse.begin(this.#peers);
  }

  /** These aggregates of a family from now on (RFC 4271 §9.2.2.2). Their prefixes differ. Routes that stay are not withdrawn in between. */
  setAggregates(family: Family, aggregates: readonly AggregateOptions[]): void {
    this.#own.setAggregates(this.table(family), aggregates);
  }

  /** The aggregates of a table; undefined while there are none. */
  aggregatesOf(table: RibTable): Aggregates | undefined {
    return this.#own.aggregatesOf(table);
  }

  /** Whether a peer is sent a default route of our own, in place of any other and whatever its export policy is. */
  originateDefault(peer: RibPeer, family: Family, isWanted: boolean): void {
    const table = this.#tables.of.get(family);
    if (table !== undefined) this.#own.originateDefault(table, peer, isWanted);
  }

  /**
   * Sends everything of a family again (route refresh, RFC 2918 §4; soft reset out). With marks it is an enhanced refresh (RFC 7313 §4):
   * `marks.begin` is called before the routes, at the earliest after End-of-RIB and the end of a refresh that runs, `marks.end` after them.
   */
  resend(peer: RibPeer, family: Family, marks?: RefreshMarks): void {
    this.memberOf(peer, family)?.resend(marks);
  }

  /** Sets that import made of others, and that are held for those that come again: for checks. */
  heldSets(): Iterable<number> {
    return this.#importRules.heldSets();
  }

  /**
   * The peer is sent routes that this filter permits, and no others (ORF, RFC 5291); undefined: all of them. `applied` is called when what
   * it is sent agrees with the filter, in the middle of `work`.
   */
  setPrefixFilter(peer: RibPeer, family: Family, filter: PrefixFilter | undefined, applied: () => void): void {
    const table = this.#tables.of.get(family);
    if (table === undefined || this.memberOf(peer, family) === undefined) return;
    peer.prefixFilters[table.position] = filter;
    const { position } = table;
    this.#filterChanges.add({ peer, position, questions: this.#groups[position]!.filterChanged(peer), applied });
  }

  /** Of counts that are by reason (`RibPeer.rejected`, `RibPeer.discarded`), those of reasons that policies name. */
  policyReasonCounts(counts: ArrayLike<number>): Iterable<{ readonly reason: string; readonly count: number }> {
    return this.#importRules.policyReasons.counted(counts);
  }

  /** What the import policy of its neighbor says of a route as it came; undefined where there is none. The policy is asked again. Cold. */
  explainImport(table: RibTable, path: PathId): PolicyVerdict | undefined {
    const peer = table.peerOf(path);
    return peer && this.#importRules.explainPolicy(table, path, peer);
  }

  /** The memberships of a peer, one for each of its families. */
  membersOf(peer: RibPeer): readonly Member[] {
    return this.#members.get(peer) ?? [];
  }

  /** The membership of a peer in a family, or undefined. */
  memberOf(peer: RibPeer, family: Family): Member | undefined {
    return this.#members.get(peer)?.find((member) => member.group.table.family === family);
  }

  /** What a peer gets of an NLRI, and of each path that it does not get, why. Undefined where its session does not have the family. Cold. */
  explainExport(peer: RibPeer, family: Family, nlri: NlriId): ExportExplanation | undefined {
    return this.explainExports([peer], family, nlri)[0];
  }

  /** `explainExport` of several peers. Of more than `pathsMax` paths those are left out that are worse, unless they are sent. */
  explainExports(peers: readonly RibPeer[], family: Family, nlri: NlriId, pathsMax?: number): (ExportExplanation | undefined)[] {
    const table = this.#tables.of.get(family);
    const question = table && new ExportQuestion(table, nlri, pathsMax);
    return peers.map((peer) => {
      const member = this.memberOf(peer, family);
      if (question === undefined || member === undefined) return undefined;
      const isDue = this.#walks.isRunning || this.#groups[table!.position]!.isMoving(member);
      const answer = member.explain(question);
      return isDue ? { ...answer, pending: 'decision' } : answer;
    });
  }

  /** The update groups of a table. */
  groupsOf(table: RibTable): readonly UpdateGroup[] {
    return this.#groups[table.position]!.all;
  }

  get peers(): readonly (RibPeer | undefined)[] {
    return this.#peers;
  }

  /** Sessions that are Established. */
  get sessionCount(): number {
    return this.#members.size;
  }

  /** NLRI that await a decision: how far the RIB is behind its input. */
  get dirtyCount(): number {
    let count = 0;
    for (const table of this.tables) count += table.dirtyCount;
    return count;
  }

  /** Whether `work` has something to do; a member that waits for its socket to drain counts only once it has. */
  get idle(): boolean {
    return (
      this.dirtyCount === 0 &&
      this.#sweeps.count === 0 &&
      this.attributes.own.settled &&
      !this.#walks.isRunning &&
      !this.#own.isBusy &&
      !this.#reuse.isRunning &&
      !this.#importRules.policies.isForgetting &&
      this.#departed.length === 0 &&
      this.#groups.every(({ settled }) => settled) &&
      !this.tables.some((table) => table.doomedCount > 0)
    );
  }

  /** One slice of work, a few milliseconds at most. True when there is more to do at once. */
  work(): boolean {
    let more = this.#sweeps.slice();
    if (this.attributes.own.settled && this.#walks.slice()) more = true;
    if (this.#reuse.slice(this.nowSeconds)) more = true;
    if (this.#importRules.policies.slice()) more = true;
    if (!this.attributes.own.settled) {
      this.#ownSearch.slice();
      more = true;
    }
    for (const table of this.tables) {
      const groups = this.#groups[table.position]!;
      if (table.dirtyCount > 0) this.#decisions.slice(table, groups, this.#own.aggregatesOf(table), this.bestObserver);
      if (groups.slice()) more = true;
      if (table.dirtyCount === 0 && table.buryDue) table.bury(groups.isMissed);
      if (table.dirtyCount > 0 || table.buryDue) more = true;
    }
    if (this.#own.slice()) more = true;
    if (this.#departed.length > 0 && this.dirtyCount === 0 && this.#groups.every(({ settled }) => settled)) this.#releaseIndexes();
    if (this.#filterChanges.tell(this.#memberAt)) more = true;
    this.#failures.tell(this.#groups);
    return more;
  }

  #releaseIndexes(): void {
    for (const peer of this.#departed) {
      for (const groups of this.#groups) groups.forgetSource(peer.index);
      this.#indexes.free(peer);
    }
    this.#departed = [];
    for (const groups of this.#groups) groups.releaseNumbers();
  }
}
