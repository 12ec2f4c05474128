/** What always holds of the machine, for any events in any order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EVENTS } from '../test/support.ts';
import type { Action } from './action.ts';
import type { Event } from './event.ts';
import { type Config, newSession, type Session, STATES, TIMERS, type Timer } from './session.ts';
import { step } from './step.ts';

const config: fc.Arbitrary<Partial<Config>> = fc.record(
  {
    holdTimeSeconds: fc.constantFrom(0, 3, 90),
    keepaliveSeconds: fc.constantFrom(undefined, 1, 1000),
    delayOpenSeconds: fc.constantFrom(0, 10),
    allowAutomaticStart: fc.boolean(),
    passive: fc.boolean(),
    damping: fc.constantFrom(undefined, { minSeconds: 1, maxSeconds: 8 }),
    sendNotificationWithoutOpen: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** The events that lead to Established are drawn more often than others. */
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...Object.values(EVENTS)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(EVENTS.ManualStart, EVENTS.TcpCrAcked, EVENTS.BgpOpen, EVENTS.KeepAliveMsg, EVENTS.IdleHoldTimerExpires),
  },
  { weight: 1, arbitrary: fc.constantFrom(0, 3, 30, 65_535).map((holdTimeSeconds): Event => ({ type: 'BgpOpen', holdTimeSeconds })) },
);

const parameters = { numRuns: 2000, seed: 4271 };

/** Events that end a session without a NOTIFICATION: the connection is gone, or the peer ended it (RFC 4271 §8.2.2). */
const SILENT_ENDS: ReadonlySet<Event['type']> = new Set(['TcpConnectionFails', 'NotifMsg', 'NotifMsgVerErr']);

test('invariants over random event sequences', () => {
  fc.assert(
    fc.property(config, fc.array(event, { maxLength: 60 }), (options, events) => {
      let session = newSession(options);
      const world = new World();
      for (const next of events) {
        const before = session;
        const frozen = JSON.stringify({ ...before, running: [...before.running] });
        const [after, actions] = step(before, next);
        assert.equal(JSON.stringify({ ...before, running: [...before.running] }), frozen, 'a step changes nothing it was given');
        assert.deepEqual(step(before, next), [after, actions], 'the same again gives the same');
        world.expire(next);
        for (const action of actions) world.carryOut(action, before);
        if (next.type === 'TcpConnectionFails') world.connected = false;
        check(before, next, after, actions, world);
        session = after;
      }
    }),
    parameters,
  );
});

/** A small model of what the actions do. */
class World {
  timers = new Set<Timer>();
  up = false;
  connected = false;
  openSent = false;

  expire(event: Event): void {
    const expired = TIMERS.find((timer) => event.type.toLowerCase() === `${timer.toLowerCase()}timerexpires`);
    if (expired !== undefined) this.timers.delete(expired);
  }

  carryOut(action: Action, session: Session): void {
    switch (action.do) {
      case 'startTimer':
        assert.ok(action.seconds > 0, `${action.timer} of ${action.seconds} s`);
        this.timers.add(action.timer);
        break;
      case 'stopTimer':
        assert.ok(this.timers.delete(action.timer), `${action.timer} is stopped and did not run`);
        break;
      case 'connect':
        assert.ok(!session.config.passive, 'a passive session does not connect');
        this.openSent = false;
        break;
      case 'sendOpen':
        assert.ok(!this.openSent, 'one OPEN per connection');
        this.openSent = true;
        break;
      case 'sendKeepalive':
        assert.ok(this.openSent, 'KEEPALIVE only after our OPEN');
        break;
      case 'sendNotification':
        assert.equal(session.connection, 'open', 'a NOTIFICATION needs an open connection');
        break;
      case 'dropConnection':
        this.openSent = false;
        break;
      case 'sessionUp':
        assert.ok(!this.up);
        this.up = true;
        break;
      case 'sessionDown':
        assert.ok(this.up);
        this.up = false;
        break;
      default:
    }
  }
}

function check(before: Session, event: Event, after: Session, actions: readonly Action[], world: World): void {
  assert.ok(STATES.includes(after.state));
  assert.deepEqual(new Set(after.running), world.timers, 'the machine knows which timers run');
  assert.equal(world.up, after.state === 'Established', 'routes are exchanged in Established only');
  if (after.state === 'Idle') {
    for (const timer of after.running) assert.equal(timer, 'idleHold', 'in Idle only the IdleHoldTimer runs');
    assert.equal(after.connection, 'none');
    world.openSent = false;
  }
  if (after.state === 'OpenSent' || after.state === 'OpenConfirm' || after.state === 'Established') {
    assert.equal(after.connection, 'open');
    assert.ok(!after.running.has('connectRetry') && !after.running.has('delayOpen') && !after.running.has('idleHold'));
    const holds = after.state === 'OpenSent' || after.holdTimeSeconds > 0;
    assert.equal(after.running.has('hold'), holds);
    assert.equal(after.running.has('keepalive'), after.state !== 'OpenSent' && after.holdTimeSeconds > 0);
  }
  if (after.state === 'Active' && before.state === 'OpenSent') world.openSent = false;
  const openOut = before.state === 'OpenSent' || before.state === 'OpenConfirm' || before.state === 'Established';
  const sent = actions.findIndex((action) => action.do === 'sendNotification');
  const dropped = actions.findIndex((action) => action.do === 'dropConnection');
  if (openOut && after.state === 'Idle') {
    assert.equal(sent >= 0, !SILENT_ENDS.has(event.type), `NOTIFICATION before a reset by ${event.type}`);
    if (event.type !== 'TcpConnectionFails') assert.ok(dropped >= 0, 'the connection goes');
  }
  if (sent >= 0) assert.ok(dropped > sent && after.state === 'Idle', 'after a NOTIFICATION the connection is closed');
  if (after.connectRetryCounter > before.connectRetryCounter) assert.equal(after.state, 'Idle');
}
