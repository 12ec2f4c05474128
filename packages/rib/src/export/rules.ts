/**
 * Whether a path goes out to the members of a group, and to whom.
 *
 *   1. Policy and split horizon between kinds of peers: not from internal to internal (RFC 4271 §9.2) unless one of them is a client of ours
 *      (RFC 4456 §6), NO_ADVERTISE, NO_EXPORT, NO_EXPORT_SUBCONFED (RFC 1997). A route server passes these communities on, and obeys them only
 *      where it is told to (RFC 7947 §2.2.4). ONLY_TO_CUSTOMER, where the peer is no customer (RFC 9234 §5). LLGR_STALE, where the peer does
 *      not know what it means (RFC 9494 §4.3).
 *   2. There is a next hop that the peers can use (next-hop.ts).
 *   3. A message holds the attribute set.
 *   4. Of the members, those that receivers.ts finds.
 *   5. Of these, those whose own prefix filters permit it (member-filters.ts).
 *
 * Before all of them: prefixes that an aggregate with summary-only stands for go to nobody (aggregates/).
 *
 * Nearly every path passes the first three by two comparisons of bits.
 */
import { Role } from '@tsbgp/wire';
import type { AttributeTable } from '../attributes/attribute-table.ts';
import { AttrFlag } from '../attributes/facts.ts';
import { BrokenInvariant } from '../broken-invariant.ts';
import type { NlriId } from '../nlri/nlri-index.ts';
import { Horizon, PeerKind, type RibPeer } from '../peer.ts';
import { keepsMarkedBack } from '../roles.ts';
import type { RibTable } from '../table.ts';
import { type AudienceId, NOBODY } from './audience.ts';
import type { ExportDenial } from './denial.ts';
import type { UpdateEncoder } from './encoder.ts';
import type { MemberFilters } from './member-filters.ts';
import { alwaysOwnNextHop, NextHopUse, nextHopUse, sameLink } from './next-hop.ts';
import { NotSent } from './not-sent.ts';
import type { Receiver, Receivers } from './receivers.ts';
import { clustersPassed, type ExportView, isBeyondHorizon } from './view.ts';

const HORIZONS = Object.values(Horizon);
/** What `#reasonAgainst` answers beside `NotSent`: the route is sent, or policy, a community, a role or split horizon keeps it back. */
const SENT = -1;
const Denied = { Policy: -2, NoAdvertise: -3, NoExport: -4, Internal: -5, Role: -6, NoPeer: -7, Stale: -8 } as const;
/** `reason` of a route that is kept back so. */
const DENIED = 0;

const DENIALS: ReadonlyMap<number, ExportDenial> = new Map<number, ExportDenial>([
  [Denied.Policy, 'export-policy'],
  [Denied.NoAdvertise, 'no-advertise'],
  [Denied.NoExport, 'no-export'],
  [Denied.Internal, 'internal-to-internal'],
  [Denied.Role, 'only-to-customer'],
  [Denied.NoPeer, 'no-peer'],
  [Denied.Stale, 'llgr-stale'],
  [NotSent.NoNextHop, 'no-next-hop'],
  [NotSent.TooLarge, 'too-large'],
  [NotSent.Failed, 'failed'],
]);
/** Message length of a set that could not be rewritten. */
const FAILED = -1;
/** Forms of one set, which differ in length: by the kind of the source, its link, and the clusters that go into CLUSTER_LIST. */
const FORMS = 12;

export interface RulesOptions {
  readonly view: ExportView;
  /** Policy denies everything. */
  readonly denyAll: boolean;
  /** NO_EXPORT, NO_EXPORT_SUBCONFED and NO_ADVERTISE are obeyed. */
  readonly obeysWellKnown: boolean;
}

export class ExportRules {
  /** Why the last path that was judged goes to nobody (`NotSent`); 0 where policy or split horizon says so. */
  reason = 0;

