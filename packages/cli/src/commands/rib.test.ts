import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROUTE, tsbgp } from '../../test/world.ts';

test('rib --json is a line for each route', async () => {
  const { out } = await tsbgp(['rib', '--json']);
  const lines = out.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { prefix: string }).prefix),
    ['1.1.1.0/24', '2001:db8::/32', '203.0.113.0/24'],
  );
});

test('rib: filters arrive as they were meant', async () => {
  const asked = async (...args: string[]): Promise<unknown> => (await tsbgp(['rib', ...args])).asked[0]?.[1];
  const nothing = { family: undefined, prefix: undefined, match: undefined, originAs: undefined, community: undefined, limit: undefined };
  assert.deepEqual(await asked(), { ...nothing, table: 'best' });
  assert.deepEqual(await asked('10.0.0.0/8', '--longer', '--limit', '7'), {
    ...nothing,
    table: 'best',
    prefix: '10.0.0.0/8',
    match: 'longer',
    limit: 7,
  });
  assert.deepEqual(await asked('10.1.2.3', '--shorter'), { ...nothing, table: 'best', prefix: '10.1.2.3/32', match: 'shorter' });
  assert.deepEqual(await asked('received', '192.0.2.1', '--family', 'ipv6', '--origin-as', 'AS1.10'), {
    ...nothing,
    table: 'received',
    neighbor: '192.0.2.1',
    family: 'ipv6-unicast',
    originAs: 65_546,
  });
  assert.deepEqual(await asked('received', '10.0.0.0/8'), {
    ...nothing,
    table: 'received',
    neighbor: undefined,
    prefix: '10.0.0.0/8',
    match: 'exact',
  });
  assert.deepEqual(await asked('advertised', '192.0.2.1', '10.0.0.0/8', '--community', 'no-export'), {
    ...nothing,
    table: 'advertised',
    neighbor: '192.0.2.1',
    prefix: '10.0.0.0/8',
    match: 'exact',
    community: 'no-export',
  });
});

test('rib PREFIX: all paths, the best first, and why each other one is not', async () => {
  const { out, asked } = await tsbgp(['rib', '1.1.1.0/24']);
  assert.deepEqual(asked, [['paths', '1.1.1.0/24']]);
  assert.deepEqual(
    out.split('\n').filter((line) => /^\S|because/.test(line)),
    [
      '1.1.1.0/24  3 paths, best from 192.0.2.1',
      'from 192.0.2.1  best',
      'from 192.0.2.2  not best',
      '  because      longer AS path: 4, that from 192.0.2.1 has 3',
      'from 192.0.2.3  filtered',
      '  because      our own AS is in its AS path (RFC 4271 §9.1.2)',
    ],
  );
  const lines = (await tsbgp(['rib', '1.1.1.0/24', '--json'])).out.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { neighbor: string }).neighbor),
    ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
  );
});

test('rib ADDRESS asks for the longest match', async () => {
  const { out, asked } = await tsbgp(['rib', '1.1.1.7']);
  assert.deepEqual(asked, [['paths', '1.1.1.7']]);
  assert.match(out, /^1\.1\.1\.0\/24 {2}3 paths, best from 192\.0\.2\.1 {2}longest match of 1\.1\.1\.7\n/);
});

test('rib PREFIX with a filter lists best routes', async () => {
  const { asked, out } = await tsbgp(['rib', '1.1.1.0/24', '--origin-as', '13335']);
  assert.equal(asked[0]?.[0], 'routes');
  assert.match(out, /1\.1\.1\.0\/24 {2}from 192\.0\.2\.1 {2}best\n {2}next hop/);
});

test('what was asked for and is not there is exit code 1; an empty table is not', async () => {
  const daemon = { async *routes() {} };
  for (const args of [
    ['rib', '1.2.3.0/24', '--origin-as', '1'],
    ['rib', 'received', '1.2.3.0/24'],
    ['rib', 'advertised', '192.0.2.1', '1.2.3.0/24'],
    ['rib', '1.2.3.0/24', '--longer'],
    ['rib', '--community', 'no-export'],
    ['rib', '--origin-as', '64999'],
    ['route', 'list', '1.2.3.0/24'],
    ['rib', '1.2.3.0/24', '--origin-as', '1', '--json'],
  ]) {
    const { code, out, err } = await tsbgp(args, { daemon });
    assert.deepEqual([code, out], [1, ''], args.join(' '));
    assert.match(err, /^tsbgp: /, args.join(' '));
  }
  assert.match((await tsbgp(['rib', 'received', '1.2.3.0/24'], { daemon })).err, /--shorter/);
  for (const args of [['rib'], ['rib', 'received', '192.0.2.1'], ['route', 'list'], ['rib', '--json']]) {
    assert.equal((await tsbgp(args, { daemon })).code, 0, args.join(' '));
  }
  assert.match((await tsbgp(['route', 'list'], { daemon })).out, /no routes of our own; add one/);
});

test('rib is written while it arrives', async () => {
  let written = 0;
  const seen: number[] = [];
  const { out } = await tsbgp(['rib'], {
    daemon: {
      async *routes() {
        for (let i = 0; i < 3; i++) {
          seen.push(written);
          yield [ROUTE];
          written++;
        }
      },
    },
  });
  assert.equal(out.split('\n').length, 5);
  assert.deepEqual(seen, [0, 1, 2]);
});

test('rib rejected: routes that are not used, of a neighbor or for a reason', async () => {
  const asked = async (...args: string[]): Promise<unknown> => {
    const { table, neighbor, rejected, prefix } = (await tsbgp(['rib', 'rejected', ...args])).asked[0]![1] as Record<string, unknown>;
    return { table, neighbor, rejected, prefix };
  };
  assert.deepEqual(await asked(), { table: 'received', neighbor: undefined, rejected: true, prefix: undefined });
  assert.deepEqual(await asked('10.0.0.0/8', '--longer', '--neighbor', '192.0.2.1', '--reason', 'max-prefix'), {
    table: 'received',
    neighbor: '192.0.2.1',
    rejected: 'max-prefix',
    prefix: '10.0.0.0/8',
  });
  const { code, err } = await tsbgp(['rib', 'rejected', '--reason', 'nonsense']);
  assert.equal(code, 2);
  assert.match(err, /as-loop/);
});

test('a table of routes has a column for the reason where one is rejected', async () => {
  async function* routes() {
    yield [{ ...ROUTE, best: false, filtered: true, filterReason: 'max-prefix' as const }];
  }
  const { out } = await tsbgp(['rib', 'rejected'], { daemon: { routes } });
  assert.match(out, /Rejected/);
  assert.match(out, /max-prefix/);
});
