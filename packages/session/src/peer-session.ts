/** A BGP neighbor over all its sessions: what the user sees of it and does with it. */
import type { Socket } from 'node:net';
import type { Config, Event, State } from '@tsbgp/fsm';
import {
  assert,
  type Capability,
  CeaseSubcode,
  type Family,
  formatFamily,
  hardReset,
  NotificationCode,
  type NotificationMessage,
  OpenError,
  openAs,
  RefreshSubtype,
  type RouteRefreshMessage,
} from '@tsbgp/wire';
import { canonicalAddress } from './address.ts';
import type { BgpConnection, ConnectedPeer, PeerHost } from './bgp-connection.ts';
import type { CloseReason } from './close-reason.ts';
import { Lingering } from './closing.ts';
import { ConnectionPair } from './connection-pair.ts';
import { type PeerCounters, PeerTally } from './counters.ts';
import { textOf } from './errors.ts';
import { cease, encode, isForGood } from './messages.ts';
import { type ExpectedAs, OpenExchange } from './open.ts';
import {
  CONNECT_RETRY_SECONDS_DEFAULT,
  HIGH_WATER_BYTES_DEFAULT,
  HOLD_TIME_SECONDS_DEFAULT,
  IDLE_HOLD_SECONDS_DEFAULT,
  type PeerConfig,
  type PeerLastError,
  type PeerOptions,
  type RetryTimes,
  type SessionInfo,
} from './peer.ts';
import type { Plugin } from './plugin.ts';
import { protectAccepted } from './protection.ts';
import type { Refusal } from './refusals.ts';
import type { ErrorPlace } from './server-options.ts';
import { checkShutdownMessage, validatePeer } from './validate.ts';
import { Writer } from './writer.ts';

/** Closed connections of one peer that wait until the peer closes too; more do not wait. */
export const LINGERING_PER_PEER_MAX = 2;

export class PeerSession implements ConnectedPeer {
  config: PeerConfig;
  options: PeerOptions;
  adminState: 'up' | 'down' = 'down';
  lastError: PeerLastError | undefined = undefined;
  establishedAt: Date | undefined = undefined;
  session: SessionInfo | undefined = undefined;
  readonly bgpIdentifier: string;

  readonly #host: PeerHost;
  readonly #plugin: Plugin;
  readonly #tally: PeerTally = new PeerTally();
  readonly #opens: OpenExchange;
  readonly #pair: ConnectionPair;
  #writer: Writer | undefined = undefined;
  #establishedAtClock = 0;
  /** The AS number of ours that is not tried at present. */
  #otherAs: number | undefined;

