import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Condition_Type as ConditionType } from '@tsbgp/api';
import { tsbgp } from '../../test/world.ts';

const AGGREGATE = { family: 'ipv4-unicast', prefix: '203.0.112.0/22', summaryOnly: true, mergeCommunities: false, contributors: 2n };
const CONDITION = {
  name: 'lost',
  type: ConditionType.ABSENT,
  prefixes: ['198.51.100.0/24', '2001:db8::/32'],
  hold: 30,
  holds: false,
  changing: true,
  routes: 1,
  neighbors: 2,
};

function world(aggregates: object[], conditions: object[]) {
  return { api: { injection: { listAggregates: async () => ({ aggregates }), listConditions: async () => ({ conditions }) } } };
}

test('route aggregates: how many prefixes contribute, and whether it is announced', async () => {
  const { out } = await tsbgp(
    ['route', 'aggregates'],
    world([AGGREGATE, { ...AGGREGATE, prefix: '10.0.0.0/8', summaryOnly: false, contributors: 0n }], []),
  );
  assert.match(out, /203\.0\.112\.0\/22 +2 +yes +not sent/);
  assert.match(out, /10\.0\.0\.0\/8 +0 +no +sent/);
});

test('route conditions: what each is about, whether it holds, and what depends on it', async () => {
  const { out } = await tsbgp(['route', 'conditions'], world([], [CONDITION]));
  assert.match(out, /lost +no, changing +absent 198\.51\.100\.0\/24, 2001:db8::\/32 +30 s +1 +2/);
});

test('route aggregates and conditions: JSON, and nothing', async () => {
  const json = await tsbgp(['route', 'aggregates', '--json'], world([AGGREGATE], []));
  assert.deepEqual(JSON.parse(json.out), { ...AGGREGATE, contributors: 2 });
  assert.deepEqual(JSON.parse((await tsbgp(['route', 'conditions', '--json'], world([], [CONDITION]))).out), {
    ...CONDITION,
    type: 'absent',
  });
  assert.match((await tsbgp(['route', 'aggregates'], world([], []))).out, /no aggregates are configured/);
  assert.match((await tsbgp(['route', 'conditions'], world([], []))).out, /no conditions are configured/);
});
