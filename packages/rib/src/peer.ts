/**
 * A peer as the RIB knows it: one Established session, or the local routes. Peers are few: plain objects, found by a small index that the
 * columns hold. A session that ends keeps its index until the last of its paths is swept away.
 */
import { type Family, usesAigp, type WireContext } from '@tsbgp/wire';
import type { ChangedSets } from './attributes/changed-sets.ts';
import { AttrFlag } from './attributes/facts.ts';
import type { SetMaker } from './attributes/makers.ts';
import { grown } from './columns.ts';
import { Damping } from './damping/damping.ts';
import type { DampingOptions } from './damping/flap-history.ts';
import { FILTER_REASONS, REASON_CODES, type ReasonCode, type UnusableReason } from './filter-reason.ts';
import { type LimitOptions, Limits } from './limits.ts';
import type { ExportPolicy, ImportPolicy, PolicySubject } from './policy/policy.ts';
import type { PeerPolicy } from './policy/policy-memo.ts';
import { PrefixFilter } from './prefix-filter.ts';
import { Refresh } from './refresh.ts';
import { mayLeak } from './roles.ts';
import { rejectsOf, type ValidationOptions, validatesOf } from './validation-options.ts';

/** A peer in the columns; 0 is nobody. Used again when nothing names the peer any more. */
export type PeerIndex = number & { readonly __id: 'PeerIndex' };

/** Where routes come from, as the decision process sees it (RFC 4271 §9.1.1). */
export const PeerKind = {
  /** Routes injected here. */
  Local: 0,
  External: 1,
  /** Of our AS, or of another AS of our confederation (RFC 5065 §5.3). */
  Internal: 2,
} as const;
export type PeerKind = (typeof PeerKind)[keyof typeof PeerKind];

/** The kinds of peers that split horizon tells apart: whose routes go to whom (export/rules.ts). */
export const Horizon = {
  Local: 0,
  External: 1,
  /** In another AS of our confederation (RFC 5065). */
  Confederation: 2,
  /** Of our AS, and no client of ours. */
  NonClient: 3,
  /** Of our AS, and a client of ours: we are its route reflector (RFC 4456). */
  Client: 4,
} as const;
export type Horizon = (typeof Horizon)[keyof typeof Horizon];

/**
 * Who made a route of our own, in the order of preference where everything else is equal: what was injected while the daemon runs, what programs
 * and health checks announce, what the configuration file has, what was aggregated (RFC 4271 §9.2.2.2), and the default routes that neighbors are
 * sent on demand.
 */
export const LOCAL_ORIGINS = ['api', 'process', 'healthcheck', 'configuration', 'aggregate', 'default-originate'] as const;
/** Who made a route of our own. */
export type LocalOrigin = (typeof LOCAL_ORIGINS)[number];

/** The peers that may have the routes of an owner, by their names: only these, or all but these. */
export interface RouteAudience {
  readonly type: 'only' | 'except';
  readonly names: ReadonlySet<string>;
}

/** Where the RIB puts what is to be sent; the session's writer fits. */
export interface PeerPort {
  /** One or more whole messages; the octets are shared with other peers and must not be changed. */
  write(messages: Uint8Array): void;
  /** Octets accepted and not yet on their way. */
  readonly backlogBytes: number;
}

/** What a peer is sent of routes with LLGR_STALE (RFC 9494). */
export type StaleExport = 'all' | 'marked' | 'none';

/** How a route server serves a client (RFC 7947). */
export interface RouteServerOptions {
  /** The client gets the best path of all, or none if it may not have that one, instead of the best that it may have (§2.3). @default false */
  readonly bestPathOnly?: boolean;
  /** NO_EXPORT and the like are obeyed, not passed on (§2.2.4). @default false */
  readonly obeysWellKnown?: boolean;
  /** The client gets routes of other clients of its own AS too. @default false */
  readonly ownAsRoutes?: boolean;
  /** AS_PATH goes out with the AS of the route server in front (against §2.2.2.1, for clients that demand it). @default false */
  readonly ownAsInFront?: boolean;
  /**
   * Clients say by control communities who may have their routes (export/control-communities.ts). `standIn` is the AS number of the route
   * server in communities that have no room for its own. @default false
   */
  readonly controlCommunities?: boolean | { readonly standIn: number };
}

