/** The station with real connections: whole captures of routers, peers that come and go, hostile input, bounds. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as netConnect } from 'node:net';
import { type TestContext, test } from 'node:test';
import {
  ByteWriter,
  decodeMessage,
  encodeMessage,
  endOfRib,
  Fault,
  IPV4_UNICAST,
  IPV6_UNICAST,
  parseMessage,
  STORED_CONTEXT,
} from '@tsbgp/wire';
import { BmpPeerDownReason, BmpPeerType } from './codes.ts';
import { appendInitiation, appendStatistics, appendTermination, BmpRouteSource } from './exporter.ts';
import { appendBmp } from './messages/message.ts';
import type { BmpPeer } from './peer.ts';
import { BmpStation, type BmpStationHandler, type BmpStationOptions } from './station.ts';

const PEER: BmpPeer = {
  peerType: BmpPeerType.Global,
  distinguisher: '0:0',
  address: '192.0.2.1',
  as: 65_001,
  bgpId: '192.0.2.1',
  timestamp: 1_700_000_000,
  microseconds: 0,
  postPolicy: false,
  twoOctetAsPath: false,
  adjRibOut: false,
  filtered: false,
};

function open(as: number, capabilities = ''): Uint8Array {
  return encodeMessage(
    parseMessage(
      `open version 4 as ${as} hold-time 90 bgp-identifier 192.0.2.${1 + (as % 100)} capabilities { four-octet-as ${as}${capabilities} }`,
    ),
    STORED_CONTEXT,
  );
}

function peerUp(out: ByteWriter, peer: BmpPeer): void {
  const addPath = '; add-path ipv4-unicast:both';
  appendBmp(out, {
    type: 'peer-up',
    peer,
    localAddress: '192.0.2.100',
    localPort: 179,
    remotePort: 50_000,
    sentOpen: open(64_512, addPath),
    receivedOpen: open(peer.as, addPath),
    information: [],
  });
}

/** Events of a station, as text, of one connection that sends `stream` in chunks of `size`. */
async function receive(t: TestContext, stream: Uint8Array, options: BmpStationOptions = {}, size = 1000): Promise<string[]> {
  const events: string[] = [];
  let gone: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const handler: BmpStationHandler = {
    onRouter: () => events.push('router'),
    onInitiation: (router) => events.push(`initiation ${router.sysName}`),
    onPeerUp: (_, { peer }) => events.push(`up ${peer.address}`),
    onPeerDown: (_, known, { reason }) => events.push(`down ${known?.peer.address} ${reason}`),
    onRoutes(_, { rib, known, update, context }) {
      const message = decodeMessage(update, 0, update.length, context);
      if (message instanceof Fault || message.type !== 'update') return events.push('?');
      const nlri = message.nlri.map(
        ({ prefix, pathIdentifier }) => `${prefix}${pathIdentifier === undefined ? '' : ` path ${pathIdentifier}`}`,
      );
      return events.push(`${rib} ${known?.peer.address} ${nlri.join(' ')}`);
    },
    onEndOfRib: (_, { rib }, family) => events.push(`end ${rib} ${family}`),
    onStatistics: (_, { statistics }) => events.push(`statistics ${statistics.map(({ type }) => type).join(' ')}`),
    onTermination: () => events.push('termination'),
    onFault: (_, { reason }) => events.push(`fault ${reason}`),
    onRouterGone: (router) => {
      events.push(`gone ${router.peers.size}`);
      gone();
    },
  };
  const station = new BmpStation(handler, options);
  const server = createServer();
  station.listen(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const client = netConnect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  for (let at = 0; at < stream.length; at += size) client.write(stream.subarray(at, at + size));
  client.end();
  await closed;
  assert.equal(station.routers.size, 0);
  return events;
}

test('a session of a router, as our exporter writes it', async (t) => {
  const out = new ByteWriter();
  appendInitiation(out, { sysName: 'rs1.example', sysDescr: 'tsbgp' });
  peerUp(out, PEER);
  const context = { ...STORED_CONTEXT, addPath: new Set([IPV4_UNICAST]) };
  const update = encodeMessage(
    parseMessage('update nlri { 198.51.100.0/24 path-id 7 } attributes { ORIGIN igp; AS_PATH 65001; NEXT_HOP 192.0.2.1 }'),
    context,
  );
  new BmpRouteSource(PEER).append(out, 1_700_000_000_250_000, update, 0, update.length);
  new BmpRouteSource({ ...PEER, adjRibOut: true, postPolicy: true }).append(out, 0, update, 0, update.length);
  for (const family of [IPV4_UNICAST, IPV6_UNICAST]) {
    const ended = encodeMessage(endOfRib(family), STORED_CONTEXT);
    new BmpRouteSource(PEER).append(out, 0, ended, 0, ended.length);
  }
  appendStatistics(out, PEER, { rejectedPrefixes: 3, adjRibInRoutes: 5n, adjRibInRoutesOfFamily: new Map([[IPV4_UNICAST, 5]]) });
  appendBmp(out, { type: 'peer-down', peer: PEER, reason: BmpPeerDownReason.RemoteNoNotification });
  appendTermination(out, 0, 'maintenance');
  const stream = out.take();
  const expected = [
    'router',
    'initiation rs1.example',
    'up 192.0.2.1',
    'pre-policy 192.0.2.1 198.51.100.0/24 path 7',
    'post-policy-out 192.0.2.1 198.51.100.0/24 path 7',
    `end pre-policy ${IPV4_UNICAST}`,
    `end pre-policy ${IPV6_UNICAST}`,
    'statistics 0 7 9',
    'down 192.0.2.1 4',
    'termination',
    'gone 0',
  ];
  assert.deepEqual(await receive(t, stream), expected);
  assert.deepEqual(await receive(t, stream, {}, 1), expected);
});

test('what cannot be read is left out; what cannot be framed ends the connection, and all peers of the router', async (t) => {
  const out = new ByteWriter();
  peerUp(out, PEER);
  appendBmp(out, { type: 'unknown', code: 1, body: new Uint8Array(42) });
  out.raw(Uint8Array.of(9, 0, 0, 0, 6, 4));
  appendInitiation(out, { sysName: 'never', sysDescr: 'read' });
  assert.deepEqual(await receive(t, out.take()), [
    'router',
    'up 192.0.2.1',
    'fault statistics-report: the count of statistics is missing',
    'fault found version 9, allowed is 3',
    'gone 0',
  ]);
});

test('bounds: peers of a router, and routers', async (t) => {
  const out = new ByteWriter();
  for (let i = 1; i <= 3; i++) peerUp(out, { ...PEER, address: `192.0.2.${i}` });
  const events = await receive(t, out.take(), { peersMax: 2 });
  assert.deepEqual(events, [
    'router',
    'up 192.0.2.1',
    'up 192.0.2.2',
    'fault more than 2 peers: the Peer Up of 192.0.2.3 is left out',
    'gone 0',
  ]);
  const station = new BmpStation({}, { routersMax: 1 });
  const connection = () => ({
    isDestroyed: false,
    on: () => undefined,
    destroy() {
      this.isDestroyed = true;
    },
  });
  const [first, second] = [connection(), connection()];
  assert.ok(station.accept(first) !== undefined);
  assert.equal(station.accept(second), undefined);
  assert.deepEqual([first.isDestroyed, second.isDestroyed], [false, true]);
});
