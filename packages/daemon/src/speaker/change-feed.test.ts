import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV6_UNICAST } from '@tsbgp/wire';
import { RibWorld } from '../../test/rib-world.ts';
import { Watch } from '../../test/watch.ts';
import { CHANGES_KEPT_SECONDS } from './change-feed.ts';

const PEER = '192.0.2.1';
const prefixOf = (i: number): string => `10.${i >> 8}.${i & 255}.0/24`;

function announceAll(world: RibWorld, from: number, to: number): void {
  const peer = world.peers.get(PEER) ?? world.addPeer(PEER, 1);
  for (let i = from; i < to; i++) world.announce(peer, prefixOf(i));
  world.settle();
}

test('changes of all families and tables are numbered in one order', async () => {
  const world = new RibWorld();
  const peer = world.addPeer(PEER, 1);
  const best = new Watch(world);
  const received = new Watch(world, { table: 'received' });
  const ofBest: (number | undefined)[] = [];
  const ofReceived: (number | undefined)[] = [];
  for (const prefix of ['10.0.1.0/24', '2001:db8:1::/48', '10.0.2.0/24', '2001:db8:2::/48']) {
    world.announce(peer, prefix);
    world.settle();
    assert.deepEqual(await best.take(), [`+${prefix} ${PEER}`]);
    assert.deepEqual(await received.take(), [`+${prefix} ${PEER}`]);
    ofBest.push(...best.numbers);
    ofReceived.push(...received.numbers);
  }
  // Each path changes before it is best. Each table begins with a number that is left out.
  assert.deepEqual(ofReceived, [3, 5, 7, 9]);
  assert.deepEqual(ofBest, [4, 6, 8, 10]);
  best.end();
  received.end();
});

test('a route that changes again after it was read has the next number; unread, it keeps its number', async () => {
  const world = new RibWorld();
  const peer = world.addPeer(PEER, 1);
  const watch = new Watch(world);
  for (const asPathLength of [1, 2, 3]) {
    world.announce(peer, '10.0.1.0/24', asPathLength);
    world.settle();
  }
  await watch.take();
  assert.deepEqual(watch.numbers, [2]);
  world.announce(peer, '10.0.1.0/24', 4);
  world.settle();
  await watch.take();
  assert.deepEqual(watch.numbers, [3]);
  watch.end();
});

test('a reader that resumes gets what changed after its number, and no table, although it was the only reader', async () => {
  const world = new RibWorld();
  const first = new Watch(world, { initial: true });
  assert.deepEqual(await first.take(), ['end-of-initial']);
  announceAll(world, 0, 3);
  assert.equal((await first.take(3)).length, 3);
  const [, second] = first.numbers;
  const { position } = first;
  first.end();
  announceAll(world, 3, 5);
  const peer = world.peers.get(PEER)!;
  world.withdraw(peer, prefixOf(0));
  world.settle();

  const again = new Watch(world, { initial: true, resume: position });
  assert.deepEqual(await again.take(3), [`+${prefixOf(3)} ${PEER}`, `+${prefixOf(4)} ${PEER}`, `-${prefixOf(0)}`]);
  // From the middle of a message: what is after it in that message comes again, as it is now.
  const earlier = new Watch(world, { resume: { ...position, after: second! } });
  assert.deepEqual(await earlier.take(4), [
    `+${prefixOf(2)} ${PEER}`,
    `+${prefixOf(3)} ${PEER}`,
    `+${prefixOf(4)} ${PEER}`,
    `-${prefixOf(0)}`,
  ]);
  // At the present: nothing comes but the place.
  const now = new Watch(world, { initial: true, resume: again.position });
  assert.deepEqual(await now.takeMessage(), []);
  assert.deepEqual(now.position, again.position);
  for (const watch of [again, earlier, now]) watch.end();
});

for (const initial of [false, true]) {
  const then = initial ? 'all routes' : 'the changes that are left';
  test(`a reader that resumes too late is told how many changes it may lose, then ${then}`, async () => {
    const world = new RibWorld(2000);
    const first = new Watch(world);
    assert.deepEqual(await first.takeMessage(), []);
    const { position } = first;
    first.end();
    announceAll(world, 0, 2500);
    const again = new Watch(world, { resume: position, initial });
    const told = await again.take();
    const { resumableAfter, latest } = again.changes!;
    const lost = resumableAfter - position.after;
    assert.deepEqual(told.splice(0, 1), [`lost ${lost}`]);
    assert.deepEqual(again.numbers.slice(0, 1), [initial ? latest : resumableAfter]);
    assert.ok(lost >= 500 && lost < 2500, `${lost} lost`);
    if (initial) {
      assert.equal(again.changes!.sequence, 0, 'it cannot resume before the end of the table');
      while (told.at(-1) !== 'end-of-initial') told.push(...(await again.take()));
      assert.equal(told.length, 2500 + 1);
      assert.equal(again.changes!.sequence, latest);
    } else {
      while (told.length < 2500 - lost) told.push(...(await again.take()));
      assert.equal(told[0], `+${prefixOf(lost)} ${PEER}`);
      assert.equal(again.changes!.sequence, latest);
    }
    // Without a loss since then.
    const third = new Watch(world, { resume: again.position, initial });
    assert.deepEqual(await third.takeMessage(), []);
    again.end();
    third.end();
  });
}

