/** A neighbor of the configuration while the program runs: its routes, and its session when there is one. */

import {
  type CommandNeighbor,
  type EventNeighbor,
  type EventSource,
  type NegotiatedView,
  type NeighborView,
  type OperationalConfig,
  type Route,
  type ShownRoute,
  type TableDirection,
  type UpdateView,
  viewUpdate,
} from '@tsbgp/process-api';
import type { CloseReason, Peer, Plugin, SessionInfo, UpdateHandler, UpdateWriter } from '@tsbgp/session';
import {
  Afi,
  afiOf,
  type Capability,
  type Family,
  Fault,
  HEADER_LENGTH,
  IPV4_UNICAST,
  MessageType,
  type NotificationMessage,
  notification,
  notificationOf,
  parseIpv4,
  RefreshSubtype,
  type RouteRefreshMessage,
  Safi,
  safiOf,
  type WireContext,
} from '@tsbgp/wire';
import { type NeighborConfig, neighborName } from '../config/neighbor.ts';
import { AdjRibIn } from '../rib/adj-rib-in.ts';
import { AdjRibOut } from '../rib/adj-rib-out.ts';
import { sessionForm } from '../rib/session-form.ts';
import { announcements, endOfRibMessage, type UpdateContext, withdrawals } from '../rib/update-messages.ts';
import { Watchdogs } from '../rib/watchdogs.ts';
import { capabilitiesOf } from './capabilities.ts';
import { hasOperational, negotiatedView } from './negotiated-view.ts';
import { operationalMessage } from './operational.ts';
import { Sender } from './sender.ts';
import { configurationLines, shownRoutes, viewOf } from './show.ts';
import { teardownMessage } from './teardown.ts';

/** What a neighbor tells the program. */
export interface NeighborHost {
  readonly softwareVersion: string;
  state(neighbor: Neighbor, from: string, to: string): void;
  message(neighbor: Neighbor, direction: 'receive' | 'send', octets: Uint8Array): void;
  update(neighbor: Neighbor, octets: Uint8Array, view: UpdateView): void;
  /** Whether somebody wants the UPDATEs that are sent. */
  wantsSent(neighbor: Neighbor): boolean;
  established(neighbor: Neighbor): void;
  closed(neighbor: Neighbor, reason: CloseReason): void;
  /** Routes wait to be told. */
  touched(neighbor: Neighbor): void;
}

interface Live {
  readonly session: SessionInfo;
  readonly sender: Sender;
  readonly context: UpdateContext;
  readonly view: NegotiatedView;
}

export class Neighbor implements Plugin, CommandNeighbor, EventSource {
  config: NeighborConfig;
  readonly name: string;
  readonly ribIn: AdjRibIn = new AdjRibIn();
  readonly watchdogs: Watchdogs = new Watchdogs();
  readonly rib: AdjRibOut;
  /** Of the session library, once it was added. */
  peer: Peer | undefined;
  /** Events told so far. */
  counter = 0;
  /** Prefixes received and withdrawn so far. */
  received = 0;
  withdrawn = 0;
  /** When the session came up or went down, in milliseconds. */
  since: number = Date.now();
  readonly #host: NeighborHost;
  #live: Live | undefined;

  /** `peerAddress`: of a peer of a range. */
  constructor(config: NeighborConfig, host: NeighborHost, peerAddress?: string) {
    this.config = peerAddress === undefined ? config : { ...config, peerAddress, rangeBits: undefined };
    this.name = neighborName(this.config);
    this.#host = host;
    this.rib = new AdjRibOut(config.adjRibOut);
    this.addConfigured(config.routes);
  }

  get session(): SessionInfo | undefined {
    return this.#live?.session;
  }

  get negotiated(): NegotiatedView | undefined {
    return this.#live?.view;
  }

  get sendContext(): WireContext | undefined {
    return this.#live?.session.send;
  }

  get peerAddress(): string {
    return this.config.peerAddress;
  }

  get isEstablished(): boolean {
    return this.#live !== undefined;
  }

  // What commands show

  view(): NeighborView {
    return viewOf(this);
  }

  configurationLines(): string[] {
    return configurationLines(this);
  }

  shownRoutes(direction: TableDirection, extensive: boolean): Iterable<ShownRoute> {
    return shownRoutes(this, direction, extensive);
  }

  clearIn(): void {
    this.ribIn.clear();
  }

