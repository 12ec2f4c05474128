import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKGROUND_MS, Background, Limit } from './background.ts';

/** Keeps the CPU for so long. */
function burn(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('tasks get their slices in turns', async () => {
  const background = new Background();
  const order: string[] = [];
  const task = async (name: string): Promise<void> => {
    for (let slice = 0; slice < 3; slice++) {
      await background.share();
      order.push(name);
    }
  };
  await Promise.all(['a', 'b', 'c'].map(task));
  assert.equal(order.join(''), 'abcabcabc');
  assert.equal(background.slices, 9);
  assert.equal(background.waiting, 0);
});

test('all slices of one turn share its budget, and what a slice sets off counts', async () => {
  const background = new Background();
  let turn = 0;
  let counting = true;
  const slicesOfTurn: number[] = [];
  const count = (): void => {
    turn++;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  const tasks = Array.from({ length: 12 }, async () => {
    await background.share();
    slicesOfTurn[turn] = (slicesOfTurn[turn] ?? 0) + 1;
    await Promise.resolve();
    burn(BACKGROUND_MS / 2 + 0.2);
  });
  await Promise.all(tasks);
  await new Promise((resolve) => setTimeout(resolve, 1)); // the turn of the last slice ends
  counting = false;
  assert.ok(Math.max(...slicesOfTurn.filter((slices) => slices !== undefined)) <= 2, `slices by turn: ${slicesOfTurn.join(' ')}`);
  assert.ok(background.seconds >= (12 * BACKGROUND_MS) / 2 / 1000);
});

test('what a slice throws is its own task’s, and the others go on', async () => {
  const background = new Background();
  let slices = 0;
  const bad = background.run(() => {
    throw new Error('mine');
  });
  const good = background.run(() => ++slices === 5);
  await assert.rejects(bad, /mine/);
  await good;
  assert.equal(slices, 5);
});

test('a limit refuses one too many, and a place that is given back twice counts once', () => {
  const limit = new Limit(2, (max) => new Error(`at most ${max}`));
  const leave = limit.enter();
  limit.enter();
  assert.throws(() => limit.enter(), /at most 2/);
  leave();
  leave();
  limit.enter();
  assert.equal(limit.count, 2);
  assert.equal(limit.refused, 1);
});