test('a number of another run of the daemon is lost, whatever it is', async () => {
  const before = new RibWorld();
  const old = new Watch(before);
  announceAll(before, 0, 3);
  await old.take(3);
  const world = new RibWorld();
  const running = new Watch(world);
  announceAll(world, 0, 3);
  await running.take(3);
  assert.notEqual(old.position.instance, running.position.instance);
  assert.equal(old.position.after, running.position.after);
  const lists = new Watch(world, { resume: old.position, initial: true });
  assert.deepEqual(await lists.take(), ['lost some']);
  assert.deepEqual((await lists.take(3)).length, 3);
  assert.deepEqual(await lists.take(), ['end-of-initial']);
  const goesOn = new Watch(world, { resume: old.position });
  assert.deepEqual(await goesOn.take(), ['lost some']);
  // A number that was never given is treated alike.
  const future = new Watch(world, { resume: { ...running.position, after: 1000 } });
  assert.deepEqual(await future.take(), ['lost some']);
  for (const watch of [old, running, lists, goesOn, future]) watch.end();
});

test(`${CHANGES_KEPT_SECONDS} s after the last reader of a table left, its changes are not noted; resuming says so`, async (t) => {
  const world = new RibWorld();
  const best = new Watch(world);
  const received = new Watch(world, { table: 'received' });
  announceAll(world, 0, 1);
  await best.take();
  await received.take();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  best.end();
  t.mock.timers.tick(CHANGES_KEPT_SECONDS * 1000);
  assert.equal(world.rib.bestObserver, undefined);
  assert.ok(world.rib.tables.every(({ observer }) => observer !== undefined));
  announceAll(world, 1, 2);
  const again = new Watch(world, { resume: best.position });
  assert.deepEqual(await again.take(), ['lost some']);
  announceAll(world, 2, 3);
  assert.deepEqual(await again.take(), [`+${prefixOf(2)} ${PEER}`]);
  received.end();
  again.end();
  t.mock.timers.tick(CHANGES_KEPT_SECONDS * 1000);
  t.mock.timers.reset();
});

test('a reader that comes back in time stops the clock', async (t) => {
  const world = new RibWorld();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const first = new Watch(world);
  await first.takeMessage();
  first.end();
  t.mock.timers.tick(CHANGES_KEPT_SECONDS * 1000 - 1);
  const again = new Watch(world, { resume: first.position });
  t.mock.timers.tick(CHANGES_KEPT_SECONDS * 1000);
  announceAll(world, 0, 1);
  assert.deepEqual(await again.take(), [`+${prefixOf(0)} ${PEER}`]);
  again.end();
  t.mock.timers.tick(CHANGES_KEPT_SECONDS * 1000);
  assert.equal(world.rib.bestObserver, undefined);
});

test('the lag is told: how far a reader is, the latest change, and from where nothing is lost', async () => {
  const world = new RibWorld(4000);
  const watch = new Watch(world);
  announceAll(world, 0, 3000);
  await watch.take();
  const { sequence, latest, resumableAfter } = watch.changes!;
  assert.equal(latest, 3001);
  assert.ok(sequence > resumableAfter && sequence <= 257, `${sequence}`);
  assert.equal(resumableAfter, 1);
  assert.equal(world.watchers.feed.unread, latest - sequence);
  watch.end();
  assert.equal(world.watchers.feed.unread, 0);
});

test('two readers, one budget: the one that resumes at the far end loses what a third makes the daemon drop', async () => {
  const world = new RibWorld(2000);
  const quick = new Watch(world);
  await quick.takeMessage();
  announceAll(world, 0, 1500);
  const late = new Watch(world, { resume: quick.position });
  assert.deepEqual(await late.takeMessage(), [], 'all is there');
  let heard = 0;
  for (let from = 1500; from <= 3000; from += 500) {
    while (heard < from) heard += (await quick.take()).length;
    announceAll(world, from, from + 500);
  }
  const { log } = world.watchers.feed;
  assert.ok(log.count <= 2000, `${log.count} kept`);
  const told = await late.take();
  const lost = Number(told[0]!.replace('lost ', ''));
  while (told.at(-1) !== `+${prefixOf(3499)} ${PEER}`) told.push(...(await late.take()));
  assert.equal(lost + told.length - 1, 3500, 'each change is told or counted as lost');
  while (heard < 3500) heard += (await quick.take()).length;
  assert.equal(heard, 3500, 'the quick reader lost nothing');
  late.end();
  quick.end();
});

