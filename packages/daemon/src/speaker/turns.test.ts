import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Boundaries } from '../boundaries.ts';
import { HOLDS_MAX, Turns } from './turns.ts';

function setUp(work: () => boolean) {
  const logged: object[] = [];
  const boundaries = new Boundaries({ error: (fields: object) => void logged.push(fields) });
  const told: string[] = [];
  const rib = { work, dirtyCount: 0, nowSeconds: 0 };
  const observer = {
    pause: () => void told.push('pause'),
    resume: () => void told.push('resume'),
    turnEnded: () => void told.push('turnEnded'),
    mustHold: () => false,
  };
  return { rib, told, boundaries, logged, observer, turns: new Turns(rib, observer, boundaries) };
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 5000; !condition(); ) {
    assert.ok(performance.now() < end, 'not within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('an exception of the RIB is contained, the turn is ended, and the work goes on', async () => {
  let calls = 0;
  const { turns, told, boundaries, logged } = setUp(() => {
    if (++calls <= 2) throw new TypeError('injected');
    return calls < 5;
  });
  turns.schedule();
  await until(() => calls >= 5);
  assert.equal(boundaries.count('rib'), 2);
  assert.equal(logged.length, 1, 'the same exception is logged once');
  assert.ok(told.length >= 3, 'the observer hears of each turn');
});

test('an exception of the observer does not stop the turns', async () => {
  let calls = 0;
  const { turns, observer, boundaries } = setUp(() => ++calls < 4);
  observer.turnEnded = () => {
    throw new Error('injected');
  };
  turns.schedule();
  await until(() => calls >= 4);
  turns.schedule();
  await until(() => calls >= 5);
  assert.ok(boundaries.count('rib') >= 2);
});

test('reading pauses while the RIB is far behind, also when pausing throws once', async () => {
  const { turns, rib, observer, told } = setUp(() => false);
  rib.dirtyCount = 500_000;
  observer.resume = () => {
    told.push('resume');
    throw new Error('injected');
  };
  turns.schedule();
  await until(() => told.includes('pause'));
  rib.dirtyCount = 0;
  turns.schedule();
  await until(() => told.includes('resume'));
  rib.dirtyCount = 500_000;
  turns.schedule();
  await until(() => told.filter((what) => what === 'pause').length === 2);
});

test('after a quiet hour the RIB has the time of now before the first UPDATE comes in', (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setImmediate'], now: 1_000_000 });
  const { turns, rib } = setUp(() => false);
  turns.schedule();
  t.mock.timers.tick(3_600_000);
  assert.equal(rib.nowSeconds, 4600, 'the turn');
  t.mock.timers.tick(3_600_000);
  turns.schedule();
  assert.equal(rib.nowSeconds, 8200);
});

test('a turn is put off while there is no memory to send with, and then made anyway', async () => {
  let calls = 0;
  let holds = 0;
  const { turns, observer } = setUp(() => ++calls < 2);
  observer.mustHold = () => (holds++, true);
  turns.schedule();
  await until(() => calls === 2);
  assert.equal(holds, HOLDS_MAX);
});
