import assert from 'node:assert/strict';
import { test } from 'node:test';
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
