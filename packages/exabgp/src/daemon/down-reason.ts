/** The reason of a `down` event, in ExaBGP's words. */
import type { ApiVersion } from '@tsbgp/process-api';
import type { CloseReason } from '@tsbgp/session';

export function downReason(reason: CloseReason, removed: boolean, version: ApiVersion): string {
  const text = reasonText(reason, removed);
  return version === 4 ? `peer reset, message [${text}] error [${reason.text}]` : text;
}

function reasonText({ type, notification }: CloseReason, removed: boolean): string {
  const code = notification === undefined ? '' : `(${notification.code},${notification.subcode})`;
  if (removed) return 'stop, message [removed]';
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
