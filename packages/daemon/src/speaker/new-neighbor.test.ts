import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IPV4_UNICAST } from '@tsbgp/wire';
import type { ControlError, NeighborConfig } from '../control-plane.ts';
import { completeNeighbor } from '../keys/neighbor-layers.ts';
import { canonical, checkedNeighbor } from './new-neighbor.ts';

const LISTEN = [
  { host: '192.0.2.254', port: 179 },
  { host: '127.0.0.70', port: 10_179 },
];

const OURS = { as: 64_500 };

function neighbor(more: Partial<NeighborConfig>): NeighborConfig {
  return completeNeighbor({
    address: '192.0.2.1',
    remoteAs: 64_501,
    families: [IPV4_UNICAST],
    ...more,
  });
}

function check(more: Partial<NeighborConfig>): NeighborConfig {
  return checkedNeighbor(neighbor(more), OURS, LISTEN);
}

for (const [field, more] of [
  ['address', { address: '0.0.0.0' }],
  ['address', { address: '0.1.2.3' }],
  ['address', { address: '224.0.0.5' }],
  ['address', { address: '255.255.255.255' }],
  ['address', { address: '::' }],
  ['address', { address: 'ff02::1' }],
  ['address', { address: 'fe80::1' }],
  ['address', { address: '::ffff:127.0.0.70' }],
  ['address', { address: '192.0.2.1%eth0' }],
  ['address', { address: 'fe80::1%a b' }],
  ['address', { address: 'fe80::1%eth0%eth1' }],
  ['address', { address: 'example.net' }],
  ['address', { address: '192.0.2.254' }],
  ['address', { address: '127.0.0.70', remotePort: 10_179 }],
  ['address', { address: '192.0.2.1', localAddress: '192.0.2.1', remotePort: 179 }],
  ['remote_as', { remoteAs: 0 }],
  ['remote_as', { remoteAs: 23_456 }],
  ['best_path_only', { bestPathOnly: true }],
  ['control_communities', { controlCommunities: true }],
  ['add_path', { addPath: 'some' as 'both' }],
  ['add_path_max', { addPathMax: 0 }],
  ['local_as', { localAs: 65_535 }],
  ['remote_as', { remoteAs: 4_294_967_295 }],
  ['local_as', { localAs: 0 }],
  ['local_as', { localAs: 23_456 }],
  ['local_as', { localAs: 4_294_967_295 }],
  ['description', { description: 'two\nlines' }],
  ['description', { description: 'red \u001b[31m' }],
  ['description', { description: 'x'.repeat(256) }],
  ['hold_time', { holdTimeSeconds: 2 }],
  ['hold_time', { holdTimeSeconds: 65_536 }],
  ['connect_retry', { connectRetrySeconds: 70_000 }],
  ['remote_port', { remotePort: 65_536 }],
  ['multihop_ttl', { multihopTtl: 256 }],
  ['multihop_ttl', { multihopTtl: 2, remoteAs: 64_500 }],
  ['local_address', { localAddress: '2001:db8::1' }],
  ['local_address', { localAddress: '0.0.0.0' }],
  ['route_server_client', { routeServerClient: true, remoteAs: 64_500 }],
  ['next_hop_self', { routeServerClient: true, nextHopSelf: true }],
  ['local_as_replace_as', { localAsReplaceAs: true }],
  ['remove_private_as', { remoteAs: 64_500, removePrivateAs: 'all' }],
  ['remove_private_as', { removePrivateAs: 'some' as 'all' }],
  ['remove_private_as', { routeServerClient: true, removePrivateAs: 'all' }],
  ['as_override', { routeServerClient: true, asOverride: true }],
  ['allowas_in', { allowasIn: 11 }],
  ['route_reflector_client', { routeReflectorClient: true }],
  ['cluster_id', { remoteAs: 64_500, clusterId: '0.0.0.0' }],
  ['client_to_client_reflection', { remoteAs: 64_500, clientToClientReflection: false }],
  ['role', { remoteAs: 64_500, role: 'peer' }],
  ['role', { role: 'client' as 'peer' }],
  ['strict_role', { strictRole: true }],
  ['families[1]', { families: [IPV4_UNICAST, IPV4_UNICAST] }],
] as const satisfies readonly (readonly [string, Partial<NeighborConfig>])[]) {
  test(`as in the configuration file: ${JSON.stringify(more).slice(0, 60)} is refused at ${field}`, () => {
    const withListener = 'localAddress' in more && more.localAddress === '192.0.2.1' ? [{ host: '0.0.0.0', port: 179 }] : LISTEN;
    assert.throws(
      () => checkedNeighbor(neighbor(more), OURS, withListener),
      (error: ControlError) => {
        assert.equal(error.code, 'invalid-argument');
        assert.equal(error.field, `neighbor.${field}`);
        assert.match(error.message, /found .*allowed /s);
        return true;
      },
    );
  });
}

