/**
 * A neighbour over all its sessions: one state machine, a second one while two connections collide, and what the user sees of both.
 *
 *     primary    the peer's own machine; dials, waits, is Established
 *     candidate  runs an accepted connection while the primary has (or opens) another; takes the primary's place or goes
 */
import type { Socket } from 'node:net';
import type { Config } from '@tsbgp/fsm';
import {
  type Capability,
  CeaseSubcode,
  type Family,
  formatFamily,
  formatNotification,
  NotificationCode,
  type NotificationMessage,
  negotiate,
  notification,
  notificationOf,
  type OpenMessage,
  openAs,
  RefreshSubtype,
  type RouteRefreshMessage,
  shutdownMessageData,
} from '@tsbgp/wire';
import { canonicalAddress } from './address.ts';
import { collide, dominates, mustAwait, type Rival } from './collision.ts';
import type { Connection } from './connection.ts';
import type { Containment } from './containment.ts';
import { type MutableCounters, NotificationCounts, newCounters } from './counters.ts';
import { type Counted, Half, type HalfOwner, nextSerial, textOf } from './half.ts';
import { encodeRouteRefresh } from './messages.ts';
import { advertised, DEFAULT_CAPABILITIES, encodeOpen, judgeOpen } from './open.ts';
import type { Refusal } from './refusals.ts';
import { sessionInfo } from './session-info.ts';
import type { Turns } from './turns.ts';
import {
  type Clock,
  type CloseReason,
  CONNECT_RETRY_SECONDS_DEFAULT,
  type ErrorPlace,
  HIGH_WATER_BYTES_DEFAULT,
  HOLD_TIME_SECONDS_DEFAULT,
  IDLE_HOLD_SECONDS_DEFAULT,
  LINGERING_PER_PEER_MAX,
  type Logger,
  type Peer,
  type PeerConfig,
  type PeerCounters,
  type PeerLastError,
  type PeerOptions,
  type Plugin,
  type SessionInfo,
  type State,
} from './types.ts';
import { checkShutdownMessage } from './validate.ts';
import { Writer } from './writer.ts';

/** What a peer needs of its server. */
export interface PeerHost {
  readonly routerId: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly containment: Containment;
  dial(peer: PeerSession): Socket;
  /** An accepted connection is half-open no more. */
  established(socket: Socket): void;
  /** The peer opened a newer connection in place of one that it had not used. */
  replaced(peer: PeerSession): void;
  /** The peer has no connection any more. */
  resting(peer: PeerSession): void;
}

export class PeerSession implements Peer, HalfOwner {
  config: PeerConfig;
  options: PeerOptions;
  adminState: 'up' | 'down' = 'down';
  lastError: PeerLastError | undefined = undefined;
  establishedAt: Date | undefined = undefined;
  session: SessionInfo | undefined = undefined;

  readonly #host: PeerHost;
  readonly #plugin: Plugin;
  readonly #bgpIdentifier: string;
  readonly #expectedAs: number | readonly number[] | undefined;
  readonly #counters: MutableCounters = newCounters();
  readonly #notificationsSent: NotificationCounts = new NotificationCounts();
  readonly #notificationsReceived: NotificationCounts = new NotificationCounts();
  readonly #capabilities = new WeakMap<Half, readonly Capability[]>();
  #primary: Half;
  #candidate: Half | undefined = undefined;
  #visible: State = 'Idle';
  #writer: Writer | undefined = undefined;
  #readingPaused = false;
  #establishedAtClock = 0;
  #lingering = 0;

  constructor(
    config: PeerConfig,
    options: PeerOptions,
    plugin: Plugin,
    host: PeerHost,
    expectedAs: number | readonly number[] | undefined,
  ) {
    this.config = config;
    this.options = options;
    this.#plugin = plugin;
    this.#host = host;
    this.#bgpIdentifier = options.bgpIdentifier ?? host.routerId;
    this.#expectedAs = expectedAs;
    this.#primary = new Half(this, this.#fsmConfig(), host.turns, host.clock);
  }

