/** Properties of the state machine: any events in any order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scaled } from '../../../../test/scale.ts';
import { type Pdu, RtrFault, type RtrVersion } from '../index.ts';
import { type Action, type Event, isConnected, newSession, type Session, TIMERS } from './session.ts';
import { step } from './step.ts';

const version = fc.constantFrom<RtrVersion>(0, 1, 2);
const sessionId = fc.nat(1);
const serial = fc.nat(2);

const pdu: fc.Arbitrary<Pdu> = fc.oneof(
  fc.record({ type: fc.constant('serial-notify' as const), version, sessionId, serial }),
  fc.record({ type: fc.constant('cache-response' as const), version, sessionId }),
  fc.record({ type: fc.constant('end-of-data' as const), version, sessionId, serial }),
  fc.record({ type: fc.constant('cache-reset' as const), version }),
  fc.record({ type: fc.constant('reset-query' as const), version }),
  fc.record({
    type: fc.constant('error-report' as const),
    version,
    code: fc.nat(10),
    pdu: fc.constant(new Uint8Array(0)),
    text: fc.constant(''),
  }),
);

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Event>({ type: 'Start' }, { type: 'Stop' }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Event>({ type: 'Connected' }, { type: 'Progress' }, { type: 'Closed', reason: 'x', opened: true }),
  },
  { weight: 1, arbitrary: fc.constant<Event>({ type: 'Fault', fault: new RtrFault(0, 'x', new Uint8Array(8)) }) },
  { weight: 2, arbitrary: fc.constantFrom(...TIMERS).map((timer): Event => ({ type: 'TimerExpires', timer })) },
  { weight: 12, arbitrary: pdu.map((each): Event => ({ type: 'Pdu', pdu: each })) },
);

test('whatever happens: transfers are begun and ended in turn, something is always awaited, and only an open connection is written to', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 30, maxLength: 60, size: 'max' }), (events) => {
      let session = newSession();
      let open = false;
      const link: { state: 'none' | 'opening' | 'open' } = { state: 'none' };
      const running = new Set<string>();
      const carryOut = (action: Action): void => {
        switch (action.do) {
          case 'begin':
            assert.ok(!open, 'begin in a transfer');
            open = true;
            break;
          case 'commit':
          case 'abort':
            assert.ok(open, `${action.do} without begin`);
            open = false;
            break;
          case 'connect':
            assert.equal(link.state, 'none');
            link.state = 'opening';
            break;
          case 'disconnect':
            link.state = 'none';
            break;
          case 'send':
            assert.equal(link.state, 'open');
            break;
          case 'startTimer':
            assert.ok(action.seconds > 0);
            running.add(action.timer);
            break;
          case 'stopTimer':
            running.delete(action.timer);
            break;
          default:
        }
      };
      for (const [index, random] of events.entries()) {
        const each = index % 5 === 0 ? random : likely(session, random);
        // What cannot happen: an event of a connection that is not there, a timer that does not run.
        if (each.type === 'Connected' && link.state !== 'opening') continue;
        if (each.type === 'Closed' && link.state === 'none') continue;
        if ((each.type === 'Pdu' || each.type === 'Fault' || each.type === 'Progress') && link.state !== 'open') continue;
        if (each.type === 'TimerExpires' && !running.delete(each.timer)) continue;
        if (each.type === 'Connected') link.state = 'open';
        if (each.type === 'Closed') link.state = 'none';
        const [after, actions] = step(session, each);
        session = after;
        for (const action of actions) carryOut(action);
        assert.equal(open, session.phase === 'receiving', session.phase);
        assert.equal(link.state === 'open', isConnected(session), session.phase);
        if (session.phase !== 'idle') assert.ok(running.has('response') || running.has('refresh') || running.has('retry'), session.phase);
        if (session.identity !== undefined) assert.ok(running.has('expire'));
      }
    }),
    { numRuns: scaled(20_000) },
  );
});

/** Random events alone seldom get as far as a transfer: four of five are made ones that lead on. */
function likely(session: Session, random: Event): Event {
  if (session.phase === 'idle') return { type: 'Start' };
  if (session.phase === 'connecting') return { type: 'Connected' };
  if (session.phase === 'waiting') return { type: 'TimerExpires', timer: 'retry' };
  if (random.type !== 'Pdu') return random;
  const { version, phase, answer } = session;
  if (phase === 'querying' && random.pdu.type !== 'cache-reset') {
    return { type: 'Pdu', pdu: { version, type: 'cache-response', sessionId: session.identity?.sessionId ?? 0 } };
  }
  if (random.pdu.type === 'end-of-data') return { type: 'Pdu', pdu: { ...random.pdu, version, sessionId: answer } };
  return { type: 'Pdu', pdu: { ...random.pdu, version } };
}
