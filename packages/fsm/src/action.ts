/** What the owner of the machine carries out after a step, in order. For the machine no action fails: a failure is another event. */
import type { NotificationMessage } from '@tsbgp/wire';
import type { Timer } from './session.ts';

export type Action =
  /** Starts or restarts; seconds are without jitter, which the owner adds (RFC 4271 §10). */
  | { readonly do: 'startTimer'; readonly timer: Timer; readonly seconds: number }
  | { readonly do: 'stopTimer'; readonly timer: Timer }
  /** Opens a transport connection. The answer is TcpCrAcked or TcpConnectionFails. */
  | { readonly do: 'connect' }
  | { readonly do: 'sendOpen' }
  | { readonly do: 'sendKeepalive' }
  | { readonly do: 'sendNotification'; readonly notification: NotificationMessage }
  /** Closes the connection after what was sent has left, or gives up the attempt. */
  | { readonly do: 'dropConnection' }
  /** The session is up: routes may be exchanged. */
  | { readonly do: 'sessionUp' }
  /** The session is over: the peer's routes are removed. Comes exactly once for each sessionUp. */
  | { readonly do: 'sessionDown' };
