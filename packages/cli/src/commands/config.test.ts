import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigChange_Effect as Effect, ConfigChange_Type as Type } from '@tsbgp/api';
import { DOWN, tsbgp, UP } from '../../test/world.ts';

test('config show: the form of the configuration file, whatever a description holds', async () => {
  const listNeighbors = async () => [
    { ...UP, description: 'a "b": \u001b[2J\n# x', localAs: 65_100, importPolicy: 'accept-all', exportPolicy: 'deny-all' },
    { ...DOWN, isDisabled: true, importPolicy: 'accept-all', exportPolicy: 'accept-all', multihopTtl: 2, remotePort: 1179 },
  ];
  const { out } = await tsbgp(['config', 'show'], { daemon: { listNeighbors } });
  assert.deepEqual(out.split('\n').slice(2), [
    'global:',
    '  as: 64512',
    '  router-id: 192.0.2.254',
    '  listen: ["0.0.0.0:179", "[::]:179"]',
    '  decision:',
    '    always-compare-med: false',
    '    deterministic-med: true',
    '    multipath: 4',
    'neighbors:',
    '  - address: 192.0.2.1',
    '    remote-as: 64501',
    '    description: "a \\"b\\": \\u001b[2J\\n# x"',
    '    local-as: 65100',
    '    families: [ipv4-unicast, ipv6-unicast]',
    '    hold-time: 90',
    '    connect-retry: 10',
    '    import: accept-all',
    '    export: deny-all',
    '  - address: "2001:db8::1"',
    '    remote-as: 64501',
    '    families: [ipv4-unicast, ipv6-unicast]',
    '    multihop: 2',
    '    port: 1179',
    '    hold-time: 90',
    '    connect-retry: 10',
    '    policy: accept-all',
    '    enabled: false',
    '',
  ]);
  assert.deepEqual(JSON.parse((await tsbgp(['config', 'show', '--json'])).out).global, {
    as: 64_512,
    'router-id': '192.0.2.254',
    listen: ['0.0.0.0:179', '[::]:179'],
    decision: { 'always-compare-med': false, 'deterministic-med': true, multipath: 4 },
  });
});

