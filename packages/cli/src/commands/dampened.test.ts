import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tsbgp } from '../../test/world.ts';

const SUPPRESSED = {
  family: 'ipv4-unicast',
  prefix: '203.0.113.0/24',
  neighbor: '192.0.2.1',
  penalty: 7000,
  flaps: 7,
  suppressed: true,
  announced: true,
  reuseSeconds: 2901,
};
const WATCHED = { ...SUPPRESSED, prefix: '198.51.100.0/24', penalty: 500, flaps: 1, suppressed: false, announced: false, reuseSeconds: 0 };

function answering(...routes: object[]) {
  return { api: { rib: { listDampened: async () => ({ routes, count: BigInt(routes.length) }) } } };
}

test('rib dampened asks for what is suppressed, of one neighbor or of all', async () => {
  for (const [args, request] of [
    [[], { neighbor: '', all: false }],
    [['192.0.2.1', '--all'], { neighbor: '192.0.2.1', all: true }],
  ] as const) {
    const { asked } = await tsbgp(['rib', 'dampened', ...args], answering(SUPPRESSED));
    assert.deepEqual(asked, [['rib.listDampened', request]]);
  }
});

test('rib dampened: a line for each route, with the time until it is used again', async () => {
  const { out } = await tsbgp(['rib', 'dampened', '--all'], answering(SUPPRESSED, WATCHED));
  const [head, ...lines] = out.trimEnd().split('\n');
  assert.match(head!, /Prefix +From +Penalty +Flaps +Reuse in +Announced/);
  assert.match(lines[0]!, /^d +203\.0\.113\.0\/24 +192\.0\.2\.1 +7,000 +7 +48m.* yes/);
  assert.match(lines[1]!, /198\.51\.100\.0\/24 +192\.0\.2\.1 +500 +1 +no/);
});

test('rib dampened: JSON, and nothing', async () => {
  const { out } = await tsbgp(['rib', 'dampened', '--json'], answering(SUPPRESSED));
  assert.deepEqual(JSON.parse(out), SUPPRESSED);
  assert.match((await tsbgp(['rib', 'dampened'], answering())).out, /no route is suppressed; --all/);
});
