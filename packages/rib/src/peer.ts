/**
 * A peer as the RIB knows it: one Established session, or the local routes. Peers are few: plain objects, found by a small index that the
 * columns hold. A session that ends keeps its index until the last of its paths is swept away.
 */
import { type Family, usesAigp, type WireContext } from '@tsbgp/wire';
import { Damping } from './damping/damping.ts';
import type { DampingOptions } from './damping/flap-history.ts';
import { FILTER_REASONS, type UnusableReason } from './filter-reason.ts';
import { Refresh } from './refresh.ts';

/** A peer in the columns; 0 is nobody. Used again when nothing names the peer any more. */
export type PeerIndex = number & { readonly __id: 'PeerIndex' };

/** Where routes come from, as the decision process sees it (RFC 4271 §9.1.1). */
export const PeerKind = {
  /** Routes injected here. */
  Local: 0,
  External: 1,
  Internal: 2,
} as const;
export type PeerKind = (typeof PeerKind)[keyof typeof PeerKind];

/**
 * Who made a route of our own, in the order of preference where everything else is equal: what was injected while the daemon runs, what the
 * configuration file has, what was aggregated (RFC 4271 §9.2.2.2), and the default routes that neighbors are sent on demand.
 */
export const LOCAL_ORIGINS = ['api', 'configuration', 'aggregate', 'default-originate'] as const;
/** Who made a route of our own. */
export type LocalOrigin = (typeof LOCAL_ORIGINS)[number];

/** Where the RIB puts what is to be sent; the session's writer fits. */
export interface PeerPort {
  /** One or more whole messages; the octets are shared with other peers and must not be changed. */
  write(messages: Uint8Array): void;
  /** Octets accepted and not yet on their way. */
  readonly backlogBytes: number;
}

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

/** What the RIB must know of a session. `Rib.changePeer` tells what of it may change while it lasts. */
export interface PeerOptions {
  /** For the reader of logs and listings. */
  readonly name: string;
  readonly kind: PeerKind;
  readonly remoteAs: number;
  /** Our AS number towards this peer. */
  readonly localAs: number;
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
  /** Whole-peer verdicts of policy; a denied import is kept as filtered. */
  readonly importAccept: boolean;
  readonly exportAccept: boolean;
  /** Families in which the peer is sent a default route of our own from the beginning (`Rib.originateDefault`). @default none */
  readonly defaultOriginate?: readonly Family[];
  /** Routes that flap are suppressed (RFC 2439). @default they are not */
  readonly damping?: DampingOptions | undefined;
  /** Who made the routes of a local peer. @default 'api' */
  readonly localOrigin?: LocalOrigin;
  readonly port: PeerPort;
}

/** A peer as the RIB knows it: one Established session, or the local routes. */
export class RibPeer {
  readonly index: PeerIndex;
  /** `Rib.changePeer` gives it others. */
  options: PeerOptions;
  readonly kind: PeerKind;
  /** Step 5 of the decision process: lower is better. The kind, then who made a local route. */
  readonly typeRank: number;
  readonly localAs: number;
  ownAddresses: readonly Uint8Array[];
  /** Undefined where routes that flap are used all the same. Stays as it is while the session lasts. */
  readonly damping: Damping | undefined;
  /** How its UPDATEs are judged: what it was agreed to send, and nothing of families that are not in use or of a confederation. */
  readonly receive: WireContext;
  /** It may send every attribute: a set that is known needs no look at what it holds (AttrFlag.InternalOnly). */
  readonly sendsEverything: boolean;
  /** False once the session ended: its paths no longer take part. */
  up = true;
  /** Paths held and paths in the decision process, by position of the family in the RIB. */
  readonly received: number[];
  readonly accepted: number[];
  /** Paths held and not used, by position of the family, then by reason (`ReasonCode`). */
  readonly rejected: readonly Uint32Array[];
  /** Which paths are stale (RFC 7313), by position of the family. */
  readonly refresh: readonly Refresh[];
  /** UPDATEs whose routes were treated as withdrawn, and attributes discarded (RFC 7606). */
  treatedAsWithdraw = 0;
  /** Positions of the families in which the peer is sent a default route of our own (own-routes.ts). */
  readonly originatesDefault: Set<number> = new Set();
  attributesDiscarded = 0;
  /** UPDATEs whose routes are held but not used, by what is wrong with them. */
  readonly unusable: Record<UnusableReason, number> = { 'as-loop': 0, 'originator-id': 0, 'cluster-list': 0, 'next-hop': 0 };

  constructor(index: PeerIndex, options: PeerOptions, familyCount: number) {
    this.index = index;
    this.options = options;
    this.kind = options.kind;
    this.typeRank = options.kind * LOCAL_ORIGINS.length + LOCAL_ORIGINS.indexOf(options.localOrigin ?? 'api');
    this.localAs = options.localAs;
    this.damping = options.damping === undefined ? undefined : new Damping(options.damping);
    this.ownAddresses = options.ownAddresses ?? [];
    const { receive } = options;
    this.sendsEverything = options.kind !== PeerKind.External && usesAigp(receive);
    this.receive = { ...receive, families: new Set(options.families), confederation: receive.confederation ?? false };
    this.refresh = Array.from({ length: familyCount }, () => new Refresh());
    this.received = Array.from({ length: familyCount }, () => 0);
    this.accepted = Array.from({ length: familyCount }, () => 0);
    this.rejected = Array.from({ length: familyCount }, () => new Uint32Array(FILTER_REASONS.length + 1));
  }
}

/** Negative when `a` is the lower address; IPv4 before IPv6. */
export function compareAddresses(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