  /** As events name it. */
  get eventNeighbor(): EventNeighbor {
    const { config } = this;
    const session = this.#live?.session;
    return {
      localAddress: config.localAddress === 'auto' ? (session?.localAddress ?? '0.0.0.0') : config.localAddress,
      peerAddress: config.peerAddress,
      localAs: session?.localAs ?? (config.localAs === 'auto' ? 0 : config.localAs),
      peerAs: session?.remoteAs ?? (config.peerAs === 'auto' ? 0 : config.peerAs),
      routerId: config.routerId,
    };
  }

  // Routes

  addConfigured(routes: readonly Route[]): void {
    for (const route of routes) {
      const resolved = this.#resolve(route);
      this.watchdogs.add(resolved);
      if (route.startsWithdrawn !== true) this.rib.configure(resolved);
    }
  }

  announce(route: Route): void {
    const resolved = this.#resolve(route);
    this.watchdogs.add(resolved);
    this.rib.announce(resolved);
    this.#touch();
  }

  withdraw(route: Route): void {
    this.rib.withdraw(this.#resolve(route));
    this.#touch();
  }

  announceWatchdog(name: string): void {
    for (const route of this.watchdogs.routes(name)) this.rib.announce(route);
    this.#touch();
  }

  withdrawWatchdog(name: string): void {
    for (const route of this.watchdogs.routes(name)) if (this.rib.get(route.key) !== undefined) this.rib.withdraw(route);
    this.#touch();
  }

  clearOut(): void {
    this.rib.clear();
    this.#touch();
  }

  /** Whether the route may be announced: its family is configured, or is IPv4 unicast. */
  takes(family: Family): boolean {
    return family === IPV4_UNICAST || this.config.families.includes(family);
  }

  /** `self` becomes our address, so that equal routes are seen to be equal. */
  #resolve(route: Route): Route {
    const { localAddress } = this.config;
    const address = localAddress === 'auto' ? this.#live?.session.localAddress : localAddress;
    return route.set.nextHop === 'self' && address !== undefined ? { ...route, set: route.set.with(address) } : route;
  }

  #touch(): void {
    if (this.#live !== undefined && this.config.autoFlush) this.#host.touched(this);
  }

  // What is sent

  /** Tells the peer what waits. */
  flush(): void {
    const live = this.#live;
    if (live === undefined || !this.rib.hasPending) return;
    live.sender.push(() => this.#batch(live.context));
  }

  /** Everything is told again, as the answer to ROUTE-REFRESH or to `flush adj-rib out`. False: there is no session. */
  resend(families?: readonly Family[]): boolean {
    const live = this.#live;
    if (live === undefined) return false;
    const wanted = [...live.session.families].filter((family) => families === undefined || families.includes(family));
    if (!live.session.enhancedRouteRefresh) {
      this.rib.resend(new Set(wanted));
      this.flush();
      return true;
    }
    this.flush();
    live.sender.push(() => this.#refresh(wanted, live.context));
    return true;
  }

  sendEndOfRib(family: Family): boolean {
    const live = this.#live;
    if (live === undefined || !live.session.families.has(family)) return false;
    this.#sendOne(endOfRibMessage(family));
    return true;
  }

  /** A whole message. */
  #sendOne(message: Uint8Array): void {
    this.flush();
    this.#live?.sender.push(() => [message]);
  }

  sendRouteRefresh(family: Family): boolean {
    return this.peer?.sendRouteRefresh(family) === true;
  }

  sendOperational(config: OperationalConfig): boolean {
    const session = this.#live?.session;
    if (session === undefined || !hasOperational(session)) return false;
    this.#sendOne(operationalMessage(config, this.config.routerId));
    return true;
  }

  async flushed(): Promise<void> {
    this.flush();
    await this.#live?.sender.flushed().catch(() => {});
  }

  *#batch(context: UpdateContext): Generator<Uint8Array> {
    const batch = this.rib.take();
    yield* withdrawals(batch.withdrawals, context, batch.isFirst);
    yield* announcements(sendable(batch.announcements, context), context);
  }

