import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tsbgp } from '../../test/world.ts';

test('events: a line each, those of the past first; text of peers cannot move the cursor', async () => {
  const { asked, out } = await tsbgp(['events', '192.0.2.1', '--recent', '5', '--no-follow']);
  assert.deepEqual(asked, [['events.watchEvents', { neighbor: '192.0.2.1', recent: 5, recentOnly: true }]]);
  assert.deepEqual(out.split('\n'), [
    '2026-11-20 12:00:00  up          192.0.2.1        Established: ipv4-unicast',
    '2026-11-20 12:00:00  End-of-RIB  192.0.2.1        ipv4-unicast is complete',
    '2026-11-20 12:00:00  received    192.0.2.1        Cease: bye·[2J',
    '',
  ]);
  const json = (await tsbgp(['events', '--json', '--limit', '2'])).out.trimEnd().split('\n');
  assert.deepEqual(
    json.map((line) => (JSON.parse(line) as { type: string }).type),
    ['session-up', 'end-of-rib'],
  );
  const slow = {
    async *watchEvents() {
      yield { lost: 7n, events: [] };
    },
  };
  assert.equal((await tsbgp(['events'], { api: { events: slow } })).out, 'too slow: 7 events missing here\n');
});
