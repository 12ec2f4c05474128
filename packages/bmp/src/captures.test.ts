/** Captures of routers through the station: every message, and the content that NetGauze and pmacct expect. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { afiOf, decodeMessage, Fault, formatAddress, type Nlri, parseAddress, safiOf, type UpdateMessage } from '@tsbgp/wire';
import { captures } from '../../../test/conformance.ts';
import { BmpFault } from './fault.ts';
import { BmpFramer } from './framing.ts';
import type { BmpMessage } from './messages/values.ts';
import type { BmpPeer } from './peer.ts';
import { BmpStation } from './station.ts';

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
      const routes: string[] = [];
      const sysNames: string[] = [];
      const messages: string[] = [];
      for (const { raw_stream: name, by_type: byType } of streams) {
        for (const [kind, count] of Object.entries(byType)) add(wanted, kind.slice(3), count);
        await capture(t, readFileSync(join(found.folder, name)), counts, routes, sysNames);
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
        else if (output.endsWith('-00.json') || output.endsWith('-00.json.gz')) comparePmacct(objects, routes, sysNames);
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

async function capture(
  t: TestContext,
  stream: Uint8Array,
  counts: Record<string, number>,
  routes: string[],
  sysNames: string[],
): Promise<void> {
  const station = new BmpStation(
    {
      onInitiation(router) {
        add(counts, 'INITIATION', 1);
        sysNames.push(router.sysName ?? '');
      },
      onPeerUp: () => add(counts, 'PEER_UP', 1),
      onPeerDown: () => add(counts, 'PEER_DOWN', 1),
      onStatistics: () => add(counts, 'STATS_REPORT', 1),
      onEndOfRib: () => add(counts, 'ROUTE_MONITORING', 1),
      onRoutes(_, { peer, update, context }) {
        add(counts, 'ROUTE_MONITORING', 1);
        const message = decodeMessage(update, 0, update.length, context);
        if (message instanceof Fault || message.type !== 'update') return;
        routes.push(...routeFacts(message, peer));
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

/** What pmacct says of a route, as one text. A value that is not there is a null, an empty list or an empty text. */
interface PmacctRoute {
  readonly afi: number;
  readonly safi: number;
  readonly ip_prefix: string;
  readonly bgp_nexthop: string;
  readonly as_path: string | readonly string[] | null;
  readonly comms: string | readonly string[] | null;
  readonly origin: string;
  readonly local_pref: number | null;
  readonly med: number | null;
  readonly peer_ip: string;
  readonly bgp_id: string;
}

const ORIGINS = { igp: 'i', egp: 'e', incomplete: 'u' } as const;

/** pmacct writes the IPv4 next hop of MP_REACH_NLRI as an IPv4-mapped one. */
function hop(address: string): string {
  return address.replace(/^::ffff:/, '');
}

/** pmacct sorts communities. */
function sorted(communities: string): string {
  return communities.split(' ').toSorted().join(' ');
}

/** The announced routes of an UPDATE, each as one text. */
function routeFacts(message: UpdateMessage, peer: BmpPeer): string[] {
  let [nextHop, path, communities, origin, localPref, med]: [string, string, string, string, unknown, unknown] = [
    '',
    '',
    '',
    '',
    null,
    null,
  ];
  let mp: readonly Nlri[] = [];
  for (const attribute of message.attributes) {
    if (attribute.type === 'next-hop') nextHop ||= attribute.value;
    else if (attribute.type === 'as-path') path = attribute.value.flatMap(({ asns }) => asns).join(' ');
    else if (attribute.type === 'communities') communities = attribute.value.map((value) => `${value >>> 16}:${value & 0xffff}`).join(' ');
    else if (attribute.type === 'origin') origin = ORIGINS[attribute.value];
    else if (attribute.type === 'local-pref') localPref = attribute.value;
    else if (attribute.type === 'multi-exit-disc') med = attribute.value;
    else if (attribute.type === 'mp-reach-nlri') {
      nextHop = attribute.value.nextHops[0] ?? '';
      mp = attribute.value.nlri;
    }
  }
  return [...message.nlri, ...mp].flatMap((nlri) =>
    'prefix' in nlri
      ? [
          [
            afiOf(nlri.family),
            safiOf(nlri.family),
            nlri.prefix,
            hop(nextHop),
            path,
            sorted(communities),
            origin,
            localPref,
            med,
            peer.address,
            peer.bgpId,
          ].join('|'),
        ]
      : [],
  );
}

function pmacctFacts(route: PmacctRoute): string {
  const list = (value: string | readonly string[] | null): string => (typeof value === 'string' ? value : (value ?? []).join(' '));
  const { afi, safi, ip_prefix: prefix, bgp_nexthop: nextHop, local_pref: localPref, med, origin, peer_ip: address, bgp_id: bgpId } = route;
  return [afi, safi, prefix, hop(nextHop), list(route.as_path), sorted(list(route.comms)), origin, localPref, med, address, bgpId].join(
    '|',
  );
}

/** pmacct has an object for each announced route: each of them is one of ours, attribute for attribute. */
function comparePmacct(objects: readonly Record<string, unknown>[], routes: readonly string[], sysNames: readonly string[]): void {
  const have = new Set(routes);
  // One file of pmacct has a second router, too, whose capture is not here.
  const router = objects.find((each) => sysNames.includes(String(each['bmp_init_info_sysname'])))?.['bmp_router'];
  assert.ok(router !== undefined);
  const announced = objects
    .filter((each) => each['log_type'] === 'update' && typeof each['ip_prefix'] === 'string' && each['bmp_router'] === router)
    .map((each) => pmacctFacts(each as unknown as PmacctRoute));
  assert.ok(announced.length > 0);
  const missing = announced.filter((each) => !have.has(each));
  assert.deepEqual(missing, []);
}
