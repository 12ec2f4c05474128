/** Conditions: what is seen counts after it has lasted. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RibPeer } from '@tsbgp/rib';
import { RibWorld } from '../../test/rib-world.ts';
import type { Condition } from '../own-config.ts';
import { Conditions } from './conditions.ts';

interface Scene {
  readonly conditions: Conditions;
  readonly told: string[];
  readonly set: (prefix: string, isThere: boolean) => void;
}

function scene(t: TestContext, ...all: Condition[]): Scene {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const world = new RibWorld();
  const peer: RibPeer = world.addPeer('192.0.2.1', 1);
  const told: string[] = [];
  const { rib, boundaries } = world;
  const changed = (name: string, holds: boolean): void => void told.push(`${name} ${holds}`);
  const conditions = new Conditions({ rib, boundaries, conditions: all, changed });
  const set = (prefix: string, isThere: boolean): void => {
    if (isThere) world.announce(peer, prefix);
    else world.withdraw(peer, prefix);
    while (rib.work());
    conditions.look();
  };
  conditions.look();
  return { conditions, told, set };
}

const PRESENT: Condition = { name: 'up', type: 'present', prefixes: ['198.51.100.0/24', '2001:db8::/32'], holdSeconds: 10 };
const ABSENT: Condition = { ...PRESENT, name: 'lost', type: 'absent' };

test('present: one of the prefixes is there, for as long as the hold time', (t) => {
  const { conditions, told, set } = scene(t, PRESENT);
  set('198.51.100.0/24', true);
  t.mock.timers.tick(9999);
  assert.equal(conditions.holds('up'), false);
  t.mock.timers.tick(1);
  assert.equal(conditions.holds('up'), true);
  set('2001:db8::/32', true);
  set('198.51.100.0/24', false);
  t.mock.timers.tick(20_000);
  assert.deepEqual(told, ['up true'], 'the other prefix is there');
  set('2001:db8::/32', false);
  t.mock.timers.tick(10_000);
  assert.deepEqual(told, ['up true', 'up false']);
});

test('absent: none of the prefixes is there; it does not hold at first', (t) => {
  const { conditions, told, set } = scene(t, ABSENT);
  assert.equal(conditions.holds('lost'), false);
  t.mock.timers.tick(10_000);
  assert.deepEqual(told, ['lost true']);
  set('198.51.100.0/24', true);
  t.mock.timers.tick(10_000);
  assert.deepEqual(told, ['lost true', 'lost false']);
});

test('a prefix that flaps faster than the hold time changes nothing', (t) => {
  const { told, set } = scene(t, PRESENT);
  for (let i = 0; i < 10; i++) {
    set('198.51.100.0/24', true);
    t.mock.timers.tick(9000);
    set('198.51.100.0/24', false);
    t.mock.timers.tick(9000);
  }
  assert.deepEqual(told, []);
});

test('another prefix, a longer and a shorter one do not count; without a hold time it counts at once', (t) => {
  const { told, set } = scene(t, { ...PRESENT, holdSeconds: 0 });
  for (const prefix of ['198.51.100.0/25', '198.51.0.0/16', '0.0.0.0/0']) set(prefix, true);
  assert.deepEqual(told, []);
  set('198.51.100.0/24', true);
  set('198.51.100.0/24', false);
  assert.deepEqual(told, ['up true', 'up false']);
});

test('a name that is not given holds, one that nobody has does not', (t) => {
  const { conditions } = scene(t);
  assert.deepEqual([conditions.holds(undefined), conditions.holds('up'), conditions.has('up')], [true, false, false]);
});