/** What becomes of AS_PATH, and which paths are not used. */
export interface AsPathOptions {
  /** How often our own AS may be in a path that is used (allowas-in). @default 0 */
  readonly ownAllowed?: number;
  /** The first AS must be that of the peer (RFC 4271 §6.3). Ignored for internal peers. @default false */
  readonly enforceFirst?: boolean;
  /** Paths with an AS_SET or AS_CONFED_SET are not used (RFC 9774). @default false */
  readonly rejectSets?: boolean;
  /** Paths of more than LONG_PATH_ASNS AS numbers are not used. @default false */
  readonly rejectLong?: boolean;
  /** An AS of ours that is put in front of what comes in (local-as). @default none */
  readonly prependIn?: number;
  /** Another AS of ours that goes out behind `localAs` (local-as). For external peers. @default none */
  readonly behindLocal?: number;
  /**
   * What becomes of private AS numbers (RFC 6996) on the way to an external peer. 'remove': they go where all of the path are private;
   * 'all': each goes; 'replace': `localAs` takes the place of each. That of the peer itself stays. @default they stay
   */
  readonly removePrivate?: 'remove' | 'all' | 'replace' | undefined;
  /** `localAs` takes the place of the AS of an external peer (as-override). @default false */
  readonly override?: boolean;
}

/** What the RIB must know of a session. `Rib.changePeer` tells what of it may change while it lasts. */
export interface PeerOptions {
  /** For the reader of logs and listings. */
  readonly name: string;
  readonly kind: PeerKind;
  readonly remoteAs: number;
  /** Our AS number towards this peer. */
  readonly localAs: number;
  /** An internal peer of another AS of our confederation (RFC 5065). @default false */
  readonly confederationExternal?: boolean;
  /** An internal peer of our AS is a client of ours (RFC 4456). @default false */
  readonly reflectorClient?: boolean;
  /** Our cluster identifier towards an internal peer (RFC 4456 §7). @default that of the RIB */
  readonly clusterId?: number;
  /** A client gets routes of other clients of its cluster too. @default true */
  readonly clientToClient?: boolean;
  /** Our role towards an external peer (RFC 9234): one of wire's `Role`. @default none */
  readonly role?: number | undefined;
  readonly asPath?: AsPathOptions;
  /** BGP Identifier as an unsigned number (RFC 4271 §9.1.2.2 f). */
  readonly bgpIdentifier: number;
  /** 4 or 16 octets: the last step of the tie break (RFC 4271 §9.1.2.2 g). */
  readonly address: Uint8Array;
  readonly families: readonly Family[];
  readonly receive: WireContext;
  readonly send: WireContext;
  /**
   * Our own addresses as this peer may name them, of 4 or 16 octets: those of this machine, and of the link-local ones those of the interface
   * of the session. Routes with one of them as next hop are held, but not used (RFC 4271 §6.3 a). @default none
   */
  readonly ownAddresses?: readonly Uint8Array[];
  /** Our address as next hop, by family, in the form of the NEXT_HOP or MP_REACH_NLRI field. Without one, such routes are not sent. */
  readonly nextHopSelf: ReadonlyMap<Family, Uint8Array>;
  /**
   * The link (interface, VLAN) that the peer is on with us: route server clients on the same link get each other's link-local next hops
   * (RFC 2545 §3). @default none: the peer may be several hops away
   */
  readonly link?: string | undefined;
  /** RFC 7947: AS_PATH, NEXT_HOP and MULTI_EXIT_DISC go out as they came in. */
  readonly routeServerClient: boolean;
  /** What a route server does for this client. Ignored for other peers. */
  readonly routeServer?: RouteServerOptions;
  /** The most paths of an NLRI that the peer is sent, by family, where ADD-PATH is in use (RFC 7911). @default all */
  readonly addPathMax?: ReadonlyMap<Family, number>;
  /** NEXT_HOP towards an internal peer is our own. */
  readonly nextHopSelfAlways: boolean;
  /** Next hops go to an external peer as they came in. @default false */
  readonly nextHopUnchanged?: boolean;
  /** The session is to end soon: what goes out has GRACEFUL_SHUTDOWN, and what came in has LOCAL_PREF 0 (RFC 8326). @default false */
  readonly gracefulShutdown?: boolean;
  /** What routes of an external peer with GRACEFUL_SHUTDOWN get: LOCAL_PREF 0 (RFC 8326 §4.1). @default false */
  readonly obeysGracefulShutdown?: boolean;
  /** The community that routes of an external peer with BLACKHOLE get (RFC 7999 §3.2). @default none */
  readonly blackholeMark?: 'no-export' | 'no-advertise' | undefined;
  /** Policies that look at nothing. False: no route comes in, or goes out. A denied import is kept as filtered. */
  readonly importAccept: boolean;
  readonly exportAccept: boolean;
  /** What becomes of routes of the peer, where they may come in. @default they are used as they are */
  readonly importPolicy?: ImportPolicy | undefined;
  /** What becomes of routes to the peer, where they may go out. @default they go out as they are */
  readonly exportPolicy?: ExportPolicy | undefined;
  /** The peer as policies see it, its own and those of other peers. */
  readonly policySubject?: PolicySubject | undefined;
  /** How much the peer may bring. @default without limits */
  readonly limits?: LimitOptions | undefined;
  /** Families in which the peer is sent nothing, End-of-RIB included, before `Rib.setPrefixFilter`. @default none */
  readonly awaitsPrefixFilter?: ReadonlySet<Family>;
  /** What RPKI says of its routes, and what becomes of them. @default nothing is validated */
  readonly validation?: ValidationOptions | undefined;
  /**
   * What the peer is sent of routes with LLGR_STALE (RFC 9494 §4.3, §4.6). 'all': it announced the capability. 'marked': with NO_EXPORT and
   * LOCAL_PREF 0; for internal peers. 'none': they are withdrawn from it. @default 'none'
   */
  readonly staleRoutes?: StaleExport;
  /** Rejected routes are held, with the reason. False: they are only counted, and take no path slot. @default true */
  readonly keepRejected?: boolean;
  /** Families in which the peer is sent a default route of our own from the beginning (`Rib.originateDefault`). @default none */
  readonly defaultOriginate?: readonly Family[];
  /** Routes that flap are suppressed (RFC 2439). @default they are not */
  readonly damping?: DampingOptions | undefined;
  /** Who made the routes of a local peer. @default 'api' */
  readonly localOrigin?: LocalOrigin;
  /** Which of those who make such routes made them: the name of a program. @default nobody is named */
  readonly owner?: string | undefined;
  /** Who may have the routes of a local peer. @default everybody */
  readonly audience?: RouteAudience | undefined;
  readonly port: PeerPort;
}

