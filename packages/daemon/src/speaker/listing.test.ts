import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RibWorld } from '../../test/rib-world.ts';
import type { Route, RouteQuery } from '../control-plane.ts';
import { PAGES_MAX, STREAMS_MAX } from './listing.ts';

const signal = new AbortController().signal;

async function all(world: RibWorld, query: RouteQuery): Promise<Route[]> {
  const routes: Route[] = [];
  for await (const some of world.listings.stream(query, signal)) routes.push(...some);
  return routes;
}

async function byPages(world: RibWorld, query: RouteQuery, limit: number, between: (page: number) => void = () => undefined) {
  const routes: Route[] = [];
  let after: string | undefined;
  let pages = 0;
  do {
    const page = await world.listings.page({ ...query, after }, limit);
    assert.ok(page.routes.length <= limit);
    assert.ok(page.routes.length > 0 || pages === 0, 'no page is empty but that of an empty table');
    routes.push(...page.routes);
    after = page.next;
    between(pages++);
  } while (after !== undefined);
  return routes;
}

const text = ({ prefix, neighbor }: Route): string => `${prefix} ${neighbor}`;

const SORTED = ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/16', '10.0.0.0/24', '10.0.1.0/24', '10.2.0.0/16', '192.0.2.1/32', '223.255.255.0/24'];
const SORTED_V6 = ['::/0', '2001:db8::/32', '2001:db8::/48', '2001:db8::1/128', '2001:db8:0:1::/64', '2001:db8:1::/48', '2a00::/16'];

test('routes come in the order of prefixes, IPv4 before IPv6, by address and then by length', async () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  for (const prefix of [...SORTED_V6, ...SORTED].toReversed()) world.announce(peer, prefix);
  world.settle();
  const expected = [...SORTED, ...SORTED_V6];
  for (const table of ['best', 'received'] as const) {
    assert.deepEqual(
      (await all(world, { table })).map(({ prefix }) => prefix),
      expected,
    );
    for (const limit of [1, 3, 8, 15, 1000]) {
      assert.deepEqual(
        (await byPages(world, { table }, limit)).map(({ prefix }) => prefix),
        expected,
        `pages of ${limit}`,
      );
    }
  }
  const two = world.addPeer('192.0.2.2', 2);
  world.settle();
  const advertised = (await byPages(world, { table: 'advertised', neighbor: '192.0.2.2' }, 3)).map(({ prefix }) => prefix);
  assert.deepEqual(advertised, SORTED);
  assert.equal(two.up, true);
});

test('of one prefix the best path comes first, the others in a fixed order; a page may end between them', async () => {
  const world = new RibWorld();
  const [a, b, c] = [1, 2, 3].map((last) => world.addPeer(`192.0.2.${last}`, last)) as [never, never, never];
  for (const prefix of ['10.0.1.0/24', '10.0.2.0/24']) {
    world.announce(a, prefix, 3);
    world.announce(b, prefix, 2);
    world.announce(c, prefix, 1);
  }
  world.settle();
  const expected = ['10.0.1.0/24', '10.0.2.0/24'].flatMap((prefix) => [3, 1, 2].map((last) => `${prefix} 192.0.2.${last}`));
  for (const limit of [1, 2, 4, 5]) assert.deepEqual((await byPages(world, { table: 'received' }, limit)).map(text), expected);
  assert.deepEqual((await all(world, { table: 'received' })).map(text), expected);
  assert.deepEqual(
    (await all(world, { table: 'received' })).map(({ best }) => best),
    [true, false, false, true, false, false],
  );
});

test('each path that is there all the time is listed once, though the best one changes between two pages', async () => {
  const world = new RibWorld();
  const peers = [1, 2, 3, 4].map((last) => world.addPeer(`192.0.2.${last}`, last));
  for (const peer of peers) world.announce(peer, '10.0.1.0/24', 5);
  world.settle();
  for (let best = 0; best < 16; best++) {
    const found = await byPages(world, { table: 'received' }, 1, (page) => {
      world.announce(peers[best % 4]!, '10.0.1.0/24', 5);
      world.announce(peers[(best * 7 + page) % 4]!, '10.0.1.0/24', 1);
      world.settle();
    });
    assert.deepEqual(
      found.map(text).toSorted(),
      peers.map((peer) => `10.0.1.0/24 ${peer.options.name}`),
    );
    for (const peer of peers) world.announce(peer, '10.0.1.0/24', 5);
    world.settle();
  }
});

test('each route that is there all the time is listed once while others come and go and ids are used again', async () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  const stays = Array.from({ length: 5000 }, (_, i) => `10.${i >> 7}.${(i & 127) * 2}.0/24`);
  for (const prefix of stays.toReversed()) world.announce(peer, prefix);
  for (let i = 0; i < 2000; i++) world.announce(peer, `10.${i >> 7}.${(i & 127) * 2 + 1}.0/24`);
  world.settle();
  let turn = 0;
  const change = (): void => {
    const i = (turn++ * 97) % 2000;
    const prefix = `10.${i >> 7}.${(i & 127) * 2 + 1}.0/24`;
    if (turn % 2 === 0) world.announce(peer, prefix);
    else if (world.nlriOf(prefix) !== 0) world.withdraw(peer, prefix);
    world.settle();
  };
  const expected = new Set(stays);
  for (const routes of [await byPages(world, { table: 'best' }, 100, change), await streamWith(world, change)]) {
    const found = routes.map(({ prefix }) => prefix).filter((prefix) => expected.has(prefix));
    assert.equal(found.length, stays.length);
    assert.deepEqual(found, stays, 'in order, each once');
  }
});

