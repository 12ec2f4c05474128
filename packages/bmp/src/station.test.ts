/** The station with real connections: whole captures of routers, peers that come and go, hostile input, bounds. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, connect as netConnect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import {
  ByteWriter,
  decodeMessage,
  encodeMessage,
  endOfRib,
  Fault,
  formatAddress,
  IPV4_UNICAST,
  IPV6_UNICAST,
  parseAddress,
  parseMessage,
  STORED_CONTEXT,
} from '@tsbgp/wire';
import { captures } from '../../../test/conformance.ts';
import { BmpPeerDownReason, BmpPeerType } from './codes.ts';
import { appendInitiation, appendStatistics, appendTermination, BmpRouteSource } from './exporter.ts';
import { BmpFault } from './fault.ts';
import { BmpFramer } from './framing.ts';
import { appendBmp } from './messages/message.ts';
import type { BmpMessage } from './messages/values.ts';
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

interface Capture {
  readonly file: string;
  readonly streams: readonly {
    readonly raw_stream: string;
    readonly messages: number;
    readonly by_type: Readonly<Record<string, number>>;
  }[];
  readonly upstream_expected_output?: readonly string[];
}

const KINDS: Readonly<Record<BmpMessage['type'], string>> = {
  initiation: 'Initiation',
  'peer-up': 'PeerUpNotification',
  'peer-down': 'PeerDownNotification',
  'route-monitoring': 'RouteMonitoring',
  'statistics-report': 'StatisticsReport',
  termination: 'Termination',
  'route-mirroring': 'RouteMirroring',
  unknown: 'Unknown',
};

const found = captures<Capture>('bmp');
if (typeof found === 'string') test('BMP captures', { skip: found }, () => {});
else {
  for (const { file, streams, upstream_expected_output: expected = [] } of found.entries) {
    test(`${file}: every message of ${streams.length} routers`, async (t) => {
      const counts: Record<string, number> = {};
      const wanted: Record<string, number> = {};
      const prefixes: string[] = [];
      const messages: string[] = [];
      for (const { raw_stream: name, by_type: byType } of streams) {
        for (const [kind, count] of Object.entries(byType)) add(wanted, kind.slice(3), count);
        await capture(t, readFileSync(join(found.folder, name)), counts, prefixes);
        messages.push(...messagesOf(readFileSync(join(found.folder, name))));
      }
      assert.deepEqual(counts, wanted);
      for (const output of expected) {
        const text = readFileSync(join(found.folder, output));
        const lines = (output.endsWith('.gz') ? gunzipSync(text) : text)
          .toString()
          .split('\n')
          .filter((line) => line.startsWith('{'));
        const objects = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
        if (output.startsWith('netgauze')) compareNetGauze(objects, messages);
        else if (output.endsWith('-00.json') || output.endsWith('-00.json.gz')) comparePmacct(objects, prefixes);
      }
    });
  }
}

function add(counts: Record<string, number>, kind: string, count: number): void {
  counts[kind] = (counts[kind] ?? 0) + count;
}

/** Kind, peer and time of each message. */
function messagesOf(stream: Uint8Array): string[] {
  const framer = new BmpFramer({ v4: true });
  framer.push(stream);
  const messages: string[] = [];
  for (let message = framer.next(); message !== undefined && !(message instanceof BmpFault); message = framer.next()) {
    const about =
      'peer' in message
        ? describe(
            message.peer.address,
            message.peer.as,
            message.peer.bgpId,
            1000 * message.peer.timestamp + Math.floor(message.peer.microseconds / 1000),
          )
        : '';
    messages.push(`${KINDS[message.type]} ${about}`);
  }
  return messages;
}

async function capture(t: TestContext, stream: Uint8Array, counts: Record<string, number>, prefixes: string[]): Promise<void> {
  const station = new BmpStation(
    {
      onInitiation: () => add(counts, 'INITIATION', 1),
      onPeerUp: () => add(counts, 'PEER_UP', 1),
      onPeerDown: () => add(counts, 'PEER_DOWN', 1),
      onStatistics: () => add(counts, 'STATS_REPORT', 1),
      onEndOfRib: () => add(counts, 'ROUTE_MONITORING', 1),
      onRoutes(_, { update, context }) {
        add(counts, 'ROUTE_MONITORING', 1);
        const message = decodeMessage(update, 0, update.length, context);
        if (message instanceof Fault || message.type !== 'update') return;
        const mp = message.attributes.flatMap((each) => (each.type === 'mp-reach-nlri' ? each.value.nlri : []));
        for (const nlri of [...message.nlri, ...mp]) if ('prefix' in nlri) prefixes.push(nlri.prefix);
      },
      onFault: (_, { reason }) => t.diagnostic(reason),
    },
    { v4: true },
  );
  const listeners: ((chunk: Uint8Array) => void)[] = [];
  station.accept({
    on: (event: string, listener: unknown) => (event === 'data' ? listeners.push(listener as (chunk: Uint8Array) => void) : undefined),
    destroy() {},
  });
  for (let at = 0; at < stream.length; at += 1460) for (const listener of listeners) listener(stream.subarray(at, at + 1460));
}

interface NetGauzePeer {
  readonly address: string | null;
  readonly peer_as: number;
  readonly bgp_id: string;
  readonly timestamp: string | null;
}

/** NetGauze has an object for each message that it reads, and an error for others: each of them is one of ours, about the same peer at the same time. */
function compareNetGauze(objects: readonly Record<string, unknown>[], messages: readonly string[]): void {
  const ours = new Map<string, number>();
  for (const message of messages) ours.set(message, (ours.get(message) ?? 0) + 1);
  let missing = 0;
  for (const object of objects) {
    const [kind, content] = Object.entries(Object.values(object)[0] as object)[0] as [string, { peer_header?: NetGauzePeer }];
    if (kind.endsWith('Error')) continue;
    const header = content.peer_header;
    const about =
      header === undefined
        ? ''
        : describe(header.address ?? '0.0.0.0', header.peer_as, header.bgp_id, Date.parse(header.timestamp ?? '1970-01-01T00:00:00Z'));
    const key = `${kind} ${about}`;
    const left = ours.get(key) ?? 0;
    if (left === 0) missing++;
    ours.set(key, left - 1);
  }
  assert.equal(missing, 0);
  assert.ok(objects.length >= messages.length - 2, `${objects.length} of ${messages.length}`);
}

function describe(address: string, as: number, bgpId: string, milliseconds: number): string {
  return `${formatAddress(parseAddress(address)!)} ${as} ${bgpId} ${milliseconds}`;
}

/** pmacct has an object for each announced prefix: all of them are among ours. */
function comparePmacct(objects: readonly Record<string, unknown>[], prefixes: readonly string[]): void {
  const have = new Set(prefixes);
  const announced = objects
    .filter((each) => each['log_type'] === 'update' && typeof each['ip_prefix'] === 'string')
    .map((each) => String(each['ip_prefix']));
  assert.ok(announced.length > 0);
  assert.deepEqual(
    announced.filter((prefix) => !have.has(prefix)),
    [],
  );
}
