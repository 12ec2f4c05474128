/** What the owner of the socket carries out after a step, in order. None of it can fail from the machine's point of view: failures are events. */
import type { NotificationMessage } from '@tsbgp/wire';
import type { Timer } from './session.ts';

export type Action =
  /** Starts or restarts; seconds are without jitter (RFC 4271 §10 leaves that to whoever keeps time). */
  | { readonly do: 'startTimer'; readonly timer: Timer; readonly seconds: number }
  | { readonly do: 'stopTimer'; readonly timer: Timer }
  /** Opens a transport connection. The answer is TcpCrAcked or TcpConnectionFails. */
  | { readonly do: 'connect' }
  | { readonly do: 'sendOpen' }
  | { readonly do: 'sendKeepalive' }
  | { readonly do: 'sendNotification'; readonly notification: NotificationMessage }
  /** Closes the connection, or gives up the attempt, after what was sent before has left. */
  | { readonly do: 'dropConnection' }
  /** The session is up: routes may be exchanged. */
  | { readonly do: 'sessionUp' }
  /** The session is over: the peer's routes go. Exactly once for each sessionUp. */
  | { readonly do: 'sessionDown' };
