/** RFC 4271 §8.2.2, state Connect: our connection is being opened. With DelayOpen, it may be open while our OPEN waits. */
import type { Event } from './event.ts';
import type { Session } from './session.ts';
import {
  delayOpen,
  failSilently,
  type Step,
  start,
  stay,
  stopRunning,
  toConnect,
  toIdle,
  toOpenConfirm,
  toOpenSent,
  unreachable,
} from './transitions.ts';

export function connect(session: Session, event: Event): Step {
  switch (event.type) {
    case 'ManualStart': // Events 1, 3-7: already started
    case 'AutomaticStart':
    case 'ManualStartWithPassive':
    case 'AutomaticStartWithPassive':
    case 'AutomaticStartWithDamp':
    case 'AutomaticStartWithDampAndPassive':
      return stay(session);
    case 'ManualStop': // Event 2: no NOTIFICATION, no OPEN was sent
      return toIdle(session, { counter: 'zero', restartSeconds: false });
    case 'ConnectRetryTimerExpires': {
      // Event 9: give this attempt up and begin another
      const [next, actions] = toConnect(session);
      return [next, [{ do: 'dropConnection' }, ...stopRunning(session, 'delayOpen'), ...actions]];
    }
    case 'DelayOpenTimerExpires': // Event 12
      // The timer only runs while a connection is open.
      return session.connection === 'open' ? toOpenSent(session) : stay(session);
    case 'TcpConnectionValid': // Event 14: event 17 or 18 follows
    case 'TcpCrInvalid': // Event 15
      return stay(session);
    case 'TcpCrAcked': // Event 16
    case 'TcpConnectionConfirmed': // Event 17
      if (session.connection === 'open') return stay(session); // a second connection has a separate machine
      return session.config.delayOpenSeconds > 0 ? delayOpen(session) : toOpenSent(session);
    case 'TcpConnectionFails': // Event 18
      if (session.running.has('delayOpen')) {
        return [
          { ...session, state: 'Active', connection: 'none' },
          [...stopRunning(session, 'delayOpen'), start('connectRetry', session.config.connectRetrySeconds)],
        ];
      }
      // No answer: the next attempt is one ConnectRetryTime away. This is not an oscillation, and the counter stays (§8.2.2).
      return toIdle({ ...session, connection: 'none' }, { counter: 'keep', restartSeconds: session.config.connectRetrySeconds });
    case 'BgpOpen': // Event 20. Without the DelayOpenTimer it is event 19, one of "any other"
      if (session.running.has('delayOpen')) return toOpenConfirm(session, event.holdTimeSeconds, [{ do: 'sendOpen' }]);
      return failSilently(session);
    case 'BgpHeaderErr': // Event 21
    case 'BgpOpenMsgErr': // Event 22
      return toIdle(session, {
        notification: session.config.sendNotificationWithoutOpen ? event.notification : undefined,
        counter: 'increment',
        damp: true,
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
