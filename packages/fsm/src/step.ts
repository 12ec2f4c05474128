/**
 * The BGP finite state machine (RFC 4271 §8.2.2): (session, event) -> (session, actions). It cannot fail, does not wait and has no clock. Every
 * event has an answer in every state. Timers and connections are actions, which the owner carries out in order.
 */
import type { Action } from './action.ts';
import { active } from './active.ts';
import { connect } from './connect.ts';
import { established } from './established.ts';
import type { Event } from './event.ts';
import { idle } from './idle.ts';
import { openConfirm } from './open-confirm.ts';
import { openSent } from './open-sent.ts';
import type { Session, State, Timer } from './session.ts';
import type { Step } from './transitions.ts';

const STATE_FUNCTIONS: Readonly<Record<State, (session: Session, event: Event) => Step>> = {
  Idle: idle,
  Connect: connect,
  Active: active,
  OpenSent: openSent,
  OpenConfirm: openConfirm,
  Established: established,
};

const TIMER_OF_EVENT: Partial<Record<Event['type'], Timer>> = {
  ConnectRetryTimerExpires: 'connectRetry',
  HoldTimerExpires: 'hold',
  KeepaliveTimerExpires: 'keepalive',
  DelayOpenTimerExpires: 'delayOpen',
  IdleHoldTimerExpires: 'idleHold',
  SendHoldTimerExpires: 'sendHold',
  StabilityTimerExpires: 'stability',
};

/** The session after an event, and the actions that its owner must carry out, in order. Pure. */
export function step(session: Session, event: Event): Step {
  const expired = TIMER_OF_EVENT[event.type];
  const before =
    expired !== undefined && session.running.has(expired) ? { ...session, running: without(session.running, expired) } : session;
  const [after, actions] = STATE_FUNCTIONS[session.state](before, event);
  return [{ ...after, running: runningAfter(after.running, actions) }, actions];
}

function without(running: ReadonlySet<Timer>, timer: Timer): ReadonlySet<Timer> {
  const rest = new Set(running);
  rest.delete(timer);
  return rest;
}

function runningAfter(running: ReadonlySet<Timer>, actions: readonly Action[]): ReadonlySet<Timer> {
  let result: Set<Timer> | undefined;
  for (const action of actions) {
    if (action.do === 'startTimer') (result ??= new Set(running)).add(action.timer);
    else if (action.do === 'stopTimer') (result ??= new Set(running)).delete(action.timer);
  }
  return result ?? running;
}
