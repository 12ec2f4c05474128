/** RFC 4271 §8.2.2, state Idle: no connection, waits to be started. */
import type { Event } from './event.ts';
import type { Session } from './session.ts';
import { type Step, start, stay, stopRunning, toConnect, unreachable } from './transitions.ts';

export function idle(session: Session, event: Event): Step {
  switch (event.type) {
    case 'ManualStart': // Event 1
    case 'AutomaticStart': // Event 3
      return leave({ ...session, connectRetryCounter: 0 }, session.config.passive);
    case 'ManualStartWithPassive': // Event 4
    case 'AutomaticStartWithPassive': // Event 5
      return leave({ ...session, connectRetryCounter: 0 }, true);
    case 'AutomaticStartWithDamp': // Event 6
      // These two exist only with DampPeerOscillations (§8.1.2). The counter stays, because damping looks at it.
      return session.config.damping === undefined ? stay(session) : leave(session, session.config.passive);
    case 'AutomaticStartWithDampAndPassive': // Event 7
      return session.config.damping === undefined ? stay(session) : leave(session, true);
    case 'IdleHoldTimerExpires': // Event 13
      return leave(session, session.config.passive);
    case 'ManualStop': // Event 2: cancels the start that was due
      return [{ ...session, connectRetryCounter: 0 }, stopRunning(session, 'idleHold')];
    case 'AutomaticStop': // Events 8-12, 14-29: no change
    case 'ConnectRetryTimerExpires':
    case 'HoldTimerExpires':
    case 'KeepaliveTimerExpires':
    case 'DelayOpenTimerExpires':
    case 'TcpConnectionValid':
    case 'TcpCrInvalid':
    case 'TcpCrAcked':
    case 'TcpConnectionConfirmed':
    case 'TcpConnectionFails':
    case 'BgpOpen':
    case 'BgpHeaderErr':
    case 'BgpOpenMsgErr':
    case 'OpenCollisionDump':
    case 'NotifMsgVerErr':
    case 'NotifMsg':
    case 'KeepAliveMsg':
    case 'UpdateMsg':
    case 'UpdateMsgErr':
    case 'SendHoldTimerExpires':
    case 'RouteRefreshMsg':
    case 'RouteRefreshMsgErr':
    case 'StabilityTimerExpires':
      return stay(session);
    default:
      return unreachable(event);
  }
}

function leave(session: Session, passive: boolean): Step {
  const idleHold = stopRunning(session, 'idleHold');
  if (!passive) {
    const [next, actions] = toConnect(session);
    return [next, [...idleHold, ...actions]];
  }
  // RFC 4271 always starts the ConnectRetryTimer here, and its expiry in Active connects. A passive session (PassiveTcpEstablishment) must
  // never connect, so the timer does not run for it.
  const actions = session.config.passive ? idleHold : [...idleHold, start('connectRetry', session.config.connectRetrySeconds)];
  return [{ ...session, state: 'Active' }, actions];
}
