import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENT_TEXT_MAX, EVENTS_KEPT_MAX, EventLog } from './events.ts';

const event = (text: string) => ({ type: 'session-up', neighbor: '192.0.2.1', text }) as const;

test('events come back in order, numbered from 1; a reader goes on where it stopped', () => {
  const log = new EventLog();
  assert.deepEqual(log.after(0, 10), { events: [], lost: 0 });
  for (const text of ['a', 'b', 'c']) log.record(event(text));
  assert.deepEqual(
    log.after(0, 2).events.map(({ sequence, text }) => [sequence, text]),
    [
      [1, 'a'],
      [2, 'b'],
    ],
  );
  assert.deepEqual(
    log.after(2, 2).events.map(({ text }) => text),
    ['c'],
  );
  assert.equal(log.last, 3);
});

test(`the last ${EVENTS_KEPT_MAX} events are kept; a slow reader is told how many it missed`, () => {
  const log = new EventLog();
  for (let i = 1; i <= EVENTS_KEPT_MAX + 7; i++) log.record(event(String(i)));
  const { events, lost } = log.after(2, Number.POSITIVE_INFINITY);
  assert.equal(lost, 5);
  assert.equal(events.length, EVENTS_KEPT_MAX);
  assert.equal(events[0]?.text, '8');
  assert.equal(events.at(-1)?.sequence, EVENTS_KEPT_MAX + 7);
});

test('a long text is cut', () => {
  const log = new EventLog();
  log.record(event('x'.repeat(10_000)));
  assert.equal(log.after(0, 1).events[0]?.text.length, EVENT_TEXT_MAX);
});

test('a listener is called after each event until it leaves', () => {
  const log = new EventLog();
  const seen: number[] = [];
  const leave = log.listen(() => seen.push(log.last));
  log.record(event('a'));
  log.record(event('b'));
  leave();
  log.record(event('c'));
  assert.deepEqual(seen, [1, 2]);
  assert.equal(log.listenerCount, 0);
});
