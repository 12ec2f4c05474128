import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RibWorld } from '../../test/rib-world.ts';
import { Watch } from '../../test/watch.ts';
import { CHANGES_KEPT_SECONDS } from './change-feed.ts';
import { WATCHERS_MAX } from './watchers.ts';

test('without a watcher nothing is observed', () => {
  const world = new RibWorld();
  assert.equal(world.rib.bestObserver, undefined);
  assert.ok(world.rib.tables.every(({ observer, keeps }) => observer === undefined && keeps === undefined));
});

test('a route that flaps while nobody reads is told once, as it is when it is read', async () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  const watch = new Watch(world);
  for (let flap = 0; flap < 5; flap++) {
    world.announce(peer, '198.51.100.0/24', 1 + flap);
    world.announce(peer, '203.0.113.0/24');
    world.settle();
    world.withdraw(peer, '203.0.113.0/24');
    world.settle();
  }
  assert.equal(world.watchers.feed.log.count, 2);
  assert.deepEqual((await watch.take(2)).toSorted(), ['+198.51.100.0/24 192.0.2.1', '-203.0.113.0/24']);
  assert.equal(world.watchers.feed.log.count, 2, 'they are kept for those that resume');
  watch.end();
});

test('a withdrawal names its prefix although the route is gone and others came meanwhile', async () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  world.announce(peer, '198.51.100.0/24');
  world.settle();
  const watch = new Watch(world);
  world.withdraw(peer, '198.51.100.0/24');
  world.settle();
  world.announce(peer, '203.0.113.0/24');
  world.settle();
  assert.deepEqual(await watch.take(2), ['-198.51.100.0/24', '+203.0.113.0/24 192.0.2.1']);
  watch.end();
});

test('watchers have their own places: one that reads does not take from one that does not', async () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  const slow = new Watch(world);
  const quick = new Watch(world);
  const told: string[] = [];
  for (let i = 1; i <= 4; i++) {
    world.announce(peer, `10.0.${i}.0/24`);
    world.settle();
    told.push(...(await quick.take()));
  }
  world.announce(peer, '10.0.1.0/24', 3);
  world.settle();
  assert.deepEqual(
    told,
    [1, 2, 3, 4].map((i) => `+10.0.${i}.0/24 192.0.2.1`),
  );
  assert.deepEqual(await quick.take(), ['+10.0.1.0/24 192.0.2.1']);
  assert.deepEqual(
    await slow.take(4),
    [2, 3, 4, 1].map((i) => `+10.0.${i}.0/24 192.0.2.1`),
  );
  slow.end();
  quick.end();
});

test('a watcher that comes later hears of a change that others still wait for', async () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  const first = new Watch(world);
  world.announce(peer, '10.0.1.0/24');
  world.settle();
  const second = new Watch(world);
  world.announce(peer, '10.0.1.0/24', 2);
  world.settle();
  assert.deepEqual(await second.take(), ['+10.0.1.0/24 192.0.2.1']);
  assert.deepEqual(await first.take(), ['+10.0.1.0/24 192.0.2.1']);
  first.end();
  second.end();
});

test('received: each path for itself, and by name although the session is over and its place taken', async () => {
  const world = new RibWorld();
  const one = world.addPeer('192.0.2.1', 1);
  const two = world.addPeer('192.0.2.2', 2);
  const watch = new Watch(world, { table: 'received' });
  world.announce(one, '10.0.1.0/24');
  world.announce(two, '10.0.1.0/24', 4);
  world.announce(two, '10.0.1.0/24', 5);
  world.settle();
  assert.deepEqual(await watch.take(2), ['+10.0.1.0/24 192.0.2.1', '+10.0.1.0/24 192.0.2.2']);
  world.rib.removePeer(one);
  world.settle();
  const three = world.addPeer('192.0.2.3', 3);
  assert.equal(three.index, one.index);
  world.announce(three, '10.0.1.0/24');
  world.settle();
  assert.deepEqual(await watch.take(2), ['-10.0.1.0/24 192.0.2.1', '+10.0.1.0/24 192.0.2.3']);
  watch.end();
});