  *#refresh(families: readonly Family[], context: UpdateContext): Generator<Uint8Array> {
    for (const family of families) {
      yield refreshMessage(family, RefreshSubtype.Begin);
      yield* announcements(sendable(ofFamily(this.rib.routes(), family), context), context);
      yield refreshMessage(family, RefreshSubtype.End);
    }
  }

  /** NOTIFICATION 6/`subcode` with ExaBGP's text; without one where graceful restart is configured. */
  teardown(subcode: number): void {
    this.cease(teardownMessage(subcode));
  }

  cease(message: NotificationMessage): void {
    if (this.config.capabilities['graceful-restart'] === undefined) this.peer?.end(message);
    else this.peer?.drop();
  }

  // Plugin

  getCapabilities(peer: Peer): readonly Capability[] {
    return capabilitiesOf(this.config, peer.config.localAs, this.#host.softwareVersion);
  }

  onEstablished(peer: Peer, session: SessionInfo, writer: UpdateWriter): UpdateHandler {
    const { config } = this;
    this.peer = peer;
    const { send, receive } = session.negotiated.extendedMessage;
    const context: UpdateContext = {
      form: sessionForm(session.localAs, config.capabilities.aigp, session.send),
      families: session.families,
      addPath: session.send.addPath,
      extendedMessage: send && receive,
      groupUpdates: config.groupUpdates,
      linkLocal: session.negotiated.linkLocalNextHop ? config.localLinkLocal : undefined,
      localAddress: session.localAddress,
    };
    const onMessage = this.#host.wantsSent(this) ? (message: Uint8Array) => this.#host.message(this, 'send', message) : undefined;
    const sender = new Sender({ writer, rateLimit: config.rateLimit, onMessage });
    this.#live = { session, sender, context, view: negotiatedView(session, config) };
    this.since = Date.now();
    this.rib.restart();
    this.#host.established(this);
    return (bytes, start, end) => this.#onUpdate(bytes, start, end, session);
  }

  /** The first batch, and the End-of-RIBs after it. */
  begin(): void {
    const live = this.#live;
    if (live === undefined) return;
    this.flush();
    if (this.config.manualEor) return;
    const families = [...live.session.families].toSorted((a, b) => a - b);
    live.sender.push(() => families.map(endOfRibMessage));
  }

  #onUpdate(bytes: Uint8Array, start: number, end: number, session: SessionInfo): NotificationMessage | undefined {
    const view = viewUpdate(bytes, start, end, session.receive);
    if (view instanceof Fault) return notificationOf(view);
    for (const { nlri } of view.announced) this.received += nlri.length;
    for (const { nlri } of view.withdrawn) this.withdrawn += nlri.length;
    if (this.config.adjRibIn) this.ribIn.apply(view);
    this.#host.update(this, bytes.subarray(start - HEADER_LENGTH, end), view);
    return undefined;
  }

  onClose(_peer: Peer, reason: CloseReason): void {
    this.#live?.sender.stop();
    this.#live = undefined;
    this.since = Date.now();
    this.ribIn.clear();
    this.#host.closed(this, reason);
  }

  onStateChange(peer: Peer, from: string, to: string): void {
    this.peer = peer;
    this.#host.state(this, from, to);
  }

  onMessage(peer: Peer, direction: 'sent' | 'received', message: Uint8Array): void {
    const type = message[18]!;
    const isOperational = type === MessageType.Operational && this.config.capabilities.operational;
    if (direction === 'received' && type > MessageType.RouteRefresh && !isOperational) {
      // RFC 4271 §6.1 says 1/3 and the type. ExaBGP 6 says this, and its tests compare it.
      peer.end(notification(1, 0, new TextEncoder().encode(`can not decode update message of type "${type}"`)));
      return;
    }
    this.#host.message(this, direction === 'sent' ? 'send' : 'receive', message);
  }

  onRouteRefresh(_peer: Peer, message: RouteRefreshMessage): void {
    if (message.subtype === RefreshSubtype.Request) this.resend([message.family]);
  }
}

function* ofFamily(routes: Iterable<Route>, family: Family): Generator<Route> {
  for (const route of routes) if (route.family === family) yield route;
}

/** Without routes whose `next-hop self` is of the other IP version: the family and our address decide that only now. */
function* sendable(routes: Iterable<Route>, context: UpdateContext): Generator<Route> {
  const isIpv4 = parseIpv4(context.localAddress) !== undefined;
  for (const route of routes) {
    const plain = safiOf(route.family) === Safi.Unicast || safiOf(route.family) === Safi.Multicast;
    if (route.set.nextHop === 'self' && plain && (afiOf(route.family) === Afi.Ipv4) !== isIpv4) continue;
    yield route;
  }
}

function refreshMessage(family: Family, subtype: number): Uint8Array {
  const message = new Uint8Array(HEADER_LENGTH + 4).fill(0xff, 0, 16);
  message.set([0, message.length, MessageType.RouteRefresh, afiOf(family) >>> 8, afiOf(family) & 0xff, subtype, safiOf(family)], 16);
  return message;
}
