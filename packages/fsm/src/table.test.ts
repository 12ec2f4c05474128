/**
 * RFC 4271 §8.2.2 as a table: every event in every state. A cell has the next state and the NOTIFICATION:
 *
 *     =            the same state
 *     Active       Active, without a NOTIFICATION
 *     Idle 6/2     Idle, after this NOTIFICATION
 *     +  0         the ConnectRetryCounter goes up, or is set to zero; without either it stays
 *
 * Without DelayOpen and damping. The second table is with DelayOpen.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENTS, run, sessionIn } from '../test/support.ts';
import type { EventType } from './event.ts';
import { type Config, type Session, STATES, type State } from './session.ts';
import { step } from './step.ts';

const TABLE = `
event                             | Idle      | Connect     | Active      | OpenSent    | OpenConfirm | Established
ManualStart                       | Connect 0 | =           | =           | =           | =           | =
ManualStop                        | = 0       | Idle 0      | Idle 0      | Idle 6/2 0  | Idle 6/2 0  | Idle 6/2 0
AutomaticStart                    | Connect 0 | =           | =           | =           | =           | =
ManualStartWithPassive            | Active 0  | =           | =           | =           | =           | =
AutomaticStartWithPassive         | Active 0  | =           | =           | =           | =           | =
AutomaticStartWithDamp            | =         | =           | =           | =           | =           | =
AutomaticStartWithDampAndPassive  | =         | =           | =           | =           | =           | =
AutomaticStop                     | =         | Idle +      | Idle +      | Idle 6/4 +  | Idle 6/4 +  | Idle 6/4 +
ConnectRetryTimerExpires          | =         | =           | Connect     | Idle 5/0 +  | Idle 5/0 +  | Idle 5/0 +
HoldTimerExpires                  | =         | Idle +      | Idle +      | Idle 4/0 +  | Idle 4/0 +  | Idle 4/0 +
KeepaliveTimerExpires             | =         | Idle +      | Idle +      | Idle 5/0 +  | =           | =
DelayOpenTimerExpires             | =         | =           | =           | Idle 5/0 +  | Idle 5/0 +  | Idle 5/0 +
IdleHoldTimerExpires              | Connect   | Idle +      | Idle +      | Idle 5/0 +  | Idle 5/0 +  | Idle 5/0 +
TcpConnectionValid                | =         | =           | =           | =           | =           | =
TcpCrInvalid                      | =         | =           | =           | =           | =           | =
TcpCrAcked                        | =         | OpenSent    | OpenSent    | =           | =           | =
TcpConnectionConfirmed            | =         | OpenSent    | OpenSent    | =           | =           | =
TcpConnectionFails                | =         | Idle        | Idle +      | Active      | Idle +      | Idle +
BgpOpen                           | =         | Idle +      | Idle +      | OpenConfirm | Idle 5/2 +  | Idle 5/3 +
BgpHeaderErr                      | =         | Idle +      | Idle +      | Idle 1/2 +  | Idle 1/2 +  | Idle 1/2 +
BgpOpenMsgErr                     | =         | Idle +      | Idle +      | Idle 2/2 +  | Idle 2/2 +  | Idle 5/3 +
OpenCollisionDump                 | =         | Idle +      | Idle +      | Idle 6/7 +  | Idle 6/7 +  | Idle 6/7 +
NotifMsgVerErr                    | =         | Idle +      | Idle +      | Idle        | Idle        | Idle +
NotifMsg                          | =         | Idle +      | Idle +      | Idle +      | Idle +      | Idle +
KeepAliveMsg                      | =         | Idle +      | Idle +      | Idle 5/1 +  | Established | =
UpdateMsg                         | =         | Idle +      | Idle +      | Idle 5/1 +  | Idle 5/2 +  | =
UpdateMsgErr                      | =         | Idle +      | Idle +      | Idle 5/1 +  | Idle 5/2 +  | Idle 3/1 +
SendHoldTimerExpires              | =         | Idle +      | Idle +      | Idle 8/0 +  | Idle 8/0 +  | Idle 8/0 +
RouteRefreshMsg                   | =         | Idle +      | Idle +      | Idle 5/1 +  | Idle 5/2 +  | =
RouteRefreshMsgErr                | =         | Idle +      | Idle +      | Idle 5/1 +  | Idle 5/2 +  | Idle 7/1 +
StabilityTimerExpires             | =         | Idle +      | Idle +      | Idle 5/0 +  | Idle 5/0 +  | =
`;

/** Connect and Active with an open connection and DelayOpen: our OPEN waits. */
const DELAY_OPEN_TABLE = `
event                             | Connect     | Active
ManualStart                       | =           | =
ManualStop                        | Idle 0      | Idle 6/2 0
AutomaticStop                     | Idle +      | Idle +
ConnectRetryTimerExpires          | =           | Connect
HoldTimerExpires                  | Idle +      | Idle +
DelayOpenTimerExpires             | OpenSent    | OpenSent
TcpConnectionValid                | =           | =
TcpCrInvalid                      | =           | =
TcpCrAcked                        | =           | =
TcpConnectionConfirmed            | =           | =
TcpConnectionFails                | Active      | Idle +
BgpOpen                           | OpenConfirm | OpenConfirm
BgpHeaderErr                      | Idle 1/2 +  | Idle 1/2 +
BgpOpenMsgErr                     | Idle 2/2 +  | Idle 2/2 +
NotifMsgVerErr                    | Idle        | Idle
NotifMsg                          | Idle +      | Idle +
KeepAliveMsg                      | Idle +      | Idle +
UpdateMsg                         | Idle +      | Idle +
`;