test('a session that goes and comes back with the same routes is a change of each, told once', async () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  world.announce(peer, '10.0.1.0/24');
  world.settle();
  const watch = new Watch(world, { table: 'received', neighbor: '192.0.2.1' });
  world.rib.removePeer(peer);
  const again = world.addPeer('192.0.2.1', 1);
  world.announce(again, '10.0.1.0/24');
  world.settle();
  assert.deepEqual(await watch.take(), ['+10.0.1.0/24 192.0.2.1']);
  watch.end();
});

test('filters hold for what is told', async () => {
  const world = new RibWorld();
  const one = world.addPeer('192.0.2.1', 1);
  const two = world.addPeer('192.0.2.2', 2);
  const within = new Watch(world, { prefix: { value: '10.0.0.0/8', match: 'longer' } });
  const fromTwo = new Watch(world, { table: 'received', neighbor: '192.0.2.2' });
  world.announce(one, '198.51.100.0/24');
  world.announce(two, '10.1.0.0/16');
  world.settle();
  assert.deepEqual(await within.take(), ['+10.1.0.0/16 192.0.2.2']);
  assert.deepEqual(await fromTwo.take(), ['+10.1.0.0/16 192.0.2.2']);
  within.end();
  fromTwo.end();
});

test('initial: the table in order, its end, then what changed meanwhile', async () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  for (const prefix of ['10.0.2.0/24', '10.0.1.0/24']) world.announce(peer, prefix);
  world.settle();
  const watch = new Watch(world, { initial: true });
  world.withdraw(peer, '10.0.2.0/24');
  world.announce(peer, '10.0.3.0/24');
  assert.deepEqual(await watch.take(), ['+10.0.1.0/24 192.0.2.1']);
  world.settle();
  const told = await watch.takeAll();
  // The walk through the table may have reached the new prefix itself: then it is told twice. What went from behind it is told after its end.
  assert.deepEqual([...new Set(told)].toSorted(), ['+10.0.3.0/24 192.0.2.1', '-10.0.2.0/24', 'end-of-initial']);
  assert.ok(told.indexOf('-10.0.2.0/24') > told.indexOf('end-of-initial'));
  watch.end();
});

test('memory for all watchers has one bound: the slowest lose the oldest changes and are told how many', async () => {
  const world = new RibWorld(2000);
  const peer = world.addPeer('192.0.2.1', 1);
  const slow = new Watch(world);
  const quick = new Watch(world);
  const prefixOf = (i: number): string => `10.${i >> 8}.${i & 255}.0/24`;
  let heard = 0;
  for (let i = 0; i < 3000; i++) {
    world.announce(peer, prefixOf(i));
    world.settle();
    if (i % 500 === 499) while (heard <= i) heard += (await quick.take()).filter((event) => event.startsWith('+')).length;
  }
  assert.equal(heard, 3000);
  assert.ok(world.watchers.feed.log.count <= 2000);
  const told: string[] = [];
  while (told.at(-1) !== `+${prefixOf(2999)} 192.0.2.1`) told.push(...(await slow.take()));
  const lost = Number(told[0]!.replace('lost ', ''));
  assert.equal(lost + told.length - 1, 3000, 'every change is told or counted as lost');
  assert.deepEqual(told[1], `+${prefixOf(lost)} 192.0.2.1`);
  slow.end();
  quick.end();
});

test(`prefixes that are kept for a watcher are bounded as well, and freed ${CHANGES_KEPT_SECONDS} s after it ended`, async (t) => {
  const world = new RibWorld(1000);
  const peer = world.addPeer('192.0.2.1', 1);
  const idle = new Watch(world);
  for (let i = 0; i < 20_000; i++) {
    const prefix = `10.${i >> 8}.${i & 255}.0/24`;
    world.announce(peer, prefix);
    world.settle();
    world.withdraw(peer, prefix);
    world.settle();
  }
  const { index } = world.rib.tables[0]!;
  assert.ok(index.count <= 1001, `${index.count} prefixes are kept`);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  idle.end();
  t.mock.timers.tick(CHANGES_KEPT_SECONDS * 1000 - 1);
  assert.notEqual(world.rib.bestObserver, undefined, 'changes are noted for those that resume');
  t.mock.timers.tick(1);
  assert.equal(world.rib.bestObserver, undefined);
  t.mock.timers.reset();
  for (const end = performance.now() + 5000; index.count > 0 && performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    world.settle();
  }
  assert.equal(index.count, 0);
  assert.ok(world.rib.tables.every(({ observer, keeps }) => observer === undefined && keeps === undefined));
});

