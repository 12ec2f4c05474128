/** The reason of a `down` event, in ExaBGP's words. */
import type { ApiVersion } from './api-version.ts';

/** Why a session ended: what @tsbgp/session says fits. */
export interface SessionEnd {
  readonly type:
    | 'notification-received'
    | 'notification-sent'
    | 'hold-timer'
    | 'send-hold-timer'
    | 'stopped'
    | 'replaced'
    | 'connection-lost';
  readonly notification?: { readonly code: number; readonly subcode: number } | undefined;
  readonly text: string;
}

export function downReason(end: SessionEnd, version: ApiVersion): string {
  const text = reasonText(end);
  return version === 4 ? `peer reset, message [${text}] error [${end.text}]` : text;
}

function reasonText({ type, notification }: SessionEnd): string {
  const code = notification === undefined ? '' : `(${notification.code},${notification.subcode})`;
  switch (type) {
    case 'notification-received':
      return `notification received ${code}`;
    case 'notification-sent':
    case 'hold-timer':
    case 'send-hold-timer':
      return notification === undefined ? 'closing connection' : `notification sent ${code}`;
    case 'stopped':
      return 'stop, message [shutting down]';
    case 'replaced':
      return 'closing outgoing connection as we have another incoming on with higher router-id';
    case 'connection-lost':
      return 'closing connection';
  }
}
