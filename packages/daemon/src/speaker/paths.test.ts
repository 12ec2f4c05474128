/** Paths of a prefix, and events, as real sessions make them. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  CeaseSubcode,
  DEFAULT_CONTEXT,
  encodeControlMessage,
  encodeUpdate,
  IPV4_UNICAST,
  IPV6_UNICAST,
  NotificationCode,
  type PathAttribute,
} from '@tsbgp/wire';
import { until } from '../../test/api-server/serve.ts';
import { RawPeer } from '../../test/raw-peer.ts';
import { makeNeighbor, makeSpeaker } from '../../test/speakers.ts';

/** An UPDATE with its header; `attributes` over an ORIGIN and a NEXT_HOP. */
function update(prefixes: readonly string[], asns: readonly number[], med?: number): Uint8Array {
  const attributes: PathAttribute[] = [
    { type: 'origin', flags: 0x40, value: 'igp' },
    { type: 'as-path', flags: 0x40, value: [{ type: 'sequence', asns: [...asns] }] },
    { type: 'next-hop', flags: 0x40, value: '192.0.2.99' },
  ];
  if (med !== undefined) attributes.push({ type: 'multi-exit-disc', flags: 0x80, value: med });
  const nlri = prefixes.map((prefix) => ({ type: 'ip-prefix', family: IPV4_UNICAST, prefix }) as const);
  const body = encodeUpdate({ type: 'update', withdrawn: [], attributes, nlri }, { ...DEFAULT_CONTEXT, fourOctetAs: true });
  const message = new Uint8Array(19 + body.length).fill(0xff, 0, 16);
  new DataView(message.buffer).setUint16(16, message.length);
  message[18] = 2;
  message.set(body, 19);
  return message;
}