/** A peer as the RIB knows it: an Established session, one that was lost and whose routes are kept (graceful restart), or the local routes. */
export class RibPeer implements SetMaker {
  readonly index: PeerIndex;
  /** `Rib.changePeer` gives it others. */
  options: PeerOptions;
  readonly kind: PeerKind;
  readonly horizon: Horizon;
  /** Step 5 of the decision process: lower is better. The kind, then who made a local route. */
  readonly typeRank: number;
  /** Its routes are for some peers alone (`PeerOptions.audience`). */
  readonly hasAudience: boolean;
  readonly localAs: number;
  /** Our cluster identifier towards it; only that of a client goes into CLUSTER_LIST. */
  readonly clusterId: number;
  ownAddresses: readonly Uint8Array[] = [];
  /** Bits of `AttrFlag` of which any makes it necessary to look whether a route of this peer may be used (import/unusable.ts). */
  suspicious = 0;
  /** Bits of `Validates`: what of its routes is validated, and which of those that are invalid are not used. */
  validates = 0;
  rejectsInvalid = 0;
  /** Its routes are judged one by one, by RPKI (import/judge-path.ts). */
  judgesRoutes = false;
  /** The AS that must be the first of its paths; 0 where any may be. */
  firstAs = 0;
  /** What import changes in attribute sets of this peer; undefined where nothing. */
  changes: { readonly sets: ChangedSets; readonly when: number } | undefined = undefined;
  /** Its import policy, and what it answered; undefined where it has none. */
  policy: PeerPolicy | undefined = undefined;
  /** Undefined where routes that flap are used all the same. Stays as it is while the session lasts. */
  readonly damping: Damping | undefined;
  /** How its UPDATEs are judged: what it was agreed to send, and nothing of families that are not in use or of a confederation. */
  receive!: WireContext;
  /** It may send every attribute: a set that is known needs no look at what it holds (AttrFlag.InternalOnly). */
  sendsEverything!: boolean;
  /** That a set is known says nothing about this peer: it may not send all that others may, or sends it in another form. */
  scansAll!: boolean;
  /** False once the session ended for good: its paths no longer take part. */
  up = true;
  /** The session was lost, and its paths are kept for the next one: they take part, and the peer is sent nothing. */
  isSuspended = false;
  /** Paths held and paths in the decision process, by position of the family in the RIB. */
  readonly received: number[] = [];
  readonly accepted: number[] = [];
  /** Paths held and not used, by position of the family, then by reason (`ReasonCode`). */
  readonly rejected: Uint32Array[] = [];
  /** Announcements that were rejected and not held, by position of the family, then by reason: since the session began. */
  readonly discarded: Float64Array[] = [];
  /** Paths that the peer withdrew, and those that RFC 7606 and RFC 7313 withdrew for it, by position of the family: since it began. */
  readonly withdrawn: number[] = [];
  /** How much it may bring. */
  limits: Limits | undefined;
  /** Tells the session apart from every other one. */
  readonly token: number;
  /** Attribute sets in use that it was the first to bring, in units of their length (attributes/makers.ts). */
  attributeSets = 0;
  /** The prefix filters that the peer sent (ORF, RFC 5291), by position of the family. */
  readonly prefixFilters: (PrefixFilter | undefined)[] = [];
  /** Positions of families whose filter is not obeyed for all routes yet. */
  readonly filterChanges: Set<number> = new Set();
  /** Which paths are stale (RFC 7313), by position of the family. */
  readonly refresh: Refresh[] = [];
  /** UPDATEs whose routes were treated as withdrawn, and attributes discarded (RFC 7606). */
  treatedAsWithdraw = 0;
  /** Positions of the families in which the peer is sent a default route of our own (own-routes.ts). */
  readonly originatesDefault: Set<number> = new Set();
  attributesDiscarded = 0;
  /** UPDATEs whose routes are held but not used, by what is wrong with them. */
  readonly unusable: Record<UnusableReason, number>;

