/**
 * What the peer sends on one TCP connection, as events of the state machine: decodes and judges every message but the UPDATEs of an
 * Established session. Holds an OPEN or KEEPALIVE while the peer may still settle a collision.
 */
import type { Event, Session } from '@tsbgp/fsm';
import {
  decodeNotificationBody,
  decodeOpenBody,
  decodeRouteRefreshBody,
  Fault,
  formatNotification,
  HEADER_LENGTH,
  MessageType,
  NotificationCode,
  type NotificationMessage,
  notificationOf,
  OpenError,
  type OpenMessage,
  type RouteRefreshMessage,
} from '@tsbgp/wire';
import type { Why } from './close-reason.ts';
import type { MutableCounters } from './counters.ts';
import type { MachineTimers } from './machine-timers.ts';
import { CONSUMED, type Consumed, HOLD } from './message-stream.ts';
import type { OpenExchange } from './open.ts';

/** How long a message may wait for the peer to settle a collision. */
const PATIENCE_MS = 2000;

/** What to do with an OPEN. 'wait': hold it. 'drop': this connection has been ended. */
export type CollisionVerdict = 'go' | 'wait' | 'drop';

/** What the messages need of their connection. */
export interface IncomingOwner {
  readonly session: Session;
  dispatch(event: Event, why?: Why): void;
  /** `patience`: there is still time to wait. */
  collisionOnOpen(open: OpenMessage, patience: boolean): CollisionVerdict;
  /** Whether the KEEPALIVE that would make the session Established must wait. */
  mustAwait(open: OpenMessage): boolean;
  onHeaderFault(fault: Fault): void;
  onNotification(message: NotificationMessage): void;
  onRouteRefresh(message: RouteRefreshMessage): void;
  /** Delivers the held message again. */
  release(): void;
}

export class IncomingMessages {
  /** The peer's OPEN, once it is well-formed. */
  open: OpenMessage | undefined = undefined;
  /** Its octets, once it is accepted. */
  remoteOpen: Uint8Array | undefined = undefined;

  readonly #owner: IncomingOwner;
  readonly #opens: OpenExchange;
  readonly #counters: MutableCounters;
  readonly #timers: MachineTimers;
  #patienceOver = false;

  constructor(owner: IncomingOwner, opens: OpenExchange, counters: MutableCounters, timers: MachineTimers) {
    this.#owner = owner;
    this.#opens = opens;
    this.#counters = counters;
    this.#timers = timers;
  }

  /** A whole message; `start` is its header. HOLD: the stream delivers it again later. */
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
      case MessageType.RouteRefresh:
        this.#onRouteRefresh(bytes, body, end);
        return CONSUMED;
      case MessageType.Update: // without a handler: the session is not Established
        this.#owner.dispatch({ type: 'UpdateMsg' });
        return CONSUMED;
      default:
        if (this.#owner.session.state === 'Established') return CONSUMED; // `otherMessageTypes`: the plugin has seen it
        this.#owner.dispatch({ type: 'UpdateMsg' });
        return CONSUMED;
    }
  }

  #onKeepalive(): Consumed {
    const owner = this.#owner;
    const undecided = owner.session.state === 'OpenConfirm' && !this.#patienceOver && this.open !== undefined && owner.mustAwait(this.open);
    if (undecided) return this.#wait();
    this.#counters.keepaliveReceived++;
    this.#timers.stop('patience');
    if (owner.session.state !== 'Established') owner.dispatch({ type: 'KeepAliveMsg' });
    return CONSUMED;
  }

  #onOpen(bytes: Uint8Array, start: number, end: number): Consumed {
    const owner = this.#owner;
    const open = decodeOpenBody(bytes, start + HEADER_LENGTH, end);
    if (open instanceof Fault) return this.#endOpen({ type: 'BgpOpenMsgErr', notification: notificationOf(open) }, { text: open.reason });
    const accepted: Event = { type: 'BgpOpen', holdTimeSeconds: open.holdTimeSeconds };
    const awaited = owner.session.state === 'OpenSent' || owner.session.running.has('delayOpen');
    if (!awaited) return this.#endOpen(accepted);
    const judged = this.open !== undefined; // it was held
    this.open = open;
    const refusal = judged ? undefined : this.#opens.judge(owner, open);
    if (refusal !== undefined) return this.#endOpen({ type: 'BgpOpenMsgErr', notification: refusal });
    const verdict = owner.collisionOnOpen(open, !this.#patienceOver);
    if (verdict === 'wait') return this.#wait();
    this.#timers.stop('patience');
    if (verdict === 'go') this.remoteOpen = bytes.slice(start, end);
    return this.#endOpen(verdict === 'go' ? accepted : undefined);
  }

  /** The OPEN is not held any more. */
  #endOpen(event: Event | undefined, why?: Why): Consumed {
    this.#counters.openReceived++;
    if (event !== undefined) this.#owner.dispatch(event, why);
    return CONSUMED;
  }

  #onNotification(message: NotificationMessage | Fault): void {
    if (message instanceof Fault) return this.#owner.onHeaderFault(message);
    this.#owner.onNotification(message);
    const text = `the peer sent ${formatNotification(message)}`;
    const version = message.code === NotificationCode.OpenMessageError && message.subcode === OpenError.UnsupportedVersionNumber;
    this.#owner.dispatch(version ? { type: 'NotifMsgVerErr' } : { type: 'NotifMsg', code: message.code }, { text, received: message });
  }

  #onRouteRefresh(bytes: Uint8Array, start: number, end: number): void {
    if (this.#owner.session.state !== 'Established') {
      this.#owner.dispatch({ type: 'RouteRefreshMsg' });
      return;
    }
    const message = decodeRouteRefreshBody(bytes, start, end);
    this.#counters.routeRefreshReceived++;
    if (!(message instanceof Fault)) this.#owner.onRouteRefresh(message);
    else this.#owner.dispatch({ type: 'RouteRefreshMsgErr', notification: notificationOf(message) }, { text: message.reason });
  }

  #wait(): Consumed {
    if (!this.#timers.isRunning('patience')) {
      this.#timers.run('patience', PATIENCE_MS, () => {
        this.#patienceOver = true;
        this.#owner.release();
      });
    }
    return HOLD;
  }
}
