import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST, IPV6_UNICAST, type PathAttribute } from '@tsbgp/wire';
import { RibWorld } from '../../test/rib-world.ts';
import { ControlError, type LocalRoute } from '../control-plane.ts';
import { SLICE_MS } from './background.ts';
import { BATCH_ROUTES_MAX, BATCHES_MAX, PROBLEMS_MAX } from './local-routes.ts';

const NO_ATTRIBUTES: readonly PathAttribute[] = [];

function route(prefix: string, more: Partial<LocalRoute> = {}): LocalRoute {
  const isIpv6 = prefix.includes(':');
  const family = isIpv6 ? IPV6_UNICAST : IPV4_UNICAST;
  return { family, prefix, nextHop: isIpv6 ? '2001:db8::1' : '192.0.2.1', attributes: NO_ATTRIBUTES, ...more };
}

async function best(world: RibWorld): Promise<string[]> {
  world.settle();
  const { routes } = await world.listings.page({ table: 'best' }, 1000);
  return routes.map(({ prefix, nextHop }) => `${prefix} ${nextHop}`);
}

test('routes of a batch are all in the RIB when the call is answered', async () => {
  const world = new RibWorld();
  await world.localRoutes.add([route('10.0.0.0/8'), route('2001:db8::/32'), route('10.0.0.0/8', { nextHop: '192.0.2.9' })]);
  assert.deepEqual(await best(world), ['10.0.0.0/8 192.0.2.9', '2001:db8::/32 2001:db8::1']);
  const keys = [route('10.0.0.0/8'), route('10.1.0.0/16')];
  assert.equal(await world.localRoutes.delete(keys), 1);
  assert.deepEqual(await best(world), ['2001:db8::/32 2001:db8::1']);
});

test('a batch with a wrong route changes nothing, and the refusal names every wrong one with what was found', async () => {
  const world = new RibWorld();
  const routes = [
    route('10.0.0.0/8'),
    route('10.0.0.1/8'),
    route('203.0.113.0/33'),
    route('10.2.0.0/16', { nextHop: '2001:db8::1' }),
    route('2001:db8::/32', { family: IPV4_UNICAST }),
  ];
  await assert.rejects(world.localRoutes.add(routes), (error: unknown) => {
    assert.ok(error instanceof ControlError);
    assert.equal(error.code, 'invalid-argument');
    assert.equal(error.field, 'routes[1].prefix');
    assert.deepEqual(
      error.problems.map(({ field }) => field),
      ['routes[1].prefix', 'routes[2].prefix', 'routes[3].next_hop', 'routes[4].prefix'],
    );
    for (const [i, found] of ['10.0.0.1/8', '203.0.113.0/33', '2001:db8::1', '2001:db8::/32'].entries()) {
      assert.ok(error.problems[i]!.sentence.includes(found));
      assert.ok(error.message.includes(error.problems[i]!.sentence));
    }
    return true;
  });
  assert.deepEqual(await best(world), []);
});

test(`of very many wrong routes the first ${PROBLEMS_MAX} are named and the others counted`, async () => {
  const world = new RibWorld();
  const routes = Array.from({ length: 1000 }, () => route('x'));
  await assert.rejects(world.localRoutes.add(routes), (error: ControlError) => {
    assert.equal(error.problems.length, PROBLEMS_MAX);
    assert.match(error.message, new RegExp(`and ${1000 - PROBLEMS_MAX} more of 1000 routes$`));
    return true;
  });
});

for (const prefix of [
  '0.0.0.0/8',
  '0.1.0.0/16',
  '127.0.0.0/8',
  '127.0.0.1/32',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '239.255.255.250/32',
  '240.0.0.0/4',
  '255.255.255.255/32',
  '::/128',
  '::1/128',
  '::ffff:192.0.2.0/120',
  'fe80::/10',
  'fe80::1/128',
  'ff00::/8',
  'ff02::1/128',
]) {
  test(`${prefix} cannot be injected`, async () => {
    const world = new RibWorld();
    await assert.rejects(world.localRoutes.add([route(prefix)]), { code: 'invalid-argument', field: 'routes[0].prefix' });
  });
}