  #fsmConfig(): Partial<Config> {
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
    return this.#visible;
  }

  get counters(): PeerCounters {
    const { connection } = this.#primary;
    const base = {
      ...this.#counters,
      notificationsSentByCode: this.#notificationsSent.get(),
      notificationsReceivedByCode: this.#notificationsReceived.get(),
    };
    if (connection === undefined) return base;
    return {
      ...base,
      updateReceived: base.updateReceived + connection.updatesIn,
      bytesIn: base.bytesIn + connection.bytesIn,
      bytesOut: base.bytesOut + connection.bytesOut,
    };
  }

  get establishedSeconds(): number | undefined {
    return this.session === undefined ? undefined : (this.#host.clock.now() - this.#establishedAtClock) / 1000;
  }

  enable(): void {
    if (this.adminState === 'up') return;
    this.adminState = 'up';
    this.#primary.dispatch({ type: 'ManualStart' });
  }

  disable(shutdownMessage?: string): void {
    checkShutdownMessage(shutdownMessage, 'shutdownMessage');
    this.stop(cease(CeaseSubcode.AdministrativeShutdown, shutdownMessage));
  }

  reset(subcode: number = CeaseSubcode.AdministrativeReset, message?: string): void {
    checkShutdownMessage(message, 'message');
    const event = { type: 'AutomaticStop', notification: cease(subcode, message) } as const;
    this.#candidate?.dispatch(event);
    this.#primary.dispatch(event);
  }

  sendRouteRefresh(family: Family, subtype: number = RefreshSubtype.Request): boolean {
    const { session } = this;
    const { connection } = this.#primary;
    if (session === undefined || connection === undefined || !session.families.has(family)) return false;
    if (subtype === RefreshSubtype.Request ? !session.routeRefresh : !session.enhancedRouteRefresh) return false;
    connection.send(encodeRouteRefresh({ type: 'route-refresh', family, subtype }));
    this.#counters.routeRefreshSent++;
    return true;
  }

  pauseReading(): void {
    if (this.session === undefined) return;
    this.#readingPaused = true;
    this.#primary.connection?.pause();
  }

  resumeReading(): void {
    this.#readingPaused = false;
    this.#primary.connection?.resume();
  }

  // For the server

  /** To Idle, and there it stays until `enable`. */
  stop(notificationToSend: NotificationMessage): void {
    this.adminState = 'down';
    const event = { type: 'ManualStop', notification: notificationToSend } as const;
    this.#candidate?.dispatch(event);
    this.#primary.dispatch(event);
  }

  /** Cease/8 on every connection and no word to the plugin: the process ends, its state cannot be trusted. */
  abandon(): void {
    this.adminState = 'down';
    this.#writer?.close();
    this.#candidate?.abandon(cease(CeaseSubcode.OutOfResources));
    this.#primary.abandon(cease(CeaseSubcode.OutOfResources));
  }

  /** Takes an accepted connection. Returns why not, else undefined. */
  accept(socket: Socket): Refusal | undefined {
    const { localAddress } = this.options;
    if (
      localAddress !== undefined &&
      canonicalAddress(socket.localAddress ?? '')?.split('%')[0] !== canonicalAddress(localAddress)?.split('%')[0]
    ) {
      return { reason: 'wrong-local-address', text: `the peer is expected at ${localAddress}` };
    }
    if (this.adminState === 'down') return { reason: 'peer-disabled', text: 'the peer is disabled' };
    const primary = this.#primary;
    const damped = primary.state === 'Idle' && primary.session.oscillations > 0 && primary.session.config.damping !== undefined;
    if (damped) return { reason: 'peer-damped', text: 'the peer is damped after errors' };
    this.#counters.connectionsAccepted++;
    // In Idle only our own next attempt is awaited; the peer is evidently there, so the start comes now (RFC 4271 §8.1.2 leaves it to us).
    if (primary.state === 'Idle') primary.dispatch({ type: 'AutomaticStartWithPassive' });
    if (primary.state === 'Active' && primary.session.connection === 'none') {
      primary.adopt(socket, nextSerial());
      return undefined;
    }
    return this.#acceptCandidate(socket);
  }

  #acceptCandidate(socket: Socket): Refusal | undefined {
    if (this.#candidate !== undefined) {
      if (RANK[this.#candidate.state] > RANK.OpenSent) {
        return { reason: 'negotiating', text: 'two connections are being negotiated already' };
      }
      // The peer gave the older attempt up, or it would not come again.
      this.#host.replaced(this);
      this.#candidate.dispatch({ type: 'OpenCollisionDump', notification: COLLISION });
    }
    const candidate = new Half(
      this,
      { ...this.#fsmConfig(), passive: true, allowAutomaticStart: false },
      this.#host.turns,
      this.#host.clock,
    );
    candidate.dispatch({ type: 'ManualStartWithPassive' });
    this.#candidate = candidate;
    candidate.adopt(socket, nextSerial());
    return undefined;
  }

  // HalfOwner: connections

  dial(): Socket {
    this.#counters.connectAttempts++;
    return this.#host.dial(this);
  }

  connectionEnded(connection: Connection): void {
    this.#counters.updateReceived += connection.updatesIn;
    this.#counters.bytesIn += connection.bytesIn;
    this.#counters.bytesOut += connection.bytesOut;
  }

  mayLinger(socket: Socket): boolean {
    if (this.#lingering >= LINGERING_PER_PEER_MAX) return false;
    this.#lingering++;
    socket.once('close', () => this.#lingering--);
    return true;
  }

  failed(half: Half, text: string, dialing: boolean): void {
    if (dialing) this.#counters.connectFailures++;
    this.lastError = { direction: 'local', text, at: new Date() };
    this.#host.logger.info(
      { peer: this.config.remoteAddress, state: half.state, reason: text },
      dialing ? 'connection failed' : 'connection lost',
    );
  }

  // HalfOwner: OPEN and collisions

  openBytes(half: Half): Uint8Array {
    const capabilities = advertised(this.#plugin.getCapabilities?.(this) ?? DEFAULT_CAPABILITIES, this.config.localAs);
    this.#capabilities.set(half, capabilities);
    const holdTimeSeconds = half.session.config.holdTimeSeconds;
    return encodeOpen({ localAs: this.config.localAs, holdTimeSeconds, bgpIdentifier: this.#bgpIdentifier, capabilities });
  }

  judgeOpen(half: Half, open: OpenMessage): NotificationMessage | undefined {
    const { localAs } = this.config;
    const remoteAs = openAs(open);
    const fault =
      judgeOpen(open, {
        localAs,
        remoteAs: this.#expectedAs,
        bgpIdentifier: this.#bgpIdentifier,
        requiredCapabilities: this.options.requiredCapabilities ?? [],
      }) ??
      negotiate(this.#local(half).capabilities, open.capabilities, { localAs, remoteAs, strictRole: this.options.strictRole ?? false })
        .fault;
    if (fault !== undefined) {
      this.#host.logger.warn({ peer: this.config.remoteAddress, reason: fault.reason }, 'OPEN refused');
      return notificationOf(fault);
    }
    if (this.config.remoteAs !== remoteAs) this.config = { ...this.config, remoteAs };
    try {
      return this.#plugin.onOpenMessage?.(this, open);
    } catch (error) {
      this.thrown(half, error, 'onOpenMessage');
      return cease(CeaseSubcode.OutOfResources);
    }
  }

  #local(half: Half): { as: number; bgpIdentifier: string; capabilities: readonly Capability[]; strictRole: boolean } {
    return {
      as: this.config.localAs,
      bgpIdentifier: this.#bgpIdentifier,
      // With DelayOpen the peer's OPEN comes before ours is made.
      capabilities:
        this.#capabilities.get(half) ?? advertised(this.#plugin.getCapabilities?.(this) ?? DEFAULT_CAPABILITIES, this.config.localAs),
      strictRole: this.options.strictRole ?? false,
    };
  }

  collisionOnOpen(half: Half, open: OpenMessage, patience: boolean): 'go' | 'wait' | 'drop' {
    const other = this.#rivalOf(half);
    if (other === undefined) return 'go';
    const replace = this.options.replaceEstablished === true || this.#restarts(open);
    const verdict = collide(half.direction, rival(half, other), this.#dominates(open), replace, patience);
    if (verdict === 'keep-both') return 'go';
    if (verdict === 'wait') return 'wait';
    this.#counters.collisions++;
    this.#host.logger.debug(
      { peer: this.config.remoteAddress, direction: half.direction, other: other.direction, verdict },
      'connections collide',
    );
    if (verdict === 'drop-this') {
      half.dispatch({ type: 'OpenCollisionDump', notification: COLLISION });
      return 'drop';
    }
    if (verdict === 'replace-other' && this.#restarts(open)) other.replace();
    else other.dispatch({ type: 'OpenCollisionDump', notification: COLLISION });
    return 'go';
  }

  mustAwait(half: Half): boolean {
    const other = this.#rivalOf(half);
    if (other === undefined || half.open === undefined) return false;
    return mustAwait(half.direction, rival(half, other), this.#dominates(half.open));
  }

  /** RFC 4724 §4.2: a peer that can restart and comes again has restarted; its old connection is dead. */
  #restarts(open: OpenMessage): boolean {
    const { session } = this;
    return session?.negotiated.gracefulRestart.remote !== undefined && open.capabilities.some(({ type }) => type === 'graceful-restart');
  }

  #rivalOf(half: Half): Half | undefined {
    const other = half === this.#primary ? this.#candidate : this.#primary;
    return other?.connection === undefined ? undefined : other;
  }

  #dominates(open: OpenMessage): boolean {
    return dominates(
      { bgpIdentifier: this.#bgpIdentifier, as: this.config.localAs },
      { bgpIdentifier: open.bgpIdentifier, as: openAs(open) },
    );
  }

  // HalfOwner: life of the session

  stateChanged(half: Half, from: State, to: State): void {
    this.#host.logger.debug({ peer: this.config.remoteAddress, direction: half.direction, from, to }, 'state');
    this.#showState();
  }

  #showState(): void {
    const from = this.#visible;
    const primary = this.#primary.state;
    const candidate = this.#candidate?.state ?? 'Idle';
    const to = RANK[candidate] > RANK[primary] && RANK[candidate] >= RANK.OpenSent ? candidate : primary;
    if (to === from) return;
    this.#visible = to;
    this.#guard(this.#primary, 'onStateChange', () => this.#plugin.onStateChange?.(this, from, to));
  }

  settled(half: Half): void {
    if (half === this.#candidate) {
      if (half.session.connection === 'none') {
        this.#candidate = undefined;
        half.discard();
        this.#primary.release();
      } else if (RANK[half.state] > RANK.OpenSent && RANK[this.#primary.state] < RANK.OpenSent) {
        this.#promote();
      }
    } else if (half === this.#primary && this.#candidate?.connection !== undefined && this.adminState === 'up') {
      if (half.state === 'Idle' || (half.state === 'Active' && half.session.connection === 'none')) this.#promote();
      else this.#candidate.release();
    }
    this.#showState();
    if (this.#primary.connection === undefined && this.#candidate === undefined) this.#host.resting(this);
  }

  /** The candidate takes the primary's place; the primary, if it still does anything, stops. */
  #promote(): void {
    const [old, next] = [this.#primary, this.#candidate];
    if (next === undefined) return;
    next.configure(this.#fsmConfig());
    next.session = { ...next.session, oscillations: old.session.oscillations };
    this.#primary = next;
    this.#candidate = undefined;
    if (RANK[old.state] >= RANK.OpenSent) old.dispatch({ type: 'OpenCollisionDump', notification: COLLISION });
    old.discard();
    next.release();
  }

  sessionUp(half: Half): void {
    if (half === this.#candidate) this.#promote();
    const session = sessionInfo(half, this.#local(half));
    const { connection } = half;
    if (connection === undefined) return;
    connection.extendedMessage = session.receive.extendedMessage;
    const { highWaterBytes = HIGH_WATER_BYTES_DEFAULT } = this.options;
    const writer = new Writer(
      connection,
      this.#counters,
      highWaterBytes,
      () => this.#host.clock.now(),
      (error) => half.breakDown(error, 'onDrain'),
    );
    this.session = session;
    this.establishedAt = new Date();
    this.#establishedAtClock = this.#host.clock.now();
    this.#host.established(connection.socket);
    this.#writer = writer;
    this.#readingPaused = false;
    this.#counters.establishedCount++;
    const families = [...session.families].map(formatFamily);
    this.#host.logger.info(
      { peer: this.config.remoteAddress, as: session.remoteAs, direction: half.direction, families },
      'session established',
    );
    if (families.length === 0) this.#warnOfNoFamily(session);
    this.#guard(half, 'onEstablished', () => {
      const handler = this.#plugin.onEstablished(this, session, writer);
      if (half.connection === connection) connection.handler = typeof handler === 'function' ? handler : ignore;
    });
    if (this.#readingPaused) connection.pause();
    // Whoever is still negotiating came too late (RFC 4271 §6.8), or may still be chosen by a dominant peer: its OPEN decides.
    this.#candidate?.release();
  }

  #warnOfNoFamily(session: SessionInfo): void {
    const ours = familiesOf(session.localCapabilities);
    const theirs = familiesOf(session.remoteCapabilities);
    this.#host.logger.warn(
      { peer: this.config.remoteAddress, ours, theirs },
      'the session is Established but has no address family in common with the peer: no routes are exchanged',
    );
  }

  sessionDown(half: Half, reason: CloseReason): void {
    this.#host.logger.info({ peer: this.config.remoteAddress, type: reason.type, reason: reason.text }, 'session closed');
    this.#writer?.close();
    this.#writer = undefined;
    this.#readingPaused = false;
    this.#guard(half, 'onClose', () => this.#plugin.onClose?.(this, reason), false);
    this.session = undefined;
    this.establishedAt = undefined;
  }

  routeRefresh(message: RouteRefreshMessage): void {
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
    this.#guard(this.#primary, 'onRouteRefresh', () => this.#plugin.onRouteRefresh?.(this, message));
  }

  notified(half: Half, message: NotificationMessage, direction: 'sent' | 'received'): void {
    (direction === 'sent' ? this.#notificationsSent : this.#notificationsReceived).add(message.code, message.subcode);
    const text = formatNotification(message);
    const fields = { peer: this.config.remoteAddress, direction, connection: half.direction, notification: text };
    // A collision is no error of anybody, and a peer that connects again and again makes one each time.
    const collision = message.code === NotificationCode.Cease && message.subcode === CeaseSubcode.ConnectionCollisionResolution;
    if (collision) {
      this.#host.logger.debug(fields, 'NOTIFICATION');
    } else {
      this.#host.logger.info(fields, 'NOTIFICATION');
      this.lastError = { direction, notification: message, text, at: new Date() };
    }
    this.#guard(half, 'onNotification', () => this.#plugin.onNotification?.(this, message, direction), false);
  }

  thrown(_half: Half, error: unknown, place: ErrorPlace): void {
    this.lastError = { direction: 'local', text: `internal error: ${textOf(error)}`, at: new Date() };
    this.#host.containment.caught(error, place, this);
  }

  collapsed(half: Half): boolean {
    if (half === this.#candidate) {
      this.#candidate = undefined;
      return false;
    }
    if (this.session !== undefined) this.sessionDown(half, { type: 'connection-lost', text: 'internal error' });
    this.#showState();
    return this.adminState === 'up' && half === this.#primary;
  }

  count(what: Counted): void {
    this.#counters[what]++;
  }

  /** Runs a callback of the plugin. What it throws ends the session, except where that is over anyway. */
  #guard(half: Half, place: ErrorPlace, callback: () => void, breakDown = true): void {
    try {
      callback();
    } catch (error) {
      if (breakDown) half.breakDown(error, place);
      else this.thrown(half, error, place);
    }
  }
}

const RANK: Readonly<Record<State, number>> = { Idle: 0, Active: 1, Connect: 2, OpenSent: 3, OpenConfirm: 4, Established: 5 };

const COLLISION: NotificationMessage = notification(NotificationCode.Cease, CeaseSubcode.ConnectionCollisionResolution);

const ignore = (): undefined => undefined;

function familiesOf(capabilities: readonly Capability[]): string[] {
  return capabilities.flatMap((capability) => (capability.type === 'multiprotocol' ? [formatFamily(capability.family)] : []));
}

function rival(half: Half, other: Half): Rival {
  return { direction: other.direction, state: other.state, newer: other.serial > half.serial };
}

/** RFC 9003: subcodes 2 and 4 may carry text. */
export function cease(subcode: number, text?: string): NotificationMessage {
  const mayCarryText = subcode === CeaseSubcode.AdministrativeShutdown || subcode === CeaseSubcode.AdministrativeReset;
  const data = text !== undefined && text !== '' && mayCarryText ? shutdownMessageData(text) : undefined;
  return notification(NotificationCode.Cease, subcode, data);
}