test('filters by family, neighbor and prefix hold for a reader that resumes', async () => {
  const world = new RibWorld();
  const other = world.addPeer('192.0.2.2', 2);
  const filters = [
    { family: IPV6_UNICAST },
    { table: 'received', neighbor: '192.0.2.2' },
    { prefix: { value: '10.0.1.0/24', match: 'exact' } },
  ] as const;
  const watches = filters.map((query) => new Watch(world, query));
  for (const watch of watches) {
    await watch.takeMessage();
    watch.end();
  }
  announceAll(world, 0, 3);
  for (const prefix of ['10.0.7.0/24', '2001:db8::/32']) world.announce(other, prefix);
  world.settle();
  const again = filters.map((query, at) => new Watch(world, { ...query, resume: watches[at]!.position }));
  assert.deepEqual(await Promise.all(again.map((watch, at) => watch.take(at === 1 ? 2 : 1))), [
    ['+2001:db8::/32 192.0.2.2'],
    ['+10.0.7.0/24 192.0.2.2', '+2001:db8::/32 192.0.2.2'],
    [`+10.0.1.0/24 ${PEER}`],
  ]);
  for (const watch of again) watch.end();
});

test('a reader whose filter selects nothing is told its place now and then, so that it can resume', async () => {
  const world = new RibWorld(800);
  const watch = new Watch(world, { prefix: { value: '192.0.2.0/24', match: 'exact' } });
  await watch.takeMessage();
  for (let from = 0; from < 3000; from += 150) {
    announceAll(world, from, from + 150);
    assert.deepEqual(await watch.takeMessage(), []);
    const { sequence, latest } = watch.changes!;
    assert.ok(latest - sequence < 100, `${latest - sequence} changes behind`);
  }
  const { position } = watch;
  watch.end();
  const again = new Watch(world, { resume: position });
  assert.deepEqual(await again.takeMessage(), []);
  again.end();
});

test('random changes, disconnects and resumes: a reader that takes what comes has the table', async () => {
  let state = 5;
  const random = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const world = new RibWorld(48);
  const peers = [1, 2, 3].map((last) => world.addPeer(`192.0.2.${last}`, last));
  const readers = Array.from({ length: 6 }, (_, at) => new Reader(world, at % 2 === 0 ? 'best' : 'received'));
  for (let round = 0; round < 300; round++) {
    for (let i = random(12); i > 0; i--) {
      const peer = peers[random(3)]!;
      const prefix = prefixOf(random(40));
      if (random(2) === 0) world.announce(peer, prefix, 1 + random(3));
      else if (world.nlriOf(prefix) !== 0) world.withdraw(peer, prefix);
    }
    world.settle();
    const reading = readers.filter(() => random(4) === 0);
    await Promise.all(reading.map((reader) => reader.read()));
    for (const reader of reading) if (random(2) === 0) reader.leave();
  }
  await Promise.all(readers.map((reader) => reader.read()));
  const [resumed, late, slow] = (['resumed', 'late', 'slow'] as const).map((count) =>
    readers.reduce((sum, reader) => sum + reader[count], 0),
  );
  assert.ok(resumed! > 100 && late! > 10 && slow! > 5, `${resumed} resumed, ${late} too late, ${slow} too slow`);
  for (const reader of readers) reader.watch.end();
});

/** Applies what it is told, and compares it with the table. */
class Reader {
  watch: Watch;
  resumed = 0;
  late = 0;
  slow = 0;
  readonly #world: RibWorld;
  readonly #table: 'best' | 'received';
  #isAway = false;
  readonly #held: Map<string, string> = new Map();

  constructor(world: RibWorld, table: 'best' | 'received') {
    this.#world = world;
    this.#table = table;
    this.watch = new Watch(world, { table, initial: true });
  }

  /** It resumes when it reads again. */
  leave(): void {
    this.watch.end();
    this.#isAway = true;
  }

  #resume(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.resumed++;
    this.watch = new Watch(this.#world, { table: this.#table, initial: true, resume: this.watch.position });
  }

  async read(): Promise<void> {
    this.#resume();
    let told = await this.watch.takeAll();
    if (told[0]?.startsWith('lost') === true && told.includes('end-of-initial')) {
      this.late++;
      this.#held.clear();
    }
    if (told.findLastIndex((event) => event.startsWith('lost')) > told.lastIndexOf('end-of-initial')) {
      // Too slow: it watches anew.
      this.slow++;
      this.watch.end();
      this.#held.clear();
      this.watch = new Watch(this.#world, { table: this.#table, initial: true });
      told = await this.watch.takeAll();
    }
    for (const event of told) {
      const route = event.slice(1);
      // A best route is known by its prefix, a received one by its neighbor as well.
      const key = this.#table === 'best' ? route.split(' ')[0]! : route;
      if (event.startsWith('+')) this.#held.set(key, route);
      if (event.startsWith('-')) this.#held.delete(key);
    }
    const { routes } = await this.#world.listings.page({ table: this.#table }, 1000);
    assert.deepEqual([...this.#held.values()].toSorted(), routes.map(({ prefix, neighbor }) => `${prefix} ${neighbor}`).toSorted());
  }
}
