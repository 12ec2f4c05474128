/** `tsbgp policy list|show|sets|reload|explain|diff`: what they ask the daemon, and what they print. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExplainPolicyRequest_Direction as Direction } from '@tsbgp/api';
import { type FakeApi, tsbgp, type World } from '../../test/world.ts';

const POLICY = {
  name: 'in',
  statements: 2,
  file: '',
  uses: [
    { neighbor: '192.0.2.1', import: true, export: false },
    { neighbor: '192.0.2.2', import: true, export: true },
  ],
  calledBy: ['edge'],
};
const STAMP = { seconds: BigInt(Math.floor(Date.now() / 1000) - 3700), nanos: 0 };
const FILE = { file: 'a.txt', list: 'AS1', generation: 3n, readAt: STAMP, writtenAt: STAMP, error: 'in a.txt:3: "x" is not a prefix' };

function world(policies: FakeApi[string]): World {
  return { api: { policies } };
}

test('policy list: statements or the file, and how many neighbors', async () => {
  const script = { name: 'code', statements: 0, file: 'code.ts', uses: [], calledBy: [] };
  const answers = world({ listPolicies: async () => ({ policies: [POLICY, script] }) });
  const { out } = await tsbgp(['policy', 'list'], answers);
  assert.match(out, /in +2 +2 +1 +edge/);
  assert.match(out, /code +code\.ts/);
  const { out: json } = await tsbgp(['policy', 'list', '--json'], answers);
  assert.deepEqual(JSON.parse(json.split('\n')[0]!), { name: 'in', statements: 2, uses: POLICY.uses, calledBy: ['edge'] });
  assert.equal(
    (await tsbgp(['policy', 'list'], world({ listPolicies: async () => ({ policies: [] }) }))).out,
    'no policies are configured\n',
  );
});

test('policy show: as it is configured, and who uses it', async () => {
  const answers = world({ getPolicy: async () => ({ policy: POLICY, text: 'in:\n  - action: accept\n', statements: [] }) });
  const { out, asked } = await tsbgp(['policy', 'show', 'in'], answers);
  assert.deepEqual(out.split('\n'), [
    '# import of: 192.0.2.1, 192.0.2.2',
    '# export of: 192.0.2.2',
    '# called by: edge',
    'in:',
    '  - action: accept',
    '',
  ]);
  assert.deepEqual(asked.at(-1), ['policies.getPolicy', { name: 'in' }]);
});

test('policy sets: with the files, their generations and mistakes; with a name the entries, page by page', async () => {
  const set = { kind: 'prefixes', name: 'a', entries: 2000n, file: FILE };
  const pages: Record<string, object> = {
    '': { set, entries: ['192.0.2.0/24'], nextPageToken: '1' },
    '1': { set, entries: ['198.51.100.0/24'], nextPageToken: '' },
  };
  const answers = world({
    listSets: async () => ({ sets: [set, { kind: 'as-numbers', name: 'b', entries: 1n }] }),
    getSet: async ({ pageToken }: { pageToken: string }) => pages[pageToken],
  });
  const { out } = await tsbgp(['policy', 'sets'], answers);
  assert.match(out, /prefixes +a +2,000 +a\.txt, AS1 +3 +\(1h 01m ago\) +in a\.txt:3: "x" is not a prefix/);
  assert.match(out, /as-numbers +b +1/);
  assert.doesNotMatch((await tsbgp(['policy', 'sets', 'as-numbers'], answers)).out, /prefixes/);
  assert.equal((await tsbgp(['policy', 'sets', 'prefixes', 'a'], answers)).out, '192.0.2.0/24\n198.51.100.0/24\n');
  assert.equal((await tsbgp(['policy', 'sets', 'x'], answers)).code, 2);
});

test('policy reload: what was read, and a failure where a file cannot be used', async () => {
  const done = await tsbgp(['policy', 'reload'], world({ reloadPolicies: async () => ({ changed: ['/a.txt'], errors: [] }) }));
  assert.deepEqual([done.code, done.out], [0, '✓ 1 file read\n']);
  const failed = await tsbgp(['policy', 'reload'], world({ reloadPolicies: async () => ({ changed: [], errors: ['in a.txt:3: wrong'] }) }));
  assert.equal(failed.code, 1);
  assert.match(failed.err, /1 file cannot be used; older versions stay in use\n.*in a\.txt:3: wrong/);
});

const EXPLANATION = {
  export: false,
  chain: 'hygiene in',
  prefix: '192.0.2.0/24',
  pathIdentifier: 0,
  source: '192.0.2.1',
  accepted: false,
  reason: 'bogon-prefix',
  policy: 'in',
  statement: 'bogons',
  changes: '',
  statements: [
    {
      policy: 'hygiene',
      statement: 'long',
      matched: false,
      conditions: [{ text: 'length > 5', holds: false, found: 'length 2' }],
      changes: [],
    },
    {
      policy: 'in',
      statement: 'bogons',
      matched: true,
      conditions: [{ text: 'prefix in bogons', holds: true, found: '' }],
      changes: ['MED 5'],
    },
  ],
};

test('policy explain: every statement, what did not hold, and what decided', async () => {
  const answers = world({
    explainPolicy: async () => ({
      explanations: [EXPLANATION, { ...EXPLANATION, export: true, accepted: true, reason: '', changes: 'MED 5' }],
    }),
  });
  const { out, asked } = await tsbgp(['policy', 'explain', '192.0.2.1', '192.0.2.0/24'], answers);
  assert.deepEqual(out.split('\n').slice(0, 6), [
    '192.0.2.0/24  import: hygiene in',
    '  hygiene long: no match: length > 5; found length 2',
    '  in bogons: match: prefix in bogons',
    '      MED 5',
    '  rejected (bogon-prefix) by in bogons',
    '',
  ]);
  assert.match(out, /192\.0\.2\.0\/24 from 192\.0\.2\.1 {2}export: hygiene in[^]*accepted by in bogons\n {2}with MED 5\n$/);
  assert.deepEqual(asked.at(-1), [
    'policies.explainPolicy',
    { neighbor: '192.0.2.1', prefix: '192.0.2.0/24', direction: Direction.UNSPECIFIED },
  ]);
});

test('policy explain: a route that need not be there', async () => {
  const answers = world({ explainPolicy: async () => ({ explanations: [EXPLANATION] }) });
  const given = ['policy', 'explain', '192.0.2.1', '192.0.2.0/24', '--direction', 'export', '--next-hop', '192.0.2.1', '--med', '5'];
  const { asked } = await tsbgp(given, answers);
  const [, request] = asked.at(-1) as [string, { direction: Direction; route: { prefix: string; nextHop: string; attributes: unknown[] } }];
  assert.equal(request.direction, Direction.EXPORT);
  assert.deepEqual([request.route.prefix, request.route.nextHop], ['192.0.2.0/24', '192.0.2.1']);
  assert.deepEqual(request.route.attributes, [{ kind: { case: 'multiExitDisc', value: 5 } }]);
  assert.match((await tsbgp(['policy', 'explain', '192.0.2.1', '192.0.2.0/24', '--med', '5'], answers)).err, /--next-hop/);
  assert.equal((await tsbgp(['policy', 'explain', '192.0.2.1', '192.0.2.0', '--next-hop', '192.0.2.1'], answers)).code, 2);
});

test('policy diff: sends the file, and shows what would change by neighbor', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-diff-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'new.yaml');
  writeFileSync(file, 'policies: {}\n');
  const none = { count: 0n, examples: [] };
  const difference = {
    neighbor: '192.0.2.1',
    admitted: { count: 212n, examples: ['192.0.2.0/24: rejected by in bogons -> accepted'] },
    rejected: none,
    importChanged: none,
    announced: none,
    withdrawn: { count: 1n, examples: ['198.51.100.0/24: accepted -> rejected by out'] },
    exportChanged: none,
  };
  const { out, asked } = await tsbgp(
    ['policy', 'diff', file],
    world({ diffPolicy: async () => ({ neighbors: [difference], compared: 3 }) }),
  );
  assert.deepEqual(out.split('\n'), [
    '192.0.2.1',
    '  212 routes would be accepted from it',
    '    192.0.2.0/24: rejected by in bogons -> accepted',
    '  1 route would be withdrawn from it',
    '    198.51.100.0/24: accepted -> rejected by out',
    '1 neighbor with changes; 3 neighbors with other policies',
    '',
  ]);
  assert.deepEqual(asked.at(-1), ['policies.diffPolicy', { configuration: 'policies: {}\n', neighbor: '', examples: 0 }]);
  const nothing = await tsbgp(['policy', 'diff', file], world({ diffPolicy: async () => ({ neighbors: [], compared: 0 }) }));
  assert.equal(nothing.out, 'no route would change; 0 neighbors with other policies\n');
  assert.equal((await tsbgp(['policy', 'diff', join(folder, 'none.yaml')])).code, 2);
});

test('names of policies and sets are completed', async () => {
  const answers = world({
    listPolicies: async () => ({ policies: [POLICY] }),
    listSets: async () => ({ sets: [{ kind: 'prefixes', name: 'bogons', entries: 5n }] }),
  });
  assert.match((await tsbgp(['__complete', 'policy', 'show', ''], answers)).out, /^in\t2 statements$/m);
  assert.match((await tsbgp(['__complete', 'policy', 'sets', 'prefixes', ''], answers)).out, /^bogons\t5 prefixes$/m);
});
