/**
 * One neighbor: its configuration, its peer in the session library, and its peer in the RIB while Established or while its routes are kept.
 */
import { defaultActionOf, type Peer as PolicyPeer } from '@tsbgp/policy';
import {
  type AsPathOptions,
  type DampingOptions,
  type ExportPolicy,
  type ImportPolicy,
  type LimitOptions,
  PeerKind,
  type RibPeer,
  type PeerOptions as RibPeerOptions,
  type RouteLimits,
  type RouteServerOptions,
  type ValidationOptions,
} from '@tsbgp/rib';
import { aspaDirection } from '@tsbgp/rpki';
import type { Peer, SessionInfo } from '@tsbgp/session';
import {
  Afi,
  addressBytes,
  type Capability,
  CeaseSubcode,
  type Family,
  formatFamily,
  formatNotification,
  IPV4_UNICAST,
  NotificationCode,
  type NotificationMessage,
  OrfType,
} from '@tsbgp/wire';
import type {
  FamilyCounts,
  NeighborConfig,
  NeighborCounters,
  NeighborNotification,
  NeighborSession,
  NeighborState,
} from '../control-plane.ts';
import type { NewEvent } from '../events.ts';
import { hasKnownNlri, hasPrefixes, UNICAST_FAMILIES } from '../keys/families.ts';
import { localAsTowards, type OwnAs, publicAs, relationTo } from '../keys/own-as.ts';
import { ROLE_CODES } from '../keys/relation-keys.ts';
import { identifierOf } from '../keys/values.ts';
import type { Fallback, Resolved } from '../policy/policies.ts';
import { policySubject } from '../policy/subject.ts';
import type { InboundRefreshes } from './inbound-refresh.ts';
import type { LimitShutdown } from './limit-shutdown.ts';
import type { NeighborRestart } from './neighbor-restart.ts';
import { linkOf, nextHopsSelf } from './next-hop.ts';
import { ownAddresses } from './own-addresses.ts';
import type { Port } from './port.ts';
import { orfFamilies, type PrefixOrf } from './prefix-orf.ts';
import { restartCapabilities } from './restart-capabilities.ts';

/** What of a session depends on more than the neighbor's own configuration. */
export interface SessionExtras {
  /** RPKI data come from somewhere. */
  readonly hasRpki: boolean;
  /** It is sent a default route of our own. */
  readonly originatesDefault: boolean;
  readonly damping: DampingOptions | undefined;
}

/** The policies of a neighbor, and it as policies see it. */
export interface NeighborPolicies {
  readonly import: Resolved<ImportPolicy>;
  readonly export: Resolved<ExportPolicy>;
  readonly subject: PolicyPeer;
}

/** IPv6 next hops for IPv4 unicast (RFC 8950). */
const EXTENDED_NEXT_HOP: Capability = { type: 'extended-next-hop', tuples: [{ family: IPV4_UNICAST, nextHopAfi: Afi.Ipv6 }] };

export class Neighbor {
  /** `Neighbors.change` gives it another one. */
  config: NeighborConfig;
  readonly #ours: OwnAs;
  readonly localAs: number;
  readonly peerType: 'ebgp' | 'ibgp';
  /** Set right after construction, because the session library needs the plugin first. */
  peer!: Peer;
  /** While Established, and while routes of it are kept (graceful restart). */
  ribPeer: RibPeer | undefined;
  /** While routes of a session that was lost are stale. */
  restart: NeighborRestart | undefined;
  /** The session whose routes are kept, once it was lost. */
  lost: { readonly session: SessionInfo; readonly port: Port } | undefined;
  session: SessionInfo | undefined;
  port: Port | undefined;
  /** Defined while a limit keeps the session down. */
  limitShutdown: LimitShutdown | undefined;
  /** Which limit was passed and ends the running session, as a sentence. */
  limitPassed: string | undefined;
  /** Defined while Established. */
  refreshes: InboundRefreshes | undefined;
  orf: PrefixOrf | undefined;
  flapCount = 0;
  lastNotification: NeighborNotification | undefined;
  /** Counts of past sessions. RibPeer has those of the current one. */
  #treatedAsWithdraw = 0;
  #attributesDiscarded = 0;
  /** When the session ends, while it is shut down gracefully (RFC 8326). */
  leavesAt: Date | undefined;
  /** It is to be enabled when sessions no longer wait for RPKI data. */
  isHeld = false;
  /** When the session came up, by the monotonic clock. */
  #upMs = 0;