test(`more than ${WATCHERS_MAX} watchers are refused with resource-exhausted; one that ends makes room`, () => {
  const world = new RibWorld();
  const watches = Array.from({ length: WATCHERS_MAX }, () => new Watch(world));
  assert.throws(() => new Watch(world), { name: 'ControlError', code: 'resource-exhausted' });
  watches[0]!.end();
  watches.push(new Watch(world));
  for (const watch of watches) watch.end();
});

test('an exception while a watcher is told ends that watcher and no other', async () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  const bad = new Watch(world, { table: 'received' });
  const good = new Watch(world);
  world.announce(peer, '10.0.1.0/24');
  world.settle();
  const { index } = world.rib.tables[0]!;
  const write = index.write.bind(index);
  index.write = () => {
    throw new Error('injected');
  };
  await assert.rejects(bad.take(), /ended by an unexpected error/);
  index.write = write;
  assert.equal(world.boundaries.count('watcher'), 1);
  assert.deepEqual(await good.take(), ['+10.0.1.0/24 192.0.2.1']);
  good.end();
});

test('an exception in an observer of the RIB is contained: the RIB goes on', () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  const watches = [new Watch(world), new Watch(world, { table: 'received' })];
  const { log } = world.watchers.feed;
  log.noteBest = () => {
    throw new Error('injected');
  };
  log.notePath = () => {
    throw new Error('injected');
  };
  world.announce(peer, '10.0.1.0/24');
  world.settle();
  world.withdraw(peer, '10.0.1.0/24');
  world.settle();
  assert.equal(world.boundaries.count('rib-observer'), 4);
  for (const watch of watches) watch.end();
});

test('random changes: whoever applies the events has the table, however seldom it reads', async () => {
  let state = 11;
  const random = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const world = new RibWorld();
  let peers = [1, 2, 3].map((last) => world.addPeer(`192.0.2.${last}`, last));
  const watches = (['best', 'best', 'received', 'received'] as const).map((table) => ({
    table,
    watch: new Watch(world, { table }),
    held: new Map<string, string>(),
  }));
  /** A best route is known by its prefix, a received one by its neighbor as well. */
  const apply = (table: string, held: Map<string, string>, event: string): void => {
    const key = table === 'best' ? event.slice(1).split(' ')[0]! : event.slice(1);
    if (event.startsWith('+')) held.set(key, event.slice(1));
    else held.delete(key);
  };
  const compare = async (): Promise<void> => {
    world.settle();
    for (const { table, watch, held } of watches) {
      for (const event of await watch.takeAll()) apply(table, held, event);
      const { routes } = await world.listings.page({ table }, 1000);
      assert.deepEqual([...held.values()].toSorted(), routes.map(({ prefix, neighbor }) => `${prefix} ${neighbor}`).toSorted());
    }
  };
  for (let round = 1; round <= 150; round++) {
    for (let i = random() % 20; i > 0; i--) {
      const peer = peers[random() % 3]!;
      const prefix = `10.0.${random() % 40}.0/24`;
      if (random() % 2 === 0) world.announce(peer, prefix, 1 + (random() % 3));
      else if (world.nlriOf(prefix) !== 0) world.withdraw(peer, prefix);
    }
    if (random() % 20 === 0) {
      const at = random() % 3;
      const { name } = peers[at]!.options;
      world.rib.removePeer(peers[at]!);
      peers = peers.with(at, world.addPeer(name, at + 1));
    }
    if (random() % 2 === 0) world.settle();
    for (const { table, watch, held } of watches.filter((_, i) => i % 2 === 0)) {
      for (const event of await watch.takeAll()) apply(table, held, event);
    }
    if (round % 30 === 0) await compare();
  }
  for (const { watch } of watches) watch.end();
});
