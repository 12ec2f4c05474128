/** Steps that several events share. */
import { PduType, type RtrVersion } from '../rtr/codes.ts';
import { errorReport } from '../rtr/encode.ts';
import type { RtrFault } from '../rtr/pdu.ts';
import type { Action, Session, Step, Timer } from './session.ts';

/** Longest silence while we wait for the cache: to connect, to answer, to go on with its answer. No RFC says; others wait as long. */
export const RESPONSE_SECONDS = 60;
/** Wait after the first failed attempt. It doubles with each further one, up to the retry interval. */
export const FIRST_RETRY_SECONDS = 5;

export function stay(session: Session, ...actions: Action[]): Step {
  return [session, actions];
}

export function start(timer: Timer, seconds: number): Action {
  return { do: 'startTimer', timer, seconds };
}

export function stop(timer: Timer): Action {
  return { do: 'stopTimer', timer };
}

/** Opens a connection. Data of another version than the one that we will offer cannot be brought up to date. */
export function connect(session: Session): Step {
  const version = session.identity?.version ?? session.version;
  return [
    { ...session, phase: 'connecting', version, negotiated: false, notified: false, resets: 0 },
    [stop('retry'), start('response', RESPONSE_SECONDS), { do: 'connect' }],
  ];
}

export function sendQuery(session: Session, query: 'reset' | 'serial'): Step {
  const { version, identity } = session;
  const serial = query === 'serial' && identity !== undefined;
  return [
    {
      ...session,
      phase: 'querying',
      query: serial ? 'serial' : 'reset',
      notified: false,
      resets: serial ? session.resets : session.resets + 1,
    },
    [
      ...abortOf(session),
      stop('refresh'),
      stop('retry'),
      start('response', RESPONSE_SECONDS),
      {
        do: 'send',
        pdu: serial
          ? { version, type: 'serial-query', sessionId: identity.sessionId, serial: identity.serial }
          : { version, type: 'reset-query' },
      },
    ],
  ];
}

/** Ends the connection, and tries again later. */
export function fail(session: Session, reason: string): Step {
  const seconds = Math.min(session.intervals.retry, FIRST_RETRY_SECONDS * 2 ** Math.min(session.failures, 16));
  return [
    { ...session, phase: 'waiting', failures: session.failures + 1, version: session.config.versionMax },
    [...abortOf(session), { do: 'disconnect' }, stop('refresh'), stop('response'), start('retry', seconds), { do: 'report', reason }],
  ];
}

/** As `fail`, when what the cache sent cannot be trusted: the next query asks for everything. */
export function failAndForget(session: Session, reason: string): Step {
  return fail({ ...session, identity: undefined }, reason);
}

/** Tells the cache what is wrong, and ends the connection. An Error Report is never answered with another (RFC 8210 §5.10). */
export function sendReport(session: Session, fault: RtrFault): Step {
  const [after, actions] = failAndForget(session, `the cache sent ${fault.reason}`);
  if (fault.pdu[1] === PduType.ErrorReport) return [after, actions];
  return [after, [{ do: 'send', pdu: errorReport(session.version, fault) }, ...actions]];
}

/** Connects again at once, with the next lower version (RFC 8210 §7). The caller knows that there is one. */
export function fallBack(session: Session, reason: string): Step {
  const version = (session.version - 1) as RtrVersion;
  const [after, actions] = connect({ ...session, identity: undefined, version });
  return [after, [...abortOf(session), { do: 'disconnect' }, { do: 'report', reason: `${reason}; trying version ${version}` }, ...actions]];
}

/** The transfer that is under way, if any, is void. */
export function abortOf({ phase }: Session): readonly Action[] {
  return phase === 'receiving' ? [{ do: 'abort' }] : [];
}