async function streamWith(world: RibWorld, change: () => void): Promise<Route[]> {
  const routes: Route[] = [];
  for await (const some of world.listings.stream({ table: 'best' }, signal)) {
    routes.push(...some);
    for (let i = 0; i < 50; i++) change();
  }
  return routes;
}

test('prefix filters: exact, longer and shorter, in order, by pages too', async () => {
  const world = new RibWorld();
  const peer = world.addPeer('192.0.2.1', 1);
  for (const prefix of [...SORTED_V6, ...SORTED].toReversed()) world.announce(peer, prefix);
  world.settle();
  const found = async (value: string, match: 'exact' | 'longer' | 'shorter'): Promise<string[]> => {
    const query = { table: 'best', prefix: { value, match } } as const;
    const routes = (await all(world, query)).map(({ prefix }) => prefix);
    assert.deepEqual(
      (await byPages(world, query, 1)).map(({ prefix }) => prefix),
      routes,
    );
    return routes;
  };
  assert.deepEqual(await found('10.0.0.0/16', 'exact'), ['10.0.0.0/16']);
  assert.deepEqual(await found('10.0.0.0/9', 'exact'), []);
  assert.deepEqual(await found('10.0.0.0/16', 'longer'), ['10.0.0.0/16', '10.0.0.0/24', '10.0.1.0/24']);
  assert.deepEqual(await found('0.0.0.0/0', 'longer'), SORTED);
  assert.deepEqual(await found('192.0.2.1', 'longer'), ['192.0.2.1/32']);
  assert.deepEqual(await found('10.0.0.1', 'shorter'), ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/16', '10.0.0.0/24']);
  assert.deepEqual(await found('2001:db8::/33', 'longer'), SORTED_V6.slice(2, 6));
  assert.deepEqual(await found('2001:db8::1', 'shorter'), ['::/0', '2001:db8::/32', '2001:db8::/48', '2001:db8::1/128']);
});

test('a prefix with bits set after its length is refused with the ones that were probably meant', async () => {
  const world = new RibWorld();
  for (const [value, meant] of [
    ['10.0.0.1/8', /10\.0\.0\.0\/8.*10\.0\.0\.1\/32/],
    ['2001:db8::1/32', /2001:db8::\/32.*2001:db8::1\/128/],
  ] as const) {
    await assert.rejects(world.listings.page({ table: 'best', prefix: { value, match: 'exact' } }, 1), {
      code: 'invalid-argument',
      field: 'filter.prefix',
      message: meant,
    });
  }
});

test('long values of a request are cut in the answer', async () => {
  const world = new RibWorld();
  const value = 'x'.repeat(20_000_000);
  await assert.rejects(world.listings.page({ table: 'best', prefix: { value, match: 'exact' } }, 1), (error: Error) => {
    assert.ok(error.message.length < 300);
    return true;
  });
});

for (const after of ['', 'x', '0', '0.1', '0.1-2-3-4-5', '1.1-8', '0.100000000-8', '0.1-8.x', '0.1-8.q.x', '9.1-8.'.repeat(100)]) {
  test(`"${after.slice(0, 20)}" is no token of a page`, async () => {
    const world = new RibWorld();
    await assert.rejects(world.listings.page({ table: 'best', after }, 1), { code: 'invalid-argument', field: 'page_token' });
  });
}

test('advertised routes: when the session ends in the middle, the listing fails instead of looking whole', async () => {
  const world = new RibWorld();
  const one = world.addPeer('192.0.2.1', 1);
  const two = world.addPeer('192.0.2.2', 2);
  for (let i = 0; i < 3000; i++) world.announce(one, `10.${i >> 8}.${i & 255}.0/24`);
  world.settle();
  await assert.rejects(
    async () => {
      for await (const _ of world.listings.stream({ table: 'advertised', neighbor: '192.0.2.2' }, signal)) {
        if (two.up) world.rib.removePeer(two);
      }
    },
    { code: 'failed-precondition', field: 'neighbor' },
  );
});

test(`more than ${STREAMS_MAX} streams are refused with resource-exhausted, pages are not; each end makes room`, async () => {
  const world = new RibWorld();
  const leave = new AbortController();
  const query = { table: 'best' } as const;
  const streams = Array.from({ length: STREAMS_MAX }, () => world.listings.stream(query, leave.signal));
  assert.throws(() => world.listings.stream(query, signal), { name: 'ControlError', code: 'resource-exhausted' });
  await world.listings.page(query, 1);
  for await (const _ of streams[0]!);
  const another = world.listings.stream(query, leave.signal);
  leave.abort();
  for (const stream of [another, streams[1]!]) {
    await assert.rejects(async () => {
      for await (const _ of stream);
    });
  }
  await all(world, query);
});

test(`more than ${PAGES_MAX} pages at a time are refused with resource-exhausted`, async () => {
  const world = new RibWorld();
  const results = await Promise.allSettled(Array.from({ length: PAGES_MAX + 2 }, () => world.listings.page({ table: 'best' }, 1)));
  assert.equal(results.filter(({ status }) => status === 'rejected').length, 2);
  await world.listings.page({ table: 'best' }, 1);
});
