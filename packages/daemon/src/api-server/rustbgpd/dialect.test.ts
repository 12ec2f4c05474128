/** Every call of rustbgpd.v1 through generated clients, against a daemon with a session: good and bad requests, and their effects. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { rustbgpd } from '@tsbgp/api';
import { type DialectDaemon, eventually, failure, startDaemon } from '../../../test/api-server/dialect-daemon.ts';
import { serve } from '../../../test/api-server/serve.ts';
import { RoutingPeer } from '../../../test/routing-peer.ts';

const { AddressFamily, ExplainDecision, RouteEventType, SessionState } = rustbgpd;
const NAMES = Object.fromEntries(Object.entries(RouteEventType).map(([name, value]) => [value, name]));
const LIMIT = { timeout: 60_000 };

const POLICIES = `policies:
  customers-in: [{ name: all, action: accept }]
sets:
  neighbors: { upstreams: { address: [192.0.2.1, 192.0.2.2], as: [64501, "64510-64520"] } }
`;

async function peer(t: TestContext, { bgpPort }: DialectDaemon, last = 2): Promise<RoutingPeer> {
  const found = new RoutingPeer(bgpPort, last);
  t.after(() => found.socket.destroy());
  await found.up();
  return found;
}

async function code(call: Promise<unknown>): Promise<Code> {
  return (await failure(call)).code;
}

const calls = (client: object, names: readonly string[]): ((request: object) => Promise<unknown>)[] =>
  names.map((name) => (client as Record<string, (request: object) => Promise<unknown>>)[name]!);

test('GlobalService and ControlService', LIMIT, async (t) => {
  const served = await startDaemon(t);
  const [global, control] = [served.client(rustbgpd.GlobalService), served.client(rustbgpd.ControlService)];
  const { asn, routerId, listenPort } = await global.getGlobal({});
  assert.deepEqual([asn, routerId, listenPort], [64_512, '192.0.2.254', served.bgpPort]);
  assert.equal(await code(global.setGlobal({})), Code.Unimplemented);
  const { healthy, activePeers, totalRoutes } = await control.getHealth({});
  assert.deepEqual([healthy, activePeers, totalRoutes], [true, 0, 0]);
  assert.match((await control.getMetrics({})).prometheusText, /^# HELP /);
  const dump = await failure(control.triggerMrtDump({}));
  assert.equal(dump.code, Code.FailedPrecondition);
  assert.match(dump.message, /^MRT export is not configured/);
});

test('ControlService.TriggerMrtDump answers when the file is there', LIMIT, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tsbgp-mrt-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const served = await startDaemon(t, `mrt: { tables: { file: ${folder}/rib.%Y.mrt.gz } }\n`);
  const { filePath } = await served.client(rustbgpd.ControlService).triggerMrtDump({});
  assert.match(filePath, /\/rib\.\d{4}\.mrt\.gz$/);
  assert.ok(existsSync(filePath));
});

test('ControlService.Shutdown: the reason is cut at a character', LIMIT, async (t) => {
  const api = await serve();
  t.after(() => api.stop());
  const client = createClient(rustbgpd.ControlService, createGrpcTransport({ baseUrl: api.url }));
  await client.shutdown({ reason: `${'x'.repeat(254)}é` });
  await eventually(() => api.control.shutdowns.length === 1, 'the daemon is told to end');
  assert.deepEqual(api.control.shutdowns, ['x'.repeat(254)]);
});

test('AddNeighbor, ListNeighbors, GetNeighborState, DeleteNeighbor: the neighbor is in the file too', LIMIT, async (t) => {
  const { client: clientOf, text, daemon } = await startDaemon(t);
  const client = clientOf(rustbgpd.NeighborService);
  const config = {
    address: '2001:DB8:0::3',
    remoteAsn: 65_003,
    description: 'a customer',
    holdTime: 30,
    maxPrefixes: 10,
    families: ['ipv6_unicast', 'ipv4_unicast', 'ipv6_unicast'],
    removePrivateAs: 'all',
    addPathReceive: true,
    addPathSend: true,
    addPathSendMax: 4,
  };
  await client.addNeighbor({ config });
  assert.match(text(), /- address: 2001:db8::3\n {4}remote-as: 65003\n {4}description: a customer/);
  const state = await client.getNeighborState({ address: '2001:db8::3' });
  const { $typeName: _, ...shown } = state.config!;
  const expected = {
    ...config,
    address: '2001:db8::3',
    families: ['ipv6_unicast', 'ipv4_unicast'],
    peerGroup: '',
    routeServerClient: false,
  };
  assert.deepEqual(shown, expected);
  assert.deepEqual([state.isDynamic, state.uptimeSeconds, state.lastError], [false, 0n, '']);
  await client.addNeighbor({ config: { address: '192.0.2.4', remoteAsn: 65_004, routeServerClient: true } });
  const added = daemon.speaker.getNeighbor('192.0.2.4').config;
  assert.deepEqual([added.importPolicy, added.exportPolicy, added.routeServerClient], ['accept-all', 'accept-all', true]);
  const { neighbors } = await client.listNeighbors({});
  assert.deepEqual(
    neighbors.map((each) => [each.config?.address, each.config?.description, each.config?.holdTime]),
    [
      ['127.0.0.2', '127.0.0.2', 90],
      ['192.0.2.4', '192.0.2.4', 90],
      ['2001:db8::3', 'a customer', 30],
    ],
  );
  assert.equal(await code(client.addNeighbor({ config })), Code.AlreadyExists);
  assert.equal(await code(client.addNeighbor({})), Code.InvalidArgument);
  for (const [field, wrong] of [
    ['', { address: '192.0.2.9:179' }],
    ['', { address: 'x' }],
    ['remote_asn', { remoteAsn: 0 }],
    ['hold_time', { holdTime: 2 }],
    ['hold_time', { holdTime: 65_536 }],
    ['families', { families: ['l2vpn_evpn'] }],
    ['remove_private_as', { removePrivateAs: 'some' }],
    ['remove_private_as', { remoteAsn: 64_512, removePrivateAs: 'all' }],
    ['route_server_client', { remoteAsn: 64_512, routeServerClient: true }],
    ['peer_group', { peerGroup: 'transit' }],
    ['description', { description: 'two\nlines' }],
  ] as const) {
    const refused = await client
      .addNeighbor({ config: { address: '192.0.2.9', remoteAsn: 65_009, ...(wrong as object) } })
      .catch(ConnectError.from);
    assert.ok(refused instanceof ConnectError);
    assert.equal(refused.code, Code.InvalidArgument);
    const [detail] = refused.findDetails(rustbgpd.ErrorDetailSchema);
    assert.equal(detail?.kind.case === 'config' ? detail.kind.value.fieldPath : '', field, refused.message);
  }
  await client.deleteNeighbor({ address: '2001:db8::3' });
  assert.doesNotMatch(text(), /2001:db8::3/);
  for (const call of calls(client, ['deleteNeighbor', 'getNeighborState', 'enableNeighbor', 'disableNeighbor', 'softResetIn'])) {
    assert.equal(await code(call({ address: '2001:db8::3' })), Code.NotFound);
    assert.match((await failure(call({ address: '192.0.2.4:179' }))).message, /^invalid address: "192\.0\.2\.4:179"/);
  }
  assert.deepEqual((await client.listDynamicNeighbors({})).ranges, []);
  for (const call of calls(client, ['addDynamicNeighbor', 'deleteDynamicNeighbor'])) assert.equal(await code(call({})), Code.Unimplemented);
});

test('EnableNeighbor, DisableNeighbor, SoftResetIn: what becomes of the session', LIMIT, async (t) => {
  const served = await startDaemon(t);
  const client = served.client(rustbgpd.NeighborService);
  const address = '127.0.0.2';
  assert.equal(await code(client.softResetIn({ address })), Code.FailedPrecondition);
  const connected = await peer(t, served);
  connected.announce('198.51.100.0/24');
  const state = () => client.getNeighborState({ address });
  await eventually(async () => (await state()).prefixesReceived === 1n, 'the route is there');
  assert.deepEqual([(await state()).state, (await state()).prefixesReceived], [SessionState.ESTABLISHED, 1n]);
  await client.softResetIn({ address, families: ['ipv4_unicast'] });
  assert.equal(await code(client.softResetIn({ address, families: ['ipv4_flowspec'] })), Code.FailedPrecondition);
  assert.equal(await code(client.softResetIn({ address, families: ['x'] })), Code.InvalidArgument);
  await client.disableNeighbor({ address, reason: 'é'.repeat(200) });
  await eventually(() => served.daemon.speaker.getNeighbor(address).session === undefined, 'the session ends');
  const sent = served.daemon.speaker.getNeighbor(address).lastNotification;
  assert.deepEqual([sent?.code, sent?.subcode], [6, 2]);
  assert.ok(sent?.text.includes('é'.repeat(127)) && !sent.text.includes('é'.repeat(128)), sent?.text);
  const after = await state();
  assert.deepEqual([after.flapCount, after.notificationsSent, after.lastError], [1n, 1n, '']);
  await client.enableNeighbor({ address });
  assert.equal(served.daemon.speaker.getNeighbor(address).adminState, 'up');
});

test('PolicyService: what the configuration has is shown and assigned', LIMIT, async (t) => {
  const { client: clientOf, daemon, text } = await startDaemon(t, `${POLICIES}defaults: { import: [customers-in], export: accept-all }\n`);
  const client = clientOf(rustbgpd.PolicyService);
  const address = '127.0.0.2';
  assert.deepEqual(
    (await client.listPolicies({})).policies.map(({ name }) => name),
    ['customers-in'],
  );
  const { name, definition: unknown } = await client.getPolicy({ name: 'customers-in' });
  assert.deepEqual([name, unknown], ['customers-in', undefined]);
  const { neighborSets } = await client.listNeighborSets({});
  const definition = (await client.getNeighborSet({ name: 'upstreams' })).definition;
  assert.deepEqual(neighborSets[0]?.definition, definition);
  assert.deepEqual([definition?.addresses, definition?.remoteAsns], [['192.0.2.1', '192.0.2.2'], [64_501]]);
  for (const call of calls(client, ['getPolicy', 'getNeighborSet'])) {
    assert.equal(await code(call({})), Code.InvalidArgument);
    assert.equal(await code(call({ name: 'x' })), Code.NotFound);
  }
  const chains = await client.getGlobalPolicyChains({});
  assert.deepEqual([chains.importPolicyNames, chains.exportPolicyNames], [['customers-in'], []]);
  const shown = async () => {
    const { importPolicyNames, exportPolicyNames } = await client.getNeighborPolicyChains({ address });
    return [importPolicyNames, exportPolicyNames];
  };
  assert.deepEqual(await shown(), [[], []]);
  await client.setNeighborImportChain({ address, policyNames: ['customers-in'] });
  await client.setNeighborExportChain({ address, policyNames: ['customers-in', 'deny-all'] });
  assert.deepEqual(await shown(), [['customers-in'], ['customers-in', 'deny-all']]);
  assert.equal(daemon.speaker.getNeighbor(address).config.importPolicy, 'customers-in accept-all');
  assert.match(text(), /import: \[?\s*customers-in,? accept-all/);
  await client.clearNeighborImportChain({ address });
  await client.clearNeighborExportChain({ address });
  assert.deepEqual(await shown(), [[], []]);
  assert.match((await failure(client.setNeighborImportChain({ address, policyNames: ['x'] }))).message, /undefined policy "x"/);
  for (const call of calls(client, ['setNeighborImportChain', 'clearNeighborExportChain', 'getNeighborPolicyChains'])) {
    assert.equal(await code(call({ address: '192.0.2.9' })), Code.NotFound);
    assert.equal(await code(call({ address: 'x' })), Code.InvalidArgument);
  }
});

test('SetPolicy, SetNeighborSet, global chains: written to the file, in effect at once, refused with their place', LIMIT, async (t) => {
  const served = await startDaemon(t);
  const [client, rib] = [served.client(rustbgpd.PolicyService), served.client(rustbgpd.RibService)];
  const address = '127.0.0.2';
  const connected = await peer(t, served);
  connected.announce('198.51.100.0/24', 1);
  connected.announce('203.0.113.0/24', 2);
  await eventually(() => served.daemon.speaker.health().routes === 2, 'both routes are there');
  await client.setNeighborSet({ name: 'one', definition: { addresses: [address] } });
  const statements = [
    { action: 'deny', prefix: '198.51.0.0/16', ge: 24, le: 24, matchNeighborSet: 'one', matchRouteType: 'external' },
    {
      action: 'permit',
      matchMedGe: 2,
      matchAsPathLengthLe: 9,
      matchAsPath: '^65002$',
      setLocalPref: 300,
      setCommunityAdd: ['65000:1', 'NO_EXPORT', 'LC:65000:1:2', 'RT:65000:7'],
      setAsPathPrepend: { asn: 65_100, count: 2 },
    },
  ];
  await client.setPolicy({ name: 'in', definition: { defaultAction: 'permit', statements } });
  const full = {
    action: 'permit',
    prefix: '10.0.0.0/8',
    le: 24,
    matchCommunity: ['65000:1', 'RT:65000:1', 'RO:192.0.2.1:1', 'LC:1:2:3', 'NO_EXPORT'],
    matchAsPathLengthGe: 1,
    matchRpkiValidation: 'not_found',
    matchAspaValidation: 'unknown',
    matchLocalPrefGe: 5,
    matchMedLe: 9,
    matchNextHop: '192.0.2.1',
    setMed: 1,
    setNextHop: 'self',
    setCommunityRemove: ['65000:9'],
  };
  await client.setPolicy({ name: 'full', definition: { defaultAction: 'deny', statements: [full] } });
  const wanted = create(rustbgpd.PolicyDefinitionSchema, { defaultAction: 'deny', statements: [full] });
  assert.deepEqual((await client.getPolicy({ name: 'full' })).definition, wanted);
  const given = create(rustbgpd.PolicyDefinitionSchema, { defaultAction: 'permit', statements });
  const policies = (await client.listPolicies({})).policies.map(({ name, definition }) => [name, definition]);
  assert.deepEqual(policies, [
    ['full', wanted],
    ['in', given],
  ]);
  await client.deletePolicy({ name: 'full' });
  await client.setPolicy({ name: 'then', definition: { statements: [{ action: 'permit', matchCommunity: ['65000:1'], setMed: 7 }] } });
  await client.setNeighborImportChain({ address, policyNames: ['in', 'then'] });
  await eventually(() => served.daemon.speaker.health().routes === 1, 'one is denied');
  const ask = () => rib.listBestRoutes({});
  // Every policy of the chain changes the route.
  await eventually(async () => (await ask()).routes[0]?.med === 7, 'the other is changed');
  const { routes } = await ask();
  const { prefix, localPref, asPath, communities, largeCommunities, extendedCommunities } = routes[0]!;
  assert.deepEqual([prefix, localPref, asPath], ['203.0.113.0', 300, [65_100, 65_100, 65_002]]);
  assert.deepEqual(
    [communities, largeCommunities, extendedCommunities],
    [[4_259_840_001, 0xffff_ff01], ['65000:1:2'], [0x0002_fde8_0000_0007n]],
  );
  assert.match(served.text(), /^policies:\n {2}in:/m);

  for (const [field, definition] of [
    ['definition: is missing', undefined],
    ['definition.default_action: found "x"', { defaultAction: 'x' }],
    ['definition.statements[0].action: found "x"', { statements: [{ action: 'x' }] }],
    ['definition.statements[0]: a statement needs a condition', { statements: [{ action: 'permit' }] }],
    ['definition.statements[0]: ge and le', { statements: [{ action: 'permit', ge: 9 }] }],
    ['definition.statements[0]: a statement that denies', { statements: [{ action: 'deny', matchMedGe: 9, setMed: 1 }] }],
    ['definition.statements[0].match_rpki_validation: found "x"', { statements: [{ action: 'deny', matchRpkiValidation: 'x' }] }],
    ['', { statements: [{ action: 'deny', prefix: 'x' }] }],
    ['', { statements: [{ action: 'deny', matchNeighborSet: 'x' }] }],
  ] as const) {
    const request = { name: 'bad', ...(definition !== undefined && { definition: definition as object }) };
    const { code: status, message } = await failure(client.setPolicy(request));
    assert.equal(status, Code.InvalidArgument, message);
    assert.ok(message.startsWith(field), message);
  }
  assert.equal(await code(client.setNeighborSet({ name: 'x', definition: {} })), Code.InvalidArgument);
  assert.equal(await code(client.setNeighborSet({ name: 'x', definition: { addresses: ['x'] } })), Code.InvalidArgument);
  for (const call of calls(client, ['setPolicy', 'deletePolicy', 'setNeighborSet', 'deleteNeighborSet'])) {
    assert.equal(await code(call({ definition: {} })), Code.InvalidArgument);
  }

  const used = await failure(client.deletePolicy({ name: 'in' }));
  assert.deepEqual(used, { code: Code.FailedPrecondition, message: 'name: policy in is still referenced by neighbor 127.0.0.2' });
  assert.equal(await code(client.deleteNeighborSet({ name: 'one' })), Code.FailedPrecondition);
  await client.clearNeighborImportChain({ address });
  await eventually(() => served.daemon.speaker.health().routes === 2, 'both are permitted again');
  await client.setGlobalImportChain({ policyNames: ['then'] });
  assert.deepEqual((await client.getGlobalPolicyChains({})).importPolicyNames, ['then']);
  assert.match((await failure(client.deletePolicy({ name: 'then' }))).message, /still referenced by global import_chain/);
  assert.equal(await code(client.setGlobalExportChain({ policyNames: ['x'] })), Code.InvalidArgument);
  await client.clearGlobalImportChain({});
  await client.clearGlobalExportChain({});
  for (const name of ['in', 'then', 'then']) await client.deletePolicy({ name });
  await client.deleteNeighborSet({ name: 'one' });
  await client.deleteNeighborSet({ name: 'one' });
  assert.deepEqual([(await client.listPolicies({})).policies, (await client.listNeighborSets({})).neighborSets], [[], []]);
});

test('PeerGroupService: groups of the file are set, listed, assigned and deleted', LIMIT, async (t) => {
  const { client: clientOf } = await startDaemon(t);
  const [client, neighbors] = [clientOf(rustbgpd.PeerGroupService), clientOf(rustbgpd.NeighborService)];
  assert.deepEqual((await client.listPeerGroups({})).peerGroups, []);
  assert.equal(await code(client.getPeerGroup({})), Code.InvalidArgument);
  assert.equal(await code(client.getPeerGroup({ name: 'x' })), Code.NotFound);
  const definition = {
    holdTime: 12,
    maxPrefixes: 100,
    families: ['ipv4_unicast', 'ipv6_unicast'],
    gracefulRestart: true,
    grRestartTime: 60,
    grStaleRoutesTime: 90n,
    llgrStaleTime: 3600,
    removePrivateAs: 'all',
    addPathReceive: true,
    addPathSend: true,
    addPathSendMax: 4,
    importPolicyChain: ['deny-all'],
  };
  await client.setPeerGroup({ name: 'members', definition });
  const found = (await client.getPeerGroup({ name: 'members' })).definition!;
  for (const [field, value] of Object.entries(definition)) assert.deepEqual(found[field as keyof typeof definition], value, field);
  await client.setPeerGroup({ name: 'secure', definition: { md5Password: 'between us', ttlSecurity: true } });
  const secure = (await client.getPeerGroup({ name: 'secure' })).definition!;
  assert.deepEqual([secure.md5Password, secure.ttlSecurity], [undefined, true]);
  await client.deletePeerGroup({ name: 'secure' });
  await neighbors.addNeighbor({ config: { address: '127.0.0.51', remoteAsn: 65_051, peerGroup: 'members' } });
  const state = async () => (await neighbors.getNeighborState({ address: '127.0.0.51' })).config!;
  assert.deepEqual([(await state()).peerGroup, (await state()).holdTime, (await state()).families.length], ['members', 12, 2]);
  await client.setPeerGroup({ name: 'members', definition: { ...definition, holdTime: 15 } });
  assert.equal((await state()).holdTime, 15);
  assert.equal(await code(client.deletePeerGroup({ name: 'members' })), Code.FailedPrecondition);
  await client.clearNeighborPeerGroup({ address: '127.0.0.51' });
  assert.deepEqual([(await state()).peerGroup, (await state()).holdTime], ['', 90]);
  await client.setNeighborPeerGroup({ address: '127.0.0.51', peerGroup: 'members' });
  assert.equal((await state()).holdTime, 15);
  await client.clearNeighborPeerGroup({ address: '127.0.0.51' });
  await client.deletePeerGroup({ name: 'members' });
  await client.deletePeerGroup({ name: 'members' });
  assert.deepEqual((await client.listPeerGroups({})).peerGroups, []);
  for (const [wrong, expected] of [
    [client.setPeerGroup({ name: 'x' }), Code.InvalidArgument],
    [client.setPeerGroup({ name: '', definition: {} }), Code.InvalidArgument],
    [client.setPeerGroup({ name: 'x', definition: { holdTime: 2 } }), Code.InvalidArgument],
    [client.setPeerGroup({ name: 'x', definition: { families: ['ipv5'] } }), Code.InvalidArgument],
    [client.setPeerGroup({ name: 'x', definition: { removePrivateAs: 'some' } }), Code.InvalidArgument],
    [client.setPeerGroup({ name: 'x', definition: { importPolicyChain: ['nowhere'] } }), Code.InvalidArgument],
    [client.setPeerGroup({ name: 'x', definition: { importPolicy: [{ action: 'deny' }] } }), Code.Unimplemented],
    [client.setNeighborPeerGroup({ address: '127.0.0.51' }), Code.InvalidArgument],
    [client.setNeighborPeerGroup({ address: '127.0.0.51', peerGroup: 'x' }), Code.InvalidArgument],
    [client.clearNeighborPeerGroup({ address: '127.0.0.99' }), Code.NotFound],
    [client.clearNeighborPeerGroup({ address: 'nobody' }), Code.InvalidArgument],
  ] as const) {
    assert.equal(await code(wrong), expected);
  }
});

test('InjectionService: every field comes back in ListBestRoutes; wrong requests are refused', LIMIT, async (t) => {
  const { client: clientOf } = await startDaemon(t);
  const [client, rib] = [clientOf(rustbgpd.InjectionService), clientOf(rustbgpd.RibService)];
  const request = {
    prefix: '10.1.2.3',
    prefixLength: 16,
    nextHop: '192.0.2.1',
    asPath: [65_001, 4_200_000_000],
    origin: 1,
    localPref: 200,
    med: 7,
    communities: [0xffff_ff01],
    extendedCommunities: [0x0002_fde9_0000_0064n],
    largeCommunities: ['65001:1:2'],
    pathId: 0,
  };
  await client.addPath(request);
  const { routes, totalCount } = await rib.listBestRoutes({});
  const { $typeName: _, ...shown } = routes[0]!;
  const more = { peerAddress: '0.0.0.0', best: true, validationState: 'not_found', aspaState: 'unknown' };
  assert.deepEqual([shown, totalCount], [{ ...request, prefix: '10.1.0.0', ...more }, 1n]);
  await client.addPath({ prefix: '2001:db8::', prefixLength: 32, nextHop: '2001:db8::1', origin: 9 });
  assert.deepEqual(
    (await rib.listBestRoutes({ afiSafi: AddressFamily.IPV6_UNICAST })).routes.map(({ origin, localPref }) => [origin, localPref]),
    [[2, 0]],
  );
  for (const [field, wrong] of [
    ['prefix', { prefix: 'x' }],
    ['prefix_length', { prefixLength: 33 }],
    ['next_hop', { nextHop: '2001:db8::1' }],
    ['next_hop', { nextHop: '0.0.0.0' }],
    ['next_hop', { nextHop: '224.0.0.1' }],
    ['next_hop', { nextHop: '' }],
    ['large_communities[0]', { largeCommunities: ['1:2'] }],
  ] as const) {
    const { code: status, message } = await failure(client.addPath({ ...request, ...(wrong as object) }));
    assert.equal(status, Code.InvalidArgument);
    assert.ok(message.startsWith(`${field}: found `), message);
  }
  await client.deletePath({ prefix: '10.1.0.0', prefixLength: 16 });
  const gone = await failure(client.deletePath({ prefix: '10.1.0.0', prefixLength: 16 }));
  assert.deepEqual(gone, { code: Code.NotFound, message: 'withdraw failed: prefix 10.1.0.0/16 not found' });
  for (const call of calls(client, ['addFlowSpec', 'deleteFlowSpec'])) assert.equal(await code(call({})), Code.Unimplemented);
});

test('lists of routes: tables, filters, pages by decimal offsets, totals', LIMIT, async (t) => {
  const served = await startDaemon(t);
  const [injection, rib] = [served.client(rustbgpd.InjectionService), served.client(rustbgpd.RibService)];
  const connected = await peer(t, served);
  for (let i = 0; i < 250; i++) connected.announce(`198.51.${i}.0/24`, i, [65_002, 64_700 + (i % 2)]);
  await injection.addPath({ prefix: '203.0.113.0', prefixLength: 24, nextHop: '192.0.2.7', communities: [5], largeCommunities: ['1:2:3'] });
  await connected.has('203.0.113.0/24');
  await eventually(() => served.daemon.speaker.health().routes === 251, 'the routes are there');

  const first = await rib.listBestRoutes({});
  assert.deepEqual([first.routes.length, first.nextPageToken, first.totalCount], [100, '100', 251n]);
  const seen = new Set(first.routes.map(({ prefix }) => prefix));
  let token = first.nextPageToken;
  while (token !== '') {
    const page = await rib.listBestRoutes({ pageToken: token, pageSize: 60 });
    assert.equal(page.totalCount, 251n);
    for (const { prefix } of page.routes) seen.add(prefix);
    assert.ok(page.nextPageToken === '' || Number(page.nextPageToken) === Number(token) + 60);
    token = page.nextPageToken;
  }
  assert.equal(seen.size, 251);
  // A token that a client worked out itself.
  const jumped = await rib.listBestRoutes({ pageToken: '249' });
  assert.deepEqual([jumped.routes.map(({ prefix }) => prefix), jumped.nextPageToken], [['198.51.249.0', '203.0.113.0'], '']);
  assert.deepEqual((await rib.listBestRoutes({ pageToken: '9999' })).routes, []);

  const counts = async (list: typeof rib.listBestRoutes, request: object): Promise<[number, bigint]> => {
    const { routes, totalCount } = await list({ pageSize: 1000, ...request });
    assert.equal(BigInt(routes.length), totalCount);
    return [routes.length, totalCount];
  };
  for (const [expected, request] of [
    [1, { prefixFilter: '203.0.113.9', prefixFilterLength: 24 }],
    [0, { prefixFilter: '198.51.0.0', prefixFilterLength: 16 }],
    [250, { prefixFilter: '198.51.0.0', prefixFilterLength: 16, longerPrefixes: true }],
    [125, { originAsn: 64_701 }],
    [1, { communityFilter: [4, 5] }],
    [0, { communityFilter: [4] }],
    [1, { largeCommunityFilter: ['9:9:9', '1:2:3'] }],
    [251, { afiSafi: AddressFamily.IPV4_UNICAST }],
    [0, { afiSafi: AddressFamily.IPV6_UNICAST }],
    [0, { afiSafi: AddressFamily.IPV4_FLOWSPEC }],
  ] as const) {
    assert.deepEqual(await counts(rib.listBestRoutes, request), [expected, BigInt(expected)], JSON.stringify(request));
  }
  assert.deepEqual(await counts(rib.listReceivedRoutes, {}), [251, 251n]);
  assert.deepEqual(await counts(rib.listReceivedRoutes, { neighborAddress: '127.0.0.2' }), [250, 250n]);
  assert.deepEqual(await counts(rib.listReceivedRoutes, { neighborAddress: '0.0.0.0' }), [1, 1n]);
  assert.deepEqual(await counts(rib.listReceivedRoutes, { neighborAddress: '192.0.2.9' }), [0, 0n]);
  const advertised = await rib.listAdvertisedRoutes({ neighborAddress: '127.0.0.2' });
  assert.deepEqual(
    advertised.routes.map(({ prefix, best }) => [prefix, best]),
    [['203.0.113.0', false]],
  );
  for (const [call, wrong] of [
    [rib.listAdvertisedRoutes, {}],
    [rib.listReceivedRoutes, { neighborAddress: 'x' }],
    [rib.listBestRoutes, { pageToken: 'x' }],
    [rib.listBestRoutes, { afiSafi: 5 as never }],
    [rib.listBestRoutes, { prefixFilter: 'x' }],
    [rib.listBestRoutes, { prefixFilter: '10.0.0.0', prefixFilterLength: 256 }],
  ] as const) {
    assert.equal(await code(call(wrong)), Code.InvalidArgument);
  }
  assert.equal(await code(rib.listFlowSpecRoutes({})), Code.Unimplemented);
});

test('ExplainBestPath and ExplainAdvertisedRoute', LIMIT, async (t) => {
  const served = await startDaemon(t);
  const [injection, rib] = [served.client(rustbgpd.InjectionService), served.client(rustbgpd.RibService)];
  const connected = await peer(t, served);
  connected.announce('198.51.100.0/24', 1, [65_002, 65_010]);
  await injection.addPath({ prefix: '198.51.100.0', prefixLength: 24, nextHop: '192.0.2.7', localPref: 50 });
  await injection.addPath({ prefix: '203.0.113.0', prefixLength: 24, nextHop: '192.0.2.7', communities: [0xffff_ff01] });
  await injection.addPath({ prefix: '203.0.112.0', prefixLength: 24, nextHop: '192.0.2.7', med: 5 });
  await connected.has('203.0.112.0/24');
  const ask = () => rib.explainBestPath({ prefix: '198.51.100.7', prefixLength: 24 });
  await eventually(async () => (await ask()).candidates.length === 1, 'both paths are there');
  const best = await ask();
  assert.deepEqual([best.prefix, best.bestRoute?.peerAddress, best.bestRoute?.best], ['198.51.100.0', '127.0.0.2', true]);
  assert.deepEqual(
    best.candidates.map(({ route, vsBestReason, vsBestOrdering }) => [route?.peerAddress, vsBestReason, vsBestOrdering]),
    [['0.0.0.0', 'higher_local_pref', 'worse']],
  );
  const none = await rib.explainBestPath({ prefix: '192.0.2.0', prefixLength: 24 });
  assert.deepEqual([none.bestRoute, none.candidates], [undefined, []]);

  const explain = async (prefix: string) => {
    const { decision, reasons, routeType, nextHop } = await rib.explainAdvertisedRoute({
      peerAddress: '127.0.0.2',
      prefix,
      prefixLength: 24,
    });
    return [decision, reasons.map((each) => each.code), routeType, nextHop];
  };
  assert.deepEqual(await explain('203.0.112.0'), [ExplainDecision.ADVERTISE, ['local_route', 'policy_permitted'], 'local', '127.0.0.1']);
  assert.deepEqual(await explain('203.0.113.0'), [ExplainDecision.DENY, ['no_export'], 'local', '']);
  assert.deepEqual(await explain('198.51.100.0'), [ExplainDecision.DENY, ['ibgp_split_horizon'], 'external', '']);
  assert.deepEqual(await explain('192.0.2.0'), [ExplainDecision.NO_BEST_ROUTE, ['no_best_route'], '', '']);
  const asked = { prefix: '192.0.2.0', prefixLength: 24 };
  assert.equal(await code(rib.explainAdvertisedRoute({ ...asked, peerAddress: '127.0.0.9' })), Code.NotFound);
  assert.equal(await code(rib.explainAdvertisedRoute({ ...asked, peerAddress: 'x' })), Code.InvalidArgument);
  assert.equal(await code(rib.explainBestPath({ prefix: '192.0.2.0', prefixLength: 33 })), Code.InvalidArgument);
});

test('WatchRoutes: added, changed and withdrawn best routes, with what was there before', LIMIT, async (t) => {
  const served = await startDaemon(t);
  const [injection, rib] = [served.client(rustbgpd.InjectionService), served.client(rustbgpd.RibService)];
  const connected = await peer(t, served);
  connected.announce('198.51.100.0/24');
  await eventually(() => served.daemon.speaker.health().routes === 1, 'the route is there');
  const all: string[] = [];
  const ofPeer: string[] = [];
  const leave = new AbortController();
  t.after(() => leave.abort());
  const watch = async (into: string[], request: object): Promise<void> => {
    for await (const event of rib.watchRoutes(request, { signal: leave.signal })) {
      into.push(`${NAMES[event.eventType]} ${event.prefix}/${event.prefixLength} ${event.peerAddress} was ${event.previousPeerAddress}`);
      assert.ok(Math.abs(Number(event.timestamp) - Date.now() / 1000) < 60);
      assert.equal(event.afiSafi, AddressFamily.IPV4_UNICAST);
    }
  };
  const ended = [watch(all, {}), watch(ofPeer, { neighborAddress: '127.0.0.2' }), watch([], { afiSafi: AddressFamily.IPV6_FLOWSPEC })];
  // A watch has no beginning that a client sees: routes are added until one is told.
  for (let i = 0; all.length === 0 || ofPeer.length === 0; i = (i + 1) % 250) {
    connected.announce(`192.0.${i}.0/24`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const told = (events: string[], event: string): Promise<void> => eventually(() => events.includes(event), event);
  await injection.addPath({ prefix: '198.51.100.0', prefixLength: 24, nextHop: '192.0.2.7', localPref: 500 });
  for (const events of [all, ofPeer]) await told(events, 'BEST_CHANGED 198.51.100.0/24 0.0.0.0 was 127.0.0.2');
  await injection.deletePath({ prefix: '198.51.100.0', prefixLength: 24 });
  await told(all, 'BEST_CHANGED 198.51.100.0/24 127.0.0.2 was 0.0.0.0');
  connected.withdraw('198.51.100.0/24');
  for (const events of [all, ofPeer]) await told(events, 'WITHDRAWN 198.51.100.0/24  was 127.0.0.2');
  await injection.addPath({ prefix: '203.0.113.0', prefixLength: 24, nextHop: '192.0.2.7' });
  await told(all, 'ADDED 203.0.113.0/24 0.0.0.0 was ');
  assert.ok(!ofPeer.some((event) => event.includes('203.0.113.0')));
  assert.equal(await code(Array.fromAsync(rib.watchRoutes({ neighborAddress: 'x' }))), Code.InvalidArgument);
  leave.abort();
  for (const each of await Promise.allSettled(ended)) assert.equal(each.status, 'rejected');
  await eventually(() => /^tsbgp_watchers 0$/m.test(served.daemon.speaker.metrics()), 'the control plane is not watched any more');
});