  constructor(config: NeighborConfig, ours: OwnAs) {
    this.config = config;
    this.#ours = ours;
    this.localAs = localAsTowards(ours, config);
    this.peerType = config.remoteAs === this.localAs ? 'ibgp' : 'ebgp';
  }

  /** `hasRestarted`: it may keep routes of ours from before our start. */
  capabilities(hasRestarted: boolean): Capability[] {
    const { families, addPath, pathsLimit, role, orfReceive, extendedNextHop } = this.config;
    // Without its row in wire nobody knows where an NLRI with its path identifier ends.
    const identified = families.filter(hasKnownNlri);
    const directions = { receive: addPath === 'receive' || addPath === 'both', send: addPath === 'send' || addPath === 'both' };
    return [
      ...families.map((family) => ({ type: 'multiprotocol', family }) as const),
      { type: 'route-refresh' },
      { type: 'enhanced-route-refresh' },
      { type: 'extended-message' },
      ...restartCapabilities(this.config, hasRestarted),
      ...(extendedNextHop ? [EXTENDED_NEXT_HOP] : []),
      ...(role === undefined ? [] : [{ type: 'role', role: ROLE_CODES[role] } as const]),
      ...(orfReceive ? orfCapabilities(families.filter(hasPrefixes)) : []),
      ...(addPath === undefined ? [] : [{ type: 'add-path', families: identified.map((family) => ({ family, ...directions })) } as const]),
      ...(pathsLimit === undefined
        ? []
        : [{ type: 'paths-limit', families: identified.map((family) => ({ family, limit: pathsLimit })) } as const]),
    ];
  }

  /** What the RIB must know about a new session. `isNeighbor` says whether a configured neighbor has an address. */
  ribOptions(
    session: SessionInfo,
    port: Port,
    isNeighbor: (octets: Uint8Array) => boolean,
    extras: SessionExtras,
    policies: NeighborPolicies,
  ): RibPeerOptions {
    const { config } = this;
    const families = config.families.filter((family) => session.families.has(family));
    const choice = { extended: session.extendedNextHop, ipv4: config.nextHopIpv4, ipv6: config.nextHopIpv6 };
    const nextHopSelf = nextHopsSelf(session, families, choice);
    const { localAddress, remoteAddress } = session;
    const aigp = config.aigp === undefined ? {} : { aigp: config.aigp };
    const relation = relationTo(this.#ours, config);
    // RFC 5065 §5: members of the confederation name each other in AS_PATH.
    const confederation = this.#ours.confederation !== undefined && relation !== 'external';
    return {
      name: config.address,
      kind: relation === 'external' ? PeerKind.External : PeerKind.Internal,
      remoteAs: session.remoteAs,
      localAs: session.localAs,
      confederationExternal: relation === 'member',
      reflectorClient: config.routeReflectorClient,
      ...(config.clusterId !== undefined && { clusterId: identifierOf(config.clusterId) }),
      clientToClient: config.clientToClientReflection,
      role: config.role && ROLE_CODES[config.role],
      asPath: this.#asPath(session),
      bgpIdentifier: identifierOf(session.remoteBgpIdentifier),
      address: addressBytes(session.remoteAddress.split('%')[0]!),
      families,
      ownAddresses: ownAddresses({ localAddress, remoteAddress, nextHops: nextHopSelf.values() }, isNeighbor),
      receive: { ...session.receive, confederation, ...aigp },
      send: { ...session.send, confederation, ...aigp },
      nextHopSelf,
      link: linkOf(session),
      routeServerClient: config.routeServerClient,
      routeServer: this.#routeServer(),
      addPathMax: this.#addPathMax(session, families),
      nextHopSelfAlways: config.nextHopSelf,
      awaitsPrefixFilter: orfFamilies(session),
      limits: this.#limits(families),
      keepRejected: config.keepRejectedRoutes,
      staleRoutes: session.negotiated.longLivedGracefulRestart.remote !== undefined ? 'all' : config.sendStaleRoutes ? 'marked' : 'none',
      nextHopUnchanged: config.nextHopUnchanged,
      gracefulShutdown: this.leavesAt !== undefined,
      obeysGracefulShutdown: config.gracefulShutdown,
      blackholeMark: this.#blackholeMark(),
      importAccept: policies.import.accepts,
      exportAccept: policies.export.accepts,
      importPolicy: policies.import.policy,
      exportPolicy: policies.export.policy,
      policySubject: policies.subject,
      defaultOriginate: extras.originatesDefault ? families.filter((family) => UNICAST_FAMILIES.includes(family)) : [],
      damping: extras.damping,
      validation: this.#validation(extras.hasRpki),
      port,
    };
  }

  /** Undefined where nothing is known of routes: then nothing is looked up. */
  #validation(hasRpki: boolean): ValidationOptions | undefined {
    const { rov, aspa, aspaRole, rovCommunity, role, routeServerClient } = this.config;
    if (!hasRpki && !rovCommunity) return undefined;
    // A role is needed, because it says whether paths come up or down to us.
    const ours = aspaRole ?? role ?? (routeServerClient ? 'rs' : undefined);
    return {
      rov,
      aspa: ours === undefined ? 'off' : aspa,
      isDownstream: ours !== undefined && aspaDirection(ROLE_CODES[ours]) === 'downstream',
      isRouteServer: ours === 'rs-client',
      stateCommunity: rovCommunity,
    };
  }

