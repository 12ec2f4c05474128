/** What the machine remembers between two events (RFC 4271 §8, §8.1.1). Each step gives a new value. */

/** The states of RFC 4271 §8.2.2, on the way to Established. */
export const STATES = ['Idle', 'Connect', 'Active', 'OpenSent', 'OpenConfirm', 'Established'] as const;
/** The states of RFC 4271 §8.2.2. */
export type State = (typeof STATES)[number];

/**
 * `idleHold` is the pause in Idle before the next automatic start. `stability` is not in the RFC: after that long in Established, oscillations
 * are forgotten.
 */
export const TIMERS = ['connectRetry', 'hold', 'keepalive', 'delayOpen', 'idleHold', 'sendHold', 'stability'] as const;
/** A timer that the machine starts and stops, and that its owner runs. */
export type Timer = (typeof TIMERS)[number];

/** Session attributes that do not change while the peer exists (RFC 4271 §8.1.1). */
export interface Config {
  /** ConnectRetryTime: longest attempt, and the pause after a failed one. RFC 4271 §10 suggests 120. @default 120 */
  readonly connectRetrySeconds: number;
  /** HoldTime of our OPEN: 0 or 3 to 65535. @default 90 */
  readonly holdTimeSeconds: number;
  /** KeepaliveTime; the negotiated hold time may lower it. @default a third of the negotiated hold time */
  readonly keepaliveSeconds: number | undefined;
  /** HoldTimer while the peer's OPEN is awaited. @default 240 */
  readonly largeHoldTimeSeconds: number;
  /** RFC 9687. @default the larger of 480 and twice the negotiated hold time */
  readonly sendHoldSeconds: number | undefined;
  /** DelayOpenTime; 0: DelayOpen is off. @default 0 */
  readonly delayOpenSeconds: number;
  /** AllowAutomaticStart: from Idle the IdleHoldTimer starts the peer again. @default true */
  readonly allowAutomaticStart: boolean;
  /** PassiveTcpEstablishment: an automatic start waits in Active and never connects. @default false */
  readonly passive: boolean;
  /** IdleHoldTime without damping. @default 1 */
  readonly idleHoldSeconds: number;
  /** DampPeerOscillations: after protocol errors IdleHoldTime doubles from `min` to `max`. @default off */
  readonly damping: { readonly minSeconds: number; readonly maxSeconds: number } | undefined;
  /** SendNOTIFICATIONwithoutOPEN. @default true */
  readonly sendNotificationWithoutOpen: boolean;
}

/** The configuration of `newSession` without an argument. */
export const DEFAULT_CONFIG: Config = {
  connectRetrySeconds: 120,
  holdTimeSeconds: 90,
  keepaliveSeconds: undefined,
  largeHoldTimeSeconds: 240,
  sendHoldSeconds: undefined,
  delayOpenSeconds: 0,
  allowAutomaticStart: true,
  passive: false,
  idleHoldSeconds: 1,
  damping: undefined,
  sendNotificationWithoutOpen: true,
};

/** All that the machine remembers. Immutable: `step` gives the next one. */
export interface Session {
  readonly config: Config;
  readonly state: State;
  /** Whether there is a transport connection: none, being opened by us, or usable. */
  readonly connection: 'none' | 'opening' | 'open';
  /** ConnectRetryCounter. */
  readonly connectRetryCounter: number;
  /** Protocol errors in a row, for damping. */
  readonly oscillations: number;
  /** Negotiated; meaningful from OpenConfirm on. 0: neither hold nor keepalive timer. */
  readonly holdTimeSeconds: number;
  readonly keepaliveSeconds: number;
  readonly sendHoldSeconds: number;
  /** Timers that run after the last step. */
  readonly running: ReadonlySet<Timer>;
}

/** A session in Idle, before its first event. */
export function newSession(config: Partial<Config> = {}): Session {
  return {
    config: { ...DEFAULT_CONFIG, ...config },
    state: 'Idle',
    connection: 'none',
    connectRetryCounter: 0,
    oscillations: 0,
    holdTimeSeconds: 0,
    keepaliveSeconds: 0,
    sendHoldSeconds: 0,
    running: new Set(),
  };
}