test('everything that is wrong is named at once', () => {
  assert.throws(
    () => check({ address: '0.0.0.0', remoteAs: 23_456, holdTimeSeconds: 1 }),
    (error: ControlError) => {
      assert.deepEqual(
        error.problems.map(({ field }) => field),
        ['neighbor.address', 'neighbor.remote_as', 'neighbor.hold_time'],
      );
      return true;
    },
  );
});

test('a listener on every address answers on those of this machine: a neighbor there would be ourselves', () => {
  const everywhere = [{ host: '0.0.0.0', port: 10_179 }];
  assert.throws(() => checkedNeighbor(neighbor({ address: '127.0.0.1', remotePort: 10_179 }), OURS, everywhere), {
    field: 'neighbor.address',
  });
  // Another daemon of this machine has another port; a neighbor that we never connect to may share everything.
  checkedNeighbor(neighbor({ address: '127.0.0.1', remotePort: 10_180 }), OURS, everywhere);
  checkedNeighbor(neighbor({ address: '127.0.0.1', remotePort: 10_179, passive: true }), OURS, everywhere);
});

test('what is right is taken, addresses in their one spelling', () => {
  assert.equal(check({ address: '2001:DB8:0::1', localAddress: '2001:db8:0:0::2' }).address, '2001:db8::1');
  assert.equal(check({ address: 'FE80::1%eth0.20' }).address, 'fe80::1%eth0.20');
  assert.equal(check({ description: 'transit, circuit 4711 – Zürich' }).description, 'transit, circuit 4711 – Zürich');
  assert.equal(check({ remoteAs: 64_500, nextHopSelf: true }).nextHopSelf, true);
});

test('an IPv4 address in IPv6 form is found as the IPv4 address that it is', () => {
  assert.equal(canonical('::ffff:127.0.0.70'), '127.0.0.70');
  assert.equal(canonical('::FFFF:7f00:46'), '127.0.0.70');
  assert.equal(canonical('nonsense'), 'nonsense');
});

test('RFC 5065: in a confederation, a neighbor of another AS of it may not have what belongs to its borders', () => {
  const ours = { as: 65_001, confederation: { identifier: 64_500, members: [65_002] } };
  const fieldsOf = (more: Partial<NeighborConfig>): string[] => {
    try {
      checkedNeighbor(neighbor(more), ours, LISTEN);
      return [];
    } catch (error) {
      return (error as ControlError).problems.map(({ field }) => field);
    }
  };
  assert.deepEqual(fieldsOf({ remoteAs: 64_500 }), ['neighbor.remote_as']);
  assert.deepEqual(fieldsOf({ remoteAs: 65_002, localAs: 65_100 }), ['neighbor.local_as']);
  assert.deepEqual(fieldsOf({ remoteAs: 65_002, role: 'peer', asOverride: true, multihopTtl: 2 }), [
    'neighbor.as_override',
    'neighbor.role',
  ]);
  assert.deepEqual(fieldsOf({ remoteAs: 65_002, routeReflectorClient: true }), ['neighbor.route_reflector_client']);
  assert.deepEqual(fieldsOf({ remoteAs: 65_001, routeReflectorClient: true }), []);
  assert.deepEqual(fieldsOf({ remoteAs: 174, role: 'customer', removePrivateAs: 'replace' }), []);
});
