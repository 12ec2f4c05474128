/** The state of a session with one cache, the events that change it, and what its owner has to do. */
import { RTR_VERSION_MAX, type RtrVersion } from '../rtr/codes.ts';
import type { Pdu, RtrFault, RtrIntervals } from '../rtr/pdu.ts';
import { boundedIntervals, INTERVALS_DEFAULT } from './intervals.ts';

/**
 *     idle        not started, or stopped
 *     connecting  the transport opens
 *     querying    a query is sent, its answer has not begun
 *     receiving   between Cache Response and End of Data
 *     synced      we have all that the cache has told us
 *     no-data     the cache is there, but has nothing to give yet
 *     waiting     no connection, until the retry timer ends
 */
export type Phase = 'idle' | 'connecting' | 'querying' | 'receiving' | 'synced' | 'no-data' | 'waiting';

/** What the data that we hold is called, for Serial Queries. */
export interface DataIdentity {
  readonly version: RtrVersion;
  readonly sessionId: number;
  readonly serial: number;
}

/** What an operator may say about a session. */
export interface SessionConfig {
  /** Highest version that we offer. @default 2 */
  readonly versionMax: RtrVersion;
  /** Until the cache names its own. @default 3600, 600 and 7200 seconds (RFC 8210 §6) */
  readonly intervals: RtrIntervals;
  /** Intervals that hold whatever the cache names, in seconds. @default none */
  readonly overrides?: Partial<RtrIntervals> | undefined;
}

/** A session with one cache, as a value. */
export interface Session {
  readonly config: SessionConfig;
  readonly phase: Phase;
  /** Of the next query, or of this connection once it is negotiated. */
  readonly version: RtrVersion;
  /** The cache has answered on this connection: its version is settled. */
  readonly negotiated: boolean;
  /** Of the query that is being answered. */
  readonly query: 'reset' | 'serial';
  /** Undefined: we must ask for everything. The data may still be there and in use. */
  readonly identity: DataIdentity | undefined;
  /** Session ID of the Cache Response that is being received. */
  readonly answer: number;
  /** A Serial Notify came while we could not follow it. */
  readonly notified: boolean;
  /** Reset Queries since the last End of Data, on this connection. */
  readonly resets: number;
  /** Attempts in a row that brought no data. */
  readonly failures: number;
  readonly intervals: RtrIntervals;
}

/** Names of the timers. */
export const TIMERS = ['refresh', 'retry', 'expire', 'response'] as const;
/** `response` bounds the time in which the cache must open the connection, answer, and go on with its answer. */
export type Timer = (typeof TIMERS)[number];

/** What can happen to a session. */
export type Event =
  | { readonly type: 'Start' }
  | { readonly type: 'Stop' }
  | { readonly type: 'Connected' }
  /** The connection ended, or could not be opened. `opened` is false when it has not reached the cache. */
  | { readonly type: 'Closed'; readonly reason: string; readonly opened: boolean }
  /** Any PDU but those with data: prefixes, router keys, ASPAs. */
  | { readonly type: 'Pdu'; readonly pdu: Pdu }
  /** Octets or data of the cache are wrong. */
  | { readonly type: 'Fault'; readonly fault: RtrFault }
  /** Octets came. */
  | { readonly type: 'Progress' }
  | { readonly type: 'TimerExpires'; readonly timer: Timer };

/** Carried out in order. None fails: a failure is another event. */
export type Action =
  | { readonly do: 'connect' }
  | { readonly do: 'send'; readonly pdu: Pdu }
  /** Closes the connection when what was sent has left, or gives up the attempt. */
  | { readonly do: 'disconnect' }
  /** Starts or restarts. */
  | { readonly do: 'startTimer'; readonly timer: Timer; readonly seconds: number }
  | { readonly do: 'stopTimer'; readonly timer: Timer }
  /** Data follow: all (`full`) or changes (`delta`). */
  | { readonly do: 'begin'; readonly kind: 'full' | 'delta' }
  /** The data that came since `begin` are complete. */
  | { readonly do: 'commit' }
  /** The data that came since `begin` are void. */
  | { readonly do: 'abort' }
  /** The data of this cache may not be used any longer. */
  | { readonly do: 'dropData' }
  /** For logs and status: what went wrong. */
  | { readonly do: 'report'; readonly reason: string };

/** The session after an event, and what its owner has to do, in order. */
export type Step = readonly [Session, readonly Action[]];

/** A session that is not started. Intervals are kept within the bounds of RFC 8210 §6. */
export function newSession(config: Partial<SessionConfig> = {}): Session {
  const versionMax = config.versionMax ?? RTR_VERSION_MAX;
  const { overrides } = config;
  const intervals = boundedIntervals({ ...(config.intervals ?? INTERVALS_DEFAULT), ...overrides });
  return {
    config: { versionMax, intervals, overrides },
    phase: 'idle',
    version: versionMax,
    negotiated: false,
    query: 'reset',
    identity: undefined,
    answer: 0,
    notified: false,
    resets: 0,
    failures: 0,
    intervals,
  };
}

/** Whether data PDUs of this version are expected now. */
export function expectsData(session: Session, version: number): boolean {
  return session.phase === 'receiving' && session.version === version;
}

/** Whether a connection is open. */
export function isConnected({ phase }: Session): boolean {
  return phase === 'querying' || phase === 'receiving' || phase === 'synced' || phase === 'no-data';
}
