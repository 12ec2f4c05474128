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
  notificationOf,
  type OpenMessage,
  type RouteRefreshMessage,
} from '@tsbgp/wire';
import type { Clock } from './clock.ts';
import { type CloseReason, closeReason, type Why } from './close-reason.ts';
import type { Lingering } from './closing.ts';
import type { CollisionRules, Direction } from './collision.ts';
import type { Containment } from './containment.ts';
import type { PeerTally } from './counters.ts';
import { awaitConnection } from './dial.ts';
import { textOf } from './errors.ts';
import { type CollisionVerdict, IncomingMessages, type IncomingOwner } from './incoming-messages.ts';
import type { InputScheduler } from './input-scheduler.ts';
import { MachineTimers, type TimedConnection } from './machine-timers.ts';
import { CONSUMED, type Consumed, MessageStream, type StreamOwner } from './message-stream.ts';
import { encodeNotification } from './messages.ts';
import type { OpenExchange, OpenOwner } from './open.ts';
import type { Peer } from './peer.ts';
import type { ErrorPlace, Logger } from './server-options.ts';

/** How long an accepted connection waits for the peer's OPEN. RFC 4271 §8.2.2 suggests four minutes; a peer that connects sends it at once. */
export const INCOMING_OPEN_WAIT_SECONDS = 60;

const KEEPALIVE = keepaliveBytes();

/** What a connection asks about the peer's other one. */
export interface Rivalry {
  collisionOnOpen(connection: BgpConnection, open: OpenMessage, patience: boolean): CollisionVerdict;
  mustAwait(connection: BgpConnection, open: OpenMessage): boolean;
  /** The machine is in another state; its actions are not done yet. */
  stateChanged(connection: BgpConnection, from: State): void;
  /** A step of the machine and its actions are done. */
  settled(connection: BgpConnection): void;
  /** The machine failed and was replaced by a new one in Idle. Returns whether the new one starts by itself. */
  collapsed(connection: BgpConnection): boolean;
}

/** Where connections report what happens to them. */
export interface ConnectedPeer extends OpenOwner {
  /** For a new machine. */
  machineConfig(): Partial<Config>;
  /** The state that users see. */
  visibleStateChanged(from: State, to: State): void;
  sessionUp(connection: BgpConnection): void;
  sessionDown(reason: CloseReason): void;
  routeRefresh(connection: BgpConnection, message: RouteRefreshMessage): void;
  /** What is sent in place of a NOTIFICATION: where the peer would keep our routes and is not to, a Hard Reset. */
  outgoing(connection: BgpConnection, message: NotificationMessage): NotificationMessage;
  notified(connection: BgpConnection, message: NotificationMessage, direction: 'sent' | 'received'): void;
  /** A connection could not be opened (`dialing`) or was lost. */
  failed(connection: BgpConnection, text: string, dialing: boolean): void;
  /** A whole message that is not an UPDATE of an Established session. */
  observed(connection: BgpConnection, direction: 'sent' | 'received', message: Uint8Array): void;
}

/** What a peer needs of its server. */
export interface PeerHost {
  readonly routerId: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly scheduler: InputScheduler;
  readonly containment: Containment;
  /** @default those of RFC 4271 §6.8, with patience */
  readonly collisionRules?: CollisionRules | undefined;
  /** Opens a TCP connection to the peer. Throws when the attempt cannot be made. */
  dial(peer: Peer): Socket;
  /** An accepted connection is no longer half-open. */
  established(socket: Socket): void;
  /** The peer opened a newer connection in place of one that it had not used. */
  replaced(peer: Peer): void;
  /** The peer has no connection any more. */
  rested(peer: Peer): void;
}

/** What the connections of a peer share. */
export interface ConnectionContext extends PeerHost {
  readonly peer: ConnectedPeer;
  readonly tally: PeerTally;
  readonly lingering: Lingering;
  readonly opens: OpenExchange;
  readonly rivalry: Rivalry;
}

