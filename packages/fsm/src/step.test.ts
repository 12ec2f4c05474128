import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENTS, formatAction, run, sessionIn } from '../test/support.ts';
import { newSession } from './session.ts';
import { step } from './step.ts';

function acts(...args: Parameters<typeof run>): string[] {
  return run(...args).actions.map(formatAction);
}

test('RFC 4271 §4.2: the hold time is the smaller of both, the keepalive interval a third of it', () => {
  for (const [ours, theirs, hold, keepalive] of [
    [90, 30, 30, 10],
    [30, 90, 30, 10],
    [90, 3, 3, 1],
    [90, 0, 0, 0],
    [0, 90, 0, 0],
    [65_535, 65_535, 65_535, 21_845],
  ] as const) {
    const [session] = step(sessionIn('OpenSent', { holdTimeSeconds: ours }), { type: 'BgpOpen', holdTimeSeconds: theirs });
    assert.deepEqual([session.holdTimeSeconds, session.keepaliveSeconds], [hold, keepalive], `${ours} and ${theirs}`);
  }
});

test('a configured keepalive interval may be shorter than a third of the hold time, not longer', () => {
  const keepalive = (seconds: number) => run(sessionIn('OpenSent', { keepaliveSeconds: seconds }), ['BgpOpen']).session.keepaliveSeconds;
  assert.equal(keepalive(4), 4);
  assert.equal(keepalive(60), 10);
});

test('RFC 4271 §8.2.2: with a hold time of 0 neither hold nor keepalive timer runs, and RFC 9687 stays quiet too', () => {
  const { session } = run(sessionIn('OpenSent', { holdTimeSeconds: 0 }), ['BgpOpen', 'KeepAliveMsg', 'UpdateMsg', 'KeepAliveMsg']);
  assert.equal(session.state, 'Established');
  assert.deepEqual([...session.running], []);
});

test('RFC 6608: the data of an unexpected message is its type', () => {
  const [, actions] = step(sessionIn('OpenConfirm'), EVENTS.UpdateMsg);
  const sent = actions.find((action) => action.do === 'sendNotification');
  assert.deepEqual([...(sent?.notification.data ?? [])], [2]);
});

test('RFC 9687: the send hold time is 8 minutes or twice the hold time', () => {
  assert.equal(sessionIn('OpenConfirm').sendHoldSeconds, 480);
  const [session] = step(sessionIn('OpenSent', { holdTimeSeconds: 600 }), { type: 'BgpOpen', holdTimeSeconds: 600 });
  assert.equal(session.sendHoldSeconds, 1200);
});

test('RFC 4271 §8.1.1: damping doubles the idle hold time after each protocol error, to a bound', () => {
  let session = newSession({ damping: { minSeconds: 5, maxSeconds: 30 } });
  const waits: number[] = [];
  for (let i = 0; i < 5; i++) {
    const steps = run(session, [i === 0 ? 'ManualStart' : 'IdleHoldTimerExpires', 'TcpCrAcked', 'BgpOpenMsgErr']);
    session = steps.session;
    for (const action of steps.actions) if (action.do === 'startTimer' && action.timer === 'idleHold') waits.push(action.seconds);
  }
  assert.deepEqual(waits, [5, 10, 20, 30, 30]);
});

test('damping: Cease, sent or received, and a lost connection are no oscillation', () => {
  for (const event of [EVENTS.AutomaticStop, { type: 'NotifMsg', code: 6 } as const, EVENTS.TcpConnectionFails]) {
    const [session] = step(sessionIn('Established', { damping: { minSeconds: 5, maxSeconds: 30 } }), event);
    assert.equal(session.oscillations, 0, event.type);
  }
});

test('damping: a session that stays up resets it', () => {
  const session = { ...sessionIn('Established', { damping: { minSeconds: 5, maxSeconds: 30 } }), oscillations: 4 };
  assert.ok(session.running.has('stability'));
  assert.equal(run(session, ['StabilityTimerExpires']).session.oscillations, 0);
});

test('events 6 and 7 start only with damping, and leave the counter alone', () => {
  const idle = { ...newSession({ damping: { minSeconds: 5, maxSeconds: 30 } }), connectRetryCounter: 7 };
  const active = run(idle, ['AutomaticStartWithDampAndPassive']).session;
  assert.deepEqual([active.state, active.connectRetryCounter], ['Active', 7]);
  assert.equal(run(idle, ['AutomaticStartWithDamp']).session.state, 'Connect');
});

