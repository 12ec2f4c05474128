/**
 * The router's side of the RPKI-to-router protocol (RFC 8210 §8, RFC 6810 §6, 8210bis §8) as a pure function: (session, event) -> (session,
 * actions). It cannot fail, does not wait and has no clock.
 *
 *     idle -> connecting -> querying -> receiving -> synced -> querying -> …
 *
 * From any phase a failure leads to `waiting`, and from there to `connecting`. The data stay in use until they expire.
 */
import { RtrError } from '../rtr/codes.ts';
import { errorReport } from '../rtr/encode.ts';
import type { RtrFault } from '../rtr/pdu.ts';
import { answer } from './answer.ts';
import type { Event, Session, Step } from './session.ts';
import { isConnected } from './session.ts';
import { connect, fail, fallBack, RESPONSE_SECONDS, sendQuery, sendReport, start, stay, stop } from './transitions.ts';

/** The session after an event, and the actions that its owner must carry out, in order. Pure. */
export function step(session: Session, event: Event): Step {
  switch (event.type) {
    case 'Start':
      return session.phase === 'idle' ? connect(session) : stay(session);
    case 'Stop':
      return toIdle(session);
    case 'Connected':
      return session.phase === 'connecting' ? sendQuery(session, session.identity === undefined ? 'reset' : 'serial') : stay(session);
    case 'Closed':
      return closed(session, event);
    case 'Fault':
      return isConnected(session) ? faulty(session, event.fault) : stay(session);
    case 'Progress':
      return session.phase === 'querying' || session.phase === 'receiving'
        ? stay(session, start('response', RESPONSE_SECONDS))
        : stay(session);
    case 'Pdu':
      return isConnected(session) ? answer(session, event.pdu) : stay(session);
    case 'TimerExpires':
      return timerExpires(session, event.timer);
    default:
      return unreachable(event);
  }
}

/** What the cache sent is wrong. If we do not know its version of the protocol, a lower one may be better. */
function faulty(session: Session, fault: RtrFault): Step {
  if (fault.code !== RtrError.UnsupportedVersion || session.version === 0) return sendReport(session, fault);
  const [after, actions] = fallBack(session, `the cache sent ${fault.reason}`);
  return [after, [{ do: 'send', pdu: errorReport(session.version, fault) }, ...actions]];
}

function timerExpires(session: Session, timer: (Event & { type: 'TimerExpires' })['timer']): Step {
  switch (timer) {
    case 'refresh':
      return session.phase === 'synced' ? sendQuery(session, 'serial') : stay(session);
    case 'retry':
      if (session.phase === 'waiting') return connect(session);
      return session.phase === 'no-data' ? sendQuery(session, session.identity === undefined ? 'reset' : 'serial') : stay(session);
    case 'expire':
      return expired(session);
    case 'response':
      if (session.phase === 'connecting') return fail(session, `no connection within ${RESPONSE_SECONDS} s`);
      if (session.phase === 'querying' || session.phase === 'receiving') return fail(session, `no answer within ${RESPONSE_SECONDS} s`);
      return stay(session);
    default:
      return unreachable(timer);
  }
}

/** RFC 8210 §6: the data must not be used any longer, whether the cache is there or not. What comes next must be everything. */
function expired(session: Session): Step {
  const forgotten: Session = { ...session, identity: undefined };
  const reason = `no complete answer for ${session.intervals.expire} s: its data have expired`;
  const asks = session.phase === 'synced' || session.phase === 'querying' || session.phase === 'receiving';
  const [after, actions] = asks ? sendQuery(forgotten, 'reset') : stay(forgotten);
  return [after, [...actions, { do: 'dropData' }, { do: 'report', reason }]];
}

function closed(session: Session, { reason, opened }: Event & { type: 'Closed' }): Step {
  if (session.phase === 'idle' || session.phase === 'waiting') return stay(session);
  // RFC 8210 §7: a cache that does not know our version may just close the connection.
  const silent = opened && session.phase === 'querying' && !session.negotiated;
  if (silent && session.version > 0) return fallBack(session, `closed without an answer: ${reason}`);
  return fail(session, reason);
}

function toIdle(session: Session): Step {
  if (session.phase === 'idle') return stay(session);
  return [
    { ...session, phase: 'idle', identity: undefined, version: session.config.versionMax, failures: 0 },
    [
      ...(session.phase === 'receiving' ? [{ do: 'abort' } as const] : []),
      { do: 'disconnect' },
      stop('refresh'),
      stop('retry'),
      stop('expire'),
      stop('response'),
      { do: 'dropData' },
    ],
  ];
}

function unreachable(value: never): never {
  throw new Error(`no such event: ${JSON.stringify(value)}`);
}
