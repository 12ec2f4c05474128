/** Limits: how many connections a speaker holds for a peer, and for how long. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { IPV6_UNICAST } from '@tsbgp/wire';
import { FakeClock } from '../test/fake-clock.ts';
import { KEEPALIVE, message, open } from '../test/messages.ts';
import { RawPeer } from '../test/raw-peer.ts';
import { Recorder } from '../test/recorder.ts';
import { speaker } from '../test/speaker.ts';
import {
  CONNECTIONS_PER_PEER_MAX,
  INCOMING_OPEN_WAIT_SECONDS,
  LINGERING_PER_PEER_MAX,
  type Logger,
  Server,
  SHUTDOWN_MESSAGE_OCTETS_MAX,
} from './index.ts';

/** Connections that say nothing and do not close; resolves when all are connected. */
async function silent(t: TestContext, count: number, port: number, localAddress: string) {
  let closed = 0;
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i++) {
    const socket = connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true });
    socket.on('error', () => {}); // a refused connection may be reset
    socket.on('data', () => {});
    for (const event of ['end', 'error'] as const) socket.once(event, () => closed++);
    sockets.push(socket);
  }
  const go = () => sockets.forEach((socket) => socket.destroy());
  t.after(go);
  await Promise.all(
    sockets.map((socket) => new Promise<void>((resolve) => ['connect', 'error'].forEach((e) => socket.once(e, () => resolve())))),
  );
  return { go, ended: () => closed };
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`not within 5 s: ${what}`);
}

suite('connections of one neighbor', () => {
  for (const passive of [true, false]) {
    test(`RFC 4271 §6.8: of 500 silent ones two stay, the others go at once (${passive ? 'passive' : 'we connect as well'})`, async (t) => {
      const lines: string[] = [];
      const note = (_: object, text: string) => void lines.push(text);
      const logger: Logger = { debug: () => {}, info: note, warn: note, error: note };
      const { port, server } = await speaker(t, { passive, remotePort: 9 }, { server: { logger } });
      const crowd = await silent(t, 500, port, '127.0.0.2');
      await until('all but two have ended', () => crowd.ended() >= 500 - CONNECTIONS_PER_PEER_MAX);
      assert.ok(server.statistics.halfOpen <= CONNECTIONS_PER_PEER_MAX + LINGERING_PER_PEER_MAX);
      assert.ok(server.statistics.refused.replaced >= 490, `${server.statistics.refused.replaced} were replaced`);
      assert.ok(lines.length < 20, `${lines.length} lines: ${lines.slice(0, 20).join('; ')}`);
      crowd.go();
    });
  }

  test('the neighbor itself comes up although two silent connections are held', async (t) => {
    const { port, plugin } = await speaker(t);
    const crowd = await silent(t, 50, port, '127.0.0.2');
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    crowd.go();
    raw.socket.destroy();
  });

  test(`an accepted connection waits ${INCOMING_OPEN_WAIT_SECONDS} s for the OPEN, then gets Hold Timer Expired`, async (t) => {
    const clock = new FakeClock();
    const { port, server } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.nextOf(1);
    await clock.advance((INCOMING_OPEN_WAIT_SECONDS - 1) * 1000);
    assert.equal(server.statistics.halfOpen, 1);
    await clock.advance(1000);
    const { code, subcode } = await raw.notification();
    assert.equal(`${code}/${subcode}`, '4/0');
    raw.socket.destroy();
    await until('no connection is half-open', () => server.statistics.halfOpen === 0);
  });
});

suite('connections of all neighbors', () => {
  test('beyond halfOpenMax new ones are closed at once; an Established one does not count', async (t) => {
    const server = new Server({ routerId: '10.0.0.1', halfOpenMax: 3 });
    t.after(() => server.close());
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const plugins = [2, 3, 4, 5, 6].map((last) => {
      const plugin = new Recorder();
      server.addPeer({ remoteAddress: `127.0.0.${last}`, localAs: 65_001, remoteAs: 65_000 + last }, plugin, { passive: true });
      return plugin;
    });
    const first = await RawPeer.connect(port, '127.0.0.2');
    await first.establish();
    await plugins[0]!.established();
    assert.equal(server.statistics.halfOpen, 0);
    const held = await Promise.all([3, 4, 5].map((last) => RawPeer.connect(port, `127.0.0.${last}`)));
    await until('three are half-open', () => server.statistics.halfOpen === 3);
    await (await RawPeer.connect(port, '127.0.0.6')).closed();
    assert.equal(server.statistics.refused['half-open-limit'], 1);
    // Established connections no longer count.
    held[0]!.send(open({ as: 65_003, bgpIdentifier: '10.0.0.3' }), KEEPALIVE);
    await plugins[1]!.established();
    await (await RawPeer.connect(port, '127.0.0.6')).nextOf(1);
    for (const raw of held) raw.socket.destroy();
  });

  test('descriptors from descriptorMax on stay free: connections that would take them are closed at once and counted', async (t) => {
    const { port, server } = await speaker(t, {}, { server: { descriptorMax: 1 } });
    await (await RawPeer.connect(port)).closed();
    assert.equal(server.statistics.refused['descriptor-limit'], 1);
  });

  test('refusals are counted by reason', async (t) => {
    const { port, server } = await speaker(t, { enabled: false });
    await (await RawPeer.connect(port, '127.0.0.9')).notification();
    await (await RawPeer.connect(port)).notification();
    assert.equal(server.statistics.refused['unknown-peer'], 1);
    assert.equal(server.statistics.refused['peer-disabled'], 1);
  });
});

