/** UPDATE and ROUTE-REFRESH through a session over real sockets, and errors of the caller. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { breathe } from '../test/fake-clock.ts';
import { END_OF_RIB, KEEPALIVE, message, open } from '../test/messages.ts';
import { RawPeer } from '../test/raw-peer.ts';
import { Recorder } from '../test/recorder.ts';
import { speaker } from '../test/speaker.ts';
import { PeerError, Server } from './index.ts';

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
