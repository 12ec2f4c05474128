/** RFC 4271 §8.2.2, state OpenConfirm: both OPENs are accepted, the peer's KEEPALIVE is due. */
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

export function openConfirm(session: Session, event: Event): Step {
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
      return toIdle(session, { counter: 'increment', damp: event.code !== NotificationCode.Cease });
    case 'NotifMsgVerErr': // Event 24
      return toIdle(session, { counter: 'keep' });
    case 'BgpOpen': // Event 19
      // In RFC 4271 this is the OPEN of another connection, and the collision is settled here. Our machines have one connection each: the
      // owner of both gives OpenCollisionDump to the loser, and a second OPEN on the same connection is unexpected.
      return unexpected(session, event, FsmError.UnexpectedInOpenConfirm);
    case 'BgpHeaderErr': // Event 21
    case 'BgpOpenMsgErr': // Event 22
    case 'OpenCollisionDump': // Event 23
      return fail(session, event.notification);
    case 'KeepAliveMsg': {
      // Event 26
      const actions = session.holdTimeSeconds === 0 ? [] : [start('hold', session.holdTimeSeconds)];
      const stability = session.config.damping === undefined ? [] : [start('stability', session.config.damping.maxSeconds)];
      return [{ ...session, state: 'Established' }, [...actions, ...stability, { do: 'sessionUp' }]];
    }
    case 'SendHoldTimerExpires': // Event 29
      return sendHoldTimerExpired(session);
    case 'ConnectRetryTimerExpires': // Events 9, 12, 13, 27, 28
    case 'DelayOpenTimerExpires':
    case 'IdleHoldTimerExpires':
    case 'UpdateMsg':
    case 'UpdateMsgErr':
    case 'RouteRefreshMsg':
    case 'RouteRefreshMsgErr':
    case 'StabilityTimerExpires':
      return unexpected(session, event, FsmError.UnexpectedInOpenConfirm);
    default:
      return unreachable(event);
  }
}