  /** `clusterId` is that of the RIB. @default 0: for peers outside a RIB */
  constructor(index: PeerIndex, options: PeerOptions, families: readonly Family[], token: number, clusterId = 0) {
    this.index = index;
    this.options = options;
    this.kind = options.kind;
    this.horizon = horizonOf(options);
    this.typeRank = options.kind * LOCAL_ORIGINS.length + LOCAL_ORIGINS.indexOf(options.localOrigin ?? 'api');
    this.hasAudience = options.audience !== undefined;
    this.localAs = options.localAs;
    this.clusterId = options.clusterId ?? clusterId;
    this.damping = options.damping === undefined ? undefined : new Damping(options.damping);
    // The keys are all reasons but that of policy.
    this.unusable = Object.fromEntries(FILTER_REASONS.map((reason) => [reason, 0])) as Record<UnusableReason, number>;
    this.take(options);
    this.#agree(options);
    this.token = token;
    for (const family of families) this.addFamily(family);
    this.limits = options.limits && new Limits(options.limits, families);
  }

  /** The RIB has one more family. */
  addFamily(family: Family): void {
    this.refresh.push(new Refresh());
    this.received.push(0);
    this.accepted.push(0);
    this.withdrawn.push(0);
    this.prefixFilters.push(this.options.awaitsPrefixFilter?.has(family) === true ? PrefixFilter.AWAITED : undefined);
    const reasons = this.options.importPolicy === undefined ? FILTER_REASONS.length + 1 : REASON_CODES;
    this.discarded.push(new Float64Array(reasons));
    this.rejected.push(new Uint32Array(reasons));
    this.limits?.addFamily(family);
  }

  /** What follows from the options that may change while the session lasts. */
  take(options: PeerOptions): void {
    this.options = options;
    this.ownAddresses = options.ownAddresses ?? [];
    this.suspicious = suspiciousFlags(options);
    const { validation = {}, kind } = options;
    this.validates = kind === PeerKind.Local ? 0 : validatesOf(validation);
    this.rejectsInvalid = rejectsOf(validation) & this.validates;
    this.judgesRoutes = this.validates !== 0 || (kind === PeerKind.External && validation.stateCommunity === true);
    this.firstAs = options.kind === PeerKind.External && options.asPath?.enforceFirst === true ? options.remoteAs : 0;
    if (options.importPolicy !== undefined) this.#makeRoomForReasons();
  }

