/** Why a session ended, in the words of the user. */
import type { Action, Event } from '@tsbgp/fsm';
import { formatNotification, type NotificationMessage } from '@tsbgp/wire';

/** Who or what ended a session. */
export type CloseReasonType =
  | 'notification-received'
  | 'notification-sent'
  | 'connection-lost'
  | 'hold-timer'
  | 'send-hold-timer'
  /** `disable`, `deletePeer` or `close`. */
  | 'stopped'
  /** The peer opened a new connection in place of this one (RFC 4724 §4.2, or `replaceEstablished`). */
  | 'replaced';

/** Why a session ended. */
export interface CloseReason {
  readonly type: CloseReasonType;
  readonly notification?: NotificationMessage | undefined;
  /** One sentence for people. */
  readonly text: string;
}

/** What people want to know about an event and the machine does not need. */
export interface Why {
  readonly text?: string | undefined;
  readonly received?: NotificationMessage | undefined;
  readonly replaced?: boolean;
}

export function closeReason(event: Event, actions: readonly Action[], why: Why): CloseReason {
  const sent = actions.find((action) => action.do === 'sendNotification')?.notification;
  const text = why.text ?? (sent === undefined ? event.type : `we sent ${formatNotification(sent)}`);
  const ended = why.replaced === true ? 'replaced' : why.received === undefined ? REASONS[event.type] : 'notification-received';
  return { type: ended ?? 'notification-sent', notification: why.received ?? sent, text };
}

const REASONS: Partial<Record<Event['type'], CloseReasonType>> = {
  ManualStop: 'stopped',
  HoldTimerExpires: 'hold-timer',
  SendHoldTimerExpires: 'send-hold-timer',
  TcpConnectionFails: 'connection-lost',
  OpenCollisionDump: 'replaced',
};