const COUNTER = 3;

function cells(table: string): { event: EventType; state: State; expected: string }[] {
  const [head = '', ...rows] = table.trim().split('\n');
  const states = head
    .split('|')
    .slice(1)
    .map((cell) => cell.trim() as State);
  return rows.flatMap((row) => {
    const [event = '', ...rest] = row.split('|').map((cell) => cell.trim());
    return rest.map((expected, index) => ({ event: event as EventType, state: states[index]!, expected }));
  });
}

function outcome(session: Session, event: EventType): string {
  const [next, actions] = step({ ...session, connectRetryCounter: COUNTER }, EVENTS[event]);
  const sent = actions.flatMap((action) => (action.do === 'sendNotification' ? [action.notification] : []));
  assert.ok(sent.length <= 1, 'one NOTIFICATION at most');
  const words = [next.state === session.state ? '=' : next.state];
  if (sent[0] !== undefined) words.push(`${sent[0].code}/${sent[0].subcode}`);
  if (next.connectRetryCounter === 0) words.push('0');
  else if (next.connectRetryCounter === COUNTER + 1) words.push('+');
  else assert.equal(next.connectRetryCounter, COUNTER);
  return words.join(' ');
}

test('the table has a cell for every event in every state', () => {
  assert.equal(cells(TABLE).length, Object.keys(EVENTS).length * STATES.length);
  assert.deepEqual(new Set(cells(TABLE).map((cell) => cell.event)), new Set(Object.keys(EVENTS)));
});

for (const { event, state, expected } of cells(TABLE)) {
  test(`RFC 4271 §8.2.2: ${event} in ${state}: ${expected}`, () => assert.equal(outcome(sessionIn(state), event), expected));
}

const DELAY_OPEN: Partial<Config> = { delayOpenSeconds: 10 };

for (const { event, state, expected } of cells(DELAY_OPEN_TABLE)) {
  test(`RFC 4271 §8.2.2, DelayOpen running: ${event} in ${state}: ${expected}`, () => {
    const { session } = run(sessionIn(state, DELAY_OPEN), ['TcpConnectionConfirmed']);
    assert.equal(session.state, state);
    assert.ok(session.running.has('delayOpen'));
    assert.equal(outcome(session, event), expected);
  });
}

for (const event of ['BgpHeaderErr', 'BgpOpenMsgErr'] as const) {
  for (const state of ['Connect', 'Active'] as const) {
    test(`RFC 4271 §8.1.1: without SendNOTIFICATIONwithoutOPEN ${event} in ${state} is not answered`, () => {
      const { session } = run(sessionIn(state, { ...DELAY_OPEN, sendNotificationWithoutOpen: false }), ['TcpConnectionConfirmed']);
      assert.equal(outcome(session, event), 'Idle +');
    });
  }
}