/** TCP connections of this process so far. */
let serials = 0;

export class BgpConnection implements StreamOwner, IncomingOwner, TimedConnection {
  session: Session;
  stream: MessageStream | undefined = undefined;
  direction: Direction = 'out';
  /** Grows with each TCP connection of the process: tells which of two is newer. */
  serial = 0;
  /** Our OPEN on the present TCP connection. */
  localOpen: Uint8Array | undefined = undefined;
  /** The peer's messages on the present TCP connection. */
  incoming: IncomingMessages | undefined = undefined;

  readonly #context: ConnectionContext;
  readonly #peer: ConnectedPeer;
  readonly #timers: MachineTimers;
  /** Gives up the attempt to open a TCP connection, if there is one. */
  #giveUpDialing: () => void = () => {};
  readonly #events: { event: Event; why: Why }[] = [];
  #stepping = false;
  /** The last message was held: it will come again. */
  #isHeld = false;

  constructor(context: ConnectionContext, config: Partial<Config>) {
    this.#context = context;
    this.#peer = context.peer;
    this.#timers = new MachineTimers(this, context.clock);
    this.session = newSession(config);
  }

  get state(): State {
    return this.session.state;
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
        if (session.state !== from) this.#context.rivalry.stateChanged(this, from);
        for (const action of actions) this.#carryOut(action, next.event, reason);
      }
    } finally {
      this.#stepping = false;
    }
    this.#context.rivalry.settled(this);
  }

  /** The peer opened another connection in place of this one (RFC 4724 §4.2: as if this one had been lost, without NOTIFICATION). */
  replace(): void {
    this.#dropConnection(true);
    this.dispatch({ type: 'TcpConnectionFails' }, { text: 'the peer opened a new connection', replaced: true });
  }

  /** Closes the TCP connection without NOTIFICATION, after what was written has left. */
  dropSilently(): void {
    if (this.stream === undefined) return;
    this.#dropConnection(false);
    this.dispatch({ type: 'TcpConnectionFails' }, { text: 'closed without NOTIFICATION' });
  }

  /**
   * An exception in our own code ends the session, not the process. RFC 4486 has no subcode for this; Out of Resources tells the peer that
   * the fault is ours and that a later attempt may succeed.
   */
  breakDown(error: unknown, place: ErrorPlace): void {
    this.#peer.thrown(error, place);
    try {
      this.dispatch(
        { type: 'AutomaticStop', notification: notification(NotificationCode.Cease, CeaseSubcode.OutOfResources) },
        { text: `internal error: ${textOf(error)}` },
      );
    } catch (second) {
      this.#peer.thrown(second, place);
      this.#collapse();
    }
  }

  /** The step to Idle threw as well: drops TCP connection and timers and begins with a new machine. */
  #collapse(): void {
    this.discard();
    this.session = newSession(this.session.config);
    if (!this.#context.rivalry.collapsed(this)) return;
    this.#timers.run('idleHold', this.session.config.idleHoldSeconds * 1000, () => this.dispatch({ type: 'AutomaticStart' }));
  }

  /** Runs what the event loop calls. An exception ends this connection. */
  contain(place: ErrorPlace, action: () => void): void {
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
    switch (action.do) {
      case 'startTimer':
        return this.#timers.start(action.timer, action.seconds);
      case 'stopTimer':
        return this.#timers.stop(action.timer);
      case 'connect':
        return this.#connect();
      case 'sendOpen':
        return this.#sendOpen();
      case 'sendKeepalive':
        this.#send(KEEPALIVE);
        this.#context.tally.counters.keepaliveSent++;
        return;
      case 'sendNotification': {
        const notification = this.#peer.outgoing(this, action.notification);
        this.#send(encodeNotification(notification));
        return this.#peer.notified(this, notification, 'sent');
      }
      case 'dropConnection':
        // RFC 9687: the peer takes nothing any more, so the NOTIFICATION would never leave.
        return this.#dropConnection(event.type === 'SendHoldTimerExpires');
      case 'sessionUp':
        return this.#peer.sessionUp(this);
      case 'sessionDown':
        return this.#peer.sessionDown(reason);
    }
  }

  #send(message: Uint8Array): void {
    if (this.stream === undefined) return;
    this.#peer.observed(this, 'sent', message);
    this.stream?.send(message);
  }

  #sendOpen(): void {
    // The plugin may throw, or its capabilities cannot be written.
    this.contain('getCapabilities', () => {
      this.localOpen = this.#context.opens.encode(this, this.session.config.holdTimeSeconds);
      this.#send(this.localOpen);
      this.#context.tally.counters.openSent++;
    });
  }

  // TCP connections

  #connect(): void {
    this.#context.tally.counters.connectAttempts++;
    let socket: Socket;
    try {
      socket = this.#context.dial(this.#peer);
    } catch (error) {
      this.#dialFailed(textOf(error));
      return;
    }
    this.#giveUpDialing = awaitConnection(
      socket,
      () => this.contain('socket', () => this.attach(socket, 'out')),
      (error) => this.contain('socket', () => this.#dialFailed(error.message)),
    );
  }

  #dialFailed(text: string): void {
    this.#peer.failed(this, text, true);
    this.dispatch({ type: 'TcpConnectionFails' });
  }

  /** Gives an open TCP connection to the machine. For an accepted one the machine must be in Active. */
  attach(socket: Socket, direction: Direction): void {
    const accepted = direction === 'in';
    this.configure({ largeHoldTimeSeconds: accepted ? INCOMING_OPEN_WAIT_SECONDS : DEFAULT_CONFIG.largeHoldTimeSeconds });
    this.direction = direction;
    this.serial = ++serials;
    this.localOpen = undefined;
    this.incoming = new IncomingMessages(this, this.#context.opens, this.#context.tally.counters, this.#timers);
    this.stream = new MessageStream(socket, this, this.#context.scheduler, this.#context.clock);
    this.stream.otherTypes = this.#peer.options.otherMessageTypes ?? [];
    this.#isHeld = false;
    this.dispatch({ type: accepted ? 'TcpConnectionConfirmed' : 'TcpCrAcked' });
  }

  #dropConnection(immediately: boolean): void {
    this.#timers.stop('patience');
    this.#giveUpDialing();
    const { stream } = this;
    if (stream === undefined) return;
    this.stream = undefined;
    stream.drop(immediately ? undefined : this.#context.lingering);
    this.#context.tally.addStream(stream);
  }

  // Events of the stream

  onMessage(type: number, bytes: Uint8Array, start: number, end: number): Consumed {
    // A held message is delivered again.
    if (!this.#isHeld) this.#peer.observed(this, 'received', bytes.subarray(start, end));
    const { incoming } = this;
    if (incoming === undefined || this.stream === undefined) return CONSUMED; // the observer has ended the connection
    const consumed = incoming.onMessage(type, bytes, start, end);
    this.#isHeld = consumed !== CONSUMED;
    return consumed;
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
    this.#peer.failed(this, text, false);
    this.#dropConnection(true);
    this.dispatch({ type: 'TcpConnectionFails' }, { text });
  }

  // For the incoming messages

  collisionOnOpen(open: OpenMessage, patience: boolean): CollisionVerdict {
    return this.#context.rivalry.collisionOnOpen(this, open, patience);
  }

  mustAwait(open: OpenMessage): boolean {
    return this.#context.rivalry.mustAwait(this, open);
  }

  onNotification(message: NotificationMessage): void {
    this.#peer.notified(this, message, 'received');
  }

  onRouteRefresh(message: RouteRefreshMessage): void {
    this.#peer.routeRefresh(this, message);
  }
}
