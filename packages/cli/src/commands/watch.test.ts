import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tsbgp } from '../../test/world.ts';

test('watch: a line for each change, in both faces', async () => {
  const { out } = await tsbgp(['watch', '--table', 'received']);
  const [announce, withdraw, lost] = out.split('\n');
  assert.match(announce!, /^\d\d:\d\d:\d\d {2}\+ {2}1\.1\.1\.0\/24 +192\.0\.2\.1 +64501 1299 13335 i$/);
  assert.match(withdraw!, /^\d\d:\d\d:\d\d {2}- {2}1\.1\.1\.0\/24 +192\.0\.2\.1$/);
  assert.match(lost!, /7 changes are missing/);
  const json = (await tsbgp(['watch', '--json', '--limit', '2'])).out.trimEnd().split('\n');
  assert.deepEqual(
    json.map((line) => {
      const { type, sequence, instance } = JSON.parse(line) as Record<string, unknown>;
      return { type, sequence, instance };
    }),
    [
      { type: 'announce', sequence: 41, instance: 'a1b2' },
      { type: 'withdraw', sequence: 43, instance: 'a1b2' },
    ],
  );
});

test('watch --resume-after: the daemon is asked for what follows; the instance must be named', async () => {
  const { asked } = await tsbgp(['watch', '--resume-after', '41', '--instance', 'a1b2', '--limit', '1']);
  const [, request] = asked.find(([method]) => method === 'rib.watchRoutes')!;
  const { resumeAfter, instance } = request as Record<string, unknown>;
  assert.deepEqual({ resumeAfter, instance }, { resumeAfter: 41n, instance: 'a1b2' });
  for (const args of [
    ['--resume-after', '41'],
    ['--instance', 'a1b2'],
  ]) {
    const { code, err } = await tsbgp(['watch', ...args]);
    assert.equal(code, 2);
    assert.match(err, /--resume-after and --instance are given together/);
  }
});

for (const [count, text] of [
  [5n, /too late: up to 5 changes are missing here/],
  [0n, /the daemon was restarted, or nobody watched/],
] as const) {
  test(`watch --resume-after: ${count} changes that the daemon no longer has are said`, async () => {
    const lost = { sequence: 46n, event: { case: 'lost', value: { count } } };
    const api = {
      rib: {
        async *watchRoutes() {
          yield { instance: 'a1b2', events: [lost] };
        },
      },
    };
    assert.match((await tsbgp(['watch', '--resume-after', '41', '--instance', 'a1b2'], { api })).out, text);
  });
}

test('watch --table advertised needs a neighbor, --rejected the received routes', async () => {
  const { asked } = await tsbgp(['watch', '--table', 'advertised', '--neighbor', '192.0.2.1', '--limit', '1']);
  const [, request] = asked.find(([method]) => method === 'rib.watchRoutes')!;
  assert.equal((request as { table: number }).table, 30);
  for (const [args, said] of [
    [['--table', 'advertised'], /--table advertised needs --neighbor/],
    [['--rejected'], /--rejected and --reason go with --table received/],
  ] as const) {
    const { code, err } = await tsbgp(['watch', ...args]);
    assert.equal(code, 2);
    assert.match(err, said);
  }
});