test('PassiveTcpEstablishment: never connects, whatever starts it, also after a connection was lost', () => {
  for (const event of ['ManualStart', 'AutomaticStart', 'IdleHoldTimerExpires'] as const) {
    const { session, actions } = run(newSession({ passive: true }), [event, 'TcpConnectionConfirmed', 'TcpConnectionFails']);
    assert.equal(session.state, 'Active');
    assert.deepEqual([...session.running], []);
    assert.ok(!actions.some((action) => action.do === 'connect'));
  }
});

test('AllowAutomaticStart: without it Idle stays Idle', () => {
  const { session } = run(sessionIn('Established', { allowAutomaticStart: false }), ['HoldTimerExpires']);
  assert.deepEqual([session.state, [...session.running]], ['Idle', []]);
});

test('ManualStop in Idle calls off the start that was to come', () => {
  const { session } = run(sessionIn('Established'), ['NotifMsg', 'ManualStop']);
  assert.deepEqual([...session.running], []);
});

test('scenario: we connect, exchange, the peer falls silent, and we try again', () => {
  assert.deepEqual(acts(newSession({ connectRetrySeconds: 5 }), ['ManualStart']), ['start connectRetry 5', 'connect']);
  assert.deepEqual(acts(sessionIn('Connect'), ['TcpCrAcked']), ['stop connectRetry', 'sendOpen', 'start hold 240']);
  assert.deepEqual(acts(sessionIn('OpenSent'), ['BgpOpen']), [
    'sendKeepalive',
    'start hold 30',
    'start keepalive 10',
    'start sendHold 480',
  ]);
  assert.deepEqual(acts(sessionIn('OpenConfirm'), ['KeepAliveMsg']), ['start hold 30', 'sessionUp']);
  assert.deepEqual(acts(sessionIn('Established'), ['UpdateMsg']), ['start hold 30']);
  assert.deepEqual(acts(sessionIn('Established'), ['KeepaliveTimerExpires']), ['sendKeepalive', 'start keepalive 10']);
  assert.deepEqual(acts(sessionIn('Established'), ['HoldTimerExpires']), [
    'sendNotification 4/0',
    'stop keepalive',
    'stop sendHold',
    'sessionDown',
    'dropConnection',
    'start idleHold 1',
  ]);
});

test('scenario: no answer', () => {
  assert.deepEqual(
    acts(newSession({ connectRetrySeconds: 5 }), ['ManualStart', 'TcpConnectionFails', 'IdleHoldTimerExpires', 'ConnectRetryTimerExpires']),
    [
      'start connectRetry 5',
      'connect',
      'stop connectRetry',
      'start idleHold 5',
      'start connectRetry 5',
      'connect',
      'dropConnection',
      'start connectRetry 5',
      'connect',
    ],
  );
});

test('scenario: DelayOpen, the peer speaks first', () => {
  assert.deepEqual(
    acts(newSession({ delayOpenSeconds: 12 }), ['ManualStartWithPassive', 'TcpConnectionConfirmed', 'BgpOpen', 'KeepAliveMsg']),
    [
      'start connectRetry 120',
      'stop connectRetry',
      'start delayOpen 12',
      'stop delayOpen',
      'sendOpen',
      'sendKeepalive',
      'start hold 30',
      'start keepalive 10',
      'start sendHold 480',
      'start hold 30',
      'sessionUp',
    ],
  );
});

test('scenario: DelayOpen, the peer waits as well', () => {
  assert.deepEqual(acts(sessionIn('Connect', { delayOpenSeconds: 12 }), ['TcpCrAcked', 'DelayOpenTimerExpires', 'BgpOpen']).slice(0, 4), [
    'stop connectRetry',
    'start delayOpen 12',
    'sendOpen',
    'start hold 240',
  ]);
});

test('scenario: an operator stops an established session', () => {
  assert.deepEqual(acts(sessionIn('Established'), ['ManualStop']), [
    'sendNotification 6/2',
    'stop hold',
    'stop keepalive',
    'stop sendHold',
    'sessionDown',
    'dropConnection',
  ]);
});

test('RFC 4271 §6.8: a second connection changes nothing: it has a separate machine', () => {
  for (const state of ['Idle', 'OpenSent', 'OpenConfirm', 'Established'] as const) {
    assert.deepEqual(acts(sessionIn(state), ['TcpConnectionConfirmed']), []);
  }
});
