/** The transitions that several states share. */
import { MessageType, NotificationCode, type NotificationMessage, notification } from '@tsbgp/wire';
import type { Action } from './action.ts';
import type { Event } from './event.ts';
import { type Session, TIMERS, type Timer } from './session.ts';

/** The session after an event, and the actions to carry out. */
export type Step = readonly [Session, readonly Action[]];

export const start = (timer: Timer, seconds: number): Action => ({ do: 'startTimer', timer, seconds });
const stop = (timer: Timer): Action => ({ do: 'stopTimer', timer });

export function stay(session: Session, ...actions: Action[]): Step {
  return [session, actions];
}

/** `stopTimer` for those of `timers` that run. */
export function stopRunning(session: Session, ...timers: Timer[]): Action[] {
  return timers.filter((timer) => session.running.has(timer)).map(stop);
}

export interface Ending {
  readonly notification?: NotificationMessage | undefined;
  /** ConnectRetryCounter. */
  readonly counter: 'zero' | 'keep' | 'increment';
  /** Whether this ending counts as an oscillation (RFC 4271 §8.1.1). A Cease does not: nothing is wrong with the peer. */
  readonly damp?: boolean;
  /** Pause before an automatic start. `false`: stays in Idle until it is started. @default idleHoldSeconds, more when damped */
  readonly restartSeconds?: number | false;
}

/**
 * To Idle: sends the NOTIFICATION, stops the timers, ends session and connection, and starts the IdleHoldTimer if the peer may start again by
 * itself.
 */
export function toIdle(session: Session, ending: Ending): Step {
  const { config } = session;
  const damped = config.damping !== undefined && ending.damp === true;
  const oscillations = damped ? session.oscillations + 1 : session.oscillations;
  const actions: Action[] = [];
  if (ending.notification !== undefined && session.connection === 'open') {
    actions.push({ do: 'sendNotification', notification: ending.notification });
  }
  actions.push(...stopRunning(session, ...TIMERS));
  if (session.state === 'Established') actions.push({ do: 'sessionDown' });
  if (session.connection !== 'none') actions.push({ do: 'dropConnection' });
  if (config.allowAutomaticStart && ending.restartSeconds !== false) {
    let seconds = ending.restartSeconds ?? config.idleHoldSeconds;
    if (damped) seconds = Math.min(config.damping.maxSeconds, config.damping.minSeconds * 2 ** Math.min(oscillations - 1, 30));
    actions.push(start('idleHold', seconds));
  }
  const connectRetryCounter =
    ending.counter === 'zero' ? 0 : ending.counter === 'keep' ? session.connectRetryCounter : session.connectRetryCounter + 1;
  return [
    {
      ...session,
      state: 'Idle',
      connection: 'none',
      connectRetryCounter,
      oscillations,
      holdTimeSeconds: 0,
      keepaliveSeconds: 0,
      sendHoldSeconds: 0,
    },
    actions,
  ];
}

/** To Idle with a NOTIFICATION. Increments the counter, and damps unless it is a Cease. */
export function fail(session: Session, reason: NotificationMessage): Step {
  return toIdle(session, { notification: reason, counter: 'increment', damp: reason.code !== NotificationCode.Cease });
}

/** "Any other event" of RFC 4271 §8.2.2 before our OPEN was sent: to Idle without a NOTIFICATION. */
export function failSilently(session: Session): Step {
  return toIdle(session, { counter: 'increment', damp: true });
}

/**
 * "Any other event" after our OPEN was sent: Finite State Machine Error. RFC 6608: for a message the subcode is that of the state and the data
 * is the message type; other events have no subcode.
 */
export function unexpected(session: Session, event: Event, subcode: number): Step {
  const type = MESSAGE_TYPES[event.type];
  const code = NotificationCode.FiniteStateMachineError;
  return fail(session, type === undefined ? notification(code, 0) : notification(code, subcode, Uint8Array.of(type)));
}

const MESSAGE_TYPES: Partial<Record<Event['type'], number>> = {
  BgpOpen: MessageType.Open,
  BgpOpenMsgErr: MessageType.Open,
  KeepAliveMsg: MessageType.Keepalive,
  UpdateMsg: MessageType.Update,
  UpdateMsgErr: MessageType.Update,
  RouteRefreshMsg: MessageType.RouteRefresh,
  RouteRefreshMsgErr: MessageType.RouteRefresh,
};

export function holdTimerExpired(session: Session): Step {
  return fail(session, notification(NotificationCode.HoldTimerExpired, 0));
}

export function keepaliveTimerExpired(session: Session): Step {
  const again = session.keepaliveSeconds === 0 ? [] : [start('keepalive', session.keepaliveSeconds)];
  return stay(session, { do: 'sendKeepalive' }, ...again);
}

/** RFC 9687 §3: the NOTIFICATION may never leave; the connection is dropped anyway. */
export function sendHoldTimerExpired(session: Session): Step {
  return fail(session, notification(NotificationCode.SendHoldTimerExpired, 0));
}

/** The connection is open: sends our OPEN and waits for the peer's, with a large hold time (RFC 4271 §8.2.2). */
export function toOpenSent(session: Session): Step {
  return [
    { ...session, state: 'OpenSent', connection: 'open' },
    [...stopRunning(session, 'connectRetry', 'delayOpen'), { do: 'sendOpen' }, start('hold', session.config.largeHoldTimeSeconds)],
  ];
}

/** The connection is open and DelayOpen is on: waits for the peer's OPEN first. */
export function delayOpen(session: Session): Step {
  return [
    { ...session, connection: 'open' },
    [...stopRunning(session, 'connectRetry'), start('delayOpen', session.config.delayOpenSeconds)],
  ];
}

/**
 * The peer's OPEN is accepted: sends a KEEPALIVE and starts the negotiated timers (RFC 4271 §4.2, §4.4). `before` is our OPEN, if it was not
 * sent yet.
 */
export function toOpenConfirm(session: Session, theirHoldTimeSeconds: number, before: readonly Action[] = []): Step {
  const { config } = session;
  const holdTimeSeconds = Math.min(config.holdTimeSeconds, theirHoldTimeSeconds);
  // RFC 4271 §4.4: a third of the hold time is a reasonable maximum, one second the minimum.
  const keepaliveSeconds =
    holdTimeSeconds === 0 ? 0 : Math.max(1, Math.min(config.keepaliveSeconds ?? Number.POSITIVE_INFINITY, Math.floor(holdTimeSeconds / 3)));
  const sendHoldSeconds = holdTimeSeconds === 0 ? 0 : (config.sendHoldSeconds ?? Math.max(480, 2 * holdTimeSeconds));
  const actions: Action[] = [...stopRunning(session, 'connectRetry', 'delayOpen'), ...before, { do: 'sendKeepalive' }];
  if (holdTimeSeconds === 0) actions.push(...stopRunning(session, 'hold'));
  else actions.push(start('hold', holdTimeSeconds), start('keepalive', keepaliveSeconds), start('sendHold', sendHoldSeconds));
  return [{ ...session, state: 'OpenConfirm', holdTimeSeconds, keepaliveSeconds, sendHoldSeconds }, actions];
}

/** Starts a connection attempt. */
export function toConnect(session: Session): Step {
  return [
    { ...session, state: 'Connect', connection: 'opening' },
    [start('connectRetry', session.config.connectRetrySeconds), { do: 'connect' }],
  ];
}

/** Makes a forgotten event a compile error. */
export function unreachable(event: never): never {
  throw new Error(`not an event of the BGP state machine: ${JSON.stringify(event)}`);
}