  readonly #table: RibTable;
  readonly #attributes: AttributeTable;
  readonly #options: RulesOptions;
  readonly #encoder: UpdateEncoder;
  readonly #receivers: Receivers;
  readonly #filters: MemberFilters;
  readonly #failed: (error: unknown) => void;
  readonly #denied: number;
  /** Flags of sets, and a bit for each `Horizon` of sources, that may keep a route from being sent. Everything else is. */
  readonly #unusual: number;
  readonly #unusualSources: number;
  /** A bit for each `Horizon` of sources whose next hops may go out as they came in. */
  readonly #keptSources: number;
  /** Of the running batch: attribute set and form -> octets of a message without NLRI. For large sets only. */
  readonly #messageLengths: Map<number, number> = new Map();

  /** `failed` is told of an exception in rewriting a set. */
  constructor(
    table: RibTable,
    options: RulesOptions,
    encoder: UpdateEncoder,
    receivers: Receivers,
    filters: MemberFilters,
    failed: (error: unknown) => void,
  ) {
    const { view, obeysWellKnown } = options;
    this.#table = table;
    this.#attributes = table.attributes;
    this.#options = options;
    this.#encoder = encoder;
    this.#receivers = receivers;
    this.#filters = filters;
    this.#failed = failed;
    this.#denied =
      (obeysWellKnown ? wellKnownOf(view.horizon) : 0) |
      (keepsMarkedBack(view.role) ? AttrFlag.OnlyToCustomer : 0) |
      (obeysWellKnown && view.role === Role.Peer ? AttrFlag.NoPeer : 0) |
      (view.staleRoutes === 'none' ? AttrFlag.LlgrStale : 0);
    this.#unusual =
      this.#denied | AttrFlag.Large | AttrFlag.LinkLocalNextHop | AttrFlag.BadNextHop | (view.ipv6NextHops ? 0 : AttrFlag.MpNextHop);
    this.#unusualSources = bits((horizon) => {
      const withoutNextHop = view.nextHopSelf === undefined && alwaysOwnNextHop(view, kindOf(horizon));
      return options.denyAll || withoutNextHop || mayBeBeyondHorizon(view, horizon);
    });
    this.#keptSources = bits((horizon) => !alwaysOwnNextHop(view, kindOf(horizon)));
  }

  /** Who gets a path; NOBODY leaves the cause in `reason`. */
  receiversOf(path: number): AudienceId {
    const receivers = this.#receiversOf(path);
    if (this.#filters.isEmpty || receivers === NOBODY) return receivers;
    return this.#filters.restrict(receivers, this.#table.pathNlri[path]! as NlriId);
  }

  #receiversOf(path: number): AudienceId {
    const table = this.#table;
    if (table.summarized !== undefined && table.summarized.has(table.pathNlri[path]!)) {
      this.reason = NotSent.Summarized;
      return NOBODY;
    }
    const attr = table.pathAttr[path]!;
    const flags = this.#attributes.flags[attr]!;
    const source = table.peers[table.pathPeer[path]!] as RibPeer;
    this.reason = DENIED;
    if ((flags & this.#unusual) === 0 && ((this.#unusualSources >>> source.horizon) & 1) === 0) {
      return this.#receivers.of(attr, source, ((this.#keptSources >>> source.horizon) & 1) !== 0, path);
    }
    const reason = this.#reasonAgainst(attr, flags, source, table.pathNlri[path]! as NlriId);
    if (reason === SENT) return this.#receivers.of(attr, source, nextHopUse(this.#options.view, flags, source) === NextHopUse.Keep, path);
    this.reason = Math.max(reason, DENIED);
    return NOBODY;
  }

  /** Why a member may not have a path; undefined where it may. Cold: the answer of `receiversOf` for people. */
  explain(path: number, member: Receiver): ExportDenial | undefined {
    const table = this.#table;
    const attr = table.pathAttr[path]!;
    const flags = this.#attributes.flags[attr]!;
    const source = table.peers[table.pathPeer[path]!] as RibPeer;
    const nlri = table.pathNlri[path]! as NlriId;
    if (nlri === table.ownDefault && member.peer.originatesDefault.has(table.position)) return 'own-default';
    if (table.summarized?.has(nlri) === true) return 'summarized';
    const reason = this.#reasonAgainst(attr, flags, source, nlri);
    if (reason !== SENT) return DENIALS.get(reason);
    const keepsNextHop = nextHopUse(this.#options.view, flags, source) === NextHopUse.Keep;
    const denial = this.#receivers.explain(attr, source, keepsNextHop, member, path);
    if (denial !== undefined || this.#filters.permits(member.peer, table.pathNlri[path]! as NlriId)) return denial;
    return 'prefix-filter';
  }

  /**
   * Who of the members that are to get a default route of our own gets it. Policy is not asked: that they are to get it is the policy.
   */
  receiversOfDefault(path: number): AudienceId {
    const table = this.#table;
    const source = table.peers[table.pathPeer[path]!] as RibPeer;
    this.reason = NotSent.NoNextHop;
    if (nextHopUse(this.#options.view, this.#attributes.flags[table.pathAttr[path]!]!, source) !== NextHopUse.Own) return NOBODY;
    return this.#receivers.wantingDefault(table.position);
  }

  /** A batch is over: its large sets may be gone before the next. */
  endBatch(): void {
    if (this.#messageLengths.size > 0) this.#messageLengths.clear();
    this.#receivers.endBatch();
  }

  /** For a route that is not plainly sent: SENT, what keeps it back (`Denied`), or why it cannot be sent (`NotSent`). */
  #reasonAgainst(attr: number, flags: number, source: RibPeer, nlri: NlriId): number {
    const { view, denyAll } = this.#options;
    if (denyAll) return Denied.Policy;
    if ((flags & this.#denied) !== 0) return deniedBy(flags & this.#denied);
    if (isBeyondHorizon(view, source)) return Denied.Internal;
    if (nextHopUse(view, flags, source) === NextHopUse.None) return NotSent.NoNextHop;
    if (this.#attributes.length[attr]! <= this.#encoder.fittingLength) return SENT;
    const messageLength = this.#messageLength(attr, source);
    if (messageLength === FAILED) return NotSent.Failed;
    return this.#encoder.fits(messageLength, nlri) ? SENT : NotSent.TooLarge;
  }

  /** Octets of a message with a large set and without NLRI, worked out once in a batch; FAILED after an exception. */
  #messageLength(attr: number, source: RibPeer): number {
    const { view } = this.#options;
    const form = (source.kind === PeerKind.Local ? 1 : 0) + (sameLink(view, source) ? 2 : 0) + 4 * clustersPassed(view, source);
    const key = attr * FORMS + form;
    const known = this.#messageLengths.get(key);
    if (known !== undefined) return known;
    let length = FAILED;
    try {
      length = this.#encoder.messageLength(attr, source);
    } catch (error) {
      if (error instanceof BrokenInvariant) throw error;
      this.#failed(error);
    }
    this.#messageLengths.set(key, length);
    return length;
  }
}

function bits(has: (horizon: Horizon) => boolean): number {
  return HORIZONS.filter(has).reduce<number>((all, horizon) => all | (1 << horizon), 0);
}

function kindOf(horizon: Horizon): PeerKind {
  if (horizon === Horizon.Local) return PeerKind.Local;
  return horizon === Horizon.External ? PeerKind.External : PeerKind.Internal;
}

/** Between clients it may depend on their clusters: `isBeyondHorizon` knows. */
function mayBeBeyondHorizon({ horizon: to, clientToClient }: ExportView, from: Horizon): boolean {
  if (from === Horizon.Client && to === Horizon.Client) return !clientToClient;
  return from === Horizon.NonClient && to === Horizon.NonClient;
}

/** The well-known communities that keep a route from such peers (RFC 1997); a confederation is one AS to NO_EXPORT. */
function wellKnownOf(horizon: Horizon): number {
  if (horizon === Horizon.External) return AttrFlag.NoAdvertise | AttrFlag.NoExport | AttrFlag.NoExportSubconfed;
  return horizon === Horizon.Confederation ? AttrFlag.NoAdvertise | AttrFlag.NoExportSubconfed : AttrFlag.NoAdvertise;
}

/** Which of the flags that keep a route back is told. */
function deniedBy(flags: number): number {
  if ((flags & AttrFlag.NoAdvertise) !== 0) return Denied.NoAdvertise;
  if ((flags & (AttrFlag.NoExport | AttrFlag.NoExportSubconfed)) !== 0) return Denied.NoExport;
  if ((flags & AttrFlag.LlgrStale) !== 0) return Denied.Stale;
  return (flags & AttrFlag.NoPeer) !== 0 ? Denied.NoPeer : Denied.Role;
}
