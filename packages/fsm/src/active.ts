/** RFC 4271 §8.2.2, state Active: waits for the peer's connection, or for our next attempt. */
import { CeaseSubcode, NotificationCode } from '@tsbgp/wire';
import type { Event } from './event.ts';
import type { Session } from './session.ts';
import {
  delayOpen,
  failSilently,
  type Step,
  stay,
  stopRunning,
  toConnect,
  toIdle,
  toOpenConfirm,
  toOpenSent,
  unreachable,
} from './transitions.ts';

export function active(session: Session, event: Event): Step {
  switch (event.type) {
    case 'ManualStart': // Events 1, 3-7: already started
    case 'AutomaticStart':
    case 'ManualStartWithPassive':
    case 'AutomaticStartWithPassive':
    case 'AutomaticStartWithDamp':
    case 'AutomaticStartWithDampAndPassive':
      return stay(session);
    case 'ManualStop': // Event 2
      return toIdle(session, {
        notification: session.running.has('delayOpen') && session.config.sendNotificationWithoutOpen ? event.notification : undefined,
        counter: 'zero',
        restartSeconds: false,
      });
    case 'ConnectRetryTimerExpires': {
      // Event 9
      if (session.config.passive) return stay(session); // the timer does not run then
      const [next, actions] = toConnect(session);
      const drop = session.connection === 'none' ? [] : [{ do: 'dropConnection' } as const];
      return [next, [...drop, ...stopRunning(session, 'delayOpen'), ...actions]];
    }
    case 'DelayOpenTimerExpires': // Event 12
      return session.connection === 'open' ? toOpenSent(session) : stay(session);
    case 'TcpConnectionValid': // Event 14
    case 'TcpCrInvalid': // Event 15
      return stay(session);
    case 'TcpCrAcked': // Event 16
    case 'TcpConnectionConfirmed': // Event 17
      if (session.connection === 'open') return stay(session); // a second connection has a separate machine
      return session.config.delayOpenSeconds > 0 ? delayOpen(session) : toOpenSent(session);
    case 'TcpConnectionFails': // Event 18
      // §8.2.2 restarts the ConnectRetryTimer and goes to Idle. Only the IdleHoldTimer may run there, so it gets the same time instead.
      return toIdle({ ...session, connection: 'none' }, { counter: 'increment', restartSeconds: session.config.connectRetrySeconds });
    case 'BgpOpen': // Event 20. Without the DelayOpenTimer it is event 19, one of "any other"
      if (session.running.has('delayOpen')) return toOpenConfirm(session, event.holdTimeSeconds, [{ do: 'sendOpen' }]);
      return failSilently(session);
    case 'BgpHeaderErr': // Event 21
    case 'BgpOpenMsgErr': // Event 22
      return toIdle(session, {
        notification: session.config.sendNotificationWithoutOpen ? event.notification : undefined,
        counter: 'increment',
        damp: event.notification.code !== NotificationCode.Cease || event.notification.subcode !== CeaseSubcode.ConnectionRejected,
      });
    case 'NotifMsgVerErr': // Event 24
      return session.running.has('delayOpen') ? toIdle(session, { counter: 'keep' }) : failSilently(session);
    case 'AutomaticStop': // Event 8
      return toIdle(session, { counter: 'increment' });
    case 'HoldTimerExpires': // Events 10, 11, 13, 23, 25-29
    case 'KeepaliveTimerExpires':
    case 'IdleHoldTimerExpires':
    case 'OpenCollisionDump':
    case 'NotifMsg':
    case 'KeepAliveMsg':
    case 'UpdateMsg':
    case 'UpdateMsgErr':
    case 'SendHoldTimerExpires':
    case 'RouteRefreshMsg':
    case 'RouteRefreshMsgErr':
    case 'StabilityTimerExpires':
      return failSilently(session);
    default:
      return unreachable(event);
  }
}
