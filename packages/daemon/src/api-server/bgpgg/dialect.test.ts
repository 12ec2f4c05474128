/** Every call of bgp.BgpService through generated clients, against a daemon with a session: good and bad requests, and their effects. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Code } from '@connectrpc/connect';
import { bgpgg } from '@tsbgp/api';
import { eventually, failure, startDaemon } from '../../../test/api-server/dialect-daemon.ts';
import { RoutingPeer } from '../../../test/routing-peer.ts';

const { AsPathSegmentType, BgpService, MaxPrefixAction, ResetType, RibType } = bgpgg;

const POLICIES = `policies:
  customers-in:
    - name: all
      action: accept
sets:
  prefixes: { customers: ["192.0.2.0/24", "198.51.100.0/24 le 28", "2001:db8::/32+"] }
  communities: { tags: ["64512:1", "rt:64512:7", "64512:1:2"] }
  as-paths: { through: ["_174_"] }
  neighbors: { upstreams: { address: [192.0.2.1, 192.0.2.2], as: 64501 } }
`;

async function peer(t: TestContext, port: number): Promise<RoutingPeer> {
  const found = new RoutingPeer(port, 2);
  t.after(() => found.socket.destroy());
  await found.up();
  return found;
}

async function code(call: Promise<unknown>): Promise<Code> {
  return (await failure(call)).code;
}

const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, each) =>
      key === '$typeName' || key === '$unknown' ? undefined : typeof each === 'bigint' ? Number(each) : each,
    ),
  );

test('AddPeer, GetPeer, ListPeers, RemovePeer: the peer is in the file too', { timeout: 60_000 }, async (t) => {
  const { client: clientOf, text } = await startDaemon(t);
  const client = clientOf(BgpService);
  const config = { asn: 65_003, passiveMode: true, idleHoldTimeSecs: 30n, maxPrefix: { limit: 10, action: MaxPrefixAction.DISCARD } };
  assert.deepEqual(plain(await client.addPeer({ address: '127.0.0.3:17900', config })), {
    success: true,
    message: 'Peer 127.0.0.3:17900 added',
  });
  assert.match(text(), /- address: 127\.0\.0\.3\n {4}remote-as: 65003\n/);
  assert.match(text(), /port: 17900/);
  assert.match(text(), /max-prefix: \{ ipv4-unicast: 10, ipv6-unicast: 10 \}/);
  const again = await client.addPeer({ address: '[::ffff:127.0.0.3]:1', config });
  assert.equal(again.success, false);
  for (const address of ['127.0.0.3', '127.0.0.3:179']) {
    assert.deepEqual(plain(await client.addPeer({ address, config })), { success: false, message: 'peer 127.0.0.3 already exists' });
  }
  const bad = await client.addPeer({ address: 'router.example:179', config });
  assert.match(bad.message, /^address: found "router\.example:179", allowed is an address/);
  const without = await client.addPeer({ address: '192.0.2.9:179' });
  assert.match(without.message, /^config\.asn: is missing; .*"remote-as" in "defaults"/);
  for (const [field, wrong] of [
    ['delay_open_time_secs', { delayOpenTimeSecs: 5n }],
    ['damp_peer_oscillations', { dampPeerOscillations: false }],
    ['max_prefix.limit', { maxPrefix: { limit: 0 } }],
    ['graceful_restart.restart_time_secs', { gracefulRestart: { restartTimeSecs: 5000 } }],
    ['idle_hold_time_secs', { idleHoldTimeSecs: 0n }],
  ] as const) {
    const { success, message } = await client.addPeer({ address: '192.0.2.9:179', config: { asn: 65_009, ...wrong } });
    assert.equal(success, false);
    assert.ok(message.startsWith(`config.${field}: found `), message);
  }
  const { peers } = await client.listPeers({});
  assert.deepEqual(
    peers.map(({ address, asn, configured, importPolicies }) => [address, asn, configured, importPolicies]),
    [
      ['127.0.0.2', 65_002, true, []],
      ['127.0.0.3', 65_003, true, []],
    ],
  );
  assert.deepEqual(
    (await Array.fromAsync(client.listPeersStream({}))).map(({ address }) => address),
    ['127.0.0.2', '127.0.0.3'],
  );
  const got = await client.getPeer({ address: '127.0.0.3:17900' });
  assert.deepEqual([got.peer?.importPolicies, got.peer?.exportPolicies, got.statistics?.openSent], [['accept-all'], ['accept-all'], 0n]);
  for (const address of ['127.0.0.9', 'x']) {
    assert.deepEqual(await failure(client.getPeer({ address })), { code: Code.NotFound, message: `Peer ${address} not found` });
  }
  assert.deepEqual(plain(await client.removePeer({ address: '127.0.0.3' })), { success: true, message: 'Peer 127.0.0.3 removed' });
  assert.doesNotMatch(text(), /127\.0\.0\.3/);
  assert.deepEqual(plain(await client.removePeer({ address: '127.0.0.3' })), { success: false, message: 'peer 127.0.0.3 not found' });
  assert.equal((await failure(client.removePeer({ address: 'x' }))).code, Code.InvalidArgument);
});

test('AddPeer without an AS number takes that of defaults, and their policy', { timeout: 60_000 }, async (t) => {
  const { client, daemon, text } = await startDaemon(t, 'defaults: { remote-as: 65009, import: deny-all, export: accept-all }\n');
  assert.equal((await client(BgpService).addPeer({ address: '192.0.2.9:179' })).success, true);
  const { config } = daemon.speaker.getNeighbor('192.0.2.9');
  assert.deepEqual([config.remoteAs, config.importPolicy, config.exportPolicy], [65_009, 'deny-all', 'accept-all']);
  assert.doesNotMatch(text().slice(text().indexOf('192.0.2.9')), /remote-as: 65009\n {4}import/);
});

test('DisablePeer, EnablePeer, ResetPeer: states and statuses', { timeout: 60_000 }, async (t) => {
  const { client: clientOf, daemon, bgpPort } = await startDaemon(t);
  const client = clientOf(BgpService);
  const address = '127.0.0.2';
  const idle = await failure(client.resetPeer({ address, resetType: ResetType.HARD }));
  assert.deepEqual(idle, { code: Code.NotFound, message: 'peer 127.0.0.2 is not Established' });
  await peer(t, bgpPort);
  assert.equal((await client.getPeer({ address })).peer?.state, bgpgg.BgpState.ESTABLISHED);
  assert.equal((await failure(client.resetPeer({ address, resetType: 9 as never }))).code, Code.InvalidArgument);
  assert.equal((await failure(client.resetPeer({ address: '127.0.0.9' }))).code, Code.NotFound);
  for (const resetType of [ResetType.SOFT_IN, ResetType.SOFT_OUT, ResetType.SOFT]) {
    await client.resetPeer({ address: `${address}:179`, resetType, afi: bgpgg.Afi.IPV4, safi: bgpgg.Safi.UNICAST });
  }
  await client.resetPeer({ address, resetType: ResetType.HARD });
  await eventually(() => daemon.speaker.getNeighbor(address).session === undefined, 'the session ends');
  await client.disablePeer({ address });
  assert.equal((await client.getPeer({ address })).peer?.adminState, bgpgg.AdminState.DOWN);
  await client.enablePeer({ address });
  assert.equal((await client.getPeer({ address })).peer?.adminState, bgpgg.AdminState.UP);
  for (const call of [client.disablePeer, client.enablePeer]) assert.equal((await failure(call({ address: 'x' }))).code, Code.NotFound);
});

test('AddRoute, ListRoutes, RemoveRoute: every field comes back, and wrong ones are refused', { timeout: 60_000 }, async (t) => {
  const { client: clientOf } = await startDaemon(t);
  const client = clientOf(BgpService);
  const request = {
    prefix: '10.0.0.0/24',
    nextHop: '192.168.1.1',
    origin: bgpgg.Origin.EGP,
    asPath: [
      { segmentType: AsPathSegmentType.AS_SEQUENCE, asns: [65_001, 65_002] },
      { segmentType: AsPathSegmentType.AS_SET, asns: [65_003, 65_004] },
    ],
    localPref: 200,
    med: 0,
    atomicAggregate: true,
    communities: [((65_001 << 16) >>> 0) | 0, 0xffff_ff01].map((each) => each >>> 0),
    extendedCommunities: [
      { community: { case: 'twoOctetAs', value: { isTransitive: true, subType: 2, asn: 65_001, localAdmin: 100 } } },
      { community: { case: 'ipv4Address', value: { isTransitive: true, subType: 2, address: '192.0.2.1', localAdmin: 9 } } },
      { community: { case: 'fourOctetAs', value: { isTransitive: true, subType: 2, asn: 4_200_000_000, localAdmin: 9 } } },
      { community: { case: 'linkBandwidth', value: { isTransitive: false, asn: 65_001, bandwidth: 1.5 } } },
      { community: { case: 'color', value: { isTransitive: true, color: 7 } } },
      { community: { case: 'encapsulation', value: { isTransitive: true, tunnelType: 8 } } },
      { community: { case: 'routerMac', value: { isTransitive: true, macAddress: Uint8Array.of(1, 2, 3, 4, 5, 6) } } },
      { community: { case: 'opaque', value: { isTransitive: true, value: Uint8Array.of(6, 5, 4, 3, 2, 1) } } },
      { community: { case: 'unknown', value: { typeCode: 0x80, value: Uint8Array.of(6, 0, 0, 0, 0, 0, 0) } } },
    ],
    largeCommunities: [{ globalAdmin: 65_001, localData1: 1, localData2: 100 }],
  } as const;
  const sent = { ...request, asPath: request.asPath.map((segment) => ({ ...segment, asns: [...segment.asns] })) };
  const asked = sent as unknown as Parameters<typeof client.addRoute>[0];
  assert.deepEqual(plain(await client.addRoute(asked)), { success: true, message: 'Route 10.0.0.0/24 added' });
  await client.addRoute({ prefix: '2001:db8::/32', nextHop: '2001:db8::1' });
  const { routes } = await client.listRoutes({ ribType: RibType.GLOBAL });
  const { prefix: _, ...fields } = request;
  const first = { ...fields, peerAddress: '127.0.0.1', unknownAttributes: [] };
  const key = (value: object): unknown => Object.fromEntries(Object.entries(plain(value) as object).toSorted());
  assert.deepEqual(
    routes.map(({ prefix }) => prefix),
    ['10.0.0.0/24', '2001:db8::/32'],
  );
  assert.deepEqual(key(routes[0]!.paths[0]!), key(first));
  assert.deepEqual([routes[1]!.paths[0]!.localPref, routes[1]!.paths[0]!.med, routes[1]!.paths[0]!.asPath], [100, undefined, []]);
  for (const [wrong, message] of [
    [{ prefix: '10.0.0.0/33' }, /^prefix: found "10\.0\.0\.0\/33"/],
    [{ prefix: 'x' }, /^prefix: found "x"/],
    [{ nextHop: '' }, /^next_hop: is missing/],
    [{ nextHop: 'x' }, /^next_hop: found "x"/],
    [{ origin: 7 as never }, /^origin: found 7/],
    [{ asPath: [{ asns: [] }] }, /^as_path\[0\]\.asns: found 0/],
  ] as const) {
    const { success, message: text } = await client.addRoute({ prefix: '10.1.0.0/24', nextHop: '192.0.2.1', ...(wrong as object) });
    assert.equal(success, false);
    assert.match(text, message);
  }
  const status = await failure(
    client.addRoute({
      prefix: '10.1.0.0/24',
      nextHop: '192.0.2.1',
      extendedCommunities: [{ community: { case: 'twoOctetAs', value: { asn: 70_000 } } }],
    }),
  );
  assert.deepEqual(status, {
    code: Code.InvalidArgument,
    message: 'extended_communities[0].two_octet_as.asn: found 70000, allowed 0 to 65535',
  });
  const later = await failure(client.addRoute({ prefix: '\n\x0b10.0.0.0/8' }));
  assert.match(later.message, /bgpgg's interface of version 0\.4/);
  assert.deepEqual(plain(await client.removeRoute({ prefix: '10.0.0.0/24' })), { success: true, message: 'Route 10.0.0.0/24 removed' });
  assert.equal((await client.removeRoute({ prefix: '10.0.0.0/24' })).success, true);
  assert.equal((await client.removeRoute({ prefix: 'x' })).success, false);
  assert.equal((await failure(client.removeRoute({ prefix: '10.0.0.0/x' }))).code, Code.InvalidArgument);
  assert.deepEqual(
    (await client.listRoutes({})).routes.map(({ prefix }) => prefix),
    ['2001:db8::/32'],
  );
});

test('AddRouteStream: right routes are added and counted, wrong ones are skipped, a slow client is not waited for', {
  timeout: 60_000,
}, async (t) => {
  const { client: clientOf, daemon } = await startDaemon(t);
  const client = clientOf(BgpService);
  async function* requests() {
    for (let i = 0; i < 1100; i++) yield { prefix: `10.${i >> 8}.${i & 255}.0/24`, nextHop: '192.168.1.1' };
    await eventually(() => daemon.speaker.health().routes === 1100, 'they are there before the stream ends');
    yield { prefix: '10.0.0.0/33', nextHop: '192.168.1.1' };
    yield { prefix: '10.0.0.1/24', nextHop: '192.168.1.1' }; // bits after the length: the daemon refuses it
    yield { prefix: '10.0.0.0/24', nextHop: '192.168.1.2' };
  }
  assert.deepEqual(plain(await client.addRouteStream(requests())), { count: 1101, message: '1101 routes added' });
  assert.deepEqual(plain(await client.addRouteStream((async function* () {})())), { count: 0, message: '0 routes added' });
  const streamed = await Array.fromAsync(client.listRoutesStream({}));
  assert.equal(streamed.length, 1100);
  assert.equal(streamed[0]!.paths[0]!.nextHop, '192.168.1.2');
  assert.equal((await client.getServerInfo({})).numRoutes, 1100n);
});

test('ListRoutes of a peer: what it announces, and what it is sent', { timeout: 60_000 }, async (t) => {
  const { client: clientOf, bgpPort } = await startDaemon(t);
  const client = clientOf(BgpService);
  const { listenAddr, listenPort } = await client.getServerInfo({});
  assert.deepEqual([listenAddr, listenPort], ['127.0.0.1', bgpPort]);
  const from = await peer(t, bgpPort);
  await client.addRoute({ prefix: '203.0.113.0/24', nextHop: '192.0.2.7' });
  from.announce('198.51.100.0/24', 5);
  await from.has('203.0.113.0/24');
  const listed = async (ribType?: bgpgg.RibType, peerAddress?: string): Promise<string[]> => {
    const request = { ...(ribType !== undefined && { ribType }), ...(peerAddress !== undefined && { peerAddress }) };
    return (await client.listRoutes(request)).routes.flatMap(({ prefix, paths }) => paths.map((path) => `${prefix} ${path.peerAddress}`));
  };
  await eventually(async () => (await listed()).length === 2, 'both routes are listed');
  assert.deepEqual(await listed(), ['198.51.100.0/24 127.0.0.2', '203.0.113.0/24 127.0.0.1']);
  assert.deepEqual(await listed(RibType.ADJ_IN, '127.0.0.2:17900'), ['198.51.100.0/24 127.0.0.2']);
  assert.deepEqual(await listed(RibType.ADJ_OUT, '127.0.0.2'), ['203.0.113.0/24 127.0.0.1']);
  for (const peerAddress of [undefined, 'x', '127.0.0.9']) {
    const request = { ribType: RibType.ADJ_IN, ...(peerAddress !== undefined && { peerAddress }) };
    assert.equal((await failure(client.listRoutes(request))).code, Code.InvalidArgument);
    assert.equal((await failure(Array.fromAsync(client.listRoutesStream(request)))).code, Code.InvalidArgument);
  }
});

test('policies and sets of the configuration are shown and assigned; BMP is UNIMPLEMENTED', {
  timeout: 60_000,
}, async (t) => {
  const { client: clientOf, daemon, text } = await startDaemon(t, POLICIES);
  const client = clientOf(BgpService);
  assert.deepEqual(
    (await client.listPolicies({})).policies.map(({ name }) => name),
    ['customers-in'],
  );
  assert.deepEqual((await client.listPolicies({ name: 'x' })).policies, []);
  const { sets } = await client.listDefinedSets({});
  assert.deepEqual(plain(sets.map(({ setType, name, setData }) => [setType, name, setData.value])), [
    [
      'prefix-set',
      'customers',
      {
        prefixes: [
          { prefix: '192.0.2.0/24' },
          { prefix: '198.51.100.0/24', masklengthRange: '24..28' },
          { prefix: '2001:db8::/32', masklengthRange: '32..128' },
        ],
      },
    ],
    ['as-path-set', 'through', { patterns: ['_174_'] }],
    ['community-set', 'tags', { communities: ['64512:1'] }],
    ['ext-community-set', 'tags', { extCommunities: ['rt:64512:7'] }],
    ['large-community-set', 'tags', { largeCommunities: ['64512:1:2'] }],
    ['neighbor-set', 'upstreams', { addresses: ['192.0.2.1', '192.0.2.2'] }],
  ]);
  assert.deepEqual(
    (await client.listDefinedSets({ setType: 'as-path-set' })).sets.map(({ name }) => name),
    ['through'],
  );
  assert.deepEqual(await failure(client.listDefinedSets({ setType: 'x' })), { code: Code.InvalidArgument, message: 'invalid set type: x' });

  const mixed = await client.removeDefinedSet({ setType: 'community-set', name: 'tags' });
  assert.deepEqual(plain(mixed), { success: false, message: "set 'tags' has communities of several kinds: change it in the file" });
  const assignment = { peerAddress: '127.0.0.2', direction: 'import', policyNames: ['customers-in'] };
  assert.deepEqual(plain(await client.setPolicyAssignment(assignment)), { success: true, message: 'policy assignment set' });
  assert.equal(daemon.speaker.getNeighbor('127.0.0.2').config.importPolicy, 'customers-in');
  assert.match(text(), /import: customers-in\n/);
  assert.deepEqual((await client.listPeers({})).peers[0]!.importPolicies, ['customers-in']);
  await client.setPolicyAssignment({ ...assignment, direction: 'export', defaultAction: 'accept' });
  assert.equal(daemon.speaker.getNeighbor('127.0.0.2').config.exportPolicy, 'customers-in accept-all');
  await client.setPolicyAssignment({ ...assignment, policyNames: [] });
  assert.equal(daemon.speaker.getNeighbor('127.0.0.2').config.importPolicy, 'deny-all');
  assert.deepEqual(plain(await client.setPolicyAssignment({ ...assignment, policyNames: ['x'] })), {
    success: false,
    message: "policy 'x' not found",
  });
  assert.deepEqual(plain(await client.setPolicyAssignment({ ...assignment, peerAddress: '127.0.0.9' })), {
    success: false,
    message: 'peer 127.0.0.9 not found',
  });
  assert.equal((await failure(client.setPolicyAssignment({ ...assignment, direction: 'in' }))).code, Code.InvalidArgument);
  assert.equal((await failure(client.setPolicyAssignment({ ...assignment, peerAddress: 'x' }))).code, Code.InvalidArgument);

  for (const call of [client.addBmpServer, client.removeBmpServer, client.listBmpServers] as const) {
    assert.equal((await failure((call as (request: object) => Promise<unknown>)({}))).code, Code.Unimplemented);
  }
});

test('AddDefinedSet, AddPolicy and their likes: written to the file, in effect at once, told as they were given', {
  timeout: 60_000,
}, async (t) => {
  const { client: clientOf, bgpPort, daemon, text } = await startDaemon(t);
  const client = clientOf(BgpService);
  const added = { success: true, message: 'defined set added' };
  const prefixes = [{ prefix: '198.51.100.0/24' }, { prefix: '192.0.2.0/24', masklengthRange: '25..28' }];
  for (const config of [
    { case: 'prefixSet', value: { prefixes: [prefixes[0]!, { ...prefixes[1]!, masklengthRange: '25..28' }] } },
    { case: 'neighborSet', value: { addresses: ['127.0.0.2'] } },
    { case: 'asPathSet', value: { patterns: ['^65002'] } },
    { case: 'communitySet', value: { communities: ['65000:1'] } },
  ] as const) {
    const set = { name: 'one', config: config as never };
    assert.deepEqual(plain(await client.addDefinedSet({ set })), added);
    assert.deepEqual(plain(await client.addDefinedSet({ set })), { success: false, message: "defined set 'one' already exists" });
    assert.deepEqual(plain(await client.addDefinedSet({ set, replace: true })), added);
  }
  const extended = { name: 'two', config: { case: 'extCommunitySet', value: { extCommunities: ['rt:65000:1'] } } } as const;
  const large = { name: 'three', config: { case: 'largeCommunitySet', value: { largeCommunities: ['65000:1:2'] } } } as const;
  for (const set of [extended, large]) assert.deepEqual(plain(await client.addDefinedSet({ set: set as never })), added);
  assert.deepEqual(plain((await client.listDefinedSets({ setType: 'prefix-set' })).sets[0]?.setData.value), { prefixes });
  assert.equal(await code(client.addDefinedSet({})), Code.InvalidArgument);
  assert.equal(await code(client.addDefinedSet({ set: { name: 'x' } })), Code.InvalidArgument);
  for (const config of [
    { case: 'prefixSet', value: { prefixes: [{ prefix: '10.0.0.0/8', masklengthRange: '7..9' }] } },
    { case: 'neighborSet', value: { addresses: ['x'] } },
    { case: 'communitySet', value: { communities: ['x'] } },
  ] as const) {
    assert.equal((await client.addDefinedSet({ set: { name: 'bad', config: config as never } })).success, false);
  }

  const ref = (setName: string, matchOption: string) => ({ setName, matchOption });
  const statements = [
    {
      conditions: { matchPrefixSet: ref('one', 'any'), matchNeighborSet: ref('one', 'any') },
      actions: { accept: true, localPref: 300, med: 7, addCommunities: ['65000:5'] },
    },
    {
      conditions: {
        matchAsPathSet: ref('one', 'invert'),
        matchCommunitySet: ref('one', 'all'),
        matchExtCommunitySet: ref('two', 'any'),
        matchLargeCommunitySet: ref('three', 'invert'),
      },
      actions: { accept: true, removeCommunities: ['65000:1'] },
    },
    { conditions: { prefix: '10.0.0.0/8', neighbor: '192.0.2.1' }, actions: { reject: true } },
    { conditions: { matchNeighborSet: ref('one', 'invert') }, actions: { reject: true } },
  ];
  assert.deepEqual(plain(await client.addPolicy({ name: 'in', statements })), { success: true, message: 'policy added' });
  const lists = { addCommunities: [], removeCommunities: [] };
  const told = statements.map(({ conditions, actions }) => ({ conditions, actions: { ...lists, ...actions } }));
  assert.deepEqual(plain((await client.listPolicies({ name: 'in' })).policies), [{ name: 'in', statements: told }]);
  assert.match(text(), /^policies:\n {2}in:\n/m);
  const from = await peer(t, bgpPort);
  await client.setPolicyAssignment({ peerAddress: '127.0.0.2', direction: 'import', policyNames: ['in'] });
  from.announce('198.51.100.0/24');
  from.announce('203.0.113.0/24');
  await eventually(() => daemon.speaker.health().routes === 1, 'the first route passes, the end of the list rejects the other');
  const { routes } = await client.listRoutes({});
  assert.deepEqual(
    routes.flatMap(({ prefix, paths }) => paths.map(({ localPref, med, communities }) => [prefix, localPref, med, communities])),
    [['198.51.100.0/24', 300, 7, [4_259_840_005]]],
  );

  const refused = async (call: Promise<{ success: boolean; message: string }>, message: RegExp): Promise<void> => {
    const answer = await call;
    assert.equal(answer.success, false);
    assert.match(answer.message, message);
  };
  await refused(client.addPolicy({ name: '_x' }), /^name: found "_x"/);
  await refused(
    client.addPolicy({ name: 'x', statements: [{ conditions: { matchPrefixSet: ref('none', 'any') } }] }),
    /no set of prefixes called "none"/,
  );
  await refused(
    client.addPolicy({ name: 'x', statements: [{ conditions: { matchNeighborSet: ref('one', 'all') } }] }),
    /^statements\[0\]\.conditions\.match_neighbor_set/,
  );
  await refused(client.removePolicy({ name: 'in' }), /^policy 'in' is used by peer 127\.0\.0\.2$/);
  await refused(client.removeDefinedSet({ setType: 'prefix-set', name: 'one' }), /^cannot remove prefix-set: /);
  await client.setPolicyAssignment({ peerAddress: '127.0.0.2', direction: 'import', defaultAction: 'accept' });
  for (const name of ['in', 'in'])
    assert.deepEqual(plain(await client.removePolicy({ name })), { success: true, message: 'policy removed' });
  for (const setType of ['prefix-set', 'neighbor-set', 'as-path-set', 'community-set', 'ext-community-set', 'large-community-set']) {
    assert.deepEqual(plain(await client.removeDefinedSet({ setType, all: true })), { success: true, message: 'defined set removed' });
    assert.equal((await client.removeDefinedSet({ setType, name: 'one' })).success, true);
  }
  assert.deepEqual((await client.listDefinedSets({})).sets, []);
  assert.equal(await code(client.removeDefinedSet({ setType: 'x' })), Code.InvalidArgument);
});
