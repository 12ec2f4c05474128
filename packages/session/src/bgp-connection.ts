/**
 * One BGP connection: a TCP connection with its state machine and timers. A peer has one, and a second one while two connections collide.
 *
 * Carries out the machine's actions and turns the events of socket and timers into events of the machine. An UPDATE or KEEPALIVE of an
 * Established session only counts for the hold timer and does not visit the machine: the timer itself looks when the last message came.
 */
import type { Socket } from 'node:net';
import { type Action, type Config, DEFAULT_CONFIG, type Event, newSession, type Session, type State, step } from '@tsbgp/fsm';
import {
  CeaseSubcode,
  type Fault,
  keepaliveBytes,
  NotificationCode,
  type NotificationMessage,
  notification,
  type OpenMessage,
  type RouteRefreshMessage,
} from '@tsbgp/wire';
import type { Clock } from './clock.ts';
import { type CloseReason, closeReason, type Why } from './close-reason.ts';
import type { Direction } from './collision.ts';
import { containedClock, type ErrorPlace } from './containment.ts';
import type { PeerTally } from './counters.ts';
import { DialAttempt } from './dial-attempt.ts';
import { textOf } from './errors.ts';
import { type CollisionVerdict, IncomingMessages, type IncomingOwner } from './incoming-messages.ts';
import type { InputScheduler } from './input-scheduler.ts';
import { INCOMING_OPEN_WAIT_SECONDS } from './limits.ts';
import type { Lingering } from './lingering.ts';
import { MachineTimers } from './machine-timers.ts';
import { type Consumed, MessageStream, type StreamOwner } from './message-stream.ts';
import { encodeNotification } from './messages.ts';
import type { OpenExchange } from './open-exchange.ts';

const KEEPALIVE = keepaliveBytes();

/** What a connection asks about the peer's other one. */
export interface Rivalry {
  collisionOnOpen(connection: BgpConnection, open: OpenMessage, patience: boolean): CollisionVerdict;
  mustAwait(connection: BgpConnection, open: OpenMessage): boolean;
  /** A step of the machine and its actions are done. */
  settled(connection: BgpConnection): void;
  /** The machine failed and was replaced by a new one in Idle. Returns whether the new one starts by itself. */
  collapsed(connection: BgpConnection): boolean;
}

/** Where a connection reports what happens to it. */
export interface ConnectionObserver {
  stateChanged(connection: BgpConnection, from: State, to: State): void;
  sessionUp(connection: BgpConnection): void;
  sessionDown(reason: CloseReason): void;
  routeRefresh(connection: BgpConnection, message: RouteRefreshMessage): void;
  notified(connection: BgpConnection, message: NotificationMessage, direction: 'sent' | 'received'): void;
  /** A connection could not be opened (`dialing`) or was lost. */
  failed(connection: BgpConnection, text: string, dialing: boolean): void;
  /** Code of this library or of the plugin threw at `place`. Throws on what is fatal. */
  thrown(error: unknown, place: ErrorPlace): void;
}

/** What the connections of a peer share. */
export interface ConnectionContext {
  readonly clock: Clock;
  readonly scheduler: InputScheduler;
  readonly tally: PeerTally;
  readonly lingering: Lingering;
  readonly opens: OpenExchange;
  readonly rivalry: Rivalry;
  readonly observer: ConnectionObserver;
  /** Opens a TCP connection to the peer. Throws when the attempt cannot be made. */
  dial(): Socket;
}

export class BgpConnection implements StreamOwner, IncomingOwner {
  session: Session;
  stream: MessageStream | undefined = undefined;
  direction: Direction = 'out';
  /** Grows with each TCP connection of the process: tells which of two is newer. */
  serial = 0;
  /** Our OPEN on the present TCP connection. */
  localOpen: Uint8Array | undefined = undefined;

  readonly #context: ConnectionContext;
  readonly #observer: ConnectionObserver;
  readonly #clock: Clock;
  readonly #timers: MachineTimers;
  readonly #dialing: DialAttempt;
  readonly #events: { event: Event; why: Why }[] = [];
  #stepping = false;
  #incoming: IncomingMessages | undefined = undefined;

