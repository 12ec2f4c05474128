/** What a PDU of the cache means in each phase (RFC 8210 §8). PDUs with data do not come here. */
import { printable } from '../printable.ts';
import { RtrError, rtrErrorName } from '../rtr/codes.ts';
import { encodePdu } from '../rtr/encode.ts';
import { type Pdu, RtrFault } from '../rtr/pdu.ts';
import { boundedIntervals } from './intervals.ts';
import type { Session, Step } from './session.ts';
import { failAndForget, fallBack, RESPONSE_SECONDS, sendQuery, sendReport, start, stay, stop } from './transitions.ts';

/** Wait before we follow a Serial Notify that came during a transfer. Then a cache that is updated all the time is not asked all the time. */
export const RENOTIFIED_SECONDS = 1;
/** Reset Queries without an End of Data on one connection. A cache that answers more of them with Cache Reset has no data for us. */
export const RESETS_MAX = 3;

export function answer(session: Session, pdu: Pdu): Step {
  if (pdu.type === 'error-report') return errorReported(session, pdu);
  if (!session.negotiated) {
    // RFC 8210 §7: its version may be any, because the cache does not know ours yet.
    if (pdu.type === 'serial-notify') return stay(session);
    // A cache that knows only lower versions may answer in one of them. Data of one version cannot be continued in another.
    if (pdu.version > session.version || (pdu.version < session.version && session.query === 'serial'))
      return unexpectedVersion(session, pdu);
    return answer({ ...session, negotiated: true, version: pdu.version }, pdu);
  }
  if (pdu.version !== session.version) return unexpectedVersion(session, pdu);
  switch (pdu.type) {
    case 'serial-notify':
      return notified(session, pdu);
    case 'cache-response':
      return responseBegins(session, pdu);
    case 'end-of-data':
      return endOfData(session, pdu);
    case 'cache-reset':
      if (session.resets >= RESETS_MAX) return failAndForget(session, `the cache answered ${RESETS_MAX} Reset Queries with Cache Reset`);
      return sendQuery({ ...session, identity: undefined }, 'reset');
    default:
      return wrong(session, RtrError.InvalidRequest, `${pdu.type} from a cache`, pdu);
  }
}

function notified(session: Session, { sessionId, serial }: Pdu & { type: 'serial-notify' }): Step {
  if (session.phase === 'querying' || session.phase === 'receiving') return stay({ ...session, notified: true });
  const { identity } = session;
  // Deviates from RFC 8210 §5.1, which wants the connection ended and all data flushed: like other routers we ask for everything, and use
  // the old data until the new are complete. Routes do not lose their state in between.
  if (identity?.sessionId !== sessionId) return sendQuery({ ...session, identity: undefined }, 'reset');
  return identity.serial === serial ? stay(session) : sendQuery(session, 'serial');
}

function responseBegins(session: Session, pdu: Pdu & { type: 'cache-response' }): Step {
  if (session.phase !== 'querying') return wrong(session, RtrError.CorruptData, 'Cache Response without a query', pdu);
  if (session.query === 'serial' && session.identity?.sessionId !== pdu.sessionId) {
    const reason = `Cache Response with session ID ${pdu.sessionId}, the query had ${session.identity?.sessionId}`;
    return wrong(session, RtrError.CorruptData, reason, pdu);
  }
  return [
    { ...session, phase: 'receiving', answer: pdu.sessionId },
    [start('response', RESPONSE_SECONDS), { do: 'begin', kind: session.query === 'reset' ? 'full' : 'delta' }],
  ];
}

function endOfData(session: Session, pdu: Pdu & { type: 'end-of-data' }): Step {
  if (session.phase !== 'receiving') return wrong(session, RtrError.CorruptData, 'End of Data without a Cache Response', pdu);
  if (pdu.sessionId !== session.answer) {
    return wrong(
      session,
      RtrError.CorruptData,
      `End of Data with session ID ${pdu.sessionId}, the Cache Response had ${session.answer}`,
      pdu,
    );
  }
  const { overrides } = session.config;
  const intervals = pdu.intervals === undefined ? session.config.intervals : boundedIntervals({ ...pdu.intervals, ...overrides });
  const { version, notified: again } = session;
  return [
    {
      ...session,
      phase: 'synced',
      intervals,
      identity: { version, sessionId: pdu.sessionId, serial: pdu.serial },
      notified: false,
      resets: 0,
      failures: 0,
    },
    [
      { do: 'commit' },
      stop('response'),
      start('refresh', again ? Math.min(RENOTIFIED_SECONDS, intervals.refresh) : intervals.refresh),
      start('expire', intervals.expire),
    ],
  ];
}

function errorReported(session: Session, { code, text }: Pdu & { type: 'error-report' }): Step {
  const reason = `the cache reports ${rtrErrorName(code)}${text === '' ? '' : `: ${printable(text)}`}`;
  // One version lower each time, whatever the version of the report: some caches send all of their Error Reports in version 0.
  const ofVersion = code === RtrError.UnsupportedVersion || code === RtrError.UnexpectedVersion;
  if (ofVersion && !session.negotiated && session.version > 0) return fallBack(session, reason);
  if (code === RtrError.NoDataAvailable && session.phase === 'querying') {
    // RFC 8210 §8.4: not fatal. The connection stays, and we ask again later.
    const seconds = session.intervals.retry;
    return [
      { ...session, phase: 'no-data', failures: session.failures + 1 },
      [stop('response'), start('retry', seconds), { do: 'report', reason }],
    ];
  }
  return failAndForget(session, reason);
}

function unexpectedVersion(session: Session, pdu: Pdu): Step {
  return wrong(
    session,
    RtrError.UnexpectedVersion,
    `${pdu.type} of version ${pdu.version} in a session of version ${session.version}`,
    pdu,
  );
}

function wrong(session: Session, code: number, reason: string, pdu: Pdu): Step {
  return sendReport(session, new RtrFault(code, reason, encodePdu(pdu)));
}