test('NOTIFICATIONs are counted by code and subcode; pairs that the registry does not have count as other', async (t) => {
  const { port, plugin, peer } = await speaker(t, { idleHoldSeconds: 0 });
  for (const [code, subcode] of [
    [6, 4],
    [6, 4],
    [6, 200],
    [99, 7],
    [3, 12],
  ] as const) {
    const raw = await RawPeer.connect(port);
    const mark = plugin.events.length;
    raw.send(message(3, Uint8Array.of(code, subcode)));
    await plugin.event(`notification received ${code}/${subcode}`, mark);
    await raw.closed();
    raw.socket.destroy();
  }
  const raw = await RawPeer.connect(port);
  raw.send(message(0));
  await raw.closed();
  assert.deepEqual(
    [...peer.counters.notificationsReceivedByCode],
    [
      ['6/4', 2],
      ['other', 3],
    ],
  );
  assert.deepEqual([...peer.counters.notificationsSentByCode], [['1/3', 1]]);
});

suite('RFC 9003 §2: a shutdown message', () => {
  // 130 letters of two octets: 260.
  const long = 'ä'.repeat(130);
  const fits = `${'ä'.repeat(127)}a`;

  test('of more than 255 octets is refused, and nothing happens to the session', async (t) => {
    const { port, plugin, peer, server } = await speaker(t);
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    const refused = { code: 'invalid-argument', message: /found 260 octets of UTF-8, allowed at most 255 \(RFC 9003 §2\)/ };
    assert.throws(() => peer.disable(long), { ...refused, field: 'shutdownMessage' });
    assert.throws(() => peer.reset(4, long), { ...refused, field: 'message' });
    await assert.rejects(server.deletePeer('127.0.0.2', { message: long }), refused);
    await assert.rejects(server.close(long), refused);
    assert.equal(peer.state, 'Established');
    assert.equal(peer.adminState, 'up');
    raw.socket.destroy();
  });

  test('of 255 octets arrives whole', async (t) => {
    assert.equal(Buffer.byteLength(fits), SHUTDOWN_MESSAGE_OCTETS_MAX);
    const { port, plugin, peer } = await speaker(t);
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    peer.disable(fits);
    const { data } = await raw.notification();
    assert.equal(data[0], 255);
    assert.equal(Buffer.from(data.subarray(1)).toString(), fits);
    raw.socket.destroy();
  });
});

test('families with nothing in common: Established, with a warning that names both sides', async (t) => {
  const warnings: [object, string][] = [];
  const logger: Logger = { debug: () => {}, info: () => {}, warn: (fields, text) => void warnings.push([fields, text]), error: () => {} };
  const { port, plugin } = await speaker(t, {}, { server: { logger } });
  const raw = await RawPeer.connect(port);
  await raw.establish({
    capabilities: [
      { type: 'multiprotocol', family: IPV6_UNICAST },
      { type: 'four-octet-as', as: 65_002 },
    ],
  });
  const { session } = await plugin.established();
  assert.equal(session.families.size, 0);
  assert.deepEqual(warnings, [
    [
      { peer: '127.0.0.2', ours: ['ipv4-unicast'], theirs: ['ipv6-unicast'] },
      'the session is Established but has no address family in common with the peer: no routes are exchanged',
    ],
  ]);
  raw.socket.destroy();
});

test('how long a session has been up follows the monotonic clock', async (t) => {
  const clock = new FakeClock();
  const { port, plugin, peer } = await speaker(t, {}, { server: { clock } });
  assert.equal(peer.establishedSeconds, undefined);
  const raw = await RawPeer.connect(port);
  await raw.establish({ holdTimeSeconds: 0 });
  await plugin.established();
  await clock.advance(90_000);
  assert.equal(peer.establishedSeconds, 90);
  raw.socket.destroy();
});
