/** RFC 4271 §8.2.2, state OpenSent: our OPEN is sent, the peer's is due. */
import { FsmError } from '@tsbgp/wire';
import type { Event } from './event.ts';
import type { Session } from './session.ts';
import {
  fail,
  holdTimerExpired,
  type Step,
  sendHoldTimerExpired,
  start,
  stay,
  stopRunning,
  toIdle,
  toOpenConfirm,
  unexpected,
  unreachable,
} from './transitions.ts';

export function openSent(session: Session, event: Event): Step {
  switch (event.type) {
    case 'ManualStart': // Events 1, 3-7: already started
    case 'AutomaticStart':
    case 'ManualStartWithPassive':
    case 'AutomaticStartWithPassive':
    case 'AutomaticStartWithDamp':
    case 'AutomaticStartWithDampAndPassive':
      return stay(session);
    case 'ManualStop': // Event 2
      return toIdle(session, { notification: event.notification, counter: 'zero', restartSeconds: false });
    case 'AutomaticStop': // Event 8
      return toIdle(session, { notification: event.notification, counter: 'increment' });
    case 'HoldTimerExpires': // Event 10
      return holdTimerExpired(session);
    case 'TcpConnectionValid': // Event 14
    case 'TcpCrInvalid': // Event 15
    case 'TcpCrAcked': // Event 16
    case 'TcpConnectionConfirmed': // Event 17: a second connection has a separate machine
      return stay(session);
    case 'TcpConnectionFails': // Event 18
      return [
        { ...session, state: 'Active', connection: 'none' },
        [
          ...stopRunning(session, 'hold'),
          // As in Idle: a session that never connects has nothing to retry.
          ...(session.config.passive ? [] : [start('connectRetry', session.config.connectRetrySeconds)]),
        ],
      ];
    case 'BgpOpen': // Event 19
      return toOpenConfirm(session, event.holdTimeSeconds);
    case 'BgpHeaderErr': // Event 21
    case 'BgpOpenMsgErr': // Event 22
    case 'OpenCollisionDump': // Event 23
      return fail(session, event.notification);
    case 'NotifMsgVerErr': // Event 24
      return toIdle(session, { counter: 'keep' });
    case 'NotifMsg': // Event 25
      // Deviates from RFC 4271 §8.2.2, which answers with a Finite State Machine Error. The peer ends the connection (it refused us, say), and
      // a NOTIFICATION is never answered with another. BIRD, FRR and GoBGP do the same.
      return toIdle(session, { counter: 'increment', damp: true });
    case 'SendHoldTimerExpires': // Event 29
      return sendHoldTimerExpired(session);
    case 'ConnectRetryTimerExpires': // Events 9, 11-13, 26-28
    case 'KeepaliveTimerExpires':
    case 'DelayOpenTimerExpires':
    case 'IdleHoldTimerExpires':
    case 'KeepAliveMsg':
    case 'UpdateMsg':
    case 'UpdateMsgErr':
    case 'RouteRefreshMsg':
    case 'RouteRefreshMsgErr':
    case 'StabilityTimerExpires':
      return unexpected(session, event, FsmError.UnexpectedInOpenSent);
    default:
      return unreachable(event);
  }
}
