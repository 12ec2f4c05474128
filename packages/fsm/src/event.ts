/**
 * Everything that can happen to a session: events 1 to 28 of RFC 4271 §8.1.2 to §8.1.5; event 29 of RFC 9687; ROUTE-REFRESH (RFC 2918,
 * RFC 7313), which has no number; and the end of the stability timer, which is not in any RFC.
 */
import type { NotificationMessage } from '@tsbgp/wire';

/** An event of RFC 4271 §8.1, with what the machine must know about it. */
export type Event =
  // Administrative (§8.1.2). A stop carries a Cease of RFC 4486, which the caller chooses.
  | { readonly type: 'ManualStart' } // 1
  | { readonly type: 'ManualStop'; readonly notification: NotificationMessage } // 2
  | { readonly type: 'AutomaticStart' } // 3
  | { readonly type: 'ManualStartWithPassive' } // 4
  | { readonly type: 'AutomaticStartWithPassive' } // 5
  | { readonly type: 'AutomaticStartWithDamp' } // 6
  | { readonly type: 'AutomaticStartWithDampAndPassive' } // 7
  | { readonly type: 'AutomaticStop'; readonly notification: NotificationMessage } // 8
  // Timers (§8.1.3)
  | { readonly type: 'ConnectRetryTimerExpires' } // 9
  | { readonly type: 'HoldTimerExpires' } // 10
  | { readonly type: 'KeepaliveTimerExpires' } // 11
  | { readonly type: 'DelayOpenTimerExpires' } // 12
  | { readonly type: 'IdleHoldTimerExpires' } // 13
  // Transport (§8.1.4)
  | { readonly type: 'TcpConnectionValid' } // 14
  | { readonly type: 'TcpCrInvalid' } // 15
  | { readonly type: 'TcpCrAcked' } // 16: our connection is open
  | { readonly type: 'TcpConnectionConfirmed' } // 17: the peer's connection is open
  | { readonly type: 'TcpConnectionFails' } // 18
  // Messages (§8.1.5). Errors carry the NOTIFICATION of §6.
  | { readonly type: 'BgpOpen'; readonly holdTimeSeconds: number } // 19, and 20 while the DelayOpenTimer runs
  | { readonly type: 'BgpHeaderErr'; readonly notification: NotificationMessage } // 21
  | { readonly type: 'BgpOpenMsgErr'; readonly notification: NotificationMessage } // 22
  | { readonly type: 'OpenCollisionDump'; readonly notification: NotificationMessage } // 23
  | { readonly type: 'NotifMsgVerErr' } // 24: Unsupported Version Number
  | { readonly type: 'NotifMsg'; readonly code: number } // 25
  | { readonly type: 'KeepAliveMsg' } // 26
  | { readonly type: 'UpdateMsg' } // 27
  | { readonly type: 'UpdateMsgErr'; readonly notification: NotificationMessage } // 28
  | { readonly type: 'SendHoldTimerExpires' } // 29
  | { readonly type: 'RouteRefreshMsg' }
  | { readonly type: 'RouteRefreshMsgErr'; readonly notification: NotificationMessage }
  | { readonly type: 'StabilityTimerExpires' };

/** Names of the events; `EVENT_NUMBERS` has the numbers of RFC 4271 §8.1. */
export type EventType = Event['type'];

/** Numbers of RFC 4271 §8.1 and RFC 9687, for logs. 20 is 19 while the DelayOpenTimer runs. */
export const EVENT_NUMBERS: Readonly<Record<EventType, number | undefined>> = {
  ManualStart: 1,
  ManualStop: 2,
  AutomaticStart: 3,
  ManualStartWithPassive: 4,
  AutomaticStartWithPassive: 5,
  AutomaticStartWithDamp: 6,
  AutomaticStartWithDampAndPassive: 7,
  AutomaticStop: 8,
  ConnectRetryTimerExpires: 9,
  HoldTimerExpires: 10,
  KeepaliveTimerExpires: 11,
  DelayOpenTimerExpires: 12,
  IdleHoldTimerExpires: 13,
  TcpConnectionValid: 14,
  TcpCrInvalid: 15,
  TcpCrAcked: 16,
  TcpConnectionConfirmed: 17,
  TcpConnectionFails: 18,
  BgpOpen: 19,
  BgpHeaderErr: 21,
  BgpOpenMsgErr: 22,
  OpenCollisionDump: 23,
  NotifMsgVerErr: 24,
  NotifMsg: 25,
  KeepAliveMsg: 26,
  UpdateMsg: 27,
  UpdateMsgErr: 28,
  SendHoldTimerExpires: 29,
  RouteRefreshMsg: undefined,
  RouteRefreshMsgErr: undefined,
  StabilityTimerExpires: undefined,
};