for (const prefix of [
  '0.0.0.0/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '10.0.0.0/8',
  '223.255.255.0/24',
  '::/0',
  '64:ff9b::/96',
  '2000::/3',
  'fc00::/7',
]) {
  test(`${prefix} can be injected`, async () => {
    const world = new RibWorld();
    await world.localRoutes.add([route(prefix)]);
    assert.equal((await best(world)).length, 1);
  });
}

for (const [nextHop, prefix] of [
  ['224.0.0.1', '198.51.100.0/24'],
  ['255.255.255.255', '198.51.100.0/24'],
  ['240.0.0.1', '198.51.100.0/24'],
  ['127.0.0.1', '198.51.100.0/24'],
  ['0.0.0.1', '198.51.100.0/24'],
  ['ff02::1', '2001:db8:1::/48'],
  ['::1', '2001:db8:1::/48'],
  ['fe80::1', '2001:db8:1::/48'],
  ['::ffff:192.0.2.1', '2001:db8:1::/48'],
  ['::192.0.2.1', '2001:db8:1::/48'],
] as const) {
  test(`RFC 4271 §5.1.3: ${nextHop} is no next hop of a route`, async () => {
    const world = new RibWorld();
    await assert.rejects(world.localRoutes.add([route(prefix, { nextHop })]), { field: 'routes[0].next_hop' });
  });
}

test('the unspecified address stands for our own next hop', async () => {
  const world = new RibWorld();
  await world.localRoutes.add([route('198.51.100.0/24', { nextHop: '0.0.0.0' }), route('2001:db8:1::/48', { nextHop: '::' })]);
  assert.equal((await best(world)).length, 2);
});

test('a large batch goes in slices, and equal attributes are one set', async () => {
  const world = new RibWorld();
  const attributes: PathAttribute[] = [{ type: 'local-pref', flags: 0x40, value: 200 }];
  const routes = Array.from({ length: 50_000 }, (_, i) => route(`10.${i >> 8}.${i & 255}.0/24`, { attributes }));
  const work = world.localRoutes.add(routes);
  let longest = 0;
  let last = performance.now();
  let done = false;
  const look = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (!done) setImmediate(look);
  };
  setImmediate(look);
  await work;
  done = true;
  assert.equal(world.rib.attributes.count, 1);
  assert.equal(world.rib.tables[0]!.pathCount, 50_000);
  assert.ok(world.background.slices > 10, `${world.background.slices} slices`);
  assert.ok(longest < 100 * SLICE_MS, `the event loop stood for ${longest.toFixed(0)} ms`);
  world.settle();
});

test('batches take effect in the order of their calls, whatever their size', async () => {
  const world = new RibWorld();
  const many = Array.from({ length: 20_000 }, (_, i) => route(`10.${i >> 8}.${i & 255}.0/24`));
  const adding = world.localRoutes.add(many);
  const bad = world.localRoutes.add([route('x')]);
  const deleting = world.localRoutes.delete(many.slice(0, 5000));
  const again = world.localRoutes.add(many.slice(0, 100));
  await assert.rejects(bad, { code: 'invalid-argument' });
  assert.equal(await deleting, 5000);
  await Promise.all([adding, again]);
  assert.equal(world.rib.tables[0]!.pathCount, 15_100);
});

test(`more than ${BATCHES_MAX} batches at a time are refused with resource-exhausted`, async () => {
  const world = new RibWorld();
  const results = await Promise.allSettled(Array.from({ length: BATCHES_MAX + 3 }, () => world.localRoutes.add([route('10.0.0.0/8')])));
  assert.equal(results.filter(({ status }) => status === 'rejected').length, 3);
  await world.localRoutes.add([route('10.0.0.0/8')]);
});

test(`a batch of more than ${BATCH_ROUTES_MAX} routes is refused before any is read`, async () => {
  const world = new RibWorld();
  const endless = { length: BATCH_ROUTES_MAX + 1, at: () => assert.fail('read') };
  await assert.rejects(world.localRoutes.add(endless), { code: 'invalid-argument', field: 'routes' });
  await assert.rejects(world.localRoutes.delete(endless), { code: 'invalid-argument', field: 'routes' });
});