  /** A route server leaves AS_PATH as it is (RFC 7947 §2.2.2), so that `local-as` towards a client changes no paths. */
  #asPath(session: SessionInfo): AsPathOptions {
    const { config } = this;
    const ours = publicAs(this.#ours);
    const isExternal = relationTo(this.#ours, config) === 'external';
    const hasLocalAs = isExternal && !config.routeServerClient && session.localAs !== ours;
    return {
      ownAllowed: config.allowasIn,
      enforceFirst: config.enforceFirstAs ?? config.role !== 'rs-client',
      rejectSets: !config.acceptAsSets,
      rejectLong: !config.acceptLongAsPaths,
      ...(hasLocalAs && !config.localAsNoPrepend && { prependIn: session.localAs }),
      ...(hasLocalAs && !config.localAsReplaceAs && { behindLocal: ours }),
      removePrivate: config.removePrivateAs,
      override: config.asOverride,
    };
  }

  #blackholeMark(): 'no-export' | 'no-advertise' | undefined {
    const { blackholeCommunity = this.config.routeServerClient ? 'as-is' : 'no-export' } = this.config;
    return blackholeCommunity === 'as-is' ? undefined : blackholeCommunity;
  }

  #routeServer(): RouteServerOptions {
    const { bestPathOnly, ownAsRoutes, prependOwnAs, obeyWellKnownCommunities, controlCommunities, controlCommunitiesAs } = this.config;
    return {
      bestPathOnly,
      ownAsRoutes,
      ownAsInFront: prependOwnAs,
      obeysWellKnown: obeyWellKnownCommunities,
      controlCommunities: controlCommunities && controlCommunitiesAs !== undefined ? { standIn: controlCommunitiesAs } : controlCommunities,
    };
  }

  #limits(families: readonly Family[]): LimitOptions {
    const { maxPrefix, maxPrefixAccepted, maxPrefixAction, maxPrefixWarning, maxPaths, maxAttributeSets } = this.config;
    const limitsOf = (name: string): RouteLimits => ({ received: maxPrefix?.[name], accepted: maxPrefixAccepted?.[name] });
    return {
      action: maxPrefixAction,
      warningPercent: maxPrefixWarning,
      routes: new Map(families.map((family) => [family, limitsOf(formatFamily(family))])),
      paths: maxPaths,
      attributeSets: maxAttributeSets,
    };
  }

  /** Our limit or that of the neighbor, whichever is smaller. */
  #addPathMax({ negotiated }: SessionInfo, families: readonly Family[]): Map<Family, number> {
    const ours = this.config.addPathMax ?? Number.POSITIVE_INFINITY;
    return new Map(families.map((family) => [family, Math.min(ours, negotiated.pathsLimit.get(family) ?? Number.POSITIVE_INFINITY)]));
  }

  up(session: SessionInfo, ribPeer: RibPeer, port: Port, refreshes: InboundRefreshes, orf: PrefixOrf): void {
    this.session = session;
    this.lost = undefined;
    this.ribPeer = ribPeer;
    this.port = port;
    this.refreshes = refreshes;
    this.orf = orf;
    this.#upMs = performance.now();
  }

  /** Its peer in the RIB while it is Established. */
  get connectedPeer(): RibPeer | undefined {
    return this.session && this.ribPeer;
  }

  /** Whether the session is up and End-of-RIB came for each of its families. */
  get hasSentAll(): boolean {
    return this.connectedPeer?.options.families.every((family) => this.refreshes?.hasEnded(family) === true) === true;
  }

  /**
   * Whether End-of-RIB is to be waited for after our own restart: while it is down, it may come back and send it. One that is up need not where it
   * has no graceful restart, or has restarted too and may wait for ours (RFC 4724 §4.1).
   */
  get promisesEndOfRib(): boolean {
    const remote = this.session?.negotiated.gracefulRestart.remote;
    return this.session === undefined || (remote !== undefined && !remote.restartState);
  }

  /** Whether it was asked to keep our routes when the session is lost, and knows how to. */
  get keepsOurs(): boolean {
    const { local, remote } = this.session?.negotiated.gracefulRestart ?? {};
    return remote !== undefined && local !== undefined && local.families.length > 0;
  }

  /** Seconds since the session became Established. Meaningless while it is down. */
  get sessionSeconds(): number {
    return Math.floor((performance.now() - this.#upMs) / 1000);
  }

  /** UPDATEs whose routes were treated as withdrawn (RFC 7606), over all sessions. */
  get treatedAsWithdraw(): number {
    return this.#treatedAsWithdraw + (this.connectedPeer?.treatedAsWithdraw ?? 0);
  }

  /** Path attributes that were discarded (RFC 7606), over all sessions. */
  get attributesDiscarded(): number {
    return this.#attributesDiscarded + (this.connectedPeer?.attributesDiscarded ?? 0);
  }

  /** The session is over. `isKept`: its routes stay in the RIB for the next one. */
  down(isKept: boolean): void {
    this.#treatedAsWithdraw = this.treatedAsWithdraw;
    this.#attributesDiscarded = this.attributesDiscarded;
    const { session, port } = this;
    this.lost = isKept && session !== undefined && port !== undefined ? { session, port } : undefined;
    this.session = undefined;
    if (!isKept) this.ribPeer = undefined;
    this.port?.close();
    this.port = undefined;
    this.refreshes?.close();
    this.refreshes = undefined;
    this.orf?.close();
    this.orf = undefined;
    this.flapCount++;
  }

  /** A limit no longer keeps the session down: the operator or the time decided, or the neighbor is gone. */
  forgetLimitShutdown(): void {
    this.limitShutdown?.cancel();
    this.limitShutdown = undefined;
  }

  /** A NOTIFICATION was sent or received, perhaps before the session became Established. */
  notified(message: NotificationMessage, direction: 'sent' | 'received'): NewEvent {
    const { code, subcode } = message;
    // The session library says more than the message: which roles would fit.
    const { lastError } = this.peer;
    const text = lastError?.notification === message ? lastError.text : formatNotification(message);
    // Closing one of two colliding connections (RFC 4271 §6.8) is not an error.
    const isCollision = code === NotificationCode.Cease && subcode === CeaseSubcode.ConnectionCollisionResolution;
    if (!isCollision) this.lastNotification = { direction, code, subcode, text, at: new Date() };
    return { type: `notification-${direction}`, neighbor: this.config.address, text, code, subcode };
  }

  /** The Adj-RIB-Out no longer matches what the peer was sent, so the session is reset. */
  exportFailed(): void {
    this.peer.reset(CeaseSubcode.OutOfResources);
  }

  state(counts: (family: Family) => FamilyCounts): NeighborState {
    const { peer, config } = this;
    return {
      config,
      state: peer.state,
      adminState: this.isHeld ? 'up' : peer.adminState,
      session: this.#sessionState(),
      counters: this.#counters(),
      prefixes: config.families.map(counts),
      leavesAt: this.leavesAt,
      restartingSince: this.restart?.lostAt,
      flapCount: this.flapCount,
      lastError: peer.lastError?.text,
      lastErrorAt: peer.lastError?.at,
      lastNotification: this.lastNotification,
      limitShutdown: this.limitShutdown && { text: this.limitShutdown.text, restartAt: this.limitShutdown.restartAt },
      paths: this.ribPeer?.pathCount ?? 0,
      attributeSets: this.ribPeer?.attributeSets ?? 0,
    };
  }

  /** The chain of policies that takes the place of one that is not configured (RFC 8212). */
  get policyDefault(): Fallback {
    return defaultActionOf(this.peerType);
  }

  /** `neighbors` are all of them. */
  policySubject(neighbors: readonly Neighbor[]): PolicyPeer {
    const { remoteAs } = this.config;
    const sameAs = neighbors.filter(({ config }) => config.remoteAs === remoteAs).map(({ config }) => config.address);
    return policySubject(this.config, this.localAs, this.peerType, sameAs);
  }

  #sessionState(): NeighborSession | undefined {
    const { session, peer, port } = this;
    if (session === undefined || peer.establishedAt === undefined) return undefined;
    return {
      establishedAt: peer.establishedAt,
      remoteBgpIdentifier: session.remoteBgpIdentifier,
      localAddress: session.localAddress,
      localPort: session.localPort,
      remotePort: session.remotePort,
      peerType: session.peerType,
      holdTimeSeconds: session.holdTimeSeconds,
      keepaliveSeconds: session.keepaliveSeconds,
      families: this.config.families.filter((family) => session.families.has(family)),
      localCapabilities: session.localCapabilities,
      remoteCapabilities: session.remoteCapabilities,
      backlogBytes: port?.socketBacklogBytes ?? 0,
    };
  }

  #counters(): NeighborCounters {
    const { counters } = this.peer;
    return {
      opensSent: counters.openSent,
      opensReceived: counters.openReceived,
      updatesSent: counters.updateSent,
      updatesReceived: counters.updateReceived,
      keepalivesSent: counters.keepaliveSent,
      keepalivesReceived: counters.keepaliveReceived,
      notificationsSent: counters.notificationSent,
      notificationsReceived: counters.notificationReceived,
      routeRefreshesSent: counters.routeRefreshSent,
      routeRefreshesReceived: counters.routeRefreshReceived,
      notificationsSentByCode: counters.notificationsSentByCode,
      notificationsReceivedByCode: counters.notificationsReceivedByCode,
      bytesSent: counters.bytesOut,
      bytesReceived: counters.bytesIn,
    };
  }
}

/** We take prefix filters (RFC 5292) in these families, by the type of the RFC and by the one before it. */
function orfCapabilities(families: readonly Family[]): Capability[] {
  const of = (orfType: number) => families.map((family) => ({ family, types: [{ orfType, receive: true, send: false }] }));
  return [
    { type: 'outbound-route-filtering', families: of(OrfType.AddressPrefix) },
    { type: 'outbound-route-filtering-cisco', families: of(OrfType.AddressPrefixCisco) },
  ];
}
