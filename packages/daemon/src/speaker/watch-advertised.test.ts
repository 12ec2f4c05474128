/** The view `advertised` of the change feed: what one neighbor is sent, as it is sent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RibWorld } from '../../test/rib-world.ts';
import { Watch } from '../../test/watch.ts';

const A = '198.51.100.0/24';
const B = '203.0.113.0/24';

test('announcements and withdrawals to the neighbor are told, and nothing that it does not get', async () => {
  const world = new RibWorld();
  const one = world.addPeer('192.0.2.1', 1);
  const two = world.addPeer('192.0.2.2', 2);
  world.settle();
  const watch = new Watch(world, { table: 'advertised', neighbor: '192.0.2.2' });
  world.announce(one, A);
  world.announce(two, B);
  world.settle();
  assert.deepEqual(await watch.take(1), [`+${A} 192.0.2.1`]);
  world.withdraw(one, A);
  world.settle();
  assert.deepEqual(await watch.take(1), [`-${A} 192.0.2.2`]);
  world.announce(one, B, 7);
  world.settle();
  assert.deepEqual(await watch.takeAll(), [], 'its own route is better, and does not go back to it');
  watch.end();
});

test('a new neighbor is told of what it gets first, a refresh tells all of it again', async () => {
  const world = new RibWorld();
  const one = world.addPeer('192.0.2.1', 1);
  world.announce(one, A);
  world.announce(one, B);
  world.settle();
  const watch = new Watch(world, { table: 'advertised', neighbor: '192.0.2.2' });
  const two = world.addPeer('192.0.2.2', 2);
  world.settle();
  assert.deepEqual((await watch.take(2)).sort(), [`+${A} 192.0.2.1`, `+${B} 192.0.2.1`]);
  world.rib.resend(two, world.rib.tables[0]!.family);
  world.settle();
  assert.deepEqual((await watch.take(2)).sort(), [`+${A} 192.0.2.1`, `+${B} 192.0.2.1`]);
  watch.end();
});

test('watchers of two neighbors have their own changes; --initial lists first what is sent already', async () => {
  const world = new RibWorld();
  const one = world.addPeer('192.0.2.1', 1);
  world.addPeer('192.0.2.2', 2);
  world.announce(one, A);
  world.settle();
  const first = new Watch(world, { table: 'advertised', neighbor: '192.0.2.1' });
  const second = new Watch(world, { table: 'advertised', neighbor: '192.0.2.2', initial: true });
  assert.deepEqual(await second.take(2), [`+${A} 192.0.2.1`, 'end-of-initial']);
  world.announce(one, B);
  world.settle();
  assert.deepEqual(await second.take(1), [`+${B} 192.0.2.1`]);
  assert.deepEqual(await first.takeAll(), []);
  first.end();
  second.end();
});

test('a reader resumes where it left; one of another neighbor cannot resume before its changes were noted', async () => {
  const world = new RibWorld();
  const one = world.addPeer('192.0.2.1', 1);
  world.addPeer('192.0.2.2', 2);
  world.addPeer('192.0.2.3', 3);
  world.settle();
  const watch = new Watch(world, { table: 'advertised', neighbor: '192.0.2.2' });
  await watch.takeAll();
  const { position } = watch;
  watch.end();
  world.announce(one, A);
  world.settle();
  const again = new Watch(world, { table: 'advertised', neighbor: '192.0.2.2', resume: position });
  assert.deepEqual(await again.take(1), [`+${A} 192.0.2.1`]);
  const other = new Watch(world, { table: 'advertised', neighbor: '192.0.2.3', resume: position });
  assert.deepEqual(await other.take(1), ['lost some']);
  again.end();
  other.end();
});

test('without a watcher of what is sent nothing is observed, and only watched neighbors are', () => {
  const world = new RibWorld();
  assert.ok(world.rib.tables.every(({ sentObserver }) => sentObserver === undefined));
  const one = world.addPeer('192.0.2.1', 1);
  const two = world.addPeer('192.0.2.2', 2);
  const best = new Watch(world);
  assert.ok(world.rib.tables.every(({ sentObserver }) => sentObserver === undefined));
  const watch = new Watch(world, { table: 'advertised', neighbor: '192.0.2.2' });
  const { sentObserver } = world.rib.tables[0]!;
  assert.deepEqual([sentObserver!.wants(one), sentObserver!.wants(two)], [false, true]);
  best.end();
  watch.end();
});

test('the neighbor must be named', () => {
  const world = new RibWorld();
  assert.throws(() => new Watch(world, { table: 'advertised' }), /advertised routes are those to one neighbor/);
  assert.throws(() => new Watch(world, { table: 'best', rejected: true }), /routes are rejected as they are received/);
});