suite('paths of a prefix, and events', { timeout: 30_000 }, () => {
  const speaker = makeSpeaker();
  let peers: RawPeer[] = [];
  let port = 0;
  const told = (neighbor: string): string[] =>
    speaker.events
      .after(0, 1000)
      .events.filter((event) => event.neighbor === neighbor)
      .map(({ type, text }) => `${type}: ${text}`);

  before(async () => {
    ({ port } = await speaker.listen({ host: '127.0.0.1', port: 0 }));
    speaker.addNeighbor(makeNeighbor(2, { families: [IPV4_UNICAST] }));
    speaker.addNeighbor(makeNeighbor(3, { families: [IPV4_UNICAST] }));
    speaker.addNeighbor(makeNeighbor(4, { families: [IPV4_UNICAST], importPolicy: 'deny-all' }));
    speaker.addNeighbor(makeNeighbor(5, { families: [IPV6_UNICAST] }));
    peers = [2, 3, 4].map((last) => new RawPeer(port, last));
    await Promise.all(peers.map((peer) => peer.up()));
    await peers[0]!.write(update(['198.51.100.0/24'], [65_002, 65_010, 65_020]));
    await peers[1]!.write(update(['198.51.100.0/24', '198.51.0.0/16'], [65_003, 65_020]));
    await peers[2]!.write(update(['198.51.100.0/24'], [65_004]));
    await until(() => speaker.listNeighbors().every(({ prefixes }, i) => i === 3 || prefixes[0]!.received > 0), 'the routes are there');
    await speaker.addRoutes([{ family: IPV4_UNICAST, prefix: '198.51.100.128/25', nextHop: '192.0.2.1', attributes: [] }]);
    await until(() => speaker.health().routes === 3, 'they are decided');
  });
  after(async () => {
    await Promise.all(peers.map((peer) => peer.close()));
    await speaker.close();
  });

  test('all paths of a prefix, the best first, and why each other one is not', () => {
    const { prefix, paths, pathCount } = speaker.paths({ prefix: '198.51.100.0/24' });
    assert.deepEqual([prefix, pathCount], ['198.51.100.0/24', 3]);
    assert.deepEqual(
      paths.map(({ route, defeat }) => [route.neighbor, route.best, route.filtered, defeat]),
      [
        ['127.0.0.3', true, false, undefined],
        [
          '127.0.0.2',
          false,
          false,
          { step: 'as-path-length', value: '3', betterValue: '2', betterNeighbor: '127.0.0.3', betterPathIdentifier: 0 },
        ],
        ['127.0.0.4', false, true, undefined],
      ],
    );
  });

  test('explain: what each neighbor gets of a prefix, and why not the rest; paths in pairs', async () => {
    speaker.addNeighbor(makeNeighbor(6, { families: [IPV4_UNICAST] }));
    await until(
      () => speaker.explain({ prefix: '198.51.100.0/24' }).neighbors.every(({ pending }) => pending === undefined),
      'all are told',
    );
    const { prefix, paths, comparisons, neighbors } = speaker.explain({ prefix: '198.51.100.0/24', pairwise: true });
    assert.deepEqual([prefix, paths.map(({ route }) => route.neighbor)], ['198.51.100.0/24', ['127.0.0.3', '127.0.0.2', '127.0.0.4']]);
    assert.deepEqual(comparisons, [{ better: 0, worse: 1, step: 'as-path-length', betterValue: '2', worseValue: '3' }]);
    assert.deepEqual(
      neighbors.map(({ neighbor, cause, paths: sent }) => [
        neighbor,
        cause ?? sent.map(({ path, reason = 'sent' }) => `${path} ${reason}`),
      ]),
      [
        ['127.0.0.2', ['0 sent', '1 not-best']],
        ['127.0.0.3', ['0 own-route', '1 not-best']],
        ['127.0.0.4', ['0 sent', '1 not-best']],
        ['127.0.0.5', 'no-session'],
        ['127.0.0.6', 'no-session'],
      ],
    );
    const one = speaker.explain({ prefix: '198.51.100.1', neighbor: '127.0.0.3' });
    assert.deepEqual(
      one.neighbors.map(({ neighbor }) => neighbor),
      ['127.0.0.3'],
    );
    assert.deepEqual(one.comparisons, []);
    assert.throws(() => speaker.explain({ prefix: '198.51.100.0/24', neighbor: '127.0.0.77' }), { code: 'not-found' });
    assert.throws(() => speaker.explain({ prefix: '203.0.113.0/24' }), { code: 'not-found', field: 'prefix' });
    await speaker.deleteNeighbor('127.0.0.6');
  });

  test('an address asks for its longest match, a prefix only if told so', () => {
    assert.equal(speaker.paths({ prefix: '198.51.100.7' }).prefix, '198.51.100.0/24');
    assert.equal(speaker.paths({ prefix: '198.51.100.200' }).prefix, '198.51.100.128/25');
    assert.equal(speaker.paths({ prefix: '198.51.200.0/24', longestMatch: true }).prefix, '198.51.0.0/16');
    const refused = (prefix: string) => assert.throws(() => speaker.paths({ prefix }), { code: 'not-found', field: 'prefix' });
    for (const prefix of ['198.51.200.0/24', '203.0.113.7', '2001:db8::1', '::/0']) refused(prefix);
    assert.throws(() => speaker.paths({ prefix: 'nowhere' }), { code: 'invalid-argument', field: 'prefix' });
  });

  test('events of a session: up, NOTIFICATION with the text of RFC 9003, down; the last NOTIFICATION stays with the neighbor', async () => {
    assert.deepEqual(told('127.0.0.2'), ['neighbor-changed: neighbor added, AS 65002', 'session-up: Established: ipv4-unicast']);
    const data = new TextEncoder().encode(' back at 22:00');
    data[0] = data.length - 1;
    const notification = {
      type: 'notification',
      code: NotificationCode.Cease,
      subcode: CeaseSubcode.AdministrativeShutdown,
      data,
    } as const;
    await peers[0]!.write(encodeControlMessage(notification, DEFAULT_CONTEXT));
    await until(() => told('127.0.0.2').length === 4, 'the session is over');
    const [, , received, down] = told('127.0.0.2');
    assert.match(received!, /^notification-received: .*back at 22:00/);
    assert.match(down!, /^session-down: /);
    const { lastNotification } = speaker.getNeighbor('127.0.0.2');
    assert.deepEqual([lastNotification?.direction, lastNotification?.code, lastNotification?.subcode], ['received', 6, 2]);
    assert.match(lastNotification!.text, /back at 22:00/);
  });

  test('RFC 4760 §8: a session without an address family in common is Established, with a warning', async () => {
    const peer = new RawPeer(port, 5, 240, { families: [IPV4_UNICAST] });
    peers.push(peer);
    await peer.up();
    await until(() => told('127.0.0.5').length === 3, 'the warning');
    assert.deepEqual(told('127.0.0.5').slice(1), [
      'session-up: Established',
      'warning: no address family in common: the session is up, and no routes are exchanged (RFC 4760 §8)',
    ]);
    assert.deepEqual(speaker.getNeighbor('127.0.0.5').session?.families, []);
  });

  test('a malformed UPDATE is an event', async () => {
    const broken = update(['203.0.113.0/24'], [65_003], 1);
    broken[broken.length - 4 - 5] = 3; // MULTI_EXIT_DISC of three octets
    await peers[1]!.write(broken);
    await until(() => told('127.0.0.3').some((text) => text.startsWith('malformed-update: ')), 'the event');
  });
});