test('config show: groups are there, so that the file loads, and their keys are in the neighbors', async () => {
  const listNeighbors = async () => [
    { ...UP, group: 'transit', holdTimeSeconds: 30, tags: ['paid'] },
    { ...DOWN, group: 'customers' },
  ];
  const { out } = await tsbgp(['config', 'show'], { daemon: { listNeighbors } });
  assert.match(out, /\ngroups: #.*\n {2}customers: \{\}\n {2}transit: \{\}\nneighbors:\n/);
  assert.match(out, /group: "transit"\n {4}tags: \["paid"\]\n/);
});

test('config show: the confederation, the cluster identifier, and keys whose default is true', async () => {
  const listNeighbors = async () => [{ ...UP, enforceFirstAs: false, clientToClientReflection: false, allowasIn: 2, role: 'rs-client' }];
  const getGlobal = async () => ({
    localAs: 65_001,
    routerId: '192.0.2.254',
    clusterId: '10.0.0.1',
    confederation: { identifier: 64_500, members: [65_002, 65_003] },
    listen: [],
    version: '0.1.0',
  });
  const { out } = await tsbgp(['config', 'show'], { daemon: { listNeighbors }, api: { global: { getGlobal } } });
  const lines = out.split('\n');
  assert.deepEqual(lines.slice(2, 9), [
    'global:',
    '  as: 65001',
    '  router-id: 192.0.2.254',
    '  cluster-id: 10.0.0.1',
    '  listen: []',
    '  confederation:',
    '    identifier: 64500',
  ]);
  assert.equal(lines[9], '    members: [65002, 65003]');
  for (const line of ['enforce-first-as: false', 'client-to-client-reflection: false', 'allowas-in: 2', 'role: rs-client']) {
    assert.ok(lines.includes(`    ${line}`), line);
  }
});

const CHANGE = {
  section: 'neighbors',
  subject: '192.0.2.1',
  type: Type.CHANGED,
  keys: ['hold-time'],
  effects: [Effect.SESSION],
  text: 'neighbors 192.0.2.1: hold-time changed: its session is reset',
};
const SUMMARY = '1 change, 1 session is reset';

test('config diff, apply, rollback: the changes, and what they are asked with', async () => {
  const config = {
    diffConfig: async () => ({ changes: [CHANGE], warnings: [{ message: 'f:1:1 x: probably wrong' }], summary: SUMMARY }),
    applyConfig: async () => ({
      changes: [CHANGE],
      warnings: [],
      summary: SUMMARY,
      version: 13n,
      confirmBy: { seconds: 1_795_000_000n, nanos: 0 },
    }),
    rollbackConfig: async () => ({ changes: [], summary: 'nothing differs', version: 14n }),
  };
  const world = { api: { config }, stdin: 'global: {}\n' };
  const diff = await tsbgp(['config', 'diff', '-'], world);
  assert.equal(diff.out, `${CHANGE.text}\nwarning: f:1:1 x: probably wrong\n${SUMMARY}\n`);
  assert.deepEqual(diff.asked, [['config.diffConfig', { text: 'global: {}\n', name: 'standard input' }]]);
  const apply = await tsbgp(['config', 'apply', '-', '--confirm-within', '5m', '--comment', 'why'], world);
  assert.match(apply.out, new RegExp(`${SUMMARY}; version 13 is in effect\nIt is rolled back at 2026-\\S+ \\S+ unless you confirm it`));
  assert.deepEqual(apply.asked, [
    ['config.applyConfig', { text: 'global: {}\n', name: 'standard input', comment: 'why', confirmWithinSeconds: 300 }],
  ]);
  assert.deepEqual(JSON.parse((await tsbgp(['--json', 'config', 'apply', '-'], world)).out), {
    changes: [{ ...CHANGE, type: 'changed', effects: ['session'] }],
    summary: SUMMARY,
    warnings: [],
    version: 13,
  });
  const rollback = await tsbgp(['config', 'rollback', '12', '--overwrite'], world);
  assert.equal(rollback.out, 'nothing differs; version 14 is in effect\n');
  assert.deepEqual(rollback.asked, [['config.rollbackConfig', { version: 12n, overwrite: true }]]);
  assert.equal((await tsbgp(['config', 'apply', '-', '--confirm-within', 'soon'], world)).code, 2);
  assert.equal((await tsbgp(['config', 'diff', '/nowhere.yaml'], world)).code, 2);
});

test('config check: errors and exit code 1; config versions, confirm, export', async () => {
  const problem = { code: 'invalid-value', line: 2, column: 3, path: 'global.as', message: 'f.yaml:2:3 global.as: found 0' };
  const config = {
    checkConfig: async () => ({ errors: [problem], warnings: [] }),
    listConfigVersions: async () => ({
      versions: [
        { number: 12n, at: { seconds: 1_795_000_000n, nanos: 0 }, comment: 'why', current: true },
        { number: 9n, at: { seconds: 1_794_000_000n, nanos: 0 }, comment: 'read again', current: false },
      ],
    }),
    confirmConfig: async () => ({ version: 12n }),
    getConfig: async () => ({ text: '# who\nglobal: {}\n' }),
  };
  const world = { api: { config }, stdin: 'x' };
  const check = await tsbgp(['config', 'check', '-'], world);
  assert.deepEqual([check.code, check.out], [1, `error: ${problem.message}\n`]);
  const versions = (await tsbgp(['config', 'versions'], world)).out.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME');
  assert.equal(versions, '* 12  TIME  why\n   9  TIME  read again\n');
  assert.match((await tsbgp(['config', 'confirm'], world)).out, /version 12 is confirmed/);
  const exported = await tsbgp(['config', 'export', '--effective'], world);
  assert.equal(exported.out, '# who\nglobal: {}\n');
  assert.deepEqual(exported.asked, [['config.getConfig', { effective: true, json: false }]]);
});
