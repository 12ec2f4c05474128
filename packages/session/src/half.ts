/**
 * One connection and its state machine. A peer has one, and a second one while two connections collide.
 *
 * Carries out the machine's actions, turns what socket and timers do into its events, and judges messages. UPDATE and KEEPALIVE of an
 * Established session change nothing but the hold timer; they do not visit the machine: the timer itself looks when the last message came.
 */
import type { Socket } from 'node:net';
import { type Action, type Config, DEFAULT_CONFIG, type Event, newSession, type Session, step, type Timer } from '@tsbgp/fsm';
import {
  CeaseSubcode,
  decodeNotificationBody,
  decodeOpenBody,
  decodeRouteRefreshBody,
  Fault,
  formatNotification,
  HEADER_LENGTH,
  keepaliveBytes,
  MessageType,
  NotificationCode,
  type NotificationMessage,
  notification,
  notificationOf,
  OpenError,
  type OpenMessage,
  type RouteRefreshMessage,
} from '@tsbgp/wire';
import { jitter } from './clock.ts';
import { closeReason, type Why } from './close-reason.ts';
import type { Direction } from './collision.ts';
import { CONSUMED, Connection, type ConnectionOwner, type Consumed, HOLD } from './connection.ts';
import { containedClock } from './containment.ts';
import { Liveness } from './liveness.ts';
import { encodeNotification } from './messages.ts';
import { Timers } from './timers.ts';
import type { Turns } from './turns.ts';
import { type Clock, type CloseReason, type ErrorPlace, INCOMING_OPEN_WAIT_SECONDS, type State } from './types.ts';

const KEEPALIVE = keepaliveBytes();
/** How long a message may wait for the peer to settle a collision. */
const PATIENCE_MS = 2000;
/** RFC 4271 §10 and common sense: timers whose coincidence would hurt. */
const JITTERED: ReadonlySet<Timer> = new Set(['connectRetry', 'idleHold']);

export type Counted =
  | 'openSent'
  | 'openReceived'
  | 'keepaliveSent'
  | 'keepaliveReceived'
  | 'notificationSent'
  | 'notificationReceived'
  | 'routeRefreshReceived';

export interface HalfOwner {
  /** Opens the connection to the peer; throws when it cannot even be tried. */
  dial(): Socket;
  /** Our OPEN, whole. */
  openBytes(half: Half): Uint8Array;
  /** Refusal of a well-formed OPEN, or undefined. */
  judgeOpen(half: Half, open: OpenMessage): NotificationMessage | undefined;
  /** 'wait' holds the message; 'drop' ends this half, `notification` says how. */
  collisionOnOpen(half: Half, open: OpenMessage, patience: boolean): 'go' | 'wait' | 'drop';
  mustAwait(half: Half): boolean;
  stateChanged(half: Half, from: State, to: State): void;
  sessionUp(half: Half): void;
  sessionDown(half: Half, reason: CloseReason): void;
  routeRefresh(message: RouteRefreshMessage): void;
  notified(half: Half, message: NotificationMessage, direction: 'sent' | 'received'): void;
  /** A connection could not be opened (`dialing`) or was lost. */
  failed(half: Half, text: string, dialing: boolean): void;
  /** Its counters are final. */
  connectionEnded(connection: Connection): void;
  /** Code of ours or of the plugin threw at `place`. Throws on what is fatal. */
  thrown(half: Half, error: unknown, place: ErrorPlace): void;
  /** The half could not even be stopped: its connection is gone, its machine is in Idle. True: it shall start again. */
  collapsed(half: Half): boolean;
  /** Another closed connection may stay until the peer closes it too. */
  mayLinger(socket: Socket): boolean;
  count(what: Counted): void;
  /** A step is done and its actions too. */
  settled(half: Half): void;
}

export class Half implements ConnectionOwner {
  session: Session;
  connection: Connection | undefined = undefined;
  direction: Direction = 'out';
  /** Both OPENs of the present connection. */
  localOpen: Uint8Array | undefined = undefined;
  remoteOpen: Uint8Array | undefined = undefined;
  open: OpenMessage | undefined = undefined;
  /** Grows with each connection of the server: which of two is newer. */
  serial = 0;

  readonly #owner: HalfOwner;
  readonly #turns: Turns;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #liveness: Liveness;
  readonly #events: { event: Event; why: Why }[] = [];
  #stepping = false;
  #dialing: Socket | undefined = undefined;
  #patience: unknown = undefined;
  #patienceOver = false;
  #judged = false;