  constructor(context: ConnectionContext, config: Partial<Config>) {
    this.#context = context;
    this.#observer = context.observer;
    this.#clock = containedClock(context.clock, (action) => this.#contain('timer', action));
    this.#timers = new MachineTimers(
      this.#clock,
      () => this.stream,
      (event) => this.dispatch(event),
      (action) => this.#contain('timer', action),
    );
    this.#dialing = new DialAttempt(
      (socket) => this.#contain('socket', () => this.#dialed(socket)),
      (error) => this.#contain('socket', () => this.#dialFailed(error.message)),
    );
    this.session = newSession(config);
  }

  get state(): State {
    return this.session.state;
  }

  /** The peer's OPEN on the present TCP connection, once it is well-formed. */
  get open(): OpenMessage | undefined {
    return this.#incoming?.open;
  }

  /** The octets of the peer's OPEN, once it is accepted. */
  get remoteOpen(): Uint8Array | undefined {
    return this.#incoming?.remoteOpen;
  }

  configure(config: Partial<Config>): void {
    this.session = { ...this.session, config: { ...this.session.config, ...config } };
  }

  /** Gives an event to the machine. During a step (from a plugin's callback, say) the event waits until the step is done. */
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
        if (session.state !== from) this.#observer.stateChanged(this, from, session.state);
        for (const action of actions) this.#carryOut(action, next.event, reason);
      }
    } finally {
      this.#stepping = false;
    }
    this.#context.rivalry.settled(this);
  }

  /** Gives an accepted TCP connection to the machine, which must be in Active. */
  adopt(socket: Socket): void {
    this.configure({ largeHoldTimeSeconds: INCOMING_OPEN_WAIT_SECONDS });
    this.#attach(socket, 'in');
    this.dispatch({ type: 'TcpConnectionConfirmed' });
  }

  /** The peer opened another connection in place of this one (RFC 4724 §4.2: as if this one had been lost, without NOTIFICATION). */
  replace(): void {
    this.#dropConnection(true);
    this.dispatch({ type: 'TcpConnectionFails' }, { text: 'the peer opened a new connection', replaced: true });
  }

  /**
   * An exception in our own code ends the session, not the process. RFC 4486 has no subcode for this; Out of Resources tells the peer that
   * the fault is ours and that a later attempt may succeed.
   */
  breakDown(error: unknown, place: ErrorPlace): void {
    this.#observer.thrown(error, place);
    try {
      this.dispatch(
        { type: 'AutomaticStop', notification: notification(NotificationCode.Cease, CeaseSubcode.OutOfResources) },
        { text: `internal error: ${textOf(error)}` },
      );
    } catch (second) {
      this.#observer.thrown(second, place);
      this.#collapse();
    }
  }

  /** The step to Idle threw as well: drops TCP connection and timers and begins with a new machine. */
  #collapse(): void {
    this.discard();
    this.session = newSession(this.session.config);
    if (!this.#context.rivalry.collapsed(this)) return;
    this.#timers.startOver(this.session.config.idleHoldSeconds);
  }

  /** Runs what the event loop calls. An exception ends this connection. */
  #contain(place: ErrorPlace, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.breakDown(error, place);
    }
  }

  /** For a process that is about to end: sends the NOTIFICATION and drops everything, without a step of the machine. */
  abandon(message: NotificationMessage): void {
    this.stream?.send(encodeNotification(message));
    this.discard();
  }

  /** Drops timers and TCP connection without a step of the machine, after another connection has replaced this one. */
  discard(): void {
    this.#timers.stopAll();
    this.#dropConnection(false);
    this.#events.length = 0;
  }

  /** Judges a held message again, after something has changed. */
  release(): void {
    this.stream?.release();
  }

  // Actions

  #carryOut(action: Action, event: Event, reason: CloseReason): void {
    const { counters } = this.#context.tally;
    switch (action.do) {
      case 'startTimer':
        this.#timers.start(action.timer, action.seconds);
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
        this.stream?.send(KEEPALIVE);
        counters.keepaliveSent++;
        break;
      case 'sendNotification':
        this.stream?.send(encodeNotification(action.notification));
        counters.notificationSent++;
        this.#observer.notified(this, action.notification, 'sent');
        break;
      case 'dropConnection':
        // RFC 9687: the peer takes nothing any more, so the NOTIFICATION would never leave.
        this.#dropConnection(event.type === 'SendHoldTimerExpires');
        break;
      case 'sessionUp':
        this.#observer.sessionUp(this);
        break;
      case 'sessionDown':
        this.#observer.sessionDown(reason);
        break;
    }
  }

  #sendOpen(): void {
    let bytes: Uint8Array;
    try {
      bytes = this.#context.opens.encode(this, this.session.config.holdTimeSeconds);
    } catch (error) {
      this.breakDown(error, 'getCapabilities'); // the plugin threw, or its capabilities cannot be written
      return;
    }
    this.localOpen = bytes;
    this.stream?.send(bytes);
    this.#context.tally.counters.openSent++;
  }

  // TCP connections

  #connect(): void {
    this.configure({ largeHoldTimeSeconds: DEFAULT_CONFIG.largeHoldTimeSeconds });
    let socket: Socket;
    try {
      socket = this.#context.dial();
    } catch (error) {
      this.#dialFailed(textOf(error));
      return;
    }
    this.#dialing.start(socket);
  }

  #dialed(socket: Socket): void {
    this.#attach(socket, 'out');
    this.dispatch({ type: 'TcpCrAcked' });
  }

  #dialFailed(text: string): void {
    this.#observer.failed(this, text, true);
    this.dispatch({ type: 'TcpConnectionFails' });
  }

  #attach(socket: Socket, direction: Direction): void {
    this.direction = direction;
    this.serial = nextSerial();
    this.localOpen = undefined;
    this.#incoming = new IncomingMessages(this, this.#context.tally.counters, this.#clock);
    this.stream = new MessageStream(socket, this, this.#context.scheduler, this.#clock);
  }

  #dropConnection(immediately: boolean): void {
    this.#incoming?.endPatience();
    this.#dialing.giveUp();
    const { stream } = this;
    if (stream === undefined) return;
    this.stream = undefined;
    stream.drop(immediately, () => this.#context.lingering.mayLinger(stream.socket));
    this.#context.tally.streamEnded(stream);
  }

  // Events of the stream

  onMessage(type: number, bytes: Uint8Array, start: number, end: number): Consumed {
    return this.#incoming!.onMessage(type, bytes, start, end);
  }

  onRefused(refusal: NotificationMessage): void {
    this.dispatch({ type: 'UpdateMsgErr', notification: refusal });
  }

  onHeaderFault(fault: Fault): void {
    this.#incoming!.onHeaderFault(fault);
  }

  onThrown(error: unknown): void {
    this.breakDown(error, this.state === 'Established' ? 'update-handler' : 'socket');
  }

  onLost(error: Error | undefined): void {
    const text = error === undefined ? 'the peer closed the connection' : error.message;
    this.#observer.failed(this, text, false);
    this.#dropConnection(true);
    this.dispatch({ type: 'TcpConnectionFails' }, { text });
  }

  // For the incoming messages

  get awaitsOpen(): boolean {
    return this.state === 'OpenSent' || this.session.running.has('delayOpen');
  }

  judgeOpen(open: OpenMessage): NotificationMessage | undefined {
    return this.#context.opens.judge(this, open);
  }

  collisionOnOpen(open: OpenMessage, patience: boolean): CollisionVerdict {
    return this.#context.rivalry.collisionOnOpen(this, open, patience);
  }

  mustAwait(open: OpenMessage): boolean {
    return this.#context.rivalry.mustAwait(this, open);
  }

  onNotification(message: NotificationMessage): void {
    this.#observer.notified(this, message, 'received');
  }

  onRouteRefresh(message: RouteRefreshMessage): void {
    this.#observer.routeRefresh(this, message);
  }
}

let serial = 0;

function nextSerial(): number {
  serial++;
  return serial;
}