  /** Policies name reasons of their own, and each is counted. */
  #makeRoomForReasons(): void {
    if (this.rejected[0]?.length === REASON_CODES) return;
    for (const [position, counts] of this.rejected.entries()) this.rejected[position] = grown(counts, REASON_CODES, counts.length);
    for (const [position, counts] of this.discarded.entries()) this.discarded[position] = grown(counts, REASON_CODES, counts.length);
  }

  /** Whether its routes are judged one by one: what becomes of them depends on more than their attribute set. */
  get judgesOneByOne(): boolean {
    return this.judgesRoutes || this.damping !== undefined;
  }

  /** The session was lost and is back, with options of the same peer (`isSamePeer`). What is counted since a session began begins anew. */
  resume(options: PeerOptions, families: readonly Family[]): void {
    this.isSuspended = false;
    this.take(options);
    this.#agree(options);
    this.limits = options.limits && new Limits(options.limits, families);
    for (const [position, family] of families.entries()) {
      this.prefixFilters[position] = options.awaitsPrefixFilter?.has(family) === true ? PrefixFilter.AWAITED : undefined;
    }
    this.filterChanges.clear();
    this.withdrawn.fill(0);
    for (const counts of this.discarded) counts.fill(0);
    this.treatedAsWithdraw = 0;
    this.attributesDiscarded = 0;
    for (const reason of Object.keys(this.unusable)) this.unusable[reason as UnusableReason] = 0;
  }

  /** What follows from what the two sides agreed on. */
  #agree({ kind, receive, families }: PeerOptions): void {
    this.sendsEverything = kind !== PeerKind.External && usesAigp(receive);
    this.receive = { ...receive, families: new Set(families), confederation: receive.confederation ?? false };
    this.scansAll = !receive.fourOctetAs || this.horizon === Horizon.Confederation;
  }

  /** Whether rejected routes are held. */
  get keepsRejected(): boolean {
    return this.options.keepRejected !== false;
  }

  /** Paths held in all families. */
  get pathCount(): number {
    let count = 0;
    for (const held of this.received) count += held;
    return count;
  }

  /** Whether the peer is not yet sent what its prefix filter permits, and all of it. */
  awaitsFilter(position: number): boolean {
    return this.prefixFilters[position]?.isAwaited === true || this.filterChanges.has(position);
  }

  /** Announcements of a family were rejected and are not held. */
  discard(position: number, reason: ReasonCode, routes: number): void {
    this.discarded[position]![reason]! += routes;
  }

  /** Whether all that the peer has announced and not withdrawn is held, so that its routes can be judged again without asking it. */
  holdsAll(position: number): boolean {
    return this.discarded[position]!.every((count) => count === 0) && this.treatedAsWithdraw === 0 && this.attributesDiscarded === 0;
  }
}

/** Whether a session with these options may go on with the routes of one that was lost: what its paths are ranked and reflected by is the same. */
export function isSamePeer(peer: RibPeer, options: PeerOptions): boolean {
  const before = peer.options;
  return (
    peer.horizon === horizonOf(options) &&
    before.remoteAs === options.remoteAs &&
    before.localAs === options.localAs &&
    before.clusterId === options.clusterId &&
    before.bgpIdentifier === options.bgpIdentifier &&
    before.damping === options.damping &&
    compareAddresses(before.address, options.address) === 0
  );
}

function horizonOf(options: PeerOptions): Horizon {
  if (options.kind === PeerKind.Local) return Horizon.Local;
  if (options.kind === PeerKind.External) return Horizon.External;
  if (options.confederationExternal === true) return Horizon.Confederation;
  return options.reflectorClient === true ? Horizon.Client : Horizon.NonClient;
}

function suspiciousFlags({ kind, role, asPath = {} }: PeerOptions): number {
  let flags: number = AttrFlag.Own | AttrFlag.BadNextHop;
  if (asPath.rejectSets === true || asPath.rejectLong === true) flags |= AttrFlag.OddPath;
  if (kind === PeerKind.External && mayLeak(role)) flags |= AttrFlag.OnlyToCustomer;
  return flags;
}

/** Negative when `a` is the lower address; IPv4 before IPv6. */
export function compareAddresses(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
