/** RFC 4271 §8.2.2, state Established: routes are exchanged. */
import { FsmError, NotificationCode } from '@tsbgp/wire';
import type { Event } from './event.ts';
import type { Session } from './session.ts';
import {
  fail,
  holdTimerExpired,
  keepaliveTimerExpired,
  type Step,
  sendHoldTimerExpired,
  start,
  stay,
  toIdle,
  unexpected,
  unreachable,
} from './transitions.ts';

export function established(session: Session, event: Event): Step {
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
    case 'KeepaliveTimerExpires': // Event 11
      return keepaliveTimerExpired(session);
    case 'TcpConnectionValid': // Event 14
    case 'TcpCrInvalid': // Event 15
    case 'TcpCrAcked': // Event 16
    case 'TcpConnectionConfirmed': // Event 17: a second connection has a separate machine
      return stay(session);
    case 'TcpConnectionFails': // Event 18
      return toIdle({ ...session, connection: 'none' }, { counter: 'increment' });
    case 'NotifMsg': // Event 25
    case 'NotifMsgVerErr': // Event 24
      return toIdle(session, {
        counter: 'increment',
        damp: event.type === 'NotifMsg' && event.code !== NotificationCode.Cease,
      });
    case 'BgpOpen': // Event 19: as in OpenConfirm; with CollisionDetectEstablishedState the loser gets OpenCollisionDump
    case 'BgpOpenMsgErr': // Event 22
      return unexpected(session, event, FsmError.UnexpectedInEstablished);
    case 'OpenCollisionDump': // Event 23
      return fail(session, event.notification);
    case 'BgpHeaderErr': // Event 21
      // §8.2.2 has it under "any other event" (Finite State Machine Error), but §6.1 wants a Message Header Error. We follow §6.1, as others do.
      return fail(session, event.notification);
    case 'UpdateMsgErr': // Event 28
    case 'RouteRefreshMsgErr': // RFC 7313 §5
      return fail(session, event.notification);
    case 'KeepAliveMsg': // Event 26
    case 'UpdateMsg': // Event 27
    case 'RouteRefreshMsg':
      return session.holdTimeSeconds === 0 ? stay(session) : stay(session, start('hold', session.holdTimeSeconds));
    case 'StabilityTimerExpires':
      return stay({ ...session, oscillations: 0 });
    case 'SendHoldTimerExpires': // Event 29
      return sendHoldTimerExpired(session);
    case 'ConnectRetryTimerExpires': // Events 9, 12, 13
    case 'DelayOpenTimerExpires':
    case 'IdleHoldTimerExpires':
      return unexpected(session, event, FsmError.UnexpectedInEstablished);
    default:
      return unreachable(event);
  }
}