  constructor(config: PeerConfig, options: PeerOptions, plugin: Plugin, host: PeerHost, expectedAs: ExpectedAs) {
    this.config = config;
    this.options = options;
    this.#otherAs = options.alternateLocalAs;
    this.bgpIdentifier = options.bgpIdentifier ?? host.routerId;
    this.#host = host;
    this.#plugin = plugin;
    this.#opens = new OpenExchange(this, plugin, expectedAs, host.logger);
    this.#pair = new ConnectionPair({
      ...host,
      peer: this,
      tally: this.#tally,
      lingering: new Lingering(LINGERING_PER_PEER_MAX, host.clock),
      opens: this.#opens,
    });
  }

  machineConfig(): Partial<Config> {
    const { options } = this;
    return {
      holdTimeSeconds: options.holdTimeSeconds ?? HOLD_TIME_SECONDS_DEFAULT,
      keepaliveSeconds: options.keepaliveSeconds,
      connectRetrySeconds: options.connectRetrySeconds ?? CONNECT_RETRY_SECONDS_DEFAULT,
      idleHoldSeconds: options.idleHoldSeconds ?? IDLE_HOLD_SECONDS_DEFAULT,
      damping: options.damping === false ? undefined : options.damping,
      delayOpenSeconds: options.delayOpenSeconds ?? 0,
      sendHoldSeconds: options.sendHoldSeconds,
      passive: options.passive ?? false,
      allowAutomaticStart: true,
    };
  }

  // What the user sees

  get state(): State {
    return this.#pair.visibleState;
  }

  get counters(): PeerCounters {
    return this.#tally.read(this.#pair.primary.stream);
  }

  get establishedSeconds(): number | undefined {
    return this.session === undefined ? undefined : (this.#host.clock.now() - this.#establishedAtClock) / 1000;
  }

  enable(): void {
    if (this.adminState === 'up') return;
    this.adminState = 'up';
    this.#pair.primary.dispatch({ type: 'ManualStart' });
  }

  disable(shutdownMessage?: string): void {
    checkShutdownMessage(shutdownMessage, 'shutdownMessage');
    this.stop(cease(CeaseSubcode.AdministrativeShutdown, shutdownMessage));
  }

  reset(subcode: number = CeaseSubcode.AdministrativeReset, message?: string): void {
    checkShutdownMessage(message, 'message');
    this.#dispatchAll({ type: 'AutomaticStop', notification: cease(subcode, message) });
  }

  end(message: NotificationMessage): void {
    this.#dispatchAll({ type: 'AutomaticStop', notification: message });
  }

  drop(): void {
    for (const connection of this.#pair.all()) connection.dropSilently();
  }

  setRetry(times: RetryTimes): void {
    const options = { ...this.options, ...times };
    validatePeer(this.config, options);
    this.options = options;
    const { connectRetrySeconds, idleHoldSeconds } = this.machineConfig();
    for (const connection of this.#pair.all()) {
      connection.configure({
        ...(connectRetrySeconds !== undefined && { connectRetrySeconds }),
        ...(idleHoldSeconds !== undefined && { idleHoldSeconds }),
      });
    }
  }

  sendRouteRefresh(family: Family, subtype: number = RefreshSubtype.Request): boolean {
    const { session } = this;
    const { stream } = this.#pair.primary;
    if (session === undefined || stream === undefined || !session.families.has(family)) return false;
    if (subtype === RefreshSubtype.Request ? !session.routeRefresh : !session.enhancedRouteRefresh) return false;
    const message = encode({ type: 'route-refresh', family, subtype });
    this.observed(this.#pair.primary, 'sent', message);
    stream.send(message);
    this.#tally.counters.routeRefreshSent++;
    return true;
  }

  pauseReading(): void {
    if (this.session !== undefined) this.#pair.primary.stream?.pause();
  }

  resumeReading(): void {
    this.#pair.primary.stream?.resume();
  }

  // For the server

  /** To Idle; the peer stays there until `enable`. */
  stop(notificationToSend: NotificationMessage): void {
    this.adminState = 'down';
    this.#dispatchAll({ type: 'ManualStop', notification: notificationToSend });
  }

  #dispatchAll(event: Event): void {
    for (const connection of this.#pair.all()) connection.dispatch(event);
  }

  /** For a process that ends because its state cannot be trusted: Cease/8 on every connection, without a call to the plugin. */
  abandon(): void {
    this.adminState = 'down';
    this.#writer?.close();
    const message = cease(CeaseSubcode.OutOfResources);
    for (const connection of this.#pair.all()) connection.abandon(this.#keepsOurs(connection) ? hardReset(message) : message);
  }

  /** Takes an accepted connection. Returns why not, else undefined. */
  accept(socket: Socket): Refusal | undefined {
    try {
      protectAccepted(socket, this.options, this.config.remoteAddress);
    } catch (error) {
      return { reason: 'unprotected', text: textOf(error) }; // never unprotected
    }
    return this.#pair.accept(socket);
  }

  // Events of the connections

  visibleStateChanged(from: State, to: State): void {
    this.#guard(this.#pair.primary, 'onStateChange', () => this.#plugin.onStateChange?.(this, from, to));
  }

  sessionUp(connection: BgpConnection): void {
    const session = this.#makeSession(connection);
    const { stream } = connection;
    if (stream === undefined) return;
    stream.extendedMessage = session.receive.extendedMessage;
    const highWaterBytes = this.options.highWaterBytes ?? HIGH_WATER_BYTES_DEFAULT;
    const writer = new Writer(stream, this.#tally.counters, highWaterBytes, (error) => connection.breakDown(error, 'onDrain'));
    this.session = session;
    this.establishedAt = new Date();
    this.#establishedAtClock = this.#host.clock.now();
    this.#host.established(stream.socket);
    this.#writer = writer;
    this.#tally.counters.establishedCount++;
    this.#logSession(session);
    this.#guard(connection, 'onEstablished', () => {
      const handler = this.#plugin.onEstablished(this, session, writer);
      if (connection.stream === stream) stream.handler = typeof handler === 'function' ? handler : ignore;
    });
  }

  /** What the two OPENs agreed on. */
  #makeSession(connection: BgpConnection): SessionInfo {
    const { stream, localOpen, incoming } = connection;
    const { open, remoteOpen } = incoming ?? {};
    assert(
      stream !== undefined && open !== undefined && localOpen !== undefined && remoteOpen !== undefined,
      'Established without an OPEN',
    );
    const { socket } = stream;
    const negotiated = this.#opens.negotiate(connection, open);
    return {
      localAddress: canonicalAddress(socket.localAddress ?? '') ?? '',
      localPort: socket.localPort ?? 0,
      remoteAddress: canonicalAddress(socket.remoteAddress ?? '') ?? '',
      remotePort: socket.remotePort ?? 0,
      direction: connection.direction,
      localAs: this.#opens.localAs(connection),
      remoteAs: openAs(open),
      peerType: negotiated.peerType,
      localBgpIdentifier: this.bgpIdentifier,
      remoteBgpIdentifier: open.bgpIdentifier,
      holdTimeSeconds: connection.session.holdTimeSeconds,
      keepaliveSeconds: connection.session.keepaliveSeconds,
      families: negotiated.families,
      routeRefresh: negotiated.routeRefresh.send,
      enhancedRouteRefresh: negotiated.enhancedRouteRefresh,
      receive: negotiated.receive,
      send: negotiated.send,
      extendedNextHop: new Set(negotiated.extendedNextHop.keys()),
      negotiated,
      localCapabilities: this.#opens.capabilities(connection),
      remoteCapabilities: open.capabilities,
      localOpen,
      remoteOpen,
    };
  }

  #logSession(session: SessionInfo): void {
    const peer = this.config.remoteAddress;
    const families = [...session.families].map(formatFamily);
    this.#host.logger.info({ peer, as: session.remoteAs, direction: session.direction, families }, 'session established');
    if (families.length > 0) return;
    const ours = familiesOf(session.localCapabilities);
    const theirs = familiesOf(session.remoteCapabilities);
    this.#host.logger.warn(
      { peer, ours, theirs },
      'the session is Established but has no address family in common with the peer: no routes are exchanged',
    );
  }

  sessionDown(reason: CloseReason): void {
    this.#host.logger.info({ peer: this.config.remoteAddress, type: reason.type, reason: reason.text }, 'session closed');
    this.#writer?.close();
    this.#writer = undefined;
    this.#guard(undefined, 'onClose', () => this.#plugin.onClose?.(this, reason));
    this.session = undefined;
    this.establishedAt = undefined;
  }

  routeRefresh(connection: BgpConnection, message: RouteRefreshMessage): void {
    const { session } = this;
    if (session === undefined) return;
    // RFC 2918 §4, RFC 7313 §5: what was not agreed upon is ignored.
    const known = message.subtype === RefreshSubtype.Request || session.enhancedRouteRefresh;
    if (!session.families.has(message.family) || !known || message.subtype > RefreshSubtype.End) {
      this.#host.logger.debug(
        { peer: this.config.remoteAddress, family: formatFamily(message.family), subtype: message.subtype },
        'ROUTE-REFRESH ignored',
      );
      return;
    }
    this.#guard(connection, 'onRouteRefresh', () => this.#plugin.onRouteRefresh?.(this, message));
  }

  outgoing(connection: BgpConnection, message: NotificationMessage): NotificationMessage {
    return this.#keepsOurs(connection) && isForGood(message) ? hardReset(message) : message;
  }

  /** The peer takes a NOTIFICATION for the beginning of a graceful restart (RFC 8538 §4). */
  #keepsOurs(connection: BgpConnection): boolean {
    return connection === this.#pair.primary && this.session?.negotiated.gracefulNotification === true;
  }

  notified(connection: BgpConnection, message: NotificationMessage, direction: 'sent' | 'received'): void {
    this.#tally.notification(direction, message.code, message.subcode);
    const text = this.#opens.textOf(connection, message, connection.incoming?.open);
    const fields = { peer: this.config.remoteAddress, direction, connection: connection.direction, notification: text };
    // A collision is not an error, and a peer that connects again and again makes one each time.
    const collision = message.code === NotificationCode.Cease && message.subcode === CeaseSubcode.ConnectionCollisionResolution;
    if (collision) {
      this.#host.logger.debug(fields, 'NOTIFICATION');
    } else {
      this.#host.logger.info(fields, 'NOTIFICATION');
      if (!this.#isStillShutDown(message, direction)) this.lastError = { direction, notification: message, text, at: new Date() };
    }
    if (direction === 'received') this.#tryOtherAs(message);
    this.#guard(undefined, 'onNotification', () => this.#plugin.onNotification?.(this, message, direction));
  }

  /** The peer shut the session down, and refuses the connection for that: what its operator said then (RFC 9003) still says why. */
  #isStillShutDown({ code, subcode }: NotificationMessage, direction: 'sent' | 'received'): boolean {
    const before = this.lastError;
    return (
      direction === 'received' &&
      code === NotificationCode.Cease &&
      subcode === CeaseSubcode.ConnectionRejected &&
      before?.direction === 'received' &&
      before.notification?.code === NotificationCode.Cease &&
      before.notification.subcode === CeaseSubcode.AdministrativeShutdown
    );
  }

  /** `alternateLocalAs`: the peer does not know us by the AS of our OPEN. */
  #tryOtherAs({ code, subcode }: NotificationMessage): void {
    const other = this.#otherAs;
    if (other === undefined || code !== NotificationCode.OpenMessageError || subcode !== OpenError.BadPeerAs) return;
    this.#otherAs = this.config.localAs;
    this.config = { ...this.config, localAs: other };
    this.#host.logger.info({ peer: this.config.remoteAddress, as: other }, 'the peer refused our AS, the next OPEN has the other one');
  }

  observed(connection: BgpConnection, direction: 'sent' | 'received', message: Uint8Array): void {
    if (this.#plugin.onMessage !== undefined) {
      this.#guard(connection, 'onMessage', () => this.#plugin.onMessage?.(this, direction, message));
    }
  }

  failed(connection: BgpConnection, text: string, dialing: boolean): void {
    if (dialing) this.#tally.counters.connectFailures++;
    this.lastError = { direction: 'local', text, at: new Date() };
    this.#host.logger.info(
      { peer: this.config.remoteAddress, state: connection.state, reason: text },
      dialing ? 'connection failed' : 'connection lost',
    );
  }

  thrown(error: unknown, place: ErrorPlace): void {
    this.lastError = { direction: 'local', text: `internal error: ${textOf(error)}`, at: new Date() };
    this.#host.containment.caught(error, place, this);
  }

  /** Runs a callback of the plugin. An exception ends `connection`; without one it is only reported, because the session ends anyway. */
  #guard(connection: BgpConnection | undefined, place: ErrorPlace, callback: () => void): void {
    try {
      callback();
    } catch (error) {
      if (connection === undefined) this.thrown(error, place);
      else connection.breakDown(error, place);
    }
  }
}

const ignore = (): undefined => undefined;

function familiesOf(capabilities: readonly Capability[]): string[] {
  return capabilities.flatMap((capability) => (capability.type === 'multiprotocol' ? [formatFamily(capability.family)] : []));
}
