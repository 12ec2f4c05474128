/** Sessions and events for tests. Not exported by the package. */
import type { Action } from '../src/action.ts';
import type { Event, EventType } from '../src/event.ts';
import { type Config, newSession, type Session, type State } from '../src/session.ts';
import { step } from '../src/step.ts';

const NO_DATA = new Uint8Array(0);

/** One event of each type. Each NOTIFICATION has a code and subcode that fit its event. */
export const EVENTS: Readonly<Record<EventType, Event>> = {
  ManualStart: { type: 'ManualStart' },
  ManualStop: { type: 'ManualStop', notification: { type: 'notification', code: 6, subcode: 2, data: NO_DATA } },
  AutomaticStart: { type: 'AutomaticStart' },
  ManualStartWithPassive: { type: 'ManualStartWithPassive' },
  AutomaticStartWithPassive: { type: 'AutomaticStartWithPassive' },
  AutomaticStartWithDamp: { type: 'AutomaticStartWithDamp' },
  AutomaticStartWithDampAndPassive: { type: 'AutomaticStartWithDampAndPassive' },
  AutomaticStop: { type: 'AutomaticStop', notification: { type: 'notification', code: 6, subcode: 4, data: NO_DATA } },
  ConnectRetryTimerExpires: { type: 'ConnectRetryTimerExpires' },
  HoldTimerExpires: { type: 'HoldTimerExpires' },
  KeepaliveTimerExpires: { type: 'KeepaliveTimerExpires' },
  DelayOpenTimerExpires: { type: 'DelayOpenTimerExpires' },
  IdleHoldTimerExpires: { type: 'IdleHoldTimerExpires' },
  TcpConnectionValid: { type: 'TcpConnectionValid' },
  TcpCrInvalid: { type: 'TcpCrInvalid' },
  TcpCrAcked: { type: 'TcpCrAcked' },
  TcpConnectionConfirmed: { type: 'TcpConnectionConfirmed' },
  TcpConnectionFails: { type: 'TcpConnectionFails' },
  BgpOpen: { type: 'BgpOpen', holdTimeSeconds: 30 },
  BgpHeaderErr: { type: 'BgpHeaderErr', notification: { type: 'notification', code: 1, subcode: 2, data: NO_DATA } },
  BgpOpenMsgErr: { type: 'BgpOpenMsgErr', notification: { type: 'notification', code: 2, subcode: 2, data: NO_DATA } },
  OpenCollisionDump: { type: 'OpenCollisionDump', notification: { type: 'notification', code: 6, subcode: 7, data: NO_DATA } },
  NotifMsgVerErr: { type: 'NotifMsgVerErr' },
  NotifMsg: { type: 'NotifMsg', code: 3 },
  KeepAliveMsg: { type: 'KeepAliveMsg' },
  UpdateMsg: { type: 'UpdateMsg' },
  UpdateMsgErr: { type: 'UpdateMsgErr', notification: { type: 'notification', code: 3, subcode: 1, data: NO_DATA } },
  SendHoldTimerExpires: { type: 'SendHoldTimerExpires' },
  RouteRefreshMsg: { type: 'RouteRefreshMsg' },
  RouteRefreshMsgErr: { type: 'RouteRefreshMsgErr', notification: { type: 'notification', code: 7, subcode: 1, data: NO_DATA } },
  StabilityTimerExpires: { type: 'StabilityTimerExpires' },
};

const EVENTS_TO: Readonly<Record<State, readonly EventType[]>> = {
  Idle: [],
  Connect: ['ManualStart'],
  Active: ['ManualStartWithPassive'],
  OpenSent: ['ManualStart', 'TcpCrAcked'],
  OpenConfirm: ['ManualStart', 'TcpCrAcked', 'BgpOpen'],
  Established: ['ManualStart', 'TcpCrAcked', 'BgpOpen', 'KeepAliveMsg'],
};

/** A session in `state`, after the fewest events. */
export function sessionIn(state: State, config: Partial<Config> = {}): Session {
  return run(newSession(config), EVENTS_TO[state]).session;
}

export function run(session: Session, events: readonly (EventType | Event)[]): { session: Session; actions: Action[] } {
  let current = session;
  const all: Action[] = [];
  for (const event of events) {
    const [next, actions] = step(current, typeof event === 'string' ? EVENTS[event] : event);
    current = next;
    all.push(...actions);
  }
  return { session: current, actions: all };
}

/** One line per action, as recorded scenarios write it. */
export function formatAction(action: Action): string {
  switch (action.do) {
    case 'startTimer':
      return `start ${action.timer} ${action.seconds}`;
    case 'stopTimer':
      return `stop ${action.timer}`;
    case 'sendNotification':
      return `sendNotification ${action.notification.code}/${action.notification.subcode}`;
    default:
      return action.do;
  }
}