  constructor(owner: HalfOwner, config: Partial<Config>, turns: Turns, clock: Clock) {
    this.#owner = owner;
    this.#turns = turns;
    this.#clock = containedClock(clock, (action) => this.#contain('timer', action));
    this.#timers = new Timers(this.#clock);
    this.#liveness = new Liveness(
      this.#timers,
      this.#clock,
      () => this.connection,
      (event) => this.dispatch(event),
      (action) => this.#contain('timer', action),
    );
    this.session = newSession(config);
  }

  get state(): State {
    return this.session.state;
  }

  configure(config: Partial<Config>): void {
    this.session = { ...this.session, config: { ...this.session.config, ...config } };
  }

  /** Feeds the machine. From inside a step (a plugin's callback, say) the event waits until that step is done. */
  dispatch(event: Event, why: Why = {}): void {
    this.#events.push({ event, why });
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        const from = this.session.state;
        const [session, actions] = step(this.session, next.event);
        this.session = session;
        const reason = closeReason(next.event, actions, next.why);
        if (session.state !== from) this.#owner.stateChanged(this, from, session.state);
        for (const action of actions) this.#carryOut(action, next.event, reason);
      }
    } finally {
      this.#stepping = false;
    }
    this.#owner.settled(this);
  }

  /** Gives an accepted connection to this half, which is in Active. */
  adopt(socket: Socket, serial: number): void {
    this.configure({ largeHoldTimeSeconds: INCOMING_OPEN_WAIT_SECONDS });
    this.#attach(socket, 'in', serial);
    this.dispatch({ type: 'TcpConnectionConfirmed' });
  }

  /** The peer opened another connection in place of this one (RFC 4724 §4.2: as if this one had been lost, without NOTIFICATION). */
  replace(): void {
    this.#dropConnection(true);
    this.dispatch({ type: 'TcpConnectionFails' }, { text: 'the peer opened a new connection', replaced: true });
  }

  /**
   * A mistake in our own house ends the session, not the process. RFC 4486 has no subcode for it; Out of Resources is the one that says
   * that the fault is ours and that a later attempt may succeed.
   */
  breakDown(error: unknown, place: ErrorPlace): void {
    this.#owner.thrown(this, error, place);
    try {
      this.dispatch(
        { type: 'AutomaticStop', notification: notification(NotificationCode.Cease, CeaseSubcode.OutOfResources) },
        { text: `internal error: ${textOf(error)}` },
      );
    } catch (second) {
      this.#owner.thrown(this, second, place);
      this.#collapse();
    }
  }

  /** The machine's own way to Idle threw as well: take the connection and the timers away and begin with a new machine. */
  #collapse(): void {
    this.discard();
    this.session = newSession(this.session.config);
    if (!this.#owner.collapsed(this)) return;
    this.#timers.start('idleHold', this.session.config.idleHoldSeconds * 1000, () => this.dispatch({ type: 'AutomaticStart' }));
  }

  /** Runs what the event loop calls. An exception ends this connection. */
  #contain(place: ErrorPlace, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.breakDown(error, place);
    }
  }

  /** The process is about to end: says so to the peer and lets go, without a step of the machine. */
  abandon(message: NotificationMessage): void {
    this.connection?.send(encodeNotification(message));
    this.discard();
  }

  /** Ends without a trace, timers and connection included: another half took its place. */
  discard(): void {
    this.#timers.stopAll();
    this.#dropConnection(false);
    this.#events.length = 0;
  }

  /** The rival is gone or something changed: a held message is judged again. */
  release(): void {
    this.connection?.release();
  }

  // Actions

  #carryOut(action: Action, event: Event, reason: CloseReason): void {
    switch (action.do) {
      case 'startTimer':
        this.#startTimer(action.timer, action.seconds);
        break;
      case 'stopTimer':
        this.#timers.stop(action.timer);
        break;
      case 'connect':
        this.#connect();
        break;
      case 'sendOpen':
        this.#sendOpen();
        break;
      case 'sendKeepalive':
        this.connection?.send(KEEPALIVE);
        this.#owner.count('keepaliveSent');
        break;
      case 'sendNotification':
        this.connection?.send(encodeNotification(action.notification));
        this.#owner.count('notificationSent');
        this.#owner.notified(this, action.notification, 'sent');
        break;
      case 'dropConnection':
        // RFC 9687: nothing leaves any more; waiting for the NOTIFICATION to leave would be waiting for ever.
        this.#dropConnection(event.type === 'SendHoldTimerExpires');
        break;
      case 'sessionUp':
        this.#owner.sessionUp(this);
        break;
      case 'sessionDown':
        this.#owner.sessionDown(this, reason);
        break;
      case 'processMessage': // done where the message was read
      case 'refuseConnection': // second connections are the peer's business, they never come here
      case 'trackConnection':
        break;
    }
  }

  #sendOpen(): void {
    let bytes: Uint8Array;
    try {
      bytes = this.#owner.openBytes(this);
    } catch (error) {
      this.breakDown(error, 'getCapabilities'); // the plugin threw, or its capabilities cannot be written
      return;
    }
    this.localOpen = bytes;
    this.connection?.send(bytes);
    this.#owner.count('openSent');
  }

  #startTimer(timer: Timer, seconds: number): void {
    const milliseconds = seconds * 1000;
    switch (timer) {
      case 'hold':
        this.#liveness.startHold(milliseconds);
        break;
      case 'keepalive':
        this.#liveness.startKeepalive(milliseconds);
        break;
      case 'sendHold':
        this.#liveness.startSendHold(milliseconds);
        break;
      default: {
        const delay = JITTERED.has(timer) ? jitter(milliseconds, this.#clock.random()) : milliseconds;
        this.#timers.start(timer, delay, () => this.dispatch(EXPIRY[timer]));
      }
    }
  }

  // Connections

  #connect(): void {
    this.configure({ largeHoldTimeSeconds: DEFAULT_CONFIG.largeHoldTimeSeconds });
    let socket: Socket;
    try {
      socket = this.#owner.dial();
    } catch (error) {
      this.#owner.failed(this, textOf(error), true);
      this.dispatch({ type: 'TcpConnectionFails' });
      return;
    }
    this.#dialing = socket;
    socket.once('error', this.#onDialError);
    socket.once('connect', () => {
      if (this.#dialing !== socket) return;
      this.#dialing = undefined;
      socket.off('error', this.#onDialError);
      this.#contain('socket', () => {
        this.#attach(socket, 'out', nextSerial());
        this.dispatch({ type: 'TcpCrAcked' });
      });
    });
  }

  readonly #onDialError = (error: Error): void => {
    if (this.#dialing === undefined) return;
    this.#dialing.destroy();
    this.#dialing = undefined;
    this.#contain('socket', () => {
      this.#owner.failed(this, error.message, true);
      this.dispatch({ type: 'TcpConnectionFails' });
    });
  };

  #attach(socket: Socket, direction: Direction, serial: number): void {
    this.direction = direction;
    this.serial = serial;
    this.localOpen = undefined;
    this.remoteOpen = undefined;
    this.open = undefined;
    this.#judged = false;
    this.#patienceOver = false;
    this.connection = new Connection(socket, this, this.#turns, this.#clock);
  }

  #dropConnection(immediately: boolean): void {
    this.#endPatience();
    if (this.#dialing !== undefined) {
      const socket = this.#dialing;
      this.#dialing = undefined;
      socket.off('error', this.#onDialError);
      socket.on('error', () => {}); // given up: whatever it still says concerns nobody
      socket.destroy();
    }
    const { connection } = this;
    if (connection === undefined) return;
    this.connection = undefined;
    connection.drop(immediately, () => this.#owner.mayLinger(connection.socket));
    this.#owner.connectionEnded(connection);
  }

  // Messages

  onMessage(type: number, bytes: Uint8Array, start: number, end: number): Consumed {
    const body = start + HEADER_LENGTH;
    switch (type) {
      case MessageType.Keepalive:
        return this.#onKeepalive();
      case MessageType.Open:
        return this.#onOpen(bytes, start, end);
      case MessageType.Notification:
        this.#onNotification(decodeNotificationBody(bytes, body, end));
        return CONSUMED;
      case MessageType.RouteRefresh: {
        if (this.state !== 'Established') {
          this.dispatch({ type: 'RouteRefreshMsg' });
          return CONSUMED;
        }
        const message = decodeRouteRefreshBody(bytes, body, end);
        this.#owner.count('routeRefreshReceived');
        if (!(message instanceof Fault)) this.#owner.routeRefresh(message);
        else this.dispatch({ type: 'RouteRefreshMsgErr', notification: notificationOf(message) }, { text: message.reason });
        return CONSUMED;
      }
      default: // UPDATE without a handler: not Established
        this.dispatch({ type: 'UpdateMsg' });
        return CONSUMED;
    }
  }

  #onKeepalive(): Consumed {
    if (this.state === 'OpenConfirm' && !this.#patienceOver && this.#owner.mustAwait(this)) return this.#wait();
    this.#owner.count('keepaliveReceived');
    this.#endPatience();
    if (this.state !== 'Established') this.dispatch({ type: 'KeepAliveMsg' });
    return CONSUMED;
  }

  #onOpen(bytes: Uint8Array, start: number, end: number): Consumed {
    const awaited = this.state === 'OpenSent' || this.session.running.has('delayOpen');
    const open = decodeOpenBody(bytes, start + HEADER_LENGTH, end);
    if (open instanceof Fault) {
      this.#owner.count('openReceived');
      this.dispatch({ type: 'BgpOpenMsgErr', notification: notificationOf(open) }, { text: open.reason });
      return CONSUMED;
    }
    if (!awaited) {
      this.#owner.count('openReceived');
      this.dispatch({ type: 'BgpOpen', holdTimeSeconds: open.holdTimeSeconds });
      return CONSUMED;
    }
    this.open = open;
    const refusal = this.#judged ? undefined : this.#owner.judgeOpen(this, open);
    this.#judged = true;
    if (refusal !== undefined) {
      this.#owner.count('openReceived');
      this.dispatch({ type: 'BgpOpenMsgErr', notification: refusal });
      return CONSUMED;
    }
    const verdict = this.#owner.collisionOnOpen(this, open, !this.#patienceOver);
    if (verdict === 'wait') return this.#wait();
    this.#owner.count('openReceived');
    this.#endPatience();
    if (verdict === 'drop') return CONSUMED;
    this.remoteOpen = bytes.slice(start, end);
    this.dispatch({ type: 'BgpOpen', holdTimeSeconds: open.holdTimeSeconds });
    return CONSUMED;
  }

  #onNotification(message: NotificationMessage | Fault): void {
    if (message instanceof Fault) return this.onHeaderFault(message);
    this.#owner.count('notificationReceived');
    this.#owner.notified(this, message, 'received');
    const text = `the peer sent ${formatNotification(message)}`;
    const version = message.code === NotificationCode.OpenMessageError && message.subcode === OpenError.UnsupportedVersionNumber;
    this.dispatch(version ? { type: 'NotifMsgVerErr' } : { type: 'NotifMsg', code: message.code }, { text, received: message });
  }

  onRefused(refusal: NotificationMessage): void {
    this.dispatch({ type: 'UpdateMsgErr', notification: refusal });
  }

  onHeaderFault(fault: Fault): void {
    this.dispatch({ type: 'BgpHeaderErr', notification: notificationOf(fault) }, { text: fault.reason });
  }

  onThrown(error: unknown): void {
    this.breakDown(error, this.state === 'Established' ? 'update-handler' : 'socket');
  }

  onLost(error: Error | undefined): void {
    const text = error === undefined ? 'the peer closed the connection' : error.message;
    this.#owner.failed(this, text, false);
    this.#dropConnection(true);
    this.dispatch({ type: 'TcpConnectionFails' }, { text });
  }

  // Patience

  #wait(): Consumed {
    this.#patience ??= this.#clock.setTimeout(() => {
      this.#patienceOver = true;
      this.release();
    }, PATIENCE_MS);
    return HOLD;
  }

  #endPatience(): void {
    if (this.#patience === undefined) return;
    this.#clock.clearTimeout(this.#patience);
    this.#patience = undefined;
  }
}

const EXPIRY: Readonly<Record<Exclude<Timer, 'hold' | 'keepalive' | 'sendHold'>, Event>> = {
  connectRetry: { type: 'ConnectRetryTimerExpires' },
  delayOpen: { type: 'DelayOpenTimerExpires' },
  idleHold: { type: 'IdleHoldTimerExpires' },
  stability: { type: 'StabilityTimerExpires' },
};

let serial = 0;

/** Connections of a process in the order they came up. */
export function nextSerial(): number {
  serial++;
  return serial;
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
