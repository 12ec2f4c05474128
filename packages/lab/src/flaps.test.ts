import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLAP_SIZE_MAX, flapPlans } from './flaps.ts';

test('what is lost comes back with the next event, and the sequence is always the same', () => {
  const [first, again] = [flapPlans(64_496, 3500).take(50).toArray(), flapPlans(64_496, 3500).take(50).toArray()];
  assert.deepEqual(first, again);
  for (const [i, plan] of first.entries()) {
    assert.ok(plan.routes.length >= 1 && plan.routes.length <= FLAP_SIZE_MAX);
    assert.ok(plan.routes.every((index) => index >= 0 && index < 3500));
    if (plan.kind === 'withdraw')
      assert.deepEqual(first[i + 1] ?? { kind: 'restore', routes: plan.routes }, { kind: 'restore', routes: plan.routes });
  }
  assert.ok(first.some((plan) => plan.kind === 'move'));
});
