/** The life of a session over real sockets: start, timers, end, and what the user sees of it. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { suite, test } from 'node:test';
import { decodeOpenBody, HEADER_LENGTH, notification, type OpenMessage, shutdownMessage } from '@tsbgp/wire';
import { breathe, END_OF_RIB, FakeClock, KEEPALIVE, message, open, RawListener, RawPeer, Recorder, speaker } from '../test/support.ts';
import { PeerError, Server } from './index.ts';

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

suite('timers', () => {
  test('RFC 4271 §6.5: hold timer of the negotiated time, 4/0; each message restarts it', async (t) => {
    const clock = new FakeClock();
    const { port, plugin } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish({ holdTimeSeconds: 9 });
    await plugin.established();
    for (const bytes of [KEEPALIVE, END_OF_RIB, KEEPALIVE]) {
      await clock.advance(8900);
      raw.send(bytes);
      await breathe(20);
    }
    assert.equal(plugin.reasons.length, 0);
    await clock.advance(8900);
    assert.equal(plugin.reasons.length, 0);
    await clock.advance(200);
    assert.equal((await plugin.closed()).type, 'hold-timer');
    const sent = await raw.notification();
    assert.deepEqual([sent.code, sent.subcode], [4, 0]);
  });

  test('a message that never ends does not keep the session alive', async (t) => {
    const clock = new FakeClock();
    const { port, plugin } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish({ holdTimeSeconds: 9 });
    await plugin.established();
    for (let i = 0; i < 12; i++) {
      raw.send(END_OF_RIB.slice(i, i + 1));
      await breathe(10);
      await clock.advance(800);
    }
    assert.equal((await plugin.closed()).type, 'hold-timer');
  });

  test('RFC 4271 §4.4: KEEPALIVE every third of the hold time', async (t) => {
    const clock = new FakeClock();
    const { port, plugin, peer } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish({ holdTimeSeconds: 30 });
    await plugin.established();
    const before = peer.counters.keepaliveSent;
    for (let i = 0; i < 6; i++) {
      raw.send(KEEPALIVE);
      await clock.advance(5000);
    }
    assert.equal(peer.counters.keepaliveSent - before, 3);
  });

  test('RFC 4271 §4.4: an UPDATE takes the place of a KEEPALIVE', async (t) => {
    const clock = new FakeClock();
    const { port, plugin, peer } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish({ holdTimeSeconds: 30 });
    const { writer } = await plugin.established();
    const before = peer.counters.keepaliveSent;
    for (let i = 0; i < 10; i++) {
      raw.send(KEEPALIVE);
      writer.write(END_OF_RIB);
      await clock.advance(5000);
    }
    assert.equal(peer.counters.keepaliveSent, before);
  });

  test('hold time 0: no timers, no keepalives', async (t) => {
    const clock = new FakeClock();
    const { port, plugin, peer } = await speaker(t, { holdTimeSeconds: 0 }, { server: { clock } });
    await (await RawPeer.connect(port)).establish();
    const { session } = await plugin.established();
    assert.deepEqual([session.holdTimeSeconds, session.keepaliveSeconds], [0, 0]);
    assert.equal(clock.size, 0);
    await clock.advance(10_000_000);
    assert.equal(peer.state, 'Established');
  });

  test('RFC 4271 §8.2.2: a peer that never sends its OPEN is told 4/0 after four minutes', async (t) => {
    const clock = new FakeClock();
    const { port, plugin } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await plugin.event('state Active OpenSent');
    await clock.advance(239_000);
    await clock.advance(1100);
    assert.equal((await raw.notification()).code, 4);
  });

  test('DelayOpen: our OPEN waits for the peer’s, and for the timer', async (t) => {
    const clock = new FakeClock();
    const { port, plugin } = await speaker(t, { delayOpenSeconds: 10 }, { server: { clock } });
    const polite = await RawPeer.connect(port);
    await breathe(10);
    polite.send(open());
    await polite.nextOf(1);
    await polite.nextOf(4);
    polite.send(KEEPALIVE);
    await plugin.established();
    polite.send(message(3, '0602'));
    await plugin.closed();
    await clock.advance(2000);
    const silent = await RawPeer.connect(port);
    await breathe(10);
    await clock.advance(10_100);
    assert.equal((await silent.next())?.type, 1);
  });

  test('damping: after an error the peer is refused for a while, longer each time', async (t) => {
    const clock = new FakeClock();
    const { port, plugin } = await speaker(t, { damping: { minSeconds: 10, maxSeconds: 60 } }, { server: { clock } });
    for (const [round, seconds] of [10, 20, 40].entries()) {
      const raw = await RawPeer.connect(port);
      raw.send(open({ as: 1 }));
      assert.equal((await raw.notification()).code, 2);
      const early = await RawPeer.connect(port);
      assert.equal((await early.notification()).subcode, 5);
      await clock.advance(seconds * 1000 - 100);
      assert.equal(plugin.events.filter((event) => event === 'state Idle Active').length, round + 1);
      await clock.advance(200);
    }
  });

  test('a session that ends leaves no timer but the idle hold timer', async (t) => {
    const clock = new FakeClock();
    const { port, plugin, peer } = await speaker(t, {}, { server: { clock } });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    raw.socket.destroy();
    assert.equal((await plugin.closed()).type, 'connection-lost');
    await breathe();
    assert.equal(clock.size, 1);
    peer.disable();
    assert.equal(clock.size, 0);
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

suite('messages', () => {
  test('UPDATE bodies reach the handler, counted; ours are counted too', async (t) => {
    const { port, plugin, peer } = await speaker(t);
    const raw = await RawPeer.connect(port);
    await raw.establish();
    const { writer } = await plugin.established();
    raw.send(END_OF_RIB, message(2, '00000004400101000'.slice(0, 16)), KEEPALIVE);
    await plugin.updated(2);
    assert.deepEqual(
      plugin.updates.map((update) => update.length),
      [4, 8],
    );
    writer.write(new Uint8Array([...END_OF_RIB, ...END_OF_RIB]));
    assert.equal((await raw.nextOf(2)).bytes.length, 23);
    await raw.nextOf(2);
    await breathe();
    const { updateReceived, updateSent, openSent, openReceived, keepaliveReceived, bytesIn, bytesOut } = peer.counters;
    assert.deepEqual([updateReceived, updateSent, openSent, openReceived, keepaliveReceived], [2, 2, 1, 1, 2]);
    assert.equal(bytesIn, open().length + 3 * 19 - 19 + 23 + 27);
    assert.equal(bytesOut, (peer.session?.localOpen.length ?? 0) + 19 + 46);
    raw.socket.destroy();
    await plugin.closed();
    assert.equal(peer.counters.updateReceived, 2);
    assert.equal(peer.counters.bytesIn, bytesIn);
  });

  test('write: half a message is an error of the caller', async (t) => {
    const { port, plugin } = await speaker(t);
    await (await RawPeer.connect(port)).establish();
    const { writer } = await plugin.established();
    assert.throws(() => writer.write(END_OF_RIB.slice(0, 20)), /whole messages/);
  });

  test('ROUTE-REFRESH: received for negotiated families, sent when the peer can take it', async (t) => {
    const { port, plugin, peer } = await speaker(t);
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    raw.send(message(5, '00020001'), message(5, '00010101'), message(5, '00010701'), message(5, '00010001'));
    await plugin.event('refresh');
    assert.deepEqual(
      plugin.events.filter((event) => event.startsWith('refresh')),
      ['refresh 257 0'],
    );
    assert.equal(peer.sendRouteRefresh(257 as never), true);
    assert.deepEqual((await raw.nextOf(5)).bytes, message(5, '00010001'));
    assert.equal(peer.sendRouteRefresh(513 as never), false, 'not negotiated');
    assert.equal(peer.sendRouteRefresh(257 as never, 1), false, 'RFC 7313 was not agreed upon');
    assert.deepEqual([peer.counters.routeRefreshReceived, peer.counters.routeRefreshSent], [4, 1]);
  });

  test('RFC 8654: with Extended Message a message may have 65535 octets, over any number of chunks', async (t) => {
    const plugin = new Recorder();
    plugin.capabilities = [{ type: 'extended-message' }];
    const { port } = await speaker(t, {}, { plugin });
    const raw = await RawPeer.connect(port);
    await raw.establish();
    await plugin.established();
    raw.send(message(2, new Uint8Array(65_535 - 19)), message(2, new Uint8Array(4097 - 19)));
    await plugin.updated(2);
    assert.deepEqual(
      plugin.updates.map((update) => update.length),
      [65_516, 4078],
    );
    raw.send(message(1, new Uint8Array(4097 - 19)));
    const sent = await raw.notification();
    assert.deepEqual([sent.code, sent.subcode], [1, 2], 'not OPEN');
  });
});

suite('peers', () => {
  test('addPeer refuses wrong values, and says what is allowed', (t) => {
    const server = new Server({ routerId: '10.0.0.1' });
    t.after(() => server.close());
    const plugin = new Recorder();
    const good = { remoteAddress: '192.0.2.2', localAs: 65_001, remoteAs: 65_002 };
    const cases: [object, object, string][] = [
      [{ remoteAddress: 'localhost' }, {}, 'remoteAddress'],
      [{ remoteAddress: 'fe80::1' }, {}, 'remoteAddress'],
      [{ remoteAs: 0 }, {}, 'remoteAs'],
      [{ localAs: 2 ** 32 }, {}, 'localAs'],
      [{}, { holdTimeSeconds: 2 }, 'holdTimeSeconds'],
      [{}, { holdTimeSeconds: 65_536 }, 'holdTimeSeconds'],
      [{}, { localAddress: '::1' }, 'localAddress'],
      [{}, { remotePort: 0 }, 'remotePort'],
      [{}, { bgpIdentifier: '0.0.0.0' }, 'bgpIdentifier'],
      [{}, { multihopTtl: 256 }, 'multihopTtl'],
      [{}, { multihopTtl: 2, ttlSecurityHops: 1 }, 'ttlSecurityHops'],
      [{}, { md5Key: '' }, 'md5Key'],
      [{}, { damping: { minSeconds: 5, maxSeconds: 1 } }, 'damping.maxSeconds'],
    ];
    for (const [config, options, field] of cases) {
      assert.throws(
        () => server.addPeer({ ...good, ...config }, plugin, options),
        (error) =>
          error instanceof PeerError &&
          error.code === 'invalid-config' &&
          error.field === field &&
          /found .* allowed|exclude/.test(error.message),
        field,
      );
    }
    server.addPeer(good, plugin, { enabled: false });
    assert.throws(() => server.addPeer(good, plugin), { code: 'already-exists' });
    assert.throws(() => new Server({ routerId: '1.2.3' }), { code: 'invalid-config', field: 'routerId' });
    assert.equal(server.listPeers().length, 1);
  });

  test('listen rejects when the port is taken', async (t) => {
    const { server, port } = await speaker(t);
    await assert.rejects(server.listen({ host: '127.0.0.1', port }), /EADDRINUSE/);
  });
});
