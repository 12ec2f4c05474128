/** The life of a session over real sockets: its start, its end, and what the user sees of it. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { suite, test } from 'node:test';
import { decodeOpenBody, HEADER_LENGTH, notification, type OpenMessage, shutdownMessage } from '@tsbgp/wire';
import { breathe, FakeClock } from '../test/fake-clock.ts';
import { message, open } from '../test/messages.ts';
import { RawListener, RawPeer } from '../test/raw-peer.ts';
import { Recorder } from '../test/recorder.ts';
import { speaker } from '../test/speaker.ts';
import { Server } from './index.ts';

suite('coming up', () => {
  test('passive: callbacks in order, and what was negotiated', async (t) => {
    const { port, plugin, peer } = await speaker(t, { holdTimeSeconds: 30 });
    const raw = await RawPeer.connect(port);
    const ours = await raw.establish({ holdTimeSeconds: 9 });
    const { session } = await plugin.established();
    assert.deepEqual(
      plugin.events,
      [
        'state Idle Active',
        'state Active OpenSent',
        'open',
        'state OpenSent OpenConfirm',
        'state OpenConfirm Established',
        'established',
      ].filter((event) => plugin.events.includes(event)),
    );
    assert.deepEqual([session.holdTimeSeconds, session.keepaliveSeconds], [9, 3]);
    assert.deepEqual([session.localAddress, session.localPort, session.remoteAddress], ['127.0.0.1', port, '127.0.0.2']);
    assert.deepEqual([session.direction, session.peerType, session.remoteBgpIdentifier], ['in', 'ebgp', '10.0.0.2']);
    assert.deepEqual([...session.families], [257]);
    assert.ok(session.routeRefresh && !session.enhancedRouteRefresh && session.receive.fourOctetAs);
    assert.deepEqual(session.localOpen, ours);
    assert.deepEqual(session.remoteOpen, open({ holdTimeSeconds: 9 }));
    assert.equal(peer.session, session);
    assert.ok(peer.establishedAt instanceof Date);
    assert.equal(peer.counters.establishedCount, 1);
  });

  test('our OPEN: four-octet AS is added by the library, AS_TRANS where the field is too small', async (t) => {
    const plugin = new Recorder();
    plugin.capabilities = [
      { type: 'multiprotocol', family: 257 as never },
      { type: 'four-octet-as', as: 1 },
    ];
    const { port } = await speaker(t, { holdTimeSeconds: 0, bgpIdentifier: '192.0.2.9' }, { plugin, config: { localAs: 4_200_000_000 } });
    const { bytes } = await (await RawPeer.connect(port)).nextOf(1);
    const decoded = decodeOpenBody(bytes, HEADER_LENGTH, bytes.length) as OpenMessage;
    assert.deepEqual([decoded.as, decoded.holdTimeSeconds, decoded.bgpIdentifier], [23_456, 0, '192.0.2.9']);
    assert.deepEqual(decoded.capabilities, [
      { type: 'multiprotocol', family: 257 },
      { type: 'four-octet-as', as: 4_200_000_000 },
    ]);
  });

  test('RFC 6793: a peer with two-octet AS numbers', async (t) => {
    const { port, plugin } = await speaker(t);
    await (await RawPeer.connect(port)).establish({ capabilities: [] });
    const { session } = await plugin.established();
    assert.equal(session.receive.fourOctetAs, false);
    assert.deepEqual([...session.families], [257]);
  });

  test('active: we connect from localAddress, and again after a failure', async (t) => {
    const listener = await RawListener.listen(t);
    const { plugin, peer } = await speaker(t, {
      passive: false,
      remotePort: listener.port,
      localAddress: '127.0.0.5',
      connectRetrySeconds: 0.1,
    });
    const first = await listener.accept();
    assert.equal(first.socket.remoteAddress, '127.0.0.5');
    first.socket.destroy();
    const second = await listener.accept();
    await second.establish();
    const { session } = await plugin.established();
    assert.equal(session.direction, 'out');
    assert.equal(peer.counters.connectAttempts, 2);
  });

  test('the peer does not listen: connection refused is the last error, and the next attempt waits', async (t) => {
    const clock = new FakeClock();
    const { peer, plugin } = await speaker(t, { passive: false, remotePort: 9, connectRetrySeconds: 10 }, { server: { clock } });
    await plugin.event('state Connect Idle');
    assert.match(peer.lastError?.text ?? '', /ECONNREFUSED/);
    assert.equal(peer.lastError?.direction, 'local');
    await clock.advance(9999);
    assert.equal(peer.counters.connectAttempts, 1);
    await clock.advance(2);
    assert.equal(peer.counters.connectAttempts, 2);
  });

  test('RFC 4271 §10: connect retry and keepalive have 75 to 100 % of their time', async (t) => {
    for (const [chance, expected] of [
      [Number.EPSILON, 7500],
      [1, 10_000],
    ] as const) {
      const clock = new FakeClock();
      clock.chance = chance;
      const { peer, plugin } = await speaker(t, { passive: false, remotePort: 9, connectRetrySeconds: 10 }, { server: { clock } });
      await plugin.event('state Connect Idle');
      await clock.advance(expected - 1);
      assert.equal(peer.counters.connectAttempts, 1);
      await clock.advance(2);
      assert.equal(peer.counters.connectAttempts, 2);
    }
  });

  test('a peer in Idle that waits for its next attempt takes the connection of the other side at once', async (t) => {
    const { port, plugin, peer } = await speaker(t, { passive: false, remotePort: 9, connectRetrySeconds: 100 });
    await plugin.event('state Connect Idle');
    await (await RawPeer.connect(port)).establish();
    await plugin.established();
    assert.equal(peer.state, 'Established');
  });

  test('IPv6', async (t) => {
    const server = new Server({ routerId: '10.0.0.1' });
    t.after(() => server.close());
    let port: number;
    try {
      ({ port } = await server.listen({ host: '::1', port: 0 }));
    } catch {
      t.skip('no IPv6 on this machine');
      return;
    }
    const plugin = new Recorder();
    const peer = server.addPeer({ remoteAddress: '0:0:0:0:0:0:0:1', localAs: 65_001, remoteAs: 65_002 }, plugin, { passive: true });
    assert.equal(peer.config.remoteAddress, '::1');
    assert.equal(server.getPeer('::0001'), peer);
    await (await RawPeer.connect(port, '::1', '::1')).establish();
    assert.equal((await plugin.established()).session.localAddress, '::1');
  });

  test('link-local addresses with their interface', async (t) => {
    const found = Object.entries(networkInterfaces())
      .flatMap(([name, entries = []]) => entries.map((entry) => ({ name, ...entry })))
      .find(({ address }) => address.startsWith('fe80:'));
    if (found === undefined) {
      t.skip('no link-local address on this machine');
      return;
    }
    const address = `${found.address}%${found.name}`;
    const [a, b] = [new Server({ routerId: '10.0.0.1' }), new Server({ routerId: '10.0.0.2' })];
    t.after(() => Promise.all([a.close(), b.close()]));
    const { port } = await a.listen({ host: '::', port: 0 });
    const plugin = new Recorder();
    a.addPeer({ remoteAddress: address, localAs: 65_001, remoteAs: 65_002 }, plugin, { passive: true });
    b.addPeer({ remoteAddress: address, localAs: 65_002, remoteAs: 65_001 }, new Recorder(), { remotePort: port });
    assert.equal((await plugin.established()).session.remoteAddress, address);
  });

  test('a listener on :: takes IPv4 peers, several listeners serve one peer', async (t) => {
    const { server, plugin } = await speaker(t);
    let port: number;
    try {
      ({ port } = await server.listen({ host: '::', port: 0 }));
    } catch {
      t.skip('no IPv6 on this machine');
      return;
    }
    await (await RawPeer.connect(port)).establish();
    assert.equal((await plugin.established()).session.remoteAddress, '127.0.0.2');
  });
});

suite('going down', () => {
  test('RFC 9003: disable says why, stays down, and enable starts again', async (t) => {
    const { port, plugin, peer } = await speaker(t);
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    peer.disable('Upgrade, back at 14:00');
    const sent = await raw.notification();
    assert.deepEqual([sent.code, sent.subcode, shutdownMessage(sent)], [6, 2, 'Upgrade, back at 14:00']);
    assert.deepEqual([peer.state, peer.adminState], ['Idle', 'down']);
    assert.equal((await plugin.closed()).type, 'stopped');
    assert.equal(peer.session, undefined);
    assert.equal(peer.establishedAt, undefined);
    peer.enable();
    await (await RawPeer.connect(port)).establish();
    await plugin.established(2);
    assert.equal(peer.counters.establishedCount, 2);
  });

  test('reset: Cease/4 with text, and the session comes back', async (t) => {
    const { port, plugin, peer } = await speaker(t);
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    peer.reset(undefined, 'new policy');
    const sent = await raw.notification();
    assert.deepEqual([sent.code, sent.subcode, shutdownMessage(sent)], [6, 4, 'new policy']);
    assert.equal(peer.adminState, 'up');
    await (await RawPeer.connect(port)).establish();
    await plugin.established(2);
  });

  test('reset with another subcode carries no text', async (t) => {
    const { port, plugin, peer } = await speaker(t);
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    peer.reset(1, 'ignored');
    assert.deepEqual(await raw.notification(), notification(6, 1));
  });

  test('deletePeer: Cease/3, and then an unknown peer', async (t) => {
    const { port, plugin, server } = await speaker(t);
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    const deleted = server.deletePeer('127.0.0.2');
    assert.deepEqual(await raw.notification(), notification(6, 3));
    await deleted;
    assert.deepEqual(server.listPeers(), []);
    assert.deepEqual(await (await RawPeer.connect(port)).notification(), notification(6, 5));
    await assert.rejects(server.deletePeer('127.0.0.2'), { code: 'not-found' });
  });

  test('close: Cease/2 with text to all, and nothing is left', async (t) => {
    const clock = new FakeClock();
    const { port, plugin, server } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    const closing = server.close('bye');
    assert.equal(shutdownMessage(await raw.notification()), 'bye');
    await closing;
    assert.equal(clock.size, 0);
    assert.throws(() => server.addPeer({ remoteAddress: '127.0.0.3', localAs: 1, remoteAs: 2 }, plugin), { code: 'closed' });
    await assert.rejects(server.listen({ host: '127.0.0.1', port: 0 }), { code: 'closed' });
    await assert.rejects(RawPeer.connect(port), /ECONNREFUSED/);
  });

  test('an aborted signal closes the server', async (t) => {
    const controller = new AbortController();
    const { port, plugin } = await speaker(t, {}, { server: { signal: controller.signal } });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    controller.abort();
    assert.deepEqual(await raw.notification(), notification(6, 2));
  });

  test('onClose comes once for each onEstablished, whatever ends the session', async (t) => {
    const { port, plugin, peer } = await speaker(t);
    const ends: ((raw: RawPeer) => void)[] = [
      (raw) => raw.socket.destroy(),
      (raw) => raw.socket.resetAndDestroy(),
      (raw) => raw.socket.end(),
      (raw) => raw.send(message(3, '0604')),
      (raw) => raw.send(open()),
      () => peer.reset(),
    ];
    for (const [index, end] of ends.entries()) {
      const raw = await RawPeer.connect(port);
      await raw.establish();
      await plugin.established(index + 1);
      end(raw);
      await plugin.closed(index + 1);
      raw.socket.destroy();
    }
    await breathe();
    const seen = plugin.events.filter((event) => event === 'established' || event.startsWith('close')).map((event) => event.split(' ')[0]);
    assert.deepEqual(
      seen,
      ends.flatMap(() => ['established', 'close']),
    );
  });
});
